"""What Medusa's Admin and Store APIs answer, as far as the connector reads it.

Amounts are major units as decimals, exactly as they stand in the JSON; times are RFC 3339 texts
with milliseconds and are compared as the shop wrote them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec


class Id(msgspec.Struct, frozen=True):
    id: str


class Refund(msgspec.Struct, frozen=True):
    """A refund's row. Written before the provider is asked, deleted again when he refuses."""

    id: str
    amount: Decimal
    created_at: datetime
    note: str | None = None
    created_by: str | None = None


class Capture(msgspec.Struct, frozen=True):
    id: str
    amount: Decimal
    created_at: datetime


class ProviderData(msgspec.Struct, frozen=True):
    """What the payment module keeps; Stripe-like ones keep the payment intent itself."""

    id: str | None = None


class Payment(msgspec.Struct, frozen=True):
    id: str
    amount: Decimal
    currency_code: str
    created_at: datetime
    provider_id: str = ""
    captured_at: datetime | None = None
    canceled_at: datetime | None = None
    payment_session_id: str | None = None
    data: ProviderData | None = None
    captures: list[Capture] = []
    refunds: list[Refund] = []


class Session(msgspec.Struct, frozen=True):
    """A payment that was begun; it becomes a `Payment` when the shop holds it authorised."""

    id: str
    status: str
    provider_id: str = ""
    created_at: datetime | None = None
    data: ProviderData | None = None


class Collection(msgspec.Struct, frozen=True):
    id: str
    amount: Decimal
    refunded_amount: Decimal | None = None
    payments: list[Payment] = []
    payment_sessions: list[Session] = []


class Transaction(msgspec.Struct, frozen=True):
    reference: str | None = None
    reference_id: str | None = None


class Person(msgspec.Struct, frozen=True):
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    address_1: str | None = None
    city: str | None = None
    country_code: str | None = None


class Order(msgspec.Struct, frozen=True):
    """One order. `total` falls with every refund; with `credit_line_total` it is what was sold."""

    id: str
    status: str
    currency_code: str
    total: Decimal
    created_at: datetime
    credit_line_total: Decimal = Decimal(0)
    display_id: int | str | None = None
    email: str | None = None
    locale: str | None = None
    canceled_at: datetime | None = None
    cart: Id | None = None
    customer: Person | None = None
    shipping_address: Person | None = None
    payment_collections: list[Collection | None] | None = None
    transactions: list[Transaction] | None = None


class CartItem(msgspec.Struct, frozen=True):
    id: str
    quantity: Decimal
    requires_shipping: bool = True
    variant_id: str | None = None
    product_id: str | None = None
    title: str | None = None


class CartPayments(msgspec.Struct, frozen=True):
    id: str
    amount: Decimal | None = None
    payment_sessions: list[Session] = []


class Cart(msgspec.Struct, frozen=True):
    id: str
    currency_code: str
    total: Decimal
    created_at: datetime
    completed_at: datetime | None = None
    email: str | None = None
    locale: str | None = None
    customer_id: str | None = None
    items: list[CartItem] | None = None
    shipping_methods: list[Id] | None = None
    shipping_address: Person | None = None
    payment_collection: CartPayments | None = None


class Variant(msgspec.Struct, frozen=True):
    id: str
    manage_inventory: bool = False
    allow_backorder: bool = False
    inventory_quantity: Decimal | None = None


class Product(msgspec.Struct, frozen=True):
    id: str
    variants: list[Variant] | None = None


class Change(msgspec.Struct, frozen=True):
    id: str
    change_type: str | None = None
    status: str | None = None


class Link(msgspec.Struct, frozen=True):
    """Which cart and order a payment collection belongs to."""

    id: str
    refunded_amount: Decimal | None = None
    cart: Id | None = None
    order: Id | None = None


class LinkedPayment(Payment, frozen=True, kw_only=True):
    payment_collection: Link | None = None


class OrderRow(msgspec.Struct, frozen=True):
    """One line of the list of changed orders."""

    id: str
    updated_at: str
    cart: Id | None = None


class PaymentRow(msgspec.Struct, frozen=True):
    """One line of the list of changed payments."""

    id: str
    updated_at: str
    payment_collection: Link | None = None


class OrderRows(msgspec.Struct, frozen=True):
    orders: list[OrderRow]


class PaymentRows(msgspec.Struct, frozen=True):
    payments: list[PaymentRow]


class LinkedPayments(msgspec.Struct, frozen=True):
    payments: list[LinkedPayment]


class OneOrder(msgspec.Struct, frozen=True):
    order: Order


class OneCart(msgspec.Struct, frozen=True):
    cart: Cart


class Products(msgspec.Struct, frozen=True):
    products: list[Product]


class Changes(msgspec.Struct, frozen=True):
    order_changes: list[Change]


class Completed(msgspec.Struct, frozen=True):
    """The answer to completing a cart: the order, or the cart with what is wrong."""

    type: str
    order: NewOrder | None = None
    error: CompletionError | None = None


class NewOrder(msgspec.Struct, frozen=True):
    id: str
    display_id: int | str | None = None


class CompletionError(msgspec.Struct, frozen=True):
    message: str | None = None
    name: str | None = None


class Authorised(msgspec.Struct, frozen=True):
    is_authorized: bool


class BookedRefund(msgspec.Struct, frozen=True):
    id: str
    note: str | None = None


class MovedPayment(msgspec.Struct, frozen=True):
    """A payment as a capture or refund answers it, with the routes' own fields."""

    id: str
    captures: list[Id] = []
    refunds: list[BookedRefund] = []


class OnePayment(msgspec.Struct, frozen=True):
    payment: MovedPayment


class CancelledOrder(msgspec.Struct, frozen=True):
    id: str
    status: str


class Cancelled(msgspec.Struct, frozen=True):
    order: CancelledOrder
