"""One encrypted SQLite file: who reads it, who writes it, and how its damage is told.

The only module that imports sqlcipher3. The other modules of this package get a connection inside
`read()` or `write()` and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from agent_app.desk.work.local import Damaged, DiskFull, LocalStoreFailed, NewerStore

Connection = Any
"""A connection of sqlcipher3, which has no types: `execute`, `executemany` of DB-API 2."""
KEY_BYTES = 32
BUSY_S = 5.0
"""Only a second copy of the program could hold the file for longer than a moment."""
MOST_READERS = 4
_LEAST_WRITER_CACHE_KIB, _MOST_WRITER_CACHE_KIB = 16_384, 65_536
_CACHED_PART = 14
"""A fourteenth of a file holds the index by which changed rows are found, and more."""
_READER_CACHE_KIB = 4_096
WAL_PAGES = 4_096
_FULL, _CORRUPT, _NOT_A_DATABASE = 13, 11, 26


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of a schema: carried out once in one transaction, and recorded."""

    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is and what opens it; without a path it is in memory, and needs no key."""

    path: Path | None
    key: bytes
    lasting: bool
    """Whether what was written has to outlast a power cut: no row of it can be got again."""


class EncryptedFile:
    """A file with one writer and a few readers; safe for several threads.

    Raises:
        Damaged: the key does not open it.
        NewerStore: a newer program wrote it; not a byte of it was changed.
    """

    def __init__(self, place: Place, migrations: Sequence[Migration]) -> None:
        self._place = place
        self._lock = threading.RLock()
        """Held for a whole transaction; `_pool` only for a glance at who rests."""
        self._pool = threading.Lock()
        self._resting: list[Connection] = []
        self._closed = False
        with errors_told():
            self._writer = _connect(place, _writer_cache_kib(place))
            try:
                _refuse_newer(self._writer, len(migrations))
                _settle(self._writer, place)
                _migrate(self._writer, migrations)
            except BaseException:
                self._writer.close()
                raise

    def move_out_after(self, pages: int) -> None:
        """Have so many pages gather in the -wal file before they are moved to the file itself."""
        with self._lock, self._damage_noted():
            self._refuse_closed()
            if self._place.path is not None:
                self._writer.execute(f"PRAGMA wal_autocheckpoint = {pages}").fetchall()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the writing connection for one transaction; an error takes all of it back."""
        with self._lock, self._damage_noted():
            self._refuse_closed()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(dbapi2.Error):
                    self._writer.execute("ROLLBACK")
                raise
            if self._place.lasting:
                # A flipped bit in the -wal file reads as its end, and what follows is gone without
                # a word. In the file itself every page has its own proof. A full disk here undoes
                # nothing: the -wal file keeps what was written, and the next time moves it.
                with contextlib.suppress(dbapi2.OperationalError):
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the file; writers do not hold it up."""
        if self._place.path is None:
            # One connection has the whole database: a reader waits for the transaction's end.
            with self._lock, errors_told():
                self._refuse_closed()
                yield self._writer
            return
        with self._damage_noted():
            connection = self._take_reader()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                self._give_back(connection)

    def check(self) -> None:
        """Read every page of the file; raises `Damaged`."""
        # Nobody moves pages from the -wal file meanwhile: half a page would look like damage.
        with self._lock, self.read() as connection:
            if self._place.path is not None:
                unreadable = connection.execute("PRAGMA cipher_integrity_check").fetchall()
                if unreadable:
                    raise Damaged(f"{len(unreadable)} pages of the store are damaged")
            found = connection.execute("PRAGMA quick_check(1)").fetchall()
            if found != [("ok",)]:
                raise Damaged("the store's pages do not fit together")

    def close(self) -> None:
        """Close the file; what is read or written afterwards fails."""
        with self._lock, self._pool:
            if self._closed:
                return
            self._closed = True
            resting, self._resting = self._resting, []
            for connection in (*resting, self._writer):
                connection.close()

    @contextlib.contextmanager
    def _damage_noted(self) -> Iterator[None]:
        """Note beside the file that it is damaged: the next start does not wait to meet it."""
        try:
            with errors_told():
                yield
        except Damaged:
            if self._place.path is not None:
                with contextlib.suppress(OSError):
                    damage_note(self._place.path).touch(mode=0o600)
            raise

    def _take_reader(self) -> Connection:
        with self._pool:
            self._refuse_closed()
            if self._resting:
                return self._resting.pop()
        return _connect(self._place, _READER_CACHE_KIB)

    def _give_back(self, connection: Connection) -> None:
        try:
            connection.execute("COMMIT")
        except dbapi2.Error:
            connection.close()
            return
        with self._pool:
            if not self._closed and len(self._resting) < MOST_READERS:
                self._resting.append(connection)
                return
        connection.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise LocalStoreFailed("the store is closed")


def make_private(path: Path) -> None:
    """Make an empty file that only this person may read, if there is none."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def damage_note(path: Path) -> Path:
    """Return the empty file that is there when damage was met in this one."""
    return path.with_name(path.name + "-damaged")


