"""Turn a past order into the domain's order and events, at the times of its second life.

Pure. The export does not date its last status; what only that status tells (a cancellation, a
delivery without dates) happens when the export was made, which is the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import CustomerId, EventId, OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod, Promise
from agent_app.domain.stage import Stage
from agent_app.engines.history.orders import PastOrder, Status


@dataclass(frozen=True, slots=True)
class SecondLife:
    """How a folder is brought to the present: whose orders, how far shifted, in which currency."""

    shop: ShopId
    anchor: datetime
    """The moment that the newest purchase is shifted to."""
    shift: timedelta
    currency: str
    language: str


@dataclass(frozen=True, slots=True)
class SellerPace:
    """The seller's earlier orders and how many were late, as known at the purchase."""

    orders: float = 0.0
    late: float = 0.0


def order_of(past: PastOrder, life: SecondLife, pace: SellerPace, now: datetime) -> Order:
    """Return the order as its shop would describe it at `now`; the limit is set at approval."""
    approved = past.approved_at is not None and past.approved_at + life.shift <= now
    ship_by = past.ship_by + life.shift if approved and past.ship_by else None
    deliver_by = past.estimated_at + life.shift if past.estimated_at else None
    unavailable = past.status is Status.UNAVAILABLE and life.anchor <= now
    return Order(
        shop=life.shop,
        ref=OrderRef(past.id),
        customer=Customer(CustomerId(past.customer), language=life.language),
        total=Money(past.total_minor, life.currency),
        method=past.method,
        placed_at=past.purchased_at + life.shift,
        fulfillable=False if unavailable else None,
        unfulfillable_why="unavailable" if unavailable else None,
        promise=Promise(ship_by, deliver_by, pace.orders, pace.late),
        shop_number=past.id,
    )


def events_of(past: PastOrder, life: SecondLife) -> list[OrderEvent]:
    """Return all events of the order, oldest first; the caller shows those that have happened."""
    tell = _Teller(past.id, life)
    placed = past.purchased_at + life.shift
    events = [tell(EventKind.SUBMIT_RECEIVED, placed)]
    for payment in past.payments:
        method, amount = payment.method, Money(payment.amount_minor, life.currency)
        id_ = PaymentId(f"{past.id}-{payment.number}")
        events.append(tell.money(EventKind.PAYMENT_STARTED, placed, id_, amount, method))
        if past.approved_at is not None:
            at = past.approved_at + life.shift
            events.append(tell.money(EventKind.PAYMENT_CAPTURED, at, id_, amount, method))
    if past.approved_at is not None:
        events.append(tell.stage(Stage.PAID, past.approved_at + life.shift, None))
    sent_at = past.carrier_at or past.delivered_at
    if sent_at is not None:
        events.append(tell(EventKind.ORDER_CONFIRMED, sent_at + life.shift))
    elif past.status in {Status.SHIPPED, Status.DELIVERED}:
        events.append(tell(EventKind.ORDER_CONFIRMED, life.anchor, past.status))
    if past.status is Status.CANCELED:
        events.append(tell.stage(Stage.CANCELLED, life.anchor, past.status))
    return sorted(events, key=lambda e: (e.at, e.id))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes the shop's word; the export knows no provider."""

    order: str
    life: SecondLife

    def __call__(self, kind: EventKind, at: datetime, note: str | None = None) -> OrderEvent:
        id_ = EventId(f"{self.order}:{kind}")
        return OrderEvent(id_, OrderRef(self.order), kind, Source.PLATFORM, at, at, note=note)

    def stage(self, stage: Stage, at: datetime, note: str | None) -> OrderEvent:
        kind = EventKind.STAGE_REPORTED
        id_ = EventId(f"{self.order}:{stage}")
        return OrderEvent(
            id_, OrderRef(self.order), kind, Source.PLATFORM, at, at, stage=stage, note=note
        )

    def money(
        self, kind: EventKind, at: datetime, payment: PaymentId, amount: Money, by: PaymentMethod
    ) -> OrderEvent:
        return OrderEvent(
            EventId(f"{payment}:{kind}"),
            OrderRef(self.order),
            kind,
            Source.PLATFORM,
            at,
            at,
            payment=payment,
            amount=amount,
            method=by,
        )
