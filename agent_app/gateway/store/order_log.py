"""Orders, their append-only events and the evidence of looks at them.

The statements are built once, when the module is loaded: building them anew took most of the time
of taking an order in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.order import Order
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import (
    decode,
    encode,
    fingerprint,
    optional_time_text,
    time_text,
)
from agent_app.gateway.store.dialects import PerDatabase

_KEPT_PER_SOURCE = 50
"""Looks kept per source and kind: an order watched for days must not grow without end."""


_orders, _events, _looks = schema.orders.c, schema.events.c, schema.evidence.c
_SHOP: sa.BindParameter[str] = sa.bindparam("of_shop")
_REF: sa.BindParameter[str] = sa.bindparam("of_ref")


def _prune_looks() -> sa.Delete:
    of_order = sa.and_(_looks.shop == _SHOP, _looks.ref == _REF)
    rank = (
        sa.func.row_number()
        .over(partition_by=(_looks.source, _looks.kind), order_by=_looks.observed_at.desc())
        .label("rank")
    )
    ranked = sa.select(_looks.id, rank).where(of_order).subquery("ranked")
    old = sa.select(ranked.c.id).where(ranked.c.rank > _KEPT_PER_SOURCE)
    return sa.delete(schema.evidence).where(of_order, _looks.id.in_(old))


_SAVE_ORDER = PerDatabase(
    lambda insert: insert(schema.orders).on_conflict_do_update(
        index_elements=["shop", "ref"], set_={"body": sa.literal_column("excluded.body")}
    )
)
_ADD_EVENTS = PerDatabase(lambda insert: insert(schema.events).on_conflict_do_nothing())
_ADD_LOOKS = PerDatabase(lambda insert: insert(schema.evidence).on_conflict_do_nothing())
_PRUNE = _prune_looks()
_BODY = sa.select(_orders.body).where(_orders.shop == _SHOP, _orders.ref == _REF)
_EVENTS = sa.select(_events.body).where(_events.shop == _SHOP, _events.ref == _REF)
_LOOKS = (
    sa.select(_looks.body)
    .where(_looks.shop == _SHOP, _looks.ref == _REF)
    .order_by(_looks.observed_at)
)
_SET_DUE = (
    sa.update(schema.orders)
    .where(_orders.shop == _SHOP, _orders.ref == _REF)
    .values(due_at=sa.bindparam("due"))
)


@dataclass(frozen=True, slots=True)
class Known:
    """All that is stored of one order."""

    order: Order
    events: tuple[OrderEvent, ...]
    evidence: tuple[Evidence, ...]


def append(
    connection: Connection,
    order: Order,
    events: Iterable[OrderEvent],
    evidence: Sequence[Evidence],
) -> None:
    """Store the shop's latest description of the order, and what is new about it."""
    of_order = {"shop": order.shop, "ref": order.ref}
    connection.execute(_SAVE_ORDER.of(connection), {**of_order, "body": encode(order)})
    facts = [
        {**of_order, "id": e.id, "fact": fingerprint(_fact(e))[:32], "body": encode(e)}
        for e in events
    ]
    if facts:
        connection.execute(_ADD_EVENTS.of(connection), facts)
    looks = [
        {
            **of_order,
            "id": look.id,
            "source": look.source,
            "kind": look.kind,
            "observed_at": time_text(look.observed_at),
            "body": encode(look),
        }
        for look in evidence
    ]
    if looks:
        connection.execute(_ADD_LOOKS.of(connection), looks)
        connection.execute(_PRUNE, _of(order.shop, order.ref))


def _of(shop: ShopId, ref: OrderRef) -> dict[str, str]:
    return {"of_shop": shop, "of_ref": ref}


def _fact(event: OrderEvent) -> tuple[object, ...]:
    """Return what makes two events of one id the same fact; when we observed it does not."""
    return (
        event.kind,
        event.source,
        time_text(event.at),
        event.payment,
        event.refund,
        event.amount,
        event.customer,
        event.stage,
    )


def known(connection: Connection, shop: ShopId, ref: OrderRef) -> Known | None:
    """Return everything stored of the order, None when there is nothing."""
    of_order = _of(shop, ref)
    body = connection.execute(_BODY, of_order).scalar_one_or_none()
    if body is None:
        return None
    events = connection.execute(_EVENTS, of_order).scalars()
    looks = connection.execute(_LOOKS, of_order).scalars()
    return Known(
        decode(body, Order),
        tuple(decode(row, OrderEvent) for row in events),
        tuple(decode(row, Evidence) for row in looks),
    )


def set_due(connection: Connection, shop: ShopId, ref: OrderRef, due_at: datetime | None) -> None:
    """Record when the order is to be judged again though nothing was heard of it."""
    connection.execute(_SET_DUE, {**_of(shop, ref), "due": optional_time_text(due_at)})


def take_due(
    connection: Connection, shop: ShopId, now: datetime, limit: int, again_at: datetime
) -> list[OrderRef]:
    """Return the orders that fell due by `now`, longest due first; each is due next `again_at`."""
    rows = connection.execute(
        sa.select(schema.orders.c.ref)
        .where(
            schema.orders.c.shop == shop,
            schema.orders.c.due_at.is_not(None),
            schema.orders.c.due_at <= time_text(now),
        )
        .order_by(schema.orders.c.due_at)
        .limit(limit)
    )
    refs = [OrderRef(ref) for ref in rows.scalars()]
    for ref in refs:
        set_due(connection, shop, ref, again_at)
    return refs
