"""The audit log: append-only, each entry sealed with the hash of the one before it.

Holds no customer data: a reveal is recorded, what was revealed is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import AuditHead
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


def told_head(connection: Connection) -> AuditHead:
    """Return the newest seal as it travels; number 0 and the first hash before any entry."""
    last = head(connection)
    return AuditHead(seq=last.seq, hash=last.hash) if last else AuditHead(seq=0, hash=GENESIS)


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
            hash=seal(entry),
        )
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading the whole log showed; `wrong` is None when all is as it was written."""

    entries: int
    head: Head | None
    wrong: str | None


def verify(connection: Connection, anchors: Iterable[Head] = ()) -> Verdict:
    """Read the whole log and see that each entry follows from the one before it.

    That shows every change, insertion and removal but two: entries cut off the end, and a log that
    was sealed anew from some entry on. Anchors, kept outside the database, show these too.
    """
    kept: dict[int, set[str]] = {}
    for anchor in anchors:
        kept.setdefault(anchor.seq, set()).add(anchor.hash)
    previous, count = GENESIS, 0
    table = schema.audit.c
    columns = (table.seq, table.at, table.who, table.what, table.case_id, table.detail)
    query = sa.select(*columns, table.previous, table.hash).order_by(table.seq)
    with connection.execute(query, execution_options={"stream_results": True}) as result:
        for batch in result.partitions(_BATCH):
            for *content, before, sealed in batch:
                content.append(before)
                expected = hashlib.sha256(encode(content)).hexdigest()
                if content[0] != count + 1 or before != previous or sealed != expected:
                    return Verdict(count, _head(count, previous), _CHANGED.format(count + 1))
                if kept and not kept.pop(count + 1, {sealed}) <= {sealed}:
                    return Verdict(count, _head(count, previous), _RESEALED.format(count + 1))
                previous, count = sealed, count + 1
    wrong = _CUT_OFF.format(count, max(kept)) if kept else None
    return Verdict(count, _head(count, previous), wrong)


_BATCH = 2_000
_CHANGED = "the audit log was changed at entry {}: it does not follow from the one before it"
_RESEALED = "the audit log was changed at or before entry {}: it was sealed anew since it was noted"
_CUT_OFF = "the audit log was cut off after entry {}: entry {} was noted and is not there"


def _head(seq: int, seal: str) -> Head | None:
    return Head(seq, seal) if seq else None


def first_break(connection: Connection) -> int | None:
    """Return the number of the first entry that does not follow from those before it."""
    verdict = verify(connection)
    return None if verdict.wrong is None else verdict.entries + 1


def seal(entry: Entry) -> str:
    """Return the hash that seals the entry and, through `previous`, all before it."""
    content = encode(
        [entry.seq, entry.at, entry.who, entry.what, entry.case, entry.detail, entry.previous]
    )
    return hashlib.sha256(content).hexdigest()
