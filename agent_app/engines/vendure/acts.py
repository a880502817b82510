"""What is done at the shop: completing, capturing, cancelling, paying back; one request each.

Vendure's refusals are told apart by its source and by calls (3.7.3): what is checked before the
payment module is asked is sure; what comes after may follow a payout.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent_app.domain.actions import ActionKind
from agent_app.domain.ledger import Outcome
from agent_app.domain.order import PaymentMethod
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.port import (
    Command,
    Conflict,
    Doubtful,
    EngineError,
    Forbidden,
    NotVisible,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
)
from agent_app.engines.vendure import documents
from agent_app.engines.vendure.amounts import amount_of, money_of
from agent_app.engines.vendure.documents import (
    CANCEL,
    COMPLETE,
    METHODS,
    REFUND,
    REOPEN_AND_COMPLETE,
    SETTLE,
    Completed,
    Method,
    Methods,
    Payment,
    PaymentCancelled,
    Refunded,
    Result,
    Settled,
)
from agent_app.engines.vendure.looks import Seen
from agent_app.engines.vendure.talk import Admin

LIVE = frozenset({"Created", "Authorized", "Settled"})
_SURE_REFUSALS = frozenset(
    {
        "NOTHING_TO_REFUND_ERROR",
        "MULTIPLE_ORDER_ERROR",
        "PAYMENT_ORDER_MISMATCH_ERROR",
        "REFUND_ORDER_STATE_ERROR",
        "QUANTITY_TOO_GREAT_ERROR",
    }
)
_NO_REFUND_IN = frozenset({"AddingItems", "ArrangingPayment", "PaymentAuthorized", "Draft"})


class Acts:
    """Carries commands out over the Admin API."""

    def __init__(self, admin: Admin, methods: Mapping[str, PaymentMethod]) -> None:
        self._admin = admin
        self._methods = methods

    def perform(self, command: Command, look: StoreLook) -> Receipt:
        """Carry out what was checked against `look`. Raises as `StoreSide.perform` does."""
        seen = look.details
        assert isinstance(seen, Seen)
        if command.kind in {ActionKind.RESYNC, ActionKind.RESUBMIT}:
            return self._complete(command, look, seen)
        if command.kind is ActionKind.CAPTURE:
            return self._capture(command, seen)
        if command.kind is ActionKind.VOID:
            return self._void(command, seen.order)
        if command.kind is ActionKind.REFUND:
            return self._refund(command, seen)
        raise Rejected(f"Vendure cannot do this through its API: {command.kind}")

    def _complete(self, command: Command, look: StoreLook, seen: Seen) -> Receipt:
        """Enter the provider's payment as paid: nothing is charged, the order is made."""
        order = seen.order
        if command.payment is None or command.amount is None:
            raise Rejected("no captured payment of the provider carries this order")
        if order.state not in {"AddingItems", "ArrangingPayment"}:
            raise Rejected(f"the order is {order.state}: Vendure cannot complete it from there")
        if any(row.state in LIVE for row in order.payments or ()):
            raise Conflict("the shop has a payment of this order by now: read again")
        if command.amount != look.order.total:
            raise Conflict("the order costs something else than was paid")
        if look.order.fulfillable is not True:
            raise Rejected(f"the order cannot be completed: {look.order.unfulfillable_why}")
        given = {
            "orderId": order.id,
            "method": self._method_for(order),
            "transactionId": command.payment,
            "metadata": {"key": command.key, "note": command.note},
        }
        if order.state == "AddingItems":
            query, variables = REOPEN_AND_COMPLETE, {"id": order.id, "input": given}
        else:
            query, variables = COMPLETE, {"input": given}
        said = self._admin.tell(query, Completed, command.key, **variables).value
        back, made = said.transition_order_to_state, said.add_manual_payment_to_order
        if made.typename == "ManualPaymentStateError":
            why = back.words if back is not None and back.errorCode else made.words
            raise Conflict(f"Vendure does not complete the order: {why}")
        if made.typename != "Order":
            raise Doubtful(made.words)
        paid = [p for p in made.payments if p.transaction_id == command.payment]
        whole = any(
            p.state == "Settled"
            and money_of(p.amount, order.currency_code, seen.decimals) == command.amount
            for p in paid
        )
        if not whole or made.state != "PaymentSettled":
            raise OutcomeUnknown(f"Vendure took the payment in, and the order is {made.state}")
        return Receipt(Outcome.DONE, order.code)

    def _capture(self, command: Command, seen: Seen) -> Receipt:
        row = _row(command, seen.order, {"Authorized", "Settled", "Error", "Cancelled"})
        if row.state == "Error":
            raise Rejected(
                "Vendure gave this payment up when a capture was refused, and cannot take it any "
                "more: capture it at the provider, or void it"
            )
        # A second request would ask the provider to capture again.
        if row.state != "Authorized":
            raise Conflict(f"the payment is {row.state} by now")
        reserved = money_of(row.amount, seen.order.currency_code, seen.decimals)
        if command.amount is not None and command.amount != reserved:
            raise Rejected("Vendure captures the whole payment only")
        said = self._admin.tell(SETTLE, Settled, command.key, id=row.id).value.settle_payment
        return _moved(said, "Settled", row)

    def _void(self, command: Command, order: documents.Order) -> Receipt:
        row = _row(command, order, {"Authorized", "Error"})
        said = self._admin.tell(CANCEL, PaymentCancelled, command.key, id=row.id).value
        return _moved(said.cancel_payment, "Cancelled", row)

    def _refund(self, command: Command, seen: Seen) -> Receipt:
        order = seen.order
        row = _row(command, order, {"Settled"})
        if command.amount is None or command.amount.amount_minor <= 0:
            # Vendure takes amounts below nothing.
            raise Rejected("a refund names the amount to pay back, more than nothing")
        if command.amount.currency != order.currency_code:
            raise Rejected(f"the payment is in {order.currency_code}")
        if order.state in _NO_REFUND_IN:
            raise Rejected(
                f"Vendure pays nothing back while the order is {order.state}: pay it back in the "
                "provider's own dashboard"
            )
        asked_for = amount_of(command.amount, seen.decimals)
        open_or_done = sum(r.total for r in row.refunds if r.state != "Failed" and r.total > 0)
        if row.amount - open_or_done < asked_for:
            raise Conflict(
                f"{row.amount - open_or_done} of the payment are left, as the shop counts"
            )
        if row.method not in {m.code for m in self._known_methods()}:
            raise Rejected(
                f"the shop has no payment method {row.method!r} (any more): it would note a refund "
                "and pay nothing; pay it back in the provider's own dashboard"
            )
        asked = {
            "paymentId": row.id,
            "amount": asked_for,
            "reason": f"{command.key} {command.note}".strip(),
            # Without these Vendure pays out and then fails to note it.
            "lines": [],
            "shipping": 0,
            "adjustment": 0,
        }
        said = self._admin.tell(REFUND, Refunded, command.key, input=asked).value.refund_order
        if said.typename == "Refund":
            if said.state == "Failed":
                # Payment modules also say so when the provider's answer did not come.
                raise Doubtful(f"Vendure notes the refund {said.id} as failed")
            return Receipt(Outcome.PENDING, said.id)
        if said.errorCode == "REFUND_AMOUNT_ERROR":
            raise Conflict(said.words)
        if said.errorCode in _SURE_REFUSALS:
            raise Rejected(said.words)
        raise Doubtful(said.words or said.typename)

    def _method_for(self, order: documents.Order) -> str:
        """Return the shop's payment method that the provider's payment is entered under.

        A refund goes through it later: the one that the customer tried, else one that the
        settings name, else the provider's own, else the only one.
        """
        known = [m for m in self._known_methods() if m.enabled]
        codes = {m.code for m in known}
        tried = [row.method for row in order.payments or ()]
        own = [m.code for m in known if "stripe" in m.handler.code]
        only = [m.code for m in known] if len(known) == 1 else []
        for code in (*tried, *self._methods, *own, *only):
            if code in codes:
                return code
        raise Rejected(
            "which of the shop's payment methods belongs to the provider is not known: name it in "
            "the shop's settings (methods)"
        )

    def _known_methods(self) -> list[Method]:
        """Return the shop's payment methods.

        Raises:
            Unreachable: they could not be asked for; nothing was sent.
        """
        try:
            return self._admin.ask(METHODS, Methods).value.payment_methods.items
        except Forbidden as error:
            raise Forbidden(f"our account needs ReadPaymentMethod ({error})") from error
        except (NotVisible, Throttled):
            raise
        except EngineError as error:
            raise Unreachable(f"could not ask for payment methods ({error})") from error


def _moved(said: Result, into: str, row: Payment) -> Receipt:
    if said.typename == "Payment" and said.state == into:
        # Payment modules that do nothing here say the same (the official Stripe one): what became
        # of the money is the provider's to tell.
        return Receipt(Outcome.PENDING, row.id)
    if said.typename == "Payment":
        raise OutcomeUnknown(f"Vendure answered, and the payment is {said.state}")
    # All of these come after the payment module was asked; it may have lost the answer.
    raise Doubtful(said.words or said.typename)


def _row(command: Command, order: documents.Order, states: set[str]) -> Payment:
    """Return the shop's row of the payment, in one of the states.

    Raises:
        Rejected: the shop has none: it cannot move money that it does not know of.
    """
    named = {str(command.payment)} if command.payment else set()
    rows = [r for r in order.payments or () if {r.id, r.transaction_id} & named]
    for row in rows:
        if row.state in states:
            return row
    if rows:
        raise Conflict(f"the shop's payment is {rows[-1].state} by now")
    raise Rejected(
        f"Vendure has no payment {command.payment or ''}: it was never told of it, and can neither "
        "capture, void nor pay it back"
    )
