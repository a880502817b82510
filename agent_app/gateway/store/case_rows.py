"""Cases as rows, one at a time: saved with their counts, their search terms and their change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow
from agent_app.domain.case import ENDED, WAITING, CaseState, Claim
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.roles import MAIN_TEAM
from agent_app.domain.stage import Stage
from agent_app.gateway.store import bell, counters, queue_counts, schema, search_terms
from agent_app.gateway.store.codec import (
    decode,
    encode,
    optional_time_text,
    read_time,
    time_text,
)

_FEED = "case_changes"
_MOVES = "team_moves"
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
    terms_mark: str | None = None
    """Of the terms that it is searched by."""


def new_id(connection: Connection) -> CaseId:
    return CaseId(f"C{counters.take_next(connection, 'case_ids'):06d}")


def save(
    connection: Connection,
    case: StoredCase,
    row: CaseRow,
    *,
    team: str = MAIN_TEAM,
    terms: Sequence[str] = (),
) -> StoredCase:
    """Store the case with the row that queues show, as the newest change of the feed.

    `terms` are what it is searched by (`search_terms.terms_of`).
    """
    seq = next_change(connection)
    values = columns(case, row, team=team, seq=seq)
    old = connection.execute(_BY_ID, {"of_id": case.id}).one_or_none()
    if old is None:
        connection.execute(sa.insert(schema.cases).values(id=case.id, **values))
    else:
        # Naming a column that stays the same would write its indexes anew.
        changed = {name: value for name, value in values.items() if old._mapping[name] != value}
        connection.execute(sa.update(schema.cases).where(_table.id == case.id).values(changed))
    before = membership(dict(old._mapping)) if old is not None else None
    queue_counts.shift(connection, before, membership(values))
    mark = keep_terms(connection, case, terms, new=old is None)
    return replace(case, row=row, terms_mark=mark)


def columns(case: StoredCase, row: CaseRow, *, team: str, seq: int) -> dict[str, Any]:
    """Return what is stored of the case, beside its id and its terms."""
    return {
        "shop": case.shop,
        "ref": case.ref,
        "state": case.state,
        "flagged_at": time_text(case.flagged_at),
        "claim_user": case.claim.user if case.claim else None,
        "claim_name": case.claim.name if case.claim else None,
        "claim_until": optional_time_text(case.claim.until if case.claim else None),
        "is_open": case.state not in ENDED,
        "is_orphan": row.stage is Stage.ABSENT and row.at_risk.amount_minor > 0,
        "is_waiting": case.state in WAITING or case.state is CaseState.ESCALATED,
        "needs_approval": case.needs_approval,
        "sort_key": _sort_key(row),
        "seq": seq,
        "version": row.version,
        "guide": case.guide,
        "row": encode(row),
        "team": team,
        "ended_at": time_text(row.updated_at) if case.state in ENDED else None,
    }


def membership(values: Mapping[str, Any]) -> queue_counts.Membership:
    """Return where a case with these columns is counted."""
    return queue_counts.Membership(
        team=values["team"],
        shop=values["shop"],
        level=queue_counts.level_of(values["sort_key"]),
        is_open=values["is_open"],
        is_orphan=values["is_orphan"],
        is_waiting=values["is_waiting"],
        needs_approval=values["needs_approval"],
    )


def keep_terms(
    connection: Connection, case: StoredCase, terms: Sequence[str], *, new: bool = False
) -> str:
    """Let the case be found by these terms; return their mark. No change of the feed."""
    mark = search_terms.mark_of(terms)
    if mark != case.terms_mark:
        search_terms.store(connection, case.id, terms, new=new)
        connection.execute(
            sa.update(schema.cases).where(_table.id == case.id).values(terms_mark=mark)
        )
    return mark


def _sort_key(row: CaseRow) -> str:
    """Order of a queue: loudest first, then the nearest deadline, then the longest flagged."""
    deadline = time_text(row.deadline.at) if row.deadline else "9999"
    first = queue_counts.first_of_level(row.level)
    return f"{first}|{deadline}|{time_text(row.flagged_at)}|{row.id}"


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
        row.terms_mark,
    )


def move_shop(connection: Connection, shop: ShopId, team: str, *, most: int = 500) -> int:
    """Give cases of a shop to the team that now has it; return how many moved, at most so many.

    They are told as changes, so that the new team learns of them.
    """
    moving = (
        sa.select(schema.cases)
        .where(_table.shop == shop, _table.team != team)
        .order_by(_table.id)
        .limit(most)
    )
    cases = connection.execute(moving).all()
    for case in cases:
        seq = counters.take_next(connection, _FEED)
        connection.execute(
            sa.update(schema.cases).where(_table.id == case.id).values(team=team, seq=seq)
        )
        old = membership(dict(case._mapping))
        queue_counts.shift(connection, old, replace(old, team=team))
    if cases:
        counters.take_next(connection, _MOVES)
        bell.mark(connection, bell.CHANGES)
    return len(cases)


def moves(connection: Connection) -> int:
    """Return how many times cases went from one team to another."""
    return counters.current(connection, _MOVES)


def next_change(connection: Connection) -> int:
    """Return the place in the feed of a change that is now written, and let it be heard of."""
    bell.mark(connection, bell.CHANGES)
    return counters.take_next(connection, _FEED)


def latest_change(connection: Connection) -> int:
    return counters.current(connection, _FEED)
