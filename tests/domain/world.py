"""A shop and its provider in memory, as unhelpful as real ones: what was done is never undone.

It refunds as often as it is asked, makes a second order or charges anew where the request says so
little as to allow it, applies late, and shows its books late. Only keys, where it has them, hold
it back. For `play`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from agent_app.domain.actions import ActionKind, ActionRecord
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.ids import PaymentId
from agent_app.domain.ledger import Outcome, Said
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage
from tests.domain.scene import BUYER, fact, look


class Fault(Enum):
    """What the wire does to a request."""

    NONE = "none"
    DROPPED = "dropped"
    """It never arrives."""
    ANSWER_LOST = "answer_lost"
    """It is applied at once, and nobody hears of it."""
    APPLIED_LATE = "applied_late"
    """It is applied after we stopped waiting, within `processing_s`."""


@dataclass(frozen=True)
class Effect:
    """One thing that was really done."""

    action: str
    kind: ActionKind
    payment: PaymentId
    minor: int
    at: datetime


@dataclass
class World:
    """The one shop. `arrived` maps a key to when it was first received."""

    shop: Capabilities
    now: datetime
    captured: dict[PaymentId, int] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    platform_refunds: dict[PaymentId, int] = field(default_factory=dict)
    orders: int = 0
    charged_anew: int = 0
    arrived: dict[str, datetime] = field(default_factory=dict)
    facts: list[OrderEvent] = field(default_factory=list)
    late: list[tuple[datetime, ActionRecord]] = field(default_factory=list)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        due = [item for item in self.late if item[0] <= self.now]
        self.late = [item for item in self.late if item[0] > self.now]
        for at, action in due:
            self._apply(action, at)

    def customer_pays(self, minor: int) -> None:
        name = PaymentId(f"p-{len(self.captured)}")
        self.captured[name] = minor
        self._tell(EventKind.PAYMENT_CAPTURED, Source.PROVIDER, payment=name, minor=minor)

    def platform_pays_back(self, payment: PaymentId) -> None:
        """Refund by the platform's own timer; it shows at once, as a callback would tell it."""
        minor = self.captured[payment]
        self.platform_refunds[payment] = minor
        self._tell(
            EventKind.REFUND_SUCCEEDED, Source.PROVIDER, payment=payment, minor=minor,
            refund=f"auto-{payment}",
        )  # fmt: skip

    def perform(self, action: ActionRecord, key: str, fault: Fault) -> Said:
        """Receive a request under `key`, which a careless client may have changed."""
        if fault is Fault.DROPPED:
            return Said.LOST
        if self._knows(key):
            return Said.TAKEN
        self.arrived[key] = self.now
        if fault is Fault.APPLIED_LATE:
            late = self.now + timedelta(seconds=self.shop.processing_s)
            self.late.append((late, action))
            return Said.LOST
        self._apply(action, self.now)
        return Said.LOST if fault is Fault.ANSWER_LOST else Said.TAKEN

    def outcome(self, action: ActionRecord) -> Outcome:
        """Answer from the books, which trail what was done."""
        shown = self.now - timedelta(seconds=self.shop.query_lag_s)
        done = any(e.action == action.id and e.at <= shown for e in self.effects)
        return Outcome.DONE if done else Outcome.ABSENT

    def read(self) -> tuple[list[OrderEvent], tuple[Evidence, ...]]:
        """Read shop and provider: all facts that their books show now."""
        shown = self.now - timedelta(seconds=self.shop.query_lag_s)
        own = [self._fact_of(e) for e in self.effects if e.at <= shown]
        seen = (
            look(Source.PROVIDER, EvidenceKind.PAYMENTS, self.now),
            look(Source.PLATFORM, EvidenceKind.ORDER, self.now),
        )
        return [*self.facts, *own], seen

    def check(self) -> None:
        """Assert that what really happened was right."""
        per_action = Counter(e.action for e in self.effects)
        assert all(times == 1 for times in per_action.values()), f"done twice: {per_action}"
        assert self.orders <= 1, "two orders for one reference"
        assert self.charged_anew == 0, "the customer was charged anew"
        for payment, minor in self.captured.items():
            ours = [e for e in self.effects if e.payment == payment]
            back = sum(e.minor for e in ours if e.kind is ActionKind.REFUND)
            back += self.platform_refunds.get(payment, 0)
            assert back <= minor, f"{payment}: {back} of {minor} paid back"
            carries = any(e.kind is ActionKind.RESUBMIT for e in ours)
            assert not (carries and back), f"{payment} carries the order and went back"

    def _knows(self, key: str) -> bool:
        lifetime_s = self.shop.action_key_lifetime_s
        if lifetime_s is None or key not in self.arrived:
            return False
        return self.now < self.arrived[key] + timedelta(seconds=lifetime_s)

    def _apply(self, action: ActionRecord, at: datetime) -> None:
        assert action.payment is not None
        minor = action.amount.amount_minor if action.amount else 0
        self.effects.append(Effect(action.id, action.kind, action.payment, minor, at))
        if action.kind is ActionKind.RESUBMIT:
            self.orders += 1
            self.charged_anew += action.payment not in self.captured

    def _fact_of(self, effect: Effect) -> OrderEvent:
        if effect.kind is ActionKind.RESUBMIT:
            return fact(EventKind.STAGE_REPORTED, Source.PLATFORM, effect.at, stage=Stage.CONFIRMED)
        return fact(
            EventKind.REFUND_SUCCEEDED, Source.PROVIDER, effect.at, payment=effect.payment,
            refund=f"aa-{effect.action}", amount=_eur(effect.minor),
        )  # fmt: skip

    def _tell(
        self, kind: EventKind, source: Source, *, payment: PaymentId, minor: int,
        refund: str | None = None,
    ) -> None:  # fmt: skip
        self.facts.append(
            fact(kind, source, self.now, payment=payment, amount=_eur(minor), customer=BUYER,
                 refund=refund, automatic=refund is not None)
        )  # fmt: skip


def _eur(minor: int) -> Money:
    return Money(minor, "EUR")
