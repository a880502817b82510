"""The contract of `port.Shop` on a joined shop: a shop in memory, a provider as a real process."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import Command, Shop
from agent_app.engines.stripe.connector import StripeProvider
from tests.engines.contract import Bench, ShopContract
from tests.fakes.store_side import REFERENCE, FakeStore
from tests.stripe_server import StripeServer, stripe


class JoinedBench:
    """Implements `contract.Bench`."""

    can_lose_answers = True

    def __init__(self, server: StripeServer) -> None:
        self.server = server
        self.store = FakeStore(server)
        provider = StripeProvider(server.key, reference_key=REFERENCE, base_url=server.base_url)
        self.shop: Shop = JoinedShop(self.store, provider)
        self._keys = itertools.count(1)

    def ready(self, kind: ActionKind) -> Command:
        reserved = kind in {ActionKind.CAPTURE, ActionKind.VOID}
        ref, payment = self.store.sell(
            manual=reserved,
            known=kind not in {ActionKind.RESUBMIT, ActionKind.RESYNC},
            stage=None if kind is ActionKind.RESUBMIT else Stage.PAYING,
        )
        assert payment is not None
        return Command(
            kind,
            ref,
            f"aa-{next(self._keys):040x}",
            None if kind is ActionKind.RESYNC else PaymentId(payment),
            Money(4_200, "EUR") if kind is ActionKind.REFUND else None,
        )

    def unpaid(self) -> OrderRef:
        return self.store.sell(pay=False)[0]

    def effects(self, command: Command) -> int:
        if command.kind is ActionKind.REFUND:
            return len(self.server.refunds(str(command.payment)))
        if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
            wanted = "succeeded" if command.kind is ActionKind.CAPTURE else "canceled"
            said = self.server.get(f"/v1/payment_intents/{command.payment}")
            return int(said["status"] == wanted)
        stages = self.store.sales[command.order].stages
        return sum(stage is Stage.CONFIRMED for stage, _ in stages)

    def messages(self, ref: OrderRef) -> int:
        return 0

    def lose_next_answer(self, *, applied: bool) -> None:
        self.store.lose = "answer" if applied else "request"


@pytest.fixture(scope="module")
def server() -> Iterator[StripeServer]:
    with stripe() as running:
        yield running


class TestJoinedShop(ShopContract):
    @pytest.fixture
    def bench(self, server: StripeServer) -> Iterator[Bench]:
        made = JoinedBench(server)
        yield made
        made.shop.close()
