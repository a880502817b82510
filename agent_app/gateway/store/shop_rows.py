"""How far each shop was read, and what must stay the same for it across restarts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.ids import ShopId
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import read_optional_time, read_time, time_text
from agent_app.gateway.store.dialects import upsert

_table = schema.shops.c


def cursor(connection: Connection, shop: ShopId) -> str | None:
    """Return where reading the shop's changes goes on; None: from the beginning."""
    return connection.execute(
        sa.select(_table.cursor).where(_table.id == shop)
    ).scalar_one_or_none()


def save_cursor(connection: Connection, shop: ShopId, position: str, now: datetime) -> None:
    values = {"id": shop, "cursor": position, "last_read_at": time_text(now)}
    upsert(connection, schema.shops, values, ("id",))


def save_problem(connection: Connection, shop: ShopId, problem: str | None) -> None:
    """Keep why the shop could not be read in the last round; None: it could."""
    upsert(connection, schema.shops, {"id": shop, "problem": problem}, ("id",))


def problem(connection: Connection, shop: ShopId) -> str | None:
    return connection.execute(
        sa.select(_table.problem).where(_table.id == shop)
    ).scalar_one_or_none()


def last_read_at(connection: Connection, shop: ShopId) -> datetime | None:
    return read_optional_time(
        connection.execute(
            sa.select(_table.last_read_at).where(_table.id == shop)
        ).scalar_one_or_none()
    )


def anchor(connection: Connection, shop: ShopId, first: datetime) -> datetime:
    """Return the moment that a history's newest order is shifted to; `first` the first time.

    It is kept, so that the same orders do not wander in time at every restart.
    """
    found = connection.execute(
        sa.select(_table.anchor).where(_table.id == shop)
    ).scalar_one_or_none()
    if found is not None:
        return read_time(found)
    upsert(connection, schema.shops, {"id": shop, "anchor": time_text(first)}, ("id",))
    return first
