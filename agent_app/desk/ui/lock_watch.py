"""Notices that nobody is at the desk: no input for a while, or the computer slept.

Input to any of the desk's windows counts; what is done in other programs, Qt does not tell. Of the
system's own lock and sleep Qt tells nothing either: sleep is seen by the clock that jumped.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow

LOOK_MS = 2_000
SLEPT_S = 60.0
"""A look that comes so late was not late because the desk was busy."""
_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class LockWatch(QObject):
    """Counts the time since the last input. Owned by the window.

    Signals:
        due: lock now; told once until `begin` is called again.
    """

    due = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        ticks: Callable[[], float] = time.monotonic,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._ticks, self._clock_s = ticks, clock_s
        self._after_s = 0.0
        self._input_at = self._looked_at = (ticks(), clock_s())
        self._watched: list[QWindow] = []
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        # Windows alone, not the application: every event of it would pass through here.
        application.focusWindowChanged.connect(self._on_window)
        self._on_window(application.focusWindow())

    def set_minutes(self, minutes: int) -> None:
        """Lock after so many minutes without input; 0: never by itself."""
        self._after_s = minutes * 60.0

    def begin(self) -> None:
        """Begin to count, as after signing in or unlocking."""
        self._input_at = self._looked_at = (self._ticks(), self._clock_s())
        self._timer.start()

    def stop(self) -> None:
        """Count no more: nobody is signed in, or it is locked already."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look at the clocks; the timer does it."""
        if not self._timer.isActive():
            return
        # The longer of two: one clock stands still in sleep, the other can be set.
        idle_s = _longer(self._input_at, (self._ticks(), self._clock_s()))
        silent_s = _longer(self._looked_at, (self._ticks(), self._clock_s()))
        self._looked_at = (self._ticks(), self._clock_s())
        if self._after_s > 0 and (idle_s >= self._after_s or silent_s >= SLEPT_S):
            self._timer.stop()
            self.due.emit()

    @Slot(QWindow)
    def _on_window(self, window: QWindow | None) -> None:
        if window is not None and window not in self._watched:
            self._watched.append(window)
            window.visibleChanged.connect(self._on_hidden)
            window.installEventFilter(self)

    @Slot(bool)
    def _on_hidden(self, shown: bool) -> None:
        """Let go of a window that goes: events of one that is being destroyed must not come here.

        PySide dies of a filter that is handed a half-destroyed object.
        """
        if shown:
            return
        for window in [each for each in self._watched if not each.isVisible()]:
            window.removeEventFilter(self)
            window.visibleChanged.disconnect(self._on_hidden)
            self._watched.remove(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._input_at = (self._ticks(), self._clock_s())
        return super().eventFilter(watched, event)


def _longer(then: tuple[float, float], now: tuple[float, float]) -> float:
    return max(now[0] - then[0], now[1] - then[1])
