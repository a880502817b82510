"""Cases as rows: the queue's pages, the change feed, and one case at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow, Queue, QueueCounts
from agent_app.domain.case import ENDED, WAITING, CaseState, Claim
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.stage import Stage
from agent_app.gateway.store import bell, counters, schema
from agent_app.gateway.store.codec import (
    decode,
    encode,
    optional_time_text,
    read_time,
    time_text,
)
from agent_app.gateway.store.dialects import upsert

_FEED = "case_changes"
_table = schema.cases.c
_BY_ID = sa.select(schema.cases).where(_table.id == sa.bindparam("of_id"))
_BY_ORDER = sa.select(schema.cases).where(
    _table.shop == sa.bindparam("of_shop"), _table.ref == sa.bindparam("of_ref")
)


@dataclass(frozen=True, slots=True)
class StoredCase:
    """What the gateway keeps of a case beside its order's log."""

    id: CaseId
    shop: ShopId
    ref: OrderRef
    state: CaseState
    flagged_at: datetime
    claim: Claim | None
    guide: str
    """Id and version of the guide that the case started with."""
    needs_approval: bool
    row: CaseRow | None
    """What queues show; None only before the case is first saved."""


def new_id(connection: Connection) -> CaseId:
    return CaseId(f"C{counters.take_next(connection, 'case_ids'):06d}")


def save(connection: Connection, case: StoredCase, row: CaseRow, search_text: str) -> StoredCase:
    """Store the case with the row that queues show, as the newest change of the feed."""
    seq = counters.take_next(connection, _FEED)
    bell.mark(connection, bell.CHANGES)
    waiting = case.state in WAITING or case.state is CaseState.ESCALATED
    values = {
        "id": case.id,
        "shop": case.shop,
        "ref": case.ref,
        "state": case.state,
        "flagged_at": time_text(case.flagged_at),
        "claim_user": case.claim.user if case.claim else None,
        "claim_name": case.claim.name if case.claim else None,
        "claim_until": optional_time_text(case.claim.until if case.claim else None),
        "is_open": case.state not in ENDED,
        "is_orphan": row.stage is Stage.ABSENT and row.at_risk.amount_minor > 0,
        "is_waiting": waiting,
        "needs_approval": case.needs_approval,
        "sort_key": _sort_key(row),
        "search_text": search_text.casefold(),
        "seq": seq,
        "version": row.version,
        "guide": case.guide,
        "row": encode(row),
    }
    upsert(connection, schema.cases, values, ("id",))
    return StoredCase(
        case.id,
        case.shop,
        case.ref,
        case.state,
        case.flagged_at,
        case.claim,
        case.guide,
        case.needs_approval,
        row,
    )


def _sort_key(row: CaseRow) -> str:
    """Order of a queue: loudest first, then the nearest deadline, then the longest flagged."""
    deadline = time_text(row.deadline.at) if row.deadline else "9999"
    return f"{9 - row.level}|{deadline}|{time_text(row.flagged_at)}|{row.id}"


def get(connection: Connection, case: CaseId) -> StoredCase | None:
    return _one(connection, _BY_ID, of_id=case)


def of_order(connection: Connection, shop: ShopId, ref: OrderRef) -> StoredCase | None:
    return _one(connection, _BY_ORDER, of_shop=shop, of_ref=ref)


def _one(
    connection: Connection, statement: sa.Select[tuple[object, ...]], **of: str
) -> StoredCase | None:
    row = connection.execute(statement, of).one_or_none()
    if row is None:
        return None
    claim = None
    if row.claim_user is not None:
        claim = Claim(UserId(row.claim_user), row.claim_name, read_time(row.claim_until))
    return StoredCase(
        CaseId(row.id),
        ShopId(row.shop),
        OrderRef(row.ref),
        CaseState(row.state),
        read_time(row.flagged_at),
        claim,
        row.guide,
        row.needs_approval,
        decode(row.row, CaseRow),
    )


def _in_queue(queue: Queue, user: UserId, now: datetime) -> sa.ColumnElement[bool]:
    is_open = _table.is_open.is_(True)
    mine = sa.and_(is_open, _table.claim_user == user, _table.claim_until > time_text(now))
    return {
        Queue.MINE: mine,
        Queue.TEAM: is_open,
        Queue.ORPHANS: sa.and_(is_open, _table.is_orphan.is_(True)),
        Queue.WAITING: sa.and_(is_open, _table.is_waiting.is_(True)),
        Queue.APPROVALS: sa.and_(is_open, _table.needs_approval.is_(True)),
        Queue.RESOLVED: _table.is_open.is_(False),
    }[queue]


def page(
    connection: Connection,
    queue: Queue,
    user: UserId,
    now: datetime,
    *,
    words: str = "",
    after: str | None = None,
    limit: int = 50,
) -> tuple[list[CaseRow], str | None, int]:
    """Return rows of the queue behind `after`, the cursor of the next page, and the total."""
    condition = _in_queue(queue, user, now)
    for word in words.casefold().split():
        condition = sa.and_(condition, _table.search_text.contains(word, autoescape=True))
    total = connection.execute(
        sa.select(sa.func.count()).select_from(schema.cases).where(condition)
    ).scalar_one()
    if after is not None:
        condition = sa.and_(condition, _table.sort_key > after)
    found = connection.execute(
        sa.select(_table.sort_key, _table.row)
        .where(condition)
        .order_by(_table.sort_key)
        .limit(limit + 1)
    ).all()
    shown = found[:limit]
    cursor = shown[-1].sort_key if len(found) > limit else None
    return [decode(r.row, CaseRow) for r in shown], cursor, total


def counts(connection: Connection, user: UserId, now: datetime) -> QueueCounts:
    """Return how many cases each queue holds for this user."""
    open_queues = [q for q in Queue if q is not Queue.RESOLVED]
    sums = [
        sa.func.coalesce(sa.func.sum(sa.case((_in_queue(q, user, now), 1), else_=0)), 0).label(q)
        for q in open_queues
    ]
    row = connection.execute(
        sa.select(*sums).select_from(schema.cases).where(_table.is_open.is_(True))
    ).one()
    resolved = connection.execute(
        sa.select(sa.func.count())
        .select_from(schema.cases)
        .where(_in_queue(Queue.RESOLVED, user, now))
    ).scalar_one()
    return QueueCounts(resolved=resolved, **{q.value: getattr(row, q.value) for q in open_queues})


def latest_change(connection: Connection) -> int:
    return counters.current(connection, _FEED)


def changed_since(
    connection: Connection, seq: int, limit: int
) -> tuple[Sequence[CaseRow], int, bool]:
    """Return the rows that changed after `seq`, the new position, and whether there are more."""
    found = connection.execute(
        sa.select(_table.seq, _table.row)
        .where(_table.seq > seq)
        .order_by(_table.seq)
        .limit(limit + 1)
    ).all()
    shown = found[:limit]
    position = shown[-1].seq if shown else seq
    return [decode(r.row, CaseRow) for r in shown], position, len(found) > limit
