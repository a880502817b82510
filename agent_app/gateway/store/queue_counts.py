"""How many cases each queue holds, exactly: kept in the transaction of every case that is saved.

Counting a queue would read all of it, and every desk asks every few seconds. Counts are kept by
team, shop and level, so that a reader's numbers are the sum of a few rows. Only what depends on
the time, one's own claims, is counted when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import Queue, QueueCounts
from agent_app.domain.ids import UserId
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.dialects import Insert, PerDatabase
from agent_app.gateway.visibility import Sees

_TOP = 9
_cases = schema.cases.c
_counts = schema.queue_counts.c
_KEY = ("team", "queue", "shop", "level")
Key = tuple[str, str, str, int]
"""Team, queue, shop, level."""


def level_of(sort_key: str) -> int:
    """Return the level that a case's place in its queue begins with."""
    return _TOP - int(sort_key[0])


def first_of_level(level: int) -> str:
    """Return how the places of cases of this level begin."""
    return str(_TOP - level)


CONDITIONS: dict[Queue, sa.ColumnElement[bool]] = {
    Queue.TEAM: sa.and_(_cases.is_open),
    Queue.ORPHANS: sa.and_(_cases.is_open, _cases.is_orphan),
    Queue.WAITING: sa.and_(_cases.is_open, _cases.is_waiting),
    Queue.APPROVALS: sa.and_(_cases.is_open, _cases.needs_approval),
    Queue.RESOLVED: sa.not_(_cases.is_open),
}
"""Which cases a queue holds; what is one's own depends on who asks and when."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a case is counted."""

    team: str
    shop: str
    level: int
    is_open: bool
    is_orphan: bool
    is_waiting: bool
    needs_approval: bool

    def keys(self) -> Iterator[Key]:
        queues = {
            Queue.TEAM: self.is_open,
            Queue.ORPHANS: self.is_open and self.is_orphan,
            Queue.WAITING: self.is_open and self.is_waiting,
            Queue.APPROVALS: self.is_open and self.needs_approval,
            Queue.RESOLVED: not self.is_open,
        }
        return (
            (self.team, queue.value, self.shop, self.level)
            for queue, holds in queues.items()
            if holds
        )


def _adding(insert: Callable[[sa.Table], Insert]) -> Insert:
    names = (*_KEY, "n")
    statement = insert(schema.queue_counts).values({name: sa.bindparam(name) for name in names})
    return statement.on_conflict_do_update(
        index_elements=list(_KEY), set_={"n": _counts.n + statement.excluded.n}
    )


_ADD = PerDatabase(_adding)


def shift(connection: Connection, old: Membership | None, new: Membership) -> None:
    """Count a case where it now is instead of where it was; `old` is None for a new one."""
    moved = Counter(new.keys())
    moved.subtract(old.keys() if old is not None else ())
    rows = [{**dict(zip(_KEY, key, strict=True)), "n": by} for key, by in moved.items() if by]
    if rows:
        connection.execute(_ADD.of(connection), rows)


def total(
    connection: Connection,
    sees: Sees,
    queue: Queue,
    *,
    shop: str | None = None,
    least_level: int = 0,
) -> int:
    """Return how many cases of a queue other than one's own the teams that are seen have."""
    condition = [
        _of_teams(sees, _counts.team),
        _counts.queue == queue.value,
        _counts.level >= least_level,
    ]
    if shop is not None:
        condition.append(_counts.shop == shop)
    found = connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(_counts.n), 0)).where(*condition)
    ).scalar_one()
    return int(found)


def of_reader(connection: Connection, sees: Sees, user: UserId, now: datetime) -> QueueCounts:
    """Return how many cases each queue holds for this reader."""
    mine = connection.execute(
        sa.select(sa.func.count())
        .select_from(schema.cases)
        .where(is_mine(user, now), _of_teams(sees, _cases.team))
    ).scalar_one()
    if sees.claimed_by is None:
        rows = connection.execute(
            sa.select(_counts.queue, sa.func.sum(_counts.n))
            .where(_of_teams(sees, _counts.team))
            .group_by(_counts.queue)
        )
    else:
        # Few, and found by who claimed them.
        seen = sa.and_(_cases.claim_user == sees.claimed_by, _of_teams(sees, _cases.team))
        rows = connection.execute(
            sa.union_all(
                *(
                    sa.select(sa.literal(queue.value), sa.func.count())
                    .select_from(schema.cases)
                    .where(seen, condition)
                    for queue, condition in CONDITIONS.items()
                )
            )
        )
    found = {queue: int(n) for queue, n in rows}
    return QueueCounts(
        mine=mine, **{queue.value: found.get(queue.value, 0) for queue in CONDITIONS}
    )


def mine_of(
    connection: Connection, users: Collection[UserId], now: datetime
) -> dict[UserId, dict[str, int]]:
    """Return how many cases each of these users has claimed, by team, in one look."""
    rows = connection.execute(
        sa.select(_cases.claim_user, _cases.team, sa.func.count())
        .where(_cases.is_open, _cases.claim_user.in_(users), _cases.claim_until > time_text(now))
        .group_by(_cases.claim_user, _cases.team)
    )
    found: dict[UserId, dict[str, int]] = {}
    for user, team, n in rows:
        found.setdefault(UserId(user), {})[team] = int(n)
    return found


def held_elsewhere(connection: Connection, shop: str, team: str) -> bool:
    """Return whether another team than this has cases of the shop."""
    some = sa.select(_counts.n).where(_counts.shop == shop, _counts.team != team, _counts.n > 0)
    return connection.execute(some.limit(1)).one_or_none() is not None


def is_mine(user: UserId, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that this user's claim is in force."""
    return sa.and_(_cases.is_open, _cases.claim_user == user, _cases.claim_until > time_text(now))


def _of_teams(sees: Sees, column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.true() if sees.teams is None else column.in_(sorted(sees.teams))


def _counted(connection: Connection) -> Counter[Key]:
    """Count all cases."""
    first = sa.func.substr(_cases.sort_key, 1, 1)
    found: Counter[Key] = Counter()
    for queue, condition in CONDITIONS.items():
        rows = connection.execute(
            sa.select(_cases.team, _cases.shop, first, sa.func.count())
            .where(condition)
            .group_by(_cases.team, _cases.shop, first)
        )
        found.update({(r[0], queue.value, r[1], level_of(r[2])): r[3] for r in rows})
    return found


def differences(connection: Connection) -> dict[Key, tuple[int, int]]:
    """Return where the kept counts are not what counting gives: kept, counted."""
    counted = _counted(connection)
    kept = Counter(
        {tuple(row[:4]): row[4] for row in connection.execute(sa.select(schema.queue_counts))}
    )
    return {key: (kept[key], counted[key]) for key in kept | counted if kept[key] != counted[key]}


def recount(connection: Connection) -> None:
    """Count all cases and keep that; reads every case once for each queue."""
    counted = _counted(connection)
    connection.execute(sa.delete(schema.queue_counts))
    rows = [{**dict(zip(_KEY, key, strict=True)), "n": n} for key, n in counted.items()]
    if rows:
        connection.execute(sa.insert(schema.queue_counts), rows)
