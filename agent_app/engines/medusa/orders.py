"""Where an order or cart is found at the shop, and the answers that one look at it is made of."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from agent_app.domain.ids import OrderRef
from agent_app.engines.http import Answer, ShopHttp
from agent_app.engines.joined.provider import Touched
from agent_app.engines.medusa.documents import (
    Cart,
    CartItem,
    Collection,
    LinkedPayment,
    LinkedPayments,
    OneCart,
    OneOrder,
    Order,
    OrderRows,
    Products,
)
from agent_app.engines.port import NotVisible

_PAYMENT = (
    "id,amount,currency_code,provider_id,created_at,captured_at,canceled_at,payment_session_id,data,"
    "captures.id,captures.amount,captures.created_at,"
    "refunds.id,refunds.amount,refunds.note,refunds.created_at,refunds.created_by"
)
_ORDER_FIELDS = ",".join(
    (
        "id,display_id,status,email,locale,currency_code,total,credit_line_total,created_at",
        "canceled_at,cart.id,shipping_address.*",
        "customer.first_name,customer.last_name,customer.phone",
        "transactions.reference,transactions.reference_id",
        "payment_collections.id,payment_collections.amount,payment_collections.refunded_amount",
        "payment_collections.payment_sessions.id,payment_collections.payment_sessions.status",
        "payment_collections.payment_sessions.provider_id,payment_collections.payment_sessions.data",
        "payment_collections.payment_sessions.created_at",
        *(f"payment_collections.payments.{field}" for field in _PAYMENT.split(",")),
    )
)
_LINKED_FIELDS = (
    f"{_PAYMENT},payment_collection.id,payment_collection.refunded_amount,"
    "payment_collection.cart.id,payment_collection.order.id"
)
_VARIANT_FIELDS = (
    "id,variants.id,variants.manage_inventory,variants.allow_backorder,+variants.inventory_quantity"
)
_MOST_KNOWN = 50_000
_MOST_OF_ONE_CUSTOMER = 100


@dataclass(frozen=True, slots=True)
class FoundCart:
    """A cart that no order was made of, with its payments and what the shop answered."""

    cart: Cart
    collections: tuple[Collection, ...]
    why_not: str | None
    hashes: tuple[str, ...]


class Orders:
    """Finds orders and carts by their reference; safe from several threads.

    What it remembers of which order was made of which cart never changes there, and is asked
    again when it is forgotten.
    """

    def __init__(self, admin: ShopHttp, storefront: ShopHttp) -> None:
        self._admin = admin
        self._storefront = storefront
        self._made_of: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, cart: str, order: str) -> None:
        """Remember that the order was made of the cart."""
        with self._lock:
            self._made_of[cart] = order
            self._made_of.move_to_end(cart)
            while len(self._made_of) > _MOST_KNOWN:
                self._made_of.popitem(last=False)

    def find(self, ref: OrderRef) -> Answer[Order] | FoundCart:
        """Return the order, or the cart where there is none yet.

        Raises:
            NotVisible: the shop shows neither.
        """
        if not ref.startswith("cart_"):
            return self._order(ref)
        with self._lock:
            order = self._made_of.get(ref)
        if order is not None:
            return self._order(order)
        said = self._cart(ref)
        cart = said.value
        payments = self._payments_of(cart)
        linked = (p.payment_collection.order for p in payments.value if p.payment_collection)
        order = next((link.id for link in linked if link is not None), None)
        if order is None and cart.completed_at is not None:
            order = self._order_of_customer(cart)
        if order is not None:
            self.learn(ref, order)
            return self._order(order)
        why_not, stock_hash = self._why_not(cart)
        hashes = (said.payload_hash, payments.payload_hash, stock_hash)
        return FoundCart(cart, _collections(cart, payments.value), why_not, hashes)

    def ref_of(self, touched: Touched) -> OrderRef | None:
        """Return what a provider's payment belongs to, by the reference that the shop gave it."""
        reference = touched.reference or ""
        if reference.startswith("cart_"):
            return OrderRef(reference)
        try:
            if reference.startswith("order_"):
                order = self._order(reference).value
                return OrderRef(order.cart.id if order.cart else order.id)
            if reference.startswith("payses_"):
                return self._ref_of_session(reference)
        except NotVisible:
            return None
        return None

    def _ref_of_session(self, session: str) -> OrderRef | None:
        for payment in self._payments([session]).value:
            link = payment.payment_collection
            if link is not None and link.cart is not None:
                return OrderRef(link.cart.id)
            if link is not None and link.order is not None:
                return OrderRef(link.order.id)
        return None

    def _order(self, order: str) -> Answer[Order]:
        said = self._admin.get(f"/admin/orders/{_segment(order)}", OneOrder, _fields(_ORDER_FIELDS))
        return Answer(said.value.order, said.payload_hash, said.headers)

    def _cart(self, cart: str) -> Answer[Cart]:
        said = self._storefront.get(
            f"/store/carts/{_segment(cart)}",
            OneCart,
            _fields(
                "+payment_collection.id,+payment_collection.amount,*payment_collection.payment_sessions"
            ),
        )
        return Answer(said.value.cart, said.payload_hash, said.headers)

    def _payments_of(self, cart: Cart) -> Answer[list[LinkedPayment]]:
        begun = cart.payment_collection
        sessions = [session.id for session in begun.payment_sessions] if begun else []
        return self._payments(sessions) if sessions else Answer([], "")

    def _payments(self, sessions: list[str]) -> Answer[list[LinkedPayment]]:
        wanted = set(sessions)
        said = self._admin.get(
            "/admin/payments",
            LinkedPayments,
            [
                ("fields", _LINKED_FIELDS),
                ("limit", 100),
                *(("payment_session_id[]", session) for session in sessions),
            ],
        )
        # A filter that the shop ignored would put strangers' money on this cart.
        rows = [row for row in said.value.payments if row.payment_session_id in wanted]
        return Answer(rows, said.payload_hash, said.headers)

    def _order_of_customer(self, cart: Cart) -> str | None:
        """Return the order of a completed cart without any payment: by its customer's orders."""
        if cart.customer_id is None:
            return None
        rows = self._admin.get(
            "/admin/orders",
            OrderRows,
            {
                "fields": "id,updated_at,cart.id",
                "customer_id": cart.customer_id,
                "created_at[$gte]": cart.created_at.isoformat(),
                "order": "created_at",
                "limit": str(_MOST_OF_ONE_CUSTOMER),
            },
        )
        own = (row.id for row in rows.value.orders if row.cart and row.cart.id == cart.id)
        return next(own, None)

    def _why_not(self, cart: Cart) -> tuple[str | None, str]:
        """Return why the cart cannot be made an order, and the hash of what stock was told.

        Medusa pays a captured payment back by itself when completing its cart fails, so any doubt
        counts as a reason.
        """
        items = cart.items or []
        if not items:
            return "the cart is empty", ""
        if not cart.email:
            return "the cart has no e-mail address", ""
        if any(item.requires_shipping for item in items):
            place = cart.shipping_address
            if place is None or not (place.address_1 and place.city and place.country_code):
                return "the shipping address is missing or not complete", ""
            if not cart.shipping_methods:
                return "no shipping method was chosen", ""
        return self._why_not_sold(items)

    def _why_not_sold(self, items: list[CartItem]) -> tuple[str | None, str]:
        wanted: dict[str, Decimal] = {}
        for item in items:
            if item.variant_id:
                wanted[item.variant_id] = wanted.get(item.variant_id, Decimal(0)) + item.quantity
        if not wanted:
            return None, ""
        said = self._storefront.get(
            "/store/products",
            Products,
            [
                ("limit", 200),
                ("fields", _VARIANT_FIELDS),
                *(("id[]", p) for p in sorted({i.product_id for i in items if i.product_id})),
            ],
        )
        on_sale = {v.id: v for p in said.value.products for v in p.variants or ()}
        for variant_id, quantity in sorted(wanted.items()):
            variant = on_sale.get(variant_id)
            if variant is None:
                return f"{variant_id} is not on sale any more", said.payload_hash
            if not variant.manage_inventory or variant.allow_backorder:
                continue
            left = variant.inventory_quantity
            if left is None or left < quantity:
                return (
                    f"{variant_id} is sold out ({left} left, {quantity} wanted)",
                    said.payload_hash,
                )
        return None, said.payload_hash


def _collections(cart: Cart, payments: list[LinkedPayment]) -> tuple[Collection, ...]:
    begun = cart.payment_collection
    if begun is None:
        return ()
    links = [p.payment_collection for p in payments if p.payment_collection is not None]
    refunded = next((link.refunded_amount for link in links), None)
    amount = begun.amount if begun.amount is not None else cart.total
    return (Collection(begun.id, amount, refunded, list(payments), begun.payment_sessions),)


def _fields(fields: str) -> dict[str, str]:
    return {"fields": fields}


def _segment(text: str) -> str:
    return quote(text, safe="")
