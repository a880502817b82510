"""Moving a gateway from its SQLite file to PostgreSQL while it is at work.

One database is in force at every moment, and a crash at any point leaves it so:

1. The file's writer lock is taken: whoever writes waits, reading goes on.
2. Everything is copied and compared in one PostgreSQL transaction, which ends with the mark
   `arriving`: all is there, and nobody may write or serve it yet.
3. The file gets the mark `moved_to`. This commit is the move. Before it the file is in force, and
   another attempt begins anew; after it the file refuses everybody.
4. The mark `arriving` is taken away, and PostgreSQL is in force. If that did not come to pass, the
   same command finds both marks with the same id, and ends the move.

A gateway that serves the file meanwhile finds the mark at its next write and ends. What it had
sent to a shop stands as `unknown` in the ledger that was copied, and is found out over there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import audit, moved, schema
from agent_app.gateway.store.codec import read_time, time_text
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.unusable import DatabaseUnusable
from agent_app.gateway.vitals import TRIED

MOST_SKEW_S = 1.0
"""How far the two clocks may differ: waits for a shop's books go on where they were begun."""
_BATCH = 2_000
_LEFT_BEHIND = {schema.leases.name, schema.lookers.name, schema.settings.name}
"""What a process holds of the old gateway, and each database's own marks."""
_OWN_MARKS = {moved.MOVING, moved.MOVED, moved.ARRIVING, moved.ARRIVED, TRIED}


class CannotMove(DatabaseUnusable):
    """The move was not done; the message says why and what to do. The file is in force."""


class Step(StrEnum):
    """The points between which a crash can fall."""

    LOCKED = "locked"
    COPIED = "copied"
    ARRIVED = "arrived"
    MOVED = "moved"
    DONE = "done"


@dataclass(slots=True)
class Report:
    """What was moved: rows per table, and in how many texts characters were left out."""

    rows: dict[str, int] = field(default_factory=dict)
    cleaned: int = 0
    """Texts that held the character NUL, which PostgreSQL does not take."""
    only_ended: bool = False
    """Everything had arrived at an earlier attempt."""


def move(
    source: Database, target: Database, reached: Callable[[Step], None] = lambda _: None
) -> Report:
    """Move everything from the file to PostgreSQL, or end a move that a crash cut short.

    `reached` is called at each step, in the middle of it.

    Raises:
        CannotMove: the target is not empty, the clocks differ, or what arrived is not what left.
        Moved: the file was moved to another database before.
    """
    if source.shared or not target.shared:
        raise CannotMove("a move goes from a SQLite file to a postgresql:// address.")
    earlier = _moved_before(source, target)
    if earlier is not None:
        _end(target, earlier)
        reached(Step.DONE)
        return Report(only_ended=True)
    name = _name_of_move(source)
    report = Report()
    with source.write() as old:
        reached(Step.LOCKED)
        now = source.clock.now()
        to = moved.MovedTo(target.name, name)
        audit.record(old, now, audit.SYSTEM, "database_moved", to=to.address)
        with target.write_even_if_moved() as new:
            _check_clocks(now, target)
            _make_empty(new, name)
            for table in schema.metadata.sorted_tables:
                if table.name not in _LEFT_BEHIND:
                    _copy(old, new, table, report)
            _copy_settings(old, new)
            _shift_leases(new, now, target.clock.now())
            _set_sequences(new)
            moved.put(new, moved.ARRIVING, name)
            reached(Step.COPIED)
        reached(Step.ARRIVED)
        moved.mark_moved(old, to)
    reached(Step.MOVED)
    _end(target, name)
    reached(Step.DONE)
    return report


def _moved_before(source: Database, target: Database) -> str | None:
    """Return the id of a move that only has to be ended; None: the file is in force."""
    with source.read() as old:
        to = moved.moved_to(old)
    if to is None:
        return None
    with target.read() as new:
        marks = {moved.get(new, moved.ARRIVING), moved.get(new, moved.ARRIVED)}
    if to.move not in marks:
        raise CannotMove(f"{source.name} was moved to {to.address} before, and not to this one.")
    return to.move


def _end(target: Database, name: str) -> None:
    with target.write_even_if_moved() as new:
        moved.remove(new, moved.ARRIVING)
        moved.put(new, moved.ARRIVED, name)


def _name_of_move(source: Database) -> str:
    with source.write() as old:
        name = moved.get(old, moved.MOVING)
        if name is None:
            name = secrets.token_hex(16)
            moved.put(old, moved.MOVING, name)
    return name


