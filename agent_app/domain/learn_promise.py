"""Learn a `PromisePolicy` from order histories; method and figures: docs/flags.md.

Pure and deterministic, seconds for some thousand orders. The history shop calls `learn` on what it
may see, the benchmark on the first half of the histories.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_app.domain.additive import fit_points
from agent_app.domain.lanes import AGES, SLOWEST_DAYS, Asked, Early, Placed, choose_lanes
from agent_app.domain.order import PaymentMethod
from agent_app.domain.promise import (
    DEFAULT_POLICY,
    LATE_AFTER_DAYS,
    PointTable,
    PromiseFacts,
    PromisePolicy,
    Scale,
    Trait,
    traits_of,
)

TARGET_PRECISION = 0.2
MIN_UNRETURNED, MIN_RETURNED = 30, 200
"""With fewer of either, an outcome says more about chance than about the shop: defaults."""
MIN_PER_METHOD = 10
"""Never-approved orders that a method must have shown for an age of its own."""
APPROVAL_ODDS = 1.0
"""Right to wrong flags of a missing approval: it costs little to wait, so evens are asked."""
_FOLDS = 8
_UNPROMISED_CAUTION = 1.15
"""Where no promise confirms the flag, more right flags per wrong one are asked."""
_UNPROMISED_TRAITS = (
    Trait.ESTIMATE_DAYS,
    Trait.AMOUNT,
    Trait.APPROVAL_DAYS,
    Trait.APPROVED_WEEKDAY,
)
_PROMISED_TRAITS = (*_UNPROMISED_TRAITS, Trait.PROMISE_DAYS, Trait.SELLER_PACE)
_QUANTILES = {
    Trait.PROMISE_DAYS: tuple(i / 12 for i in range(1, 12)),
    Trait.APPROVAL_DAYS: (0.5, 0.65, 0.75, 0.83, 0.9, 0.95),
}
_USUAL_QUANTILES = tuple(i / 7 for i in range(1, 7))


@dataclass(frozen=True, slots=True)
class HistoryOutcome:
    """One past order: what was known when it was approved, and how it ended.

    `weight` is how many orders of the shop this one stands for in a stratified sample.
    """

    facts: PromiseFacts
    handed_over_at: datetime | None
    unreturned: bool
    weight: float = 1.0

    @property
    def handover_days(self) -> float:
        """Return days from purchase to the carrier; infinite when it never got there."""
        return _days_since_purchase(self.facts, self.handed_over_at)

    @property
    def approval_days(self) -> float:
        """Return days from purchase to approval; infinite when it was never approved."""
        return _days_since_purchase(self.facts, self.facts.approved_at)


def _days_since_purchase(facts: PromiseFacts, at: datetime | None) -> float:
    return math.inf if at is None else (at - facts.purchased_at).total_seconds() / 86400.0


@dataclass(frozen=True, slots=True)
class _Case:
    """An approved order while learning: its traits, and what it weighs as find or false alarm."""

    traits: dict[Trait, float | None]
    handover_days: float
    unreturned: bool
    weight: float


def learn(
    histories: Sequence[HistoryOutcome],
    target_precision: float = TARGET_PRECISION,
    slowest_days: float = SLOWEST_DAYS,
) -> PromisePolicy:
    """Learn when to flag, so that flags keep `target_precision` on the orders that come next.

    Too few outcomes give `DEFAULT_POLICY`. The unreturned share of the future is not known; where
    it fell through the histories it is taken to go on falling (see `expected_fall`).

    Raises:
        ValueError: `target_precision` is not between 0 and 1.
    """
    if not 0 < target_precision < 1:
        raise ValueError(f"target precision {target_precision} is not between 0 and 1")
    past = sorted(histories, key=lambda h: h.facts.purchased_at)
    unreturned = sum(h.unreturned for h in past)
    if unreturned < MIN_UNRETURNED or len(past) - unreturned < MIN_RETURNED:
        return DEFAULT_POLICY
    odds = target_precision / (1 - target_precision) * expected_fall(past)
    prior = DEFAULT_POLICY.seller_prior_orders
    share = _late_share(past)
    approved = [h for h in past if h.facts.approved_at is not None]
    shown = [h for h in approved if h.facts.promised_ship_by is not None]
    cases = [_case(h, prior, share, 1.0) for h in approved]
    # Unreturned orders whose rows are gone are taken to be like those whose rows are there.
    finds = sum(h.unreturned for h in approved) / max(1, sum(h.unreturned for h in shown))
    by_method, otherwise = _approval_ages(past, APPROVAL_ODDS * expected_fall(past))
    early = _early(past, dict(by_method), otherwise)
    asked = Asked(odds, early, slowest_days)
    unpromised = _learn_scale(
        cases, _UNPROMISED_TRAITS, replace(asked, odds=_UNPROMISED_CAUTION * odds)
    )
    promised = _learn_scale([_case(h, prior, share, finds) for h in shown], _PROMISED_TRAITS, asked)
    return replace(
        DEFAULT_POLICY,
        approval_days=by_method,
        approval_days_else=otherwise,
        promised=promised or unpromised or DEFAULT_POLICY.promised,
        unpromised=unpromised or DEFAULT_POLICY.unpromised,
        seller_prior_share=share,
        learnt_from=len(past),
    )


def expected_fall(past: Sequence[HistoryOutcome]) -> float:
    """Return by what factor unreturned orders may become rarer, at least 1 and at most 2.

    That is how much rarer they became from the oldest to the newest quarter of the histories
    (ordered by purchase): what happened once may happen again. A rise is
    not trusted, and a shop that falls faster than by half must learn anew.
    """
    quarter = max(1, len(past) // 4)
    oldest, newest = _unreturned_share(past[:quarter]), _unreturned_share(past[-quarter:])
    return min(2.0, max(1.0, oldest / newest)) if newest else 2.0


def _unreturned_share(part: Sequence[HistoryOutcome]) -> float:
    return sum(h.weight for h in part if h.unreturned) / sum(h.weight for h in part)


def with_seller_pace(
    histories: Sequence[HistoryOutcome], sellers: Sequence[str | None]
) -> list[HistoryOutcome]:
    """Return the histories with each seller's pace as it was known when the order was placed.

    An earlier order counts from the moment at which it was in time or late for certain, that is
    `LATE_AFTER_DAYS` after its own purchase. Weights are scaled so that a full order counts one.
    """
    full = max((h.weight for h in histories), default=1.0)
    order = sorted(range(len(histories)), key=lambda i: histories[i].facts.purchased_at)
    counts: dict[str, tuple[float, float]] = {}
    result = list(histories)
    settled = 0
    for i in order:
        placed = histories[i].facts.purchased_at
        while True:
            j = order[settled]
            known = histories[j].facts.purchased_at + timedelta(days=LATE_AFTER_DAYS)
            if known > placed:
                break
            settled += 1
            seller = sellers[j]
            if seller is not None:
                orders, late = counts.get(seller, (0.0, 0.0))
                weight = histories[j].weight / full
                is_late = histories[j].handover_days > LATE_AFTER_DAYS
                counts[seller] = (orders + weight, late + weight * is_late)
        orders, late = counts.get(sellers[i] or "", (0.0, 0.0))
        facts = replace(histories[i].facts, seller_orders=orders, seller_late=late)
        result[i] = replace(histories[i], facts=facts)
    return result


def _late_share(past: Sequence[HistoryOutcome]) -> float:
    returned = [h for h in past if not h.unreturned]
    late = sum(h.weight for h in returned if h.handover_days > LATE_AFTER_DAYS)
    return late / sum(h.weight for h in returned)


def _case(h: HistoryOutcome, prior: float, share: float, finds: float) -> _Case:
    weight = h.weight * (finds if h.unreturned else 1.0)
    return _Case(traits_of(h.facts, prior, share), h.handover_days, h.unreturned, weight)


def _early(
    past: Sequence[HistoryOutcome], by_method: dict[PaymentMethod, float], otherwise: float
) -> Early:
    """Weigh what the missing approvals already flag, before any promise runs."""
    finds = alarms = 0.0
    for h in past:
        if h.approval_days > by_method.get(h.facts.method, otherwise):
            finds += h.weight * h.unreturned
            alarms += h.weight * (not h.unreturned)
    return Early(finds, alarms)


def _learn_scale(cases: Sequence[_Case], traits: Sequence[Trait], asked: Asked) -> Scale | None:
    """Learn points on orders that came back, and lanes with points of parts left out."""
    returned = [c for c in cases if not c.unreturned]
    if len(returned) < MIN_RETURNED or len(returned) == len(cases):
        return None
    edges = {t: _edges(t, [c.traits[t] for c in returned]) for t in traits}
    placed: list[Placed] = []
    for part, rest in _parts(cases):
        scale = _fit(rest, edges)
        placed.extend(
            Placed(scale.points(c.traits), c.handover_days, c.unreturned, c.weight) for c in part
        )
    lanes = choose_lanes(placed, asked)
    return replace(_fit(cases, edges), lanes=lanes)


def _parts(cases: Sequence[_Case]) -> Iterator[tuple[Sequence[_Case], Sequence[_Case]]]:
    size = len(cases) / _FOLDS
    for i in range(_FOLDS):
        start, end = round(i * size), round((i + 1) * size)
        yield cases[start:end], [*cases[:start], *cases[end:]]


def _edges(trait: Trait, values: Sequence[float | None]) -> tuple[float, ...]:
    if trait is Trait.APPROVED_WEEKDAY:
        return tuple(d + 0.5 for d in range(6))
    known = sorted(v for v in values if v is not None)
    if not known:
        return ()
    step = 0.5 if trait is Trait.PROMISE_DAYS else 0.0
    cuts = set()
    for q in _QUANTILES.get(trait, _USUAL_QUANTILES):
        value = known[min(len(known) - 1, int(q * len(known)))]
        # Promises are whole days: a cut between them, so that one day is not two classes.
        cuts.add(math.floor(value) + step if step else value)
    return tuple(sorted(cuts))


def _fit(cases: Sequence[_Case], edges: dict[Trait, tuple[float, ...]]) -> Scale:
    returned = [c for c in cases if not c.unreturned]
    mean = sum(c.weight for c in returned) / len(returned)
    offsets, width = {}, 0
    for trait, cuts in edges.items():
        offsets[trait] = width
        width += len(cuts) + 1
    rows = [
        tuple(
            offsets[t] + bisect_right(cuts, v)
            for t, cuts in edges.items()
            if (v := c.traits[t]) is not None
        )
        for c in returned
    ]
    base, points = fit_points(
        rows,
        [c.handover_days > LATE_AFTER_DAYS for c in returned],
        [c.weight / mean for c in returned],
        width,
    )
    tables = tuple(
        PointTable(t, cuts, tuple(points[offsets[t] : offsets[t] + len(cuts) + 1]))
        for t, cuts in edges.items()
    )
    return Scale(base, tables, ())


def _approval_ages(
    past: Sequence[HistoryOutcome], odds: float
) -> tuple[tuple[tuple[PaymentMethod, float], ...], float]:
    """Learn per method from which age on a missing approval means an unreturned order."""
    overall = _approval_age(past, odds)
    ages = []
    for method in PaymentMethod:
        own = [h for h in past if h.facts.method is method]
        never = sum(h.unreturned and h.facts.approved_at is None for h in own)
        if never >= MIN_PER_METHOD:
            ages.append((method, _approval_age(own, odds)))
    return tuple(ages), overall


def _approval_age(past: Sequence[HistoryOutcome], odds: float) -> float:
    never = sum(h.weight for h in past if h.unreturned and h.facts.approved_at is None)
    late = [(h.approval_days, h.weight) for h in past if not h.unreturned]
    for age in AGES:
        if never >= odds * sum(weight for days, weight in late if days > age):
            return age
    return SLOWEST_DAYS
