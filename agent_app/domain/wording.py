"""Which messages to a customer are true of a case (I10): facts first, words elsewhere.

The words stand in `resources/messages/`, per language; a template may be sent only while every
fact that it states is evidenced here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from agent_app.domain.case import CaseView
from agent_app.domain.events import Source
from agent_app.domain.evidence import EvidenceKind, latest
from agent_app.domain.order import DeadlineKind
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


def _confirmed(case: CaseView) -> bool:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER, answered=True)
    return (
        case.stage.stage is Stage.CONFIRMED
        and case.truth.verdict in MONEY_HELD
        and not case.truth.conflicts
        and case.truth.amount_match in {AmountMatch.FULL, AmountMatch.SURPLUS_PAYMENT}
        and look is not None
    )


def _unpaid(case: CaseView) -> bool:
    closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    return (
        effective_verdict(case.truth, case.order, case.now)
        in {Verdict.NONE, Verdict.FAILED_DEFINITE, Verdict.VOIDED}
        and case.truth.as_of is not None
        and (closes is None or case.now >= closes)
    )


_TRUE_WHEN: dict[Template, Callable[[CaseView], bool]] = {
    Template.CHECKING: _undecided,
    Template.CONFIRMED: _confirmed,
    Template.REFUND_ACCEPTED: lambda c: c.truth.refund_open and not c.truth.conflicts,
    Template.REFUND_PENDING: lambda c: c.truth.refund_open and not c.truth.conflicts,
    Template.REFUNDED: lambda c: (
        not c.truth.conflicts and any(not p.refunded.is_zero for p in c.truth.payments)
    ),
    Template.VOIDED: lambda c: (
        not c.truth.conflicts and any(p.verdict is Verdict.VOIDED for p in c.truth.payments)
    ),
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
    return any(
        m.template == template and case.now - m.at < REPEAT_WINDOW for m in case.messages
    )
