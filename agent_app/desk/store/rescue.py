"""Takes what can still be read out of a damaged file of own work, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent_app.desk.store.encrypted_file import Connection, Place, errors_told, open_as_it_is
from agent_app.desk.store.own_work import CLICK_COLUMNS, Everything
from agent_app.desk.work.local import LocalStoreFailed

MOST_ROWS = 2_000
"""So many are looked for, one by one, where no page is left that tells how many there are."""
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
    asked = _Asked(place)
    try:
        return _salvaged(asked)
    finally:
        asked.close()


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


class _Asked:
    """A damaged file that is asked one thing after the other."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._connection: Connection | None = None

    def rows(self, statement: str, *values: object) -> list[_Row] | None:
        """Return the answer, None where a page that it needs is damaged."""
        try:
            with errors_told():
                if self._connection is None:
                    self._connection = open_as_it_is(self._place)
                found: list[_Row] = self._connection.execute(statement, values).fetchall()
                return found
        except LocalStoreFailed:
            # After one damaged page SQLCipher reads no other by the same connection.
            self.close()
            return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _salvaged(asked: _Asked) -> Salvage:
    numbers = _numbers(asked)
    last = asked.rows("SELECT seq FROM sqlite_sequence WHERE name = 'clicks'")
    highest = max((int(last[0][0]) if last else 0, *(numbers or ())))
    lately = range(max(1, highest - MOST_ROWS), highest + 1)
    sought = lately if numbers is None else sorted(numbers)
    one = f"SELECT {CLICK_COLUMNS} FROM clicks WHERE number = ?"  # noqa: S608
    return Salvage(
        Everything(
            tuple(row for number in sought for row in asked.rows(one, number) or ()),
            tuple(_by_rowid(asked, "drafts", "case_id, field, text")),
            tuple(_by_rowid(asked, "secrets", "name, value")),
            highest,
        ),
        numbers,
    )


def _numbers(asked: _Asked) -> frozenset[int] | None:
    """Return the numbers of all clicks: from the table, or from one of its indexes."""
    for statement in (
        "SELECT number FROM clicks NOT INDEXED",
        "SELECT number FROM clicks INDEXED BY sqlite_autoindex_clicks_1 WHERE key >= ''",
        "SELECT number FROM clicks INDEXED BY clicks_of_case WHERE case_id >= ''",
    ):
        found = asked.rows(statement)
        if found is not None:
            return frozenset(number for (number,) in found)
    return None


def _by_rowid(asked: _Asked, table: str, columns: str) -> Iterator[_Row]:
    """Return the rows of a small table that can be read, in the order in which they came."""
    found = asked.rows(f"SELECT max(rowid) FROM {table}")  # noqa: S608
    # Where its last page is gone: as far as there may be rows.
    last = MOST_ROWS if found is None else found[0][0] or 0
    statement = f"SELECT {columns} FROM {table} WHERE rowid = ?"  # noqa: S608
    for rowid in range(1, last + 1):
        yield from asked.rows(statement, rowid) or ()
