"""Evidence of the sandbox connector's looks: who was asked, when, what he said, in words.

Only the connector uses it. The sentences hold no personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from agent_app.domain.events import OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind
from agent_app.domain.ids import EvidenceId, OrderRef
from agent_app.domain.money import Money
from agent_app.domain.probes import CallbackVerdict
from agent_app.engines.http import Answer
from agent_app.engines.sandbox.dialect import REFUSED, callback_verdict, payment_verdict
from agent_app.engines.sandbox.documents import Callbacks, Payment, Payments, Sale

T = TypeVar("T")
_ORDER_FRESH_S = 60
_PAYMENTS_FRESH_S = 60
_CALLBACKS_FRESH_S = 300
_REFUSALS = {
    "not_visible": "The shop shows neither order nor cart to our account.",
    "forbidden": "Our account may not read this.",
    "no_answer": "No answer.",
}
_CALLBACK_WORDS = {
    CallbackVerdict.NEVER_SENT: "The provider never called.",
    CallbackVerdict.SWITCHED_OFF: "The subscription is disabled; nothing was sent.",
    CallbackVerdict.WRONG_ADDRESS: "Delivered to a host that is not the shop's.",
    CallbackVerdict.BLOCKED: "Refused before it reached the shop.",
    CallbackVerdict.REPEATED: "Delivered twice at the same moment.",
    CallbackVerdict.TOO_EARLY: "Delivered before the shop had made the order.",
    CallbackVerdict.RECEIVED: "The shop acknowledged it.",
    REFUSED: "The shop answered with an error.",
}


@dataclass(frozen=True, slots=True)
class Looked(Generic[T]):
    """One question's result: an answer, or the verdict that stands for none."""

    answer: Answer[T] | None
    verdict: str
    why: str = ""


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
        detail: str,
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
        detail = f"{_REFUSALS[looked.verdict]} {looked.why}".rstrip()
        return self.write(source, kind, fresh_s, looked.verdict, detail, None)


def _of_shop(look: _Look, sale: Looked[Sale], events: Sequence[OrderEvent]) -> list[Evidence]:
    if sale.answer is None:
        return [look.refused(Source.PLATFORM, EvidenceKind.ORDER, _ORDER_FRESH_S, sale)]
    told, payload_hash = sale.answer.value, sale.answer.payload_hash
    amount = Money(told.total_minor, told.currency)
    words = f"order {told.number}, {told.stage}" if told.number else "a cart, no order"
    own = payment_verdict(events, Source.PLATFORM, told.currency)
    fits = "fulfillable" if told.fulfillable else "not_fulfillable"
    because = f" ({told.unfulfillable_why})" if told.unfulfillable_why else ""
    return [
        look.write(
            Source.PLATFORM, EvidenceKind.ORDER, _ORDER_FRESH_S, told.stage,
            f"The shop has {words}.", payload_hash, amount,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.PAYMENTS, _PAYMENTS_FRESH_S, own,
            f"The shop's own payment table says {own}.", payload_hash,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.FULFILMENT, _ORDER_FRESH_S, fits,
            f"The shop calls it {fits.replace('_', ' ')}{because}.", payload_hash,
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
    words = "; ".join(f"{p.id} {p.status}" for p in payments) or "no payment for this reference"
    return look.write(
        Source.PROVIDER,
        EvidenceKind.PAYMENTS,
        _PAYMENTS_FRESH_S,
        verdict,
        f"The provider has {words}.",
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
    last = callbacks[-1] if callbacks else None
    detail = _CALLBACK_WORDS[verdict]
    if last is not None:
        detail += f" Last: {last.status or 'not sent'} {last.host}, {last.note}."
    return look.write(source, kind, _CALLBACKS_FRESH_S, verdict, detail, log.answer.payload_hash)
