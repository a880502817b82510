"""The audit log: append-only, each entry sealed with the hash of the one before it.

Holds no customer data: a reveal is recorded, what was revealed is not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.ids import CaseId, UserId
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import encode, time_text

GENESIS = "0" * 64
SYSTEM = UserId("system")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    seq: int
    at: str
    who: str
    what: str
    case: str | None
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry's number and hash; it seals every entry before it."""

    seq: int
    hash: str


def head(connection: Connection) -> Head | None:
    """Return the newest entry's seal, None before the first."""
    last = connection.execute(
        sa.select(schema.audit.c.seq, schema.audit.c.hash)
        .order_by(schema.audit.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return Head(last.seq, last.hash) if last else None


def record(
    connection: Connection,
    at: datetime,
    who: UserId,
    what: str,
    case: CaseId | None = None,
    **detail: object,
) -> None:
    """Append an entry, in the transaction of what it tells about."""
    last = head(connection)
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    text = encode(detail).decode()
    entry = Entry(seq, time_text(at), who, what, case, text, previous, "")
    connection.execute(
        sa.insert(schema.audit).values(
            seq=seq,
            at=entry.at,
            who=who,
            what=what,
            case_id=case,
            detail=text,
            previous=previous,
            hash=_seal(entry),
        )
    )


def first_break(connection: Connection) -> int | None:
    """Return the number of the first entry that does not follow from those before it."""
    previous = GENESIS
    expected = 1
    for row in connection.execute(sa.select(schema.audit).order_by(schema.audit.c.seq)):
        entry = Entry(
            row.seq, row.at, row.who, row.what, row.case_id, row.detail, row.previous, row.hash
        )
        if entry.seq != expected or entry.previous != previous or entry.hash != _seal(entry):
            return expected
        previous, expected = entry.hash, expected + 1
    return None


def _seal(entry: Entry) -> str:
    content = encode(
        [entry.seq, entry.at, entry.who, entry.what, entry.case, entry.detail, entry.previous]
    )
    return hashlib.sha256(content).hexdigest()
