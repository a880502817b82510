"""What every connector makes of its looks: an answer or the verdict that stands for none; evidence.

Evidence says who was asked, when and what he said, as a code; what it quotes holds no personal
data. Only connectors use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from agent_app.domain.events import OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind
from agent_app.domain.ids import EvidenceId, OrderRef
from agent_app.domain.money import Money
from agent_app.domain.order import Deadline, PaymentMethod
from agent_app.domain.payment import Verdict, fold_payment
from agent_app.engines.port import EngineError, Forbidden, NotVisible

T = TypeVar("T")
ORDER_FRESH_S = 60
PAYMENTS_FRESH_S = 60


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """One question's result: an answer, or the verdict that stands for none."""

    answer: T | None
    verdict: str

    @property
    def hidden(self) -> bool:
        """Return whether the source answered, and did not show it to us (P1, P2)."""
        return self.verdict in {"not_visible", "forbidden"}


def ask(question: Callable[[], T], *, strict: bool) -> Looked[T]:
    """Put the question; a refusal is a verdict, and so is silence unless `strict`.

    Raises:
        EngineError: `strict`, and no answer came.
    """
    try:
        return Looked(question(), "")
    except NotVisible:
        return Looked(None, "not_visible")
    except Forbidden:
        return Looked(None, "forbidden")
    except EngineError:
        if strict:
            raise
        return Looked(None, "no_answer")


@dataclass(frozen=True, slots=True)
class Look:
    """Writes the evidence of one look at one order; `asked_at` is before the first question."""

    ref: OrderRef
    asked_at: datetime

    def write(
        self,
        source: Source,
        kind: EvidenceKind,
        fresh_s: float,
        verdict: str,
        detail: str | None,
        payload_hash: str | None,
        amount: Money | None = None,
        match: CustomerMatch = CustomerMatch.UNKNOWN,
    ) -> Evidence:
        """Return what the source said, as a code, relied upon for `fresh_s` seconds."""
        return Evidence(
            EvidenceId(f"{source}:{kind}:{self.ref}:{self.asked_at.isoformat()}"),
            self.ref,
            source,
            kind,
            self.asked_at,
            self.asked_at + timedelta(seconds=fresh_s),
            str(verdict),
            reference=str(self.ref),
            amount=amount,
            customer_match=match,
            detail=detail,
            payload_hash=payload_hash,
        )

    def refused(
        self, source: Source, kind: EvidenceKind, fresh_s: float, looked: Looked[T]
    ) -> Evidence:
        """Return that the source was asked and told nothing."""
        return self.write(source, kind, fresh_s, looked.verdict, None, None)


def payment_verdict(events: Sequence[OrderEvent], source: Source, currency: str) -> Verdict:
    """Return the one source's word on the money, the payment that went furthest speaking."""
    ids = {e.payment for e in events if e.payment is not None and e.source is source}
    states = {
        fold_payment([e for e in events if e.payment == p], source, currency).state for p in ids
    }
    order = (
        Verdict.DISPUTED, Verdict.CAPTURED, Verdict.AUTHORISED, Verdict.PENDING,
        Verdict.FAILED_SOFT, Verdict.FAILED_DEFINITE, Verdict.VOIDED,
    )  # fmt: skip
    return next((v for v in order if v in states), Verdict.NONE)


def method_of(text: str) -> PaymentMethod:
    """Return the method family of `family:brand`."""
    family = text.partition(":")[0]
    return PaymentMethod(family) if family in set(PaymentMethod) else PaymentMethod.UNKNOWN


def sorted_deadlines(deadlines: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """Return the deadlines once each, the next one first."""
    return tuple(sorted(set(deadlines), key=lambda d: (d.at, d.kind)))
