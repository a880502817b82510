"""One look at an order as a `StoreLook`: identity, total, stages, payments, fitness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import CustomerId, EventId, OrderRef, ShopId
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.joined.identity import payer_id
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.vendure import documents
from agent_app.engines.vendure.amounts import money_of
from agent_app.engines.vendure.documents import Settings, Variant
from agent_app.engines.vendure.rows import (
    Staged,
    history_of,
    method_of,
    payments_of,
    stages_of,
)

_UNPLACED = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})
_KINDS = {
    Stage.SUBMITTED: EventKind.SUBMIT_RECEIVED,
    Stage.CONFIRMED: EventKind.ORDER_CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The connector's own document of a look: what stands at the shop, for `perform`."""

    order: documents.Order
    decimals: int
    """How many decimals its amounts have."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns answers into looks. `captures_later`: an authorised order counts as confirmed."""

    shop: ShopId
    captures_later: bool
    methods: Mapping[str, PaymentMethod]
    states: Mapping[str, Stage | None]

    def read(
        self,
        ref: OrderRef,
        said: documents.Order,
        settings: Settings,
        payload_hash: str,
        now: datetime,
    ) -> StoreLook:
        """Return the look at an order. Raises Unreadable at a state that is not known."""
        history = history_of(said)
        decimals = settings.server_config.money_strategy_precision
        stages = stages_of(said, history, self.states, captures_later=self.captures_later)
        submitted = next((s.at for s in stages if s.stage is Stage.SUBMITTED), said.created_at)
        open_still = said.state in _UNPLACED
        why_not = _why_not(said, settings) if open_still else None
        if said.state == "Cancelled":
            why_not = "it is cancelled, and Vendure cannot bring it back"
        tried = [method_of(row.method, self.methods) for row in said.payments or ()]
        order = Order(
            self.shop,
            ref,
            _customer(said),
            money_of(sold_for(said), said.currency_code, decimals),
            next((m for m in tried if m is not PaymentMethod.UNKNOWN), PaymentMethod.UNKNOWN),
            submitted,
            # What the shop took in it has promised: it is not asked again.
            fulfillable=False if why_not else True if open_still else None,
            unfulfillable_why=why_not,
            shop_number=said.code if said.order_placed_at is not None else None,
        )
        return StoreLook(
            order,
            stages[-1].stage if stages else Stage.ABSENT,
            tuple(_event(ref, staged, now) for staged in stages),
            payments_of(said, history, self.methods, decimals),
            payload_hash,
            Seen(said, decimals),
        )


def sold_for(said: documents.Order) -> int:
    """Return what the order was placed for, as the shop counts.

    Vendure takes what is cancelled off the total, down to nothing; what was sold and paid stays
    what it was.
    """
    if said.order_placed_at is None:
        return said.total_with_tax
    sold = sum(
        max(line.quantity, line.order_placed_quantity) * line.prorated_unit_price_with_tax
        for line in said.lines
    )
    extras = sum(part.price_with_tax for part in (*said.shipping_lines, *said.surcharges))
    cancelled = any(line.quantity < line.order_placed_quantity for line in said.lines)
    return max(said.total_with_tax, sold + extras) if cancelled else said.total_with_tax


def _why_not(said: documents.Order, settings: Settings) -> str | None:
    """Say what keeps the shop from making an order of it; None: nothing that it tells."""
    lines = [line for line in said.lines if line.quantity > 0]
    if not lines:
        return "the cart is empty"
    if said.customer is None:
        return "nobody's name or e-mail address was given"
    if not said.shipping_lines:
        return "no shipping method was chosen"
    if said.shipping_address is None or not said.shipping_address.street_line1:
        return "the shipping address is missing"
    wanted: dict[str, tuple[int, Variant]] = {}
    for line in lines:
        variant = line.product_variant
        before = wanted.get(variant.sku, (0, variant))[0]
        wanted[variant.sku] = (before + line.quantity, variant)
    for sku, (quantity, variant) in sorted(wanted.items()):
        if not variant.enabled:
            return f"{sku} is not on sale any more"
        left = _saleable(variant, settings)
        if left is not None and left < quantity:
            return f"{sku} is sold out ({max(left, 0)} left, {quantity} wanted)"
    return None


def _saleable(variant: Variant, settings: Settings) -> int | None:
    """Return how many may still be sold, None where the shop does not count."""
    tracked = {"TRUE": True, "FALSE": False}.get(variant.track_inventory, settings.track_inventory)
    if not tracked:
        return None
    threshold = variant.out_of_stock_threshold
    if variant.use_global_out_of_stock_threshold:
        threshold = settings.out_of_stock_threshold
    return sum(s.stock_on_hand - s.stock_allocated for s in variant.stock_levels) - threshold


def _customer(said: documents.Order) -> Customer:
    person, address = said.customer, said.shipping_address or documents.Address()
    if person is None:
        return Customer(CustomerId(f"unknown-{said.code}"), address.full_name or "")
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    return Customer(
        # Two people without an address are not the same person.
        payer_id(person.email_address) or CustomerId(f"unknown-{said.code}"),
        name or address.full_name or "",
        person.email_address,
        person.phone_number or address.phone_number or "",
    )


def _event(ref: OrderRef, staged: Staged, now: datetime) -> OrderEvent:
    kind = _KINDS.get(staged.stage, EventKind.STAGE_REPORTED)
    return OrderEvent(
        EventId(f"{Source.PLATFORM}:{ref}:{staged.entry}:{staged.stage}"),
        ref,
        kind,
        Source.PLATFORM,
        staged.at,
        now,
        stage=str(staged.stage) if kind is EventKind.STAGE_REPORTED else None,
    )
