"""Gives rows that an older version made their marks, a few at a time, beside the daily work.

It ends when all have them. Several processes may do it at once: how far it is stands in the
database and moves with each step.
"""

from __future__ import annotations

import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from agent_app.gateway.clock import Clock
from agent_app.gateway.store import search_marks
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.moved import Moved

_log = structlog.get_logger()
AT_ONCE = 100
"""Cases of one write: everybody else who writes waits for so long, some 20 ms."""
_PAUSE_S = 0.05
_AGAIN_S = 5.0


class Marker:
    """The thread that does it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, where there is something left to do."""
        with self._database.read() as connection:
            if search_marks.is_filled(connection):
                return
        self._thread = threading.Thread(target=self._run, name="marks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step that it is in."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def step(self) -> bool:
        """Do the next step; return whether there may be more."""
        with self._database.write() as connection:
            return search_marks.fill(connection, self._clock.now(), most=AT_ONCE)

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                if not self.step():
                    return
                pause = _PAUSE_S
            except Moved:
                return
            except SQLAlchemyError as error:
                _log.warning("marks_not_filled", error=type(error).__name__)
                pause = _AGAIN_S
