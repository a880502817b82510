"""A shop in memory behind the engine port, whose answers can be lost at any point.

`books` is what its provider really did. It keeps the port's contract
(`tests/engines/test_fake_contract.py`).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import (
    CustomerId,
    EventId,
    EvidenceId,
    OrderRef,
    PaymentId,
    RefundId,
    ShopId,
)
from agent_app.domain.ledger import Outcome
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.port import (
    ChangePage,
    Command,
    Message,
    OutcomeUnknown,
    Reading,
    Receipt,
    Rejected,
    Throttled,
)
from agent_app.gateway.clock import Clock
from tests.fakes.capabilities import ABLE

CAPABILITIES = ABLE


class Fault(StrEnum):
    """What happens to the next command."""

    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"
    THROTTLED = "throttled"
    REJECTED = "rejected"


@dataclass
class Books:
    """What really took effect, in order: (kind, order, amount in minor units, key)."""

    lines: list[tuple[ActionKind, OrderRef, int, str]] = field(default_factory=list)

    def count(self, kind: ActionKind, ref: OrderRef) -> int:
        return sum(1 for line in self.lines if line[0] is kind and line[1] == ref)


class FakeShop:
    """The port, in memory. `faults` are used up one per command, first to last."""

    def __init__(
        self, clock: Clock, capabilities: Capabilities = CAPABILITIES, shop: str = "fake"
    ) -> None:
        self.id = ShopId(shop)
        self.capabilities = capabilities
        self.flag_policy = FlagPolicy()
        self.longest_call_s = 24.0
        self.books = Books()
        self.faults: list[Fault] = []
        self.sent: list[Message] = []
        self.lag_s = 0.0
        """How long queries trail the books."""
        self.silent: set[Source] = set()
        """Sources that give no answer when they are asked."""
        self.reads = 0
        self.served: list[int] = []
        """How many orders each call of `changes` brought."""
        self._clock = clock
        self._orders: dict[OrderRef, Order] = {}
        self._events: dict[OrderRef, list[OrderEvent]] = {}
        self._changed: list[OrderRef] = []
        self._done: dict[str, datetime] = {}
        self._said: dict[str, Command] = {}
        """What each key was first used for."""
        self._one_at_a_time = threading.Lock()
        self._looks = itertools.count(1)
        self._closed = False

    def stuck(self, ref: str, amount_minor: int = 12_850, *, captured: bool = True) -> OrderRef:
        """Make an order that was paid and never made: captured 20 minutes ago, stage absent."""
        order_ref = OrderRef(ref)
        placed = self._clock.now() - timedelta(minutes=20)
        customer = Customer(CustomerId(f"cust-{ref}"), "Wang Xiaoming", "wang@example.test", "")
        self._orders[order_ref] = Order(
            self.id,
            order_ref,
            customer,
            Money(amount_minor, "CNY"),
            PaymentMethod.CARD,
            placed,
            fulfillable=True,
        )
        self._events[order_ref] = []
        if captured:
            self.tell(
                order_ref,
                EventKind.PAYMENT_CAPTURED,
                Source.PROVIDER,
                at=placed,
                payment=PaymentId(f"pay-{ref}"),
                amount=Money(amount_minor, "CNY"),
                customer=customer.id,
            )
        self._touch(order_ref)
        return order_ref

    def tell(
        self,
        ref: OrderRef,
        kind: EventKind,
        source: Source = Source.PLATFORM,
        *,
        at: datetime | None = None,
        payment: PaymentId | None = None,
        refund: RefundId | None = None,
        amount: Money | None = None,
        customer: CustomerId | None = None,
        stage: Stage | None = None,
    ) -> None:
        """Let something happen to an order."""
        when = at or self._clock.now()
        number = len(self._events[ref])
        self._events[ref].append(
            OrderEvent(
                id=EventId(f"{source}:{ref}:{number}:{kind}"),
                order=ref,
                kind=kind,
                source=source,
                at=when,
                observed_at=when,
                payment=payment,
                refund=refund,
                amount=amount,
                customer=customer,
                stage=stage,
            )
        )
        self._touch(ref)

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        start = int(cursor or 0)
        page = list(dict.fromkeys(self._changed[start : start + limit]))
        self.served.append(len(page))
        end = min(start + limit, len(self._changed))
        readings = tuple(self._reading(ref) for ref in page)
        return ChangePage(readings, str(end), end < len(self._changed))

    def read(self, ref: OrderRef) -> Reading:
        self.reads += 1
        if ref not in self._orders:
            return Reading(None, (), self._looked(ref, "not_visible"))
        return self._reading(ref)

    def perform(self, command: Command) -> Receipt:
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.LOST_BEFORE:
            raise OutcomeUnknown("no answer")
        if fault is Fault.THROTTLED:
            raise Throttled("slow down", 1.0)
        if fault is Fault.REJECTED:
            raise Rejected("the shop refuses")
        with self._one_at_a_time:
            self._carry_out(command)
        if fault is Fault.LOST_AFTER:
            raise OutcomeUnknown("no answer")
        return Receipt(Outcome.DONE)

    def _carry_out(self, command: Command) -> None:
        known = self.capabilities.action_key_lifetime_s is not None
        first = self._said.setdefault(command.key, command) if known else command
        if _asked(first) != _asked(command):
            raise Rejected(f"{command.key} was used for something else")
        if command.payment is not None and not self._is_of(command.payment, command.order):
            raise Rejected(f"{command.payment} is no payment of {command.order}")
        if not (known and command.key in self._done):
            self._apply(command)
        self._done.setdefault(command.key, self._clock.now())

    def _is_of(self, payment: PaymentId, ref: OrderRef) -> bool:
        return any(e.payment == payment for e in self._events.get(ref, ()))

    def outcome(self, command: Command) -> Outcome:
        done_at = self._done.get(command.key)
        if done_at is None or self._trails(done_at):
            return Outcome.ABSENT
        return Outcome.DONE

    def send_message(self, message: Message) -> Receipt:
        if all(m.key != message.key for m in self.sent):
            self.sent.append(message)
        return Receipt(Outcome.DONE)

    def problems(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        self._closed = True

    def _apply(self, command: Command) -> None:
        amount = command.amount
        minor = amount.amount_minor if amount else 0
        self.books.lines.append((command.kind, command.order, minor, command.key))
        if command.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC, ActionKind.CAPTURE}:
            self.tell(command.order, EventKind.ORDER_CONFIRMED)
        elif command.kind is ActionKind.REFUND:
            done = sum(1 for line in self.books.lines if line[3] == command.key)
            suffix = "" if done == 1 else f"-{done}"
            self.tell(
                command.order,
                EventKind.REFUND_SUCCEEDED,
                Source.PROVIDER,
                payment=command.payment,
                refund=RefundId(command.key + suffix),
                amount=amount,
            )
        elif command.kind is ActionKind.VOID:
            self.tell(
                command.order,
                EventKind.PAYMENT_VOIDED,
                Source.PROVIDER,
                payment=command.payment,
            )
        elif command.kind is ActionKind.CORRECT_INPUT:
            order = self._orders[command.order]
            self._orders[command.order] = replace(order, input_problem=None)
            self._touch(command.order)

    def _trails(self, at: datetime) -> bool:
        return self._clock.now() - at < timedelta(seconds=self.lag_s)

    def _touch(self, ref: OrderRef) -> None:
        self._changed.append(ref)

    def _reading(self, ref: OrderRef) -> Reading:
        events = tuple(e for e in self._events[ref] if not self._trails(e.observed_at))
        return Reading(self._orders[ref], events, self._looked(ref, "answered"))

    def _looked(self, ref: OrderRef, shop_said: str) -> tuple[Evidence, ...]:
        now, number = self._clock.now(), next(self._looks)
        said = {Source.PLATFORM: shop_said, Source.PROVIDER: "answered"}
        return tuple(
            Evidence(
                id=EvidenceId(f"{source}:{ref}:{now.isoformat()}:{number}"),
                order=ref,
                source=source,
                kind=kind,
                observed_at=now,
                fresh_until=now + timedelta(seconds=60),
                verdict="no_answer" if source in self.silent else said[source],
                customer_match=CustomerMatch.UNKNOWN,
                payload_hash=f"{number:064x}",
            )
            for source, kind in (
                (Source.PLATFORM, EvidenceKind.ORDER),
                (Source.PROVIDER, EvidenceKind.PAYMENTS),
            )
        )


def _asked(command: Command) -> tuple[object, ...]:
    return (command.kind, command.order, command.payment, command.amount, command.correction)
