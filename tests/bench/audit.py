"""How long the audit log takes to verify, and how many tamperings are found.

The entries are made by the product's own sealing; they are inserted in bulk, because writing them
one by one is not what is measured.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from agent_app.gateway.store import audit, schema
from agent_app.gateway.store.audit import Entry
from agent_app.gateway.store.database import Database
from tests import postgres
from tests.bench.figures import Figure

NAME = "audit"
SUMMARY = "verify the audit log's chain; tamperings found"
TARGET_S = 10.0
_BATCH = 10_000
_TAMPERINGS = 300
_SMALL = 300


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entries", type=int, default=1_000_000)


def run(options: argparse.Namespace) -> list[Figure]:
    """Verify a log of that length on both databases, and look for changes in a short one."""
    target = TARGET_S * options.entries / 1_000_000
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        places: dict[str, Path | str] = {"SQLite": Path(folder) / "gateway.db"}
        try:
            places["PostgreSQL"] = postgres.server().database()
        except postgres.NoPostgresError as error:
            print(f"PostgreSQL: {error}")
        for name, where in places.items():
            seconds = _verified(where, options.entries)
            figures.append(Figure.at_most(f"verify, {name}", seconds, "s", target))
        found, hidden = _tampered(Path(folder) / "small.db")
    rate = 100.0 * found / _TAMPERINGS
    figures.append(Figure.at_least("tamperings found with an anchor", rate, "%", 100, limit=100))
    figures.append(Figure.at_most("control: cuts found without one", hidden, "", 0))
    return figures


def _entries(count: int) -> Iterator[Entry]:
    previous = audit.GENESIS
    for seq in range(1, count + 1):
        detail = f'{{"action":"A-{seq:09d}","kind":"refund"}}'
        entry = Entry(
            seq, "2026-03-14T12:00:00.000000Z", f"user{seq % 200}", "action_confirmed",
            f"C-{seq % 50_000:06d}", detail, previous, "",
        )  # fmt: skip
        entry = replace(entry, hash=audit.seal(entry))
        previous = entry.hash
        yield entry


def _fill(database: Database, entries: Iterator[Entry]) -> None:
    names = [column.name for column in schema.audit.columns]
    with database.write() as connection:
        batch: list[dict[str, object]] = []
        for e in entries:
            row = (e.seq, e.at, e.who, e.what, e.case, e.detail, e.previous, e.hash)
            batch.append(dict(zip(names, row, strict=True)))
            if len(batch) == _BATCH:
                connection.execute(sa.insert(schema.audit), batch)
                batch.clear()
        if batch:
            connection.execute(sa.insert(schema.audit), batch)


def _verified(where: Path | str, count: int) -> float:
    database = Database(where)
    _fill(database, _entries(count))
    begun = time.perf_counter()
    with database.read() as connection:
        verdict = audit.verify(connection, [audit.Head(1, _first_seal())])
    seconds = time.perf_counter() - begun
    database.close()
    assert (verdict.entries, verdict.wrong) == (count, None), verdict
    return seconds


def _first_seal() -> str:
    return next(_entries(1)).hash


def _tampered(path: Path) -> tuple[int, int]:
    """Return how many of the tamperings an anchor shows, and how many cuts show without one."""
    entries = list(_entries(_SMALL))
    chance = random.Random(20261122)
    database = Database(path)
    _fill(database, iter(entries))
    found = unanchored = 0
    with database.write() as connection:
        head = audit.head(connection)
        assert head is not None
        for number in range(_TAMPERINGS):
            at = chance.randrange(1, _SMALL)
            with connection.begin_nested() as tried:
                if number % 3 == 0:
                    statement: sa.Executable = sa.delete(schema.audit).where(
                        schema.audit.c.seq > at
                    )
                elif number % 3 == 1:
                    statement = sa.delete(schema.audit).where(schema.audit.c.seq == at)
                else:
                    changed = sa.update(schema.audit).where(schema.audit.c.seq == at)
                    statement = changed.values(who="somebody-else")
                connection.execute(statement)
                found += audit.verify(connection, [head]).wrong is not None
                if number % 3 == 0:
                    unanchored += audit.verify(connection).wrong is not None
                tried.rollback()
    database.close()
    return found, unanchored
