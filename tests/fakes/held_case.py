"""One case of the fake gateway, built and judged by the real domain."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from agent_app.contract.messages import (
    ActionView,
    CaseDetail,
    CaseRow,
    Looker,
    Note,
    OpenAction,
)
from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.case import CaseState, CaseView, Claim
from agent_app.domain.decide import decide
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind
from agent_app.domain.flags import FlagPolicy, Level, Watched, raise_flags
from agent_app.domain.guide import GuideProgress
from agent_app.domain.ids import (
    ActionId,
    CaseId,
    CustomerId,
    EventId,
    EvidenceId,
    OrderRef,
    PaymentId,
    ShopId,
    UserId,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.roles import Actor
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import fold_truth
from tests.fakes.capabilities import ABLE

SHOP = ShopId("shop-1")
CAN_ALL = replace(ABLE, label="Test shop")


@dataclass
class HeldCase:
    """One case as the fake gateway holds it."""

    id: CaseId
    order: Order
    events: list[OrderEvent]
    evidence: list[Evidence]
    state: CaseState = CaseState.FLAGGED
    claim: Claim | None = None
    version: int = 1
    ledger: list[ActionView] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    lookers: dict[UserId, Looker] = field(default_factory=dict)

    def stick(self, asked_by: Actor, sent_ago: timedelta) -> ActionId:
        """Have a refund of the whole order need a person, last sent so long ago."""
        now, action = datetime.now(UTC), ActionId(f"stuck-{self.id}")
        record = ActionRecord(
            action, ActionKind.REFUND, ActionState.NEEDS_PERSON, f"aa-{self.id}", asked_by.user,
            now - sent_ago, PaymentId(f"pay-{self.id.removeprefix('case-')}"), self.order.total,
            updated_at=now, reason="Out of stock",
        )  # fmt: skip
        view = ActionView(
            record=record,
            requested_by_name=asked_by.name,
            attempts=3,
            problem="the provider did not answer 3 times",
            sent_at=now - sent_ago,
        )
        self.ledger.append(view)
        return action

    def ask_refund(self, asked_by: Actor) -> ActionId:
        """Have a refund of the whole order wait for a second person."""
        now, action = datetime.now(UTC), ActionId(f"asked-{self.id}")
        record = ActionRecord(
            action, ActionKind.REFUND, ActionState.AWAITING_APPROVAL, f"aa-{self.id}",
            asked_by.user, now, PaymentId(f"pay-{self.id.removeprefix('case-')}"),
            self.order.total, updated_at=now, reason="Out of stock",
        )  # fmt: skip
        self.ledger.append(ActionView(record=record, requested_by_name=asked_by.name))
        return action

    def look(self, at: datetime) -> None:
        """Have both sources asked at a moment."""
        until, ref = at + timedelta(seconds=60), self.order.ref
        for source, kind, verdict in (
            (Source.PROVIDER, EvidenceKind.PAYMENTS, "captured"),
            (Source.PLATFORM, EvidenceKind.ORDER, fold_stage(self.events).stage.value),
        ):
            identity = EvidenceId(f"{source}-{ref}-{len(self.evidence)}")
            self.evidence.append(
                Evidence(
                    identity,
                    ref,
                    source,
                    kind,
                    at,
                    until,
                    verdict,
                    customer_match=CustomerMatch.SAME,
                )
            )

    def view(self, actor: Actor) -> CaseView:
        """Return what `decide` judges now."""
        now = datetime.now(UTC)
        stage, truth = fold_stage(self.events), fold_truth(self.order, self.events, self.evidence)
        return CaseView(
            id=self.id,
            order=self.order,
            stage=stage,
            truth=truth,
            evidence=tuple(self.evidence),
            flags=raise_flags(Watched(self.order, stage, truth), FlagPolicy(), now),
            state=self.state,
            actor=actor,
            capabilities=CAN_ALL,
            now=now,
            claim=self.claim,
            actions=tuple(view.record for view in self.ledger),
        )

    def row(self, actor: Actor) -> CaseRow:
        """Return the case as one line of a queue."""
        view = self.view(actor)
        judged = decide(view)
        running = next((v.record for v in self.ledger if v.record.is_open), None)
        confirmed = view.stage.stage is Stage.CONFIRMED
        total = self.order.total
        return CaseRow(
            id=self.id,
            version=self.version,
            shop=SHOP,
            shop_label=CAN_ALL.label,
            ref=self.order.ref,
            shop_number=None,
            customer_masked="王**",
            stage=view.stage.stage,
            verdict=view.truth.verdict,
            conflict=bool(view.truth.conflicts),
            total=total,
            at_risk=Money(0, total.currency) if confirmed else total,
            method=self.order.method,
            placed_at=self.order.placed_at,
            flagged_at=self.order.placed_at,
            level=max((f.level for f in view.flags), default=Level.FLAG),
            rules=tuple(f.rule for f in view.flags),
            deadline=self.order.next_deadline(view.now),
            state=self.state,
            claim=self.claim,
            remedy=judged.remedy.action,
            remedy_why=judged.remedy.why,
            open_action=OpenAction(running.kind, running.state) if running else None,
            truth_as_of=view.truth.as_of,
            updated_at=view.now,
        )

    def detail(self, actor: Actor) -> CaseDetail:
        """Return everything about the case."""
        view = self.view(actor)
        return CaseDetail(
            row=self.row(actor),
            order=self.order,
            stage=view.stage,
            truth=view.truth,
            events=tuple(self.events),
            evidence=view.evidence,
            flags=view.flags,
            decisions=decide(view),
            actions=tuple(self.ledger),
            messages=(),
            notes=tuple(self.notes),
            guide=GuideProgress("unreturned-order", 1, (), "recent_change"),
            capabilities=CAN_ALL,
            as_of=view.now,
            lookers=tuple(self.lookers.values()),
        )


def captured_without_order(case: CaseId, number: int, flagged_s: float) -> HeldCase:
    """Return a captured payment for which the shop has no order (field.md, S1)."""
    now = datetime.now(UTC)
    ref = OrderRef(f"PG-{number:08d}")
    at, payment = now - timedelta(seconds=flagged_s), PaymentId(f"pay-{number}")
    total = Money(12_845 + number, "CNY")
    customer = Customer(CustomerId(f"c-{number}"), "王小明", "w@example.com", language="zh")
    due = Deadline(DeadlineKind.AUTO_CANCEL, now + timedelta(minutes=18, seconds=40))
    order = Order(
        SHOP, ref, customer, total, PaymentMethod.WALLET, at, fulfillable=True, deadlines=(due,)
    )
    captured = OrderEvent(
        EventId(f"e-{number}"),
        ref,
        EventKind.PAYMENT_CAPTURED,
        Source.PROVIDER,
        at,
        at,
        payment=payment,
        amount=total,
        customer=customer.id,
    )
    held = HeldCase(case, order, [captured], [])
    held.look(now - timedelta(minutes=4))
    return held
