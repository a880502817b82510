"""The contract's bench on the sandbox shop."""

from __future__ import annotations

import itertools

import msgspec

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.engines.port import Command
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.engines.sandbox.documents import Payment
from tests.processes import SandboxProcess

_CAUSE_FOR = {
    ActionKind.REFUND: "S5",
    ActionKind.RESUBMIT: "S1",
    ActionKind.RESYNC: "S2",
    ActionKind.CAPTURE: "N5",
    ActionKind.VOID: "U2",
}
_MOVEMENT = {
    ActionKind.REFUND: "refund_accepted",
    ActionKind.CAPTURE: "capture",
    ActionKind.VOID: "void",
}


class SandboxBench:
    """Implements `contract.Bench`."""

    can_lose_answers = True

    def __init__(self, box: SandboxProcess, shop: SandboxShop) -> None:
        self.box, self.shop = box, shop
        self._keys = itertools.count(1)

    def ready(self, kind: ActionKind) -> Command:
        truth = self.box.seed(_CAUSE_FOR[kind])[0]
        payment = self.payment(truth.reference, kind)
        amount = Money(payment.amount_minor, payment.currency)
        return Command(
            kind,
            OrderRef(truth.reference),
            f"aa-{truth.reference}-{kind}-{next(self._keys)}",
            None if kind is ActionKind.RESYNC else PaymentId(payment.id),
            amount if kind is ActionKind.REFUND else None,
        )

    def payment(self, reference: str, kind: ActionKind) -> Payment:
        """Return the payment that an action of this kind goes to."""
        answer = self.box.get(f"/provider/payments?reference={reference}")
        payments = msgspec.convert(answer["payments"], list[Payment])
        reserved = kind in {ActionKind.CAPTURE, ActionKind.VOID}
        wanted = "authorised" if reserved else "captured"
        return next(p for p in payments if p.status == wanted)

    def unpaid(self) -> OrderRef:
        return OrderRef(self.box.seed("U3")[0].reference)

    def effects(self, command: Command) -> int:
        if command.kind in _MOVEMENT:
            entries = self.box.ledger(command.order, _MOVEMENT[command.kind])
            return sum(e.payment == command.payment for e in entries)
        stages = self.box.books(command.order).stages
        return sum(s.kind == "confirmed" for s in stages)

    def messages(self, ref: OrderRef) -> int:
        return len(self.box.books(ref).messages)

    def lose_next_answer(self, *, applied: bool) -> None:
        what = "drop_after" if applied else "drop_before"
        self.box.faults({"what": what, "method": "POST"})
