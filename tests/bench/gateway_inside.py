"""What one gateway process does without HTTP, what the disk allows, and lists without indexes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from agent_app.contract.messages import Queue
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import casefile, handling
from agent_app.gateway.clock import SystemClock
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import case_rows, queue_counts, schema
from agent_app.gateway.store.codec import encode
from agent_app.gateway.store.database import Database, is_address
from tests.bench.figures import Figure
from tests.bench.gateway_seed import Filled
from tests.fakes.shop import FakeShop

_SYNCS = 200
_ORDERS = 600
_ASKED = 100
_LEAD = Actor(UserId("marta"), "Marta", Role.LEAD)
_INDEXES = (
    "cases_queue",
    "cases_orphans",
    "cases_waiting",
    "cases_approvals",
)


def machine(folder: Path) -> list[Figure]:
    """Measure how often the disk takes 4 kB for good: no acknowledged write is quicker."""
    page = os.urandom(4096)
    file = folder / "syncs"
    with file.open("wb", buffering=0) as to:
        began = time.perf_counter()
        for _ in range(_SYNCS):
            to.write(page)
            os.fsync(to.fileno())
        rate = _SYNCS / (time.perf_counter() - began)
    file.unlink()
    return [Figure("disk: 4 kB written and synced", rate, "/s")]


def work(kind: str, filled: Filled, seconds: float) -> list[Figure]:
    """Claim cases and take orders in, one after the other, in this process."""
    database = opened(filled)
    shop = FakeShop(SystemClock(), shop="sandbox")
    # One of its own: PostgreSQL's copy of SQLite's file knows how far that one was read.
    intake = FakeShop(SystemClock(), shop=f"intake-{kind}")
    gateway = Gateway(database, [shop, intake])
    try:
        for known in gateway.desk.shops.values():
            known.refresh()
        cases = [CaseId(case) for case in filled.logged if _is_of(database, case, "sandbox")]
        done, began, burnt = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            handling.claim(gateway, _LEAD, cases[done % len(cases)])
            done += 1
        claims = done / (time.perf_counter() - began)
        per_claim = 1000 * (time.process_time() - burnt) / done
        for number in range(_ORDERS):
            intake.stuck(f"IN-{number}")
        taken, began, burnt = 0, time.perf_counter(), time.process_time()
        while taken < _ORDERS:
            found = gateway.watchers[intake.id].run_once()
            if found == 0:
                raise AssertionError(f"{taken} of {_ORDERS} orders were taken in, and no more come")
            taken += found
        orders = taken / (time.perf_counter() - began)
        per_order = 1000 * (time.process_time() - burnt) / taken
        with database.read() as connection:
            wrong = len(queue_counts.differences(connection))
    finally:
        gateway.stop()
    return [
        Figure(f"{kind}: claims in process, one thread", claims, "writes/s"),
        Figure("  processor time of one, ours", per_claim, "ms"),
        Figure(f"{kind}: orders taken in and flagged", orders, "orders/s"),
        Figure("  processor time of one, ours", per_order, "ms"),
        Figure.at_most(f"{kind}: kept counts that are wrong", wrong, "", 0, limit=0),
    ]


def reading(kind: str, small: Filled, large: Filled, growth: float) -> list[Figure]:
    """Measure our processor time of what desks ask for: what else the machine does is not in it."""
    figures = []
    for few, many in zip(_burnt(small), _burnt(large), strict=True):
        name, ms = many
        figures.append(Figure(f"{kind}: processor time, {name}", ms, "ms"))
        figures.append(Figure.at_most("  growth", ms / few[1], "×", growth, limit=1))
    return figures


def _burnt(filled: Filled) -> list[tuple[str, float]]:
    """Return the processor time of each thing asked for in this process, in milliseconds."""
    database = opened(filled)
    gateway = Gateway(database, [FakeShop(SystemClock(), shop="sandbox")])
    try:
        latest = int(casefile.list_cases(gateway, _LEAD, Queue.TEAM).changes.split(".")[0])
        asks: dict[str, Callable[[], object]] = {
            "list 50": lambda: casefile.list_cases(gateway, _LEAD, Queue.TEAM),
            "changes, none": lambda: casefile.list_changes(gateway, _LEAD, str(latest)),
            "changes, about 50 rows": lambda: casefile.list_changes(
                gateway, _LEAD, str(latest - 100)
            ),
        }
        return [(name, _per_ask(ask)) for name, ask in asks.items()]
    finally:
        gateway.stop()


def _per_ask(ask: Callable[[], object]) -> float:
    for _ in range(10):
        encode(ask())
    began = time.process_time()
    for _ in range(_ASKED):
        encode(ask())
    return 1000 * (time.process_time() - began) / _ASKED


def _is_of(database: Database, case: str, shop: str) -> bool:
    with database.read() as connection:
        found = case_rows.get(connection, CaseId(case))
    return found is not None and found.shop == shop


@contextlib.contextmanager
def without_indexes(filled: Filled) -> Iterator[None]:
    """The control: the lists' and the feed's indexes are gone, and made again at the end."""
    database = opened(filled)
    names = [f"{name}{suffix}" for name in _INDEXES for suffix in ("", "_team", "_shop")]
    names += ["cases_changes", "cases_changes_team"]
    indexes = {str(index.name): index for index in schema.cases.indexes}
    with database.write() as connection:
        for name in names:
            indexes[name].drop(connection)
    try:
        yield
    finally:
        with database.write() as connection:
            for name in names:
                indexes[name].create(connection)
        database.close()


def opened(filled: Filled) -> Database:
    return Database(filled.where if is_address(filled.where) else Path(filled.where))
