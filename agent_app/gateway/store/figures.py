"""Numbers about the store that operators watch; none of them reads more than what is open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, read_time, time_text


class _Recorded(msgspec.Struct):
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class OpenActions:
    """How many open actions of one kind are in one state."""

    kind: str
    state: str
    count: int
    oldest: datetime
    """When the oldest of them was asked for."""


@dataclass(frozen=True, slots=True)
class ShopRead:
    """When a shop was last read to the end, and whether its last round failed."""

    shop: str
    last_read_at: datetime | None
    failing: bool


def open_actions(connection: Connection) -> list[OpenActions]:
    """Return the open actions by kind and state."""
    actions = schema.actions.c
    counts: Counter[tuple[str, str]] = Counter()
    oldest: dict[tuple[str, str], datetime] = {}
    for row in connection.execute(
        sa.select(actions.kind, actions.state, actions.record).where(actions.open.is_(True))
    ):
        group = (row.kind, row.state)
        asked_at = decode(row.record, _Recorded).requested_at
        counts[group] += 1
        oldest[group] = min(asked_at, oldest.get(group, asked_at))
    return [OpenActions(*group, n, oldest[group]) for group, n in sorted(counts.items())]


def claims(connection: Connection, now: datetime) -> int:
    """Return how many open cases somebody holds."""
    cases = schema.cases.c
    return connection.execute(
        sa.select(sa.func.count())
        .select_from(schema.cases)
        .where(
            cases.claim_user.is_not(None),
            cases.is_open.is_(True),
            cases.claim_until > time_text(now),
        )
    ).scalar_one()


def queues(connection: Connection) -> list[tuple[str, str, int]]:
    """Return (team, queue, cases) of every queue that is counted."""
    counted = schema.queue_counts.c
    rows = connection.execute(
        sa.select(counted.team, counted.queue, sa.func.sum(counted.n).label("n"))
        .group_by(counted.team, counted.queue)
        .order_by(counted.team, counted.queue)
    )
    return [(row.team, row.queue, int(row.n)) for row in rows]


def shop_reads(connection: Connection) -> list[ShopRead]:
    rows = connection.execute(sa.select(schema.shops).order_by(schema.shops.c.id))
    return [
        ShopRead(
            row.id,
            read_time(row.last_read_at) if row.last_read_at is not None else None,
            row.problem is not None,
        )
        for row in rows
    ]


def audit_entries(connection: Connection) -> int:
    """Return the number of the newest entry of the audit log, 0 before the first."""
    newest = connection.execute(sa.select(sa.func.max(schema.audit.c.seq))).scalar_one_or_none()
    return newest or 0
