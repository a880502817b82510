"""The desk's sync against its limits: first load, a delta among many cases, memory.

A real gateway process over each database; the desk's own sync, client and encrypted store, in
processes of their own where memory is looked at. What is compared is done in turn, so that a busy
machine slows both. docs/desk-offline.md tells what was measured.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from agent_app.contract.messages import CaseRow
from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.sync import Told
from agent_app.gateway.store import case_rows, schema
from agent_app.gateway.store.codec import decode, encode
from agent_app.gateway.store.database import Database
from tests.bench import gateway_seed as seed
from tests.bench import gateway_templates
from tests.bench.figures import Figure, Skip
from tests.bench.gateway_work import Site, serving
from tests.bench.sync_desk import Loaded, Watched, name_of
from tests.processes import ROOT, sandbox

NAME = "sync"
SUMMARY = (
    "the desk's first load, a delta among very many cases, and its memory (docs/desk-offline.md)"
)
_READER = "wide"
"""An agent of all teams: he sees every case, and has the key of the marks."""
_DELTA = 100
_PROMISED = 100_000
"""Cases of the promise about opening the desk again."""
_MANY = 20_000
"""With fewer cases a desk's start is all that is seen of its opening."""
_LOAD_LIMIT, _GROWTH, _REOPEN_LIMIT, _MOST_MB = 2.0, 1.2, 1.5, 200.0
_WINDOW_WITHIN_S = 600.0
_FEWER, _LOADED = 100, 8
"""Parts of the cases: those that a delta is compared with, and those of the first load.

Four in five are open, so that of a million cases the first load has more than 100,000.
"""
_MOVING = 50
"""Cases that come twice or end while they are loaded: shops are being watched."""
_FEW = 10_000
"""Among fewer, several changes fall into one page of the file."""


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--cases",
        type=int,
        default=1_000_000,
        help="for the delta; a hundredth beside them, and an eighth for the first load",
    )
    parser.add_argument("--times", type=int, default=5, help="each first load")
    parser.add_argument("--deltas", type=int, default=40, help="among few and among many")
    parser.add_argument("--folder", type=Path, help="where the databases go; a temporary one")


