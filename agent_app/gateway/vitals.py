"""Whether this gateway can work now: its database, its threads, and whether it is stopping.

A thread tries the database every few seconds with a real write. Whoever asks gets what it found
last, at once; that it finds nothing any more is itself the answer when the database hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

import sqlalchemy as sa
import structlog
from alembic.migration import MigrationContext

from agent_app.gateway.clock import Clock
from agent_app.gateway.store import moved
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.database import Database, newest_revision
from agent_app.gateway.store.moved import Moved

_log = structlog.get_logger()
EVERY_S = 5.0
"""Pause between two tries."""
SLOW_S = 5.0
"""A try that takes longer is a failure: a desk's click would hang as long."""
TRIED = "last_tried"
"""The setting that is written to see whether the database can be."""


class Vitals:
    """Watches over one gateway. `problems` is empty while it can work."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        threads: Collection[str],
        *,
        every_s: float = EVERY_S,
        slow_s: float = SLOW_S,
    ) -> None:
        """Take the names of the threads that must run; before `start` nothing is watched."""
        self._database = database
        self._clock = clock
        self._threads = frozenset(threads)
        self._every_s = every_s
        self._slow_s = slow_s
        self._newest = newest_revision()
        self._stopping = threading.Event()
        self._leaving = False
        self._found: str | None = None
        self._tried_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="vitals", daemon=True)
        self.on_moved: Callable[[Moved], None] = lambda _: None
        """Called, once, when the database is found to have moved away."""
        self.on_alive: Callable[[], None] = lambda: None
        """Called after every try, whatever it found, unless a thread has ended."""

    def start(self) -> None:
        self._found = "the database was not tried yet"
        self._thread.start()

    def leave(self) -> None:
        """Say from now on that this gateway takes no more work."""
        self._leaving = True

    def stop(self) -> None:
        """Try no more; does not wait for a try that hangs."""
        self._leaving = True
        self._stopping.set()

    def problems(self) -> tuple[str, ...]:
        """Return why it cannot work, each a sentence without names or secrets."""
        found = ["the gateway is stopping"] if self._leaving else []
        if not self._thread.is_alive():
            return tuple(found)
        if self._found is not None:
            found.append(self._found)
        elif time.monotonic() - self._tried_at > self._every_s + self._slow_s:
            found.append(f"the database has not answered for {self._slow_s:g} s")
        found.extend(f"the thread {name} has ended" for name in self._ended())
        return tuple(found)

    def _ended(self) -> list[str]:
        return sorted(self._threads - {thread.name for thread in threading.enumerate()})

    def try_once(self) -> None:
        """Write and read once, and note what came of it."""
        begun = time.monotonic()
        try:
            self._found = self._try()
        except Moved as error:
            self._found = "the database was moved away; this gateway ends"
            self.on_moved(error)
        except sa.exc.SQLAlchemyError as error:
            is_news, self._found = self._found is None, "the database cannot be written"
            if is_news:
                _log.error("database_not_usable", exc_info=error)
        self._tried_at = time.monotonic()
        if self._found is None and self._tried_at - begun > self._slow_s:
            self._found = f"the database took longer than {self._slow_s:g} s"

    def _try(self) -> str | None:
        with self._database.write() as connection:
            moved.put(connection, TRIED, time_text(self._clock.now()))
        with self._database.read() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        return (
            None
            if found == self._newest
            else "the database was migrated by another program version"
        )

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.try_once()
            if not self._ended():
                self.on_alive()
            self._stopping.wait(self._every_s)
