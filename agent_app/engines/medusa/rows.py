"""Medusa's payment rows as the joined shop's `StorePayment`s, and the stage that follows from them.

`payments[].captures` and `.refunds` are trusted, not the order's `summary`: that is wrong after
refunds at the same time (measured).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from agent_app.domain.events import EventKind
from agent_app.domain.order import PaymentMethod
from agent_app.engines.joined.provider import Movement, RefundWord
from agent_app.engines.joined.store import StorePayment
from agent_app.engines.medusa.amounts import money
from agent_app.engines.medusa.documents import Collection, Payment, Refund, Session

_KEY = re.compile(r"(aa-[0-9a-f]{40})(?:\s|$)")
_COMPENSATION = "Refunded due to cart completion failure"


def store_payments(
    collections: Iterable[Collection],
    settled: frozenset[str],
    methods: Mapping[str, PaymentMethod],
) -> tuple[StorePayment, ...]:
    """Return the payments of an order or cart, and the sessions that no payment came of.

    `settled`: ids of refunds that the order's transactions name, which are written only after the
    provider paid out. A session has no movement, for the shop does not know whether anybody tried
    to pay: it tells under which id the provider may know a payment that the shop was not told of.
    """
    payments: dict[str, StorePayment] = {}
    for collection in collections:
        for row in collection.payments:
            payments[row.id] = _payment(row, collection, settled, methods)
        begun = {row.payment_session_id for row in collection.payments}
        known = {p.provider_id for p in payments.values()}
        for session in collection.payment_sessions:
            provider_id = session.data.id if session.data else None
            if session.id not in begun and provider_id and provider_id not in known:
                payments[session.id] = _session(session, provider_id, methods)
    return tuple(payments.values())


def paid_at(collections: Sequence[Collection], *, on_capture: bool) -> datetime | None:
    """Return when the shop had the whole amount, captured or at least reserved; None: it has not.

    Neither refunds nor voids take it back, and a later edit asks for its difference in a
    collection of its own: what was said once of an order stays as it was.
    """
    if not collections:
        return None
    # Ids begin with the time that they were made at (ULID).
    needed = min(collections, key=lambda c: c.id).amount
    parts: list[tuple[datetime, Decimal]] = []
    for row in (row for c in collections for row in c.payments):
        if on_capture:
            parts += [(part.created_at, part.amount) for part in row.captures]
        else:
            parts.append((row.created_at, row.amount))
    have = Decimal(0)
    for at, amount in sorted(parts):
        have += amount
        if have >= needed:
            return at
    return None


def method_of(provider_id: str, methods: Mapping[str, PaymentMethod]) -> PaymentMethod:
    """Return the family of a payment module (`pp_stripe_stripe`), as configured or by its name."""
    if provider_id in methods:
        return methods[provider_id]
    return PaymentMethod.CARD if "stripe" in provider_id else PaymentMethod.UNKNOWN


def _payment(
    row: Payment,
    collection: Collection,
    settled: frozenset[str],
    methods: Mapping[str, PaymentMethod],
) -> StorePayment:
    currency = row.currency_code
    movements = [
        Movement(EventKind.PAYMENT_AUTHORISED, row.created_at, money(row.amount, currency))
    ]
    movements += [
        Movement(EventKind.PAYMENT_CAPTURED, part.created_at, money(part.amount, currency))
        for part in sorted(row.captures, key=lambda part: (part.created_at, part.id))
    ]
    if row.canceled_at is not None and not row.captures:
        movements.append(Movement(EventKind.PAYMENT_VOIDED, row.canceled_at))
    done = settled | _counted(collection)
    return StorePayment(
        row.id,
        row.data.id if row.data else None,
        tuple(movements),
        tuple(_refund(refund, currency, refund.id in done) for refund in row.refunds),
        _method_word(row.provider_id, methods),
    )


def _counted(collection: Collection) -> frozenset[str]:
    """Return the collection's refunds if all are in its sum, which is made after each payout."""
    rows = [refund for payment in collection.payments for refund in payment.refunds]
    counted = collection.refunded_amount or Decimal(0)
    all_in = sum((r.amount for r in rows), Decimal(0)) <= counted
    return frozenset(r.id for r in rows) if all_in else frozenset()


def _refund(row: Refund, currency: str, done: bool) -> RefundWord:
    """Return a refund's word. Its row stands before the provider was asked: that is pending."""
    note = row.note or ""
    own = _KEY.match(note)
    return RefundWord(
        row.id,
        EventKind.REFUND_SUCCEEDED if done else EventKind.REFUND_PENDING,
        row.created_at,
        money(row.amount, currency),
        key=own.group(1) if own else None,
        note=row.note,
        automatic=note == _COMPENSATION and row.created_by is None,
    )


def _session(
    session: Session, provider_id: str, methods: Mapping[str, PaymentMethod]
) -> StorePayment:
    return StorePayment(session.id, provider_id, (), (), _method_word(session.provider_id, methods))


def _method_word(provider_id: str, methods: Mapping[str, PaymentMethod]) -> str:
    return f"{method_of(provider_id, methods)}:{provider_id.removeprefix('pp_')}"
