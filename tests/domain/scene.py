"""The one order that the domain's tests are about: who, when, at which shop, and what is seen.

For everything under `tests/domain`; the cases made of it stand in `rows`, the drawn ones in
`strategies`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.ids import (
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
from agent_app.domain.stage import Stage
from tests.fakes import capabilities

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACED = NOW - timedelta(hours=3)
ME, OTHER = UserId("me"), UserId("other")
BUYER, STRANGER = CustomerId("c-1"), CustomerId("c-2")
REF, SHOP = OrderRef("PG-1"), ShopId("shop")

ABLE = replace(
    capabilities.ABLE,
    label="Shop",
    processing_s=10.0,
    max_requests_per_s=10.0,
    late_window_s=86_400.0,
)


def fact(
    kind: EventKind,
    source: Source,
    at: datetime,
    *,
    payment: str | None = None,
    refund: str | None = None,
    amount: Money | None = None,
    customer: CustomerId | None = None,
    stage: Stage | None = None,
    automatic: bool = False,
) -> OrderEvent:
    """Return an event whose id follows from what it states, as an engine gives it."""
    parts = (source, kind, payment, refund, stage, at.timestamp())
    return OrderEvent(
        id=EventId(":".join(str(p) for p in parts)),
        order=REF,
        kind=kind,
        source=source,
        at=at,
        observed_at=at,
        payment=PaymentId(payment) if payment else None,
        refund=RefundId(refund) if refund else None,
        amount=amount,
        customer=customer,
        stage=stage,
        automatic=automatic,
    )


def look(source: Source, kind: EvidenceKind, at: datetime, verdict: str = "ok") -> Evidence:
    return Evidence(
        id=EvidenceId(f"{source}:{kind}:{at.timestamp()}:{verdict}"),
        order=REF,
        source=source,
        kind=kind,
        observed_at=at,
        fresh_until=at + timedelta(seconds=60),
        verdict=verdict,
    )
