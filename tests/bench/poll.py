"""What following a real shop costs when nothing is new: docs/real-shops.md."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent_app.engines.joined.shop import JoinedShop
from agent_app.gateway import config
from agent_app.gateway.real_shops import joined
from tests.bench.figures import Figure
from tests.bench.storm import states
from tests.engines.real import storming
from tests.engines.real.__main__ import NAMES
from tests.engines.real.proxy import FaultProxy, Passed
from tests.engines.real.trade import Way
from tests.promises.real_session import configuration, real_shop, trade_of

NAME = "poll"
SUMMARY = "following a real shop that has nothing new: requests and bytes, against a full scan"
_POLLS = 10
_QUIET_S = 65.0
"""A shop lists what is younger than a minute again: rows may be committed late."""
_LARGEST = 2_000
"""Bytes of an answer that holds no order."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench poll` takes."""
    parser.add_argument("--shop", choices=NAMES, help="only this one; else all that are up")
    parser.add_argument("--orders", type=int, default=1_000, help="at least so many in the shop")


def run(options: argparse.Namespace) -> list[Figure]:
    """Fill the shop, read it once, and count what asking again costs."""
    figures = []
    for name, state in states(options.shop).items():
        figures += _figures(name, state, options.orders)
    return figures


def _figures(name: str, state: Any, orders: int) -> list[Figure]:
    trade = trade_of(name, state)
    try:
        with FaultProxy(str(state["url"])) as shop, TemporaryDirectory() as folder:
            with _connected({**state, "url": shop.url}, Path(folder)) as engine:
                have, _ = _scan(engine, None)
                storming.make_all(trade, [Way.HEALTHY] * max(0, orders - have))
            with _connected({**state, "url": shop.url}, Path(folder)) as engine:
                return _counted(name, engine, shop.take)
    finally:
        trade.close()


def _counted(name: str, engine: JoinedShop, take: Callable[[], list[Passed]]) -> list[Figure]:
    take()
    begun = time.monotonic()
    have, cursor = _scan(engine, None)
    scan_s, scan = time.monotonic() - begun, take()
    time.sleep(_QUIET_S)
    _, cursor = _scan(engine, cursor)
    take()
    polls: list[list[Passed]] = []
    for _ in range(_POLLS):
        page = engine.changes(cursor, 200)
        assert not page.readings, "somebody changes the shop meanwhile"
        cursor = page.cursor
        polls.append(take())
    requests = max(len(poll) for poll in polls)
    largest = max(passed.answered for poll in polls for passed in poll)
    poll_bytes = sum(p.answered for poll in polls for p in poll) / _POLLS
    whole, body = sum(p.answered for p in scan), max(p.answered for p in scan)
    return [
        Figure(f"{name}: orders and carts read", have, "orders"),
        Figure("  full scan: requests", len(scan), "requests"),
        Figure("  full scan: answers", whole / 1024, "KiB"),
        Figure("  full scan: time", scan_s, "s"),
        Figure.at_most(
            "  nothing new: requests of a poll", requests, "requests", 1, peer=len(scan)
        ),
        Figure.at_most("  nothing new: largest answer", largest, "bytes", _LARGEST),
        Figure("  a scan is so many polls (bytes)", whole / poll_bytes, ""),
        Figure.at_least("control: a scan's largest answer", body, "bytes", _LARGEST + 1),
    ]


def _connected(state: Any, folder: Path) -> contextlib.closing[JoinedShop]:
    file = folder / "gateway.toml"
    file.write_text(configuration(folder, [real_shop(str(state["name"]), state)]), "utf-8")
    shop = config.load(file).shops[0]
    return contextlib.closing(joined(shop, lambda: datetime.now(UTC), {}))


def _scan(engine: JoinedShop, cursor: str | None) -> tuple[int, str]:
    """Read until two pages in a row bring nothing: a shop's lists may take turns."""
    seen, quiet = set(), 0
    while quiet < 2:
        page = engine.changes(cursor, 200)
        seen |= {r.order.ref for r in page.readings if r.order is not None}
        cursor = page.cursor
        quiet = 0 if page.more or page.readings else quiet + 1
    assert cursor is not None
    return len(seen), cursor
