"""Which messages to a customer are true of a case (I10): facts first, words elsewhere.

The words stand in `resources/messages/`, per language; a template may be sent only while every
fact that it states is evidenced here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from agent_app.domain.actions import open_money
from agent_app.domain.case import CaseView
from agent_app.domain.events import Source
from agent_app.domain.evidence import EvidenceKind, has_fresh_provider_read, latest
from agent_app.domain.order import DeadlineKind
from agent_app.domain.payment import RefundState
from agent_app.domain.remedy import effective_verdict
from agent_app.domain.stage import Stage
from agent_app.domain.truth import MONEY_HELD, AmountMatch, Verdict

REPEAT_WINDOW = timedelta(minutes=10)
"""The same message is not sent twice within this time."""


class Template(StrEnum):
    CHECKING = "checking"
    """"Don't pay again, we are checking": states nothing about the money."""
    CONFIRMED = "confirmed"
    REFUND_ACCEPTED = "refund_accepted"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"
    VOIDED = "voided"
    PAY_AGAIN = "pay_again"
    INPUT_NEEDED = "input_needed"


def _undecided(case: CaseView) -> bool:
    return case.stage.stage is not Stage.CONFIRMED


def _by_provider(case: CaseView, source: Source) -> bool:
    """Return whether a word about money may be passed on: the provider's, where there is one."""
    return source is Source.PROVIDER or not case.capabilities.reads_provider


def _confirmed(case: CaseView) -> bool:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER, answered=True)
    truth = case.truth
    if case.stage.stage is not Stage.CONFIRMED or truth.conflicts or look is None:
        return False
    if not case.order.paid_at_provider and truth.verdict is Verdict.NONE:
        return True
    return (
        truth.verdict in MONEY_HELD
        and truth.amount_match in {AmountMatch.FULL, AmountMatch.SURPLUS_PAYMENT}
        and any(_by_provider(case, s) for p in truth.payments for s in p.sources)
    )


def _refunding(case: CaseView) -> bool:
    """Return whether a refund is known to be under way: one of unknown outcome is not."""
    return not case.truth.conflicts and any(
        r.state in {RefundState.REQUESTED, RefundState.PENDING} and _by_provider(case, r.source)
        for p in case.truth.payments
        for r in p.refunds
    )


def _refunded(case: CaseView) -> bool:
    return not case.truth.conflicts and any(
        r.state is RefundState.SUCCEEDED and _by_provider(case, r.source)
        for p in case.truth.payments
        for r in p.refunds
    )


def _voided(case: CaseView) -> bool:
    return not case.truth.conflicts and any(
        p.verdict is Verdict.VOIDED and any(_by_provider(case, s) for s in p.sources)
        for p in case.truth.payments
    )


def _unpaid(case: CaseView) -> bool:
    """Return whether "please pay again" is safe: said on an old answer, it charges twice (U1)."""
    closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    return (
        effective_verdict(case.truth, case.order, case.now)
        in {Verdict.NONE, Verdict.FAILED_DEFINITE, Verdict.VOIDED}
        and case.order.paid_at_provider
        and case.stage.stage is not Stage.CONFIRMED
        and has_fresh_provider_read(case.evidence, case.now)
        and open_money(case.actions) is None
        and (closes is None or case.now >= closes)
    )


_TRUE_WHEN: dict[Template, Callable[[CaseView], bool]] = {
    Template.CHECKING: _undecided,
    Template.CONFIRMED: _confirmed,
    Template.REFUND_ACCEPTED: _refunding,
    Template.REFUND_PENDING: _refunding,
    Template.REFUNDED: _refunded,
    Template.VOIDED: _voided,
    Template.PAY_AGAIN: _unpaid,
    Template.INPUT_NEEDED: lambda c: c.order.input_problem is not None,
}


def true_templates(case: CaseView) -> tuple[Template, ...]:
    """Return the messages that state nothing but what is evidenced, most definite first."""
    return tuple(t for t in _ORDER if _TRUE_WHEN[t](case))


_ORDER = (
    Template.REFUNDED,
    Template.CONFIRMED,
    Template.VOIDED,
    Template.REFUND_ACCEPTED,
    Template.REFUND_PENDING,
    Template.INPUT_NEEDED,
    Template.PAY_AGAIN,
    Template.CHECKING,
)


def repeated(case: CaseView, template: str) -> bool:
    """Return whether the customer was sent this message within the repeat window."""
    return any(m.template == template and case.now - m.at < REPEAT_WINDOW for m in case.messages)
