"""Read the rows of the history CSV files and say exactly what is wrong with the others.

A bad row never stops the rest; a missing file or column does, since without it every order would
be half known. Only `orders` uses this.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_SHOWN = 60


class HistoryUnreadable(ValueError):
    """The folder as a whole cannot be read; the message names file, place and what to do."""


class BadValue(ValueError):
    """One value cannot be read; the message is what was expected."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One row that was left out. `line` counts from 1, the heading included."""

    file: str
    line: int
    column: str
    value: str
    expected: str
    order: str | None = None

    def __str__(self) -> str:
        value = self.value if len(self.value) <= _SHOWN else self.value[:_SHOWN] + "…"
        left_out = f"order {self.order} is left out" if self.order else "the row is left out"
        return (
            f"{self.file}, line {self.line}, column {self.column}: {value!r} is not "
            f"{self.expected}; {left_out}. Correct the value and restart the gateway."
        )


@dataclass(slots=True)
class Row:
    """One row with its place, so that every complaint can name it."""

    file: str
    line: int
    values: Mapping[str, str]

    def get(self, column: str, read: Callable[[str], T]) -> T:
        """Read one value.

        Raises:
            BadRow: the value is not what `read` expects.
        """
        value = self.values[column]
        try:
            return read(value)
        except BadValue as expected:
            raise BadRow(
                RowProblem(
                    self.file, self.line, column, value, str(expected), self.values.get("order_id")
                )
            ) from None


class BadRow(ValueError):
    """Carries the problem of one row to where its order is put together."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Complaints:
    """What was found wrong while reading; grows, and is then shown as sentences."""

    problems: list[RowProblem] = field(default_factory=list)

    def add(self, problem: RowProblem) -> None:
        """Note a row that is left out."""
        self.problems.append(problem)


def rows_of(
    folder: Path, name: str, columns: tuple[str, ...], complaints: Complaints
) -> Iterator[Row]:
    """Yield the complete rows of one file.

    Raises:
        HistoryUnreadable: the file is missing, is not UTF-8, or lacks a column.
    """
    path = folder / name
    try:
        # utf-8-sig: spreadsheets write a mark in front that would hide the first column.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            heading = next(reader, [])
            _check_heading(path, heading, columns)
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(heading):
                    complaints.add(_uneven(name, reader.line_num, cells, heading))
                    continue
                values = dict(zip(heading, (c.strip() for c in cells), strict=True))
                yield Row(name, reader.line_num, values)
    except FileNotFoundError:
        raise HistoryUnreadable(
            f"{path} is missing. A history folder holds orders.csv, order_payments.csv, "
            "customers.csv and order_items.csv; add the file or name another folder."
        ) from None
    except OSError as error:
        raise HistoryUnreadable(f"{path} cannot be opened: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise HistoryUnreadable(
            f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8 and try again."
        ) from None
    except csv.Error as error:
        raise HistoryUnreadable(f"{path}, line {reader.line_num}: not CSV ({error}).") from None


def _check_heading(path: Path, heading: list[str], columns: tuple[str, ...]) -> None:
    missing = [c for c in columns if c not in heading]
    if missing:
        raise HistoryUnreadable(
            f"{path}, line 1: column {', '.join(missing)} is missing "
            f"(found: {', '.join(heading) or 'nothing'}). Add it, separated by commas."
        )


def _uneven(name: str, line: int, cells: list[str], heading: list[str]) -> RowProblem:
    order = cells[heading.index("order_id")] if "order_id" in heading[: len(cells)] else None
    expected = f"a row of {len(heading)} values like the heading (it has {len(cells)})"
    return RowProblem(name, line, heading[0], cells[0], expected, order)


def text(value: str) -> str:
    """Read a value that must not be empty."""
    if not value:
        raise BadValue("a value (it is empty)")
    return value


def one_of(words: Mapping[str, T], what: str) -> Callable[[str], T]:
    """Return a reader for one of the words."""

    def read(value: str) -> T:
        if value not in words:
            raise BadValue(f"a known {what} ({', '.join(words)})")
        return words[value]

    return read


def found_in(table: Mapping[str, T], file: str) -> Callable[[str], T]:
    """Return a reader for a key of another file's rows."""

    def read(value: str) -> T:
        if value not in table:
            raise BadValue(f"in a readable row of {file}")
        return table[value]

    return read


def whole_number(value: str) -> int:
    """Read a whole number."""
    try:
        return int(value)
    except ValueError:
        raise BadValue("a whole number") from None


def minor_units(value: str) -> int:
    """Read an amount with at most two decimals, in hundredths."""
    try:
        amount = Decimal(value) * 100
    except InvalidOperation:
        raise BadValue("an amount like 12.34") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise BadValue("an amount like 12.34, not negative")
    return int(amount)


def moment(value: str) -> datetime:
    """Read a time; one without a zone is taken as UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise BadValue("a time like 2018-01-31 23:59:00") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def optional_moment(value: str) -> datetime | None:
    """Read a time or an empty value."""
    return moment(value) if value else None
