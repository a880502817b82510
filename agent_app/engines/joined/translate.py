"""What the shop's side and the provider told, in the domain's words: order, events, evidence.

Pure; only `shop.JoinedShop` uses it. Event and refund ids depend on the fact alone, so that a
second look at the same fact is no news: `Movement.at` is part of it and must be the fact's time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind, Fulfilment
from agent_app.domain.ids import CustomerId, EventId, OrderRef, PaymentId, RefundId, ShopId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.joined.provider import (
    Movement,
    ProviderLook,
    ProviderPayment,
    RefundWord,
)
from agent_app.engines.joined.store import StoreLook, StorePayment
from agent_app.engines.looks import (
    ORDER_FRESH_S,
    PAYMENTS_FRESH_S,
    Look,
    Looked,
    method_of,
    payment_verdict,
    sorted_deadlines,
)
from agent_app.engines.port import Reading

NO_CURRENCY = "XXX"


def reading_of(
    shop: ShopId,
    ref: OrderRef,
    asked_at: datetime,
    store: Looked[StoreLook],
    provider: Looked[ProviderLook],
) -> Reading:
    """Return one look at both sources; of a hidden order, what the provider alone knows."""
    payments = provider.answer.payments if provider.answer else ()
    events = (
        *_store_events(ref, store, payments, asked_at),
        *provider_events(ref, payments, asked_at),
    )
    order = order_of(shop, ref, store, payments)
    evidence = tuple(_evidence(Look(ref, asked_at), store, provider, order, events))
    return Reading(order, events, evidence)


def order_of(
    shop: ShopId, ref: OrderRef, store: Looked[StoreLook], payments: Sequence[ProviderPayment]
) -> Order | None:
    """Return the shop's order with the provider's deadlines, or what the provider alone knows.

    Of an order that the shop does not show the customer has no id: the payer must not prove his
    own identity (I8).
    """
    deadlines = _provider_deadlines(payments)
    methods = [method_of(p.method) for p in payments if p.method]
    method = next((m for m in methods if m is not PaymentMethod.UNKNOWN), PaymentMethod.UNKNOWN)
    if store.answer is not None:
        order = store.answer.order
        if order.method is not PaymentMethod.UNKNOWN:
            method = order.method
        merged = sorted_deadlines((*order.deadlines, *deadlines))
        return replace(order, method=method, deadlines=merged)
    total = next((m for p in payments for m in _amounts(p)), None)
    if not store.hidden or total is None:
        return None
    return Order(
        shop=shop,
        ref=ref,
        customer=Customer(CustomerId("")),
        total=total,
        method=method,
        placed_at=_began(payments),
        deadlines=sorted_deadlines(deadlines),
    )


def provider_events(
    ref: OrderRef, payments: Sequence[ProviderPayment], seen_at: datetime
) -> Iterator[OrderEvent]:
    """Give what the provider states of the payments and refunds of one order."""
    for payment in payments:
        yield from _movements(
            Source.PROVIDER, ref, payment.id, payment.movements, seen_at,
            payer=payment.payer, method=payment.method,
        )  # fmt: skip
        for word in payment.refunds:
            yield _refund(Source.PROVIDER, ref, payment.id, word.id, word, seen_at)


def _store_events(
    ref: OrderRef,
    store: Looked[StoreLook],
    payments: Sequence[ProviderPayment],
    seen_at: datetime,
) -> Iterator[OrderEvent]:
    if store.answer is not None:
        yield from store.answer.events
        for row in store.answer.payments:
            yield from _row_events(ref, row, seen_at)
    elif store.hidden and any(p.movements for p in payments):
        yield _hidden(ref, payments, seen_at)


def _row_events(ref: OrderRef, row: StorePayment, seen_at: datetime) -> Iterator[OrderEvent]:
    payment = row.payment_id
    yield from _movements(Source.PLATFORM, ref, payment, row.movements, seen_at, method=row.method)
    for word in row.refunds:
        yield _refund(Source.PLATFORM, ref, payment, word.provider_id or word.id, word, seen_at)


def _hidden(ref: OrderRef, payments: Sequence[ProviderPayment], seen_at: datetime) -> OrderEvent:
    """Return the stage of an order that the shop does not show to us (P1, P2).

    It stands at the beginning of the payment, so that any stage the shop ever told counts more.
    """
    first = min((p for p in payments if p.movements), key=lambda p: (p.movements[0].at, p.id))
    return OrderEvent(
        EventId(f"platform:{ref}:not_visible:{first.id}"),
        ref,
        EventKind.STAGE_REPORTED,
        Source.PLATFORM,
        first.movements[0].at,
        seen_at,
        stage=Stage.NOT_VISIBLE,
    )


def _movements(
    source: Source,
    ref: OrderRef,
    payment: str,
    movements: Sequence[Movement],
    seen_at: datetime,
    *,
    payer: CustomerId | None = None,
    method: str | None = None,
) -> Iterator[OrderEvent]:
    again: Counter[str] = Counter()
    for movement in movements:
        # The payer is part of it: a customer's address that was changed at the provider must not
        # read as two facts under one id, which would hide the money for good.
        who = f":{payer[-8:]}" if payer else ""
        fact = f"{source}:{payment}:{movement.kind}:{movement.at.isoformat()}{who}"
        again[fact] += 1
        yield OrderEvent(
            EventId(fact if again[fact] == 1 else f"{fact}:{again[fact]}"),
            ref,
            movement.kind,
            source,
            movement.at,
            seen_at,
            payment=PaymentId(payment),
            amount=movement.amount,
            customer=payer,
            method=method,
            note=movement.note,
        )


def _refund(
    source: Source, ref: OrderRef, payment: str, refund: str, word: RefundWord, seen_at: datetime
) -> OrderEvent:
    return OrderEvent(
        EventId(f"{source}:{refund}:{word.kind}"),
        ref,
        word.kind,
        source,
        word.at,
        seen_at,
        payment=PaymentId(payment),
        refund=RefundId(refund),
        amount=word.amount,
        note=_for_people(word),
        automatic=word.automatic,
        key=word.key,
    )


def _for_people(word: RefundWord) -> str | None:
    """Return the refund's note without our own key before it, which the event carries by itself."""
    note = word.note or ""
    return (note.removeprefix(word.key) if word.key else note).strip() or None


