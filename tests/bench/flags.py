"""How much earlier the learnt promise flags unreturned orders than the best single threshold.

Learnt on the first half of real histories by purchase, judged on the second: docs/flags.md.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from agent_app.domain.learn_promise import learn
from agent_app.domain.promise import Lane, PromisePolicy, Scale
from tests.bench.figures import Figure, Skip
from tests.bench.flag_judge import (
    EARLIER,
    FOLDER,
    PRECISION,
    RECALL,
    Judged,
    best_threshold,
    by_policy,
    half_hidden,
    judge,
    load,
    rows_hidden,
)

NAME = "flags"
SUMMARY = "days from purchase to flag, learnt promise against one threshold for all orders"
EVEN_DAYS = 12.0


def run() -> list[Figure]:
    """Learn on the first half, judge on the second, with the stress tests of docs/flags.md."""
    if not FOLDER.is_dir():
        raise Skip(f"no order histories in {FOLDER} (set AGENT_APP_ORDERS)")
    material = load()
    first, second, until = material.first_half, material.second_half, material.observed_until
    policy = learn(first)
    rule = by_policy(policy)
    days, peer = best_threshold(second)
    ours = judge(rule, second, until)
    hidden = judge(rule, rows_hidden(second), until)
    half = judge(rule, half_hidden(second), until)
    shown = [
        o for o in second if o.facts.promised_ship_by is not None or o.facts.approved_at is None
    ]
    with_rows = judge(rule, shown, until)
    even = judge(by_policy(learn(first, slowest_days=EVEN_DAYS)), second, until)
    coin = judge(by_policy(_tossed(policy)), second, until)
    before, (_, peer_before) = judge(rule, first, until), best_threshold(first)
    earlier = 100 * (1 - ours.median_days / peer.median_days)
    p, r = peer.precision, peer.recall
    return [
        Figure.at_least("median flag earlier than peer", earlier, "%", 100 * EARLIER),
        Figure("  median days to flag", ours.median_days, "d", peer=peer.median_days),
        Figure("  mean days to flag", ours.mean_days, "d", peer=peer.mean_days),
        Figure("  90th percentile", ours.p90_days, "d", peer=peer.p90_days),
        Figure("  peer: days after approval", days, "d"),
        Figure.at_least("precision", ours.precision, "", PRECISION, peer=p, limit=1),
        Figure.at_least("recall", ours.recall, "", RECALL, peer=r, limit=1),
        Figure.at_least("precision, item rows hidden from all", hidden.precision, "", PRECISION),
        Figure.at_least("  recall", hidden.recall, "", RECALL),
        Figure("  median days to flag", hidden.median_days, "d", peer=peer.median_days),
        Figure.at_least("precision, hidden from half at random", half.precision, "", PRECISION),
        Figure("  median days to flag", half.median_days, "d", peer=peer.median_days),
        Figure("precision among orders with rows only", with_rows.precision, ""),
        *_told(f"slowest lane {EVEN_DAYS:g} days", even, peer),
        *_told("control: points shuffled", coin, peer),
        *_told("first half (learnt on)", before, peer_before),
    ]


def _told(name: str, judged: Judged, peer: Judged) -> list[Figure]:
    return [
        Figure(f"{name}: median", judged.median_days, "d", peer=peer.median_days),
        Figure("  mean", judged.mean_days, "d", peer=peer.mean_days),
        Figure("  precision", judged.precision, "", peer=peer.precision),
    ]


def _tossed(policy: PromisePolicy, seed: int = 1) -> PromisePolicy:
    """Return the policy with its points torn off their meaning: the tables shuffled."""
    random = Random(seed)

    def toss(scale: Scale) -> Scale:
        tables = tuple(
            replace(t, points=tuple(random.sample(t.points, len(t.points)))) for t in scale.tables
        )
        return replace(scale, tables=tables)

    return replace(policy, promised=toss(policy.promised), unpromised=toss(policy.unpromised))


def halved(policy: PromisePolicy) -> PromisePolicy:
    """Return the policy with every age halved: the negative control of the precision check."""

    def half(scale: Scale) -> Scale:
        lanes = tuple(Lane(v.up_to_points, v.flag_days / 2) for v in scale.lanes)
        return replace(scale, lanes=lanes)

    return replace(policy, promised=half(policy.promised), unpromised=half(policy.unpromised))
