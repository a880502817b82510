"""What is pending stands at its place, off line too; what is typed is kept; nothing is blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.drafts import AT_LATEST_MS, PAUSE_MS
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.reason_sheet import ReasonSheet
from agent_app.desk.ui.words import clicks as words
from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.errors import Conflict, OutcomeUnknown, Unreachable
from agent_app.desk.work.local import ClickKind, ClickState
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import Claim
from agent_app.domain.ids import CaseId
from agent_app.domain.reasons import Why
from tests.fakes.platform import AMINA, FakePlatform

CASE = CaseId("case-1")
GONE = Unreachable("no network")


def _open(desk: Desk, qtbot: QtBot, case: CaseId = CASE) -> None:
    desk.window.open_case(case)
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == case)


def _claim(desk: Desk, qtbot: QtBot) -> None:
    desk.window.case.claim()
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.claim is not None)


def _leave(desk: Desk, qtbot: QtBot, platform: FakePlatform) -> None:
    platform.away = GONE
    desk.connection.try_now()
    qtbot.waitUntil(lambda: desk.connection.is_away, timeout=20_000)


def _return(desk: Desk, qtbot: QtBot, platform: FakePlatform) -> None:
    platform.away = None
    desk.connection.try_now()
    qtbot.waitUntil(lambda: not desk.connection.is_away, timeout=20_000)


def _notes(desk: Desk) -> list[str]:
    table = desk.window.work.case.tabs.notes
    items = [table.item(row, 2) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def _unsent(desk: Desk) -> str:
    labels = [label.text() for label in desk.window.status.findChildren(QLabel)]
    return next((text for text in labels if "not sent yet" in text), "")


def test_a_note_made_off_line_stands_on_the_case_and_goes_when_the_gateway_is_back(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _leave(desk, qtbot, platform)
    desk.window.work.case.tabs.note.setPlainText("he called again")
    desk.window.case.add_note("he called again")
    qtbot.waitUntil(lambda: _notes(desk) == ["he called again – waiting to be sent"])
    assert desk.window.work.case.tabs.note.toPlainText() == ""
    assert _unsent(desk) == "1 not sent yet"
    assert platform.sent == []
    _return(desk, qtbot, platform)
    qtbot.waitUntil(lambda: _notes(desk) == ["he called again"])
    assert _unsent(desk) == ""
    assert [note.text for note in platform.held(CASE).notes] == ["he called again"]


def test_claim_and_answers_work_off_line_and_arrive_in_their_order(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _leave(desk, qtbot, platform)
    header, guide = desk.window.work.case.header, desk.window.work.case.guide
    assert guide.step is not None
    header.toggle_claim()
    qtbot.waitUntil(lambda: "waiting to be sent" in header.claimed)
    first = guide.step.id
    guide.choose(1)
    qtbot.waitUntil(lambda: guide.step is None or guide.step.id != first)
    _return(desk, qtbot, platform)
    qtbot.waitUntil(lambda: desk.window.outbox.pending() == ())
    assert [what.split()[0] for what, _ in platform.sent] == ["claim", "finding"]


def test_an_answer_on_a_case_claimed_before_the_cut_claims_it_again_first(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _claim(desk, qtbot)
    _leave(desk, qtbot, platform)
    platform.sent.clear()
    desk.window.work.case.guide.choose(1)
    qtbot.waitUntil(lambda: len(desk.window.outbox.pending()) == 2)
    _return(desk, qtbot, platform)
    qtbot.waitUntil(lambda: desk.window.outbox.pending() == ())
    kinds = [what.split()[0] for what, _ in platform.sent if not what.startswith("recheck")]
    assert kinds[:2] == ["claim", "finding"]


def test_money_is_locked_off_line_and_says_so(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _claim(desk, qtbot)
    _leave(desk, qtbot, platform)
    page = desk.window.work.case
    assert page.decisions is not None
    for kind in ActionKind:
        assert Why.OFFLINE in [reason.why for reason in page.decisions[kind].locks]
    platform.sent.clear()
    desk.window.case.do(Wish(ActionKind.RESUBMIT))
    desk.window.case.reveal()
    assert "cannot be reached" in desk.window.notice.text
    assert desk.window.outbox.pending() == ()
    assert not page.header.may_reveal
    assert platform.sent == []


def test_a_case_that_was_opened_before_can_be_read_off_line_with_its_age(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    desk.window.close_case()
    _leave(desk, qtbot, platform)
    _open(desk, qtbot)
    assert desk.window.work.case.header.age.startswith("as it was ")
    assert desk.window.notice.isHidden() or "cannot be reached" in desk.window.notice.text


def test_a_case_lost_to_another_is_listed_with_who_has_it(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _leave(desk, qtbot, platform)
    desk.window.case.claim()
    desk.window.case.add_note("found out off line")
    qtbot.waitUntil(lambda: len(desk.window.outbox.pending()) == 2)
    desk.window.close_case()
    until = datetime.now(UTC) + timedelta(hours=1)
    platform.held(CASE).claim = Claim(AMINA.user, AMINA.name, until)
    _return(desk, qtbot, platform)
    qtbot.waitUntil(lambda: [c.state for c in desk.window.outbox.pending()] == ["refused"])
    desk.window.go(Place.OUTBOX)
    page = desk.window.outbox_page
    assert AMINA.name in page.answered.text()
    assert page.wanted.text() == "You wanted: Claim the case"
    assert page.drop.isVisibleTo(page)
    page.drop.click()
    qtbot.waitUntil(lambda: desk.window.outbox.pending() == ())
    assert [note.text for note in platform.held(CASE).notes] == ["found out off line"]


def test_the_text_of_a_refused_note_can_be_copied_and_sent_again(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    platform.refuse = Conflict("changed meanwhile")
    desk.window.case.add_note("typed with care")
    qtbot.waitUntil(lambda: [c.state for c in desk.window.outbox.pending()] == ["refused"])
    qtbot.waitUntil(lambda: any("not taken by the gateway" in text for text in _notes(desk)))
    desk.window.go(Place.OUTBOX)
    page = desk.window.outbox_page
    page.copy.click()
    assert QGuiApplication.clipboard().text() == "typed with care"
    page.send.click()
    qtbot.waitUntil(lambda: desk.window.outbox.pending() == ())
    assert [note.text for note in platform.held(CASE).notes] == ["typed with care"]


def test_a_refused_claim_is_told_at_once_and_not_listed_again(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    until = datetime.now(UTC) + timedelta(hours=1)
    platform.held(CASE).claim = Claim(AMINA.user, AMINA.name, until)
    desk.window.case.claim()
    qtbot.waitUntil(lambda: AMINA.name in desk.window.notice.text)
    qtbot.waitUntil(lambda: desk.window.outbox.pending() == ())


def test_an_action_of_an_earlier_run_is_on_screen_and_locks_the_others(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _claim(desk, qtbot)
    desk.window.case.recheck()
    store = desk.connection.store
    assert store is not None
    new = clicks.act(CASE, Wish(ActionKind.RESUBMIT))
    click = store.put(
        new.key, new.kind, CASE, CASE, new.body, datetime.now(UTC) - timedelta(hours=1),
        is_money=True,
    )  # fmt: skip
    store.mark(click.number, ClickState.STALE, problem=b"unknown")
    _restart_outbox(desk)
    case, page = desk.window.case, desk.window.work.case
    assert case.progress is not None
    assert case.progress.phase is Phase.NOT_SENT
    assert page.decisions is not None
    assert not page.decisions[ActionKind.REFUND].allowed
    case.do(Wish(ActionKind.RESUBMIT))
    assert len(desk.window.outbox.pending()) == 1
    desk.window.go(Place.OUTBOX)
    assert "may have been done" in desk.window.outbox_page.answered.text()
    desk.window.outbox_page.drop.click()
    qtbot.waitUntil(lambda: case.progress is None)
    assert desk.window.outbox.pending() == ()


def _restart_outbox(desk: Desk) -> None:
    """Read the store again, as a start of the program does."""
    from agent_app.desk.work.case_work import CaseWork

    connection = desk.connection
    assert connection.store is not None
    assert connection.user is not None
    me = connection.user.actor.user
    desk.window.outbox.use(CaseWork(None, connection.clock, connection.store, me))


def test_a_lost_answer_to_an_action_is_said_and_ends_well(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _claim(desk, qtbot)
    desk.window.case.recheck()
    page = desk.window.work.case
    qtbot.waitUntil(
        lambda: page.decisions is not None and page.decisions[ActionKind.RESUBMIT].allowed
    )
    platform.refuse = OutcomeUnknown("500")
    phases: list[Phase] = []
    desk.window.case.progress_changed.connect(lambda p: phases.append(p.phase) if p else None)
    desk.window.case.do(Wish(ActionKind.RESUBMIT))
    qtbot.waitUntil(lambda: Phase.CONFIRMED in phases, timeout=15_000)
    assert Phase.ANSWER_LOST in phases
    assert len(platform.held(CASE).ledger) == 1


def test_a_row_of_the_queue_is_marked_while_something_of_it_waits(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _leave(desk, qtbot, platform)
    desk.window.case.add_note("waits")
    qtbot.waitUntil(lambda: desk.window.work.queue.pending == {CASE})


def test_a_half_written_note_is_kept_within_two_seconds_and_put_back(
    desk: Desk, qtbot: QtBot
) -> None:
    assert max(PAUSE_MS, AT_LATEST_MS) < 2_000
    _open(desk, qtbot)
    store = desk.connection.store
    assert store is not None
    desk.window.work.case.tabs.note.setPlainText("half a sent")
    qtbot.waitUntil(lambda: store.draft(CASE, "note") == "half a sent")
    _open(desk, qtbot, CaseId("case-2"))
    assert desk.window.work.case.tabs.note.toPlainText() == ""
    _open(desk, qtbot)
    assert desk.window.work.case.tabs.note.toPlainText() == "half a sent"


def test_a_note_that_is_on_its_way_is_no_draft_any_more(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    store = desk.connection.store
    assert store is not None
    desk.window.work.case.tabs.note.setPlainText("whole")
    qtbot.waitUntil(lambda: store.draft(CASE, "note") == "whole")
    desk.window.case.add_note("whole")
    qtbot.waitUntil(lambda: store.drafts() == ())
    assert desk.window.work.case.tabs.note.toPlainText() == ""


def test_what_is_typed_while_a_note_is_being_written_down_stays(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    note = desk.window.work.case.tabs.note
    note.setPlainText("the first")
    desk.window.case.add_note("the first")
    note.setPlainText("and already the second")
    qtbot.waitUntil(lambda: _notes(desk) == ["the first"])
    store = desk.connection.store
    assert store is not None
    qtbot.waitUntil(lambda: store.draft(CASE, "note") == "and already the second")
    assert note.toPlainText() == "and already the second"


def test_what_is_typed_when_the_desk_closes_is_kept(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    kept: list[tuple[str, str]] = []
    work = desk.connection.case_work
    assert work is not None
    write = work.keep_draft

    def keep(case: CaseId, field: str, text: str) -> None:
        write(case, field, text)
        kept.append((field, text))

    work.keep_draft = keep  # type: ignore[method-assign]
    desk.window.work.case.tabs.note.setPlainText("not a second ago")
    desk.window.close()
    assert kept == [("note", "not a second ago")]


def test_what_is_typed_into_a_sheet_outlasts_leaving_it(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    _claim(desk, qtbot)
    page = desk.window.work.case
    qtbot.waitUntil(
        lambda: page.decisions is not None and page.decisions[ActionKind.ESCALATE].allowed
    )

    def sheet() -> ReasonSheet:
        desk.window.commands[Command.ESCALATE].trigger()
        return desk.window.findChildren(ReasonSheet)[-1]

    first = sheet()
    first.text.setPlainText("three paragraphs")
    first.reject()
    second = sheet()
    assert second.text.toPlainText() == "three paragraphs"
    second.confirm_button.click()
    store = desk.connection.store
    assert store is not None
    qtbot.waitUntil(lambda: store.drafts() == ())


def test_a_full_disk_keeps_the_text_and_says_so(
    desk: Desk, qtbot: QtBot, platform: FakePlatform
) -> None:
    _open(desk, qtbot)
    store = desk.connection.store
    assert store is not None
    store.close()
    desk.window.work.case.tabs.note.setPlainText("still here")
    desk.window.case.add_note("still here")
    qtbot.waitUntil(lambda: "not kept and not sent" in desk.window.notice.text)
    assert desk.window.work.case.tabs.note.toPlainText() == "still here"
    assert platform.sent == []


def test_every_kind_of_click_has_its_words() -> None:
    assert set(words.KINDS) == set(ClickKind)
    assert set(words.STATES) == set(ClickState)
