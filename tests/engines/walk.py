"""Walk a sandbox order along its known truth: what the domain advises, done through the port.

`Case` is a case as the gateway would see it, without the gateway; the lead holds the claim.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState, action_key
from agent_app.domain.case import CaseState, CaseView, Claim, SentMessage
from agent_app.domain.decide import Decisions, decide
from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence
from agent_app.domain.flags import Watched, is_unreturned, raise_flags
from agent_app.domain.ids import ActionId, CaseId, OrderRef, PaymentId, UserId
from agent_app.domain.money import Money
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import fold_truth
from agent_app.engines.port import Command, Message
from agent_app.engines.sandbox.connector import SandboxShop
from tests.processes import SandboxProcess

LEAD = Actor(UserId("u-lead"), "Lead", Role.LEAD)
GOOD_PHONE = "+49 30 23125 101"


@dataclass
class Case:
    """One order under work; `look` reads it anew, like a recheck."""

    box: SandboxProcess
    shop: SandboxShop
    ref: OrderRef
    events: dict[str, OrderEvent] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    actions: list[ActionRecord] = field(default_factory=list)
    messages: list[SentMessage] = field(default_factory=list)

    def look(self) -> CaseView:
        """Read shop and provider now and fold everything known so far."""
        reading = self.shop.read(self.ref)
        self.events.update({e.id: e for e in reading.events})
        self.evidence += reading.evidence
        now = self.box.now()
        order = reading.order
        assert order is not None
        capabilities = self.shop.capabilities
        lag = timedelta(seconds=capabilities.query_lag_s)
        truth = fold_truth(order, self.events.values(), self.evidence, query_lag=lag)
        stage = fold_stage(self.events.values())
        return CaseView(
            CaseId("case"),
            order,
            stage,
            truth,
            tuple(self.evidence),
            raise_flags(Watched(order, stage, truth), self.shop.flag_policy, now),
            CaseState.CLAIMED,
            LEAD,
            capabilities,
            now,
            Claim(LEAD.user, LEAD.name, now + timedelta(seconds=90)),
            tuple(self.actions),
            tuple(self.messages),
        )

    def judge(self) -> tuple[CaseView, Decisions]:
        view = self.look()
        return view, decide(view)

    @property
    def flagged(self) -> bool:
        return is_unreturned(self.look().flags)

    def act(self, kind: ActionKind, payment: PaymentId | None) -> None:
        """Carry out what was advised and see that the books show it."""
        if kind is ActionKind.NOTIFY:
            self.tell()
            return
        view = self.look()
        target = next((p for p in view.truth.payments if p.id == payment), None)
        amount = target.remaining if target and kind is ActionKind.REFUND else None
        record = self._record(kind, payment, amount)
        correction = (("phone", GOOD_PHONE),) if kind is ActionKind.CORRECT_INPUT else ()
        command = Command(kind, self.ref, record.key, payment, amount, correction=correction)
        self.shop.perform(command)
        self.box.wait_until(lambda: self._seen(record) is Seen.MET)
        self.actions.append(record)

    def tell(self) -> None:
        """Send the customer the most definite message that is true of the case."""
        view, decisions = self.judge()
        template = decisions.templates[0]
        key = f"aa-{self.ref}-{len(self.messages)}"
        self.shop.send_message(Message(self.ref, key, template, "en", "Your order", "…"))
        self.messages.append(SentMessage(template, "en", view.now))

    def _record(
        self, kind: ActionKind, payment: PaymentId | None, amount: Money | None
    ) -> ActionRecord:
        key = action_key(self.shop.id, self.ref, kind, payment, amount, 0)
        return ActionRecord(
            ActionId(key), kind, ActionState.CONFIRMED, key, LEAD.user, self.box.now(),
            payment, amount,
        )  # fmt: skip

    def _seen(self, record: ActionRecord) -> Seen:
        view = self.look()
        return postcondition(record, view.order, view.stage, view.truth)
