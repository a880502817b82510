"""The gateway's database: SQLite embedded, or PostgreSQL; the same tables and the same promises.

On both, one write happens at a time and sees all earlier ones, and a read sees one moment.
Migrations are recorded by Alembic.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from agent_app.gateway.clock import Clock
from agent_app.gateway.store.bell import Bell, marked
from agent_app.gateway.store.moved import refuse_if_moved
from agent_app.gateway.store.postgresql import PostgreSQL
from agent_app.gateway.store.sqlite import BUSY_TIMEOUT_MS, SQLite
from agent_app.gateway.store.unusable import DatabaseUnusable

__all__ = ["Database", "DatabaseUnusable", "alembic_config", "is_address"]


_MIGRATING = threading.Lock()
"""Alembic keeps the migration that runs in one place for the whole process."""


def is_address(where: str) -> bool:
    """Return whether this names a PostgreSQL database; otherwise it is SQLite's file."""
    return where.startswith(("postgresql://", "postgres://"))


class Database:
    """Connections to the gateway's database. Safe to use from several threads."""

    def __init__(self, where: Path | str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        """Open SQLite's file, or PostgreSQL by its address, and bring its tables up to date.

        A file that is not there is made. `busy_timeout_ms` is how long a write waits for others.

        Raises:
            DatabaseUnusable: it is newer than this program, damaged, or cannot be written.
        """
        self.bell = Bell()
        self.waited: Callable[[float], None] = lambda _: None
        """Told for each write how long it waited for its turn, in seconds."""
        self._write_lock = threading.Lock()
        self._patience_s = busy_timeout_ms / 1000
        self._kind: SQLite | PostgreSQL
        if isinstance(where, str) and is_address(where):
            self._kind = PostgreSQL(where, busy_timeout_ms)
        else:
            self._kind = SQLite(Path(where), busy_timeout_ms)
        self.name = self._kind.name
        """For people: the file, or the address without its password."""
        self.clock: Clock = self._kind.clock
        """By this clock leases are measured."""
        try:
            with self.write_even_if_moved() as connection:
                self._kind.check(connection)
                _migrate(connection, self.name)
        except sa.exc.DatabaseError as error:
            self.close()
            raise self._kind.unusable(error) from error
        except DatabaseUnusable:
            self.close()
            raise

    @property
    def shared(self) -> bool:
        """Return whether other gateway processes may serve it at the same time."""
        return self._kind.shared

    @property
    def path(self) -> Path:
        """Return SQLite's file.

        Raises:
            TypeError: this is PostgreSQL.
        """
        if not isinstance(self._kind, SQLite):
            raise TypeError(f"{self.name} is not a file")
        return self._kind.path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection with one consistent view; nothing is written through it."""
        with self._kind.reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the one writing connection; committed when the block ends, else rolled back.

        Raises:
            Moved: this database is not, or not yet, the one in force.
            TimeoutError: SQLAlchemy's; other writes of this process took too long.
        """
        with self.write_even_if_moved() as connection:
            refuse_if_moved(connection, self.name)
            yield connection

    @contextmanager
    def write_even_if_moved(self) -> Iterator[Connection]:
        """Write also into a database that is not in force: to migrate, and to move it."""
        asked_at = time.monotonic()
        with self._turn(), self._kind.writing.connect() as connection:
            topics: set[str] = set()
            with connection.begin():
                marked(connection)
                self._kind.write_began(connection)
                self.waited(time.monotonic() - asked_at)
                yield connection
                topics = marked(connection)
                self._kind.tell_others(connection, topics)
        for topic in sorted(topics):
            self.bell.ring(topic)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        # Not for ever: while another program holds the database, as a move does, a queue of writes
        # would take every thread of the API, and nobody could read.
        if not self._write_lock.acquire(timeout=self._patience_s):
            raise sa.exc.TimeoutError(f"no turn to write within {self._patience_s:g} s")
        try:
            yield
        finally:
            self._write_lock.release()

    def listen(self) -> None:
        """Let writes of other processes ring the bell, until the database is closed."""
        self._kind.listen(self.bell)

    def only_server(self) -> AbstractContextManager[None]:
        """Be the only gateway that serves this database for the block, unless it may be shared.

        Raises:
            DatabaseUnusable: another gateway serves it.
        """
        return self._kind.only_server()

    def close(self) -> None:
        self._kind.close()


def newest_revision() -> str:
    """Return the revision of the tables that this program needs."""
    head = ScriptDirectory.from_config(alembic_config(None)).get_current_head()
    assert head is not None
    return head


def alembic_config(connection: Connection | None) -> Config:
    """Return how Alembic finds the migrations, to be run on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection, name: str) -> None:
    config = alembic_config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        raise DatabaseUnusable(
            f"{name}: this database was written by a newer program (its revision is {found}). "
            "Update the gateway; nothing was changed."
        )
    with _MIGRATING:
        command.upgrade(config, "head")
