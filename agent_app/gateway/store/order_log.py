"""Orders, their append-only events and the evidence of looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
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

_KEPT_PER_SOURCE = 50
"""Looks kept per source and kind: an order watched for days must not grow without end."""


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
    evidence: Iterable[Evidence],
) -> None:
    """Store the shop's latest description of the order, and what is new about it."""
    row = {"shop": order.shop, "ref": order.ref, "body": encode(order)}
    statement = insert(schema.orders).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["shop", "ref"], set_={"body": statement.excluded.body}
        )
    )
    facts = [
        {
            "shop": order.shop,
            "ref": order.ref,
            "id": event.id,
            "fact": fingerprint(_fact(event))[:32],
            "body": encode(event),
        }
        for event in events
    ]
    if facts:
        connection.execute(insert(schema.events).on_conflict_do_nothing(), facts)
    looks = [
        {
            "shop": order.shop,
            "ref": order.ref,
            "id": look.id,
            "source": look.source,
            "kind": look.kind,
            "observed_at": time_text(look.observed_at),
            "body": encode(look),
        }
        for look in evidence
    ]
    if looks:
        connection.execute(insert(schema.evidence).on_conflict_do_nothing(), looks)
        _prune(connection, order.shop, order.ref)


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


def _prune(connection: Connection, shop: ShopId, ref: OrderRef) -> None:
    table = schema.evidence.c
    rank = (
        sa.func.row_number()
        .over(partition_by=(table.source, table.kind), order_by=table.observed_at.desc())
        .label("rank")
    )
    ranked = (
        sa.select(table.id, rank).where(table.shop == shop, table.ref == ref).subquery("ranked")
    )
    old = sa.select(ranked.c.id).where(ranked.c.rank > _KEPT_PER_SOURCE)
    connection.execute(
        sa.delete(schema.evidence).where(table.shop == shop, table.ref == ref, table.id.in_(old))
    )


def known(connection: Connection, shop: ShopId, ref: OrderRef) -> Known | None:
    """Return everything stored of the order, None when there is nothing."""
    of_order = {"shop": shop, "ref": ref}
    body = connection.execute(
        sa.select(schema.orders.c.body).where(
            schema.orders.c.shop == sa.bindparam("shop"), schema.orders.c.ref == sa.bindparam("ref")
        ),
        of_order,
    ).scalar_one_or_none()
    if body is None:
        return None
    events, looks = schema.events.c, schema.evidence.c
    return Known(
        decode(body, Order),
        tuple(
            decode(row, OrderEvent)
            for row in connection.execute(
                sa.select(events.body).where(events.shop == shop, events.ref == ref)
            ).scalars()
        ),
        tuple(
            decode(row, Evidence)
            for row in connection.execute(
                sa.select(looks.body)
                .where(looks.shop == shop, looks.ref == ref)
                .order_by(looks.observed_at)
            ).scalars()
        ),
    )


def set_due(connection: Connection, shop: ShopId, ref: OrderRef, due_at: datetime | None) -> None:
    """Record when the order is to be judged again though nothing was heard of it."""
    connection.execute(
        sa.update(schema.orders)
        .where(schema.orders.c.shop == shop, schema.orders.c.ref == ref)
        .values(due_at=optional_time_text(due_at))
    )


def due(connection: Connection, shop: ShopId, now: datetime, limit: int) -> list[OrderRef]:
    """Return the orders that fell due by `now`, longest due first."""
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
    return [OrderRef(ref) for ref in rows.scalars()]
