"""What one source says of one payment: the inner fold of `truth`, and refund states.

Only `truth` and the engines' tests need it directly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import RefundId
from agent_app.domain.money import Money


class Verdict(StrEnum):
    """What we hold true about an order's money."""

    NONE = "none"
    PENDING = "pending"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED_SOFT = "failed_soft"
    FAILED_DEFINITE = "failed_definite"
    VOIDED = "voided"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class RefundState(StrEnum):
    """Accepted is not succeeded: money is back only at SUCCEEDED (WeChat Pay, Adyen)."""

    REQUESTED = "requested"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


_REFUND_STATES = {
    EventKind.REFUND_REQUESTED: RefundState.REQUESTED,
    EventKind.REFUND_PENDING: RefundState.PENDING,
    EventKind.REFUND_UNKNOWN: RefundState.UNKNOWN,
    EventKind.REFUND_SUCCEEDED: RefundState.SUCCEEDED,
    EventKind.REFUND_FAILED: RefundState.FAILED,
}
_FINAL_REFUND = frozenset({RefundState.SUCCEEDED, RefundState.FAILED})
_FINAL_PAYMENT = frozenset(
    {Verdict.CAPTURED, Verdict.FAILED_DEFINITE, Verdict.VOIDED, Verdict.DISPUTED}
)

_PAYMENT_STATES = {
    EventKind.PAYMENT_STARTED: Verdict.PENDING,
    EventKind.PAYMENT_PENDING: Verdict.PENDING,
    EventKind.PAYMENT_AUTHORISED: Verdict.AUTHORISED,
    EventKind.PAYMENT_CAPTURED: Verdict.CAPTURED,
    EventKind.PAYMENT_FAILED_SOFT: Verdict.FAILED_SOFT,
    EventKind.PAYMENT_FAILED: Verdict.FAILED_DEFINITE,
    EventKind.PAYMENT_VOIDED: Verdict.VOIDED,
    EventKind.PAYMENT_DISPUTED: Verdict.DISPUTED,
}


@dataclass(frozen=True, slots=True)
class RefundWord:
    """One refund by one source's word."""

    id: RefundId
    amount: Money
    state: RefundState
    since: datetime
    """When it was first heard of."""
    at: datetime
    """When its state was last told."""
    automatic: bool
    key: str | None = None
    """The key of our own action, where the source's books carry it."""


@dataclass(frozen=True, slots=True)
class PaymentWord:
    """One payment by one source's word; `state` does not look at refunds."""

    state: Verdict
    authorised: Money
    captured: Money
    captured_at: datetime | None
    last_at: datetime | None
    refunds: tuple[RefundWord, ...]
    contradicts_itself: bool
    names_amounts: bool
    """False when it says that money moved and not how much, or not in its own currency."""
    spoke: bool

    @property
    def is_final(self) -> bool:
        return self.state in _FINAL_PAYMENT


def fold_payment(events: Iterable[OrderEvent], source: Source, currency: str) -> PaymentWord:
    """Fold the canonical events of one payment by one source.

    A capture outlasts every failure reported before it (late authorisation, N6 and S8); a
    failure or void reported after a capture contradicts it and is not resolved by order.
    """
    state = Verdict.NONE
    captured_at: datetime | None = None
    last_at: datetime | None = None
    authorised = captured = Money(0, currency)
    contradiction = False
    captures: set[tuple[datetime, Money]] = set()
    names_amounts = True
    refunds: dict[RefundId, RefundWord] = {}
    for event in events:
        if event.source is not source:
            continue
        if event.kind in _REFUND_STATES:
            contradiction |= _fold_refund(refunds, event, currency)
            continue
        said = _PAYMENT_STATES.get(event.kind)
        if said is None:
            continue
        last_at = event.at
        amount = _in_currency(event, currency)
        if said is Verdict.CAPTURED:
            captured_at = captured_at or event.at
            names_amounts &= _names_amount(event)
            # The same capture may be told by a callback and by a query, under two ids. Taking
            # two true ones for one understates the money, and that is the safe side.
            if (event.at, amount) not in captures:
                captures.add((event.at, amount))
                captured = captured + amount
        elif said is Verdict.AUTHORISED:
            authorised = max(authorised, amount, key=lambda m: m.amount_minor)
        if state in {Verdict.CAPTURED, Verdict.DISPUTED}:
            contradiction |= said in {Verdict.FAILED_DEFINITE, Verdict.VOIDED}
            said = Verdict.DISPUTED if said is Verdict.DISPUTED else state
        elif state is Verdict.AUTHORISED and said in {Verdict.PENDING, Verdict.FAILED_SOFT}:
            said = state
        state = said
    return PaymentWord(
        state=state,
        authorised=authorised,
        captured=captured,
        captured_at=captured_at,
        last_at=last_at,
        refunds=tuple(refunds.values()),
        contradicts_itself=contradiction,
        names_amounts=names_amounts
        and all(
            r.state is not RefundState.SUCCEEDED or not r.amount.is_zero for r in refunds.values()
        ),
        spoke=last_at is not None or bool(refunds),
    )


def _fold_refund(refunds: dict[RefundId, RefundWord], event: OrderEvent, currency: str) -> bool:
    """Fold one refund event; return whether it contradicts a final state."""
    key = event.refund or RefundId(event.id)
    state, known = _REFUND_STATES[event.kind], refunds.get(key)
    amount = _in_currency(event, currency)
    if known is not None:
        if amount.is_zero:
            amount = known.amount
        if known.state in _FINAL_REFUND:
            return state in _FINAL_REFUND and state is not known.state
    automatic = event.automatic or (known is not None and known.automatic)
    since = known.since if known is not None else event.at
    own = event.key or (known.key if known is not None else None)
    refunds[key] = RefundWord(key, amount, state, since, event.at, automatic, own)
    return False


def _in_currency(event: OrderEvent, currency: str) -> Money:
    """Return the event's amount, or zero where it names none or another currency.

    Another currency is reported as a conflict by `truth`; it must not break the fold.
    """
    amount = event.amount
    if amount is None or amount.currency != currency or amount.amount_minor < 0:
        return Money(0, currency)
    return amount


def _names_amount(event: OrderEvent) -> bool:
    return event.amount is not None and event.amount.amount_minor >= 0
