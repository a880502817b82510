"""A bound on a whole HTTP request, whatever drips: the lease of an action relies on it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any, Self


class Bound:
    """Hangs up a request after so many seconds; httpx's time-outs are for each read alone.

    For a request on a connection of its own: one that was made before it is not known here.
    """

    def __init__(self, seconds: float) -> None:
        self._over = threading.Event()
        self._handles: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for handle in self._handles:
            handle.close()

    def follow(self, event: str, info: Mapping[str, Any]) -> None:
        """Hold on to each new connection, by a handle that outlives what TLS makes of it."""
        if event == "connection.connect_tcp.complete":
            connected: socket.socket = info["return_value"].get_extra_info("socket")
            self._handles.append(connected.dup())
            if self._over.is_set():
                self._hang_up()

    def _hang_up(self) -> None:
        self._over.set()
        for handle in tuple(self._handles):
            with contextlib.suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)
