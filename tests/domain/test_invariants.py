"""The invariants of field.md about what may be started, each with its negative control.

I3, I4, I5 and I12, which are about what follows a start, stand in `test_ledger_invariants`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from agent_app.domain.actions import (
    AT_THE_SHOP,
    MONEY,
    ActionKind,
    ActionRecord,
    ActionState,
    committed_minor,
)
from agent_app.domain.case import CaseView
from agent_app.domain.decide import Decisions, decide, refundable
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind
from agent_app.domain.ids import PaymentId, UserId
from agent_app.domain.locks import Lock, nothing_in_flight, online
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
from agent_app.domain.roles import (
    APPROVE_LIMIT_MINOR,
    Actor,
    ApprovalRefused,
    Role,
    Scope,
    check_approval,
)
from agent_app.domain.stage import ENDED_UNCONFIRMED, Stage
from agent_app.domain.truth import MONEY_HELD, Payment, Verdict
from agent_app.domain.wording import Template, true_templates
from tests.domain.controls import PROOF, goes_red, without
from tests.domain.strategies import case_views
from tests.domain.test_decision_table import CAPTURED, back, case

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
def test_i1_no_money_action_without_a_fresh_provider_read(case: CaseView) -> None:
    i1(decide, case)


def test_i1_goes_red_when_stale_reads_are_good_enough() -> None:
    broken = without(fresh_provider_read)
    goes_red(lambda case: i1(lambda c: decide(c, broken), case), case_views())


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
def test_i2_refunds_never_exceed_what_was_captured(case: CaseView) -> None:
    i2(refundable, case)


@PROOF
@given(case_views())
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
    goes_red(lambda case: i2(_blind_to_open, case), case_views())


def _blind_to_own(case: CaseView, payment: PaymentId) -> Money:
    of = payment_of(case, payment)
    return Money(max(of.remaining.amount_minor, 0), of.captured.currency)


def test_i2_goes_red_when_own_unshown_refunds_are_overlooked() -> None:
    goes_red(lambda case: i2(_blind_to_own, case), case_views())


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
def test_i6_resubmit_and_capture_never_charge_anew(case: CaseView) -> None:
    i6(decide, case)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "cases"),
    [
        (money_captured, case_views()),
        (only_reserved, case_views()),
        (no_late_capture, case_views("timeout")),
    ],
)
def test_i6_goes_red_when_the_money_need_not_be_there(
    rule: Lock, cases: SearchStrategy[CaseView]
) -> None:
    broken = without(rule)
    goes_red(lambda case: i6(lambda c: decide(c, broken), case), cases)


# I7

# Rare among the generated cases: part of the one payment went back, all else is well.
HALF_GONE = case([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED, minor=4_000)])


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
def test_i7_resubmit_and_refund_exclude_each_other_per_payment(case: CaseView) -> None:
    i7(decide, case)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "cases"),
    [
        (no_refund_open, case_views("refunds")),
        (not_refunded, case_views("refunds") | st.just(HALF_GONE)),
        (not_resubmitted, case_views("actions")),
        (nothing_in_flight, case_views("actions")),
    ],
)
def test_i7_goes_red_when_either_side_is_unguarded(
    rule: Lock, cases: SearchStrategy[CaseView]
) -> None:
    broken = without(rule)
    goes_red(lambda case: i7(lambda c: decide(c, broken), case), cases)


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
def test_i8_payments_match_by_amount_currency_and_customer(case: CaseView) -> None:
    i8(decide, case)


@pytest.mark.parametrize("rule", [same_customer, same_amount])
def test_i8_goes_red_when_the_reference_is_enough(rule: Lock) -> None:
    broken = without(rule)
    goes_red(lambda case: i8(lambda c: decide(c, broken), case), case_views())


# I9

Approve = Callable[[UserId, Actor, Money], None]
approvals = st.tuples(
    st.sampled_from(("ana", "bo", "chi")).map(UserId),
    st.builds(
        Actor,
        st.sampled_from(("ana", "bo", "chi")).map(UserId),
        st.just("x"),
        st.sampled_from(Role),
    ),
    st.sampled_from((0, 1, 10_000, 10_001, 50_000, 50_001, 500_000, 500_001, 10**9)).map(
        lambda minor: Money(minor, "EUR")
    ),
)


def i9(rule: Approve, question: tuple[UserId, Actor, Money]) -> None:
    """Who approves is another person than who asked, has the scope, and stays within his limit."""
    requester, approver, amount = question
    try:
        rule(requester, approver, amount)
    except ApprovalRefused:
        return
    assert approver.user != requester
    assert Scope.REFUND_APPROVE in approver.scopes
    assert amount.amount_minor <= APPROVE_LIMIT_MINOR[approver.role]


@PROOF
@given(approvals)
def test_i9_who_approves_is_not_who_requested(question: tuple[UserId, Actor, Money]) -> None:
    i9(check_approval, question)


def _same_person(requester: UserId, approver: Actor, amount: Money) -> None:
    check_approval(UserId(f"not {requester}"), approver, amount)


def test_i9_goes_red_when_one_may_approve_ones_own_request() -> None:
    goes_red(lambda question: i9(_same_person, question), approvals)


# I10


def i10(rule: Callable[[CaseView], tuple[Template, ...]], case: CaseView) -> None:
    """Every message that is offered states only what the evidence says."""
    truth, said = case.truth, set(rule(case))
    source = {Source.PROVIDER} if case.capabilities.reads_provider else set(Source)
    states = {r.state for p in truth.payments for r in p.refunds if r.source in source}
    if said & {Template.REFUNDED, Template.REFUND_ACCEPTED, Template.REFUND_PENDING}:
        assert not truth.conflicts
    if Template.REFUNDED in said:
        assert RefundState.SUCCEEDED in states
    if said & {Template.REFUND_ACCEPTED, Template.REFUND_PENDING}:
        assert states & {RefundState.REQUESTED, RefundState.PENDING}
    if Template.CONFIRMED in said:
        assert case.stage.stage is Stage.CONFIRMED
        assert truth.verdict in MONEY_HELD or not case.order.paid_at_provider
        assert not truth.conflicts
    if Template.VOIDED in said:
        assert any(p.verdict is Verdict.VOIDED for p in truth.payments)
    if Template.PAY_AGAIN in said:
        harmless = {Verdict.FAILED_DEFINITE, Verdict.VOIDED, Verdict.FAILED_SOFT, Verdict.NONE}
        assert {p.verdict for p in truth.payments} <= harmless
        assert fresh_provider_read(case) is None
    if Template.INPUT_NEEDED in said:
        assert case.order.input_problem


@PROOF
@given(case_views())
def test_i10_messages_state_only_evidenced_facts(case: CaseView) -> None:
    i10(true_templates, case)


@pytest.mark.parametrize("template", [t for t in Template if t is not Template.CHECKING])
def test_i10_goes_red_when_a_message_is_always_offered(template: Template) -> None:
    goes_red(lambda case: i10(lambda _: (template,), case), case_views())


# I11


def i11(rule: Rule, case: CaseView) -> None:
    """Off line nothing is started that the shop, the provider or the customer would see."""
    decisions = rule(replace(case, online=False))
    for kind in AT_THE_SHOP | {ActionKind.NOTIFY, ActionKind.RESOLVE}:
        assert not decisions[kind].allowed, kind


@PROOF
@given(case_views())
def test_i11_money_actions_are_never_started_offline(case: CaseView) -> None:
    i11(decide, case)


def test_i11_goes_red_when_the_line_is_not_looked_at() -> None:
    broken = without(online)
    goes_red(lambda case: i11(lambda c: decide(c, broken), case), case_views())


# A way forward


def way_forward(rule: Rule, case: CaseView) -> None:
    """A lead on line who holds the claim of an open case can always recheck and escalate."""
    if case.actor.role is Role.LEAD and case.online and case.is_mine:
        decisions = rule(case)
        assert decisions[ActionKind.RECHECK].allowed
        ended = case.state.value in {"resolved", "false_alarm"}
        assert ended or decisions[ActionKind.ESCALATE].allowed


@PROOF
@given(case_views())
def test_no_case_is_a_dead_end(case: CaseView) -> None:
    way_forward(decide, case)


def test_no_dead_end_goes_red_when_a_lock_shuts_every_way() -> None:
    shut = {kind: (*row, fresh_provider_read) for kind, row in without().items()}
    goes_red(lambda case: way_forward(lambda c: decide(c, shut), case), case_views())
