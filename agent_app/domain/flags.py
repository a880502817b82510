"""Flag rules F1–F10: when an order counts as unreturned, and when to look at it again.

Pure: time is given, never read. The gateway asks `raise_flags` for an order that changed or fell
due, and `next_look` for when it falls due next, so that detection costs what moved and not what
exists. Thresholds: field.md 6.2; the ones learnt from histories: docs/flags.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from agent_app.domain.order import DeadlineKind, Order, PaymentMethod
from agent_app.domain.promise import PromiseFacts, PromisePolicy
from agent_app.domain.stage import ENDED_UNCONFIRMED, Stage, StageView
from agent_app.domain.truth import MONEY_HELD, NO_MONEY, PaymentTruth, Verdict


class FlagRule(StrEnum):
    """The rules of field.md 6.2."""

    SUBMITTING_TOO_LONG = "F1"
    NO_PAYMENT_ATTEMPT = "F2"
    PAYING_TOO_LONG = "F3"
    CAPTURED_UNCONFIRMED = "F4"
    MONEY_WITHOUT_ORDER = "F5"
    PAID_LABEL_WITHOUT_MONEY = "F6"
    PAID_TWICE = "F7"
    CAPTURED_AND_ENDED = "F8"
    REFUND_UNRESOLVED = "F9"
    DEADLINE_NEAR = "F10"


class Level(IntEnum):
    """How loud: watched orders are asked about silently, flagged ones become cases."""

    WATCH = 1
    FLAG = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Threshold:
    """Seconds from the rule's start until each level; None: the rule never gets there by time."""

    watch_s: float | None
    flag_s: float | None
    critical_s: float | None

    def at(self, level: Level) -> float | None:
        return {
            Level.WATCH: self.watch_s,
            Level.FLAG: self.flag_s,
            Level.CRITICAL: self.critical_s,
        }[level]


_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0

DEFAULTS: dict[FlagRule, Threshold] = {
    FlagRule.SUBMITTING_TOO_LONG: Threshold(2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE),
    FlagRule.NO_PAYMENT_ATTEMPT: Threshold(15 * _MINUTE, 60 * _MINUTE, 120 * _MINUTE),
    FlagRule.PAYING_TOO_LONG: Threshold(1 * _MINUTE, 10 * _MINUTE, 60 * _MINUTE),
    FlagRule.CAPTURED_UNCONFIRMED: Threshold(0, 2 * _MINUTE, 10 * _MINUTE),
    FlagRule.MONEY_WITHOUT_ORDER: Threshold(0, 2 * _MINUTE, 30 * _MINUTE),
    FlagRule.PAID_LABEL_WITHOUT_MONEY: Threshold(None, 0, 0),
    FlagRule.PAID_TWICE: Threshold(None, 0, 0),
    FlagRule.CAPTURED_AND_ENDED: Threshold(None, 0, 0),
    FlagRule.REFUND_UNRESOLVED: Threshold(5 * _MINUTE, 60 * _MINUTE, 3 * _DAY),
}
_SLOW_PAYING = Threshold(1 * _DAY, 5 * _DAY, 7 * _DAY)
"""A slip or transfer is paid in one to five days: asking after ten minutes floods the queue."""
DEADLINE_NEAR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class FlagPolicy:
    """Thresholds of one shop: defaults, per method where one differs, and a learnt promise."""

    by_rule: Mapping[FlagRule, Threshold] = field(default_factory=lambda: dict(DEFAULTS))
    by_method: Mapping[tuple[FlagRule, PaymentMethod], Threshold] = field(
        default_factory=lambda: {
            (rule, method): _SLOW_PAYING
            for rule in (FlagRule.PAYING_TOO_LONG, FlagRule.NO_PAYMENT_ATTEMPT)
            for method in PaymentMethod
            if method.is_asynchronous
        }
    )
    promise: PromisePolicy | None = None
    """For shops whose confirmation takes days: replaces the clocks of F2, F3 and F4."""

    def threshold(self, rule: FlagRule, method: PaymentMethod) -> Threshold:
        return self.by_method.get((rule, method)) or self.by_rule[rule]


@dataclass(frozen=True, slots=True)
class Flag:
    """One rule that holds, since when it could be seen, and how loud it is now."""

    rule: FlagRule
    level: Level
    since: datetime
    why: tuple[str, ...] = ()
    """For a learnt promise: the code of the rule that fired and its figures, for the screen."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the rules look at."""

    order: Order
    stage: StageView
    truth: PaymentTruth


@dataclass(frozen=True, slots=True)
class _Clock:
    """A rule that holds from `since`, and the moments at which it reaches each level."""

    rule: FlagRule
    since: datetime
    reaches: Mapping[Level, datetime]
    why: tuple[str, ...] = ()

    def level(self, now: datetime) -> Level | None:
        return max((level for level, at in self.reaches.items() if at <= now), default=None)


def raise_flags(watched: Watched, policy: FlagPolicy, now: datetime) -> tuple[Flag, ...]:
    """Return the rules that hold at `now`, loudest first; WATCH level included."""
    flags = [
        Flag(clock.rule, level, clock.since, clock.why)
        for clock in _clocks(watched, policy)
        if (level := clock.level(now)) is not None
    ]
    return tuple(sorted(flags, key=lambda f: (-f.level, f.since, f.rule)))


def next_look(watched: Watched, policy: FlagPolicy, now: datetime) -> datetime | None:
    """Return when the flags may next change by time alone; None: only news can change them."""
    return min(
        (at for clock in _clocks(watched, policy) for at in clock.reaches.values() if at > now),
        default=None,
    )


