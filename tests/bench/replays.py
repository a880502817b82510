"""Requests repeated thousands of times: one answer, one effect, both databases: docs/kills.md."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, Skip
from tests.kills.nest import CAN_FORK
from tests.kills.replays import Answers, burst, flagged, opened, replay
from tests.postgres import NoPostgresError, server

NAME = "replays"
SUMMARY = "changing requests asked again under their keys, of two processes where there are two"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench replays` takes."""
    parser.add_argument("--replays", type=int, default=10_000, help="on each database")


def run(options: argparse.Namespace) -> list[Figure]:
    """Repeat, and let the control go wrong."""
    if not CAN_FORK:
        raise Skip("this system does not fork processes")
    try:
        address = server().database()
    except NoPostgresError as problem:
        raise Skip(str(problem)) from problem
    figures = []
    with tempfile.TemporaryDirectory(prefix="agent-app-replays-") as folder:
        for name, where, gateways in (
            ("sqlite", Path(folder) / "sqlite" / "gateway.db", 1),
            ("postgresql, two processes", address, 2),
        ):
            at = Path(folder) / name[:6]
            at.mkdir()
            with opened(at, where, gateways) as (desks, site):
                answers = replay(desks, site, options.replays)
                burst(desks, site, options.replays // 20, answers)
            figures += _figures(name, answers)
        at = Path(folder) / "control"
        at.mkdir()
        with opened(at, at / "gateway.db", 1, ["forgetful_of_keys"]) as (desks, site):
            flagged(desks, site.shop, 1)
            forgetful = Answers()
            burst(desks, site, 5, forgetful)
    wrong = len(forgetful.wrong) + len(forgetful.effects)
    return [*figures, Figure.at_least("control: keys forgotten, wrong", wrong, "answers", 1)]


def _figures(name: str, answers: Answers) -> list[Figure]:
    for sentence in (*answers.wrong, *answers.effects)[:10]:
        print(f"  {sentence}")
    return [
        Figure(f"{name}: repeats", answers.replays, "requests"),
        Figure("  with another body", answers.changed, "requests"),
        Figure("  new ones, four times at once", answers.bursts, "requests"),
        Figure("  told that it still runs", answers.in_progress, "requests"),
        Figure("  per second", (answers.replays + answers.changed) / answers.seconds, "1/s"),
        Figure.at_most("  answered otherwise", len(answers.wrong), "requests", 0, limit=0),
        Figure.at_most("  done again", len(answers.effects), "", 0, limit=0),
    ]
