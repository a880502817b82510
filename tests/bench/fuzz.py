"""Inputs made from the OpenAPI document, right and wrong ones, by people of every role."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests import postgres
from tests.bench.figures import Figure

NAME = "fuzz"
SUMMARY = "inputs made from the OpenAPI document: no 5xx, no answer outside it (docs/api.md)"
_ROOT = Path(__file__).parents[2]
_CONTROL_INPUTS = 60


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--inputs", type=int, default=10_000, help="on SQLite; PostgreSQL: a fifth")
    parser.add_argument("--seed", type=int, default=1)


def run(options: Namespace) -> list[Figure]:
    """Fuzz gateways on SQLite, one on PostgreSQL, and one with breaking operations planted."""
    half = math.ceil(options.inputs / 2)
    fifth = math.ceil(options.inputs / 5)
    # Programs of their own, as many at a time as there are processors.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        on_sqlite = [pool.submit(_fuzz, half, options.seed + part) for part in range(2)]
        on_postgresql = pool.submit(_fuzz, fifth, options.seed + 2, "--postgresql")
        planted = pool.submit(_fuzz, _CONTROL_INPUTS, options.seed, "--controls")
    figures = _figures("SQLite", [part.result() for part in on_sqlite], options.inputs)
    if _no_postgresql() is None:
        figures += _figures("PostgreSQL", [on_postgresql.result()], fifth)
    controls = planted.result()
    undisturbed = controls.pop("none")
    found = sum(1 for faults in controls.values() if faults)
    return [
        *figures,
        Figure.at_least("planted faults found", found, "", len(controls), limit=len(controls)),
        Figure.at_most("  found without a plant", undisturbed, "", 0),
    ]


def _figures(database: str, reports: Sequence[dict[str, Any]], inputs: int) -> list[Figure]:
    for report in reports:
        for failure in report["failures"]:
            print(f"fuzz on {database}: {failure}")
    shallow = set.intersection(*(set(report["shallow"]) for report in reports))
    if shallow:
        print(f"fuzz on {database}: never answered as meant: {', '.join(sorted(shallow))}")
    speed = sum(report["inputs"] / report["seconds"] for report in reports) / len(reports)
    sent = sum(report["inputs"] for report in reports)
    failed = sum(report["failed"] for report in reports)
    return [
        Figure.at_least(f"inputs on {database}", sent, "", inputs),
        Figure.at_most("  faults", failed, "", 0, limit=0),
        Figure.at_most("  operations not reached", len(shallow), "", 0, limit=0),
        Figure("  inputs a second and program", speed, "/s", peer=65),
    ]


def _no_postgresql() -> str | None:
    """Return why PostgreSQL cannot be run here, None when it can."""
    try:
        postgres.programs()
    except postgres.NoPostgresError as error:
        return str(error)
    return None


def _fuzz(inputs: int, seed: int, *more: str) -> dict[str, Any]:
    """Run the fuzzer and return what it printed; nothing where its database cannot be had."""
    why = _no_postgresql() if "--postgresql" in more else None
    if why is not None:
        print(f"fuzz: not on PostgreSQL: {why}")
        return {}
    module = [sys.executable, "-m", "tests.gateway.api.fuzz"]
    done = subprocess.run(
        [*module, "--inputs", str(inputs), "--seed", str(seed), *more],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout:
        raise RuntimeError(f"the fuzzer failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