def is_unreturned(flags: tuple[Flag, ...]) -> bool:
    """Return whether the order belongs into the queue."""
    return any(f.level >= Level.FLAG for f in flags)


def _clocks(w: Watched, policy: FlagPolicy) -> Iterator[_Clock]:
    yield from _waiting(w, policy)
    yield from _money(w, policy)
    yield from _deadline(w)


def _timed(w: Watched, policy: FlagPolicy, rule: FlagRule, since: datetime) -> _Clock:
    threshold = policy.threshold(rule, w.order.method)
    reaches = {
        level: since + timedelta(seconds=seconds)
        for level in Level
        if (seconds := threshold.at(level)) is not None
    }
    return _Clock(rule, since, reaches)


def _promised(w: Watched, policy: PromisePolicy, rule: FlagRule, since: datetime) -> _Clock:
    paid_at = min((p.captured_at for p in w.truth.held if p.captured_at), default=None)
    facts = PromiseFacts(
        method=w.order.method,
        purchased_at=w.order.placed_at,
        approved_at=paid_at,
        promised_ship_by=w.order.promise.ship_by,
        estimated_delivery_at=w.order.promise.deliver_by,
        amount_minor=w.order.total.amount_minor,
        seller_orders=w.order.promise.seller_orders,
        seller_late=w.order.promise.seller_late,
    )
    code, params = policy.why(facts)
    reaches = {
        Level.WATCH: policy.watch_at(facts),
        Level.FLAG: policy.flag_at(facts),
        Level.CRITICAL: policy.critical_at(facts),
    }
    return _Clock(rule, since, reaches, (code, *(f"{k}={v}" for k, v in sorted(params.items()))))


def _waiting(w: Watched, policy: FlagPolicy) -> Iterator[_Clock]:
    """F1–F5: the order or its money waits for a next step that does not come."""
    stage, since = w.stage.stage, w.stage.since or w.order.placed_at
    held = w.truth.held
    if held and stage in {Stage.SUBMITTING, Stage.SUBMITTED, Stage.PAYING, Stage.PAID}:
        captured_at = held[0].captured_at or since
        if policy.promise is not None:
            yield _promised(w, policy.promise, FlagRule.CAPTURED_UNCONFIRMED, captured_at)
        else:
            yield _timed(w, policy, FlagRule.CAPTURED_UNCONFIRMED, captured_at)
    elif held and stage is Stage.ABSENT:
        yield _timed(w, policy, FlagRule.MONEY_WITHOUT_ORDER, held[0].captured_at or since)
    elif stage is Stage.SUBMITTING:
        yield _timed(w, policy, FlagRule.SUBMITTING_TOO_LONG, since)
    elif stage in {Stage.PAYING, Stage.PAID} or (
        w.truth.payments and stage in {Stage.ABSENT, Stage.SUBMITTED}
    ):
        yield _paying(w, policy, FlagRule.PAYING_TOO_LONG, since)
    elif stage is Stage.SUBMITTED:
        yield _paying(w, policy, FlagRule.NO_PAYMENT_ATTEMPT, since)
    elif stage is Stage.NOT_VISIBLE:
        # What we may not see is asked about like a submission that never came back.
        yield _timed(w, policy, FlagRule.SUBMITTING_TOO_LONG, w.order.placed_at)


def _paying(w: Watched, policy: FlagPolicy, rule: FlagRule, since: datetime) -> _Clock:
    if policy.promise is not None:
        return _promised(w, policy.promise, rule, since)
    return _timed(w, policy, rule, since)


def _money(w: Watched, policy: FlagPolicy) -> Iterator[_Clock]:
    """F6–F9: what the shop says and what the money did exclude each other."""
    stage, truth = w.stage.stage, w.truth
    since = w.stage.since or w.order.placed_at
    contradicted = truth.verdict is Verdict.UNKNOWN and bool(truth.conflicts)
    # An answer from before the shop's label denies nothing.
    provider_denies = (
        truth.as_of is not None
        and truth.as_of >= since
        and truth.verdict in NO_MONEY
        and w.order.paid_at_provider
    )
    if stage in {Stage.PAID, Stage.CONFIRMED} and (contradicted or provider_denies):
        yield _timed(w, policy, FlagRule.PAID_LABEL_WITHOUT_MONEY, since)
    if truth.surplus:
        extra = truth.surplus[0]
        yield _timed(w, policy, FlagRule.PAID_TWICE, extra.captured_at or extra.started_at)
    if stage in ENDED_UNCONFIRMED and truth.verdict in MONEY_HELD:
        yield _timed(w, policy, FlagRule.CAPTURED_AND_ENDED, since)
    if truth.refund_open:
        begun = min(r.since for p in truth.payments for r in p.refunds if r.is_open)
        yield _timed(w, policy, FlagRule.REFUND_UNRESOLVED, begun)


def _deadline(w: Watched) -> Iterator[_Clock]:
    """F10: the platform will act by itself soon, and it would be wrong or late."""
    nothing_at_stake = NO_MONEY | {Verdict.REFUNDED}
    if w.stage.stage is Stage.CONFIRMED or w.truth.verdict in nothing_at_stake:
        return
    for deadline in w.order.deadlines:
        if deadline.kind is not DeadlineKind.LATE_WINDOW_CLOSES:
            at = deadline.at - DEADLINE_NEAR
            yield _Clock(FlagRule.DEADLINE_NEAR, at, {Level.CRITICAL: at})
