"""I9, I10, I11: approvals, messages, no line, and a way forward; each with its negative control.

Those about money stand in `test_money_invariants`; I3, I4, I5 and I12, which are about what follows
a start, in `test_ledger_invariants`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.actions import (
    AT_THE_SHOP,
    ActionKind,
)
from agent_app.domain.case import CaseView
from agent_app.domain.decide import Decisions, decide
from agent_app.domain.events import Source
from agent_app.domain.ids import UserId
from agent_app.domain.locks import online
from agent_app.domain.money import Money
from agent_app.domain.money_locks import (
    fresh_provider_read,
)
from agent_app.domain.payment import RefundState
from agent_app.domain.roles import (
    LIMITS,
    Actor,
    ApprovalRefused,
    Role,
    Scope,
    check_approval,
)
from agent_app.domain.stage import Stage
from agent_app.domain.truth import MONEY_HELD, Verdict
from agent_app.domain.wording import Template, true_templates
from tests.domain.controls import PROOF, goes_red, on_every, without
from tests.domain.rows import TELLING
from tests.domain.strategies import case_views

Rule = Callable[[CaseView], Decisions]


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
    assert LIMITS[approver.role].covers_approval(amount)


# Who asks approves, within his limit; who may not; too much; and one that is right.
QUESTIONS = [
    (UserId("ana"), Actor(UserId("ana"), "x", Role.SENIOR), Money(10_000, "EUR")),
    (UserId("ana"), Actor(UserId("bo"), "x", Role.AGENT), Money(10_000, "EUR")),
    (UserId("ana"), Actor(UserId("bo"), "x", Role.SENIOR), Money(50_001, "EUR")),
    (UserId("ana"), Actor(UserId("bo"), "x", Role.SENIOR), Money(50_000, "EUR")),
]


@PROOF
@given(approvals)
@on_every(QUESTIONS)
def test_i9_who_approves_is_not_who_requested(question: tuple[UserId, Actor, Money]) -> None:
    i9(check_approval, question)


def _same_person(requester: UserId, approver: Actor, amount: Money) -> None:
    check_approval(UserId(f"not {requester}"), approver, amount)


def test_i9_goes_red_when_one_may_approve_ones_own_request() -> None:
    goes_red(lambda question: i9(_same_person, question), QUESTIONS)


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
@on_every(TELLING)
def test_i10_messages_state_only_evidenced_facts(case: CaseView) -> None:
    i10(true_templates, case)


@pytest.mark.parametrize("template", [t for t in Template if t is not Template.CHECKING])
def test_i10_goes_red_when_a_message_is_always_offered(template: Template) -> None:
    goes_red(lambda case: i10(lambda _: (template,), case), TELLING)


# I11


def i11(rule: Rule, case: CaseView) -> None:
    """Off line nothing is started that the shop, the provider or the customer would see."""
    decisions = rule(replace(case, online=False))
    for kind in AT_THE_SHOP | {ActionKind.NOTIFY, ActionKind.RESOLVE}:
        assert not decisions[kind].allowed, kind


@PROOF
@given(case_views())
@on_every(TELLING)
def test_i11_money_actions_are_never_started_offline(case: CaseView) -> None:
    i11(decide, case)


def test_i11_goes_red_when_the_line_is_not_looked_at() -> None:
    broken = without(online)
    goes_red(lambda case: i11(lambda c: decide(c, broken), case), TELLING)


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
@on_every(TELLING)
def test_no_case_is_a_dead_end(case: CaseView) -> None:
    way_forward(decide, case)


def test_no_dead_end_goes_red_when_a_lock_shuts_every_way() -> None:
    shut = {kind: (*row, fresh_provider_read) for kind, row in without().items()}
    goes_red(lambda case: way_forward(lambda c: decide(c, shut), case), TELLING)
