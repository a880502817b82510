"""PostgreSQL, for any number of gateway processes: one writer at a time, and one clock for all.

Each write first takes one advisory lock, which PostgreSQL holds until the commit is visible to
everybody. So writes see all earlier ones as they do on SQLite, the change feed's numbers are
committed in order, and the audit chain has one end (docs/adr/0007). A process that dies or is cut
off loses the lock with its session.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import URL, Connection, Engine

from agent_app.gateway.store.bell import ACTIONS, CHANGES, Bell
from agent_app.gateway.store.unusable import DatabaseUnusable

_log = structlog.get_logger()
_WRITER = 0x6167656E74617070
"""The advisory lock of whoever writes ("agentapp"); other programs on the database have others."""
# The function in FROM is called before the time is taken.
_BECOME_WRITER = sa.text("SELECT clock_timestamp() FROM pg_advisory_xact_lock(:writer)").bindparams(
    writer=_WRITER
)
_CHANNEL = "agent_app"
_OLDEST_VERSION = 13
_LISTEN_AGAIN_S = 2.0
_CONNECTION = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
_SESSION = {
    "synchronous_commit": "on",
    # A machine that vanished holds its locks until its connection is given up.
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    # A process that hangs in the middle of a write must not keep all others waiting for ever.
    "idle_in_transaction_session_timeout": 30_000,
    "timezone": "UTC",
}


class DatabaseClock:
    """The database's time: as last told, and what the machine's steady clock counted since.

    Every write tells it anew, after it has become the one writer, so leases of all processes are
    measured by one clock, and a machine whose own clock is wrong does no harm.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told_at = datetime.now(UTC)
        self._counted_at = time.monotonic()

    def told(self, at: datetime) -> None:
        with self._lock:
            self._told_at, self._counted_at = at, time.monotonic()

    def now(self) -> datetime:
        """Return the time now, aware, in UTC."""
        with self._lock:
            return self._told_at + timedelta(seconds=time.monotonic() - self._counted_at)


class PostgreSQL:
    """One database on a server, served by any number of processes."""

    shared = True

    def __init__(self, address: str, lock_timeout_ms: int) -> None:
        """Take the address `postgresql://…`; nothing is connected yet.

        Raises:
            DatabaseUnusable: it is not an address.
        """
        try:
            url = sa.make_url(address).set(drivername="postgresql+psycopg")
            self._url = url.update_query_dict(_CONNECTION)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise DatabaseUnusable(
                "the database's address cannot be read; write it as "
                "postgresql://USER:PASSWORD@HOST:PORT/NAME."
            ) from error
        shown = self._url.set(drivername="postgresql", query={})
        self.name = shown.render_as_string(hide_password=True)
        self.clock = DatabaseClock()
        self.reading = _engine(self._url, lock_timeout_ms).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        # The Python lock of `Database.write` lets one thread write, so one connection is enough.
        self.writing = _engine(self._url, lock_timeout_ms, pool_size=1, max_overflow=1)
        self._listener: Listener | None = None

    def write_began(self, connection: Connection) -> None:
        """Become the one writer among all processes, and learn the database's time."""
        self.clock.told(connection.execute(_BECOME_WRITER).scalar_one())

    def tell_others(self, connection: Connection, topics: set[str]) -> None:
        """Send what was written to the other processes, with the commit."""
        for topic in sorted(topics):
            connection.execute(sa.select(sa.func.pg_notify(_CHANNEL, topic)))

    def listen(self, bell: Bell) -> None:
        """Let other processes' rings ring this one's bell."""
        if self._listener is None:
            self._listener = Listener(self._url, bell)
            self._listener.start()

    @contextmanager
    def only_server(self) -> Iterator[None]:
        """Any number of gateways may serve it."""
        yield

    def unusable(self, error: sa.exc.DatabaseError) -> DatabaseUnusable:
        why = str(error.orig).strip().replace("\n", " ")
        return DatabaseUnusable(
            f"{self.name}: this database cannot be used now ({why}). See that the server runs, "
            "that the address is right, and that this user may connect and make tables there; "
            "nothing was changed."
        )

    def check(self, connection: Connection) -> None:
        """See that the server can hold what we write.

        Raises:
            DatabaseUnusable: it is too old, or its text is not UTF-8.
        """
        version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        if int(version) < _OLDEST_VERSION * 10_000:
            raise DatabaseUnusable(
                f"{self.name}: PostgreSQL {_OLDEST_VERSION} or newer is needed, this is "
                f"{int(version) // 10_000}. Update the server; nothing was changed."
            )
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise DatabaseUnusable(
                f"{self.name}: this database holds text as {encoding}; make one with ENCODING "
                "'UTF8', or names in other scripts cannot be kept. Nothing was changed."
            )

    def close(self) -> None:
        if self._listener is not None:
            self._listener.stop()
        self.reading.dispose()
        self.writing.dispose()


class Listener:
    """A connection of its own on which other processes' rings arrive."""

    def __init__(self, url: URL, bell: Bell) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._bell = bell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                # Without it everything goes on, only by looking from time to time.
                _log.warning("not_listening", error=type(error).__name__)
                self._stopping.wait(_LISTEN_AGAIN_S)

    def _listen(self) -> None:
        with psycopg.connect(self._address, autocommit=True) as on:
            on.execute(f"LISTEN {_CHANNEL}")
            # What was rung while nobody listened is not told again.
            self._bell.ring(CHANGES)
            self._bell.ring(ACTIONS)
            while not self._stopping.is_set():
                for ring in on.notifies(timeout=0.25):
                    self._bell.ring(ring.payload)
                    if self._stopping.is_set():
                        break


def _engine(url: URL, lock_timeout_ms: int, pool_size: int = 8, max_overflow: int = 8) -> Engine:
    settings = {**_SESSION, "lock_timeout": lock_timeout_ms}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return sa.create_engine(
        url,
        connect_args={"options": options},
        pool_size=pool_size,
        max_overflow=max_overflow,
        # A server that was restarted costs a reconnect, not an answer.
        pool_pre_ping=True,
        # Rows hold customers' names and addresses; an error's text goes into the log.
        hide_parameters=True,
    )
