"""Refund storms on a real shop, through the gateway and straight at it: docs/real-shops.md."""

from __future__ import annotations

import argparse
import importlib
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Skip
from tests.engines.real import storming
from tests.engines.real.__main__ import NAMES
from tests.engines.real.people import Seen
from tests.engines.real.storming import Ended

NAME = "storm"
SUMMARY = "eight full refunds at once per order on a real shop, answers lost, gateways killed"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench storm` takes."""
    parser.add_argument("--shop", choices=NAMES, help="only this one; else all that are up")
    parser.add_argument("--orders", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--kills", type=int, help="of the gateway (one per two orders)")
    parser.add_argument("--direct", type=int, help="orders of the control (a fifth)")
    parser.add_argument("--seed", type=int, default=20261123)


def run(options: argparse.Namespace) -> list[Figure]:
    """Storm the gateway, then the shop itself: that is the control."""
    figures = []
    for name, state in states(options.shop).items():
        figures += _figures(name, state, options)
    return figures


def states(only: str | None) -> dict[str, Any]:
    """Return the shops that are up.

    Raises:
        Skip: none is, or not the one that is meant.
    """
    found = {}
    for name in [only] if only else NAMES:
        state = importlib.import_module(f"tests.engines.{name}.bringup").status()
        if state is not None:
            found[name] = state
    if not found:
        raise Skip(f"no shop is up: python3 dev.py shop {only or 'NAME'} up")
    return found


def _figures(name: str, state: Any, options: argparse.Namespace) -> list[Figure]:
    orders, at_once, seed = options.orders, options.at_once, options.seed
    kills = orders // 2 if options.kills is None else options.kills
    with tempfile.TemporaryDirectory(prefix="agent-app-storm-") as folder:
        ended, seen = storming.through_gateway(
            state, Path(folder), orders=orders, at_once=at_once, kills=kills, seed=seed
        )
    control = max(2, orders // 5) if options.direct is None else options.direct
    direct = storming.directly(state, orders=control, at_once=at_once, seed=seed)
    for one in ended:
        if not one.once or not one.told_once:
            print(f"storm: {name}: {one}", flush=True)
    for error in seen.errors[:10]:
        print(f"storm: {name}: {error[:600]}", flush=True)
    print(f"storm: {name}: people were told {dict(seen.answers.most_common())}", flush=True)
    print(f"storm: {name}: weather {dict(seen.faults)}", flush=True)
    return [*_through(name, ended, seen, kills), *_direct(direct)]


def _through(name: str, ended: list[Ended], seen: Seen, kills: int) -> list[Figure]:
    orders = len(ended)
    once = sum(one.once for one in ended)
    twice = sum(len(one.payouts) > 1 for one in ended)
    told = sum(one.told_once for one in ended)
    waiting = sum("needs_person" in one.actions for one in ended)
    return [
        Figure(f"{name}: captured orders", orders, "orders"),
        Figure("  refunds asked for", seen.answers.total(), "requests"),
        Figure("  recorded by the gateway", seen.answers["202"], "actions"),
        Figure("  requests and answers lost or late", seen.faults.total(), ""),
        Figure("  gateways killed", seen.kills, "kills"),
        Figure.at_least("  with a refund on its way", seen.in_flight, "kills", min(1, kills)),
        Figure.at_least("  paid back exactly once, in full", once, "orders", orders),
        Figure.at_most("  paid back more than once", twice, "orders", 0, limit=0),
        Figure.at_least("  told as refunded, once", told, "orders", orders),
        Figure("  left to a person", waiting, "orders"),
        Figure.at_most("  errors of the gateway", len(seen.errors), "", 0),
    ]


def _direct(direct: list[Ended]) -> list[Figure]:
    counts = [len(one.payouts) for one in direct]
    return [
        Figure("control: straight at the shop", len(direct), "orders"),
        Figure.at_least("  paid back more than once", sum(n > 1 for n in counts), "orders", 1),
        Figure("  most payouts of one order", max(counts), "payouts"),
    ]