def _evidence(
    look: Look,
    store: Looked[StoreLook],
    provider: Looked[ProviderLook],
    order: Order | None,
    events: Sequence[OrderEvent],
) -> Iterator[Evidence]:
    if store.answer is None:
        yield look.refused(Source.PLATFORM, EvidenceKind.ORDER, ORDER_FRESH_S, store)
    else:
        yield from _of_shop(look, store.answer, events)
    if provider.answer is None:
        yield look.refused(Source.PROVIDER, EvidenceKind.PAYMENTS, PAYMENTS_FRESH_S, provider)
    else:
        yield _of_provider(look, provider.answer, order, events)


def _of_shop(look: Look, told: StoreLook, events: Sequence[OrderEvent]) -> Iterator[Evidence]:
    order, told_hash = told.order, told.payload_hash
    yield look.write(
        Source.PLATFORM, EvidenceKind.ORDER, ORDER_FRESH_S, told.stage, None, told_hash, order.total
    )
    own = payment_verdict(events, Source.PLATFORM, order.total.currency)
    yield look.write(Source.PLATFORM, EvidenceKind.PAYMENTS, PAYMENTS_FRESH_S, own, None, told_hash)
    if order.fulfillable is not None:
        fits = Fulfilment.FULFILLABLE if order.fulfillable else Fulfilment.UNFULFILLABLE
        yield look.write(
            Source.PLATFORM, EvidenceKind.FULFILMENT, ORDER_FRESH_S, fits,
            order.unfulfillable_why, told_hash,
        )  # fmt: skip


def _of_provider(
    look: Look, told: ProviderLook, order: Order | None, events: Sequence[OrderEvent]
) -> Evidence:
    captured = [
        e.amount for e in events
        if e.source is Source.PROVIDER and e.kind is EventKind.PAYMENT_CAPTURED and e.amount
    ]  # fmt: skip
    currencies = {m.currency for m in captured}
    amount = None
    if len(currencies) == 1:
        amount = Money(sum(m.amount_minor for m in captured), currencies.pop())
    currency = next((m.currency for p in told.payments for m in _amounts(p)), NO_CURRENCY)
    verdict = payment_verdict(events, Source.PROVIDER, currency)
    # For people: a verdict has a name of its own, only what the provider adds to it is told.
    last = (p.movements[-1].note for p in told.payments if p.movements)
    words = "; ".join(note for note in last if note)
    return look.write(
        Source.PROVIDER, EvidenceKind.PAYMENTS, PAYMENTS_FRESH_S, verdict, words or None,
        told.payload_hash, amount, _match(told.payments, order),
    )  # fmt: skip


def _match(payments: Sequence[ProviderPayment], order: Order | None) -> CustomerMatch:
    payers = {p.payer for p in payments if p.payer}
    if order is None or not order.customer.id or not payers:
        return CustomerMatch.UNKNOWN
    return CustomerMatch.SAME if payers == {order.customer.id} else CustomerMatch.DIFFERENT


def _amounts(payment: ProviderPayment) -> list[Money]:
    return [m.amount for m in payment.movements if m.amount]


def _began(payments: Sequence[ProviderPayment]) -> datetime:
    return min(m.at for p in payments for m in p.movements)


def _provider_deadlines(payments: Sequence[ProviderPayment]) -> list[Deadline]:
    late = [
        Deadline(DeadlineKind.LATE_WINDOW_CLOSES, p.late_until) for p in payments if p.late_until
    ]
    return late + [
        Deadline(DeadlineKind.AUTHORISATION_EXPIRES, p.expires_at) for p in payments if p.expires_at
    ]
