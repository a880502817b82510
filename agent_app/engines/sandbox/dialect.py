"""Translate the sandbox's documents into the domain's words: orders, events.

Pure; only the connector uses it. Event ids depend on the fact alone, so that a second look at the
same document is no news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import (
    CustomerId,
    EventId,
    OrderRef,
    PaymentId,
    RefundId,
    ShopId,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order
from agent_app.domain.probes import CallbackVerdict
from agent_app.domain.stage import Stage
from agent_app.engines.looks import method_of, sorted_deadlines
from agent_app.engines.port import Unreadable
from agent_app.engines.sandbox.documents import Callback, Happening, Payment, Refund, Sale

_PAYMENT_KINDS = {
    "started": EventKind.PAYMENT_STARTED,
    "pending": EventKind.PAYMENT_PENDING,
    "authorised": EventKind.PAYMENT_AUTHORISED,
    "captured": EventKind.PAYMENT_CAPTURED,
    "timed_out": EventKind.PAYMENT_FAILED_SOFT,
    "declined": EventKind.PAYMENT_FAILED,
    "failed": EventKind.PAYMENT_FAILED,
    "voided": EventKind.PAYMENT_VOIDED,
    "disputed": EventKind.PAYMENT_DISPUTED,
}
_REFUND_KINDS = {
    "requested": EventKind.REFUND_REQUESTED,
    "pending": EventKind.REFUND_PENDING,
    "unknown": EventKind.REFUND_UNKNOWN,
    "succeeded": EventKind.REFUND_SUCCEEDED,
    "failed": EventKind.REFUND_FAILED,
}
_STAGE_KINDS = {
    Stage.SUBMITTED: EventKind.SUBMIT_RECEIVED,
    Stage.CONFIRMED: EventKind.ORDER_CONFIRMED,
    Stage.EXPIRED: EventKind.ORDER_EXPIRED,
}
OWN_HOST = "shop.example"
_RACE = timedelta(seconds=2)
W = TypeVar("W")


def order_of(shop: ShopId, sale: Sale, payments: Sequence[Payment]) -> Order:
    """Return the order, or the cart that a payment refers to."""
    customer = sale.customer
    deadlines = {_deadline(d.kind, d.at, sale.reference) for d in sale.deadlines}
    return Order(
        shop=shop,
        ref=OrderRef(sale.reference),
        customer=Customer(
            CustomerId(customer.id),
            customer.name,
            customer.email,
            customer.phone,
            customer.language,
        ),
        total=Money(sale.total_minor, sale.currency),
        method=method_of(sale.method),
        placed_at=sale.placed_at,
        fulfillable=sale.fulfillable,
        unfulfillable_why=sale.unfulfillable_why,
        input_problem=sale.input_problem,
        deadlines=sorted_deadlines(deadlines | _provider_deadlines(payments)),
        shop_number=sale.number,
    )


def order_of_payment(shop: ShopId, payment: Payment, payments: Sequence[Payment]) -> Order:
    """Return what the provider alone knows of an order that the shop does not show.

    Its customer has no id: the payer must not prove his own identity (I8).
    """
    return Order(
        shop=shop,
        ref=OrderRef(payment.reference),
        customer=Customer(CustomerId("")),
        total=Money(payment.amount_minor, payment.currency),
        method=method_of(payment.method),
        placed_at=payment.happenings[0].at,
        deadlines=sorted_deadlines(_provider_deadlines(payments)),
    )


def shop_events(sale: Sale, seen_at: datetime) -> Iterator[OrderEvent]:
    """Give what the shop states: stages, its own payment rows, problems, messages."""
    ref = sale.reference
    if sale.number is not None:
        for n, entry in enumerate(sale.stages):
            yield _stage_event(ref, n, entry, seen_at)
    for row in sale.rows:
        yield from _payment_events(
            Source.PLATFORM, ref, row.payment, row.happenings, sale.currency, seen_at
        )
        yield from _refund_events(Source.PLATFORM, ref, row.refunds, seen_at)
    for n, entry in enumerate(sale.problems):
        if entry.kind == "validation_failed":
            yield OrderEvent(
                EventId(f"platform:{ref}:problem:{n}"),
                OrderRef(ref),
                EventKind.VALIDATION_FAILED,
                Source.PLATFORM,
                entry.at,
                seen_at,
                note=entry.note,
            )
    for n, sent in enumerate(sale.messages):
        yield OrderEvent(
            EventId(f"platform:{ref}:message:{n}"),
            OrderRef(ref),
            EventKind.MESSAGE_SENT,
            Source.PLATFORM,
            sent.at,
            seen_at,
            note=sent.template,
        )


def hidden_event(payment: Payment, seen_at: datetime) -> OrderEvent:
    """Return the stage of an order that the shop does not show to us (P1, P2).

    It stands at the beginning of the payment, so that any stage the shop ever told counts more.
    """
    return OrderEvent(
        EventId(f"platform:{payment.reference}:not_visible:{payment.id}"),
        OrderRef(payment.reference),
        EventKind.STAGE_REPORTED,
        Source.PLATFORM,
        payment.happenings[0].at,
        seen_at,
        stage=Stage.NOT_VISIBLE,
    )


def provider_events(payments: Sequence[Payment], seen_at: datetime) -> Iterator[OrderEvent]:
    """Give what the provider states of the payments and refunds of one reference."""
    for payment in payments:
        yield from _payment_events(
            Source.PROVIDER,
            payment.reference,
            payment.id,
            payment.happenings,
            payment.currency,
            seen_at,
            customer=payment.customer,
            method=payment.method,
        )
        yield from _refund_events(Source.PROVIDER, payment.reference, payment.refunds, seen_at)


def callback_events(callbacks: Sequence[Callback], seen_at: datetime) -> Iterator[OrderEvent]:
    """Give the deliveries that were made; one that was not made is evidence, no event."""
    for callback in callbacks:
        if callback.status is None:
            continue
        taken = callback.host == OWN_HOST and 200 <= callback.status < 300
        yield OrderEvent(
            EventId(f"callback:{callback.id}"),
            OrderRef(callback.reference),
            EventKind.CALLBACK_RECEIVED if taken else EventKind.CALLBACK_REJECTED,
            Source.CALLBACK_LOG,
            callback.at,
            seen_at,
            note=f"{callback.status} {callback.host}: {callback.note}",
        )


def callback_verdict(callbacks: Sequence[Callback], sale: Sale | None) -> CallbackVerdict:
    """Return what the callback log amounts to.

    One delivery that had its effect decides; else what is most telling about the others.
    """
    if any(c.effect for c in callbacks):
        return CallbackVerdict.RECEIVED
    made = [c for c in callbacks if c.status is not None]
    if not made:
        return CallbackVerdict.SWITCHED_OFF if callbacks else CallbackVerdict.NEVER_SENT
    if all(c.host != OWN_HOST for c in made):
        return CallbackVerdict.WRONG_ADDRESS
    if any(b.at - a.at <= _RACE for a, b in pairwise(made) if a.payment == b.payment):
        return CallbackVerdict.REPEATED
    if sale is not None and sale.number is not None and made[0].at < sale.stages[0].at:
        return CallbackVerdict.TOO_EARLY
    status = made[-1].status or 0
    if status in {401, 403}:
        return CallbackVerdict.BLOCKED
    return CallbackVerdict.NO_EFFECT if 200 <= status < 300 else CallbackVerdict.REFUSED


def refund_ids(refunds: Sequence[Refund]) -> dict[str, RefundId]:
    """Return the id of each refund: our key where the books know it, else the provider's own id.

    Where one key was paid back twice (a provider without keys) only the first has it, so that
    the second is never mistaken for the same refund.
    """
    first = {r.key: r.id for r in reversed(refunds) if r.key}
    return {r.id: RefundId(r.key if r.key and first[r.key] == r.id else r.id) for r in refunds}


def _stage_event(ref: str, n: int, entry: Happening, seen_at: datetime) -> OrderEvent:
    stage = _known(Stage, entry.kind, f"order {ref}")
    timer = entry.by == "timer"
    cancelled_by_timer = stage is Stage.CANCELLED and timer
    return OrderEvent(
        EventId(f"platform:{ref}:stage:{n}"),
        OrderRef(ref),
        EventKind.AUTO_CANCELLED
        if cancelled_by_timer
        else _STAGE_KINDS.get(stage, EventKind.STAGE_REPORTED),
        Source.PLATFORM,
        entry.at,
        seen_at,
        stage=stage,
        note=entry.note,
        automatic=timer,
    )


def _payment_events(
    source: Source,
    ref: str,
    payment: str,
    happenings: Sequence[Happening],
    currency: str,
    seen_at: datetime,
    *,
    customer: str | None = None,
    method: str | None = None,
) -> Iterator[OrderEvent]:
    for n, entry in enumerate(happenings):
        kind = _PAYMENT_KINDS.get(entry.kind)
        if kind is None:
            raise Unreadable(f"payment {payment}: unknown state {entry.kind!r}")
        yield OrderEvent(
            EventId(f"{source}:{payment}:{entry.kind}:{n}"),
            OrderRef(ref),
            kind,
            source,
            entry.at,
            seen_at,
            payment=PaymentId(payment),
            amount=Money(entry.amount_minor, currency) if entry.amount_minor else None,
            customer=CustomerId(customer) if customer else None,
            method=method,
            note=entry.note,
        )


def _refund_events(
    source: Source, ref: str, refunds: Sequence[Refund], seen_at: datetime
) -> Iterator[OrderEvent]:
    ids = refund_ids(refunds)
    for refund in refunds:
        for n, entry in enumerate(refund.happenings):
            kind = _REFUND_KINDS.get(entry.kind)
            if kind is None:
                raise Unreadable(f"refund {refund.id}: unknown state {entry.kind!r}")
            yield OrderEvent(
                EventId(f"{source}:{refund.id}:{entry.kind}:{n}"),
                OrderRef(ref),
                kind,
                source,
                entry.at,
                seen_at,
                payment=PaymentId(refund.payment),
                refund=ids[refund.id],
                amount=Money(refund.amount_minor, refund.currency),
                note=entry.note,
                automatic=refund.automatic,
                key=refund.key or None,
            )


def _provider_deadlines(payments: Sequence[Payment]) -> set[Deadline]:
    late = {
        Deadline(DeadlineKind.LATE_WINDOW_CLOSES, p.late_until) for p in payments if p.late_until
    }
    return late | {
        Deadline(DeadlineKind.AUTHORISATION_EXPIRES, p.expires_at)
        for p in payments
        if p.expires_at and p.status == "authorised"
    }


def _deadline(kind: str, at: datetime, ref: str) -> Deadline:
    return Deadline(_known(DeadlineKind, kind, f"order {ref}"), at)


def _known(words: Callable[[str], W], word: str, where: str) -> W:
    try:
        return words(word)
    except ValueError:
        raise Unreadable(f"{where}: unknown word {word!r}") from None
