"""Many seeds, on all processors, and what became of them; a bad one tells how it is replayed."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import structlog

from tests.simulation.store_world import simulate_on_store
from tests.simulation.world import Verdict, simulate
from tests.simulation.world_parts import ALL_RULES, Rules

_CHUNK = 1_000
_STORE_CHUNK = 10
_MOST_SHOWN = 10
CONTROLS = {rule.name: replace(ALL_RULES, **{rule.name: False}) for rule in fields(Rules)}
"""Each takes one rule out; every one of them must go red."""


@dataclass(slots=True)
class Tally:
    """What became of some seeds."""

    seeds: int = 0
    bad: int = 0
    doubled: int = 0
    """Seeds in which something was done twice."""
    actions: int = 0
    crashes: int = 0
    hangs: int = 0
    overtaken: int = 0
    needs_person: int = 0
    shown: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """The first bad seeds, and what is wrong with them."""
    seconds: float = 0.0
    on_store: bool = False

    def count(self, verdict: Verdict) -> None:
        self.seeds += 1
        self.bad += bool(verdict.faults)
        self.doubled += verdict.doubled > 0
        self.actions += verdict.actions
        self.crashes += verdict.crashes
        self.hangs += verdict.hangs
        self.overtaken += verdict.overtaken
        self.needs_person += verdict.needs_person
        if verdict.faults and len(self.shown) < _MOST_SHOWN:
            self.shown.append((verdict.seed, tuple(verdict.faults)))

    def add(self, other: Tally) -> None:
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shown = sorted(self.shown + other.shown)[:_MOST_SHOWN]

    def told(self) -> str:
        """Return the bad seeds with the command that replays each, a line per fault."""
        lines = []
        for seed, faults in self.shown:
            lines += [f"seed {seed}: {fault}" for fault in faults]
            store = " --on-store" if self.on_store else ""
            lines.append(f"  python3 dev.py bench simulate{store} --seed {seed} --trace")
        return "\n".join(lines)


_SUMS = ("seeds", "bad", "doubled", "actions", "crashes", "hangs", "overtaken", "needs_person")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the carrier's log lines back: a simulated hour has thousands."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def run_seeds(first: int, count: int, rules: Rules = ALL_RULES) -> Tally:
    """Run seeds in this process."""
    tally, began = Tally(), time.perf_counter()
    with quiet():
        for seed in range(first, first + count):
            tally.count(simulate(seed, rules))
    tally.seconds = time.perf_counter() - began
    return tally


def run_everywhere(first: int, count: int, rules: Rules = ALL_RULES) -> Tally:
    """Run seeds on all processors; `seconds` is what a person waits."""
    began, tally = time.perf_counter(), Tally()
    chunks = [
        (start, min(_CHUNK, first + count - start), rules)
        for start in range(first, first + count, _CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for part in pool.imap_unordered(_run_chunk, chunks):
            tally.add(part)
    tally.seconds = time.perf_counter() - began
    return tally


def _run_chunk(chunk: tuple[int, int, Rules]) -> Tally:
    return run_seeds(*chunk)


def run_everywhere_on_store(first: int, count: int) -> Tally:
    """Run seeds over SQLite, end to end, on all processors."""
    began, tally = time.perf_counter(), Tally(on_store=True)
    chunks = [
        range(start, min(start + _STORE_CHUNK, first + count))
        for start in range(first, first + count, _STORE_CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for part in pool.imap_unordered(_run_store_chunk, chunks):
            tally.add(part)
    tally.seconds = time.perf_counter() - began
    return tally


def _run_store_chunk(seeds: range) -> Tally:
    tally = Tally()
    with quiet():
        for verdict in simulate_on_store(seeds):
            tally.count(verdict)
    return tally
