"""When an order of a slow shop counts as unreturned: the learnt rule F4 of shops that take days.

Pure: no I/O, no clock. `learn_promise` makes the policy from order histories, `flags` and the
benchmark ask it. What it may look at, and what never: docs/flags.md.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.domain.order import PaymentMethod

LATE_AFTER_DAYS = 5.0
"""A hand-over later than this after the purchase counts as late, for pace and points."""
NO_LIMIT = 1e9
"""Points that no order reaches: the bound of the last lane (JSON has no infinity)."""


class Trait(StrEnum):
    """What is known of an order by the time it is approved, and moves its flag."""

    PROMISE_DAYS = "promise_days"
    """Days from approval to the shop's own limit for handing it to the carrier."""
    ESTIMATE_DAYS = "estimate_days"
    """Days from approval to the delivery date that the customer was told."""
    AMOUNT = "amount"
    """Order value in minor units of the shop's currency."""
    APPROVAL_DAYS = "approval_days"
    """Days from purchase to approval."""
    APPROVED_WEEKDAY = "approved_weekday"
    """0 Monday to 6 Sunday: a weekend lies differently in the days that follow."""
    SELLER_PACE = "seller_pace"
    """Share of the seller's earlier orders that were handed over late."""


class Why(StrEnum):
    """Which rule sets the moment; the words are the desk's."""

    APPROVAL_OVERDUE = "approval_overdue"
    PROMISE_OVERDUE = "promise_overdue"
    HANDOVER_OVERDUE = "handover_overdue"
    """As PROMISE_OVERDUE, for an order whose shop showed us no promise."""


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """What is known of one order at one moment; later facts make later facts objects.

    `seller_orders` and `seller_late` count the seller's earlier orders whose hand-over was already
    known to be in time or late when this order was placed; they may be weighted.
    """

    method: PaymentMethod
    purchased_at: datetime
    approved_at: datetime | None = None
    promised_ship_by: datetime | None = None
    estimated_delivery_at: datetime | None = None
    amount_minor: int | None = None
    seller_orders: float = 0.0
    seller_late: float = 0.0


@dataclass(frozen=True, slots=True)
class PointTable:
    """Points of one trait: `points[i]` holds between `edges[i - 1]` and `edges[i]`."""

    trait: Trait
    edges: tuple[float, ...]
    points: tuple[float, ...]

    def at(self, value: float | None) -> float:
        """Return the points of the class that the value lies in; an unknown value has none."""
        return 0.0 if value is None else self.points[bisect_right(self.edges, value)]


