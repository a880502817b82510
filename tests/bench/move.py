"""How long a move from SQLite to PostgreSQL takes, and whether the file is read meanwhile."""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import threading
import time
from pathlib import Path

from agent_app.gateway import moving
from agent_app.gateway.store import figures
from agent_app.gateway.store.database import Database
from tests import postgres
from tests.bench import gateway_seed, gateway_templates
from tests.bench.figures import Figure, Skip

NAME = "move"
SUMMARY = "move a gateway's database from SQLite to PostgreSQL, everything compared"
TARGET_S = 600.0
_TEMPLATES = 50


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=100_000)


def run(options: argparse.Namespace) -> list[Figure]:
    """Move so many cases, with the log of every tenth, and read all the while."""
    try:
        address = postgres.server().database()
    except postgres.NoPostgresError as error:
        raise Skip(str(error)) from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gateway.db"
        gateway_seed.fill(path, options.cases, gateway_templates.make(_TEMPLATES))
        size_mb = path.stat().st_size / 1e6
        with (
            contextlib.closing(Database(path)) as old,
            contextlib.closing(Database(address)) as new,
        ):
            reader = _Reader(path)
            reader.start()
            begun = time.perf_counter()
            report = moving.move(old, new)
            seconds = time.perf_counter() - begun
            reader.stop()
    rows = sum(report.rows.values())
    target = TARGET_S * options.cases / 100_000
    return [
        Figure.at_most(f"{options.cases:,} cases moved and compared", seconds, "s", target),
        Figure("  rows", rows, ""),
        Figure("  rows/s", rows / seconds, "1/s"),
        Figure("  the file", size_mb, "MB"),
        Figure("  reads meanwhile", reader.reads, ""),
        Figure.at_most("  longest of them", reader.longest_s * 1000, "ms", 1_000),
    ]


class _Reader(threading.Thread):
    """Reads as a desk's list does, again and again, in a process's other connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="reader")
        self._database = Database(path)
        self._stopping = threading.Event()
        self.reads = 0
        self.longest_s = 0.0

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def run(self) -> None:
        with contextlib.closing(self._database) as database:
            while not self._stopping.wait(0.02):
                begun = time.perf_counter()
                with database.read() as connection:
                    figures.queues(connection)
                    figures.open_actions(connection)
                self.longest_s = max(self.longest_s, time.perf_counter() - begun)
                self.reads += 1
