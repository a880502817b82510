"""The desk in a bad network: no wrong effect of its clicks, and a Qt thread that never waits."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from agent_app.domain.roles import Role
from tests.bench.figures import Figure
from tests.desk.faults.clicking import (
    FAULTS,
    LATE_S,
    Report,
    clicked,
    gateway,
    held_back,
    known_cases,
)
from tests.desk.faults.hearts import Heart, sitting
from tests.desk.faults.proxy import Fault, FaultyNetwork

NAME = "desk-faults"
SUMMARY = "loss, resets, silence, drips, duplicates, late arrivals between desk and gateway"
_CONTROL = 400
_TARGET_MS = 100.0
_RATIO = 2.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench desk-faults` takes."""
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261123)


def run(options: argparse.Namespace) -> list[Figure]:
    """Click through the faults beside a desk that works, and let the controls go wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="agent-app-faults-") as place,
        gateway(Path(place)) as world,
        FaultyNetwork(world.gateway, FAULTS, late_s=LATE_S, seed=options.seed) as network,
    ):
        folder = Path(place)
        token = world.token_files[Role.SENIOR]
        with (
            sitting(network.url, token, folder / "bare", [], "--bare") as bare,
            sitting(network.url, token, folder / "desk", known_cases(world)) as desk,
        ):
            report = clicked(world, options.requests, seed=options.seed, network=network)
        control = clicked(world, _CONTROL, seed=options.seed + 1, key_per_sending=True)
        late = held_back(world)
        network.set({Fault.LATE: 1.0})
        network.late_s = LATE_S
        with sitting(network.url, token, folder / "block", known_cases(world), "--block") as block:
            network.wait_for(Fault.LATE, network.counted[Fault.LATE.value] + 12)
    with (
        tempfile.TemporaryDirectory(prefix="agent-app-faults-") as place,
        gateway(Path(place), keeps_refusals=False) as forgetful,
    ):
        late_control = held_back(forgetful)
    assert bare.heart is not None
    assert desk.heart is not None
    assert block.heart is not None
    return [
        *_clicks(report),
        Figure.at_least(
            "  control: a key for each sending, done twice", len(control.repeated), "clicks", 1
        ),
        Figure("refused, a copy held back until the reason was gone", late.clicks["refused"], ""),
        Figure.at_most("  done by the copy", len(late.unasked), "clicks", 0, limit=0),
        Figure.at_least(
            "  control: a gateway that forgets refusals, done",
            len(late_control.unasked),
            "clicks",
            1,
        ),
        *_hearts(desk.heart, bare.heart),
        Figure.at_least(
            "  control: asked on the Qt thread, held up", block.heart.longest_ms, "ms", 900 * LATE_S
        ),
    ]


def _clicks(report: Report) -> list[Figure]:
    for sentence in (*report.odd, *report.repeated, *report.missing, *report.unasked)[:10]:
        print(f"  {sentence}")
    faults = sum(count for fault, count in report.faults.items() if fault != "unharmed")
    return [
        Figure("requests", report.requests, "requests"),
        Figure("  per second", report.requests / report.seconds, "1/s"),
        Figure("  met by a fault", faults, "requests"),
        *(Figure(f"    {fault.value}", report.faults[fault.value], "") for fault in FAULTS),
        Figure("  clicks answered", report.clicks["answered"], "clicks"),
        Figure("  refused", report.clicks["refused"], "clicks"),
        Figure("  given up after twelve tries", report.clicks["given up"], "clicks"),
        Figure.at_most("  answered, and not done", len(report.missing), "clicks", 0, limit=0),
        Figure.at_most("  done twice", len(report.repeated), "clicks", 0, limit=0),
        Figure.at_most("  refused, and done", len(report.unasked), "clicks", 0, limit=0),
        Figure.at_most("  errors of no known kind", len(report.odd), "", 0, limit=0),
    ]


def _hearts(desk: Heart, bare: Heart) -> list[Figure]:
    return [
        Figure("a desk at work meanwhile", desk.seconds, "s"),
        Figure("  beats of its Qt thread", desk.beats, "beats"),
        Figure.at_most(
            "  held up at the longest", desk.longest_ms, "ms",
            # On a busy machine a program that only computes as much is late, too.
            max(_TARGET_MS, _RATIO * bare.longest_ms), limit=bare.longest_ms,
        ),
        Figure.at_most("  computing itself at the longest", desk.busy_ms, "ms", _TARGET_MS),
        Figure("  over 100 ms", desk.late[2], "beats", limit=bare.late[2]),
    ]  # fmt: skip
