"""The marks by which two databases agree, during and after a move, which of them is in force."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, encode
from agent_app.gateway.store.unusable import DatabaseUnusable

MOVING = "moving"
"""On the old database: the move's id, the same for each of its attempts."""
MOVED = "moved_to"
"""On the old database: it is no longer in force. The moment of this commit is the move."""
ARRIVING = "arriving"
"""On the new database: everything is here, and it is not yet in force."""
ARRIVED = "arrived"
"""On the new database, for good: the id of the move that brought it."""
_settings = schema.settings.c


class MovedTo(msgspec.Struct, frozen=True):
    """Where a database was moved to: the address without its password, and the move's id."""

    address: str
    move: str


class Moved(DatabaseUnusable):
    """This database is not the one in force: it was moved away, or has not wholly arrived."""


def get(connection: Connection, name: str) -> str | None:
    return connection.execute(
        sa.select(_settings.value).where(_settings.name == name)
    ).scalar_one_or_none()


def put(connection: Connection, name: str, value: str) -> None:
    remove(connection, name)
    connection.execute(sa.insert(schema.settings).values(name=name, value=value))


def remove(connection: Connection, name: str) -> None:
    connection.execute(sa.delete(schema.settings).where(_settings.name == name))


def moved_to(connection: Connection) -> MovedTo | None:
    value = get(connection, MOVED)
    return decode(value.encode(), MovedTo) if value is not None else None


def mark_moved(connection: Connection, to: MovedTo) -> None:
    put(connection, MOVED, encode(to).decode())


def refuse_if_moved(connection: Connection, name: str) -> None:
    """Let nobody write into a database that is not the one in force.

    Raises:
        Moved: saying where to go on.
    """
    marks = {
        row.name: row.value
        for row in connection.execute(
            sa.select(schema.settings).where(_settings.name.in_((MOVED, ARRIVING)))
        )
    }
    if MOVED in marks:
        to = decode(marks[MOVED].encode(), MovedTo)
        raise Moved(
            f"{name}: this database was moved to {to.address}. Write that into the configuration "
            "and start again; this one is kept as it was at the move."
        )
    if ARRIVING in marks:
        raise Moved(
            f"{name}: a move to this database has not ended. Give the same `move` command again "
            "where the old database is; it ends what is left to do."
        )
