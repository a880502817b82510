"""A customer, an operator and an auditor at Medusa: orders and carts in every known way.

The storefront is written as one with the official Stripe module is: it begins a session, lets the
customer pay at the provider, and completes the cart. The shop captures at once, so the gateway
reads it with `captures = "at_once"`.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef
from tests.engines.medusa.seed import PROVIDER
from tests.engines.real import judging
from tests.engines.real.trade import Made, Payout, Way
from tests.stripe_server import DECLINED, GOOD, StripeServer

_SHIPPING_MINOR = 500
_PRICES_MINOR = (2000, 2550, 2999)
_SCARCE_MINOR = 4500
_ADDRESS = {
    "last_name": "Bell",
    "address_1": "Road 1",
    "city": "Berlin",
    "country_code": "de",
    "postal_code": "10115",
    "phone": "+49301234567",
}
_NAMES = ("Ann", "Bo", "Cy", "Dee", "Eli", "Fay")
_STUCK: Mapping[Way, tuple[bool, str | None, ActionKind | None]] = {
    Way.HEALTHY: (False, None, None),
    Way.ABANDONED: (False, None, None),
    Way.UNPAID: (True, "user", ActionKind.NOTIFY),
    Way.DECLINED: (True, "user", ActionKind.NOTIFY),
    Way.AUTHORISED: (True, "network", ActionKind.CAPTURE),
    Way.CAPTURE_FAILED: (True, "network", ActionKind.CAPTURE),
    Way.PAID_UNTOLD: (True, "system", ActionKind.RESUBMIT),
    Way.PAID_NOT_COMPLETED: (True, "system", ActionKind.RESUBMIT),
    # Medusa pays back nothing of a cart: it is done at the provider.
    Way.PAID_UNFULFILLABLE: (True, "system", ActionKind.ESCALATE),
    Way.PAID_TWICE: (True, "user", ActionKind.REFUND),
    # Paid after it was cancelled: Medusa has no row of that payment, and pays back only its own.
    Way.CANCELLED_PAID: (True, "system", ActionKind.ESCALATE),
    # Nothing is stuck: the order stands, the money is back, and only the shop's books lack it.
    Way.REFUND_UNRECORDED: (False, None, None),
}


class MedusaTrade:
    """Implements `trade.Trade` over the Store API of a shop that `bringup` brought up."""

    name = "medusa"
    ways = frozenset(_STUCK)

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = dict(state)
        self.base_url: str = state["url"]
        self.provider_url: str = state["provider_url"]
        self.stripe = StripeServer(self.provider_url, state["provider_key"])
        self._store = httpx.Client(
            base_url=self.base_url,
            headers={"x-publishable-api-key": state["publishable_key"]},
            timeout=90,
            trust_env=False,
        )
        self._admin = httpx.Client(
            base_url=self.base_url, auth=(state["secret_key"], ""), timeout=90, trust_env=False
        )
        self._count, self._run = itertools.count(1), secrets.token_hex(4)
        self._making: Mapping[Way, Callable[[], tuple[str, int]]] = {
            Way.HEALTHY: self._healthy,
            Way.ABANDONED: lambda: (self.cart(), self._total(0)),
            Way.UNPAID: self._unpaid,
            Way.DECLINED: self._declined,
            Way.AUTHORISED: self._authorised,
            Way.CAPTURE_FAILED: self._capture_failed,
            Way.PAID_UNTOLD: self._paid_untold,
            Way.PAID_NOT_COMPLETED: self._paid_not_completed,
            Way.PAID_UNFULFILLABLE: self._paid_unfulfillable,
            Way.PAID_TWICE: self._paid_twice,
            Way.CANCELLED_PAID: self._cancelled_paid,
            Way.REFUND_UNRECORDED: self._refund_unrecorded,
        }

    def make(self, way: Way) -> Made:
        """Make one order or cart in this way.

        Raises:
            KeyError: Medusa cannot be brought into it.
        """
        cart, total_minor = self._making[way]()
        stuck, family, safe = _STUCK[way]
        return Made(OrderRef(cart), way, stuck, family, safe, total_minor, "EUR")

    def captured(self, ref: OrderRef) -> list[tuple[str, int]]:
        return judging.captured(self._intents(ref))

    def payouts(self, ref: OrderRef) -> list[Payout]:
        return judging.payouts(self.stripe, self._intents(ref))

    def refund_directly(self, ref: OrderRef, amount_minor: int) -> str:
        payment = self.payment(self.order_of(ref))
        answer = self._admin.post(
            f"/admin/payments/{payment['id']}/refund", json={"amount": amount_minor / 100}
        )
        return f"{answer.status_code} {answer.text[:200]}"

    def slow_refunds(self, seconds: float) -> None:
        self.hand(refund_delay_ms=int(seconds * 1000))

    def lose_refund_answers(self, every: int) -> None:
        """Lose the provider's answer to every n-th refund, after the payout; 0: to none."""
        self.hand(lose_refund_every=every, refunds=0)

    def close(self) -> None:
        self._store.close()
        self._admin.close()
        self.stripe.close()

    # What tests of the connector do besides.

    def hand(self, **settings: int) -> None:
        """Set what the shop's payment module does wrong from now on (app/src/hand.js)."""
        self._admin.post("/dev/hand", json=settings).raise_for_status()

    def cart(
        self, item: int = 0, *, shipping: bool = True, scarce: bool = False, quantity: int = 1
    ) -> str:
        """Fill a cart; return its id."""
        n = next(self._count)
        address = {"first_name": _NAMES[n % len(_NAMES)], **_ADDRESS}
        variant = self.state["scarce_variant_id"] if scarce else self.state["variant_ids"][item]
        made = self.buy(
            "/store/carts?fields=id",
            region_id=self.state["region_id"],
            email=f"customer-{n}-{self._run}@example.test",
            shipping_address=address,
            billing_address=address,
            items=[{"variant_id": variant, "quantity": quantity}],
        )
        cart = str(made["cart"]["id"])
        if shipping:
            option = self.state["shipping_option_id"]
            self.buy(f"/store/carts/{cart}/shipping-methods?fields=id", option_id=option)
        return cart

    def session(self, cart: str, **data: object) -> dict[str, Any]:
        """Begin to pay, captured at once unless `data` says otherwise; return the session."""
        email = self._store.get(f"/store/carts/{cart}?fields=email").json()["cart"]["email"]
        collection = self.buy("/store/payment-collections", cart_id=cart)["payment_collection"]
        told = {"email": email, "capture_method": "automatic", "metadata": {"cart_id": cart}}
        begun = self.buy(
            f"/store/payment-collections/{collection['id']}/payment-sessions",
            provider_id=PROVIDER,
            data={**told, **data},
        )
        session: dict[str, Any] = begun["payment_collection"]["payment_sessions"][0]
        return session

    def pay(self, session: Mapping[str, Any], card: str = GOOD) -> bool:
        """Pay at the provider, as the customer's browser does; return whether it went through."""
        intent = session["data"]
        method = self.stripe.card(intent["customer"], card)
        self.stripe.post(f"/v1/payment_intents/{intent['id']}", {"payment_method": method})
        return self.stripe.confirm(intent["id"])

    def complete(self, cart: str) -> str:
        """Complete the cart as the storefront does; return the order's id."""
        said = self.buy(f"/store/carts/{cart}/complete?fields=id")
        assert said["type"] == "order", said
        return str(said["order"]["id"])

    def tell_shop(self, session: Mapping[str, Any]) -> str:
        """Let the shop learn of the payment without completing the cart; return its row's id."""
        said = self._admin.post("/dev/authorize", json={"session_id": session["id"]})
        return str(said.raise_for_status().json()["payment_id"])

    def order_of(self, ref: OrderRef) -> str:
        """Return the id of the order that was made of the cart: completing again tells it."""
        return self.complete(ref)

    def orders_of(self, ref: OrderRef) -> list[dict[str, Any]]:
        """Return every order that was made of the cart, with its payments."""
        cart = self._store.get(f"/store/carts/{ref}").json()["cart"]
        fields = "id,cart.id,*payment_collections.payments"
        told = self._admin.get(
            "/admin/orders",
            params={"customer_id": cart["customer_id"], "fields": fields, "limit": 100},
        )
        orders: list[dict[str, Any]] = told.raise_for_status().json()["orders"]
        return [order for order in orders if (order.get("cart") or {}).get("id") == ref]

    def admin(self, method: str, path: str, **body: object) -> httpx.Response:
        """Ask the Admin API as its own pages do."""
        return self._admin.request(method, path, json=body if method == "POST" else None)

    def payment(self, order: str) -> dict[str, Any]:
        """Return the first payment row of an order."""
        fields = "*payment_collections.payments,*payment_collections.payments.refunds"
        said = self._admin.get(f"/admin/orders/{order}", params={"fields": f"id,{fields}"})
        collection = said.raise_for_status().json()["order"]["payment_collections"][0]
        row: dict[str, Any] = collection["payments"][0]
        return row

    def buy(self, path: str, **body: object) -> Any:
        """Ask the Store API; a refusal raises with the shop's words."""
        answer = self._store.post(path, json=body)
        if answer.is_error:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def _healthy(self, **data: object) -> tuple[str, int]:
        item = next(self._count) % 3
        cart = self.cart(item)
        self.pay(self.session(cart, **data))
        self.complete(cart)
        return cart, self._total(item)

    def _unpaid(self) -> tuple[str, int]:
        cart = self.cart()
        self.session(cart, defer=True)
        self.complete(cart)
        return cart, self._total(0)

    def _declined(self) -> tuple[str, int]:
        cart = self.cart()
        session = self.session(cart, defer=True)
        self.complete(cart)
        assert not self.pay(session, DECLINED)
        return cart, self._total(0)

    def _authorised(self) -> tuple[str, int]:
        return self._healthy(capture_method="manual")

    def _capture_failed(self) -> tuple[str, int]:
        cart, total = self._healthy(capture_method="manual", decline_capture=True)
        row = self.payment(self.order_of(OrderRef(cart)))
        refused = self.admin("POST", f"/admin/payments/{row['id']}/capture")
        assert refused.status_code == 422, refused.text
        return cart, total

    def _paid_untold(self) -> tuple[str, int]:
        cart = self.cart(1)
        self.pay(self.session(cart))
        return cart, self._total(1)

    def _paid_not_completed(self) -> tuple[str, int]:
        cart = self.cart(2)
        session = self.session(cart)
        self.pay(session)
        self.tell_shop(session)
        return cart, self._total(2)

    def _paid_unfulfillable(self) -> tuple[str, int]:
        cart = self.cart(shipping=False)
        session = self.session(cart)
        self.pay(session)
        self.tell_shop(session)
        return cart, _PRICES_MINOR[0]

    def _paid_twice(self) -> tuple[str, int]:
        """Sent a second payment link before the first payment was known, and paid both."""
        cart = self.cart()
        first = self.session(cart, defer=True)
        order = self.complete(cart)
        total = self._total(0)
        made = self.admin("POST", "/admin/payment-collections", order_id=order, amount=total / 100)
        collection = made.raise_for_status().json()["payment_collection"]["id"]
        begun = self.admin(
            "POST",
            f"/admin/payment-collections/{collection}/payment-sessions",
            provider_id=PROVIDER,
            data={
                "email": first["data"]["email"],
                "capture_method": "automatic",
                "metadata": {"cart_id": cart},
            },
        )
        sessions = begun.raise_for_status().json()["payment_collection"]["payment_sessions"]
        assert self.pay(first)
        path = f"/admin/orders/{order}/payment-sessions/authorize"
        self.admin("POST", path, payment_session_id=first["id"]).raise_for_status()
        assert self.pay(sessions[0])
        self.tell_shop(sessions[0])
        return cart, total

    def _cancelled_paid(self) -> tuple[str, int]:
        """Cancelled for want of payment, and then paid by the customer."""
        cart = self.cart()
        session = self.session(cart, defer=True)
        order = self.complete(cart)
        self.admin("POST", f"/admin/orders/{order}/cancel").raise_for_status()
        assert self.pay(session)
        return cart, self._total(0)

    def _refund_unrecorded(self) -> tuple[str, int]:
        cart, total = self._healthy(lose_refund=True)
        said = self.refund_directly(OrderRef(cart), total)
        assert said.startswith("500"), said
        return cart, total

    def _total(self, item: int) -> int:
        return _PRICES_MINOR[item] + _SHIPPING_MINOR

    def _intents(self, ref: OrderRef) -> list[Any]:
        return [i for i in self.stripe.intents() if i["metadata"].get("cart_id") == ref]
