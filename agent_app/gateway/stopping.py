"""Stopping in good order and in time: no new work at once, running answers end, then the threads.

Whatever a shop does meanwhile: after its time the process ends anyway. An action whose call is
still on its way stands as `unknown` in the ledger, and whoever comes next finds out.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from agent_app.gateway import systemd

_log = structlog.get_logger()
ANSWERS_S = 5
"""So long running answers may take before they are cut off."""
_LAST_WORDS_S = 1.0
"""Of the time to stop, what is kept for noting the last things."""


class Stopping:
    """The end of one serving process; begun by a signal, a lost parent or a database that moved."""

    def __init__(self, within_s: float, drain_s: float = 0.0) -> None:
        self._within_s = within_s
        self._drain_s = drain_s
        self._once = threading.Lock()
        self.error: Exception | None = None
        """Why it ended, where nobody asked for it."""
        self.on_begin: list[Callable[[], None]] = []
        """Called first, in order, from a thread of its own."""
        self.on_drained: list[Callable[[], None]] = []
        """Called after `drain_s`, during which requests are still taken."""
        self.on_deadline: list[Callable[[], None]] = []
        """Called when the process is about to be ended by force."""

    @property
    def begun(self) -> bool:
        return self._once.locked()

    def begin(self, error: Exception | None = None) -> None:
        """Begin to stop, once; returns at once, and may be called by a signal's handler."""
        if not self._once.acquire(blocking=False):
            return
        self.error = error
        threading.Thread(target=self._stop, name="stopping", daemon=True).start()

    def _stop(self) -> None:
        end = time.monotonic() + self._drain_s + self._within_s
        systemd.tell("STOPPING=1")
        for call in self.on_begin:
            call()
        time.sleep(self._drain_s)
        for call in self.on_drained:
            call()
        time.sleep(max(0.0, end - time.monotonic() - _LAST_WORDS_S))
        # Still here: the process would have ended with its main thread.
        _log.warning("stopped_with_calls_running", after_s=self._within_s)
        last = threading.Thread(target=self._last_words, daemon=True)
        last.start()
        last.join(_LAST_WORDS_S / 2)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0 if self.error is None else 1)

    def _last_words(self) -> None:
        for call in self.on_deadline:
            call()


class Server(uvicorn.Server):
    """uvicorn's server, told to stop by `Stopping`."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping) -> None:
        super().__init__(config)
        self._stopping = stopping
        stopping.on_drained.append(self.end)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop.

        The signal is not kept: uvicorn would raise it again after the last answer, and it would end
        the process before the threads are parked.
        """
        if self._stopping.begun and sig == signal.SIGINT:
            self.force_exit = True
        self._stopping.begin()

    def end(self) -> None:
        self.should_exit = True
