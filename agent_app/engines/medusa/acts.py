"""What is done at the shop: completing, authorising, capturing, cancelling, paying back.

Each is one changing request. Medusa's refusals are told apart by what was seen of them
(2.21.2): most 4xx of a refund can follow the payout, so only the ones that are given before the
provider is asked count as sure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.engines.http import ShopHttp
from agent_app.engines.joined.store import StoreLook, StorePayment
from agent_app.engines.medusa import documents
from agent_app.engines.medusa.amounts import money, number
from agent_app.engines.medusa.documents import (
    Authorised,
    Cancelled,
    Changes,
    Completed,
    OnePayment,
)
from agent_app.engines.medusa.looks import Seen
from agent_app.engines.port import (
    Command,
    Conflict,
    Doubtful,
    EngineError,
    Forbidden,
    NotVisible,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
)

T = TypeVar("T")
# Given before anything is written or any provider asked; read in its source and seen.
_SURE = re.compile(
    r"invalid_data: (Invalid request: "
    r"|You are not allowed to refund more than the captured amount"
    r"|You cannot refund more than what is captured on the payment"
    r"|You cannot capture more than the authorized amount"
    r"|Refund amount must be greater than 0)"
    r"|not_found: (Payment id not found|LinkOrderPaymentCollection )"
    r"|not_found: Cart id not found"
)
_ENDED_CHANGES = frozenset({"confirmed", "declined", "canceled"})


class Acts:
    """Carries commands out over Admin REST, and the storefront's route for completing a cart."""

    def __init__(self, admin: ShopHttp, storefront: ShopHttp) -> None:
        self._admin = admin
        self._storefront = storefront

    def perform(self, command: Command, look: StoreLook, payment: StorePayment | None) -> Receipt:
        """Carry out what was checked against `look`. Raises as `StoreSide.perform` does."""
        seen = look.details
        assert isinstance(seen, Seen)
        if command.kind is ActionKind.RESUBMIT:
            return self._complete(command, look, seen)
        if command.kind is ActionKind.RESYNC:
            return self._authorise(command, look, seen, payment)
        if command.kind is ActionKind.CAPTURE:
            return self._capture(command, _row(seen, payment, command))
        if command.kind is ActionKind.VOID:
            return self._cancel(command, _row(seen, payment, command), seen)
        if command.kind is ActionKind.REFUND:
            return self._refund(command, payment, seen)
        raise Rejected(f"Medusa cannot do this through its API: {command.kind}")

    def _complete(self, command: Command, look: StoreLook, seen: Seen) -> Receipt:
        if seen.order is not None:
            if seen.order.canceled_at is not None:
                raise Rejected("Medusa cannot bring a cancelled order back")
            return Receipt(Outcome.DONE, look.order.shop_number)
        assert seen.cart is not None
        if look.order.fulfillable is not True:
            # Medusa would pay a captured payment back by itself.
            raise Rejected(f"the cart cannot be completed: {look.order.unfulfillable_why}")
        said = _sent(
            lambda: (
                self._storefront.post(
                    f"/store/carts/{_segment(look.order.ref)}/complete?fields=id,display_id",
                    {},
                    Completed,
                    key=command.key,
                ).value
            )
        )
        if said.type == "order" and said.order is not None:
            return Receipt(Outcome.DONE, str(said.order.display_id or said.order.id))
        why = said.error.message if said.error else None
        raise Doubtful(f"Medusa did not complete the cart: {why or 'no reason given'}")

    def _authorise(
        self, command: Command, look: StoreLook, seen: Seen, payment: StorePayment | None
    ) -> Receipt:
        if seen.order is None:
            raise Rejected("this is a cart: it is completed (resubmit), not read again")
        order = seen.order.id
        waiting = [
            session.id
            for collection in seen.collections
            for session in collection.payment_sessions
            if session.status == "pending_authorization"
            and (command.payment is None or (payment is not None and session.id == payment.id))
        ]
        if not waiting:
            raise Conflict("the order has no payment that the shop still waits for")
        if len(waiting) > 1:
            raise Rejected("the order waits for several payments: name the one to read again")
        said = _sent(
            lambda: (
                self._admin.post(
                    f"/admin/orders/{_segment(order)}/payment-sessions/authorize",
                    {"payment_session_id": waiting[0]},
                    Authorised,
                    key=command.key,
                ).value
            )
        )
        if not said.is_authorized:
            raise Rejected("Medusa asked the provider again, and its payment is not there yet")
        return Receipt(Outcome.DONE, look.order.shop_number)

    def _capture(self, command: Command, row: documents.Payment) -> Receipt:
        if row.canceled_at is not None:
            raise Conflict("the payment was voided meanwhile")
        if row.captures or row.captured_at is not None:
            raise Conflict("the payment was captured meanwhile")
        amount = command.amount or money(row.amount, row.currency_code)
        path = f"/admin/payments/{_segment(row.id)}/capture"
        body = {"amount": number(amount)}
        said = _sent(lambda: self._admin.post(path, body, OnePayment, key=command.key).value)
        if not said.payment.captures:
            raise OutcomeUnknown("Medusa answered 200 and shows no capture")
        return Receipt(Outcome.DONE, row.data.id if row.data and row.data.id else row.id)

    def _cancel(self, command: Command, row: documents.Payment, seen: Seen) -> Receipt:
        """Void by cancelling the order: the only way there is, and a refund where captured."""
        if seen.order is None:
            raise Rejected("Medusa voids a payment only by cancelling its order; this is a cart")
        others = [p for c in seen.collections for p in c.payments]
        if any(p.captures or p.captured_at is not None for p in others):
            raise Conflict(
                "a payment of the order is captured: Medusa would pay it back if it were cancelled"
            )
        if len([p for p in others if p.canceled_at is None]) > 1:
            raise Rejected("Medusa would void every payment of the order, not only this one")
        path = f"/admin/orders/{_segment(seen.order.id)}/cancel"
        said = _sent(lambda: self._admin.post(path, {}, Cancelled, key=command.key).value)
        if said.order.status != "canceled":
            raise OutcomeUnknown(f"Medusa answered 200 and the order is {said.order.status!r}")
        return Receipt(Outcome.DONE, row.data.id if row.data and row.data.id else row.id)

    def _refund(self, command: Command, payment: StorePayment | None, seen: Seen) -> Receipt:
        row = _row(seen, payment, command)
        if command.amount is None:
            raise Rejected("a refund names its amount")
        if command.amount.amount_minor <= 0:
            raise Rejected("a refund is more than nothing")
        if command.amount.currency != row.currency_code.upper():
            raise Rejected(f"the payment is in {row.currency_code.upper()}")
        if seen.order is None:
            raise Rejected(
                "Medusa pays back only what an order was made of; this is a cart: "
                "pay it back in the provider's own dashboard"
            )
        captured = sum((part.amount for part in row.captures), Decimal(0))
        left = captured - sum((part.amount for part in row.refunds), Decimal(0))
        if command.amount.amount_minor > money(left, row.currency_code).amount_minor:
            # Medusa itself lets a refund exceed the capture by one minor unit (seen).
            raise Rejected(f"that is more than what is left of the payment ({left})")
        if payment is not None and any(r.kind is EventKind.REFUND_PENDING for r in payment.refunds):
            raise Conflict("another refund of this payment is being paid out just now")
        self._refuse_open_change(seen.order.id)
        note = f"{command.key} {command.note}".strip()
        body = {"amount": number(command.amount), "note": note}
        path = f"/admin/payments/{_segment(row.id)}/refund"
        said = _sent(lambda: self._admin.post(path, body, OnePayment, key=command.key).value)
        booked = [r.id for r in said.payment.refunds if (r.note or "").startswith(command.key)]
        if not booked:
            raise OutcomeUnknown("Medusa answered 200 and shows no refund under our key")
        return Receipt(Outcome.DONE, booked[0])

    def _refuse_open_change(self, order: str) -> None:
        """Refuse while an edit, return or claim is open: the refund would be paid and not booked.

        Raises:
            Conflict: one is open.
            Unreachable: it could not be asked; nothing was sent.
        """
        try:
            said = self._admin.get(
                f"/admin/orders/{_segment(order)}/changes",
                Changes,
                {"fields": "id,change_type,status"},
            )
        except (NotVisible, Forbidden, Throttled):
            raise
        except EngineError as error:
            raise Unreachable(f"could not ask for open changes of the order ({error})") from error
        for change in said.value.order_changes:
            if change.status not in _ENDED_CHANGES:
                raise Conflict(
                    f"the order has an open change ({change.change_type}, {change.status}): "
                    "confirm or cancel it in Medusa first; a refund now would be paid out "
                    "without being booked"
                )


