"""The port of the shop's side alone: its orders and carts, its own payment rows, its commands.

`shop.JoinedShop` joins it with a `provider.PaymentProvider` into the gateway's `port.Shop`: a new
shop is connected by implementing this. Called from several threads at once; raises the errors of
`engines.port`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent_app.domain.events import OrderEvent
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.order import Order
from agent_app.engines.joined.provider import Movement, RefundWord, Touched
from agent_app.engines.port import Command, Outcome, Receipt


@dataclass(frozen=True, slots=True)
class StorePayment:
    """One of the shop's own payment rows, movements oldest first.

    `id` is the shop's, `provider_id` the provider's; the domain knows it by `payment_id`, which
    must not change from one look to the next.
    """

    id: str
    provider_id: str | None
    movements: tuple[Movement, ...]
    refunds: tuple[RefundWord, ...] = ()
    method: str | None = None

    @property
    def payment_id(self) -> str:
        return self.provider_id or self.id


@dataclass(frozen=True, slots=True)
class StoreLook:
    """One look at an order or cart in the shop.

    `order.customer.id` is `identity.payer_id` of the customer's e-mail address. `events` are the
    shop's words about everything but payments: stages, problems, messages sent. `stage` is the
    domain's stage word for the evidence. `details` is the connector's own document, for `perform`.
    """

    order: Order
    stage: str
    events: tuple[OrderEvent, ...]
    payments: tuple[StorePayment, ...]
    payload_hash: str
    details: object = None


@dataclass(frozen=True, slots=True)
class StoreChanges:
    """References that changed since a cursor, oldest change first, none twice."""

    refs: tuple[OrderRef, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the shop's API can do for us; the words of `Capabilities`."""

    can_resync: bool
    can_complete: bool
    can_restore: bool
    can_capture: bool
    can_void: bool
    can_refund: bool
    can_refund_part: bool
    can_correct_input: bool
    resync_names_payment: bool = False
    """A RESYNC comes with the provider's payment and amount: the shop has to be told them."""
    can_refund_cart: bool = False
    can_refund_unrecorded: bool = False


class StoreSide(Protocol):
    """One shop's API. Every method may raise any `EngineError`; none returns a guess."""

    @property
    def id(self) -> ShopId: ...

    @property
    def label(self) -> str: ...

    @property
    def abilities(self) -> Abilities: ...

    @property
    def flag_policy(self) -> FlagPolicy: ...

    @property
    def longest_request_s(self) -> float:
        """Return the longest that one request takes, in seconds, whatever happens."""
        ...

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        """List what changed since `cursor`, bodies not included; one request when nothing did."""
        ...

    def look(self, ref: OrderRef) -> StoreLook:
        """Read one order, or the cart where the shop made no order of it.

        Raises:
            NotVisible: it shows neither; not the same as having neither (P1).
            Forbidden: our account may not read it.
        """
        ...

    def ref_of(self, touched: Touched) -> OrderRef | None:
        """Return which order or cart a provider's payment belongs to; None: none of this shop."""
        ...

    def perform(self, command: Command, look: StoreLook, payment: StorePayment | None) -> Receipt:
        """Carry out a command that was checked against `look`, with one changing request.

        `payment` is the shop's row of `command.payment`, None where it has none. A refund must
        carry `command.key` in the shop's books (reason, note), so that it is known again.

        Raises:
            OutcomeUnknown: it may have happened.
            Doubtful: refused in a way that has been seen to follow an effect.
            Rejected, Conflict, Throttled, Forbidden, NotVisible: it surely did not.
        """
        ...

    def outcome(self, command: Command, look: StoreLook) -> Outcome:
        """Say what a fresh look shows of a command that is neither refund, capture nor void."""
        ...

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the connection, in sentences for an operator."""
        ...

    def close(self) -> None: ...
