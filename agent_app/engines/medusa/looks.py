"""One look at an order or cart as a `StoreLook`: identity, total, stages, payments, fitness."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import CustomerId, EventId, OrderRef, ShopId
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.stage import Stage
from agent_app.engines.joined.identity import payer_id
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.medusa import documents
from agent_app.engines.medusa.amounts import money
from agent_app.engines.medusa.documents import Collection, Person
from agent_app.engines.medusa.rows import method_of, paid_at, store_payments
from agent_app.engines.port import Unreadable

_STATUSES = frozenset({"pending", "completed", "archived", "canceled", "requires_action", "draft"})
_CANCELLED = "it was cancelled, and Medusa cannot bring a cancelled order back"


@dataclass(frozen=True, slots=True)
class Seen:
    """The connector's own document of a look: what stands at the shop, for `perform`."""

    order: documents.Order | None
    cart: documents.Cart | None
    collections: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns answers into looks. `captures_later`: an authorised order counts as confirmed."""

    shop: ShopId
    captures_later: bool
    methods: Mapping[str, PaymentMethod]

    def of_order(
        self, ref: OrderRef, said: documents.Order, payload_hash: str, now: datetime
    ) -> StoreLook:
        """Return the look at an order. Raises Unreadable at a status that is not known."""
        if said.status not in _STATUSES:
            raise Unreadable(f"order {said.id}: unknown status {said.status!r}")
        collections = tuple(c for c in said.payment_collections or () if c is not None)
        settled = frozenset(
            t.reference_id
            for t in said.transactions or ()
            if t.reference == "refund" and t.reference_id
        )
        payments = store_payments(collections, settled, self.methods)
        total = money(said.total + said.credit_line_total, said.currency_code)
        order = Order(
            self.shop,
            ref,
            _customer(said.email, said.locale, said.shipping_address, said.customer),
            total,
            self._method(collections),
            said.created_at,
            fulfillable=None if said.canceled_at is None else False,
            unfulfillable_why=None if said.canceled_at is None else _CANCELLED,
            shop_number=str(said.display_id) if said.display_id is not None else said.id,
        )
        stages = self._stages(said, collections, total.is_zero)
        events = tuple(_event(ref, said.id, stage, at, now) for stage, at in stages)
        return StoreLook(
            order,
            stages[-1][0] if stages else Stage.ABSENT,
            events,
            payments,
            payload_hash,
            Seen(said, None, collections),
        )

    def of_cart(
        self,
        ref: OrderRef,
        said: documents.Cart,
        collections: tuple[Collection, ...],
        why_not: str | None,
        hashes: Iterable[str],
    ) -> StoreLook:
        """Return the look at a cart that is no order yet; `why_not` it cannot become one."""
        order = Order(
            self.shop,
            ref,
            _customer(said.email, said.locale, said.shipping_address, None),
            money(said.total, said.currency_code),
            self._method(collections),
            said.created_at,
            fulfillable=why_not is None,
            unfulfillable_why=why_not,
        )
        return StoreLook(
            order,
            Stage.ABSENT,
            (),
            store_payments(collections, frozenset(), self.methods),
            hashlib.sha256("".join(hashes).encode()).hexdigest(),
            Seen(None, said, collections),
        )

    def _method(self, collections: Sequence[Collection]) -> PaymentMethod:
        modules = [row.provider_id for c in collections for row in c.payments]
        modules += [row.provider_id for c in collections for row in c.payment_sessions]
        return method_of(modules[0], self.methods) if modules else PaymentMethod.UNKNOWN

    def _stages(
        self, said: documents.Order, collections: Sequence[Collection], is_free: bool
    ) -> list[tuple[Stage, datetime]]:
        """Return the stages that the order went through and when, by what stays as it is."""
        if said.status == "draft":
            return []
        stages = [(Stage.SUBMITTED, said.created_at)]
        if is_free:
            stages.append((Stage.CONFIRMED, said.created_at))
        elif collections:
            stages.append((Stage.PAYING, said.created_at))
            paid = paid_at(collections, on_capture=not self.captures_later)
            if paid is not None:
                # The shop writes the payment a moment before the order that it makes of it.
                stages.append((Stage.CONFIRMED, max(paid, said.created_at)))
        if said.canceled_at is not None:
            stages.append((Stage.CANCELLED, said.canceled_at))
        elif said.status == "canceled":
            raise Unreadable(f"order {said.id}: cancelled, and not said when")
        return stages


def _customer(
    email: str | None,
    locale: str | None,
    address: Person | None,
    account: Person | None,
) -> Customer:
    person = address or account or Person()
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    return Customer(
        payer_id(email) or CustomerId(""),
        name,
        email or "",
        person.phone or (account.phone if account else None) or "",
        (locale or "en").replace("_", "-"),
    )


def _event(ref: OrderRef, order: str, stage: Stage, at: datetime, now: datetime) -> OrderEvent:
    kinds = {
        Stage.SUBMITTED: EventKind.SUBMIT_RECEIVED,
        Stage.CONFIRMED: EventKind.ORDER_CONFIRMED,
    }
    kind = kinds.get(stage, EventKind.STAGE_REPORTED)
    return OrderEvent(
        EventId(f"{Source.PLATFORM}:{order}:{stage}"),
        ref,
        kind,
        Source.PLATFORM,
        at,
        now,
        stage=str(stage) if kind is EventKind.STAGE_REPORTED else None,
    )
