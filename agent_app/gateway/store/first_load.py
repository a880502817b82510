"""What a desk's first load reads: the open cases and those that ended of late, in pages.

Each page is one short look at the database. A case that moves between the looks may come twice or
not at all; it is then among the changes since before the first page, which the desk asks for next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import Queue
from agent_app.domain.ids import UserId
from agent_app.gateway.store import case_lists, schema
from agent_app.gateway.store.case_lists import Wanted
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.visibility import Sees

_cases = schema.cases.c
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Cases that one index has in order; together the parts hold each case once."""

    condition: sa.ColumnElement[bool]
    by: str
    """The column of their order, ids telling equals apart."""
    start: Place = ("", "")
    """The first page is read from behind here."""


@dataclass(frozen=True, slots=True)
class Load:
    """All that is to be read for one reader."""

    parts: tuple[Part, ...]
    total: int


def begin(
    connection: Connection, sees: Sees, user: UserId, now: datetime, ended_since: datetime
) -> Load:
    """Return what this reader's first load has to read, and how many cases that is now."""
    wanted = Wanted(Queue.TEAM, sees, user, now)
    open_ones = [Part(branch, "sort_key") for branch in case_lists.branches(wanted)]
    start = (time_text(ended_since), "")
    ended = [
        # Not `ended_at >= …` beside a page's place: SQLite would read each page from there on.
        Part(
            sa.and_(_cases.team == team, _cases.ended_at.is_not(None), *_own(sees)),
            "ended_at",
            start,
        )
        for team in _teams(connection, sees)
    ]
    total = case_lists.total(connection, wanted) + sum(
        connection.execute(
            sa.select(sa.func.count())
            .select_from(schema.cases)
            .where(part.condition, _cases.ended_at >= part.start[0])
        ).scalar_one()
        for part in ended
    )
    return Load((*open_ones, *ended), total)


def _own(sees: Sees) -> list[sa.ColumnElement[bool]]:
    return [] if sees.claimed_by is None else [_cases.claim_user == sees.claimed_by]


def _teams(connection: Connection, sees: Sees) -> Sequence[str]:
    if sees.teams is not None:
        return sorted(sees.teams)
    return (
        connection.execute(
            sa.select(schema.queue_counts.c.team).distinct().order_by(schema.queue_counts.c.team)
        )
        .scalars()
        .all()
    )


def page(
    connection: Connection, part: Part, after: Place, limit: int
) -> tuple[list[bytes], Place | None]:
    """Return the next rows of a part as JSON, and the place behind them; None at the end."""
    by = _cases[part.by]
    behind = sa.tuple_(by, _cases.id) > sa.tuple_(*after)
    found = connection.execute(
        sa.select(by, _cases.id, _cases.row)
        .where(part.condition, behind)
        .order_by(by, _cases.id)
        .limit(limit)
    ).all()
    last = (found[-1][0], found[-1].id) if len(found) == limit else None
    return [case.row for case in found], last
