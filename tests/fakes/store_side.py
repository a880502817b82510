"""A shop's side in memory whose payments stand at a real provider, with the faults of real shops.

It implements `joined.store.StoreSide` as the measured shops behave: it pays back whatever it is
asked to, as often as it is asked, and writes its row only when the provider's answer came.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import EventId, OrderRef, ShopId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.joined.identity import payer_id
from agent_app.engines.joined.provider import Movement, RefundWord, Touched
from agent_app.engines.joined.store import (
    Abilities,
    StoreChanges,
    StoreLook,
    StorePayment,
)
from agent_app.engines.port import (
    Command,
    NotVisible,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Unreadable,
)
from tests.stripe_server import StripeServer

REFERENCE = "orderCode"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sale:
    """One order or cart. Without a number the shop made no order of it."""

    ref: OrderRef
    email: str
    total: Money
    number: str | None
    placed_at: datetime
    stages: list[tuple[Stage, datetime]] = field(default_factory=list)
    rows: list[StorePayment] = field(default_factory=list)
    odd: bool = False
    """Tells a word that no connector knows."""

    def enter(self, stage: Stage) -> None:
        self.stages.append((stage, now()))


class FakeStore:
    """Implements `StoreSide`; `stripe` is where its money is.

    `lose` names what happens to the answer of the next command: `request` (it never arrives),
    `answer` (done, and nobody hears of it), `row` (paid back, and the shop never writes it).
    `before_paying` is called between taking a refund in and asking the provider.
    """

    def __init__(self, stripe: StripeServer) -> None:
        self.stripe = stripe
        self.sales: dict[OrderRef, Sale] = {}
        self.abilities = Abilities(True, True, True, True, True, True, True, True)
        self.lose: str | None = None
        self.before_paying: Callable[[], object] = lambda: None
        self.asked = 0
        self.sent: list[Command] = []
        self.away = False
        self._log: list[OrderRef] = []
        self._lock = threading.Lock()
        # The provider may be shared: what is sold here is no other test's reference.
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    @property
    def id(self) -> ShopId:
        return ShopId("fake")

    @property
    def label(self) -> str:
        return "Fake shop"

    @property
    def flag_policy(self) -> FlagPolicy:
        return FlagPolicy()

    @property
    def longest_request_s(self) -> float:
        return 5.0

    def sell(
        self,
        *,
        amount_minor: int = 4_200,
        pay: bool = True,
        manual: bool = False,
        known: bool = True,
        stage: Stage | None = Stage.PAID,
        email: str = "ann@shop.example",
    ) -> tuple[OrderRef, str | None]:
        """Make an order (`stage` None: a cart) and its payment; return both ids.

        `known`: the shop has a row that tells what the provider did.
        """
        ref = OrderRef(f"{self._run}-{next(self._numbers)}")
        number = None if stage is None else f"N-{ref}"
        sale = Sale(ref, email, Money(amount_minor, "EUR"), number, now())
        if stage is not None:
            sale.enter(stage)
        payment = None
        if pay:
            payment = self.stripe.pay(
                amount_minor, email=email, manual=manual, metadata={REFERENCE: str(ref)}
            )
            if known:
                kind = EventKind.PAYMENT_AUTHORISED if manual else EventKind.PAYMENT_CAPTURED
                moved = Movement(kind, now(), sale.total)
                sale.rows.append(StorePayment(f"row-{ref}", payment, (moved,)))
        self.sales[ref] = sale
        self.touch(ref)
        return ref, payment

    def touch(self, ref: OrderRef) -> None:
        with self._lock:
            self._log.append(ref)

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        self.asked += 1
        self._check_here()
        start = int(cursor or 0)
        found: dict[OrderRef, None] = {}
        end = start
        for ref in self._log[start:]:
            if ref not in found and len(found) == limit:
                break
            found[ref] = None
            end += 1
        return StoreChanges(tuple(found), str(end), end < len(self._log))

    def look(self, ref: OrderRef) -> StoreLook:
        self.asked += 1
        self._check_here()
        sale = self.sales.get(ref)
        if sale is None:
            raise NotVisible(f"404 {ref}")
        if sale.odd:
            raise Unreadable(f"order {ref}: unknown word 'teleported'")
        payer = payer_id(sale.email)
        assert payer is not None
        customer = Customer(payer, "Ann Ode", sale.email)
        order = Order(
            self.id, ref, customer, sale.total, PaymentMethod.CARD, sale.placed_at,
            fulfillable=True, shop_number=sale.number,
        )  # fmt: skip
        stage = sale.stages[-1][0] if sale.stages else Stage.ABSENT
        digest = f"{stage}{sale.rows}".encode().hex()[:64]
        return StoreLook(order, stage, self._events(sale), tuple(sale.rows), digest)

    def ref_of(self, touched: Touched) -> OrderRef | None:
        return OrderRef(touched.reference) if touched.reference else None

    def perform(self, command: Command, look: StoreLook, payment: StorePayment | None) -> Receipt:
        if self.lose == "request":
            self.lose = None
            raise OutcomeUnknown("no whole answer")
        self.sent.append(command)
        receipt = self._carry_out(command, payment)
        self.touch(command.order)
        if self.lose == "answer":
            self.lose = None
            raise OutcomeUnknown("no whole answer")
        return receipt

    def outcome(self, command: Command, look: StoreLook) -> Outcome:
        done = look.stage == Stage.CONFIRMED
        return Outcome.DONE if done else Outcome.ABSENT

    def problems(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        pass

    def _check_here(self) -> None:
        if self.away:
            raise OutcomeUnknown("no whole answer")

    def _carry_out(self, command: Command, payment: StorePayment | None) -> Receipt:
        sale = self.sales[command.order]
        if command.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC}:
            sale.number = sale.number or f"N-{sale.ref}"
            sale.enter(Stage.CONFIRMED)
            return Receipt(Outcome.DONE, sale.number)
        if payment is None or payment.provider_id is None:
            raise Rejected("400 no such payment")
        if command.kind is ActionKind.REFUND:
            return self._refund(command, sale, payment)
        if command.kind is ActionKind.CAPTURE:
            self.stripe.capture(payment.provider_id)
            self._moved(sale, payment, EventKind.PAYMENT_CAPTURED)
        else:
            self.stripe.cancel(payment.provider_id)
            self._moved(sale, payment, EventKind.PAYMENT_VOIDED)
        return Receipt(Outcome.DONE, payment.payment_id)

    def _refund(self, command: Command, sale: Sale, payment: StorePayment) -> Receipt:
        assert command.amount is not None
        assert payment.provider_id is not None
        self.before_paying()
        paid = self.stripe.refund(payment.provider_id, command.amount.amount_minor)
        if self.lose == "row":
            self.lose = None
            raise OutcomeUnknown("500 the provider's answer was lost")
        word = RefundWord(
            f"rr-{paid}", EventKind.REFUND_SUCCEEDED, now(), command.amount, paid, command.key
        )
        with self._lock:
            n = next(i for i, row in enumerate(sale.rows) if row.id == payment.id)
            sale.rows[n] = replace(sale.rows[n], refunds=(*sale.rows[n].refunds, word))
        return Receipt(Outcome.DONE, paid)

    @staticmethod
    def _moved(sale: Sale, payment: StorePayment, kind: EventKind) -> None:
        n = sale.rows.index(payment)
        moved = Movement(kind, now(), sale.total)
        sale.rows[n] = replace(payment, movements=(*payment.movements, moved))

    @staticmethod
    def _events(sale: Sale) -> tuple[OrderEvent, ...]:
        return tuple(
            OrderEvent(
                EventId(f"platform:{sale.ref}:stage:{n}"), sale.ref, EventKind.STAGE_REPORTED,
                Source.PLATFORM, at, at, stage=stage,
            )
            for n, (stage, at) in enumerate(sale.stages)
        )  # fmt: skip
