"""The order as its shop last described it: identity, amount, customer, deadlines, fitness.

A snapshot, never evidence of money. The stage is folded from events (`stage`), the payment truth
from evidence (`truth`); this holds what both are compared with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.ids import CustomerId, OrderRef, ShopId
from agent_app.domain.money import Money


class PaymentMethod(StrEnum):
    """Families of methods that share a rhythm: thresholds are kept per family."""

    CARD = "card"
    DEBIT_CARD = "debit_card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    CASH_VOUCHER = "cash_voucher"
    """Paid at a counter or bank after the order: boleto, OXXO, konbini."""
    STORE_CREDIT = "store_credit"
    """A voucher or balance with the shop itself."""
    UNKNOWN = "unknown"

    @property
    def is_asynchronous(self) -> bool:
        """Return whether the customer pays outside the checkout, in hours or days."""
        return self in {PaymentMethod.BANK_TRANSFER, PaymentMethod.CASH_VOUCHER}


class DeadlineKind(StrEnum):
    """What the shop or provider will do by itself when the time is up."""

    AUTO_CANCEL = "auto_cancel"
    AUTO_REFUND = "auto_refund"
    AUTHORISATION_EXPIRES = "authorisation_expires"
    LATE_WINDOW_CLOSES = "late_window_closes"
    """Until then the provider may still turn a timed-out payment into a captured one."""


@dataclass(frozen=True, slots=True)
class Deadline:
    kind: DeadlineKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Who ordered. Contact fields are personal data: masked on screen, never logged."""

    id: CustomerId
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "en"
    """BCP 47 tag of the language that messages to this customer are written in."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the shop promised at purchase, for shops whose confirmation takes days."""

    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    seller_orders: float = 0.0
    """The seller's earlier orders whose hand-over was known when this one was placed."""
    seller_late: float = 0.0
    """How many of those were handed over late (`promise.LATE_AFTER_DAYS`)."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order or, where the shop never made one, the cart that its payment refers to."""

    shop: ShopId
    ref: OrderRef
    customer: Customer
    total: Money
    method: PaymentMethod
    placed_at: datetime
    fulfillable: bool | None = None
    """None: the shop was not asked or did not say. False: stock, price or validation forbids."""
    unfulfillable_why: str | None = None
    input_problem: str | None = None
    """The field that the shop refused (`phone`, `postcode`, …), None when none is known."""
    deadlines: tuple[Deadline, ...] = ()
    promise: Promise = Promise()
    shop_number: str | None = None
    """The shop's own number, once it has made the order."""

    @property
    def paid_at_provider(self) -> bool:
        """Return whether a provider must have money for it: not so for nothing or store credit."""
        return not self.total.is_zero and self.method is not PaymentMethod.STORE_CREDIT

    def deadline(self, kind: DeadlineKind) -> datetime | None:
        """Return the earliest deadline of the kind."""
        return min((d.at for d in self.deadlines if d.kind is kind), default=None)

    def next_deadline(self, now: datetime) -> Deadline | None:
        """Return the next thing that the platform will do by itself."""
        coming = [
            d
            for d in self.deadlines
            if d.at >= now and d.kind is not DeadlineKind.LATE_WINDOW_CLOSES
        ]
        return min(coming, key=lambda d: d.at, default=None)
