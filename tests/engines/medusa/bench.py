"""The contract's bench on the Medusa that is up, with its provider."""

from __future__ import annotations

import hashlib
import secrets

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.together import Position
from agent_app.engines.medusa.store import MedusaStore
from agent_app.engines.port import Command, Shop
from agent_app.engines.stripe.connector import StripeProvider
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.medusa.relay import Relay
from tests.engines.real.trade import Way

REFERENCES = ("cart_id", "session_id")
"""The storefront's own reference in a payment intent, and the one of Medusa's Stripe module."""


def joined(trade: MedusaTrade, url: str = "") -> JoinedShop:
    """Return the shop that is up as the gateway sees it, through `url` where one is given."""
    return JoinedShop(store_at(trade, url), provider_of(trade), processing_s=1.0)


def caught_up(trade: MedusaTrade) -> str:
    """Return the position behind everything that is there, without reading hundreds of orders."""
    store, provider = store_at(trade), provider_of(trade)
    at = Position()
    quiet = 0
    while quiet < 2:
        shop = store.changes(at.store, 100)
        news = provider.changes(at.provider, 100)
        at = Position(shop.cursor, news.cursor)
        quiet = 0 if shop.more or news.more else quiet + 1
    store.close()
    provider.close()
    return at.text()


def store_at(trade: MedusaTrade, url: str = "") -> MedusaStore:
    return MedusaStore(
        url or trade.base_url,
        ShopId("medusa"),
        secret_key=trade.state["secret_key"],
        publishable_key=trade.state["publishable_key"],
        captures="at_once",
        use_proxies=False,
    )


def provider_of(trade: MedusaTrade) -> StripeProvider:
    return StripeProvider(
        trade.state["provider_key"], reference_key=REFERENCES, base_url=trade.provider_url
    )


class MedusaBench:
    """Implements `contract.Bench`."""

    can_lose_answers = True

    def __init__(self, trade: MedusaTrade, relay: Relay) -> None:
        self.trade, self.relay = trade, relay
        self.shop: Shop = joined(trade, relay.url)

    def ready(self, kind: ActionKind) -> Command:
        ref, minor, payment = self._made(kind)
        return Command(
            kind,
            ref,
            "aa-" + hashlib.sha256(secrets.token_bytes(16)).hexdigest()[:40],
            None if kind is ActionKind.RESYNC else PaymentId(payment),
            Money(minor, "EUR") if kind is ActionKind.REFUND else None,
        )

    def unpaid(self) -> OrderRef:
        return self.trade.make(Way.UNPAID).ref

    def effects(self, command: Command) -> int:
        intents = self.trade._intents(command.order)
        if command.kind is ActionKind.REFUND:
            return sum(len(self.trade.stripe.refunds(command.payment)) for _ in intents[:1])
        if command.kind in {ActionKind.CAPTURE, ActionKind.VOID}:
            wanted = "succeeded" if command.kind is ActionKind.CAPTURE else "canceled"
            return sum(intent["status"] == wanted for intent in intents)
        orders = self.trade.orders_of(command.order)
        if command.kind is ActionKind.RESUBMIT:
            return len(orders)
        return sum(
            len(collection["payments"])
            for order in orders
            for collection in order["payment_collections"]
        )

    def messages(self, ref: OrderRef) -> int:
        return 0

    def lose_next_answer(self, *, applied: bool) -> None:
        self.relay.lose = "answer" if applied else "request"

    def _made(self, kind: ActionKind) -> tuple[OrderRef, int, str]:
        ways = {
            ActionKind.REFUND: Way.HEALTHY,
            ActionKind.RESUBMIT: Way.PAID_UNTOLD,
            ActionKind.CAPTURE: Way.AUTHORISED,
            ActionKind.VOID: Way.AUTHORISED,
        }
        if kind in ways:
            made = self.trade.make(ways[kind])
            (intent,) = self.trade._intents(made.ref)
            return made.ref, made.total_minor, str(intent["id"])
        cart = self.trade.cart()
        session = self.trade.session(cart, defer=True)
        self.trade.complete(cart)
        assert self.trade.pay(session)
        return OrderRef(cart), 0, str(session["data"]["id"])
