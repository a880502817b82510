"""What a test does at a real shop: buy, fail to buy, and look into the shop's and provider's books.

Every real shop's kit implements `Trade`; the harnesses are written against it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef


class Way(StrEnum):
    """A known way in which an order ends up where it is; made through the storefront's API."""

    HEALTHY = "healthy"
    """Paid and confirmed."""
    ABANDONED = "abandoned"
    """A cart that never reached the payment step: no order was submitted."""
    UNPAID = "unpaid"
    """Submitted, the payment step reached, nothing paid (U4)."""
    DECLINED = "declined"
    """The provider declined (U4)."""
    ERRORED = "errored"
    """The payment step broke off with an error of the provider (N5)."""
    AUTHORISED = "authorised"
    """Reserved and never captured, in a shop that captures at once."""
    CAPTURE_FAILED = "capture_failed"
    """Reserved, and the capture was refused."""
    PAID_UNTOLD = "paid_untold"
    """Captured at the provider, and the shop was never told: no payment row, no order (S1, N4)."""
    PAID_NOT_COMPLETED = "paid_not_completed"
    """The shop knows the captured payment and made no order of it (S2, S4)."""
    PAID_UNFULFILLABLE = "paid_unfulfillable"
    """Captured, and the cart can no longer be made an order: sold out or no shipping (S5)."""
    PAID_TWICE = "paid_twice"
    """One order, two captured payments (U1, U2)."""
    CANCELLED_PAID = "cancelled_paid"
    """Cancelled by the shop, and the captured money kept (S9)."""
    REFUND_UNRECORDED = "refund_unrecorded"
    """Paid back at the provider by a refund whose answer the shop never got (N7)."""


@dataclass(frozen=True, slots=True)
class Made:
    """One order or cart as it was made, with what is true of it.

    `family` is the family of cause that an agent should be led to (`system`, `network`, `user`,
    `permission`), None where nothing is stuck; `safe` the action that is right.
    """

    ref: OrderRef
    way: Way
    stuck: bool
    family: str | None
    safe: ActionKind | None
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Payout:
    """One refund in the provider's own books."""

    payment: str
    amount_minor: int


class Trade(Protocol):
    """A customer, an operator and an auditor at one real shop. Safe from several threads."""

    name: str
    ways: frozenset[Way]
    """Which ways this shop can be brought into."""
    base_url: str
    """Where the shop answers, for the gateway or for a proxy before it."""
    provider_url: str

    def make(self, way: Way) -> Made:
        """Make one order in this way, through the storefront."""
        ...

    def captured(self, ref: OrderRef) -> list[tuple[str, int]]:
        """Return the provider's captured payments of the order: id and minor units."""
        ...

    def payouts(self, ref: OrderRef) -> list[Payout]:
        """Return the provider's refunds of the order's payments, by its own books."""
        ...

    def refund_directly(self, ref: OrderRef, amount_minor: int) -> str:
        """Ask the shop's own API for a refund, as its admin page does; return what it answered."""
        ...

    def slow_refunds(self, seconds: float) -> None:
        """Let the provider answer the shop's refunds this late from now on."""
        ...

    def lose_refund_answers(self, every: int) -> None:
        """Lose the provider's answer to every n-th refund, after the payout; 0: to none."""
        ...

    def close(self) -> None: ...
