"""The shop in memory that the gateway's tests use keeps the port's contract too."""

from __future__ import annotations

import itertools

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind, Source
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.engines.port import Command, Shop
from agent_app.gateway.clock import SystemClock
from tests.engines.contract import Bench, ShopContract
from tests.fakes.shop import FakeShop, Fault

_NUMBERS = itertools.count(1)
_MINOR = 12_850


class FakeBench:
    """Implements `contract.Bench`."""

    can_lose_answers = True

    def __init__(self) -> None:
        self.fake = FakeShop(SystemClock())
        self.shop: Shop = self.fake

    def ready(self, kind: ActionKind) -> Command:
        reserved = kind in {ActionKind.CAPTURE, ActionKind.VOID}
        number = next(_NUMBERS)
        ref = self.fake.stuck(f"R{number}", _MINOR, captured=not reserved)
        payment = PaymentId(f"pay-{ref}")
        if reserved:
            self.fake.tell(
                ref, EventKind.PAYMENT_AUTHORISED, Source.PROVIDER, payment=payment,
                amount=Money(_MINOR, "CNY"),
            )  # fmt: skip
        return Command(
            kind,
            ref,
            f"aa-{ref}-{kind}",
            None if kind is ActionKind.RESYNC else payment,
            Money(_MINOR, "CNY") if kind is ActionKind.REFUND else None,
        )

    def unpaid(self) -> OrderRef:
        return self.fake.stuck(f"U{next(_NUMBERS)}", captured=False)

    def effects(self, command: Command) -> int:
        return self.fake.books.count(command.kind, command.order)

    def messages(self, ref: OrderRef) -> int:
        return sum(m.order == ref for m in self.fake.sent)

    def lose_next_answer(self, *, applied: bool) -> None:
        self.fake.faults.append(Fault.LOST_AFTER if applied else Fault.LOST_BEFORE)


class TestFakeShop(ShopContract):
    @pytest.fixture
    def bench(self) -> Bench:
        return FakeBench()