def open_as_it_is(place: Place) -> Connection:
    """Return a connection to a file that is given up, for whoever takes out what is left."""
    return _connect(place, _READER_CACHE_KIB)


@contextlib.contextmanager
def errors_told() -> Iterator[None]:
    """Turn the errors of SQLite that the world makes into those of the port; bugs go through."""
    try:
        yield
    except dbapi2.Error as error:
        known = _known(error)
        if known is None:
            raise
        raise known from error


def _known(error: dbapi2.Error) -> LocalStoreFailed | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or isinstance(error, dbapi2.IntegrityError | dbapi2.ProgrammingError):
        return None
    primary = code & 0xFF
    if primary in (_CORRUPT, _NOT_A_DATABASE):
        return Damaged(f"the store cannot be read: {error}")
    if primary == _FULL:
        return DiskFull("the disk is full")
    return LocalStoreFailed(f"the store does not answer: {error}")


def _connect(place: Place, cache_kib: int) -> Connection:
    if place.path is not None and len(place.key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(place.key)}")
    connection = dbapi2.connect(
        ":memory:" if place.path is None else str(place.path),
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        # It would print to the terminal; what is wrong is told by the errors.
        connection.execute("PRAGMA cipher_log_level = NONE")
        if place.path is not None:
            # The bytes themselves, not a passphrase: nothing is derived, and it opens in a
            # millisecond. Its pages are not wiped in memory (cipher_memory_security): the same
            # values are in this program's own memory beside them.
            connection.execute(f"PRAGMA key = \"x'{place.key.hex()}'\"")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _writer_cache_kib(place: Place) -> int:
    """Return how much the writer keeps of a file: its readers begin anew after every change."""
    size = place.path.stat().st_size if place.path is not None and place.path.exists() else 0
    return min(max(size // 1024 // _CACHED_PART, _LEAST_WRITER_CACHE_KIB), _MOST_WRITER_CACHE_KIB)


def _refuse_newer(connection: Connection, known: int) -> None:
    """Look before anything is written."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    if version > known:
        raise NewerStore(f"the store has version {version}, this program knows {known}")


def _settle(connection: Connection, place: Place) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if place.path is None:
        return
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    # What the gateway can tell again may lose its last moments in a power cut, whole transactions
    # at a time; an acknowledged click may not.
    connection.execute(f"PRAGMA synchronous = {'FULL' if place.lasting else 'NORMAL'}")
    # Moved out of the -wal file every 16 MB: a delta then seldom waits for it.
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}").fetchall()
    # After a first load the file would keep the size that it had then.
    connection.execute(f"PRAGMA journal_size_limit = {WAL_PAGES * 4_096}").fetchall()
    connection.execute(f"PRAGMA secure_delete = {'ON' if place.lasting else 'FAST'}")
    if place.lasting:
        # macOS keeps what is synchronised in the drive's memory, unless it is told otherwise.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")


def _migrate(connection: Connection, migrations: Sequence[Migration]) -> None:
    """Carry out the steps that the file does not have yet, each in a transaction of its own."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    for number, step in enumerate(migrations[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step.statements:
                connection.execute(statement)
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations"
                " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT"
            )
            connection.execute(
                "INSERT INTO migrations VALUES (?, ?, ?)",
                (number, step.name, datetime.now(UTC).isoformat(timespec="seconds")),
            )
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(dbapi2.Error):
                connection.execute("ROLLBACK")
            raise
