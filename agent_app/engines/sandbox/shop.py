"""The sandbox's shop: carts, orders, stages, its own payment rows and messages.

One half of the sandbox; of a payment it knows only what it noted itself or is handed when it asks
the provider. Completing, restoring and resyncing never charge. Only `world` and `plot` drive it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from agent_app.engines.sandbox.documents import (
    Feed,
    Happening,
    Payment,
    Refund,
    Row,
    Sale,
    Sent,
)
from agent_app.engines.sandbox.refusal import RefusedError

_ENDED = frozenset({"failed", "cancelled", "expired"})
_PHONE = re.compile(r"\+[0-9][0-9 ]{6,18}[0-9]")
_INSTANT = timedelta(milliseconds=1)


class ShopBooks(msgspec.Struct):
    """All that the shop keeps. Every method that changes it takes the time it happens at."""

    sales: dict[str, Sale] = {}
    hidden: dict[str, int] = {}
    """References that our account is not shown, with the HTTP status it gets instead."""
    changes: list[str] = []
    numbers: int = 1_000

    def find(self, reference: str) -> Sale:
        """Return the cart or order as our account sees it.

        Raises:
            RefusedError: there is none, or it is not shown to us (the answer is the same 404
                for both where the shop hides what is outside its window).
        """
        status = self.hidden.get(reference)
        if status == 403:
            raise RefusedError(403, "key_lacks_read_order", "this key may not read orders")
        sale = self.sales.get(reference)
        if sale is None or status is not None:
            raise RefusedError(404, "not_found")
        return sale

    def order(self, reference: str) -> Sale:
        """Return the order; a cart is none.

        Raises:
            RefusedError: there is no order that our account sees.
        """
        sale = self.find(reference)
        if sale.number is None:
            raise RefusedError(404, "no_order", "there is a cart, but no order")
        return sale

    def create_order(self, sale: Sale) -> None:
        """Give the cart an order number."""
        self.numbers += 1
        sale.number = f"{self.numbers:08d}"

    def enter_stage(
        self, sale: Sale, stage: str, at: datetime, *, by: str = "shop", note: str | None = None
    ) -> None:
        """Append a stage; two at the same moment keep their order."""
        if sale.stages and sale.stages[-1].at >= at:
            at = sale.stages[-1].at + _INSTANT
        sale.stages.append(Happening(stage, at, by=by, note=note))

    def note_payment(self, sale: Sale, payment: str, kind: str, at: datetime, minor: int) -> None:
        """Append what the shop itself holds of a payment; it need not be true."""
        self.row(sale, payment).happenings.append(Happening(kind, at, minor, by="shop"))

    def note_refund(self, sale: Sale, refund: Refund, status: str, at: datetime) -> None:
        """Append what the shop itself holds of a refund."""
        row = self.row(sale, refund.payment)
        own = next((r for r in row.refunds if r.id == refund.id), None)
        if own is None:
            own = msgspec.structs.replace(refund, happenings=[])
            row.refunds.append(own)
        own.happenings.append(Happening(status, at, refund.amount_minor, by="shop"))

    def row(self, sale: Sale, payment: str) -> Row:
        """Return the shop's own row of a payment, a new one if need be."""
        found = next((r for r in sale.rows if r.payment == payment), None)
        if found is None:
            found = Row(payment)
            sale.rows.append(found)
        return found

    def confirm(self, sale: Sale, payment: Payment, at: datetime, *, by: str) -> None:
        """Take the payment in and confirm the order with it. Charges nothing."""
        if sale.number is None:
            self.create_order(sale)
        row = self.row(sale, payment.id)
        if not any(h.kind == "captured" for h in row.happenings):
            self.note_payment(sale, payment.id, "captured", at, payment.captured_minor)
        if sale.stage != "paid":
            self.enter_stage(sale, "paid", at, by=by)
        # Its timers run against unpaid and orphaned money only.
        sale.deadlines.clear()
        self.enter_stage(sale, "confirmed", at, by=by)

    def resync(self, reference: str, known: Sequence[Payment], at: datetime) -> Sale:
        """Read the payments' results again and catch up with them.

        Raises:
            RefusedError: no order, an ended one (restore it), or nothing captured to catch up to.
        """
        sale = self.order(reference)
        if sale.stage in _ENDED:
            raise RefusedError(409, "order_ended", f"the order is {sale.stage}: restore it")
        if sale.stage == "confirmed":
            return sale
        self.confirm(sale, _paid(known), at, by="shop")
        return sale

    def complete(
        self, reference: str, payment: str, known: Sequence[Payment], at: datetime
    ) -> Sale:
        """Make the order of a cart with the payment that exists.

        Raises:
            RefusedError: an order is there already, the cart cannot be fulfilled, or the payment
                is not captured.
        """
        sale = self.find(reference)
        if sale.number is not None:
            code = "order_ended" if sale.stage in _ENDED else "order_exists"
            raise RefusedError(409, code, f"the order is {sale.stage}")
        self.check_fulfillable(sale)
        self.confirm(sale, _paid(known, payment), at, by="agent")
        return sale

    def restore(self, reference: str, payment: str, known: Sequence[Payment], at: datetime) -> Sale:
        """Bring an ended order back with the payment that exists.

        Raises:
            RefusedError: the order is not ended, cannot be fulfilled, or is not paid.
        """
        sale = self.order(reference)
        if sale.stage not in _ENDED:
            raise RefusedError(409, "order_exists", f"the order is {sale.stage}")
        self.check_fulfillable(sale)
        self.confirm(sale, _paid(known, payment), at, by="agent")
        return sale

    def check_fulfillable(self, sale: Sale) -> None:
        """Refuse what stock, price or validation forbids.

        Raises:
            RefusedError: it cannot be fulfilled.
        """
        if not sale.fulfillable:
            raise RefusedError(422, "not_fulfillable", sale.unfulfillable_why or "")

    def correct(self, reference: str, fields: dict[str, str], at: datetime) -> Sale:
        """Write the customer's corrected fields.

        Raises:
            RefusedError: a field is unknown or its value is no better than the old one.
        """
        sale = self.find(reference)
        for field, value in fields.items():
            if field not in {"phone", "email", "name"}:
                raise RefusedError(422, "unknown_field", field)
            if field == "phone" and not _PHONE.fullmatch(value):
                raise RefusedError(422, "invalid_phone", "not a phone number")
        for field, value in fields.items():
            setattr(sale.customer, field, value)
            if sale.input_problem == field:
                sale.input_problem = None
        sale.problems.append(Happening("input_corrected", at, by="agent"))
        return sale

    def send(self, reference: str, message: Sent) -> None:
        """Send a message to the customer; a shop without keys sends every one it is given."""
        self.find(reference).messages.append(message)

    def feed(self, cursor: int, limit: int) -> Feed:
        """Return which references changed behind `cursor`; hidden ones are not listed."""
        seen: dict[str, None] = {}
        for place in range(cursor, len(self.changes)):
            reference = self.changes[place]
            if reference in self.hidden:
                continue
            if reference not in seen and len(seen) == limit:
                return Feed(list(seen), place, True)
            seen[reference] = None
        return Feed(list(seen), len(self.changes), False)


def _paid(known: Sequence[Payment], wanted: str | None = None) -> Payment:
    """Return the payment to stand on.

    Looks at nothing but "captured", as careless shops do: whose money it is, how much, and
    whether it went back are for the gateway's guards to see (S6, I7, I8).
    """
    for payment in known:
        if payment.captured_minor and wanted in {None, payment.id}:
            return payment
    raise RefusedError(409, "no_such_money", "no captured payment")
