"""Gateways killed again and again on both databases, with and without keys: docs/kills.md.

Each database suffers so many kills: half at a shop that recognises keys, half at one that does not
and whose queries lag.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.bench.figures import Figure, Skip
from tests.kills.loop import Plan, Report, without_waiting
from tests.kills.loop import run as run_loop
from tests.kills.nest import CAN_FORK
from tests.kills.recovery import Recovery, restarted, taken_over
from tests.kills.trade import WITH_KEYS, WITHOUT_KEYS
from tests.postgres import NoPostgresError, PostgresServer, server

NAME = "kill"
SUMMARY = "kill -9 at random while people work: lost, done twice, told otherwise; time to go on"
_A_RUN = 250
"""Kills of one run at most: then a new database and a new shop."""
_SEED = 20261122
_CRASHES = 10
_CRASH_EVERY_S = 6.0
_DBOS_TWICE = 110
"""Of 600 orders, refunded more than once by a durable engine without keys (promises.md 1)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of database, and how many gateways share one."""

    name: str
    gateways: int
    new: Callable[[Path], Path | str]
    """Makes a database; gets a folder of its own."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench kill` takes."""
    parser.add_argument("--kills", type=int, default=1_000, help="of each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    parser.add_argument("--seed", type=int, default=_SEED)


def run(options: argparse.Namespace) -> list[Figure]:
    """Kill, judge, and let the control go wrong."""
    if not CAN_FORK:
        raise Skip("this system does not fork processes")
    with tempfile.TemporaryDirectory(prefix="agent-app-kills-") as folder:
        figures = []
        for place in _places(options.database):
            figures += _figures(place, options.kills, options.seed, Path(folder) / place.name)
        return figures


def _places(only: str | None) -> list[Place]:
    places = []
    if only != "postgresql":
        places.append(Place("sqlite", 1, lambda folder: folder / "gateway.db"))
    if only != "sqlite":
        try:
            address = server()
        except NoPostgresError as problem:
            raise Skip(str(problem)) from problem
        places.append(Place("postgresql", 2, lambda _: address.database()))
    return places


def _figures(place: Place, kills: int, seed: int, folder: Path) -> list[Figure]:
    plans = [
        Plan(part, engine, place.gateways, seed + number)
        for number, engine in enumerate((WITH_KEYS, WITHOUT_KEYS))
        for part in _parts(kills // 2)
    ]
    # SQLite's one gateway mostly waits for its end: two runs fit where PostgreSQL's two run.
    at_once = 2 if place.gateways == 1 else 1
    with ThreadPoolExecutor(at_once) as pool:
        reports = list(
            pool.map(lambda p: _reported(place, p[1], folder / str(p[0])), enumerate(plans))
        )
    (folder / "control").mkdir(parents=True)
    unsafe = without_waiting(max(20, kills // 10), place.gateways)
    control = run_loop(unsafe, folder / "control", place.new(folder / "control"))
    return [
        *_sums(place.name, reports),
        Figure.at_least(
            "  control: without the wait, done twice", len(control.found.duplicated), "orders", 1,
            peer=f"{_DBOS_TWICE} of 600",
        ),
        Figure("  control: orders", control.orders, "orders"),
        *(_crashed(place, kills, seed, folder) if place.gateways > 1 else ()),
        *_recovery(place, max(1, kills // 300), folder),
    ]  # fmt: skip


def _parts(kills: int) -> list[int]:
    """Split the kills into runs of about the same length."""
    runs = -(-kills // _A_RUN)
    return [kills // runs + (place < kills % runs) for place in range(runs)]


def _reported(place: Place, plan: Plan, folder: Path) -> Report:
    folder.mkdir(parents=True)
    report = run_loop(plan, folder, place.new(folder))
    if not report.is_clean or report.broken:
        print(report, flush=True)
    return report


def _sums(name: str, reports: list[Report]) -> list[Figure]:
    deaths = [report.deaths for report in reports]
    kills = sum(d.total for d in deaths)
    seconds = sum(report.seconds for report in reports)
    # A run whose kills hit nothing shows nothing: it counts as missed, not as good.
    void = sum(report.is_void for report in reports)
    return [
        Figure(f"{name}: kills", kills, "kills", peer="300 (prototype)"),
        Figure("  per second and run", kills / seconds, "1/s", peer=1.5),
        Figure("  with an action unknown", sum(d.unknown for d in deaths), "kills"),
        Figure("  in the middle of a step with it", sum(d.calling for d in deaths), "kills"),
        Figure("  between a refund and its record", sum(d.unrecorded for d in deaths), "kills"),
        Figure("  before it was ready", sum(d.starting for d in deaths), "kills"),
        Figure.at_most("  runs in which no kill hit a step", void, "runs", 0),
        Figure("  orders", sum(r.orders for r in reports), "orders", peer="2,000 (prototype)"),
        Figure("  actions", sum(sum(r.actions.values()) for r in reports), "actions"),
        Figure.at_most("  lost", sum(len(r.found.lost) for r in reports), "", 0, limit=0, peer=0),
        Figure.at_most(
            "  done twice", sum(len(r.found.duplicated) for r in reports), "", 0, limit=0, peer=0
        ),
        Figure.at_most(
            "  ledger against books", sum(len(r.found.disagreeing) for r in reports), "", 0, limit=0
        ),
        Figure.at_most("  wrong answers, errors", sum(len(r.broken) for r in reports), "", 0),
        Figure("  left to a person", sum(r.waiting_for_a_person for r in reports), "actions"),
    ]


def _crashed(place: Place, kills: int, seed: int, folder: Path) -> list[Figure]:
    """Let PostgreSQL itself crash now and then while its gateways are killed."""
    plan = Plan(max(40, kills // 10), WITHOUT_KEYS, place.gateways, seed)
    folder = folder / "crashes"
    folder.mkdir(parents=True)
    crashes = _Crashes(server())
    with ThreadPoolExecutor(1) as pool:
        report = crashes.during(pool.submit(run_loop, plan, folder, place.new(folder), crashes))
    found = report.found
    wrong = len(found.lost) + len(found.duplicated) + len(found.disagreeing)
    return [
        Figure(f"  and {plan.kills} kills with its own crashes", crashes.done, "crashes", peer=12),
        Figure.at_least("    in the middle of a step", report.deaths.calling, "kills", 1),
        Figure.at_most("    lost, done twice, against books", wrong, "", 0, limit=0, peer=0),
    ]


class _Crashes(contextlib.AbstractContextManager["_Crashes"]):
    """Ends PostgreSQL as a crash does, every few seconds, ten times at most.

    Entered by the run while it kills; the crashes are the main thread's, because a server ends
    with the thread that started it.
    """

    def __init__(self, postgres: PostgresServer) -> None:
        self._postgres = postgres
        self._begun, self._over = threading.Event(), threading.Event()
        self.done = 0

    def __enter__(self) -> Self:
        self._begun.set()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def during(self, report: Future[Report]) -> Report:
        """Crash it until the run has ended; return what the run showed."""
        while not (report.done() or self._begun.wait(0.1)):
            pass
        while self.done < _CRASHES and not report.done() and not self._over.wait(_CRASH_EVERY_S):
            self._postgres.crash()
            self.done += 1
        return report.result()


def _recovery(place: Place, times: int, folder: Path) -> list[Figure]:
    folder = folder / "recovery"
    folder.mkdir(parents=True)
    where = place.new(folder)
    if isinstance(where, str):
        others = taken_over(folder, where, times)
        return [_longest("  dead worker replaced after", others, 30.0)]
    again = restarted(folder, where, 5 * times)
    ready_s = max(one.ready_s for one in again)
    return [
        _longest("  restart to first resumed action", again, 5.0),
        Figure("  restart to first answer", ready_s, "s"),
    ]


def _longest(name: str, of: list[Recovery], target_s: float) -> Figure:
    return Figure.at_most(name, max(one.resumed_s for one in of), "s", target_s)
