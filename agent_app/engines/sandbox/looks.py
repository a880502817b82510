"""Evidence of the sandbox connector's looks: who was asked, when, what he said, as a code.

Only the connector uses it. What it quotes of the sources holds no personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from agent_app.domain.events import OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind, Fulfilment
from agent_app.domain.ids import EvidenceId, OrderRef
from agent_app.domain.money import Money
from agent_app.engines.http import Answer
from agent_app.engines.sandbox.dialect import callback_verdict, payment_verdict
from agent_app.engines.sandbox.documents import Callback, Callbacks, Payment, Payments, Sale

T = TypeVar("T")
_ORDER_FRESH_S = 60
_PAYMENTS_FRESH_S = 60
_CALLBACKS_FRESH_S = 300


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """One question's result: an answer, or the verdict that stands for none."""

    answer: Answer[T] | None
    verdict: str


def evidence_of(
    ref: OrderRef,
    asked_at: datetime,
    sale: Looked[Sale],
    provider: Looked[Payments],
    log: Looked[Callbacks],
    events: Sequence[OrderEvent],
) -> tuple[Evidence, ...]:
    """Return what was asked and answered, refusals included."""
    look = _Look(ref, asked_at)
    told = sale.answer.value if sale.answer else None
    return (
        *_of_shop(look, sale, events),
        _of_provider(look, provider, told, events),
        _of_log(look, log, told),
    )


@dataclass(frozen=True, slots=True)
class _Look:
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
        return self.write(source, kind, fresh_s, looked.verdict, None, None)


def _of_shop(look: _Look, sale: Looked[Sale], events: Sequence[OrderEvent]) -> list[Evidence]:
    if sale.answer is None:
        return [look.refused(Source.PLATFORM, EvidenceKind.ORDER, _ORDER_FRESH_S, sale)]
    told, payload_hash = sale.answer.value, sale.answer.payload_hash
    amount = Money(told.total_minor, told.currency)
    own = payment_verdict(events, Source.PLATFORM, told.currency)
    fits = Fulfilment.FULFILLABLE if told.fulfillable else Fulfilment.UNFULFILLABLE
    return [
        look.write(
            Source.PLATFORM, EvidenceKind.ORDER, _ORDER_FRESH_S, told.stage,
            None, payload_hash, amount,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.PAYMENTS, _PAYMENTS_FRESH_S, own,
            None, payload_hash,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.FULFILMENT, _ORDER_FRESH_S, fits,
            told.unfulfillable_why, payload_hash,
        ),
    ]  # fmt: skip


def _of_provider(
    look: _Look, provider: Looked[Payments], sale: Sale | None, events: Sequence[OrderEvent]
) -> Evidence:
    if provider.answer is None:
        return look.refused(Source.PROVIDER, EvidenceKind.PAYMENTS, _PAYMENTS_FRESH_S, provider)
    payments = provider.answer.value.payments
    currencies = {p.currency for p in payments}
    amount = None
    if len(currencies) == 1:
        amount = Money(sum(p.captured_minor for p in payments), next(iter(currencies)))
    currency = payments[0].currency if payments else "XXX"
    verdict = payment_verdict(events, Source.PROVIDER, currency)
    words = "; ".join(f"{p.id} {p.status}" for p in payments)
    return look.write(
        Source.PROVIDER,
        EvidenceKind.PAYMENTS,
        _PAYMENTS_FRESH_S,
        verdict,
        words or None,
        provider.answer.payload_hash,
        amount,
        _match(payments, sale),
    )


def _match(payments: Sequence[Payment], sale: Sale | None) -> CustomerMatch:
    payers = {p.customer for p in payments}
    if sale is None or not payers:
        return CustomerMatch.UNKNOWN
    return CustomerMatch.SAME if payers == {sale.customer.id} else CustomerMatch.DIFFERENT


def _of_log(look: _Look, log: Looked[Callbacks], sale: Sale | None) -> Evidence:
    source, kind = Source.CALLBACK_LOG, EvidenceKind.CALLBACKS
    if log.answer is None:
        return look.refused(source, kind, _CALLBACKS_FRESH_S, log)
    callbacks = log.answer.value.callbacks
    verdict = callback_verdict(callbacks, sale)
    words = _entry(callbacks[-1]) if callbacks else None
    return look.write(source, kind, _CALLBACKS_FRESH_S, verdict, words, log.answer.payload_hash)


def _entry(callback: Callback) -> str:
    """Return the log's entry as it stands there; one that was not sent has no status."""
    if callback.status is None:
        return callback.note
    return f"{callback.status} {callback.host}: {callback.note}"
