"""Promise: a desk that nobody sits at locks itself, and no other does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.ui.lock_watch import SLEPT_S, LockWatch


class Clocks:
    """The one that stands still in sleep, and the one that can be set."""

    def __init__(self) -> None:
        self.ticks_s, self.wall_s = 50.0, 1e9

    def go(self, seconds: float) -> None:
        self.ticks_s += seconds
        self.wall_s += seconds

    def ticks(self) -> float:
        return self.ticks_s

    def wall(self) -> float:
        return self.wall_s


class Watched:
    """A window that is watched, and how often the lock was due."""

    def __init__(self, qtbot: QtBot) -> None:
        self.clocks = Clocks()
        self.window = QLineEdit()
        qtbot.addWidget(self.window)
        self.watch = LockWatch(self.window, ticks=self.clocks.ticks, clock_s=self.clocks.wall)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(lambda: self.handle in self.watch._watched)
        self.due = 0
        self.watch.due.connect(self._on_due)
        self.watch.set_minutes(2)
        self.watch.begin()

    @property
    def handle(self) -> object:
        return self.window.windowHandle()

    def _on_due(self) -> None:
        self.due += 1

    def wait(self, seconds: float) -> int:
        """Let time go by, with looks as often as the timer makes them."""
        before = self.due
        while seconds > 0:
            self.clocks.go(min(2, seconds))
            seconds -= 2
            self.watch.look()
        return self.due - before


@pytest.fixture
def watched(qtbot: QtBot) -> Iterator[Watched]:
    made = Watched(qtbot)
    yield made
    made.watch.stop()


def test_without_input_it_is_due_once(watched: Watched) -> None:
    assert watched.wait(118) == 0
    assert watched.wait(4) == 1
    assert watched.wait(600) == 0, "until it is begun again"
    watched.watch.begin()
    assert watched.wait(118) == 0
    assert watched.wait(4) == 1


def test_every_input_begins_the_count_anew(watched: Watched) -> None:
    handle = watched.window.windowHandle()
    assert handle is not None
    touches: tuple[Callable[[], object], ...] = (
        lambda: QTest.keyClick(handle, Qt.Key.Key_A),
        lambda: QTest.mouseMove(handle, QPoint(3, 3)),
        lambda: QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5)),
    )
    for touch in touches:
        assert watched.wait(110) == 0
        touch()
        assert watched.wait(30) == 0
        watched.watch.begin()


def test_input_to_another_window_of_the_desk_counts(watched: Watched, qtbot: QtBot) -> None:
    sheet = QWidget()
    qtbot.addWidget(sheet)
    sheet.show()
    sheet.activateWindow()
    qtbot.waitUntil(lambda: sheet.windowHandle() in watched.watch._watched)
    assert watched.wait(110) == 0
    QTest.keyClick(sheet.windowHandle(), Qt.Key.Key_A)
    assert watched.wait(110) == 0
    sheet.close()


def test_a_computer_that_slept_is_locked_whichever_clock_tells(watched: Watched) -> None:
    clocks = watched.clocks
    clocks.wall_s += SLEPT_S + 1
    watched.watch.look()
    assert watched.due == 1
    watched.watch.begin()
    clocks.ticks_s += SLEPT_S + 1
    watched.watch.look()
    assert watched.due == 2


def test_a_clock_that_is_set_back_does_not_put_the_lock_off(watched: Watched) -> None:
    watched.clocks.wall_s -= 86_400
    assert watched.wait(118) == 0
    assert watched.wait(4) == 1


def test_who_does_not_want_it_is_not_locked(watched: Watched) -> None:
    watched.watch.set_minutes(0)
    assert watched.wait(6_000) == 0
    watched.watch.set_minutes(2)
    watched.watch.stop()
    assert watched.wait(6_000) == 0
