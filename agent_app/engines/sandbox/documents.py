"""The documents of the sandbox's HTTP dialect; its two halves keep them as their books too.

Used by the server's side and by the connector. Money is minor units, times are UTC.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Happening(msgspec.Struct):
    """One entry of an append-only history; `kind` is the side's own word."""

    kind: str
    at: datetime
    amount_minor: int = 0
    by: str = ""
    """`timer`, `agent`, `customer`, `shop` or `provider`."""
    note: str | None = None


class Refund(msgspec.Struct):
    """One refund; each side keeps its own history of it."""

    id: str
    payment: str
    amount_minor: int
    currency: str
    key: str | None
    """The merchant's own reference of this refund, as he sent it."""
    automatic: bool
    happenings: list[Happening] = []

    @property
    def status(self) -> str:
        """Return what happened last."""
        return self.happenings[-1].kind


class Payment(msgspec.Struct):
    """One payment in the provider's books."""

    id: str
    reference: str
    customer: str
    """Who paid, as the merchant named him when the payment began."""
    amount_minor: int
    currency: str
    method: str
    happenings: list[Happening] = []
    refunds: list[Refund] = []
    late_until: datetime | None = None
    expires_at: datetime | None = None

    @property
    def status(self) -> str:
        """Return what happened last."""
        return self.happenings[-1].kind

    @property
    def captured_minor(self) -> int:
        """Return what was taken, refunds not counted."""
        return sum(h.amount_minor for h in self.happenings if h.kind == "captured")


class LedgerEntry(msgspec.Struct, frozen=True):
    """One movement that took effect; never changed, never removed.

    `what` is `capture`, `void`, `refund_accepted`, `refund` (paid back) or `refund_failed`.
    """

    seq: int
    at: datetime
    what: str
    payment: str
    reference: str
    amount_minor: int
    currency: str
    refund: str | None = None
    key: str | None = None


class Callback(msgspec.Struct, frozen=True):
    """One delivery in the provider's callback log; `status` None: nothing was sent."""

    id: str
    reference: str
    payment: str
    topic: str
    at: datetime
    host: str
    status: int | None
    effect: bool
    note: str


class Customer(msgspec.Struct):
    """Who ordered. Contact fields are personal data."""

    id: str
    name: str
    email: str
    phone: str
    language: str


class Row(msgspec.Struct):
    """What the shop's own payment table says of one payment."""

    payment: str
    happenings: list[Happening] = []
    refunds: list[Refund] = []


class Deadline(msgspec.Struct):
    """What shop or provider will do by itself, by the domain's word for it."""

    kind: str
    at: datetime


class Sent(msgspec.Struct):
    """A message that left for the customer."""

    key: str
    template: str
    language: str
    at: datetime


class Sale(msgspec.Struct):
    """A cart and, once `number` is set, the order that the shop made of it."""

    reference: str
    customer: Customer
    total_minor: int
    currency: str
    method: str
    placed_at: datetime
    fulfillable: bool = True
    unfulfillable_why: str | None = None
    input_problem: str | None = None
    number: str | None = None
    stages: list[Happening] = []
    rows: list[Row] = []
    problems: list[Happening] = []
    deadlines: list[Deadline] = []
    messages: list[Sent] = []

    @property
    def stage(self) -> str:
        """Return where the shop says the order stands; `absent` for a cart."""
        return self.stages[-1].kind if self.number and self.stages else "absent"


class Profile(msgspec.Struct, frozen=True):
    """Answer of `GET /capabilities`."""

    label: str
    keys: bool
    key_lifetime_s: float
    query_lag_s: float
    processing_s: float
    requests_per_s: float
    late_window_s: float
    refund_cap: bool


class Feed(msgspec.Struct, frozen=True):
    """Answer of both `changed_since` queries: references, oldest change first, once each."""

    references: list[str]
    cursor: int
    more: bool


class Payments(msgspec.Struct, frozen=True):
    """Answer of the provider's query by reference."""

    payments: list[Payment]
    as_of: datetime


class Callbacks(msgspec.Struct, frozen=True):
    """Answer of `GET /callbacks`, oldest delivery first."""

    callbacks: list[Callback]


class Problem(msgspec.Struct, frozen=True):
    """Body of every refusal."""

    code: str
    detail: str = ""


class Taken(msgspec.Struct, frozen=True):
    """Answer to a command: `done` or `pending`, with the shop's or provider's reference."""

    status: str
    reference: str


class PaymentCommand(msgspec.Struct, frozen=True):
    """Body of complete, restore, capture and void."""

    payment: str
    note: str = ""


class RefundCommand(msgspec.Struct, frozen=True):
    """Body of refund."""

    payment: str
    amount_minor: int
    currency: str
    note: str = ""


class InputCommand(msgspec.Struct, frozen=True):
    """Body of input: field and new value."""

    fields: dict[str, str]


class MessageCommand(msgspec.Struct, frozen=True):
    """Body of messages."""

    template: str
    language: str
    subject: str
    body: str
