"""The tour's states of a case: unclaimed, locked, claimed, asked, sent, confirmed, approved."""

from __future__ import annotations

from collections.abc import Callable

from agent_app.contract.messages import NoteKind, NoteRequest
from agent_app.desk.adapters import connect
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.money_sheet import MoneySheet
from agent_app.desk.ui.reason_sheet import ReasonSheet
from agent_app.desk.work.action_progress import RESTS, Phase
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import ENDED
from agent_app.domain.payment import Verdict
from agent_app.domain.roles import Role
from tests.tour.drive import NotSeen
from tests.tour.screens import Show

Wanted = Callable[[QueueLine], bool]
HANDED_OVER = "已完成：核对了支付渠道，款项已收\n已告知客户：请勿重复支付\n下一步：17 点回电"


def of_a_case(show: Show) -> None:
    """Show the states that an agent meets, and work one order to its confirmed end."""
    desk = show.desk
    unknown = _first(show, lambda line: line.verdict in {Verdict.UNKNOWN, Verdict.FAILED_SOFT})
    if unknown is not None:
        desk.open(unknown)
        show.picture("case-unknown")
    fixable = desk.find(_untouched(ActionKind.RESUBMIT, ActionKind.RESYNC), "a fixable case")
    desk.open(fixable)
    show.picture("case-unclaimed")
    desk.claim()
    desk.recheck()
    show.picture("case-claimed")
    _watched(show)
    _handed_over(show)
    desk.press(Command.NOTIFY)
    desk.wait(lambda: _ready(show), "the preview")
    show.picture("sheet-notify")
    _leave(show)
    desk.press(Command.ESCALATE)
    show.picture("sheet-escalate")
    _leave(show)
    desk.press(Command.COMPLETE)
    sheet = desk.sheet()
    if isinstance(sheet, MoneySheet):
        show.picture("sheet-complete")
        sheet.confirm_button.click()
    desk.settle()
    show.picture("case-sending")
    desk.wait_for_phase(*RESTS, within_s=60)
    show.picture("case-outcome")
    desk.recheck()
    desk.press(Command.REFUND)
    show.picture("case-refund-locked")
    for tab, name in enumerate(("timeline", "messages", "notes", "ledger")):
        desk.window.work.case.tabs.setCurrentIndex(tab)
        show.picture(f"tab-{name}")
    desk.window.work.case.tabs.setCurrentIndex(0)
    _ask_for_refund(show)
    desk.press(Command.BACK)


def of_an_approval(show: Show) -> None:
    """Show the second person's bar on a refund that waits."""
    desk = show.desk
    desk.press(Command.GO_APPROVALS)
    show.picture("approvals")
    waiting = _first(show, lambda line: line.acting is ActionKind.REFUND)
    if waiting is None:
        raise NotSeen("no refund waits for approval")
    desk.open(waiting)
    show.picture("case-approval")
    page = desk.window.work.case
    page.header.assign.click()
    show.picture("sheet-assign")
    _leave(show)
    page.approval.no.click()
    sheet = desk.sheet()
    assert isinstance(sheet, ReasonSheet), desk.situation()
    sheet.text.setPlainText("Ask the customer first whether the blue one will do")
    show.picture("sheet-refuse")
    sheet.confirm_button.click()
    desk.wait_for_phase(Phase.REFUSED)
    desk.wait(page.approval.isHidden, "the end of the request")
    show.picture("case-refused")


def _watched(show: Show) -> None:
    """Have the team lead open the same case at a desk of his own."""
    desk, world, case = show.desk, show.world, show.desk.window.case.case
    assert world is not None
    assert case is not None
    lead = connect(world.gateway, world.token(Role.LEAD))
    lead.look(case, new_key())
    desk.window.case.looking.start(case)
    desk.wait(desk.window.work.case.header.onlookers.isVisible, "who looks, too")
    show.picture("case-watched")
    lead.leave(case, new_key())
    lead.close()


def _handed_over(show: Show) -> None:
    """Open the sheet for a hand-over, then have the team lead leave one to read."""
    desk, world, case = show.desk, show.world, show.desk.window.case.case
    assert world is not None
    assert case is not None
    desk.press(Command.HAND_OVER)
    desk.wait(lambda: desk.sheet() is not None, "the hand-over's sheet")
    show.picture("sheet-hand-over")
    _leave(show)
    lead = connect(world.gateway, world.token(Role.LEAD))
    lead.add_note(case, NoteRequest(HANDED_OVER, NoteKind.HANDOVER), new_key())
    lead.close()
    desk.window.case.reload()
    bar = desk.window.work.case.handover
    desk.wait(bar.isVisible, "the hand-over")
    show.picture("case-handed-over")
    bar.done.click()
    desk.wait(bar.isHidden, "the end of the hand-over")


def _ask_for_refund(show: Show) -> None:
    desk = show.desk
    due = _first(show, _untouched(ActionKind.REFUND))
    if due is None:
        return
    desk.open(due)
    desk.claim()
    desk.recheck()
    desk.press(Command.REFUND)
    sheet = desk.sheet()
    assert isinstance(sheet, MoneySheet), desk.situation()
    sheet.reason.setText("Out of stock")
    show.picture("sheet-refund")
    sheet.confirm_button.click()
    desk.wait_for_phase(Phase.AWAITING_APPROVAL)
    desk.wait(desk.window.work.case.approval.isVisible, "the request that waits")
    show.picture("case-awaiting-approval")
    desk.window.work.case.approval.withdraw.click()
    show.picture("sheet-withdraw")
    _leave(show)


def _untouched(*remedies: ActionKind) -> Wanted:
    def wanted(line: QueueLine) -> bool:
        return (
            line.remedy in remedies
            and line.acting is None
            and line.claim is None
            and line.state not in ENDED
        )

    return wanted


def _first(show: Show, wanted: Wanted) -> QueueLine | None:
    try:
        return show.desk.find(wanted, "a case", within_s=4)
    except NotSeen:
        return None


def _ready(show: Show) -> bool:
    sheet = show.desk.sheet()
    return sheet is not None and sheet.confirm_button.isEnabled()


def _leave(show: Show) -> None:
    sheet = show.desk.sheet()
    if sheet is not None:
        sheet.reject()
    show.desk.settle()