def run(options: Namespace) -> list[Figure]:
    """Measure all of it, and the controls."""
    if not sys.platform.startswith("linux"):
        raise Skip("memory is told in other units here")
    templates = gateway_templates.make(500)
    with _folder(options.folder) as folder, sandbox(seed=3) as shop:
        few_cases = max(options.cases // _FEWER, min(_FEW, options.cases // 5))
        sizes = (few_cases, options.cases // _LOADED, options.cases)
        small, middle, large = (seed.fill(folder / f"cases-{n}.db", n, templates) for n in sizes)
        with (
            serving(folder, "small", small, shop.base_url) as few,
            serving(folder, "middle", middle, shop.base_url) as some,
            serving(folder, "large", large, shop.base_url) as many,
        ):
            figures = _first_load(folder, some, few, options.times)
            kept = some if some.filled.cases > _MANY else many
            figures += _reopening(folder, kept, 2 * options.times)
            figures += _deltas(folder, few, many, options.deltas)
    return figures


def _told(*figures: Figure) -> list[Figure]:
    """Show figures as they come: all of them take a while."""
    for figure in figures:
        verdict = {True: "met", False: "MISSED", None: ""}[figure.ok]
        print(f"  {figure.name}: {figure.value:,.4g} {figure.unit} {verdict}", flush=True)
    return list(figures)


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="agent-app-sync-") as folder:
        yield Path(folder)


def _desk(way: str, site: Site, key: bytes, folder: Path) -> Loaded:
    """Load everything in a new process.

    Raises:
        RuntimeError: with what it wrote.
    """
    token = site.filled.tokens[_READER]
    words = (way, site.address, token, key.hex(), str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.sync_desk", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{way}: {done.stderr.decode()[-3000:]}")
    return msgspec.json.decode(done.stdout, type=Loaded)


def _first_load(folder: Path, site: Site, few: Site, times: int) -> list[Figure]:
    runs: dict[str, list[Loaded]] = {"bare": [], "load": []}
    with tempfile.TemporaryDirectory(dir=folder) as stores:
        for turn in range(times):
            for way, into in runs.items():
                into.append(_desk(way, site, os.urandom(32), Path(stores) / f"{way}-{turn}"))
        # Not of all of very many: a transaction for each takes its time.
        control = _slow(few if site.filled.cases > _MANY else site, Path(stores))
        objects = _desk("objects", site, os.urandom(32), Path(stores) / "objects")
    rows = sorted(done.rows for each in runs.values() for done in each)
    if rows[-1] > rows[0] + _MOVING:
        raise RuntimeError(f"the loads are not of the same cases: {rows}")
    bare, load = (min(done.seconds for done in runs[way]) for way in ("bare", "load"))
    peak = max(done.peak_mb for done in runs["load"])
    return _told(
        Figure("first load: cases", rows[0], "cases"),
        Figure("  bare download, decoding and inserting", bare, "s"),
        Figure("  the desk's", load, "s"),
        Figure.at_most("  of the bare", load / bare, "×", _LOAD_LIMIT, limit=1),
        Figure.at_least("  control: a transaction for each row", control, "×", _LOAD_LIMIT),
        Figure.at_most("  memory of the desk's process at most", peak, "MB", _MOST_MB),
        Figure("  control: all rows as objects", objects.peak_mb, "MB"),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A window: how long from starting its process to its first rows, and its memory then."""

    seconds: float
    peak_mb: float


def _window(way: str, *words: str, token: str = "") -> Shown:
    """Open a window in a new process.

    Raises:
        RuntimeError: it showed nothing.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sync_window", way, *words],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "AGENT_APP_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        late = threading.Timer(_WINDOW_WITHIN_S, process.kill)
        late.start()
        assert process.stdout is not None
        assert process.stderr is not None
        told = process.stdout.readline().decode()
        seconds = time.perf_counter() - began
        wrong = process.stderr.read().decode()
        process.wait()
        late.cancel()
    if not told.startswith("painted ") and way != "prepare":
        raise RuntimeError(f"{way}: no rows on screen: {wrong[-3000:]}")
    return Shown(seconds, float(told.split()[-1]))


def _reopening(folder: Path, site: Site, times: int) -> list[Figure]:
    key, token = os.urandom(32).hex(), site.filled.tokens[_READER]
    with tempfile.TemporaryDirectory(dir=folder) as at:
        kept = (site.address, key, f"{at}/kept")
        rows = str(int(_window("prepare", *kept, token=token).peak_mb))
        words = {"made-up": (rows,), "table": kept, "desk": kept}
        shown: dict[str, list[Shown]] = {way: [] for way in words}
        for _ in range(times):
            for way, into in shown.items():
                into.append(_window(way, *words[way]))
        control = _window("all", *kept, rows)
        evening = _window("evening", site.address, key, f"{at}/new", token=token)
    made_up, table, desk = (min(each.seconds for each in shown[way]) for way in words)
    peak = max(each.peak_mb for each in (*shown["desk"], evening))
    return _told(
        Figure("reopening: cases kept", float(rows), "cases"),
        Figure("  a bare window that has nothing to read", made_up, "s"),
        Figure("  a bare table window of the same cases", table, "s"),
        Figure("  the desk's queue", desk, "s"),
        _reopened(float(rows), desk / table, made_up / table),
        Figure.at_least(
            "  control: every line read first", control.seconds / table, "×", _REOPEN_LIMIT
        ),
        Figure("  memory of the bare table window", shown["table"][0].peak_mb, "MB"),
        Figure.at_most("  memory of the desk at most, loading too", peak, "MB", _MOST_MB),
    )


def _reopened(rows: float, ratio: float, limit: float) -> Figure:
    name = "  of the bare table window"
    if rows < _PROMISED:
        # Among fewer, importing the program is most of it.
        return Figure(name, ratio, "×", limit=limit)
    return Figure.at_most(name, ratio, "×", _REOPEN_LIMIT, limit=limit)


def _slow(site: Site, stores: Path) -> float:
    bare = min(
        _desk("bare", site, os.urandom(32), stores / f"again-{turn}").seconds for turn in range(3)
    )
    return _desk("one-by-one", site, os.urandom(32), stores / "one-by-one").seconds / bare


@dataclass(slots=True)
class Held:
    """A desk that holds the cases of a gateway; `seconds` is what loading them took."""

    site: Site
    store: Store
    platform: HttpPlatform
    database: Database
    seconds: float
    rows: int
    chance: random.Random

    def change(self) -> None:
        """Let so many open cases change at the gateway."""
        cases = schema.cases.c
        ids = [
            f"C{self.chance.randrange(1, self.site.filled.cases):06d}" for _ in range(8 * _DELTA)
        ]
        with self.database.write() as connection:
            found = connection.execute(
                sa.select(cases.id, cases.row)
                .where(cases.id.in_(sorted(ids)), cases.is_open)
                .limit(_DELTA)
            ).all()
            if len(found) != _DELTA:
                raise RuntimeError(f"only {len(found)} of the cases are open: give more --cases")
            for case in found:
                row = decode(case.row, CaseRow)
                new = msgspec.structs.replace(
                    row, version=row.version + 1, updated_at=datetime.now(UTC)
                )
                seq = case_rows.next_change(connection)
                connection.execute(
                    sa.update(schema.cases)
                    .where(cases.id == case.id)
                    .values(row=encode(new), version=new.version, seq=seq)
                )

    def catch_up(self) -> float:
        """Let the desk take in what changed, from asking to written; return the seconds."""
        rows = 0

        def is_done(told: Told) -> bool:
            nonlocal rows
            rows += told.rows
            return rows >= _DELTA

        seconds = Watched(self.platform, self.store, is_done).seconds()
        if rows < _DELTA:
            raise RuntimeError(f"{rows} rows came, and {_DELTA} changed")
        return seconds


@contextlib.contextmanager
def _holding(folder: Path, site: Site) -> Iterator[Held]:
    key = os.urandom(32)
    where = Path(tempfile.mkdtemp(dir=folder))
    loaded = _desk("load", site, key, where)
    store = StoreFolder(where).open(name_of(site.address), key)
    platform = HttpPlatform(site.address, site.filled.tokens[_READER])
    database = Database(Path(site.filled.where))
    try:
        yield Held(site, store, platform, database, loaded.seconds, loaded.rows, random.Random(7))
    finally:
        database.close()
        platform.close()
        store.close()


def _deltas(folder: Path, few: Site, many: Site, times: int) -> list[Figure]:
    took: tuple[list[float], list[float]] = ([], [])
    with _holding(folder, few) as small, _holding(folder, many) as large:
        for _ in range(times):
            for held, into in zip((small, large), took, strict=True):
                held.change()
                into.append(held.catch_up())
    # The quickest are the least disturbed by what else the machine does.
    (quick_few, quick_many) = (sorted(each)[: max(1, times // 10)][-1] for each in took)
    middle = sorted(took[1])[times // 2]
    return _told(
        Figure("delta: cases on the desk, few", small.rows, "cases"),
        Figure("delta: cases on the desk, many", large.rows, "cases"),
        Figure(f"  {_DELTA} changes among few, quicker tenth", 1000 * quick_few, "ms"),
        Figure(f"  {_DELTA} changes among many, quicker tenth", 1000 * quick_many, "ms"),
        Figure("  half of them", 1000 * middle, "ms"),
        Figure.at_most("  growth", quick_many / quick_few, "×", _GROWTH, limit=1),
        Figure.at_least(
            "  control: all read again instead, growth", large.seconds / small.seconds, "×", _GROWTH
        ),
    )
