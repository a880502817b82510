"""One desk for each profile: who starts a second is shown the first.

The lock is a file that the system lets go of when its process dies; the window is raised by a
local socket that only this person can reach. Used by main.py, before any window is made.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_NAME = "running.lock"
_PATIENCE_MS = 1_000
_LONGEST = 1_000
"""Bytes of what a second start may say."""


class OneInstance(QObject):
    """The claim on a folder of files.

    Signals:
        raise_asked: somebody started the program again, with this link (`str`, empty: with none).
    """

    raise_asked = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = QLockFile(str(folder / _NAME))
        # Not by age: a desk runs for days. A lock whose process is gone counts as free anyway.
        self._lock.setStaleLockTime(0)
        # The folder's path may be longer than a socket's name can be.
        place = str(folder.resolve()).encode()
        self._name = f"agent-app-{hashlib.sha256(place).hexdigest()[:24]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connected)

    def claim(self) -> bool:
        """Return whether this is the only desk of the profile; then it listens for others."""
        if not self._lock.tryLock(0):
            return False
        # What a crash left of the last one would keep the name taken.
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return True

    def raise_other(self, link: str = "") -> bool:
        """Ask the desk that is running to show itself, and a link; return whether it heard."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        heard = socket.waitForConnected(_PATIENCE_MS)
        if heard and link:
            socket.write(link.encode()[:_LONGEST])
            heard = socket.waitForBytesWritten(_PATIENCE_MS)
        if heard:
            socket.disconnectFromServer()
        return heard

    def release(self) -> None:
        """Let another desk take the profile."""
        self._server.close()
        self._lock.unlock()

    @Slot()
    def _on_connected(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            # It says what it has to say and goes: that is when all of it has come.
            connection.disconnected.connect(self._on_said)
            if connection.state() == QLocalSocket.LocalSocketState.UnconnectedState:
                self._hear(connection)

    @Slot()
    def _on_said(self) -> None:
        connection = self.sender()
        assert isinstance(connection, QLocalSocket)
        self._hear(connection)

    def _hear(self, connection: QLocalSocket) -> None:
        link = bytes(connection.read(_LONGEST).data()).decode("utf-8", "replace")
        connection.disconnected.disconnect(self._on_said)
        connection.deleteLater()
        self.raise_asked.emit(link)
