"""The contract's bench on the Vendure that is up, with its provider."""

from __future__ import annotations

import secrets

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.together import Position
from agent_app.engines.port import Command, Shop
from agent_app.engines.stripe.connector import StripeProvider
from agent_app.engines.vendure.store import VendureStore
from tests.engines.real.proxy import Fault, FaultProxy, Rule
from tests.engines.real.trade import Way
from tests.engines.vendure.kit import VendureTrade

REFERENCE = "orderCode"
"""What the shop's payment method calls the order's code at the provider."""


def a_key() -> str:
    return "aa-" + secrets.token_hex(20)


def joined(trade: VendureTrade, url: str = "") -> JoinedShop:
    """Return the shop that is up as the gateway sees it, through `url` where one is given."""
    return JoinedShop(store_at(trade, url), provider_of(trade), processing_s=1.0)


def store_at(trade: VendureTrade, url: str = "") -> VendureStore:
    return VendureStore(
        url or trade.base_url,
        ShopId("vendure"),
        api_key=trade.state["api_key"],
        use_proxies=False,
    )


def provider_of(trade: VendureTrade) -> StripeProvider:
    return StripeProvider(
        trade.state["provider_key"], reference_key=REFERENCE, base_url=trade.provider_url
    )


def caught_up(trade: VendureTrade) -> str:
    """Return the position behind everything that is there, without reading hundreds of orders."""
    store, provider = store_at(trade), provider_of(trade)
    at, more = Position(), True
    while more:
        shop = store.changes(at.store, 100)
        news = provider.changes(at.provider, 100)
        at, more = Position(shop.cursor, news.cursor), shop.more or news.more
    store.close()
    provider.close()
    return at.text()


class VendureBench:
    """Implements `contract.Bench`."""

    can_lose_answers = True

    def __init__(self, trade: VendureTrade, proxy: FaultProxy) -> None:
        self.trade, self.proxy = trade, proxy
        self.shop: Shop = joined(trade, proxy.url)

    def ready(self, kind: ActionKind) -> Command:
        ref, minor, payment = self._made(kind)
        return Command(
            kind,
            ref,
            a_key(),
            None if kind is ActionKind.RESYNC else PaymentId(payment),
            Money(minor, "EUR") if kind is ActionKind.REFUND else None,
        )

    def unpaid(self) -> OrderRef:
        return self.trade.make(Way.UNPAID).ref

    def effects(self, command: Command) -> int:
        intents = self.trade.intents(command.order)
        if command.kind is ActionKind.REFUND:
            return len(self.trade.stripe.refunds(command.payment))
        if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
            wanted = "succeeded" if command.kind is ActionKind.CAPTURE else "canceled"
            return sum(intent["status"] == wanted for intent in intents)
        order = self.trade.order(command.order)
        return sum(row["state"] == "Settled" for row in order["payments"])

    def messages(self, ref: OrderRef) -> int:
        return 0

    def lose_next_answer(self, *, applied: bool) -> None:
        what = Fault.LOSE_ANSWER if applied else Fault.LOSE_REQUEST
        self.proxy.set(Rule(what, body=r"mutation", times=1))

    def _made(self, kind: ActionKind) -> tuple[OrderRef, int, str]:
        ways = {
            ActionKind.REFUND: Way.HEALTHY,
            ActionKind.RESYNC: Way.PAID_UNTOLD,
            ActionKind.CAPTURE: Way.AUTHORISED,
            ActionKind.VOID: Way.AUTHORISED,
        }
        if kind in ways:
            made = self.trade.make(ways[kind])
            (intent,) = self.trade.intents(made.ref)
            return made.ref, made.total_minor, str(intent["id"])
        basket = self.trade.paid_in_the_basket()
        (intent,) = self.trade.intents(OrderRef(basket.code))
        return OrderRef(basket.code), basket.total_minor, str(intent["id"])
