"""Real desks killed around "send" while they work: docs/desk-offline.md, promises.md 4."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, Skip
from tests.kills.desk_loop import Report
from tests.kills.desk_loop import run as run_loop
from tests.kills.nest import CAN_FORK

NAME = "kill-desk"
SUMMARY = "kill -9 of the real desk while it clicks: lost, done twice, wrong after the start"
_SEED = 20261123
_SHOWN_S = 2.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench kill-desk` takes."""
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--desks", type=int, default=2, help="side by side")
    parser.add_argument("--seed", type=int, default=_SEED)


def run(options: argparse.Namespace) -> list[Figure]:
    """Kill, judge, and let both controls go wrong."""
    if not CAN_FORK:
        raise Skip("this system does not fork processes")
    with tempfile.TemporaryDirectory(prefix="agent-app-kill-desk-") as name:
        folder = Path(name)

        def of(what: str) -> Path:
            (folder / what).mkdir()
            return folder / what

        report = run_loop(of("desks"), options.kills, options.desks, options.seed)
        fewer = max(options.kills // 15, 20)
        new_keys = run_loop(of("keys"), fewer, options.desks, options.seed, "new_keys")
        early = run_loop(of("early"), fewer, options.desks, options.seed, "early")
    for line in (*report.lost, *report.doubled, *report.wrong)[:20]:
        print(line, flush=True)
    return [*_figures(report), *_controls(new_keys, early)]


def _figures(report: Report) -> list[Figure]:
    shown = sorted(report.shown_s)
    # Of a machine that other work overloads, single starts tell nothing; wrong ones always do.
    most = shown[len(shown) * 95 // 100] if shown else 0.0
    return [
        Figure("kills", report.kills, "kills"),
        Figure("  per second", report.kills / report.seconds, "1/s", peer=1.5),
        Figure("  right after a click was kept", report.sent_after_a_kill, "kills"),
        Figure("clicks kept", sum(report.kept.values()), "clicks"),
        Figure("  notes", report.kept["note"], "clicks"),
        Figure("  actions", report.kept["act"], "clicks"),
        Figure("  refused by the gateway, and told", report.refused, "clicks"),
        Figure("  left to the person", sum(report.left.values()), "clicks"),
        Figure.at_most("  lost", len(report.lost), "", 0, limit=0, peer=0),
        Figure.at_most("  done twice", len(report.doubled), "", 0, limit=0, peer=0),
        Figure("starts that had something to show", len(shown) + len(report.wrong), "starts"),
        Figure.at_most("  never right", len(report.wrong), "starts", 0, limit=0),
        Figure.at_most("  right after the window showed, 95 of 100", most, "s", _SHOWN_S),
        Figure("  median", shown[len(shown) // 2] if shown else 0.0, "s"),
        Figure("  slowest", shown[-1] if shown else 0.0, "s"),
    ]


def _controls(new_keys: Report, early: Report) -> list[Figure]:
    return [
        Figure.at_least(
            f"control, {new_keys.kills} kills: a key made anew after the start: done twice",
            len(new_keys.doubled), "clicks", 1,
        ),
        Figure.at_least(
            f"control, {early.kills} kills: acknowledged before it was written: lost",
            len(early.lost), "clicks", 1,
        ),
    ]  # fmt: skip
