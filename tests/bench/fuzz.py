"""Inputs made from the OpenAPI document, right and wrong ones, by people of every role."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
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
    """Fuzz a gateway on SQLite, one on PostgreSQL, and one with breaking operations planted."""
    figures = _figures("SQLite", options.inputs, options.seed)
    try:
        postgres.programs()
    except postgres.NoPostgresError as error:
        print(f"fuzz: not on PostgreSQL: {error}")
    else:
        figures += _figures("PostgreSQL", options.inputs // 5, options.seed + 1, "--postgresql")
    controls = _fuzz("--controls", "--inputs", str(_CONTROL_INPUTS))
    undisturbed = controls.pop("none")
    found = sum(1 for faults in controls.values() if faults)
    return [
        *figures,
        Figure.at_least("planted faults found", found, "", len(controls), limit=len(controls)),
        Figure.at_most("  found without a plant", undisturbed, "", 0),
    ]


def _figures(database: str, inputs: int, seed: int, *more: str) -> list[Figure]:
    report = _fuzz("--inputs", str(inputs), "--seed", str(seed), *more)
    for failure in report["failures"]:
        print(f"fuzz on {database}: {failure}")
    if report["shallow"]:
        print(f"fuzz on {database}: never answered as meant: {', '.join(report['shallow'])}")
    speed = report["inputs"] / report["seconds"]
    return [
        Figure.at_least(f"inputs on {database}", report["inputs"], "", inputs),
        Figure.at_most("  faults", report["failed"], "", 0, limit=0),
        Figure.at_most("  operations not reached", len(report["shallow"]), "", 0, limit=0),
        Figure("  inputs a second", speed, "/s", peer=65),
    ]


def _fuzz(*arguments: str) -> dict[str, Any]:
    """Run the fuzzer, a program of its own, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.gateway.api.fuzz", *arguments],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout:
        raise RuntimeError(f"the fuzzer failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
