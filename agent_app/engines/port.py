"""The port that every shop connector implements: read, act, and find out what an action did.

Only the gateway calls it, from worker threads; a connector must be safe to call from several at
once. It turns a shop's dialect into the domain's events, evidence and orders, and its failures
into the errors below, which are told apart by what may be done next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.ledger import Outcome as Outcome
from agent_app.domain.money import Money
from agent_app.domain.order import Order


class EngineError(Exception):
    """A shop or provider did not do what was asked; the subclass says what may follow."""


class Rejected(EngineError):
    """Definitely refused, nothing was done: the reason is for a person, a new try is a new key."""


class Doubtful(EngineError):
    """Refused in words, as has been seen of refusals that followed a payout (Medusa's 400).

    Not sent again; what happened is read from the books after the shop's settle time.
    """


class Conflict(EngineError):
    """The state there is not what we thought (409): read again, then decide anew."""


class Throttled(EngineError):
    """Too many requests; nothing was done. Try later with the same key.

    `retry_after_s` is what the shop asked for.
    """

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unreachable(Throttled):
    """No connection could be made: nothing was sent, so nothing was done. Try later, same key.

    Kept under `Throttled` because the same follows from both.
    """


class OutcomeUnknown(EngineError):
    """Time-out, 5xx or lost answer: it may have happened. Never a failure; find out (I4)."""


class Forbidden(EngineError):
    """Our account may not do this at the shop."""


class NotVisible(EngineError):
    """The shop does not show it to us; that is not the same as not existing (P1)."""


class Unreadable(EngineError):
    """The shop said something that this connector does not know; the message says what, where.

    Nothing is guessed from it, and it is asked for again.
    """


@dataclass(frozen=True, slots=True)
class Reading:
    """What one look at an order brought: the order, events to append, evidence of the look.

    `order` is None when the shop and provider know nothing that identifies one.
    """

    order: Order | None
    events: tuple[OrderEvent, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Readings of what changed since a cursor, oldest change first.

    `cursor` continues behind the page; `more` tells whether to ask again at once.
    """

    readings: tuple[Reading, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One action for the shop, under the key that makes it one action however often it is sent."""

    kind: ActionKind
    order: OrderRef
    key: str
    payment: PaymentId | None = None
    amount: Money | None = None
    note: str = ""
    """For the shop's own record; never customer data."""
    correction: tuple[tuple[str, str], ...] = ()
    """For CORRECT_INPUT: field and new value."""
    requested_at: datetime | None = None
    """When it was asked for; what the books show from before that is not its doing."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a customer, as the shop or our own sender is to send it.

    Whom it goes to is not part of it: that is looked up when it is sent.
    """

    order: OrderRef
    key: str
    template: str
    language: str
    subject: str
    body: str
    short: str = ""
    """The same in one or two lines, for a text message."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The shop's direct answer to a command: taken in, or already done under this key."""

    outcome: Outcome
    reference: str | None = None


class Shop(Protocol):
    """One connected shop with its payment provider.

    Every method may raise any `EngineError`; none may return a guess.
    """

    @property
    def id(self) -> ShopId: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def flag_policy(self) -> FlagPolicy: ...

    @property
    def longest_call_s(self) -> float:
        """Return the longest that `perform` and `send_message` take, in seconds, whatever happens.

        An action's lease follows from it: a worker that died is replaced after that.
        """
        ...

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        """Read what changed since `cursor` (None: from the beginning), at most `limit` orders.

        Includes payments without an order. Costs what changed, not what exists.
        """
        ...

    def read(self, ref: OrderRef) -> Reading:
        """Ask shop and provider about one order now, whatever was known before.

        A source that does not answer, or refuses, is reported as evidence with the verdict
        `no_answer`, `not_visible` or `forbidden`; the other source's answer still counts.
        """
        ...

    def perform(self, command: Command) -> Receipt:
        """Carry the command out, once for its key.

        Raises:
            OutcomeUnknown: it may or may not have happened.
            Doubtful: it was refused, but not surely without effect.
            Rejected, Conflict, Throttled, Forbidden, NotVisible: it did not.
        """
        ...

    def outcome(self, command: Command) -> Outcome:
        """Ask the books what became of the command, without doing anything."""
        ...

    def send_message(self, message: Message) -> Receipt:
        """Send the message once for its key."""
        ...

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the connection or its data, in sentences for an operator."""
        ...

    def close(self) -> None:
        """Let go of connections and files; the shop is not used afterwards."""
        ...
