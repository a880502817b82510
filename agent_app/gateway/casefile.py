"""Reading cases: one case with everything for its decision, the queues, the session."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import msgspec
from sqlalchemy.engine import Connection

from agent_app.contract.messages import (
    API_VERSION,
    CaseDetail,
    CasePage,
    Changes,
    Queue,
    Session,
    ShopInfo,
)
from agent_app.domain.case import CaseView
from agent_app.domain.decide import decide
from agent_app.domain.events import arrange
from agent_app.domain.ids import CaseId
from agent_app.domain.masking import mask_customer
from agent_app.domain.progress import progress
from agent_app.domain.roles import Actor, Scope
from agent_app.engines.port import Shop
from agent_app.gateway import casework
from agent_app.gateway.errors import forbidden, invalid, not_visible
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import action_rows, case_rows, journal, order_log, shop_rows
from agent_app.gateway.store.case_rows import StoredCase
from agent_app.gateway.visibility import may_see, sees_of

MAX_PAGE = 200
_LONGEST_CURSOR = 18
_MOST_WORDS = 12


def session(gateway: Gateway, actor: Actor) -> Session:
    """Return who is signed in, and which shops he faces in what state."""
    with gateway.database.read() as connection:
        shops = tuple(
            ShopInfo(
                id=shop.id,
                capabilities=shop.capabilities,
                problems=_problems(connection, shop),
                last_read_at=shop_rows.last_read_at(connection, shop.id),
            )
            for shop in gateway.desk.shops.values()
        )
    return Session(
        user=actor.user,
        name=actor.name,
        role=actor.role,
        scopes=actor.scopes,
        server_time=gateway.clock.now(),
        gateway_version=version("agent-app"),
        api_version=API_VERSION,
        shops=shops,
    )


def _problems(connection: Connection, shop: Shop) -> tuple[str, ...]:
    watching = shop_rows.problem(connection, shop.id)
    return (*((watching,) if watching else ()), *shop.problems())


def list_cases(
    gateway: Gateway,
    actor: Actor,
    queue: Queue,
    *,
    words: str = "",
    after: str | None = None,
    limit: int = 50,
) -> CasePage:
    """Return a page of a queue in working order.

    Raises:
        Refused: the role may not read cases, or the limit is out of range.
    """
    _may_read(actor)
    if not 1 <= limit <= MAX_PAGE:
        raise invalid(f"limit must be from 1 to {MAX_PAGE}, not {limit}", "limit")
    if len(words.split()) > _MOST_WORDS:
        raise invalid(f"search for at most {_MOST_WORDS} words", "q")
    now = gateway.clock.now()
    with gateway.database.read() as connection:
        rows, following, total = case_rows.page(
            connection, queue, actor.user, now, words=words, after=after, limit=limit
        )
        return CasePage(
            rows=tuple(rows),
            total=total,
            counts=case_rows.counts(connection, actor.user, now),
            as_of=now,
            changes=str(case_rows.latest_change(connection)),
            next=following,
        )


def list_changes(gateway: Gateway, actor: Actor, cursor: str) -> Changes:
    """Return the rows that changed since the cursor.

    Raises:
        Refused: the role may not read cases, or the cursor is none of ours.
    """
    _may_read(actor)
    if not cursor.isdecimal() or len(cursor) > _LONGEST_CURSOR:
        raise invalid("cursor must be one that this gateway gave", "cursor")
    now = gateway.clock.now()
    with gateway.database.read() as connection:
        rows, position, more = case_rows.changed_since(connection, int(cursor), MAX_PAGE)
        return Changes(
            rows=tuple(rows),
            counts=case_rows.counts(connection, actor.user, now),
            as_of=now,
            cursor=str(position),
            more=more,
        )


def detail(gateway: Gateway, actor: Actor, case_id: CaseId) -> CaseDetail:
    """Return everything about one case, contact data masked.

    Raises:
        Refused: there is no such case, or not for this account.
    """
    with gateway.database.read() as connection:
        stored, view = open_case(gateway, connection, actor, case_id)
        return build_detail(gateway, connection, stored, view)


def visible_case(
    gateway: Gateway, connection: Connection, actor: Actor, case_id: CaseId
) -> StoredCase:
    """Return the case as stored, without folding its order.

    Raises:
        Refused: there is no such case, or not for this account.
    """
    stored = case_rows.get(connection, case_id)
    if stored is None or not sees(gateway, actor, stored):
        raise not_visible(f"case {case_id}")
    return stored


def sees(gateway: Gateway, actor: Actor, stored: StoredCase) -> bool:
    """Return whether the actor may see the case."""
    if stored.shop not in gateway.desk.shops:
        return False
    claim_user = stored.claim.user if stored.claim else None
    return may_see(sees_of(actor), gateway.desk.team_of(stored.shop), claim_user)


def open_case(
    gateway: Gateway, connection: Connection, actor: Actor, case_id: CaseId
) -> tuple[StoredCase, CaseView]:
    """Return the case as stored and as `decide` looks at it.

    Raises:
        Refused: there is no such case, or not for this account.
    """
    stored = visible_case(gateway, connection, actor, case_id)
    folded = casework.fold(connection, gateway.desk.shops[stored.shop], stored.ref)
    assert folded is not None, f"case {case_id} has no order"
    view = casework.view(connection, gateway.desk, stored, folded, actor, gateway.clock.now())
    return stored, view


def build_detail(
    gateway: Gateway, connection: Connection, stored: StoredCase, view: CaseView
) -> CaseDetail:
    """Put the answer together from what was already read."""
    known = order_log.known(connection, stored.shop, stored.ref)
    assert known is not None
    assert stored.row is not None
    findings = journal.findings(connection, stored.id)
    return CaseDetail(
        row=msgspec.structs.replace(stored.row, truth_as_of=view.truth.as_of),
        order=replace(view.order, customer=mask_customer(view.order.customer)),
        stage=view.stage,
        truth=view.truth,
        events=arrange(known.events).events,
        evidence=view.evidence,
        flags=view.flags,
        decisions=decide(view),
        actions=tuple(a.view() for a in action_rows.of_case(connection, stored.id)),
        messages=view.messages,
        notes=journal.notes(connection, stored.id),
        guide=progress(gateway.desk.guide, view, findings),
        capabilities=view.capabilities,
        as_of=view.now,
    )


def _may_read(actor: Actor) -> None:
    # Until teams are assigned orders (field.md 6.6), every reader sees the team's cases.
    if not actor.may(Scope.CASE_READ_TEAM):
        raise forbidden(Scope.CASE_READ_TEAM)
