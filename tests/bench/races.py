"""Two people at the same click on both databases: one wins, the other is told who; one refund."""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from tests import postgres
from tests.bench.figures import Figure, Skip
from tests.gateway import racing
from tests.gateway.racing import Ring, Tally

NAME = "races"
SUMMARY = "two agents claim, two leads approve at the same moment: exactly one wins, one refund"
_HTTP_SHARE = 10
_CONTROLS = 200


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench races` takes."""
    parser.add_argument("--rounds", type=int, default=10_000, help="claims of each database")
    parser.add_argument("--approvals", type=int, default=1_000, help="of each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")


def run(options: argparse.Namespace) -> list[Figure]:
    """Race, count, and let the controls go wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures: list[Figure] = []
    for name in [options.database] if options.database else ["sqlite", "postgresql"]:
        figures += _on(name, options.rounds, options.approvals)
    return figures


def _on(name: str, rounds: int, approvals: int) -> list[Figure]:
    http = max(1, rounds // _HTTP_SHARE), max(1, approvals // _HTTP_SHARE)
    claims, claiming_s = _race(name, lambda ring: racing.claim_races(ring, rounds))
    paid, _ = _race(name, lambda ring: racing.double_approvals(ring, approvals))
    far_claims, _ = _race(name, lambda ring: _claims_over_http(ring, http[0]))
    far_paid, _ = _race(name, lambda ring: _approvals_over_http(ring, http[1]))
    no_lock, _ = _race(
        name, lambda ring: racing.claim_races(ring, _CONTROLS, racing.unguarded_claim)
    )
    no_check, _ = _race(
        name, lambda ring: racing.double_approvals(ring, _CONTROLS, racing.unguarded_approval)
    )
    wrong = no_check.rounds - no_check.one_winner
    return [
        Figure.at_least(f"{name}: claims with one winner", claims.one_winner, "", rounds),
        Figure.at_least("  the loser is told who", claims.loser_knows, "", rounds),
        Figure("  time of a race", 1000 * claiming_s / rounds, "ms"),
        Figure.at_least("  over HTTP", far_claims.loser_knows, "", http[0]),
        Figure.at_least("approvals with one winner", paid.one_winner, "", approvals),
        Figure.at_least("  the loser is told who", paid.loser_knows, "", approvals),
        Figure.at_least("  refunds paid exactly once", paid.paid_once, "", approvals),
        Figure.at_least("  over HTTP", far_paid.loser_knows, "", http[1]),
        Figure.at_least("  refunds paid exactly once", far_paid.paid_once, "", http[1]),
        Figure.at_least(
            f"control: two winners in {_CONTROLS} unguarded claims",
            no_lock.rounds - no_lock.one_winner,
            "",
            1,
        ),
        Figure.at_least(f"control: two in {_CONTROLS} unguarded approvals", wrong, "", 1),
        Figure.at_least("  refunds paid twice", no_check.paid_twice, "", 1),
    ]


def _claims_over_http(ring: Ring, rounds: int) -> Tally:
    with racing.over_http(ring, racing.CLAIM) as click:
        return racing.claim_races(ring, rounds, click)


def _approvals_over_http(ring: Ring, rounds: int) -> Tally:
    with racing.over_http(ring, racing.APPROVAL, racing.APPROVED) as click:
        return racing.double_approvals(ring, rounds, click)


def _race(name: str, races: Callable[[Ring], Tally]) -> tuple[Tally, float]:
    with tempfile.TemporaryDirectory(prefix="agent-app-races-") as folder:
        place: Path | str = Path(folder) / "gateway.db"
        if name == "postgresql":
            try:
                place = postgres.server().database()
            except postgres.NoPostgresError as error:
                raise Skip(str(error)) from error
        with racing.ring(place, Path(folder)) as ring:
            begun = time.perf_counter()
            tally = races(ring)
            return tally, time.perf_counter() - begun
