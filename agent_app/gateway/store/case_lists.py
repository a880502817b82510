"""The queues a page at a time, and what changed: each costs what it shows, not what there is.

A page continues behind the place (`sort_key`) where the last one ended. A reader of some teams
gets the teams' pages merged, so every query reads one index from one place on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agent_app.contract.messages import CaseRow, Queue
from agent_app.domain.flags import Level
from agent_app.domain.ids import ShopId, UserId
from agent_app.gateway.store import case_rows, queue_counts, schema
from agent_app.gateway.store.codec import decode
from agent_app.gateway.visibility import Sees

_cases = schema.cases.c
_PLACE = re.compile(r"\d\|[0-9TZ:.-]{4,27}\|[0-9TZ:.-]{27}\|C\d{6,}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list is to hold, and for whom."""

    queue: Queue
    sees: Sees
    user: UserId
    now: datetime
    shop: ShopId | None = None
    least_level: Level = Level.WATCH


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in working order; `after` is where the next page begins, None at the end."""

    rows: tuple[CaseRow, ...]
    after: str | None
    total: int
    total_is_least: bool = False
    """There may be more than `total`: a search that did not look at everything."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed, with what decides who sees it."""

    seq: int
    team: str
    claim_user: UserId | None
    row: CaseRow


def is_place(text: str) -> bool:
    """Return whether the text can be where a page ended."""
    return len(text) <= 100 and _PLACE.fullmatch(text) is not None


def page(connection: Connection, wanted: Wanted, *, after: str | None, limit: int) -> Page:
    """Return the rows behind `after`."""
    found: list[Row[tuple[str, bytes]]] = []
    for branch in branches(wanted):
        condition = branch if after is None else sa.and_(branch, _cases.sort_key > after)
        found += connection.execute(
            sa.select(_cases.sort_key, _cases.row)
            .where(condition)
            .order_by(_cases.sort_key)
            .limit(limit + 1)
        )
    found.sort(key=lambda row: row.sort_key)
    shown = found[:limit]
    return Page(
        rows=tuple(decode(row.row, CaseRow) for row in shown),
        after=shown[-1].sort_key if len(found) > limit else None,
        total=total(connection, wanted),
    )


def total(connection: Connection, wanted: Wanted) -> int:
    """Return how many cases the list has."""
    if wanted.queue is Queue.MINE or wanted.sees.claimed_by is not None:
        return sum(
            connection.execute(
                sa.select(sa.func.count()).select_from(schema.cases).where(branch)
            ).scalar_one()
            for branch in branches(wanted)
        )
    return queue_counts.total(
        connection,
        wanted.sees,
        wanted.queue,
        shop=wanted.shop,
        least_level=wanted.least_level,
    )


def branches(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """Return conditions that together hold what is wanted, no case twice.

    Each fits the beginning of one index, which has the cases in working order.
    """
    sees, conditions = wanted.sees, []
    if wanted.queue is Queue.MINE:
        conditions.append(queue_counts.is_mine(wanted.user, wanted.now))
    else:
        conditions.append(queue_counts.CONDITIONS[wanted.queue])
    if sees.claimed_by is not None:
        conditions.append(_cases.claim_user == sees.claimed_by)
    if wanted.least_level > Level.WATCH:
        beyond = queue_counts.first_of_level(wanted.least_level - 1)
        conditions.append(_cases.sort_key < beyond)
    if wanted.shop is not None:
        conditions.append(_cases.shop == wanted.shop)
    teams = sorted(sees.teams) if sees.teams is not None else None
    # A list that is short by itself is not taken apart.
    short = wanted.queue is Queue.MINE or sees.claimed_by is not None or wanted.shop is not None
    if teams is None:
        return [sa.and_(*conditions)]
    if short:
        # Not the bare column: an index by team would be read instead of the shorter one. Nor a
        # function of it: PostgreSQL would expect hardly a row, and sort all of the shop's.
        is_theirs = sa.case((_cases.team.in_(teams), sa.true()), else_=sa.false())
        return [sa.and_(*conditions, is_theirs)]
    return [sa.and_(*conditions, _cases.team == team) for team in teams]


def changed_since(
    connection: Connection, sees: Sees, seq: int, limit: int
) -> tuple[tuple[CaseRow, ...], int, bool]:
    """Return the rows that changed after `seq`, the new position, and whether there are more.

    Changes of cases that the reader does not see are passed over, however many they are.
    """
    teams = [None] if sees.teams is None else sorted(sees.teams)
    found: list[Row[tuple[int, bytes]]] = []
    for team in teams:
        condition = [_cases.seq > seq]
        if team is not None:
            condition.append(_cases.team == team)
        if sees.claimed_by is not None:
            condition.append(_cases.claim_user == sees.claimed_by)
        found += connection.execute(
            sa.select(_cases.seq, _cases.row)
            .where(*condition)
            .order_by(_cases.seq)
            .limit(limit + 1)
        )
    found.sort(key=lambda row: row.seq)
    shown, more = found[:limit], len(found) > limit
    # In the same view of the database: whatever is up to there was seen.
    position = shown[-1].seq if more else max(seq, case_rows.latest_change(connection))
    return tuple(decode(row.row, CaseRow) for row in shown), position, more


def feed(connection: Connection, seq: int, limit: int) -> list[Change]:
    """Return the changes after `seq` whoever may see them, in order: to be told to many."""
    rows = connection.execute(
        sa.select(_cases.seq, _cases.team, _cases.claim_user, _cases.row)
        .where(_cases.seq > seq)
        .order_by(_cases.seq)
        .limit(limit)
    )
    return [
        Change(
            row.seq,
            row.team,
            UserId(row.claim_user) if row.claim_user else None,
            decode(row.row, CaseRow),
        )
        for row in rows
    ]
