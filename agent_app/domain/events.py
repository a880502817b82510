"""What happened to an order, as append-only facts; the folds in `stage` and `truth` read them.

Written by the engines, kept by the gateway, shown by the desk as the timeline. An event's id is
given by whoever observed it and is the same at every redelivery, so that a repeat is no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from agent_app.domain.ids import CustomerId, EventId, OrderRef, PaymentId, RefundId
from agent_app.domain.money import Money


class Source(StrEnum):
    """Who said it. Only a provider can say that money moved."""

    PLATFORM = "platform"
    PROVIDER = "provider"
    CALLBACK_LOG = "callback_log"
    MONITOR = "monitor"
    CUSTOMER = "customer"
    AGENT = "agent"


class EventKind(StrEnum):
    """The events of field.md 6.1, with the money events split by what they prove."""

    SUBMIT_RECEIVED = "submit_received"
    SUBMIT_TIMEOUT = "submit_timeout"
    STAGE_REPORTED = "stage_reported"
    ORDER_CONFIRMED = "order_confirmed"
    AUTO_CANCELLED = "auto_cancelled"
    ORDER_EXPIRED = "order_expired"
    VALIDATION_FAILED = "validation_failed"

    PAYMENT_STARTED = "payment_started"
    PAYMENT_PENDING = "payment_pending"
    PAYMENT_AUTHORISED = "payment_authorised"
    PAYMENT_CAPTURED = "payment_captured"
    PAYMENT_FAILED_SOFT = "payment_failed_soft"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_VOIDED = "payment_voided"
    PAYMENT_DISPUTED = "payment_disputed"

    REFUND_REQUESTED = "refund_requested"
    REFUND_PENDING = "refund_pending"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"

    CALLBACK_RECEIVED = "callback_received"
    CALLBACK_REJECTED = "callback_rejected"
    MESSAGE_SENT = "message_sent"


PAYMENT_KINDS = frozenset(
    kind for kind in EventKind if kind.value.startswith(("payment_", "refund_"))
)


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One fact about one order.

    `at` is when it happened by the source's clock, `observed_at` when we learnt of it; the folds
    order by `at` alone, so that a late arrival changes nothing but what is known.
    """

    id: EventId
    order: OrderRef
    kind: EventKind
    source: Source
    at: datetime
    observed_at: datetime
    payment: PaymentId | None = None
    refund: RefundId | None = None
    amount: Money | None = None
    customer: CustomerId | None = None
    method: str | None = None
    stage: str | None = None
    """For STAGE_REPORTED: the `Stage` value that the shop's own label maps to."""
    note: str | None = None
    """The source's own words (an error text, a state name), shown but never reasoned on."""
    automatic: bool = False
    """Done by the platform itself (a timer, a compensation), not by a person or by us."""
    key: str | None = None
    """For a refund: the key of our own action, where the books carry it (a reason, a note)."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.observed_at.tzinfo is None:
            raise ValueError(f"event {self.id}: times must be aware (UTC)")

    def same_fact(self, other: OrderEvent) -> bool:
        """Return whether both state the same, whenever each of them was observed."""
        return self._content() == other._content()

    def _content(self) -> tuple[object, ...]:
        return (
            self.order,
            self.kind,
            self.source,
            self.at,
            self.payment,
            self.refund,
            self.amount,
            self.customer,
            self.stage,
            self.automatic,
        )

    def _rank(self) -> tuple[str, ...]:
        """Return a key by which one of several events with the same id is kept.

        What states the fact comes first, in UTC: equal moments must not differ by their zone.
        """
        moment = self.at.astimezone(UTC).isoformat()
        fact = (f"{part!r}" for part in self._content() if part is not self.at)
        seen = self.observed_at.astimezone(UTC).isoformat()
        # What carries a key tells more, and is kept.
        keyed = ("", self.key) if self.key else ("keyless", "")
        return (moment, *fact, *keyed, seen, self.method or "", self.note or "")


@dataclass(frozen=True, slots=True)
class History:
    """Events without repeats in the one order that every arrival leads to.

    `contradicted` holds the ids under which two different facts arrived: nothing may be
    concluded from them, and they lower the payment verdict to unknown.
    """

    events: tuple[OrderEvent, ...]
    contradicted: frozenset[EventId]


def arrange(arrivals: Iterable[OrderEvent]) -> History:
    """Drop repeats and put events into their canonical order, whatever order they came in."""
    first: dict[EventId, OrderEvent] = {}
    contradicted: set[EventId] = set()
    for event in arrivals:
        known = first.get(event.id)
        if known is None:
            first[event.id] = event
        else:
            if not known.same_fact(event):
                contradicted.add(event.id)
            # Which of the two is kept must not depend on which came first.
            first[event.id] = min(known, event, key=OrderEvent._rank)
    kinds = list(EventKind)
    ordered = sorted(first.values(), key=lambda e: (e.at, kinds.index(e.kind), e.id))
    return History(tuple(ordered), frozenset(contradicted))
