"""One world per cause that evidence alone can find, as events and looks, for the guide's tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from agent_app.domain.capabilities import READ_ONLY
from agent_app.domain.case import CaseState, CaseView
from agent_app.domain.causes import Cause
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.ids import (
    CaseId,
    CustomerId,
    EventId,
    EvidenceId,
    OrderRef,
    PaymentId,
    RefundId,
    ShopId,
    UserId,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import fold_truth

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REF = OrderRef("PG-20418377")
ORDER = Order(
    shop=ShopId("sandbox"),
    ref=REF,
    customer=Customer(CustomerId("c-1"), "Wang Fang", language="zh-CN"),
    total=Money(128450, "CNY"),
    method=PaymentMethod.WALLET,
    placed_at=NOW - timedelta(minutes=30),
    fulfillable=True,
)
CAPABILITIES = replace(READ_ONLY, label="Sandbox Shop", reads_provider=True)


def event(
    kind: EventKind,
    minutes_ago: float,
    source: Source = Source.PROVIDER,
    *,
    payment: str | None = None,
    refund: str | None = None,
    customer: str = "c-1",
    amount: Money | None = None,
    stage: str | None = None,
    automatic: bool = False,
) -> OrderEvent:
    at = NOW - timedelta(minutes=minutes_ago)
    return OrderEvent(
        id=EventId(f"{source}:{kind}:{payment}:{refund}:{minutes_ago}"),
        order=REF,
        kind=kind,
        source=source,
        at=at,
        observed_at=at,
        payment=PaymentId(payment) if payment else None,
        refund=RefundId(refund) if refund else None,
        amount=(amount or ORDER.total) if payment else None,
        customer=CustomerId(customer) if payment and source is Source.PROVIDER else None,
        stage=stage,
        automatic=automatic,
    )


def look(source: Source, kind: EvidenceKind, verdict: str, seconds_ago: float = 5) -> Evidence:
    at = NOW - timedelta(seconds=seconds_ago)
    return Evidence(
        id=EvidenceId(f"{source}:{kind}:{verdict}:{seconds_ago}"),
        order=REF,
        source=source,
        kind=kind,
        observed_at=at,
        fresh_until=at + timedelta(seconds=60),
        verdict=verdict,
        detail=f"{source} says {verdict}",
    )


def shop_look(verdict: str = "answered") -> Evidence:
    return look(Source.PLATFORM, EvidenceKind.ORDER, verdict)


def provider_look(verdict: str = "answered") -> Evidence:
    return look(Source.PROVIDER, EvidenceKind.PAYMENTS, verdict)


def case(
    events: Sequence[OrderEvent] = (),
    evidence: Sequence[Evidence] = (),
    order: Order = ORDER,
) -> CaseView:
    return CaseView(
        id=CaseId("case-1"),
        order=order,
        stage=fold_stage(events),
        truth=fold_truth(order, events, evidence),
        evidence=tuple(evidence),
        flags=(),
        state=CaseState.DIAGNOSING,
        actor=Actor(UserId("u-1"), "Lin", Role.AGENT),
        capabilities=CAPABILITIES,
        now=NOW,
    )


def at_stage(stage: str, minutes_ago: float = 20, *, automatic: bool = False) -> OrderEvent:
    return event(
        EventKind.STAGE_REPORTED, minutes_ago, Source.PLATFORM, stage=stage, automatic=automatic
    )


CAPTURED = event(EventKind.PAYMENT_CAPTURED, 19, payment="p-1")
AUTHORISED = event(EventKind.PAYMENT_AUTHORISED, 19, payment="p-1")


@dataclass(frozen=True)
class World:
    """What there is to see when the cause is at work."""

    events: tuple[OrderEvent, ...] = ()
    shop: str = "answered"
    provider: str = "answered"
    callbacks: str | None = None
    order: Order = ORDER

    def case(self) -> CaseView:
        looks = [shop_look(self.shop), provider_look(self.provider)]
        if self.callbacks:
            looks.append(look(Source.CALLBACK_LOG, EvidenceKind.CALLBACKS, self.callbacks))
        return case(self.events, looks, self.order)


def _refund(kind: EventKind, *, automatic: bool = False) -> OrderEvent:
    return event(kind, 10, payment="p-1", refund="r-1", automatic=automatic)


_UNTIL_TOMORROW = (Deadline(DeadlineKind.LATE_WINDOW_CLOSES, NOW + timedelta(days=1)),)
_PAYING = at_stage("paying")

WORLDS: dict[Cause, World] = {
    Cause.RETURN_NEEDED: World((CAPTURED,), "absent"),
    Cause.CALLBACK_RACE: World((_PAYING, CAPTURED), callbacks="repeated"),
    Cause.EVENT_BEFORE_ORDER: World((at_stage("submitted"), CAPTURED), callbacks="too_early"),
    Cause.VALIDATION_AFTER_PAYMENT: World(
        (CAPTURED,), "absent", order=replace(ORDER, fulfillable=False)
    ),
    Cause.REFERENCE_REUSED: World(
        (_PAYING, event(EventKind.PAYMENT_CAPTURED, 19, payment="p-1", customer="c-2"))
    ),
    Cause.RELEASE_REGRESSION: World((_PAYING, CAPTURED), callbacks="no_effect"),
    Cause.LATE_TRUTH_REFUSED: World((at_stage("failed"), CAPTURED), callbacks="received"),
    Cause.AUTO_CANCELLED: World((at_stage("cancelled", 5, automatic=True), CAPTURED)),
    Cause.WORKER_STUCK: World((at_stage("paid"), CAPTURED), callbacks="received"),
    Cause.CALLBACK_OLD_HOST: World((_PAYING, CAPTURED), callbacks="wrong_address"),
    Cause.CALLBACK_BLOCKED: World((_PAYING, CAPTURED), callbacks="blocked"),
    Cause.SUBSCRIPTION_DISABLED: World((_PAYING, CAPTURED), callbacks="switched_off"),
    Cause.PROVIDER_SILENT: World((_PAYING, CAPTURED), callbacks="never_sent"),
    Cause.CONNECTION_DIED: World((AUTHORISED,), "absent"),
    Cause.LATE_AUTHORISATION: World(
        (event(EventKind.PAYMENT_FAILED_SOFT, 19, payment="p-1"),),
        "absent",
        order=replace(ORDER, deadlines=_UNTIL_TOMORROW),
    ),
    Cause.REFUND_UNKNOWN: World(
        (at_stage("cancelled", 15), CAPTURED, _refund(EventKind.REFUND_UNKNOWN))
    ),
    Cause.PAID_TWICE: World(
        (
            at_stage("confirmed"),
            CAPTURED,
            event(EventKind.PAYMENT_CAPTURED, 12, payment="p-2"),
        )
    ),
    Cause.TWO_INTENTS: World(
        (
            at_stage("confirmed"),
            CAPTURED,
            event(EventKind.PAYMENT_AUTHORISED, 12, payment="p-2"),
        )
    ),
    Cause.INVALID_INPUT: World(
        (at_stage("submitted"),), order=replace(ORDER, input_problem="phone")
    ),
    Cause.TRULY_UNPAID: World((_PAYING, event(EventKind.PAYMENT_FAILED, 19, payment="p-1"))),
    Cause.SCOPE_WINDOW: World((CAPTURED,), "not_visible"),
    Cause.KEY_LACKS_READ: World((CAPTURED,), "forbidden"),
    Cause.FALSE_ALARM: World((at_stage("confirmed"), CAPTURED)),
    Cause.COMPENSATION_IN_FLIGHT: World(
        (
            at_stage("cancelled", 15),
            CAPTURED,
            _refund(EventKind.REFUND_PENDING, automatic=True),
        )
    ),
}
"""S4 and P3 need a person's answer: neither a rollback nor a second account shows from here."""
