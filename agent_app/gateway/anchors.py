"""Anchors: the audit log's newest seal, noted outside the database.

Within the database a chain of hashes shows every change but one: entries cut off its end. A seal
that is kept elsewhere shows that too. The gateway notes its own in a file that only grows; desks
keep the one of their last sync. Both can be given to `audit verify`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa
import structlog

from agent_app import typed_json
from agent_app.gateway.clock import Clock
from agent_app.gateway.store import audit
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()


class Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One seal: the entry's number and its hash, noted at that time."""

    seq: int
    hash: str
    at: datetime | None = None


class AnchorsUnreadable(ValueError):
    """A file or word holds no anchors; the message says where."""


def append(path: Path, anchor: Anchor) -> None:
    """Add a line to the file; it is on disk when this returns.

    Raises:
        OSError: the file cannot be written.
    """
    is_new = not path.exists()
    # One write to a file opened to append: lines of two processes do not mix.
    binary = getattr(os, "O_BINARY", 0)
    to = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | binary, 0o640)
    try:
        os.write(to, msgspec.json.encode(anchor) + b"\n")
        os.fsync(to)
    finally:
        os.close(to)
    if is_new and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path) -> Iterator[Anchor]:
    """Give the file's anchors; a last line that a crash cut short is no anchor.

    Raises:
        AnchorsUnreadable: another line is none either.
        OSError: the file cannot be read.
    """
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            yield typed_json.decode(line, Anchor)
        except msgspec.DecodeError as error:
            raise AnchorsUnreadable(
                f"{path}, line {number}: no anchor; a line is "
                '{"seq": NUMBER, "hash": "HASH"}. See who changed the file.'
            ) from error


def parse(text: str) -> Anchor:
    """Read `SEQ:HASH`, as `audit head` and a desk show it.

    Raises:
        AnchorsUnreadable: it is not that.
    """
    seq, _, seal = text.partition(":")
    if not seq.isdecimal() or len(seal) != len(audit.GENESIS):
        raise AnchorsUnreadable(f"{text!r}: write an anchor as SEQ:HASH, such as 1042:5f0c…")
    return Anchor(int(seq), seal.lower())


class Keeper:
    """Notes the newest seal from time to time, and at the end. A seal is noted once."""

    def __init__(self, database: Database, clock: Clock, path: Path, every_s: float) -> None:
        self._database = database
        self._clock = clock
        self._path = path
        self._every_s = every_s
        self._stopping = threading.Event()
        self._noting = threading.Lock()
        self._noted: Anchor | None = None
        self._thread = threading.Thread(target=self._run, name="anchors", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Note the newest seal and end."""
        self._stopping.set()
        self.note()

    def note(self) -> None:
        """Note the newest seal now, unless it was noted already."""
        try:
            with self._noting:
                self._note()
        except (OSError, sa.exc.SQLAlchemyError) as error:
            _log.error("anchor_not_kept", exc_info=error)

    def _note(self) -> None:
        with self._database.read() as connection:
            head = audit.head(connection)
        if head is None or (self._noted is not None and head.seq == self._noted.seq):
            return
        anchor = Anchor(head.seq, head.hash, self._clock.now())
        append(self._path, anchor)
        self._noted = anchor

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.note()
            self._stopping.wait(self._every_s)
