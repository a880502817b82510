"""The marks that rows carry (`contract.marks`): their key, and the marks of older rows.

The key is made when a gateway first starts, stays with its cases, and is told to nobody but who
may reveal contact data anyway. Rows that were made before there were marks get theirs by `fill`,
some at a time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract import marks
from agent_app.contract.messages import CaseRow
from agent_app.domain.order import Order
from agent_app.gateway.store import case_rows, moved, schema
from agent_app.gateway.store.codec import decode, encode, time_text
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.dialects import insert_ignoring

KEY = "search_key"
FILLED = "marks_filled_to"
"""The last case that was looked at, or `_ALL`."""
_ALL = "*"
_HELD_BY_DESKS = timedelta(days=90)
"""No desk keeps ended cases for longer, so that nobody needs to be told of older ones."""
_cases, _orders = schema.cases.c, schema.orders.c
_NEXT = (
    sa.select(_cases.id, _cases.row, _cases.is_open, _cases.ended_at, _orders.body)
    .join_from(
        schema.cases,
        schema.orders,
        sa.and_(_orders.shop == _cases.shop, _orders.ref == _cases.ref),
    )
    .where(_cases.id > sa.bindparam("after"))
    .order_by(_cases.id)
    .limit(sa.bindparam("most"))
)


def make_key(connection: Connection) -> str:
    """Return the key of this database's marks, made now if there is none."""
    insert_ignoring(connection, schema.settings, {"name": KEY, "value": marks.new_key()})
    key = moved.get(connection, KEY)
    assert key is not None, "it was just made"
    return key


def key_of(database: Database) -> str:
    """Return the key of the database's marks, made now if there is none."""
    with database.read() as connection:
        key = moved.get(connection, KEY)
    if key is None:
        with database.write() as connection:
            key = make_key(connection)
    return key


def of_order(key: str, order: Order) -> str:
    """Return the marks by which an order's case is found; none without a key."""
    customer = order.customer
    terms = marks.terms_to_mark(customer.phone, customer.email, customer.name) if key else ()
    return marks.marks(key, terms)


def is_filled(connection: Connection) -> bool:
    """Return whether all rows were looked at."""
    return moved.get(connection, FILLED) == _ALL


def fill(connection: Connection, now: datetime, *, most: int) -> bool:
    """Give the next cases their marks, at most so many; return whether there may be more.

    How far it came is written in the same transaction. Rows that desks hold are told as changes.
    """
    after = moved.get(connection, FILLED) or ""
    if after == _ALL:
        return False
    found = connection.execute(_NEXT, {"after": after, "most": most}).all()
    key, since = make_key(connection), time_text(now - _HELD_BY_DESKS)
    for case in found:
        row = decode(case.row, CaseRow)
        marked = of_order(key, decode(case.body, Order))
        if row.marks == marked:
            continue
        new: dict[str, object] = {}
        if case.is_open or (case.ended_at or "") >= since:
            row = msgspec.structs.replace(row, version=row.version + 1)
            new = {"seq": case_rows.next_change(connection), "version": row.version}
        new["row"] = encode(msgspec.structs.replace(row, marks=marked))
        connection.execute(sa.update(schema.cases).where(_cases.id == case.id).values(new))
    moved.put(connection, FILLED, found[-1].id if len(found) == most else _ALL)
    return len(found) == most
