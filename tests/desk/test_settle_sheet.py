"""Settling by hand: who may, what he reads first, and what he may enter when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import SettleRequest
from agent_app.desk.main import Desk
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.settle_sheet import SettleSheet
from agent_app.desk.ui.words import awaited as words
from agent_app.desk.work.action_progress import BY_HAND, Ending, ending_of
from agent_app.desk.work.awaited import Awaited, For, Standing, awaited
from agent_app.desk.work.case_file import CaseFile, LedgerLine, case_file
from agent_app.desk.work.wishes import FoundOut
from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.domain.money import Money
from agent_app.domain.roles import Actor, Role
from agent_app.gateway.settling import _told
from tests.desk.screens import sign_in_as
from tests.fakes.platform import LEAD, ME, FakePlatform

FIRST = CaseId("case-1")
SENT_AGO = timedelta(minutes=2)
SETTLE_S = 600.0


def _file(platform: FakePlatform, *, settle_s: float = 0.0, sent_ago: timedelta) -> CaseFile:
    held = platform.held(FIRST)
    held.stick(ME, sent_ago)
    file = case_file(platform.case(FIRST))
    return replace(file, capabilities=replace(file.capabilities, query_lag_s=settle_s))


@dataclass
class Shown:
    """A sheet on a window of its own, at a moment that the test moves."""

    sheet: SettleSheet
    window: QWidget
    moment: list[datetime]


def _shown(file: CaseFile, qtbot: QtBot) -> Shown:
    window = QWidget()
    qtbot.addWidget(window)
    entry = file.needs_person
    assert entry is not None
    moment = [datetime.now(UTC)]
    sheet = SettleSheet(file, entry, lambda: moment[0], window)
    sheet.show()
    return Shown(sheet, window, moment)


def _read(sheet: SettleSheet) -> str:
    return " | ".join(label.text() for label in sheet.findChildren(ToneLabel))


def test_the_sheet_shows_what_was_asked_when_it_was_sent_and_what_the_books_say(
    platform: FakePlatform, qtbot: QtBot
) -> None:
    shown = _shown(_file(platform, sent_ago=SENT_AGO), qtbot)
    sheet = shown.sheet
    told = _read(sheet)
    for part in (
        "Refund ¥128.46 by Chen Li",
        "3 times in all",
        "captured ¥128.46, refunded ¥0.00, pending ¥0.00",
        "“the provider did not answer 3 times”",
        "the same money is never sent again",
        "Refund ¥128.46 may be asked for again",
    ):
        assert part in told
    assert not sheet.confirm_button.isEnabled()


def test_not_done_opens_by_itself_when_everything_sent_has_settled(
    platform: FakePlatform, qtbot: QtBot
) -> None:
    file = _file(platform, settle_s=SETTLE_S, sent_ago=SENT_AGO)
    shown = _shown(file, qtbot)
    sheet = shown.sheet
    assert sheet.was_done.isEnabled()
    assert not sheet.was_not_done.isEnabled()
    assert "until then what was sent may still be applied" in _read(sheet)
    shown.moment[0] += timedelta(minutes=8, seconds=1)
    qtbot.waitUntil(sheet.was_not_done.isEnabled)
    assert "may be asked for again" in _read(sheet)


def test_what_was_read_and_done_is_confirmed_for_the_choice_made(
    platform: FakePlatform, qtbot: QtBot
) -> None:
    shown = _shown(_file(platform, sent_ago=timedelta(hours=1)), qtbot)
    sheet = shown.sheet
    found: list[FoundOut] = []
    sheet.found.connect(found.append)
    assert sheet.read.isHidden()
    sheet.was_done.setChecked(True)
    assert "was carried out" in sheet.read.text()
    sheet.read.setChecked(True)
    assert sheet.confirm_button.isEnabled()
    sheet.was_not_done.setChecked(True)
    assert not sheet.read.isChecked(), "what was confirmed was the other sentence"
    assert not sheet.confirm_button.isEnabled()
    sheet.was_done.setChecked(True)
    sheet.read.setChecked(True)
    for field, complaint in (
        (sheet.reference, "Name the proof"),
        (sheet.reason, "what was checked"),
    ):
        sheet.confirm_button.click()
        assert complaint in sheet.complaint.text()
        assert sheet.isVisible()
        field.setText("re-77")
    sheet.confirm_button.click()
    assert found == [FoundOut(ActionId("stuck-case-1"), True, "re-77", "re-77")]


def test_not_done_needs_a_ticket_unless_the_books_were_read_since(
    platform: FakePlatform, qtbot: QtBot
) -> None:
    # The fake's provider was last read four minutes ago.
    before = _shown(_file(platform, sent_ago=SENT_AGO), qtbot)
    unread = before.sheet
    unread.was_not_done.setChecked(True)
    assert unread.needs_reference
    platform.recheck(FIRST, "k")
    after = _shown(_file(platform, sent_ago=timedelta(minutes=1)), qtbot)
    read = after.sheet
    read.was_not_done.setChecked(True)
    assert not read.needs_reference
    read.was_done.setChecked(True)
    assert read.needs_reference


def test_a_lead_settles_it_and_the_case_says_so(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    sign_in_as(LEAD, desk, qtbot)
    platform.held(FIRST).stick(ME, timedelta(hours=1))
    desk.window.open_case(FIRST)
    page = desk.window.work.case
    qtbot.waitUntil(page.approval.settle.isVisible)
    page.approval.settle.click()
    sheet = next(s for s in desk.window.findChildren(SettleSheet) if s.isVisible())
    sheet.was_done.setChecked(True)
    sheet.reference.setText("re-77")
    sheet.reason.setText("Asked the provider on the telephone")
    sheet.read.setChecked(True)
    sheet.confirm_button.click()
    qtbot.waitUntil(page.approval.isHidden)
    assert [what for what, _key in platform.sent] == ["settle done=True re-77"]
    assert page.progress.text == "Confirmed by a person: Refund ¥128.46 was done."


def test_who_asked_for_it_sees_who_can_settle_it(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.held(FIRST).stick(ME, timedelta(hours=1))
    desk.window.open_case(FIRST)
    page = desk.window.work.case
    qtbot.waitUntil(page.approval.isVisible)
    assert page.approval.settle.isHidden()
    assert "a second person settles it" in page.approval.why
    assert "finance" in page.approval.why
    assert "found out by a second person" in page.guide._text.text()


OTHER = UserId("other")


def _wait(
    role: Role, *, asked: UserId, approved: UserId | None, euros: int, state: ActionState
) -> Awaited:
    actor = Actor(UserId("me"), "Me", role)
    record = ActionRecord(
        ActionId("a"), ActionKind.REFUND, state, "k", asked, datetime.now(UTC),
        amount=Money(euros * 100, "EUR"), approved_by=approved,
    )  # fmt: skip
    entry = LedgerLine(record, "Bo", None, 1, None, None)
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    wait = awaited(replace(case_file(platform.case(case)), ledger=(entry,)), actor)
    assert wait is not None
    return wait


@pytest.mark.parametrize("state", [ActionState.AWAITING_APPROVAL, ActionState.NEEDS_PERSON])
@pytest.mark.parametrize(
    ("role", "asked", "euros", "standing"),
    [
        (Role.AGENT, OTHER, 10, Standing.NO_SCOPE),
        (Role.TECHNICIAN, OTHER, 10, Standing.NO_SCOPE),
        (Role.SENIOR, OTHER, 500, Standing.MAY),
        (Role.SENIOR, OTHER, 501, Standing.OVER_LIMIT),
        (Role.LEAD, OTHER, 5001, Standing.OVER_LIMIT),
        (Role.FINANCE, OTHER, 5001, Standing.MAY),
        (Role.FINANCE, UserId("me"), 10, Standing.OWN),
    ],
)
def test_who_may_answer_is_known_and_everybody_else_reads_who_can(
    state: ActionState, role: Role, asked: UserId, euros: int, standing: Standing, qapp: object
) -> None:
    wait = _wait(role, asked=asked, approved=None, euros=euros, state=state)
    assert wait.standing is standing
    assert bool(words.refusal(wait)) is (standing is not Standing.MAY)
    if not wait.may:
        assert "finance" in words.refusal(wait)
    assert "{" not in words.step(wait) + words.refusal(wait)


def test_who_approved_it_does_not_settle_it(qapp: object) -> None:
    me = UserId("me")
    stuck = _wait(Role.LEAD, asked=OTHER, approved=me, euros=10, state=ActionState.NEEDS_PERSON)
    assert stuck.standing is Standing.OWN
    waiting = _wait(
        Role.LEAD, asked=OTHER, approved=None, euros=10, state=ActionState.AWAITING_APPROVAL
    )
    assert (waiting.what, waiting.standing) == (For.APPROVAL, Standing.MAY)


@pytest.mark.parametrize(
    ("done", "state", "ending"),
    [
        (True, ActionState.CONFIRMED, Ending.FOUND_DONE),
        (False, ActionState.REJECTED, Ending.FOUND_NOT_DONE),
    ],
)
def test_what_the_gateway_notes_of_a_settling_is_known_as_one(
    done: bool, state: ActionState, ending: Ending
) -> None:
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    view = platform.held(case).view(LEAD)
    note = _told(SettleRequest(done=done, reason="asked"), "re-1", view)
    assert note.startswith(BY_HAND)
    record = ActionRecord(
        ActionId("a"), ActionKind.REFUND, state, "k", UserId("u"), datetime.now(UTC)
    )
    line = LedgerLine(record, "Bo", None, 1, note, None)
    assert ending_of(line) is ending
    assert ending_of(replace(line, problem="the books show it")) is None
