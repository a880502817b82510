"""Judge flag rules on order histories, each order at its own flag moment; for bench and tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from agent_app.domain.learn_promise import HistoryOutcome, with_seller_pace
from agent_app.domain.promise import PromiseFacts, PromisePolicy, without_shop_rows
from agent_app.engines.history.orders import Status, read_folder

FOLDER = Path(
    os.environ.get("AGENT_APP_ORDERS")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data" / "olist"
)
DELIVERED_WEIGHT = 96_478 / 5_172
"""The histories hold every stuck order and 5,172 of 96,478 delivered ones (their README)."""
PRECISION, RECALL, EARLIER = 0.2, 0.95, 0.20
_FOR_EVER = datetime.max.replace(tzinfo=UTC)
Rule = Callable[[PromiseFacts], datetime]


@dataclass(frozen=True, slots=True)
class Material:
    """The histories by purchase, and when the observation of them ends."""

    orders: tuple[HistoryOutcome, ...]
    observed_until: datetime

    @property
    def first_half(self) -> tuple[HistoryOutcome, ...]:
        return self.orders[: len(self.orders) // 2]

    @property
    def second_half(self) -> tuple[HistoryOutcome, ...]:
        return self.orders[len(self.orders) // 2 :]


@dataclass(frozen=True, slots=True)
class Judged:
    """How a rule did; days from purchase to flag are of the truly unreturned orders it found."""

    precision: float
    recall: float
    median_days: float
    mean_days: float
    p90_days: float

    @property
    def keeps_target(self) -> bool:
        return self.precision >= PRECISION and self.recall >= RECALL


def load(folder: Path = FOLDER) -> Material:
    past = read_folder(folder).orders
    weights = {Status.DELIVERED: DELIVERED_WEIGHT}
    orders = with_seller_pace([o.outcome(weights) for o in past], [o.seller for o in past])
    times = (t for o in past for t in (o.purchased_at, o.approved_at, o.carrier_at, o.delivered_at))
    return Material(tuple(orders), max(t for t in times if t))


def by_policy(policy: PromisePolicy) -> Rule:
    """Flag as the product does: what is known changes at the approval, not before."""

    def flag_at(facts: PromiseFacts) -> datetime:
        before = policy.flag_at(replace(facts, approved_at=None, promised_ship_by=None))
        if facts.approved_at is None or before < facts.approved_at:
            return before
        return policy.flag_at(facts)

    return flag_at


def one_threshold(days: float) -> Rule:
    """Flag `days` after approval, after purchase where none ever came.

    Generous to the peer: before a late approval it already knows that one will come.
    """
    wait = timedelta(days=days)
    return lambda facts: (facts.approved_at or facts.purchased_at) + wait


def judge(rule: Rule, orders: Sequence[HistoryOutcome], observed_until: datetime) -> Judged:
    """Count the orders that were not with the carrier when the rule flagged them."""
    right = wrong = 0.0
    days = []
    for order in orders:
        at = rule(order.facts)
        sent = order.handed_over_at is not None and order.handed_over_at <= at
        if sent or at > observed_until:
            continue
        if order.unreturned:
            right += order.weight
            days.append((at - order.facts.purchased_at) / timedelta(days=1))
        else:
            wrong += order.weight
    days.sort()
    return Judged(
        precision=right / (right + wrong) if right else 0.0,
        recall=len(days) / max(1, sum(o.unreturned for o in orders)),
        median_days=median(days) if days else float("inf"),
        mean_days=sum(days) / len(days) if days else float("inf"),
        p90_days=days[int(0.9 * len(days))] if days else float("inf"),
    )


def best_threshold(orders: Sequence[HistoryOutcome]) -> tuple[float, Judged]:
    """Return the shortest single threshold that keeps the target on these very orders.

    Generous to the peer: chosen on what it is judged on, and its flags count even after the end
    of the observation.
    """
    for hundredths in range(100, 3000):
        judged = judge(one_threshold(hundredths / 100), orders, _FOR_EVER)
        if judged.keeps_target:
            return hundredths / 100, judged
    raise ValueError("no single threshold keeps the target")


def rows_hidden(orders: Sequence[HistoryOutcome]) -> list[HistoryOutcome]:
    """Take the item rows away from every order."""
    return [replace(o, facts=without_shop_rows(o.facts)) for o in orders]


def half_hidden(orders: Sequence[HistoryOutcome], seed: int = 1) -> list[HistoryOutcome]:
    """Take the item rows away from every other order, at random."""
    random = Random(seed)
    hidden = rows_hidden(orders)
    return [h if random.random() < 0.5 else o for h, o in zip(hidden, orders, strict=True)]
