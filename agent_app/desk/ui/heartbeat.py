"""A beat on the Qt thread: whoever hears it can tell how long that thread was held up."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Slot

INTERVAL_MS = 50
"""Often enough to see what a person feels, and seldom enough for a battery."""


class QtBeat(QObject):
    """Passes the time of each beat on."""

    def __init__(
        self, hear: Callable[[float], None], parent: QObject, interval_ms: int = INTERVAL_MS
    ) -> None:
        super().__init__(parent)
        self._hear = hear
        self._timer = QTimer(self, interval=interval_ms)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    @Slot()
    def _on_beat(self) -> None:
        self._hear(time.monotonic())
