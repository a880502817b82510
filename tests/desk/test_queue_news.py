"""News reach the queue at once, and fast ones cost one look, not one each."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.queue_view import NEWS_MS
from agent_app.desk.work.sync import Loading

LONG_MS = 600_000


class _Looks:
    def __init__(self, desk: Desk) -> None:
        self.count = 0
        desk.window.queue_view.shown.connect(self._on_shown)

    def _on_shown(self) -> None:
        self.count += 1


def test_news_that_come_fast_are_one_look(desk: Desk, qtbot: QtBot) -> None:
    view, looks = desk.window.queue_view, _Looks(desk)
    # The control: with a pause that is over, each of them is looked at.
    for _ in range(5):
        view._pause.stop()
        desk.connection.queue_changed.emit()
    assert looks.count == 5
    view._pause.start(LONG_MS)
    for _ in range(50):
        desk.connection.queue_changed.emit()
    assert looks.count == 5
    view._pause.start(0)
    qtbot.waitUntil(lambda: looks.count > 5)
    assert looks.count == 6, "one look brings what fifty told"


def test_what_the_person_does_waits_for_no_pause(desk: Desk) -> None:
    view, looks = desk.window.queue_view, _Looks(desk)
    view._pause.start(LONG_MS)
    desk.window.work.queue.view_changed.emit()
    assert looks.count == 1


def test_while_all_is_fetched_looks_are_rarer_and_its_end_is_shown_at_once(
    desk: Desk, qtbot: QtBot
) -> None:
    view, looks, desk_now = desk.window.queue_view, _Looks(desk), desk.connection
    desk_now.loading = Loading(2, 3)
    view._pause.stop()
    desk_now.queue_changed.emit()
    assert view._pause.interval() > NEWS_MS
    qtbot.waitUntil(lambda: looks.count == 1)
    view._pause.start(LONG_MS)
    desk_now.queue_changed.emit()
    assert looks.count == 1
    desk_now.loading = None
    desk_now.loading_changed.emit()
    desk_now.queue_changed.emit()
    assert looks.count == 2
