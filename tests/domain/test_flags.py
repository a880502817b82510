"""Flag rules F1–F10: each at its thresholds, per method, and the promise of `next_look`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.flags import (
    FlagPolicy,
    FlagRule,
    Level,
    Watched,
    is_unreturned,
    next_look,
    raise_flags,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.promise import Lane, PromisePolicy, Scale
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import fold_truth
from tests.domain.controls import PROOF, goes_red, on_every
from tests.domain.rows import STORIES, seen
from tests.domain.scene import BUYER, NOW, REF, SHOP, fact, look
from tests.domain.strategies import case_views

POLICY = FlagPolicy()
DUE = Money(10_000, "EUR")
MIN, DAY = 60.0, 86_400.0
P, S = Source.PROVIDER, Source.PLATFORM


def order(method: PaymentMethod = PaymentMethod.CARD, *deadlines: Deadline) -> Order:
    return Order(SHOP, REF, Customer(BUYER), DUE, method, NOW, deadlines=deadlines)


def at_stage(stage: Stage, at: datetime = NOW) -> OrderEvent:
    return fact(EventKind.STAGE_REPORTED, S, at, stage=stage)


def money(kind: EventKind, name: str = "p", at: datetime = NOW) -> OrderEvent:
    refund = f"{name}-r" if kind.value.startswith("refund") else None
    return fact(kind, P, at, payment=name, refund=refund, amount=DUE, customer=BUYER)


def watched(found: Order, events: list[OrderEvent], *looks: Evidence) -> Watched:
    return Watched(found, fold_stage(events), fold_truth(found, events, looks))


def level(w: Watched, rule: FlagRule, seconds: float) -> Level | None:
    flags = raise_flags(w, POLICY, NOW + timedelta(seconds=seconds))
    return next((f.level for f in flags if f.rule is rule), None)


CAPTURED = money(EventKind.PAYMENT_CAPTURED)
STARTED = money(EventKind.PAYMENT_STARTED)
ASKED = look(P, EvidenceKind.PAYMENTS, NOW)
SLOW = (1 * DAY, 5 * DAY, 7 * DAY)


@pytest.mark.parametrize(
    ("rule", "events", "method", "thresholds"),
    [
        (FlagRule.SUBMITTING_TOO_LONG, [at_stage(Stage.SUBMITTING)], PaymentMethod.CARD,
         (2 * MIN, 10 * MIN, 30 * MIN)),
        (FlagRule.SUBMITTING_TOO_LONG, [at_stage(Stage.NOT_VISIBLE)], PaymentMethod.CARD,
         (2 * MIN, 10 * MIN, 30 * MIN)),
        (FlagRule.NO_PAYMENT_ATTEMPT, [at_stage(Stage.SUBMITTED)], PaymentMethod.CARD,
         (15 * MIN, 60 * MIN, 120 * MIN)),
        (FlagRule.NO_PAYMENT_ATTEMPT, [at_stage(Stage.SUBMITTED)], PaymentMethod.CASH_VOUCHER,
         SLOW),
        (FlagRule.NO_PAYMENT_ATTEMPT, [at_stage(Stage.SUBMITTED)], PaymentMethod.BANK_TRANSFER,
         SLOW),
        (FlagRule.PAYING_TOO_LONG, [at_stage(Stage.PAYING)], PaymentMethod.WALLET,
         (1 * MIN, 10 * MIN, 60 * MIN)),
        (FlagRule.PAYING_TOO_LONG, [at_stage(Stage.SUBMITTED), STARTED], PaymentMethod.DEBIT_CARD,
         (1 * MIN, 10 * MIN, 60 * MIN)),
        (FlagRule.PAYING_TOO_LONG, [at_stage(Stage.PAYING)], PaymentMethod.CASH_VOUCHER, SLOW),
        (FlagRule.CAPTURED_UNCONFIRMED, [at_stage(Stage.PAYING), CAPTURED], PaymentMethod.CARD,
         (0, 2 * MIN, 10 * MIN)),
        (FlagRule.CAPTURED_UNCONFIRMED, [at_stage(Stage.PAID), CAPTURED],
         PaymentMethod.CASH_VOUCHER, (0, 2 * MIN, 10 * MIN)),
        (FlagRule.MONEY_WITHOUT_ORDER, [CAPTURED], PaymentMethod.CARD, (0, 2 * MIN, 30 * MIN)),
        (FlagRule.REFUND_UNRESOLVED,
         [at_stage(Stage.CONFIRMED), CAPTURED, money(EventKind.REFUND_PENDING)],
         PaymentMethod.CARD, (5 * MIN, 60 * MIN, 3 * DAY)),
    ],
)  # fmt: skip
def test_rules_that_wait_reach_each_level_on_the_second(
    rule: FlagRule,
    events: list[OrderEvent],
    method: PaymentMethod,
    thresholds: tuple[float, float, float],
) -> None:
    w = watched(order(method), events)
    before: Level | None = None
    for reached, seconds in zip(Level, thresholds, strict=True):
        if seconds > 0:
            assert level(w, rule, seconds - 1) is before
        assert level(w, rule, seconds) is reached
        before = reached


@pytest.mark.parametrize(
    ("rule", "w"),
    [
        (FlagRule.PAID_LABEL_WITHOUT_MONEY, watched(order(), [at_stage(Stage.PAID)], ASKED)),
        (FlagRule.PAID_LABEL_WITHOUT_MONEY, watched(order(), [at_stage(Stage.CONFIRMED)], ASKED)),
        (FlagRule.PAID_TWICE, watched(order(), [
            at_stage(Stage.CONFIRMED), CAPTURED, money(EventKind.PAYMENT_CAPTURED, "q")])),
        (FlagRule.CAPTURED_AND_ENDED, watched(order(), [at_stage(Stage.CANCELLED), CAPTURED])),
        (FlagRule.CAPTURED_AND_ENDED, watched(order(), [at_stage(Stage.EXPIRED), CAPTURED])),
    ],
)  # fmt: skip
def test_contradictions_are_loud_at_once(rule: FlagRule, w: Watched) -> None:
    assert level(w, rule, 0) is Level.CRITICAL


def test_f10_rings_half_an_hour_before_the_platform_acts() -> None:
    deadline = Deadline(DeadlineKind.AUTO_CANCEL, NOW + timedelta(hours=2))
    w = watched(order(PaymentMethod.CARD, deadline), [at_stage(Stage.PAYING), CAPTURED])
    assert level(w, FlagRule.DEADLINE_NEAR, 5399) is None
    assert level(w, FlagRule.DEADLINE_NEAR, 5400) is Level.CRITICAL
    safe = watched(order(PaymentMethod.CARD, deadline), [at_stage(Stage.CONFIRMED), CAPTURED])
    assert level(safe, FlagRule.DEADLINE_NEAR, 6000) is None
    closing = replace(deadline, kind=DeadlineKind.LATE_WINDOW_CLOSES)
    late = watched(order(PaymentMethod.CARD, closing), [at_stage(Stage.PAYING), STARTED])
    assert level(late, FlagRule.DEADLINE_NEAR, 6000) is None


@pytest.mark.parametrize(
    "w",
    [
        watched(order(), [at_stage(Stage.CONFIRMED), CAPTURED], ASKED),
        watched(order(), [at_stage(Stage.CANCELLED)], ASKED),
        watched(order(), [
            at_stage(Stage.CANCELLED), CAPTURED, money(EventKind.REFUND_SUCCEEDED)], ASKED),
        watched(order(PaymentMethod.STORE_CREDIT), [at_stage(Stage.CONFIRMED)], ASKED),
        watched(order(), [at_stage(Stage.CONFIRMED)],
                look(P, EvidenceKind.PAYMENTS, NOW - timedelta(seconds=1))),
    ],
    ids=["confirmed", "cancelled unpaid", "refunded", "store credit", "asked before the label"],
)  # fmt: skip
def test_what_is_well_is_never_flagged(w: Watched) -> None:
    assert not is_unreturned(raise_flags(w, POLICY, NOW + timedelta(days=30)))


def test_f9_counts_from_the_refund_and_not_from_the_capture() -> None:
    later = NOW + timedelta(days=20)
    refund = money(EventKind.REFUND_REQUESTED, at=later)
    again = money(EventKind.REFUND_PENDING, at=later + timedelta(minutes=50))
    w = watched(order(), [at_stage(Stage.CONFIRMED), CAPTURED, refund, again])
    assert level(w, FlagRule.REFUND_UNRESOLVED, 20 * DAY + 59 * MIN) is Level.WATCH
    assert level(w, FlagRule.REFUND_UNRESOLVED, 20 * DAY + 60 * MIN) is Level.FLAG


def test_flags_come_loudest_first() -> None:
    events = [at_stage(Stage.PAYING), CAPTURED, money(EventKind.PAYMENT_CAPTURED, "q")]
    flags = raise_flags(watched(order(), events), POLICY, NOW + timedelta(seconds=1))
    assert [f.rule for f in flags] == [FlagRule.PAID_TWICE, FlagRule.CAPTURED_UNCONFIRMED]


# next_look

Looked = tuple[Watched, float, float]
looked: st.SearchStrategy[Looked] = st.tuples(
    case_views().map(lambda case: case.watched),
    st.floats(-DAY, 2 * DAY),
    st.floats(0, 1, exclude_max=True),
)

_SUBMITTING = watched(order(), [at_stage(Stage.SUBMITTING)])
_LOOKED: list[Looked] = [
    *((_SUBMITTING, offset, share) for offset in (0.0, 5 * MIN, DAY) for share in (0.0, 0.5, 0.9)),
    *((seen(told).watched, offset, 0.9) for told in STORIES for offset in (-5 * MIN, 5 * MIN, DAY)),
]


def quiet_until_next_look(policy: FlagPolicy, believed: FlagPolicy, case: Looked) -> None:
    """Between now and the next look the flags stay as they are, unless there is news."""
    w, offset, share = case
    now = NOW + timedelta(seconds=offset)
    then = next_look(w, believed, now)
    assert then is None or then > now
    end = then or now + timedelta(days=400)
    # A timedelta rounds to the microsecond, and may round up to the end itself.
    between = min(now + (end - now) * share, end - timedelta(microseconds=1))
    assert raise_flags(w, policy, between) == raise_flags(w, policy, now)


_SCALE = Scale(0.0, (), (Lane(0.0, 7.0),))
SLOW_SHOP = FlagPolicy(promise=PromisePolicy((), 3.0, _SCALE, _SCALE))


@pytest.mark.parametrize("policy", [POLICY, SLOW_SHOP], ids=["defaults", "promise"])
@PROOF
@given(looked)
@on_every(_LOOKED)
def test_nothing_changes_before_the_next_look(policy: FlagPolicy, case: Looked) -> None:
    quiet_until_next_look(policy, policy, case)


@PROOF
@given(looked)
@on_every(_LOOKED)
def test_at_the_next_look_something_changes(case: Looked) -> None:
    """Looking costs: an order is not asked about when nothing can have become louder."""
    w, offset, _ = case
    now = NOW + timedelta(seconds=offset)
    then = next_look(w, POLICY, now)
    if then is not None:
        assert raise_flags(w, POLICY, then) != raise_flags(w, POLICY, now)


def test_the_next_look_property_goes_red_when_thresholds_differ() -> None:
    rules = {rule: replace(t, flag_s=None) for rule, t in POLICY.by_rule.items()}
    deaf = FlagPolicy(by_rule=rules)
    goes_red(lambda case: quiet_until_next_look(POLICY, deaf, case), _LOOKED)
