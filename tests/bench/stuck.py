"""Orders stuck in every known way at a real shop: which are found, and what is advised."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.storm import states
from tests.engines.real import finding, storming
from tests.engines.real.__main__ import NAMES
from tests.engines.real.finding import Shown
from tests.promises.real_session import trade_of

NAME = "stuck"
SUMMARY = "carts and orders of a real shop stuck in the known ways: all found, none falsely"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench stuck` takes."""
    parser.add_argument("--shop", choices=NAMES, help="only this one; else all that are up")
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261123)


def run(options: argparse.Namespace) -> list[Figure]:
    """Make them, let a gateway find them, and one that is not told of the provider's news."""
    figures = []
    for name, state in states(options.shop).items():
        figures += _figures(name, state, options)
    return figures


def _figures(name: str, state: Any, options: argparse.Namespace) -> list[Figure]:
    trade = trade_of(name, state)
    try:
        mine = storming.make_all(trade, finding.mixed(trade.ways, options.orders, options.seed))
        mine.append(trade.make(finding.SENTINEL[name]))
    finally:
        trade.close()
    with tempfile.TemporaryDirectory(prefix="agent-app-stuck-") as folder:
        shown = finding.shown(state, Path(folder), mine)
    with tempfile.TemporaryDirectory(prefix="agent-app-stuck-") as folder:
        blind = finding.shown(state, Path(folder), mine, provider=False)
    print(table(name, shown), flush=True)
    stuck = [one for one in shown if one.made.stuck]
    found = [one for one in stuck if one.case is not None]
    false = [one for one in shown if one.case is not None and not one.made.stuck]
    missed = [one for one in blind if one.made.stuck and one.case is None]
    safe, family = sum(one.safe for one in found), sum(one.family for one in found)
    return [
        Figure(f"{name}: orders and carts", len(shown), "orders"),
        Figure.at_least("  stuck and found", len(found), "orders", len(stuck)),
        Figure.at_most("  found although not stuck", len(false), "orders", 0),
        Figure.at_least("  with the safe action", safe, "orders", len(stuck)),
        Figure.at_least("  with the family of the cause", family, "orders", len(stuck)),
        Figure.at_least("control: missed without the provider's news", len(missed), "orders", 1),
    ]


def table(name: str, shown: Sequence[Shown]) -> str:
    """Lay out what was found, way by way."""
    lines = [f"stuck: {name}: way, made, in the queue, safe action, family; what was shown else"]
    for way in sorted({one.made.way for one in shown}):
        of = [one for one in shown if one.made.way is way]
        queue = [one for one in of if one.case is not None]
        wrong = {f"{o.remedy} {'/'.join(o.families)}" for o in queue if not (o.safe and o.family)}
        lines.append(
            f"  {way:20} {len(of):4} {len(queue):4} {sum(o.safe for o in queue):4} "
            f"{sum(o.family for o in queue):4}  {', '.join(sorted(wrong))}".rstrip()
        )
    return "\n".join(lines)
