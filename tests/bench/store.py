"""How fast the desk's encrypted store takes cases in, and finds them again."""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from sqlcipher3 import dbapi2

from agent_app.contract.marks import marks, new_key, terms_to_mark
from agent_app.contract.messages import CaseRow
from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.queue_rows import Column, Order, QueueName
from agent_app.domain.case import CaseState
from agent_app.domain.flags import Level
from agent_app.domain.money import Money
from tests.bench.figures import Figure
from tests.desk.store.rows import COUNTS, ME, NOW, position, row
from tests.desk.store.rows import NAME as PERSON
from tests.fakes.platform import FakePlatform

NAME = "store"
SUMMARY = "the desk's encrypted store: take cases in, and find them again"
PART = 500
"""Rows of one line of the gateway's stream, and of one transaction."""
_CUSTOMERS = 500
_ROUNDS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=100_000)


def run(options: argparse.Namespace) -> list[Figure]:
    search_key = new_key()
    rows = _rows(options.cases, search_key)
    parts = [rows[at : at + PART] for at in range(0, len(rows), PART)]
    loads, bares = [], []
    with tempfile.TemporaryDirectory() as base:
        for number in range(_ROUNDS):
            bares.append(_bare(Path(base) / f"bare-{number}.db", parts))
            store = StoreFolder(Path(base) / f"{number}").open(PERSON, os.urandom(32))
            loads.append(_load(store, parts))
            if number < _ROUNDS - 1:
                store.close()
        session = msgspec.structs.replace(FakePlatform().session(), search_key=search_key)
        store.keep_session(session)
        found = _found(store, rows)
        store.close()
    load, bare = min(loads), min(bares)
    return [
        Figure("rows taken in, with all that finds them", len(rows) / load, "1/s"),
        Figure("the same rows by a bare executemany", len(rows) / bare, "1/s"),
        Figure.at_most("  how many times as long", load / bare, "x", 4.0),
        *found,
    ]


def _found(store: Store, rows: Sequence[CaseRow]) -> list[Figure]:
    def numbers(order: Order, search: str = "") -> Callable[[], object]:
        return lambda: store.numbers(QueueName.TEAM, ME, NOW, order, search)

    top = store.first(QueueName.TEAM, ME, NOW, Order(), 50)[0]
    quick = {
        "the top of the queue": lambda: store.first(QueueName.TEAM, ME, NOW, Order(), 50),
        "50 lines of it": lambda: store.lines(top),
    }
    slow = {
        "all its numbers": numbers(Order()),
        "  sorted by customer": numbers(Order(Column.CUSTOMER)),
        "  found by an order number": numbers(Order(), rows[len(rows) // 2].ref),
        "  found by two characters of a name": numbers(Order(), "小明"),
        "  found by a word that many have": numbers(Order(), "1"),
    }
    changed = [
        msgspec.structs.replace(each, version=each.version + 1, level=Level.FLAG)
        for each in rows[:: len(rows) // 100][:100]
    ]
    delta = _timed(lambda: store.take_changes(changed, position(), COUNTS))
    return [
        *(_figure(name, act, 5.0) for name, act in quick.items()),
        *(_figure(name, act, 1_000.0 * len(rows) / 100_000) for name, act in slow.items()),
        Figure("100 changes taken in", delta * 1_000, "ms"),
    ]


def _figure(name: str, act: Callable[[], object], target_ms: float) -> Figure:
    best = min(_timed(act) for _ in range(5))
    return Figure.at_most(name, best * 1_000, "ms", target_ms)


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _load(store: Store, parts: Sequence[Sequence[CaseRow]]) -> float:
    """Take everything in as a first load does; return the seconds."""
    begun = time.perf_counter()
    load = store.begin_load()
    for part in parts:
        store.take_loaded(load, part)
    store.end_load(load, position(), COUNTS)
    return time.perf_counter() - begun


def _bare(path: Path, parts: Sequence[Sequence[CaseRow]]) -> float:
    """Write the same rows into a table of the same kind of file; return the seconds."""
    encoded = [[(each.id, msgspec.json.encode(each)) for each in part] for part in parts]
    bare = dbapi2.connect(str(path), isolation_level=None)
    bare.execute(f"PRAGMA key = \"x'{os.urandom(32).hex()}'\"")
    bare.execute("PRAGMA journal_mode = WAL").fetchall()
    bare.execute("PRAGMA synchronous = NORMAL")
    bare.execute("CREATE TABLE told (id TEXT PRIMARY KEY, row BLOB)")

    def write() -> None:
        for part in encoded:
            bare.execute("BEGIN")
            bare.executemany("INSERT INTO told VALUES (?, ?)", part)
            bare.execute("COMMIT")

    seconds = _timed(write)
    bare.close()
    return seconds


def _rows(many: int, key: str) -> list[CaseRow]:
    chance = random.Random(4)
    customers = [
        marks(
            key, terms_to_mark(f"1381234{n:04d}", f"c{n}@example.test", f"{'王李张刘'[n % 4]}小明")
        )
        for n in range(_CUSTOMERS)
    ]
    return [
        row(
            number,
            marks=chance.choice(customers),
            customer_masked=f"{chance.choice('王李张刘')}**",
            level=chance.choice(list(Level)),
            flagged_at=NOW - timedelta(seconds=chance.randrange(1_000_000)),
            placed_at=NOW - timedelta(seconds=chance.randrange(1_000_000)),
            at_risk=Money(chance.randrange(1_000_000), "CNY"),
            state=chance.choice(list(CaseState)),
        )
        for number in range(many)
    ]
