"""Takes what can still be read out of a damaged file of own work, row by row."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent_app.desk.store.encrypted_file import Connection, Place, errors_told, open_as_it_is
from agent_app.desk.store.own_work import CLICK_COLUMNS, Everything
from agent_app.desk.work.local import LocalStoreFailed

MOST_NUMBERS = 1_000_000
"""More clicks than a person makes in his life; a damaged count must not keep us looking."""
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Salvage:
    """What one file gave, and which of its clicks are there for certain.

    `numbers` is None where no way to their list is left.
    """

    rows: Everything
    numbers: frozenset[int] | None


NOTHING = Salvage(Everything((), (), ()), None)


def salvage(place: Place) -> Salvage:
    """Read what can be read; a file that opens not at all gives nothing."""
    if place.path is None or not place.path.exists() or place.path.stat().st_size == 0:
        return NOTHING
    try:
        with errors_told():
            connection = open_as_it_is(place)
    except LocalStoreFailed:
        return NOTHING
    try:
        return _salvaged(connection)
    finally:
        connection.close()


def together(first: Salvage, second: Salvage) -> tuple[Everything, int | None]:
    """Return the rows of both, and how many clicks are lost; the first is right where they differ.

    A click that only the second has may be done already. It is kept: sent again under its key, the
    gateway gives its first answer.
    """
    clicks = {row[0]: row for row in (*second.rows.clicks, *first.rows.clicks)}
    drafts = {row[:2]: row for row in (*second.rows.drafts, *first.rows.drafts)}
    secrets = {row[0]: row for row in (*second.rows.secrets, *first.rows.secrets)}
    rows = Everything(
        tuple(clicks[number] for number in sorted(clicks)),
        tuple(drafts[where] for where in sorted(drafts)),
        tuple(secrets[name] for name in sorted(secrets)),
        max(first.rows.last_number, second.rows.last_number),
    )
    known = first.numbers if first.numbers is not None else second.numbers
    return rows, None if known is None else len(known - clicks.keys())


def _salvaged(connection: Connection) -> Salvage:
    numbers = _numbers(connection)
    last = _last_number(connection)
    highest = max((last, *(numbers or ())))
    sought = range(1, min(highest, MOST_NUMBERS) + 1) if numbers is None else sorted(numbers)
    one = f"SELECT {CLICK_COLUMNS} FROM clicks WHERE number = ?"  # noqa: S608
    clicks = [row for number in sought for row in _readable(connection, one, (number,))]
    return Salvage(
        Everything(
            tuple(clicks),
            tuple(_by_rowid(connection, "drafts", "case_id, field, text")),
            tuple(_by_rowid(connection, "secrets", "name, value")),
            highest,
        ),
        numbers,
    )


def _numbers(connection: Connection) -> frozenset[int] | None:
    """Return the numbers of all clicks: from the table, or from one of its indexes."""
    for way in ("NOT INDEXED", "INDEXED BY sqlite_autoindex_clicks_1", "INDEXED BY clicks_of_case"):
        column = {"INDEXED BY clicks_of_case": "case_id"}.get(way, "key")
        with contextlib.suppress(LocalStoreFailed), errors_told():
            found = connection.execute(
                f"SELECT number FROM clicks {way} WHERE {column} >= ''"  # noqa: S608
            ).fetchall()
            return frozenset(number for (number,) in found)
    return None


def _last_number(connection: Connection) -> int:
    found = list(_readable(connection, "SELECT seq FROM sqlite_sequence WHERE name = 'clicks'"))
    return int(found[0][0]) if found else 0


def _by_rowid(connection: Connection, table: str, columns: str) -> Iterator[_Row]:
    """Return the rows of a small table that can be read, in the order in which they came."""
    found = list(_readable(connection, f"SELECT max(rowid) FROM {table}"))  # noqa: S608
    # Without the end of the table: as far as there may be rows.
    last = (found[0][0] or 0) if found else 10_000
    for rowid in range(1, min(last, MOST_NUMBERS) + 1):
        yield from _readable(
            connection,
            f"SELECT {columns} FROM {table} WHERE rowid = ?",  # noqa: S608
            (rowid,),
        )


def _readable(
    connection: Connection, statement: str, values: tuple[object, ...] = ()
) -> Iterator[_Row]:
    rows: list[_Row] = []
    with contextlib.suppress(LocalStoreFailed), errors_told():
        rows = connection.execute(statement, values).fetchall()
    return iter(rows)
