"""Stripe's documents as far as they are read; other fields are passed over. Times: Unix seconds."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Customer(msgspec.Struct, frozen=True):
    id: str
    email: str | None = None


class BillingDetails(msgspec.Struct, frozen=True):
    email: str | None = None


class Wallet(msgspec.Struct, frozen=True):
    type: str | None = None


class CardDetails(msgspec.Struct, frozen=True):
    brand: str | None = None
    funding: str | None = None
    wallet: Wallet | None = None
    capture_before: int | None = None


class MethodDetails(msgspec.Struct, frozen=True):
    type: str | None = None
    card: CardDetails | None = None


class Charge(msgspec.Struct, frozen=True):
    id: str
    created: int
    amount: int
    status: str
    captured: bool
    amount_captured: int | None = None
    disputed: bool = False
    failure_code: str | None = None
    payment_intent: str | Intent | None = None
    payment_method_details: MethodDetails | None = None
    billing_details: BillingDetails | None = None
    receipt_email: str | None = None


class PaymentError(msgspec.Struct, frozen=True):
    code: str | None = None
    decline_code: str | None = None


class Intent(msgspec.Struct, frozen=True):
    """A payment intent, asked for with its latest charge and its customer expanded."""

    id: str
    created: int
    amount: int
    currency: str
    status: str
    livemode: bool = False
    capture_method: str | None = None
    amount_received: int | None = None
    canceled_at: int | None = None
    cancellation_reason: str | None = None
    last_payment_error: PaymentError | None = None
    latest_charge: Charge | str | None = None
    customer: Customer | str | None = None
    receipt_email: str | None = None
    metadata: dict[str, str] = {}


class Refund(msgspec.Struct, frozen=True):
    id: str
    created: int
    amount: int
    currency: str
    status: str | None = None
    reason: str | None = None
    failure_reason: str | None = None
    charge: str | None = None
    payment_intent: str | None = None
    metadata: dict[str, str] = {}


class Dispute(msgspec.Struct, frozen=True):
    id: str
    created: int
    amount: int
    currency: str
    status: str
    reason: str | None = None


class EventObject(msgspec.Struct, frozen=True):
    """What an event is about: a payment intent, or something of one."""

    object: str
    id: str | None = None
    payment_intent: str | None = None


class EventData(msgspec.Struct, frozen=True):
    object: EventObject


class Event(msgspec.Struct, frozen=True):
    id: str
    created: int
    type: str
    data: EventData


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; `has_more` is continued with `starting_after` the last id."""

    data: list[T]
    has_more: bool = False


class Found(msgspec.Struct, frozen=True):
    id: str


class SearchPage(msgspec.Struct, frozen=True):
    """One page of a search, continued with `page=next_page`."""

    data: list[Found]
    has_more: bool = False
    next_page: str | None = None
