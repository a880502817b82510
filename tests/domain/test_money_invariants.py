"""I1, I2, I6, I7, I8: when money may be moved, and how much; each with its negative control."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given

from agent_app.domain.actions import (
    MONEY,
    ActionKind,
    ActionRecord,
    ActionState,
    committed_minor,
)
from agent_app.domain.case import CaseView
from agent_app.domain.decide import Decisions, decide, refundable
from agent_app.domain.events import Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind
from agent_app.domain.ids import PaymentId
from agent_app.domain.locks import Lock, nothing_in_flight
from agent_app.domain.money import Money
from agent_app.domain.money_locks import (
    fresh_provider_read,
    money_captured,
    no_late_capture,
    no_refund_open,
    not_refunded,
    not_resubmitted,
    only_reserved,
    same_amount,
    same_customer,
)
from agent_app.domain.order import DeadlineKind
from agent_app.domain.payment import RefundState
from agent_app.domain.stage import ENDED_UNCONFIRMED, Stage
from agent_app.domain.truth import MONEY_HELD, Payment, Verdict
from tests.domain.controls import PROOF, goes_red, on_every, without
from tests.domain.rows import TELLING
from tests.domain.strategies import case_views

Rule = Callable[[CaseView], Decisions]
NEVER_DONE = {ActionState.REJECTED, ActionState.REFUSED}


def payment_of(case: CaseView, payment: PaymentId) -> Payment:
    return next(p for p in case.truth.payments if p.id == payment)


# I1


def i1(rule: Rule, case: CaseView) -> None:
    """A money action stands on a provider's answer that is at most 60 s old."""
    decisions = rule(case)
    if any(decisions[kind].allowed for kind in MONEY):
        answers = [
            case.now - e.observed_at
            for e in case.evidence
            if e.source is Source.PROVIDER
            and e.kind is EvidenceKind.PAYMENTS
            and e.verdict not in {"no_answer", "not_visible", "forbidden"}
        ]
        assert answers, "never asked"
        assert min(answers) <= timedelta(seconds=60)


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i1_no_money_action_without_a_fresh_provider_read(case: CaseView) -> None:
    i1(decide, case)


def test_i1_goes_red_when_stale_reads_are_good_enough() -> None:
    broken = without(fresh_provider_read)
    goes_red(lambda case: i1(lambda c: decide(c, broken), case), TELLING)


# I2


def i2(rule: Callable[[CaseView, PaymentId], Money], case: CaseView) -> None:
    """What may be refunded of a payment, with all asked for before, stays within it."""
    for payment in case.truth.payments:
        theirs = sum(
            r.amount.amount_minor for r in payment.refunds if r.state is not RefundState.FAILED
        )
        shown = {r.id for r in payment.refunds}
        ours = sum(
            a.amount.amount_minor
            for a in case.actions
            if a.kind is ActionKind.REFUND and a.payment == payment.id and a.amount is not None
            if a.state not in NEVER_DONE and a.key not in shown
        )
        limit = rule(case, payment.id)
        assert limit.amount_minor >= 0
        assert limit.is_zero or limit.amount_minor + theirs + ours <= payment.captured.amount_minor


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i2_refunds_never_exceed_what_was_captured(case: CaseView) -> None:
    i2(refundable, case)


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i2_holds_for_every_refund_that_is_offered(case: CaseView) -> None:
    decision = decide(case)[ActionKind.REFUND]
    for target in decision.targets:
        assert target.limit == refundable(case, target.payment)


def _blind_to_open(case: CaseView, payment: PaymentId) -> Money:
    of = payment_of(case, payment)
    left = (of.captured - of.refunded).amount_minor
    shown = {str(r.id) for r in of.refunds}
    left -= committed_minor(case.actions, payment, shown)
    return Money(max(left, 0), of.captured.currency)


def test_i2_goes_red_when_open_refunds_are_overlooked() -> None:
    goes_red(lambda case: i2(_blind_to_open, case), TELLING)


def _blind_to_own(case: CaseView, payment: PaymentId) -> Money:
    of = payment_of(case, payment)
    return Money(max(of.remaining.amount_minor, 0), of.captured.currency)


