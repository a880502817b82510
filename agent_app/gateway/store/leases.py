"""Leases by name: of several processes one does it, and another takes over when it is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import read_time, time_text
from agent_app.gateway.store.dialects import upsert

_table = schema.leases.c


def hold(connection: Connection, name: str, holder: str, now: datetime, lasts: timedelta) -> bool:
    """Take or keep the lease, within a write; return whether `holder` has it now.

    `now` is the database's time, read in this write. It is written only when half of it is over,
    so asking often costs a read.
    """
    held = connection.execute(sa.select(schema.leases).where(_table.name == name)).one_or_none()
    if held is not None:
        until = read_time(held.until)
        if held.holder != holder and until > now:
            return False
        if held.holder == holder and until > now + lasts / 2:
            return True
    values = {"name": name, "holder": holder, "until": time_text(now + lasts)}
    upsert(connection, schema.leases, values, ("name",))
    return True


def is_held(connection: Connection, name: str, holder: str, now: datetime) -> bool:
    """Return whether the holder has the lease; may be asked within a read."""
    return (
        connection.execute(
            sa.select(_table.name).where(
                _table.name == name, _table.holder == holder, _table.until > time_text(now)
            )
        ).first()
        is not None
    )


def let_go(connection: Connection, name: str, holder: str) -> None:
    """End the lease if this holder has it, so that the next need not wait."""
    connection.execute(sa.delete(schema.leases).where(_table.name == name, _table.holder == holder))
