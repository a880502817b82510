"""Numbers that only grow: the change feed's sequence and the ids of cases."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import schema
from agent_app.gateway.store.dialects import insert


def take_next(connection: Connection, name: str) -> int:
    """Return the next number; no two transactions get the same, and none is seen out of order.

    One write happens at a time, so a higher number never commits before a lower one: a cursor
    over them skips nothing.
    """
    statement = insert(connection, schema.counters).values(name=name, value=1)
    number: int = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": schema.counters.c.value + 1}
        ).returning(schema.counters.c.value)
    ).scalar_one()
    return number


def current(connection: Connection, name: str) -> int:
    """Return the last number taken, 0 before the first."""
    return (
        connection.execute(
            sa.select(schema.counters.c.value).where(schema.counters.c.name == name)
        ).scalar_one_or_none()
        or 0
    )
