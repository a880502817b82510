"""Two people at one case: who else looks, who was first, what waits for a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TypeVar

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import ApprovalRequest, Looker, Lookers
from agent_app.desk.main import Desk
from agent_app.desk.ui.assign_sheet import AssignSheet
from agent_app.desk.ui.case_records import ledger_rows
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.team_sheets import WithdrawSheet
from agent_app.desk.ui.words import people
from agent_app.desk.work.case_file import Onlooker
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.case import Claim
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.guides import load_guide
from tests.desk.screens import sign_in_as
from tests.fakes.platform import AMINA, LEAD, ME, FakePlatform

S = TypeVar("S", bound=QDialog)
FIRST, SECOND = CaseId("case-1"), CaseId("case-2")


def _open(desk: Desk, qtbot: QtBot, case: CaseId = FIRST) -> None:
    desk.window.open_case(case)
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == case)


def _sheet(desk: Desk, kind: type[S]) -> S:
    return next(s for s in desk.window.findChildren(kind) if s.isVisible())


def _looks_too(platform: FakePlatform, case: CaseId = FIRST) -> None:
    until = datetime.now(UTC) + timedelta(seconds=45)
    held = platform.held(case)
    held.lookers[AMINA.user] = Looker(user=AMINA.user, name=AMINA.name, until=until)


def test_who_else_looks_is_named_in_the_head_and_gone_when_he_leaves(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    line = desk.window.work.case.header.onlookers
    _open(desk, qtbot)
    qtbot.waitUntil(lambda: "look case-1" in platform.looked)
    assert line.isHidden(), "oneself is nobody else"
    _looks_too(platform)
    qtbot.waitUntil(line.isVisible, timeout=8000)
    assert line.text == "Amina Okafor is looking at this case, too"
    spoken = QAccessible.queryAccessibleInterface(line)
    assert spoken.text(QAccessible.Text.Name) == line.text
    platform.held(FIRST).lookers.pop(AMINA.user)
    qtbot.waitUntil(line.isHidden, timeout=8000)


def test_one_whose_desk_fell_silent_is_no_longer_shown(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    line, now = desk.window.work.case.header.onlookers, datetime.now(UTC)
    others = (Onlooker(AMINA.user, AMINA.name, now + timedelta(seconds=45)),)
    line.show_others(others, now)
    assert line.isVisible()
    line.tick(now + timedelta(seconds=46))
    assert line.isHidden()


def test_a_case_that_is_left_is_said_to_be_left(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    qtbot.waitUntil(lambda: "look case-1" in platform.looked)
    _open(desk, qtbot, SECOND)
    qtbot.waitUntil(lambda: {"leave case-1", "look case-2"} <= set(platform.looked))
    desk.window.close_case()
    qtbot.waitUntil(lambda: "leave case-2" in platform.looked)
    assert platform.sent == [], "looking changes nothing"


@pytest.mark.parametrize("knows", [True, False])
def test_an_older_gateway_is_asked_once_and_disturbs_nobody(
    knows: bool, desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.knows_lookers = knows
    desk.window.case.looking._beat.setInterval(20)
    _open(desk, qtbot)
    qtbot.waitUntil(lambda: "look case-1" in platform.looked)
    if knows:
        # The control: such a gateway hears of us again and again.
        qtbot.waitUntil(lambda: platform.looked.count("look case-1") > 3)
    else:
        qtbot.wait(200)
        assert platform.looked.count("look case-1") == 1
    assert desk.window.notice.isHidden()


def test_an_older_gateway_slower_than_the_beat_is_asked_once_too(
    desk: Desk, platform: FakePlatform, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.knows_lookers = False
    look, many_beats_later = platform.look, Event()

    def late(case: CaseId, key: str) -> Lookers:
        many_beats_later.wait(10)
        return look(case, key)

    monkeypatch.setattr(platform, "look", late)
    desk.window.case.looking._beat.setInterval(20)
    _open(desk, qtbot)
    qtbot.wait(200)
    many_beats_later.set()
    qtbot.waitUntil(lambda: "look case-1" in platform.looked)
    qtbot.wait(200)
    assert platform.looked.count("look case-1") == 1
    assert desk.window.notice.isHidden()


def test_lookers_are_named_as_far_as_they_fit_and_then_counted(qapp: object) -> None:
    assert people.looking([]) == ""
    assert people.looking(["Bo", "Li"]) == "Bo and Li are looking at this case, too"
    assert people.looking(list("ABC")) == "A, B and C are looking at this case, too"
    assert people.looking(list("ABCDE")) == "A, B and 3 more are looking at this case, too"


def test_who_lost_the_claim_reads_who_has_it(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    until = datetime.now(UTC) + timedelta(seconds=90)
    platform._cases[FIRST].claim = Claim(AMINA.user, AMINA.name, until)
    desk.window.case.claim()
    qtbot.waitUntil(desk.window.notice.isVisible)
    assert "Amina Okafor is working on this case." in desk.window.notice.text
    qtbot.waitUntil(lambda: not desk.window.work.case.header.claim.isEnabled())


def test_the_requester_withdraws_after_one_question_and_the_order_is_free(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    page = desk.window.work.case
    assert page.approval.yes.isHidden()
    assert "team lead" in page.approval.why
    page.approval.withdraw.click()
    assert platform.sent == []
    sheet = _sheet(desk, WithdrawSheet)
    assert "Refund ¥128.46" in sheet.confirm_button.text()
    sheet.confirm_button.click()
    qtbot.waitUntil(page.approval.isHidden)
    assert [what for what, _key in platform.sent] == ["withdraw"]
    assert "withdrawn by Chen Li" in page.progress.text
    assert page.file is not None
    assert page.file.running is None


def test_only_the_requester_can_withdraw(desk: Desk, platform: FakePlatform, qtbot: QtBot) -> None:
    sign_in_as(LEAD, desk, qtbot)
    platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    approval = desk.window.work.case.approval
    assert approval.yes.isVisible()
    assert approval.withdraw.isHidden()


def _refuse(platform: FakePlatform, action: ActionId) -> None:
    platform.actor = LEAD
    platform.approve(action, ApprovalRequest(approve=False, reason="Ask the customer first"), "k")
    platform.actor = ME


def test_the_requester_sees_who_refused_and_why(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    action = platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    page = desk.window.work.case
    assert "waiting for a second person" in page.progress.text
    _refuse(platform, action)
    refused = "not approved by Marta Silva"
    qtbot.waitUntil(lambda: refused in page.progress.text, timeout=8000)
    assert "“Ask the customer first”" in page.progress.text
    # Who comes back to the case later must see it as well.
    desk.window.close_case()
    assert page.progress.text == ""
    _open(desk, qtbot)
    qtbot.waitUntil(lambda: refused in page.progress.text)
    assert page.file is not None
    _heads, (row, *_others) = ledger_rows(page.file)
    told = " ".join(cell.text for cell in row)
    assert refused in told
    assert ", approved by" not in told


def test_an_approval_by_another_shows_the_action_going_on(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    action = platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    page = desk.window.work.case
    platform.settles = False
    platform.actor = LEAD
    platform.approve(action, ApprovalRequest(approve=True), "k")
    platform.actor = ME
    qtbot.waitUntil(lambda: "about to be sent" in page.progress.text, timeout=8000)


def test_a_case_that_was_read_before_the_end_does_not_take_the_end_back(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    action = platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    page, case = desk.window.work.case, desk.window.case
    early = case.file
    assert early is not None
    case.withdraw(action)
    qtbot.waitUntil(lambda: "withdrawn" in page.progress.text)
    case._pick_up_running(early)
    assert "withdrawn" in page.progress.text


def _asks(desk: Desk) -> bool:
    """Tell whether the panel shows a question of the guide."""
    return desk.window.work.case.guide.step is not None


def test_while_an_approval_is_awaited_the_panel_says_so_and_the_questions_stay_near(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    desk.window.show_guide(load_guide())
    _open(desk, qtbot, SECOND)
    panel = desk.window.work.case.guide
    assert _asks(desk), "the control: without a request it asks"
    platform.held(FIRST).ask_refund(ME)
    _open(desk, qtbot)
    assert not _asks(desk)
    said = panel._text.text()
    assert "Refund ¥128.46 waits for a second person" in said
    assert "team lead" in said
    assert panel._rest.isVisible()
    panel._rest.click()
    assert _asks(desk)
    # An answer of the gateway to something else does not take the question away again.
    desk.window.case.reload()
    qtbot.wait(150)
    assert _asks(desk)


def kept(desk: Desk, case: CaseId) -> QueueLine | None:
    assert desk.connection.store is not None
    return desk.connection.store.line(case)


def test_a_lead_hands_a_case_to_someone_met_or_written(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    sign_in_as(LEAD, desk, qtbot)
    until = datetime.now(UTC) + timedelta(seconds=90)
    platform.held(SECOND).claim = Claim(AMINA.user, AMINA.name, until)
    platform.people[AMINA.user] = AMINA.name
    qtbot.waitUntil(
        lambda: (line := kept(desk, SECOND)) is not None and line.claim is not None, timeout=8000
    )
    _open(desk, qtbot)
    desk.window.commands[Command.ASSIGN].trigger()
    sheet = _sheet(desk, AssignSheet)
    assert not sheet.confirm_button.isEnabled()
    met = [sheet.user.itemText(place) for place in range(sheet.user.count())]
    assert met == ["Amina Okafor (amina)", "Marta Silva (marta.silva)"]
    sheet.user.setEditText("Amina Okafor (amina)")
    sheet.confirm_button.click()
    page = desk.window.work.case
    qtbot.waitUntil(
        lambda: (
            page.file is not None
            and page.file.line.claim is not None
            and page.file.line.claim.user == AMINA.user
        )
    )
    assert "assign amina" in [what for what, _key in platform.sent]
    desk.window.commands[Command.ASSIGN].trigger()
    sheet = _sheet(desk, AssignSheet)
    sheet.user.setEditText("nobody")
    assert sheet.chosen_user == UserId("nobody")
    sheet.confirm_button.click()
    qtbot.waitUntil(desk.window.notice.isVisible)
    assert "Nobody with this ID" in desk.window.notice.text


def test_who_may_not_assign_is_told_who_can(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    assert desk.window.work.case.header.assign.isHidden()
    desk.window.commands[Command.ASSIGN].trigger()
    assert desk.window.notice.isVisible()
    assert "team lead" in desk.window.notice.text
    assert not desk.window.findChildren(AssignSheet)


def test_rows_that_are_no_longer_ours_vanish_when_the_gateway_says_reload(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    rows = desk.window.work.queue.model.rowCount
    platform.remove(CaseId("case-3"))
    desk.connection.try_now()
    qtbot.wait(300)
    assert rows() == 3, "the control: a list that is not told stays"
    platform.reload = True
    desk.connection.try_now()
    qtbot.waitUntil(lambda: rows() == 2, timeout=8000)
    assert kept(desk, CaseId("case-3")) is None


def test_before_any_sign_in_the_desk_says_that_it_tries_again_and_does(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.away = Unreachable("nothing there")
    desk = open_desk(platform)
    complaint = desk.window.connect_page.complaint
    qtbot.waitUntil(complaint.isVisible)
    assert "No gateway answers at this address" in complaint.text()
    assert "Nothing was sent" not in complaint.text()
    desk.connection._again.setInterval(50)
    desk.connection._again.start()
    platform.away = None
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3, timeout=8000)
