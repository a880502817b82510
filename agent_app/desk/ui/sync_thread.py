"""The sync on a thread of its own, its news as signals on the Qt thread. Used by connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from agent_app.desk.work.sync import Sync, Told

JOIN_S = 5.0
"""The sync hangs up at once; only a connection that is being made may hold it a little longer."""


class SyncThread(QObject):
    """Runs one `Sync` from `start` to `stop`.

    Signals:
        told: what it tells (`Told`).
        failed: why it ended by itself, or that the disk is full, which it waits out (the error).
    """

    told = Signal(object)
    failed = Signal(object)
    _arrived = Signal(object)

    def __init__(self, make: Callable[[Callable[[Told], None]], Sync], parent: QObject) -> None:
        super().__init__(parent)
        self._stopped = False
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self._sync = make(self._arrived.emit)
        self._thread = threading.Thread(target=self._run, name="desk-sync", daemon=True)

    @property
    def sync(self) -> Sync:
        """Return what runs."""
        return self._sync

    def start(self) -> None:
        """Begin to follow the gateway."""
        self._thread.start()

    def stop(self) -> None:
        """Tell nothing any more, and end at once; `join` waits until it has."""
        self._stopped = True
        self._sync.stop()

    def join(self) -> None:
        """Wait for the end; not for the Qt thread while a window is on screen."""
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        try:
            self._sync.run()
        except Exception as error:  # noqa: BLE001 - told on the Qt thread, never lost
            if not self._stopped:
                self._arrived.emit(error)

    @Slot(object)
    def _on_arrived(self, news: Told | Exception) -> None:
        if self._stopped:
            return
        if isinstance(news, Told) and news.full is not None:
            self.failed.emit(news.full)
        elif isinstance(news, Told):
            self.told.emit(news)
        else:
            self.failed.emit(news)
