"""Promise: Ctrl+Z undoes what can be undone, and never says so of money or of a sent message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work.delivery import End
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.local import Click, ClickKind, ClickState
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.desk.work.undo import WayBack, way_back
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId
from agent_app.domain.money import Money
from tests.fakes.platform import ME, FakePlatform

ONE = CaseId("case-1")
REFUND = clicks.act(ONE, Wish(ActionKind.REFUND, amount=Money(12_900, "CNY"), reason="twice"))
NOTIFY = clicks.act(ONE, Wish(ActionKind.NOTIFY))


@pytest.fixture
def opened(desk: Desk, qtbot: QtBot) -> Desk:
    desk.window.open_case(ONE)
    qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    return desk


def written(new: NewClick, state: ClickState = ClickState.WAITING) -> Click:
    return Click(
        number=1, key=new.key, kind=new.kind, case=new.case, subject=new.subject, body=new.body,
        made_at=datetime.now(UTC), state=state, is_money=new.is_money,
    )  # fmt: skip


def undo(desk: Desk) -> str:
    desk.window.commands[Command.UNDO].trigger()
    return desk.window.notice.text


def claimed(desk: Desk) -> bool:
    file = desk.window.case.file
    return file is not None and file.line.claim is not None and file.line.claim.user == ME.user


def test_a_claim_is_undone_and_the_undoing_is_no_step_of_its_own(
    opened: Desk, qtbot: QtBot
) -> None:
    opened.window.commands[Command.CLAIM].trigger()
    qtbot.waitUntil(lambda: claimed(opened) and not opened.window.outbox.pending())
    assert undo(opened) == "Undoing the claim: the case is being given back."
    qtbot.waitUntil(lambda: not claimed(opened) and not opened.window.outbox.pending())
    assert undo(opened) == "There is nothing to undo."
    assert not claimed(opened)


def test_a_release_is_undone(opened: Desk, qtbot: QtBot) -> None:
    for wanted in (True, False):
        opened.window.commands[Command.CLAIM].trigger()
        qtbot.waitUntil(lambda: claimed(opened) is wanted and not opened.window.outbox.pending())  # noqa: B023
    assert undo(opened) == "Undoing the release: the case is being claimed again."
    qtbot.waitUntil(lambda: claimed(opened))


def test_what_waits_is_taken_back_before_it_leaves(
    opened: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.away = Unreachable("no network")
    opened.connection.try_now()
    qtbot.waitUntil(lambda: opened.connection.is_away, timeout=20_000)
    with qtbot.waitSignal(opened.window.outbox.delivered) as tried:
        opened.window.case.claim()
    assert tried.args is not None
    assert tried.args[0].end is End.WAITS
    undo(opened)
    qtbot.waitUntil(lambda: not opened.window.outbox.pending())
    said = "Taken back before it was sent: Claim the case."
    qtbot.waitUntil(lambda: opened.window.notice.text == said)
    assert undo(opened) == "There is nothing to undo."
    platform.away = None
    opened.connection.try_now()
    qtbot.waitUntil(lambda: not opened.connection.is_away, timeout=20_000)
    assert platform.held(ONE).claim is None


def test_what_was_let_go_elsewhere_is_not_undone(opened: Desk) -> None:
    opened.undo._on_written(replace(written(clicks.claim(ONE)), number=7))
    opened.window.outbox.let_go.emit(7)
    assert undo(opened) == "There is nothing to undo."


def test_a_search_that_was_cleared_is_back(desk: Desk) -> None:
    search = desk.window.work.queue.search
    search.setText("PG-1")
    search.clear()
    assert undo(desk) == "The search is back."
    assert search.text() == "PG-1"
    assert undo(desk) == "There is nothing to undo."


def test_while_one_types_it_is_the_fields_own(desk: Desk, qtbot: QtBot) -> None:
    search = desk.window.work.queue.search
    desk.window.activateWindow()
    search.setFocus()
    qtbot.waitUntil(search.hasFocus)
    QTest.keyClicks(search, "PG")
    QTest.keyClick(search, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert search.text() == ""
    assert desk.window.notice.isHidden()
    desk.window.work.queue.table.setFocus()
    table = desk.window.work.queue.table
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not desk.window.notice.isHidden(), "or the keys above would not have come anywhere"


def test_a_note_that_was_sent_is_told_to_stay(
    opened: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    opened.window.case.add_note("called back")
    qtbot.waitUntil(lambda: bool(platform.held(ONE).notes) and not opened.window.outbox.pending())
    for _ in range(2):
        assert "cannot be undone: Note" in undo(opened), "asked again it says the same"


@pytest.mark.parametrize("new", [REFUND, NOTIFY])
@pytest.mark.parametrize("state", [None, *ClickState])
def test_money_and_messages_are_never_undone_once_they_may_have_left(
    new: NewClick, state: ClickState | None
) -> None:
    click = written(new)
    pending = replace(click, state=state) if state is not None else None
    way = way_back(click, pending, is_open=True)
    assert way not in {WayBack.RELEASE, WayBack.CLAIM}
    if state is not ClickState.WAITING:
        assert way is not WayBack.TAKE_BACK
    if state is None:
        assert way is (WayBack.MONEY if new is REFUND else WayBack.MESSAGE)


@pytest.mark.parametrize(
    ("new", "state", "way"),
    [
        (clicks.claim(ONE), ClickState.WAITING, WayBack.TAKE_BACK),
        (clicks.claim(ONE), ClickState.SENT, WayBack.ON_ITS_WAY),
        (clicks.claim(ONE), ClickState.REFUSED, WayBack.NOT_DONE),
        (clicks.claim(ONE), ClickState.STALE, WayBack.NOT_DONE),
        (clicks.claim(ONE), None, WayBack.RELEASE),
        (clicks.release(ONE), None, WayBack.CLAIM),
        (clicks.note(ONE, "typed"), ClickState.WAITING, WayBack.HAS_TEXT),
        (clicks.note(ONE, "typed"), None, WayBack.FOR_GOOD),
    ],
)
def test_each_click_has_the_way_back_that_is_true(
    new: NewClick, state: ClickState | None, way: WayBack
) -> None:
    click = written(new)
    pending = replace(click, state=state) if state is not None else None
    assert way_back(click, pending, is_open=True) is way
    if click.kind in {ClickKind.CLAIM, ClickKind.RELEASE} and state is None:
        assert way_back(click, None, is_open=False) is WayBack.ELSEWHERE
