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
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId, ShopId
from agent_app.domain.masking import mask_customer
from agent_app.domain.progress import progress
from agent_app.domain.roles import Actor, Scope
from agent_app.engines.port import Shop
from agent_app.gateway import casework
from agent_app.gateway.errors import forbidden, invalid, not_visible
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import (
    action_rows,
    audit,
    case_lists,
    case_rows,
    case_search,
    journal,
    lookers,
    order_log,
    queue_counts,
    shop_rows,
)
from agent_app.gateway.store.case_rows import StoredCase
from agent_app.gateway.visibility import READ_SCOPES, Sees, cursor_of, may_see, read_cursor, sees_of

MAX_PAGE = 200
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
        limits=gateway.desk.with_limits(actor).limits,
        search_key=gateway.desk.search_key if actor.may(Scope.PII_REVEAL) else None,
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
    shop: ShopId | None = None,
    least_level: Level = Level.WATCH,
) -> CasePage:
    """Return a page of a queue in working order: of one shop, from a level on, matching words.

    Raises:
        Refused: the role may not read cases, the limit is out of range, the cursor is none of
            ours, or he sees no such shop.
    """
    _may_read(actor)
    if not 1 <= limit <= MAX_PAGE:
        raise invalid(f"limit must be from 1 to {MAX_PAGE}, not {limit}", "limit")
    if len(words.split()) > _MOST_WORDS:
        raise invalid(f"search for at most {_MOST_WORDS} words", "q")
    if after is not None and not case_lists.is_place(after):
        raise invalid("cursor must be one that this gateway gave", "cursor")
    sight = sees_of(actor)
    if shop is not None and not _sees_shop(gateway, sight, shop):
        raise invalid(f"there is no shop {shop[:50]!r} that this account can see", "shop")
    now = gateway.clock.now()
    wanted = case_lists.Wanted(queue, sight, actor.user, now, shop, least_level)
    with gateway.database.read() as connection:
        if words.strip():
            page = case_search.search(connection, wanted, words, after=after, limit=limit)
        else:
            page = case_lists.page(connection, wanted, after=after, limit=limit)
        latest, moves = case_rows.latest_change(connection), case_rows.moves(connection)
        return CasePage(
            rows=page.rows,
            total=page.total,
            counts=queue_counts.of_reader(connection, sight, actor.user, now),
            as_of=now,
            changes=cursor_of(sight, moves, latest),
            next=page.after,
            total_is_least=page.total_is_least,
            audit_head=audit.told_head(connection),
        )


def _sees_shop(gateway: Gateway, sight: Sees, shop: ShopId) -> bool:
    known = shop in gateway.desk.shops
    return known and (sight.teams is None or gateway.desk.team_of(shop) in sight.teams)


def list_changes(gateway: Gateway, actor: Actor, cursor: str) -> Changes:
    """Return the rows that changed since the cursor.

    Raises:
        Refused: the role may not read cases, or the cursor is none of ours.
    """
    _may_read(actor)
    sight, now = sees_of(actor), gateway.clock.now()
    with gateway.database.read() as connection:
        latest, moves = case_rows.latest_change(connection), case_rows.moves(connection)
        try:
            seq, same = read_cursor(sight, moves, cursor)
        except ValueError as error:
            raise invalid("cursor must be one that this gateway gave", "cursor") from error
        # A cursor from later than now: the database was set back to an older state.
        if reload := not same or seq > latest:
            seq = latest
        rows, position, more = case_lists.changed_since(connection, sight, seq, MAX_PAGE)
        return Changes(
            rows=rows,
            counts=queue_counts.of_reader(connection, sight, actor.user, now),
            as_of=now,
            cursor=cursor_of(sight, moves, position),
            more=more,
            reload=reload,
            audit_head=audit.told_head(connection),
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
        lookers=lookers.of_case(connection, stored.id, view.now),
    )


def _may_read(actor: Actor) -> None:
    if not any(map(actor.may, READ_SCOPES)):
        raise forbidden(Scope.CASE_READ_TEAM)