@dataclass(frozen=True, slots=True)
class Lane:
    """Orders with at most `up_to_points` are flagged `flag_days` after purchase."""

    up_to_points: float
    flag_days: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Points that add up to the log-odds of a late hand-over, and the lanes they sort into."""

    base_points: float
    tables: tuple[PointTable, ...]
    lanes: tuple[Lane, ...]

    def points(self, traits: Mapping[Trait, float | None]) -> float:
        """Add up what speaks for a late hand-over."""
        return self.base_points + sum(t.at(traits.get(t.trait)) for t in self.tables)

    def lane(self, points: float) -> int:
        """Return the index of the lane; the last one takes what fits no other."""
        last = len(self.lanes) - 1
        return next((i for i, v in enumerate(self.lanes) if points <= v.up_to_points), last)


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """The learnt tables: when an order that is not with the carrier becomes a case.

    Ages are days since purchase. `promised` is for orders whose shop stated a limit, `unpromised`
    for the others and learnt as if no order had one, so that absence is never evidence.
    """

    approval_days: tuple[tuple[PaymentMethod, float], ...]
    approval_days_else: float
    promised: Scale
    unpromised: Scale
    seller_prior_orders: float = 4.0
    seller_prior_share: float = 0.15
    watch_factor: float = 0.6
    critical_factor: float = 1.5
    learnt_from: int = 0
    """Number of orders it was learnt from; 0: nothing was, these are the stated defaults."""

    def __post_init__(self) -> None:
        if not 0 < self.watch_factor <= 1 <= self.critical_factor:
            raise ValueError("a watch must not come after its flag, nor a critical before it")

    def watch_at(self, facts: PromiseFacts) -> datetime:
        """Return when the order is worth a silent look."""
        return self._at(facts, self.watch_factor)

    def flag_at(self, facts: PromiseFacts) -> datetime:
        """Return when the order becomes a case, going by these facts alone."""
        return self._at(facts, 1.0)

    def critical_at(self, facts: PromiseFacts) -> datetime:
        """Return when the case is among the loudest."""
        return self._at(facts, self.critical_factor)

    def why(self, facts: PromiseFacts) -> tuple[Why, dict[str, str]]:
        """Name the rule that sets the flag, and its figures, as codes for the desk to word."""
        if facts.approved_at is None:
            days = self._approval_days(facts.method)
            return Why.APPROVAL_OVERDUE, {"method": facts.method.value, "flag_days": f"{days:.2f}"}
        scale, traits = self._scale(facts)
        points = scale.points(traits)
        lane = scale.lane(points)
        heaviest = max(scale.tables, key=lambda t: abs(t.at(traits.get(t.trait))), default=None)
        params = {
            "flag_days": f"{scale.lanes[lane].flag_days:.2f}",
            "lane": f"{lane + 1}/{len(scale.lanes)}",
        }
        if heaviest is not None:
            params["late_percent"] = f"{100 / (1 + math.exp(-points)):.0f}"
            params["late_after_days"] = f"{LATE_AFTER_DAYS:g}"
            params["mostly"] = heaviest.trait.value
        if scale is self.promised and facts.promised_ship_by is not None:
            params["promised_ship_by"] = facts.promised_ship_by.isoformat()
            return Why.PROMISE_OVERDUE, params
        return Why.HANDOVER_OVERDUE, params

    def _at(self, facts: PromiseFacts, factor: float) -> datetime:
        if facts.approved_at is None:
            return facts.purchased_at + timedelta(days=factor * self._approval_days(facts.method))
        scale, traits = self._scale(facts)
        lane = scale.lanes[scale.lane(scale.points(traits))]
        # An approval that came later than the age itself: nobody could have handed it over yet.
        return max(facts.approved_at, facts.purchased_at + timedelta(days=factor * lane.flag_days))

    def _approval_days(self, method: PaymentMethod) -> float:
        return dict(self.approval_days).get(method, self.approval_days_else)

    def _scale(self, facts: PromiseFacts) -> tuple[Scale, dict[Trait, float | None]]:
        values = traits_of(facts, self.seller_prior_orders, self.seller_prior_share)
        return (self.unpromised if facts.promised_ship_by is None else self.promised), values


def traits_of(
    facts: PromiseFacts, prior_orders: float, prior_share: float
) -> dict[Trait, float | None]:
    """Return the traits of an approved order.

    A seller of whom little is known is taken to be near the prior share of late hand-overs.

    Raises:
        ValueError: the order is not approved, so its promise does not run yet.
    """
    approved = facts.approved_at
    if approved is None:
        raise ValueError("only an approved order has traits")
    orders = facts.seller_orders + prior_orders
    pace = (facts.seller_late + prior_orders * prior_share) / orders if orders > 0 else None
    return {
        Trait.PROMISE_DAYS: _days(approved, facts.promised_ship_by),
        Trait.ESTIMATE_DAYS: _days(approved, facts.estimated_delivery_at),
        Trait.AMOUNT: None if facts.amount_minor is None else float(facts.amount_minor),
        Trait.APPROVAL_DAYS: _days(facts.purchased_at, approved),
        Trait.APPROVED_WEEKDAY: float(approved.weekday()),
        Trait.SELLER_PACE: pace,
    }


def without_shop_rows(facts: PromiseFacts) -> PromiseFacts:
    """Return the facts as if the shop had shown no item rows: no limit and no seller."""
    return replace(facts, promised_ship_by=None, seller_orders=0.0, seller_late=0.0)


def _days(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 86400.0


DEFAULT_POLICY = PromisePolicy(
    approval_days=(
        (PaymentMethod.BANK_TRANSFER, 7.0),
        (PaymentMethod.CASH_VOUCHER, 7.0),
    ),
    approval_days_else=3.0,
    promised=Scale(0.0, (), (Lane(NO_LIMIT, 10.0),)),
    unpromised=Scale(0.0, (), (Lane(NO_LIMIT, 10.0),)),
)
"""Where no history is: a flag ten days after purchase (precision 0.34 on the public data set)."""
