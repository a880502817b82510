"""Inserts that may meet a row: the one statement that each database spells its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert
_INSERTS: dict[str, Callable[[sa.Table], Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def insert(connection: Connection, table: sa.Table) -> Insert:
    """Return an insert that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return _INSERTS[connection.dialect.name](table)


class PerDatabase(Generic[T]):
    """Statements that are built once for each database: building takes longer than running."""

    def __init__(self, build: Callable[[Callable[[sa.Table], Insert]], T]) -> None:
        self._built = {name: build(make) for name, make in _INSERTS.items()}

    def of(self, connection: Connection) -> T:
        return self._built[connection.dialect.name]


def upsert(
    connection: Connection, table: sa.Table, values: dict[str, Any], keys: Iterable[str]
) -> None:
    """Insert the row, or replace these values in the one with the same key columns."""
    keys = list(keys)
    statement = insert(connection, table).values(values)
    excluded = {name: statement.excluded[name] for name in values if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=excluded))


def insert_ignoring(connection: Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert the row unless one like it is there; return whether it was inserted."""
    statement = insert(connection, table).values(values).on_conflict_do_nothing()
    # The count of rows is not told by every driver; what comes back is.
    one: sa.ColumnElement[int] = sa.literal_column("1")
    return connection.execute(statement.returning(one)).first() is not None
