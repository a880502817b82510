"""What is known of each message that the gateway hands over itself; whom it went to is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agent_app.domain.ids import OrderRef, ShopId
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import read_time, time_text

_rows = schema.notices.c


class HandOver(StrEnum):
    """How far a message came."""

    BEGUN = "begun"
    """Written before the first byte: from here it may have been sent."""
    ACCEPTED = "accepted"
    """The receiver took it."""
    NOT_SENT = "not_sent"
    """Surely not: refused, or the connection broke off before it was whole."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One message under its key. `reply` is the receiver's words for it."""

    key: str
    channel: str
    template: str
    state: HandOver
    at: datetime
    reply: str | None


def get(connection: Connection, key: str) -> HandedOver | None:
    row = connection.execute(sa.select(schema.notices).where(_rows.key == key)).one_or_none()
    return None if row is None else _read(row)


def of_order(connection: Connection, shop: ShopId, ref: OrderRef) -> Sequence[HandedOver]:
    """Return what was handed over for one order, oldest first."""
    query = (
        sa.select(schema.notices)
        .where(_rows.shop == shop, _rows.ref == ref)
        .order_by(_rows.at, _rows.key)
    )
    return [_read(row) for row in connection.execute(query)]


def begin(
    connection: Connection,
    shop: ShopId,
    ref: OrderRef,
    key: str,
    channel: str,
    template: str,
    now: datetime,
) -> None:
    """Record, before the first byte, that this message may be sent from now on."""
    connection.execute(sa.delete(schema.notices).where(_rows.key == key))
    connection.execute(
        sa.insert(schema.notices).values(
            key=key,
            shop=shop,
            ref=ref,
            channel=channel,
            template=template,
            state=HandOver.BEGUN,
            at=time_text(now),
        )
    )


def end(
    connection: Connection, key: str, state: HandOver, now: datetime, reply: str | None = None
) -> None:
    """Record what became of it."""
    connection.execute(
        sa.update(schema.notices)
        .where(_rows.key == key)
        .values(state=state, at=time_text(now), reply=reply)
    )


def _read(row: Row[tuple[object, ...]]) -> HandedOver:
    return HandedOver(
        row.key, row.channel, row.template, HandOver(row.state), read_time(row.at), row.reply
    )
