"""A customer, an operator and an auditor at Vendure: orders in every way that it allows.

The storefront is written as one with the official Stripe plugin is: it makes a payment intent that
names the order, lets the customer pay at the provider, and the shop takes the payment in
(`addPaymentToOrder` with the intent). The shop captures at once (`card`) unless told otherwise
(`card-later`).
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef
from tests.engines.real import judging
from tests.engines.real.trade import Made, Payout, Way
from tests.engines.vendure.seed import Operator
from tests.stripe_server import DECLINED, GOOD, StripeServer

_SHIPPING_MINOR = 500
_STUCK: Mapping[Way, tuple[bool, str | None, ActionKind | None]] = {
    Way.HEALTHY: (False, None, None),
    Way.ABANDONED: (False, None, None),
    Way.UNPAID: (False, None, None),
    Way.DECLINED: (True, "user", ActionKind.NOTIFY),
    Way.ERRORED: (True, "network", ActionKind.RECHECK),
    Way.AUTHORISED: (True, "network", ActionKind.CAPTURE),
    Way.PAID_UNTOLD: (True, "system", ActionKind.RESYNC),
    # Vendure has no row of the payment, so it cannot pay it back: it is done at the provider.
    Way.PAID_UNFULFILLABLE: (True, "system", ActionKind.ESCALATE),
    # The order stands on the payment that Vendure knows; the stray one goes back at the provider.
    Way.PAID_TWICE: (True, "user", ActionKind.ESCALATE),
    Way.CANCELLED_PAID: (True, "system", ActionKind.REFUND),
    Way.REFUND_UNRECORDED: (False, None, None),
}
_FAILS = "...on ErrorResult{errorCode message}"


@dataclass(frozen=True, slots=True)
class Basket:
    """An order of one customer: its code and id, his session, what it costs with shipping."""

    code: str
    id: str
    token: str
    email: str
    total_minor: int


class VendureTrade:
    """Implements `trade.Trade` over the Shop API of a shop that `bringup` brought up."""

    name = "vendure"
    ways = frozenset(_STUCK)

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = dict(state)
        self.base_url: str = state["url"]
        self.provider_url: str = state["provider_url"]
        self.stripe = StripeServer(self.provider_url, state["provider_key"])
        self.root = Operator(self.base_url, state["root_username"], state["root_password"])
        self._http = httpx.Client(timeout=90, trust_env=False)
        # Sold out between two steps: not while another thread is at it.
        self._scarce = threading.Lock()
        self._count, self._run = itertools.count(1), secrets.token_hex(4)
        self._making: Mapping[Way, Callable[[], Basket]] = {
            Way.HEALTHY: self.paid,
            Way.ABANDONED: self.basket,
            Way.UNPAID: self.arranged,
            Way.DECLINED: lambda: self.refused(card=DECLINED),
            Way.ERRORED: lambda: self.refused(card=GOOD, break_start=True),
            Way.AUTHORISED: lambda: self.paid(method="card-later"),
            Way.PAID_UNTOLD: self._paid_untold,
            Way.PAID_UNFULFILLABLE: self._paid_unfulfillable,
            Way.PAID_TWICE: self._paid_twice,
            Way.CANCELLED_PAID: self._cancelled_paid,
            Way.REFUND_UNRECORDED: self._refund_unrecorded,
        }

    def make(self, way: Way) -> Made:
        """Make one order in this way.

        Raises:
            KeyError: Vendure cannot be brought into it.
        """
        made = self._making[way]()
        stuck, family, safe = _STUCK[way]
        return Made(OrderRef(made.code), way, stuck, family, safe, made.total_minor, "EUR")

    def captured(self, ref: OrderRef) -> list[tuple[str, int]]:
        return judging.captured(self.intents(ref))

    def payouts(self, ref: OrderRef) -> list[Payout]:
        return judging.payouts(self.stripe, self.intents(ref))

    def refund_directly(self, ref: OrderRef, amount_minor: int) -> str:
        payment = self.order(ref)["payments"][0]["id"]
        return str(self.refund(payment, amount_minor))[:300]

    def slow_refunds(self, seconds: float) -> None:
        self.hand(refund_delay_ms=int(seconds * 1000))

    def lose_refund_answers(self, every: int) -> None:
        """Lose the provider's answer to every n-th refund, after the payout; 0: to none."""
        self.hand(lose_refund_every=every, refunds=0)

    def close(self) -> None:
        self._http.close()
        self.root.close()
        self.stripe.close()

    # What tests of the connector do besides.

    def hand(self, **settings: int) -> None:
        """Set what the shop's payment method does wrong from now on (app/src/hand.js)."""
        self._http.post(self.state["control_url"], json=settings).raise_for_status()

    def basket(self, item: int = 0, *, scarce: bool = False, shipping: bool = True) -> Basket:
        """Fill a basket; nothing is submitted."""
        n = next(self._count)
        email = f"customer-{n}-{self._run}@example.test"
        variant = self.state["scarce_variant_id"] if scarce else self.state["variant_ids"][item]
        token, made = self._shop(
            "",
            "mutation($v:ID!){addItemToOrder(productVariantId:$v,quantity:1)"
            "{...on Order{id code} " + _FAILS + "}}",
            v=variant,
        )
        order = made["addItemToOrder"]
        self.shop(
            token,
            "mutation($i:CreateCustomerInput!){setCustomerForOrder(input:$i)"
            "{...on Order{id} " + _FAILS + "}}",
            i={"emailAddress": email, "firstName": "Ann", "lastName": "Bell"},
        )
        self.shop(
            token,
            "mutation($i:CreateAddressInput!){setOrderShippingAddress(input:$i)"
            "{...on Order{id} " + _FAILS + "}}",
            i={
                "fullName": "Ann Bell",
                "streetLine1": "Road 1",
                "city": "Berlin",
                "postalCode": "10115",
                "countryCode": "DE",
                "phoneNumber": "+49301234567",
            },
        )
        if shipping:
            self.shop(
                token,
                "mutation($i:[ID!]!){setOrderShippingMethod(shippingMethodId:$i)"
                "{...on Order{id} " + _FAILS + "}}",
                i=[self.state["shipping_method_id"]],
            )
        total = self.shop(token, "{activeOrder{totalWithTax}}")["activeOrder"]["totalWithTax"]
        return Basket(order["code"], order["id"], token, email, total)

    def arranged(self, item: int = 0, *, scarce: bool = False) -> Basket:
        """Submit a basket up to the payment step.

        With SQLite all requests share one connection: what another one takes back can take a step
        of ours with it, and then a customer begins again.
        """
        for left in (2, 1, 0):
            basket = self.basket(item, scarce=scarce)
            try:
                self.move(basket, "ArrangingPayment")
            except RuntimeError:
                if not left:
                    raise
                continue
            break
        return basket

    def move(self, basket: Basket, state: str) -> None:
        """Bring the order into another state, as its customer does."""
        self.shop(
            basket.token,
            "mutation($s:String!){transitionOrderToState(state:$s)"
            "{...on Order{id} ...on OrderStateTransitionError{errorCode transitionError}}}",
            s=state,
        )

    def intend(self, basket: Basket, *, card: str = GOOD, manual: bool = False) -> str:
        """Make the payment intent that the shop's payment page shows."""
        return self.stripe.intend(
            basket.total_minor,
            email=basket.email,
            number=card,
            manual=manual,
            metadata={"orderCode": basket.code, "orderId": basket.id},
        )

    def take_in(self, basket: Basket, method: str = "card", **metadata: object) -> Any:
        """Let the shop learn of a payment; return its answer, refusals included."""
        return self._shop(
            basket.token,
            "mutation($i:PaymentInput!){addPaymentToOrder(input:$i)"
            "{__typename ...on Order{id state} " + _FAILS + "}}",
            i={"method": method, "metadata": metadata},
        )[1]["addPaymentToOrder"]

    def paid(self, method: str = "card", item: int | None = None, **wrong: object) -> Basket:
        """Buy: the customer pays at the provider, and the shop takes it in."""
        basket = self.arranged(next(self._count) % 3 if item is None else item)
        intent = self.intend(basket, manual=method == "card-later")
        assert self.stripe.confirm(intent)
        said = self.take_in(basket, method, intent=intent, **wrong)
        assert said["__typename"] == "Order", said
        return basket

    def refused(self, **metadata: Any) -> Basket:
        """Try to pay in vain."""
        basket = self.arranged()
        said = self.take_in(basket, **metadata)
        assert said["__typename"] in {"PaymentDeclinedError", "PaymentFailedError"}, said
        return basket

    def paid_in_the_basket(self) -> Basket:
        """Pay in one tab, after going back to the basket in another: the shop is never told."""
        basket = self.arranged()
        intent = self.intend(basket)
        self.move(basket, "AddingItems")
        assert self.stripe.confirm(intent)
        return basket

    def stock(self, variant: str, on_hand: int) -> None:
        """Set how much of a variant there is."""
        self.root.ask(
            "mutation($i:[UpdateProductVariantInput!]!){updateProductVariants(input:$i){id}}",
            i=[{"id": variant, "stockOnHand": on_hand}],
        )

    def order(self, ref: str) -> dict[str, Any]:
        """Return the order as the Admin API tells it to an administrator of everything."""
        said = self.root.ask(
            "query($c:String!){orders(options:{filter:{code:{eq:$c}}}){items{id code state"
            " updatedAt totalWithTax payments{id state amount method transactionId"
            " refunds{id state total reason transactionId}}}}}",
            c=ref,
        )
        found: dict[str, Any] = said["orders"]["items"][0]
        return found

    def refund(self, payment: str, amount_minor: int, reason: str = "directly") -> Any:
        """Ask for a refund as the shop's own admin pages do."""
        return self.root.answer(
            "mutation($i:RefundOrderInput!){refundOrder(input:$i)"
            "{__typename ...on Refund{id state total} " + _FAILS + "}}",
            i={
                "paymentId": payment,
                "amount": amount_minor,
                "lines": [],
                "shipping": 0,
                "adjustment": 0,
                "reason": reason,
            },
        )

    def cancel(self, order_id: str) -> Any:
        """Cancel an order as the shop's own admin pages do; its payments are left as they are."""
        return self.root.ask(
            "mutation($i:CancelOrderInput!){cancelOrder(input:$i)"
            "{...on Order{id state} " + _FAILS + "}}",
            i={"orderId": order_id, "reason": "out of season", "cancelShipping": True},
        )

    def shop(self, token: str, query: str, **variables: object) -> Any:
        """Ask the Shop API as the customer of this session; a refusal raises with its words."""
        _, data = self._shop(token, query, **variables)
        for part in data.values():
            if isinstance(part, dict) and "errorCode" in part:
                raise RuntimeError(f"{part}")
        return data

    def _shop(self, token: str, query: str, **variables: object) -> tuple[str, Any]:
        answer = self._http.post(
            f"{self.base_url}/shop-api",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        said = answer.json()
        if said.get("errors"):
            raise RuntimeError(f"{said['errors']}"[:600])
        return answer.headers.get("vendure-auth-token", token), said["data"]

    def _paid_untold(self) -> Basket:
        basket = self.arranged(1)
        assert self.stripe.confirm(self.intend(basket))
        return basket

    def _paid_unfulfillable(self) -> Basket:
        """Paid in one tab, gone back to the basket in another, and then it was sold out."""
        scarce = str(self.state["scarce_variant_id"])
        with self._scarce:
            self.stock(scarce, 10)
            try:
                basket = self.arranged(scarce=True)
                self.move(basket, "AddingItems")
            finally:
                self.stock(scarce, 0)
        assert self.stripe.confirm(self.intend(basket))
        return basket

    def _paid_twice(self) -> Basket:
        """Paid in two tabs; the shop heard of one."""
        basket = self.arranged(2)
        first, second = self.intend(basket), self.intend(basket)
        assert self.stripe.confirm(first)
        assert self.stripe.confirm(second)
        said = self.take_in(basket, intent=second)
        assert said["__typename"] == "Order", said
        return basket

    def _cancelled_paid(self) -> Basket:
        basket = self.paid()
        said = self.cancel(basket.id)["cancelOrder"]
        assert said["state"] == "Cancelled", said
        return basket

    def _refund_unrecorded(self) -> Basket:
        basket = self.paid(lose_refund=True)
        said = self.refund(self.order(basket.code)["payments"][0]["id"], basket.total_minor)
        assert said.get("errors"), said
        return basket

    def intents(self, ref: str) -> list[Any]:
        """Return the provider's payment intents that name the order."""
        return [i for i in self.stripe.intents() if i["metadata"].get("orderCode") == ref]
