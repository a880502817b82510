"""Looks after the open store and the machine under it; used by the connection."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.local import Damaged, LocalStore, LocalStoreFailed

CHECK_AFTER_MS = 30_000
"""After a start: every page of the store is read once, when the queue is long on screen."""
SLEPT_S = 10.0
"""So far apart the two clocks only drift while the machine sleeps, or when one is set."""
_WATCH_MS = 2_000


class StoreCare(QObject):
    """Reads the store through once, tells of damage when nobody is reading, and of a sleep.

    Signals:
        failed: the store does not do what it should (the error).
        mend_wanted: it is damaged; opening it again makes it anew.
        slept: the machine was asleep, or its clock was set.
    """

    failed = Signal(object)
    mend_wanted = Signal()
    slept = Signal()

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._store: Callable[[], LocalStore | None] = lambda: None
        self._check = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._check.timeout.connect(self._on_check_due)
        # Not while whoever met the damage is still reading.
        self._mend = QTimer(self, singleShot=True, interval=0)
        self._mend.timeout.connect(self.mend_wanted)
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._watch.timeout.connect(self._on_watch)
        self._drift_s = _drift_s()

    def begin(self, store: Callable[[], LocalStore | None]) -> None:
        """Look after the store that `store` returns; None while there is none."""
        self._store = store
        self._check.start()
        self._watch.start()

    def stop(self) -> None:
        """Look after nothing any more."""
        self._check.stop()
        self._watch.stop()

    def hear(self, error: LocalStoreFailed, *, lasting: bool) -> None:
        """Tell what is wrong; a damaged store that is on the disk is to be made anew."""
        self.failed.emit(error)
        if lasting and isinstance(error, Damaged):
            self._mend.start()

    @Slot()
    def _on_check_due(self) -> None:
        store = self._store()
        if store is not None:
            self._runner.run(
                store.check, lambda _none: None, self._on_check_failed, owner=self, lane="check"
            )

    def _on_check_failed(self, error: Exception) -> None:
        if isinstance(error, LocalStoreFailed):
            self.hear(error, lasting=True)

    @Slot()
    def _on_watch(self) -> None:
        drift_s = _drift_s()
        if abs(drift_s - self._drift_s) > SLEPT_S:
            self.slept.emit()
        self._drift_s = drift_s


def _drift_s() -> float:
    """Return how far the wall clock is from the one that stands still in sleep."""
    return time.time() - time.monotonic()
