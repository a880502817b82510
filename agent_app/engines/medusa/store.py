"""Medusa 2 as the shop's side of a joined shop, over its Admin and Store REST APIs.

The gateway's configuration makes one; safe to use from several threads at once.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from agent_app.domain.actions import ActionKind
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.order import PaymentMethod
from agent_app.engines.http import Bounds, ShopHttp
from agent_app.engines.joined.provider import Touched
from agent_app.engines.joined.store import Abilities, StoreChanges, StoreLook, StorePayment
from agent_app.engines.medusa.acts import Acts
from agent_app.engines.medusa.documents import OrderRows, Products
from agent_app.engines.medusa.feed import Feed
from agent_app.engines.medusa.looks import Reader, Seen
from agent_app.engines.medusa.orders import FoundCart, Orders
from agent_app.engines.medusa.vanished import OnTheirWay
from agent_app.engines.port import (
    Command,
    EngineError,
    Forbidden,
    Outcome,
    Receipt,
    Rejected,
)

BOUNDS = Bounds(connect_s=3.0, read_s=15.0, whole_s=15.0)
"""A capture or refund is answered only after the shop heard of its provider."""
ABILITIES = Abilities(
    can_resync=True,
    can_complete=True,
    can_restore=False,
    can_capture=True,
    can_void=True,
    can_refund=True,
    can_refund_part=True,
    can_correct_input=False,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MedusaStore:
    """Implements `joined.store.StoreSide`.

    `secret_key` (`sk_…`) opens the Admin API, `publishable_key` (`pk_…`) the carts of the
    storefront's sales channel. `captures`: whether the shop takes the money when the order is
    placed (`at_once`) or when it ships (`later`, Medusa's default): an authorised order counts as
    confirmed only with the latter. `methods` says which family a payment module (`pp_…`) is of.
    `since`: how far back the lists of changes begin; None: with the first order.
    """

    def __init__(
        self,
        base_url: str,
        shop_id: ShopId,
        *,
        secret_key: str,
        publishable_key: str,
        label: str = "Medusa",
        captures: Literal["at_once", "later"] = "later",
        methods: Mapping[str, PaymentMethod] | None = None,
        bounds: Bounds | None = None,
        clock: Callable[[], datetime] = _utc_now,
        use_proxies: bool = True,
        ca_file: str | None = None,
        since: datetime | None = None,
    ) -> None:
        self._id = shop_id
        self._label = label
        self._clock = clock
        self._bounds = bounds or BOUNDS
        basic = base64.b64encode(f"{secret_key}:".encode()).decode()
        self._admin = ShopHttp(
            base_url,
            headers={"Authorization": f"Basic {basic}"},
            bounds=self._bounds,
            use_proxies=use_proxies,
            ca_file=ca_file,
        )
        self._storefront = ShopHttp(
            base_url,
            headers={"x-publishable-api-key": publishable_key},
            bounds=self._bounds,
            use_proxies=use_proxies,
            ca_file=ca_file,
        )
        self._orders = Orders(self._admin, self._storefront)
        self._feed = Feed(self._admin, self._orders.learn, since=since)
        self._acts = Acts(self._admin, self._storefront)
        self._on_their_way = OnTheirWay()
        self._reader = Reader(shop_id, captures == "later", dict(methods or {}))

    @property
    def id(self) -> ShopId:
        return self._id

    @property
    def label(self) -> str:
        return self._label

    @property
    def abilities(self) -> Abilities:
        return ABILITIES

    @property
    def flag_policy(self) -> FlagPolicy:
        return FlagPolicy()

    @property
    def longest_request_s(self) -> float:
        return self._bounds.longest_s

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        """List what changed, from the list of orders and that of payments in turns."""
        return self._feed.changes(cursor, limit)

    def look(self, ref: OrderRef) -> StoreLook:
        """Read an order by the cart that it was made of, or the cart where there is no order."""
        now = self._clock()
        found = self._orders.find(ref)
        if isinstance(found, FoundCart):
            look = self._reader.of_cart(
                ref, found.cart, found.collections, found.why_not, found.hashes
            )
        else:
            look = self._reader.of_order(ref, found.value, found.payload_hash, now)
        return dataclasses.replace(look, payments=self._on_their_way.told(ref, look.payments))

    def ref_of(self, touched: Touched) -> OrderRef | None:
        """Return the cart or order by the reference in the payment: a cart's, order's, session's.

        A cart that the shop does not show is still one: its money must not be lost sight of.
        """
        return self._orders.ref_of(touched)

    def perform(self, command: Command, look: StoreLook, payment: StorePayment | None) -> Receipt:
        """Carry out what was checked against `look`, with one changing request."""
        return self._acts.perform(command, look, payment)

    def outcome(self, command: Command, look: StoreLook) -> Outcome:
        """Say by a fresh look whether the cart was completed or the waited-for payment taken in."""
        seen = look.details
        assert isinstance(seen, Seen)
        if command.kind is ActionKind.RESUBMIT:
            return Outcome.DONE if seen.order is not None else Outcome.ABSENT
        if command.kind is ActionKind.RESYNC:
            taken_in = any(collection.payments for collection in seen.collections)
            return Outcome.DONE if taken_in else Outcome.ABSENT
        raise Rejected(f"{command.kind} is no action of this shop")

    def problems(self) -> Sequence[str]:
        """Return what keeps us from reading the shop: each key is tried once."""
        found = []
        try:
            self._admin.get("/admin/orders", OrderRows, {"limit": "1", "fields": "id,updated_at"})
        except Forbidden:
            found.append(
                f"{self._id}: Medusa refuses the secret key: make one in its settings "
                "(Secret API Keys) and give the gateway its file"
            )
        except EngineError as error:
            found.append(f"{self._id}: the Admin API cannot be read ({error})")
        try:
            self._storefront.get("/store/products", Products, {"limit": "1", "fields": "id"})
        except EngineError as error:
            found.append(
                f"{self._id}: carts cannot be read ({error}): check the publishable key and its "
                "sales channel"
            )
        return tuple(found)

    def close(self) -> None:
        """Let go of the connections."""
        self._admin.close()
        self._storefront.close()
