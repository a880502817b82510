"""Each proof counts once: noted in the database before its request is let in, many at a time.

Every request of a desk brings a proof, and each note must be on disk for the next process to know
it. Requests that come while one note is being written share the next.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_app.gateway.store import used_proofs
from agent_app.gateway.store.database import Database

_FORGET_EVERY = timedelta(seconds=60)


@dataclass(slots=True)
class _Note:
    name: str
    until: datetime
    first: bool | None = None
    """Whether it was the first use; None until that is written, or where it cannot be."""
    error: Exception | None = None


class UsedProofs:
    """Safe to use from several threads; all processes on one database know each other's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: list[_Note] = []
        self._writing = threading.Lock()
        self._forget_at: datetime | None = None

    def use(self, name: str, until: datetime, now: datetime) -> bool:
        """Return whether the proof is used for the first time; it is kept until `until`.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it could not be written, so it must not count.
        """
        note = _Note(name, until)
        with self._lock:
            self._waiting.append(note)
        with self._writing:
            if note.first is None and note.error is None:
                self._write(now)
        if note.error is not None:
            raise note.error
        assert note.first is not None
        return note.first

    def _write(self, now: datetime) -> None:
        with self._lock:
            notes, self._waiting = self._waiting, []
        try:
            with self._database.write() as connection:
                if self._forget_at is None or now >= self._forget_at:
                    self._forget_at = now + _FORGET_EVERY
                    used_proofs.forget(connection, now)
                found = [used_proofs.use(connection, note.name, note.until) for note in notes]
        except Exception as error:  # noqa: BLE001 - each of the waiting ones gets it
            for note in notes:
                note.error = error
            return
        # Only now it is certain: before, the transaction could still have been lost.
        for note, first in zip(notes, found, strict=True):
            note.first = first
