"""The sandbox's payment provider: payments, refunds, callback log, and the ledger of truth.

One half of the sandbox; it knows nothing of carts or orders. Only `world` and `plot` drive it.
The ledger is append-only and records what took effect, so that a double refund can be seen.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from agent_app.engines.sandbox.documents import (
    Callback,
    Feed,
    Happening,
    LedgerEntry,
    Payment,
    Refund,
)
from agent_app.engines.sandbox.people import identifier
from agent_app.engines.sandbox.refusal import RefusedError

_OPEN_REFUND = frozenset({"requested", "pending", "unknown", "succeeded"})


class Recorded(msgspec.Struct, frozen=True):
    """One entry of the feed of changes."""

    reference: str
    at: datetime


class ProviderBooks(msgspec.Struct):
    """All that the provider keeps. Every method that changes it takes the time it happens at."""

    seed: int
    payments: dict[str, Payment] = {}
    by_reference: dict[str, list[str]] = {}
    ledger: list[LedgerEntry] = []
    callbacks: dict[str, list[Callback]] = {}
    changes: list[Recorded] = []
    count: int = 0

    def begin(
        self,
        reference: str,
        customer: str,
        amount_minor: int,
        currency: str,
        method: str,
        at: datetime,
    ) -> Payment:
        """Open a payment; no money has moved."""
        self.count += 1
        payment = Payment(
            identifier("pay", self.seed, self.count),
            reference,
            customer,
            amount_minor,
            currency,
            method,
            [Happening("started", at, by="customer")],
        )
        self.payments[payment.id] = payment
        self.by_reference.setdefault(reference, []).append(payment.id)
        return payment

    def add(
        self, payment: Payment, kind: str, at: datetime, *, note: str | None = None
    ) -> Happening:
        """Append what happened to a payment, to its history and, if money moved, to the ledger."""
        moved = kind in {"captured", "authorised", "voided"}
        amount_minor = payment.amount_minor if moved else 0
        entry = Happening(kind, at, amount_minor, by="provider", note=note)
        payment.happenings.append(entry)
        if kind in {"captured", "voided"}:
            what = "capture" if kind == "captured" else "void"
            self._enter(what, at, payment, amount_minor)
        return entry

    def capture(self, payment_id: str, at: datetime) -> None:
        """Take the reserved money.

        Raises:
            RefusedError: nothing is reserved, or the reservation has lapsed.
        """
        payment = self.find(payment_id)
        if payment.status != "authorised":
            raise RefusedError(409, "not_authorised", f"the payment is {payment.status}")
        if payment.expires_at is not None and payment.expires_at <= at:
            raise RefusedError(409, "authorisation_expired")
        self.add(payment, "captured", at)

    def void(self, payment_id: str, at: datetime) -> None:
        """Let go of reserved money.

        Raises:
            RefusedError: nothing is reserved.
        """
        payment = self.find(payment_id)
        if payment.status != "authorised":
            raise RefusedError(409, "not_authorised", f"the payment is {payment.status}")
        self.add(payment, "voided", at)

    def accept_refund(
        self,
        payment_id: str,
        amount_minor: int,
        currency: str,
        at: datetime,
        *,
        key: str | None,
        cap: bool,
        automatic: bool = False,
    ) -> Refund:
        """Take in a refund; from here it is on its way. Every call is another refund.

        `cap` is what a careful provider does: refuse beyond the captured sum. Many do not.

        Raises:
            RefusedError: nothing was captured, the currency differs, or the cap is exceeded.
        """
        payment = self.find(payment_id)
        if payment.captured_minor == 0:
            raise RefusedError(409, "not_captured", f"the payment is {payment.status}")
        if currency != payment.currency:
            raise RefusedError(422, "other_currency", f"the payment is in {payment.currency}")
        if amount_minor <= 0:
            raise RefusedError(422, "amount", "a refund is more than nothing")
        under_way = sum(r.amount_minor for r in payment.refunds if r.status in _OPEN_REFUND)
        if cap and under_way + amount_minor > payment.captured_minor:
            raise RefusedError(422, "over_captured", "more than was captured")
        self.count += 1
        refund = Refund(
            identifier("re", self.seed, self.count),
            payment_id,
            amount_minor,
            currency,
            key,
            automatic,
            [Happening("pending", at, amount_minor, by="provider")],
        )
        payment.refunds.append(refund)
        self._enter("refund_accepted", at, payment, amount_minor, refund)
        return refund

    def settle_refund(self, payment_id: str, refund_id: str, result: str, at: datetime) -> None:
        """End a refund that is on its way: `succeeded` or `failed`."""
        payment = self.find(payment_id)
        refund = next(r for r in payment.refunds if r.id == refund_id)
        if refund.status in {"succeeded", "failed"}:
            return
        refund.happenings.append(Happening(result, at, refund.amount_minor, by="provider"))
        what = "refund" if result == "succeeded" else "refund_failed"
        self._enter(what, at, payment, refund.amount_minor, refund)

    def deliver(self, callback: Callback) -> None:
        """Write one delivery, or one that was not made, into the callback log."""
        self.callbacks.setdefault(callback.reference, []).append(callback)

    def find(self, payment_id: str) -> Payment:
        """Return the payment as it is now.

        Raises:
            RefusedError: there is none.
        """
        payment = self.payments.get(payment_id)
        if payment is None:
            raise RefusedError(404, "no_such_payment")
        return payment

    def of(self, reference: str) -> list[Payment]:
        """Return the payments of a reference as they are now."""
        return [self.payments[p] for p in self.by_reference.get(reference, ())]

    def as_of(self, reference: str, at: datetime) -> list[Payment]:
        """Return what a query that trails the books until `at` shows."""
        found = (_until(payment, at) for payment in self.of(reference))
        return [payment for payment in found if payment is not None]

    def note_change(self, reference: str, at: datetime) -> None:
        """Put the reference into the feed of changes, as recorded at `at`."""
        self.changes.append(Recorded(reference, at))

    def feed(self, cursor: int, limit: int, until: datetime) -> Feed:
        """Return which references changed behind `cursor`, as far as queries show it.

        Costs what changed: the feed is a log and `cursor` a place in it.
        """
        seen: dict[str, None] = {}
        place = cursor
        while place < len(self.changes) and self.changes[place].at <= until:
            reference = self.changes[place].reference
            if reference not in seen and len(seen) == limit:
                return Feed(list(seen), place, True)
            seen[reference] = None
            place += 1
        return Feed(list(seen), place, False)

    def _enter(
        self,
        what: str,
        at: datetime,
        payment: Payment,
        amount_minor: int,
        refund: Refund | None = None,
    ) -> None:
        self.ledger.append(
            LedgerEntry(
                len(self.ledger) + 1,
                at,
                what,
                payment.id,
                payment.reference,
                amount_minor,
                payment.currency,
                refund.id if refund else None,
                refund.key if refund else None,
            )
        )


def _until(payment: Payment, at: datetime) -> Payment | None:
    happenings = [h for h in payment.happenings if h.at <= at]
    if not happenings:
        return None
    refunds = []
    for refund in payment.refunds:
        known = [h for h in refund.happenings if h.at <= at]
        if known:
            refunds.append(msgspec.structs.replace(refund, happenings=known))
    return msgspec.structs.replace(payment, happenings=happenings, refunds=refunds)
