"""Drives a real desk without a person: waits for what the screen shows, presses, takes pictures.

Used by the tour and by the end-to-end tests. Waiting is always for something seen, never for time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from agent_app.desk.adapters import adapters_in, connect
from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.entry import Connects
from agent_app.desk.work.preferences import Language, Theme
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.case import CaseState
from agent_app.domain.causes import Cause

WITHIN_S = 30.0
TOUR_SEED: dict[str, object] = {
    "orders": [
        *({"cause": cause.value, "count": 1} for cause in Cause),
        {"cause": "S1", "count": 8},
        {"cause": "S5", "count": 6},
        {"cause": "N6", "count": 2},
    ],
    "healthy": 40,
}
"""The demo's orders, and enough of some for every look of the tour to work one of its own."""
_STEP_MS = 20


class NotSeen(AssertionError):
    """The screen did not come to show what was waited for."""


def application() -> QApplication:
    """Return the one application of this process."""
    running = QApplication.instance() or QApplication(["agent-app"])
    assert isinstance(running, QApplication)
    return running


class DrivenDesk:
    """One desk on one gateway, signed in with one token."""

    def __init__(
        self,
        profile: Path,
        gateway: str,
        token: str,
        language: Language,
        theme: Theme,
        connector: Connects = connect,
    ) -> None:
        self.app = application()
        self.desk = Desk(self.app, adapters_in(profile, connector), language=language, theme=theme)
        self.window = self.desk.window
        self._painted = False
        self.window.queue_painted.connect(self._on_painted)
        self.desk.start(gateway, token)

    def _on_painted(self) -> None:
        self._painted = True

    def wait(self, seen: Callable[[], object], what: str, within_s: float = WITHIN_S) -> None:
        """Let the desk run until something is seen.

        Raises:
            NotSeen: it was not, in time.
        """
        end = time.monotonic() + within_s
        while not seen():
            if time.monotonic() > end:
                raise NotSeen(f"not seen within {within_s:g} s: {what}; {self.situation()}")
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _STEP_MS)
            time.sleep(0.005)

    def situation(self) -> str:
        """Return what the screen shows, for failures."""
        page = self.window.work.case
        state = page.file.line.state if page.file else None
        parts = (page.progress.text, self.window.notice.text, page.bar.reason.text())
        return f"case {state}; " + " | ".join(part for part in parts if part)

    def wait_for_queue(self) -> None:
        """Wait for the first complete queue."""
        self.wait(lambda: self._painted, "a complete queue")

    def settle(self) -> None:
        """Let everything that is due be painted."""
        for _ in range(5):
            self.app.processEvents()

    def picture(self, file: Path, size: tuple[int, int], over: QWidget | None = None) -> None:
        """Save what the window shows, and its sheet or what else is `over` it."""
        self.window.resize(QSize(*size))
        self.settle()
        shot = self.window.grab()
        sheet = over or self.sheet()
        if sheet is not None:
            self._paint_sheet(shot, sheet)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not shot.save(str(file)):
            raise OSError(f"could not write {file}")

    def sheet(self) -> Sheet | None:
        """Return the open sheet."""
        sheets = [s for s in self.window.findChildren(Sheet) if s.isVisible()]
        return sheets[-1] if sheets else None

    def find(
        self, wanted: Callable[[QueueLine], bool], what: str, within_s: float = WITHIN_S
    ) -> QueueLine:
        """Return the first case of the store that is wanted."""
        found: list[QueueLine] = []

        def look() -> bool:
            found[:] = [line for line in self._lines() if wanted(line)]
            return bool(found)

        self.wait(look, what, within_s)
        return min(found, key=lambda line: line.ref)

    def _lines(self) -> tuple[QueueLine, ...]:
        desk = self.desk.connection
        if desk.user is None or desk.store is None:
            return ()
        me, now = desk.user.actor.user, desk.clock.now()
        return desk.store.lines(desk.store.numbers(QueueName.TEAM, me, now, Order()))

    def open(self, line: QueueLine) -> None:
        """Open a case and wait until it is shown."""
        self.window.open_case(line.id)
        page = self.window.work.case
        self.wait(lambda: page.file is not None and page.file.line.id == line.id, "the case")

    def press(self, command: Command) -> None:
        """Invoke a command as its key or menu entry does."""
        self.window.commands[command].trigger()
        self.settle()

    def claim(self) -> None:
        """Claim the open case."""
        self.press(Command.CLAIM)
        page = self.window.work.case
        self.wait(lambda: page.file is not None and page.file.line.claim is not None, "the claim")

    def recheck(self) -> None:
        """Recheck the open case and wait for the fresh answer."""
        page = self.window.work.case
        assert page.file is not None
        before = page.file.as_of
        self.press(Command.RECHECK)
        self.wait(lambda: page.file is not None and page.file.as_of > before, "the fresh answer")

    def wait_for_phase(self, *phases: Phase, within_s: float = WITHIN_S) -> None:
        """Wait until the running action has come to one of the phases."""
        case = self.window.case
        self.wait(
            lambda: case.progress is not None and case.progress.phase in phases,
            f"one of {[p.value for p in phases]}",
            within_s,
        )

    def wait_for_state(self, *states: CaseState) -> None:
        """Wait until the open case stands in one of the states."""
        page = self.window.work.case
        self.wait(
            lambda: page.file is not None and page.file.line.state in states,
            f"one of {[s.value for s in states]}",
        )

    def close(self) -> None:
        """Close the desk and wait for its workers."""
        self.window.close()
        self.settle()
        self.desk.deleteLater()
        self.window.deleteLater()
        self.settle()

    def _paint_sheet(self, shot: QPixmap, sheet: QWidget) -> None:
        picture = sheet.grab()
        painter = QPainter(shot)
        painter.fillRect(shot.rect(), QColor(0, 0, 0, 90))
        at = QPoint((shot.width() - picture.width()) // 2, (shot.height() - picture.height()) // 2)
        painter.drawPixmap(at, picture)
        painter.end()
