"""Vendure's payment rows and history as payments, refunds and stages with times that never change.

A row's own `updatedAt` moves; the history says when what happened. Entries of one database
transaction, or of one second on SQLite, bear the same time: each is put a microsecond behind the
one before, so that the order in which they were written stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_app.domain.events import EventKind
from agent_app.domain.money import Money
from agent_app.domain.order import PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.joined.provider import Movement, RefundWord
from agent_app.engines.joined.store import StorePayment
from agent_app.engines.port import Unreadable
from agent_app.engines.vendure.amounts import money_of
from agent_app.engines.vendure.documents import Order, Payment, Refund

STAGES: Mapping[str, Stage | None] = {
    "Created": None,
    "Draft": None,
    "AddingItems": Stage.ABSENT,
    "ArrangingPayment": Stage.SUBMITTED,
    "PaymentSettled": Stage.CONFIRMED,
    "PartiallyShipped": Stage.CONFIRMED,
    "Shipped": Stage.CONFIRMED,
    "PartiallyDelivered": Stage.CONFIRMED,
    "Delivered": Stage.CONFIRMED,
    "Cancelled": Stage.CANCELLED,
    "Modifying": None,
    "ArrangingAdditionalPayment": None,
}
"""The shop's states as stages; None: it stays what it was."""
_AUTHORISED = "PaymentAuthorized"
_KEY = re.compile(r"(aa-[0-9a-f]{40})(?:\s|$)")
_MICROSECOND = timedelta(microseconds=1)
_ATTEMPTS = frozenset({"Authorized", "Declined", "Error"})
_KINDS = {
    "Authorized": EventKind.PAYMENT_AUTHORISED,
    "Settled": EventKind.PAYMENT_CAPTURED,
    "Declined": EventKind.PAYMENT_FAILED,
    "Error": EventKind.PAYMENT_FAILED_SOFT,
    "Cancelled": EventKind.PAYMENT_VOIDED,
}
_REFUND_KINDS = {
    "Pending": EventKind.REFUND_PENDING,
    "Settled": EventKind.REFUND_SUCCEEDED,
    "Failed": EventKind.REFUND_FAILED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the history: the new state of the order, or of a payment or refund."""

    entry: str
    at: datetime
    state: str
    payment: str = ""
    refund: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A stage that the order came into, by which entry of the history."""

    entry: str
    at: datetime
    stage: Stage


def history_of(said: Order) -> tuple[Told, ...]:
    """Return the history oldest first, times strictly rising.

    Raises:
        Unreadable: there is more of it than one answer holds.
    """
    if said.history.total_items > len(said.history.items):
        raise Unreadable(f"order {said.code}: a history of {said.history.total_items} entries")
    found: list[Told] = []
    for entry in sorted(said.history.items, key=lambda e: (e.created_at, _written(e.id))):
        at = entry.created_at
        if found:
            at = max(at, found[-1].at + _MICROSECOND)
        data = entry.data
        found.append(Told(entry.id, at, data.to, str(data.payment_id), str(data.refund_id)))
    return tuple(found)


def _written(entry: str) -> int:
    """Return a number that rises with the entries, where the shop counts them."""
    return int(entry) if entry.isdecimal() else 0


def stages_of(
    said: Order,
    history: tuple[Told, ...],
    known: Mapping[str, Stage | None],
    *,
    captures_later: bool,
) -> tuple[Staged, ...]:
    """Return the stages that the order went through.

    Raises:
        Unreadable: it is in a state of the shop's own making, and `known` does not say which
            stage that is.
    """
    reserved = Stage.CONFIRMED if captures_later else Stage.PAYING
    stages = {**known, _AUTHORISED: reserved}
    if said.state not in stages:
        raise Unreadable(
            f"order {said.code}: unknown state {said.state!r}; say in the shop's settings which "
            "stage it is"
        )
    found: list[Staged] = []
    current: Stage | None = None
    for told in history:
        stage: Stage | None
        if told.payment:
            paying = current is Stage.SUBMITTED and told.state in _ATTEMPTS
            stage = Stage.PAYING if paying else None
        else:
            stage = None if told.refund else stages.get(told.state)
        if stage is None or stage is current or (stage is Stage.ABSENT and current is None):
            continue
        current = stage
        found.append(Staged(told.entry, told.at, stage))
    return tuple(found)


def payments_of(
    said: Order,
    history: tuple[Told, ...],
    methods: Mapping[str, PaymentMethod],
    decimals: int,
) -> tuple[StorePayment, ...]:
    """Return the order's payment rows; what never moved money is told with the shop's own words."""
    return tuple(
        StorePayment(
            row.id,
            row.transaction_id or None,
            tuple(_movements(row, money_of(row.amount, said.currency_code, decimals), history)),
            tuple(
                _refund(refund, row, money_of(refund.total, said.currency_code, decimals), history)
                for refund in row.refunds
                # Vendure accepts amounts below nothing; they are no refunds.
                if refund.total > 0
            ),
            f"{method_of(row.method, methods)}:{row.method}",
        )
        for row in said.payments or ()
    )


def method_of(code: str, methods: Mapping[str, PaymentMethod]) -> PaymentMethod:
    """Return the family of a payment method, as configured or by its name."""
    if code in methods:
        return methods[code]
    return PaymentMethod.CARD if "stripe" in code.lower() else PaymentMethod.UNKNOWN


def _movements(row: Payment, amount: Money, history: tuple[Told, ...]) -> list[Movement]:
    own = [t for t in history if t.payment == row.id and not t.refund and t.state in _KINDS]
    moves = [(t.at, t.state) for t in own] or [(row.created_at, row.state)]
    return [
        Movement(
            _KINDS[state],
            at,
            amount if state in {"Authorized", "Settled"} else None,
            row.error_message if state in {"Declined", "Error"} else None,
        )
        for at, state in moves
        if state in _KINDS
    ]


def _refund(row: Refund, payment: Payment, amount: Money, history: tuple[Told, ...]) -> RefundWord:
    kind = _REFUND_KINDS.get(row.state)
    if kind is None:
        raise Unreadable(f"refund {row.id}: unknown state {row.state!r}")
    own = _KEY.match(row.reason or "")
    # The official Stripe plugin writes the payment's own reference here, for every refund the same.
    named = None if row.transaction_id == payment.transaction_id else row.transaction_id
    at = next((t.at for t in history if t.refund == row.id and t.state == row.state), None)
    return RefundWord(
        row.id,
        kind,
        at or row.created_at,
        amount,
        provider_id=named or None,
        key=own.group(1) if own else None,
        note=row.reason,
    )
