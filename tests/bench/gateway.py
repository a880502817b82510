"""The gateway over a million cases: what people do, over HTTP, on SQLite and on PostgreSQL.

A small and a large database are served at the same time and asked in turn, so that a busy machine
slows both and the growth is that of the cases alone. docs/scale.md tells what was measured.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.bench import gateway_inside as inside
from tests.bench import gateway_seed as seed
from tests.bench import gateway_templates
from tests.bench.figures import Figure
from tests.bench.gateway_load import Person, Timed, one_by_one, per_second
from tests.bench.gateway_work import (
    CHANGING,
    CONTROLLED,
    GROWTH_HELD,
    READING,
    Operation,
    Site,
    serving,
)
from tests.processes import sandbox

NAME = "gateway"
SUMMARY = "list, filter, search, open, claim and act among very many cases (docs/scale.md)"
GROWTH = 1.5
_MANY = 500_000
"""With fewer cases it is the quick form: each thing is asked for fewer times."""
_ROOM_PER_CASE = 12_000
"""Bytes on the disk for one case in both databases, with what making indexes needs."""


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--cases", type=int, default=1_000_000, help="the small database: a hundredth"
    )
    parser.add_argument("--times", type=int, help="each operation, one by one")
    parser.add_argument("--seconds", type=float, help="several people at once")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="on one kind alone")
    parser.add_argument("--folder", type=Path, help="where the databases go; a temporary one")
    parser.add_argument("--keep", action="store_true", help="leave the SQLite files there")


def run(options: Namespace) -> list[Figure]:
    """Fill both kinds of database in two sizes and do everybody's work on them."""
    few = max(500, options.cases // 100)
    is_quick = options.cases < _MANY
    options.times = options.times or (40 if is_quick else 200)
    options.seconds = options.seconds or (0.5 if is_quick else 4.0)
    templates = gateway_templates.make(500)
    with _folder(options) as folder, sandbox(seed=3) as shop:
        small = seed.fill(folder / f"cases-{few}.db", few, templates)
        large = seed.fill(folder / f"cases-{options.cases}.db", options.cases, templates)
        figures = _told(
            Figure("cases, small and large", options.cases, "cases", peer=f"{few:,}"),
            *inside.machine(folder),
            *_shop(shop.base_url, options.times),
        )
        if options.on != "postgresql":
            figures += _on("SQLite", folder, shop.base_url, small, large, options)
        if options.on == "sqlite":
            return figures
        try:
            server = postgres.server()
        except postgres.NoPostgresError as error:
            print(f"gateway: not on PostgreSQL: {error}")
        else:
            pair = (seed.copy(small, server.database()), seed.copy(large, server.database()))
            figures += _on("PostgreSQL", folder, shop.base_url, *pair, options)
    return figures


def _told(*figures: Figure) -> list[Figure]:
    """Show figures as they come: all of them take a while."""
    for figure in figures:
        verdict = {True: "met", False: "MISSED", None: ""}[figure.ok]
        print(f"  {figure.name}: {figure.value:,.4g} {figure.unit} {verdict}", flush=True)
    return list(figures)


@contextlib.contextmanager
def _folder(options: Namespace) -> Iterator[Path]:
    folder = options.folder or Path(tempfile.mkdtemp(prefix="agent-app-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < options.cases * _ROOM_PER_CASE:
        raise SystemExit(
            f"bench gateway: {folder} has {free / 1e9:.1f} GB free and about "
            f"{options.cases * _ROOM_PER_CASE / 1e9:.1f} GB are needed; give another --folder or "
            "fewer --cases."
        )
    try:
        yield folder
    finally:
        if not options.keep:
            for file in folder.glob("cases-*"):
                file.unlink()
        if options.folder is None and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _shop(address: str, times: int) -> list[Figure]:
    """The sandbox shop's own API, beside ours: what it lists are references alone."""
    asking = Person(address)
    listing = one_by_one(lambda _: asking.get("/orders?changed_since=0&limit=50"), times)
    asking.close()
    return [Figure("shop's own API: list changed orders, p50", listing.p50, "ms")]


def _on(
    kind: str, folder: Path, shop: str, small: seed.Filled, large: seed.Filled, options: Namespace
) -> list[Figure]:
    figures = _told(
        Figure(f"{kind}: filled in", large.seconds, "s"),
        Figure(f"{kind}: size", large.size_bytes / 1e9, "GB"),
    )
    with (
        serving(folder, "small", small, shop) as few,
        serving(folder, "large", large, shop) as many,
    ):
        for operation in (*READING, *CHANGING):
            in_turn = _in_turn(operation, few, many, options.times)
            figures += _told(*_timed(kind, operation, *in_turn))
        for operation in (*READING, *CHANGING):
            people = [operation.by(many) for _ in range(options.people)]
            rate = per_second(people, options.seconds)
            name = f"{kind}: {operation.name}, {options.people} people"
            figures += _told(Figure(name, rate, "requests/s"))
        memory = Figure(f"{kind}: memory of the gateway at most", many.peak_mb(), "MB")
        figures += _told(memory)
    figures += _told(*inside.reading(kind, small, large, GROWTH))
    figures += _told(*inside.work(kind, large, options.seconds))
    return figures + _control(kind, folder, shop, small, large)


def _control(
    kind: str, folder: Path, shop: str, small: seed.Filled, large: seed.Filled
) -> list[Figure]:
    """The same without the indexes must be seen to grow."""
    figures: list[Figure] = []
    with (
        inside.without_indexes(small),
        inside.without_indexes(large),
        serving(folder, "small", small, shop) as few,
        serving(folder, "large", large, shop) as many,
    ):
        for operation in CONTROLLED:
            one, other = _in_turn(operation, few, many, 20)
            name = f"{kind}: control without indexes, {operation.name}: growth"
            figures += _told(Figure.at_least(name, grown(one, other), "×", GROWTH))
    return figures


def grown(small: Timed, large: Timed) -> float:
    """Return how much longer it takes among many; by the quickest answers, the least disturbed."""
    return large.at(0) / small.at(0)


def _in_turn(operation: Operation, few: Site, many: Site, times: int) -> tuple[Timed, Timed]:
    asks = (operation.by(few), operation.by(many))
    timed = Timed(), Timed()
    # In short turns: what else the machine does falls on both.
    for turn in range(0, times, 10):
        for ask, into in zip(asks, timed, strict=True):
            did = one_by_one(lambda n, ask=ask, turn=turn: ask(turn + n), min(10, times - turn), 0)  # type: ignore[misc]
            into.ms += did.ms if turn else did.ms[5:]
    return timed


def _timed(kind: str, operation: Operation, small: Timed, large: Timed) -> Iterator[Figure]:
    growth = grown(small, large)
    name = f"{kind}: {operation.name}"
    yield Figure(f"{name}, p50", large.p50, "ms")
    yield Figure("  p95", large.p95, "ms")
    if operation in GROWTH_HELD:
        yield Figure.at_most("  growth", growth, "×", GROWTH, limit=1)
    else:
        yield Figure("  growth", growth, "×", limit=1)