def _sent(request: Callable[[], T]) -> T:
    """Send it once, and tell refusals that are sure from those that can follow an effect."""
    try:
        return request()
    except (Rejected, NotVisible, Conflict) as refusal:
        if _SURE.search(str(refusal)):
            raise
        raise Doubtful(str(refusal)) from refusal
    except Forbidden as refusal:
        # The door's own words; a payment module's refusal may come under the same status.
        if str(refusal).rstrip() in {"401 Unauthorized", "403 Forbidden"}:
            raise
        raise Doubtful(str(refusal)) from refusal


def _row(seen: Seen, payment: StorePayment | None, command: Command) -> documents.Payment:
    """Return the shop's row of the payment.

    Raises:
        Rejected: the shop has none: it cannot move money that it does not know of.
    """
    rows = [row for collection in seen.collections for row in collection.payments]
    for row in rows:
        if payment is not None and row.id == payment.id:
            return row
    if seen.order is not None and payment is not None:
        raise Rejected(
            f"Medusa has not taken the payment {command.payment or ''} in yet: let it read the "
            "payment again first (resync)"
        )
    raise Rejected(
        f"Medusa has no payment {command.payment or ''}: it was never told of it, and can neither "
        "capture, void nor pay it back"
    )


def _segment(text: str) -> str:
    return quote(text, safe="")
