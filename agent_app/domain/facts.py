"""The facts that a message to a customer may state, taken from the case and nowhere else (I10).

`wording` says whether a template is true of a case; this says what may fill its placeholders.
`agent_app.wordings` has the words. The gateway calls all three before it previews or sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from agent_app.domain.case import CaseView
from agent_app.domain.events import Source
from agent_app.domain.money import Money, total
from agent_app.domain.payment import RefundState, Verdict
from agent_app.domain.wording import Template


class Fact(StrEnum):
    """A placeholder: everything that a message may name."""

    ORDER = "order"
    SHOP = "shop"
    AMOUNT = "amount"
    """The order's total."""
    REFUND_AMOUNT = "refund_amount"
    """What was requested to be paid back and is not settled yet."""
    REFUNDED_AMOUNT = "refunded_amount"
    """What was paid back."""
    RELEASED_AMOUNT = "released_amount"
    """What was reserved and is released."""
    FIELD = "field"
    """The code of the field that the shop refused; the words for it are content."""


MONEY_FACTS = frozenset(
    {Fact.AMOUNT, Fact.REFUND_AMOUNT, Fact.REFUNDED_AMOUNT, Fact.RELEASED_AMOUNT}
)

FactValue = str | Money

_ALWAYS = frozenset({Fact.ORDER, Fact.SHOP})

FACTS_OF: dict[Template, frozenset[Fact]] = {
    Template.CHECKING: _ALWAYS,
    Template.CONFIRMED: _ALWAYS | {Fact.AMOUNT},
    Template.REFUND_ACCEPTED: _ALWAYS | {Fact.REFUND_AMOUNT},
    Template.REFUND_PENDING: _ALWAYS | {Fact.REFUND_AMOUNT},
    Template.REFUNDED: _ALWAYS | {Fact.REFUNDED_AMOUNT},
    Template.VOIDED: _ALWAYS | {Fact.RELEASED_AMOUNT},
    Template.PAY_AGAIN: _ALWAYS | {Fact.AMOUNT},
    Template.INPUT_NEEDED: _ALWAYS | {Fact.FIELD},
}
"""Exactly what each template states, in every language."""


def message_facts(case: CaseView) -> Mapping[Fact, FactValue]:
    """Return every fact that the case evidences; one that it does not is left out.

    A message that states a left-out fact cannot be rendered, and so is not sent.
    """
    facts: dict[Fact, FactValue | None] = {
        Fact.ORDER: case.order.shop_number or case.order.ref,
        Fact.SHOP: case.capabilities.label,
        Fact.AMOUNT: case.order.total,
        Fact.REFUND_AMOUNT: _refunds(case, RefundState.REQUESTED, RefundState.PENDING),
        Fact.REFUNDED_AMOUNT: _refunds(case, RefundState.SUCCEEDED),
        Fact.RELEASED_AMOUNT: _sum(
            p.authorised for p in case.truth.payments if p.verdict is Verdict.VOIDED
        ),
        Fact.FIELD: case.order.input_problem,
    }
    return {fact: value for fact, value in facts.items() if value is not None and _says(value)}


def _says(value: FactValue) -> bool:
    return value.amount_minor > 0 if isinstance(value, Money) else bool(value.strip())


def _refunds(case: CaseView, *states: RefundState) -> Money | None:
    """Return the sum of the refunds in these states, by the provider where one can be asked."""
    return _sum(
        refund.amount
        for payment in case.truth.payments
        for refund in payment.refunds
        if refund.state in states
        and (refund.source is Source.PROVIDER or not case.capabilities.reads_provider)
    )


def _sum(amounts: Iterable[Money]) -> Money | None:
    """Return the sum, None when there is nothing or it is in several currencies.

    A sum across currencies would state an amount that nobody moved.
    """
    present = [amount for amount in amounts if not amount.is_zero]
    currencies = {amount.currency for amount in present}
    return total(present, currencies.pop()) if len(currencies) == 1 else None