def _check_clocks(now: datetime, target: Database) -> None:
    skew = (target.clock.now() - now).total_seconds()
    if abs(skew) > MOST_SKEW_S:
        raise CannotMove(
            f"the database server's clock differs from this machine's by {skew:+.1f} s; "
            f"at most {MOST_SKEW_S:g} s are safe. Set both by NTP and try again."
        )


def _make_empty(new: Connection, name: str) -> None:
    """See that the target holds nothing, or only what an earlier attempt of this move left."""
    if moved.get(new, moved.ARRIVING) == name:
        for table in reversed(schema.metadata.sorted_tables):
            new.execute(sa.delete(table))
        return
    settings = set(new.execute(sa.select(schema.settings.c.name)).scalars())
    filled = [
        table.name
        for table in schema.metadata.sorted_tables
        if table.name != schema.settings.name and new.execute(sa.select(table).limit(1)).first()
    ]
    if settings - {TRIED} or filled:
        found = ", ".join(filled) or "settings"
        raise CannotMove(
            f"the target is not empty ({found}); make a new database for the move. Nothing was "
            "changed."
        )


def _copy(old: Connection, new: Connection, table: sa.Table, report: Report) -> None:
    """Copy a table and see that it arrived as it left.

    Raises:
        CannotMove: it did not.
    """
    left = _Seal()
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = new.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN'.encode()) as copy,
    ):
        for row in _rows(old, table):
            cleaned = _without_nul(row)
            report.cleaned += cleaned is not row
            left.add(cleaned)
            copy.write_row(cleaned)
    arrived = _Seal()
    for row in _rows(new, table):
        arrived.add(row)
    if left != arrived:
        raise CannotMove(
            f"table {table.name}: {left.count} rows left and {arrived.count} arrived, or not as "
            "they were. Nothing was changed; try again, and tell the makers if it stays so."
        )
    report.rows[table.name] = left.count


def _rows(connection: Connection, table: sa.Table) -> Iterator[tuple[object, ...]]:
    options = {"stream_results": True}
    with connection.execute(sa.select(table), execution_options=options) as result:
        for batch in result.partitions(_BATCH):
            for row in batch:
                yield tuple(row)


def _without_nul(row: tuple[object, ...]) -> tuple[object, ...]:
    if not any(isinstance(value, str) and "\0" in value for value in row):
        return row
    return tuple(v.replace("\0", "") if isinstance(v, str) else v for v in row)


class _Seal:
    """How many rows, and which, in whatever order: the sum of all rows' hashes."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0
        self._encode = msgspec.msgpack.Encoder().encode

    def add(self, row: Iterable[object]) -> None:
        digest = blake2b(self._encode(row), digest_size=16).digest()
        self.count += 1
        self.sum = (self.sum + int.from_bytes(digest, "big")) % 2**128

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Seal) and (self.count, self.sum) == (other.count, other.sum)

    __hash__ = None  # type: ignore[assignment]


def _copy_settings(old: Connection, new: Connection) -> None:
    new.execute(sa.delete(schema.settings))
    rows = [dict(row) for row in old.execute(sa.select(schema.settings)).mappings()]
    kept = [row for row in rows if row["name"] not in _OWN_MARKS]
    if kept:
        new.execute(sa.insert(schema.settings), kept)


def _shift_leases(new: Connection, old_now: datetime, new_now: datetime) -> None:
    """Let workers' leases run as long by the new clock as they had left by the old one.

    A call to a shop may still be on its way until then; nobody may take the action over before.
    """
    actions = schema.actions.c
    leased = new.execute(
        sa.select(actions.id, actions.lease_until).where(actions.lease_until > time_text(old_now))
    ).all()
    for row in leased:
        until = new_now + (read_time(row.lease_until) - old_now)
        new.execute(
            sa.update(schema.actions)
            .where(actions.id == row.id)
            .values(lease_until=time_text(until.astimezone(UTC)))
        )


def _set_sequences(new: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        key = table.autoincrement_column
        if key is None:
            continue
        of = sa.func.pg_get_serial_sequence(table.name, key.name)
        if new.execute(sa.select(of)).scalar_one_or_none() is None:
            continue
        highest = new.execute(sa.select(sa.func.max(key))).scalar_one_or_none()
        new.execute(sa.select(sa.func.setval(of, highest or 1, highest is not None)))