def test_i2_goes_red_when_own_unshown_refunds_are_overlooked() -> None:
    goes_red(lambda case: i2(_blind_to_own, case), TELLING)


# I6


def i6(rule: Rule, case: CaseView) -> None:
    """Neither bringing the order back nor capturing makes the customer pay again."""
    decisions, truth = rule(case), case.truth
    held = [p for p in truth.payments if p.verdict in MONEY_HELD]
    if decisions[ActionKind.RESUBMIT].allowed:
        assert held, "nothing is paid: completing the order would have to charge"
        assert {t.payment for t in decisions[ActionKind.RESUBMIT].targets} <= {p.id for p in held}
    if decisions[ActionKind.CAPTURE].allowed:
        closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
        assert not held, "one payment is captured already"
        assert not any(
            p.verdict in {Verdict.PENDING, Verdict.UNKNOWN}
            or (p.verdict is Verdict.FAILED_SOFT and (closes is None or case.now < closes))
            for p in truth.payments
        ), "another payment may still come"


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i6_resubmit_and_capture_never_charge_anew(case: CaseView) -> None:
    i6(decide, case)


@pytest.mark.parametrize("rule", [money_captured, only_reserved, no_late_capture])
def test_i6_goes_red_when_the_money_need_not_be_there(rule: Lock) -> None:
    broken = without(rule)
    goes_red(lambda case: i6(lambda c: decide(c, broken), case), TELLING)


# I7


def i7(rule: Rule, case: CaseView) -> None:
    """A payment carries an order or goes back, never both."""
    decisions = rule(case)
    for target in decisions[ActionKind.RESUBMIT].targets:
        payment = payment_of(case, target.payment)
        assert all(r.state is RefundState.FAILED for r in payment.refunds)
        assert not _ours(case, payment.id, {ActionKind.REFUND})
    for target in decisions[ActionKind.REFUND].targets:
        used = _ours(case, target.payment, {ActionKind.RESUBMIT, ActionKind.CAPTURE})
        assert not any(a.is_open for a in used), "it may still carry the order"
        carried = any(a.kind is ActionKind.RESUBMIT for a in used)
        assert not carried or case.stage.stage in ENDED_UNCONFIRMED
        alone = len(case.truth.held) == 1
        assert not (alone and case.stage.stage is Stage.CONFIRMED), "the order stands on it"


def _ours(case: CaseView, payment: PaymentId, kinds: set[ActionKind]) -> list[ActionRecord]:
    return [
        a
        for a in case.actions
        if a.kind in kinds and a.payment == payment and a.state not in NEVER_DONE
    ]


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i7_resubmit_and_refund_exclude_each_other_per_payment(case: CaseView) -> None:
    i7(decide, case)


@pytest.mark.parametrize("rule", [no_refund_open, not_refunded, not_resubmitted, nothing_in_flight])
def test_i7_goes_red_when_either_side_is_unguarded(rule: Lock) -> None:
    broken = without(rule)
    goes_red(lambda case: i7(lambda c: decide(c, broken), case), TELLING)


# I8


def i8(rule: Rule, case: CaseView) -> None:
    """The money that an action touches is this customer's, in this order's amount and currency."""
    decisions = rule(case)
    for kind in MONEY:
        if decisions[kind].allowed:
            moved = [payment_of(case, t.payment) for t in decisions[kind].targets]
            assert moved
            assert {p.customer_match for p in moved} == {CustomerMatch.SAME}
            assert kind is ActionKind.VOID or {p.captured.currency for p in moved} == {
                case.order.total.currency
            }
    if decisions[ActionKind.RESUBMIT].allowed:
        held = [p.captured.amount_minor for p in case.truth.held]
        assert case.order.total.amount_minor in {*held, sum(held)}
    for target in decisions[ActionKind.CAPTURE].targets:
        assert target.limit == case.order.total


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i8_payments_match_by_amount_currency_and_customer(case: CaseView) -> None:
    i8(decide, case)


@pytest.mark.parametrize("rule", [same_customer, same_amount])
def test_i8_goes_red_when_the_reference_is_enough(rule: Lock) -> None:
    broken = without(rule)
    goes_red(lambda case: i8(lambda c: decide(c, broken), case), TELLING)
