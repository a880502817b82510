"""Search: cases of a queue that match every word, in working order, for a bounded piece of work.

What few cases match is looked up by its terms and then put in order. What many match is found
soonest by walking the queue and looking at each case's terms: the page fills quickly. The walk of
one request ends after so many cases; the page then holds fewer rows and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.util import ClauseAdapter

from agent_app.contract.messages import CaseRow
from agent_app.gateway.store import schema
from agent_app.gateway.store.case_lists import Page, Wanted, branches
from agent_app.gateway.store.codec import decode
from agent_app.gateway.store.search_terms import Word, readings

FEW = 5_000
"""Cases that are looked up one by one and sorted."""
MOST_HITS = 50_000
"""Terms that one word may hit to be read through; what hits more is common."""
WALK = 20_000
"""Cases of a queue that one request looks at."""
_cases = schema.cases.c
_terms = schema.case_terms.c


def search(
    connection: Connection, wanted: Wanted, typed: str, *, after: str | None, limit: int
) -> Page:
    """Return the wanted cases behind `after` that match what was typed."""
    for words in readings(typed):
        if not all(word.ranges for word in words):
            continue
        hits = [_hits(connection, word) for word in words]
        if not all(hits):
            continue
        if min(hits) > MOST_HITS:
            return _walk(connection, wanted, words, after, limit)
        rarest = words[hits.index(min(hits))]
        others = [word for word in words if word is not rarest]
        matching = connection.execute(_matching(rarest, others).limit(FEW + 1))
        ids = [row.case_id for row in matching]
        if len(ids) > FEW:
            return _walk(connection, wanted, words, after, limit)
        if ids:
            return _looked_up(connection, wanted, ids, after, limit)
    return Page((), None, 0)


def _hits(connection: Connection, word: Word) -> int:
    """Return how many terms the word hits, counted up to one more than is few."""
    found = 0
    for low, high in word.ranges:
        some = (
            sa.select(sa.literal(1))
            .select_from(schema.case_terms)
            .where(_terms.term >= low, _terms.term < high)
            .limit(MOST_HITS + 1)
        )
        count = sa.select(sa.func.count()).select_from(some.subquery())
        found += connection.execute(count).scalar_one()
    return found


def _matching(rarest: Word, others: Sequence[Word]) -> sa.Select[tuple[str]]:
    """Return a query for the ids of the cases that match all words."""
    hits = sa.union_all(
        *(
            sa.select(_terms.case_id).where(_terms.term >= low, _terms.term < high)
            for low, high in rarest.ranges
        )
    ).subquery("hits")
    conditions = [_has(word, hits.c.case_id) for word in others]
    return sa.select(hits.c.case_id).where(*conditions).distinct()


def _has(word: Word, case: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that the case matches the word; each range is one look into an index."""
    looks = []
    for low, high in word.ranges:
        own = schema.case_terms.alias()
        looks.append(sa.exists().where(own.c.case_id == case, own.c.term >= low, own.c.term < high))
    return sa.or_(*looks)


def _looked_up(
    connection: Connection,
    wanted: Wanted,
    ids: Sequence[str],
    after: str | None,
    limit: int,
) -> Page:
    # OFFSET keeps both databases from choosing a queue's index, and all of it, for the few.
    few = sa.select(schema.cases).where(_cases.id.in_(ids)).offset(0).subquery("few")
    inside = ClauseAdapter(few)
    of_list = sa.or_(sa.false(), *map(inside.traverse, branches(wanted)))
    places = connection.execute(sa.select(few.c.sort_key, few.c.id).where(of_list)).all()
    behind = sorted(tuple(place) for place in places if after is None or place.sort_key > after)
    shown = [case for _, case in behind[:limit]]
    found = connection.execute(
        sa.select(_cases.row).where(_cases.id.in_(shown)).order_by(_cases.sort_key)
    ).all()
    return Page(
        rows=_rows(found),
        after=behind[limit - 1][0] if len(behind) > limit else None,
        total=len(places),
    )


def _walk(
    connection: Connection, wanted: Wanted, words: Sequence[Word], after: str | None, limit: int
) -> Page:
    found: list[Any] = []
    horizon: str | None = None
    parts = branches(wanted)
    for branch in parts:
        behind = branch if after is None else sa.and_(branch, _cases.sort_key > after)
        end = connection.execute(
            sa.select(_cases.sort_key)
            .where(behind)
            .order_by(_cases.sort_key)
            .offset(WALK // len(parts))
            .limit(1)
        ).scalar_one_or_none()
        within = behind if end is None else sa.and_(behind, _cases.sort_key <= end)
        matching = connection.execute(
            sa.select(_cases.sort_key, _cases.row)
            .where(within, *(_has(word, _cases.id) for word in words))
            .order_by(_cases.sort_key)
            .limit(limit + 1)
        ).all()
        found.extend(matching)
        if len(matching) > limit:
            end = matching[-1].sort_key
        if end is not None:
            horizon = end if horizon is None else min(horizon, end)
    # Beyond the nearest end another part of the list may hold a case that comes before.
    found = sorted((row for row in found if horizon is None or row.sort_key <= horizon), key=_place)
    shown = found[:limit]
    following = shown[-1].sort_key if len(found) > limit else horizon
    return Page(_rows(shown), following, len(shown), total_is_least=following is not None)


def _place(row: Any) -> str:
    return str(row.sort_key)


def _rows(found: Sequence[Any]) -> tuple[CaseRow, ...]:
    return tuple(decode(row.row, CaseRow) for row in found)
