"""The port of a payment provider: what really happened to the money, by the provider's own books.

A connector only reads: money moves through the shop, so that the shop's books stay right. It is
called from several threads at once, and raises the errors of `engines.port`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent_app.domain.events import EventKind
from agent_app.domain.ids import CustomerId
from agent_app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One thing that happened to a payment: a PAYMENT_* kind; `amount` where it names one."""

    kind: EventKind
    at: datetime
    amount: Money | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RefundWord:
    """One refund as a source's books have it now: a REFUND_* kind, as of `at`.

    `provider_id` is the provider's id of it, where the source knows it; `key` the key of our own
    action, where the books carry it.
    """

    id: str
    kind: EventKind
    at: datetime
    amount: Money
    provider_id: str | None = None
    key: str | None = None
    note: str | None = None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """One payment attempt by the provider's books, its movements oldest first.

    `reference` is what the shop gave as its own reference; `payer` is `identity.payer_id` of the
    payer's e-mail address, None when the provider does not say. Never matched on reference alone.
    """

    id: str
    reference: str | None
    movements: tuple[Movement, ...]
    refunds: tuple[RefundWord, ...] = ()
    payer: CustomerId | None = None
    method: str | None = None
    """`family:brand`, the family as in `PaymentMethod`."""
    late_until: datetime | None = None
    """Until when a timed-out payment may still turn into a captured one (N6)."""
    expires_at: datetime | None = None
    """When an authorisation lapses by itself."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A payment about which the provider has news.

    `at`: when the newest of it happened, by the provider's clock; None where it is not told.
    """

    id: str
    reference: str | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderChanges:
    """Payments with news since a cursor; `more` tells whether to ask again at once."""

    payments: tuple[Touched, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class ProviderLook:
    """All payments of one order, and the SHA-256 of what the provider answered.

    `as_of`: the provider's own time before it answered; None where it does not tell.
    """

    payments: tuple[ProviderPayment, ...]
    payload_hash: str
    as_of: datetime | None = None


class PaymentProvider(Protocol):
    """One provider's account. Every method may raise any `EngineError`; none returns a guess."""

    @property
    def query_lag_s(self) -> float:
        """Return how long its search by reference may trail its books, in seconds."""
        ...

    @property
    def late_window_s(self) -> float:
        """Return how long a timed-out payment may still turn into a captured one (N6)."""
        ...

    def changes(self, cursor: str | None, limit: int) -> ProviderChanges:
        """Read what has news since `cursor` (None: from the connector's horizon on)."""
        ...

    def look(self, reference: str, known: Sequence[str], since: datetime) -> ProviderLook:
        """Read the payments of an order: those whose ids the shop knows, and by its reference.

        `since`: nothing of this order can be older. A `known` id that the provider does not have
        is left out. Refunds are complete: a list that could not be read to its end raises.
        """
        ...

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the connection, in sentences for an operator."""
        ...

    def close(self) -> None: ...
