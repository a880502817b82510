"""Evidence of the sandbox connector's looks: who was asked, when, what he said, as a code.

Only the connector uses it. What it quotes of the sources holds no personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent_app.domain.events import OrderEvent, Source
from agent_app.domain.evidence import CustomerMatch, Evidence, EvidenceKind, Fulfilment
from agent_app.domain.ids import OrderRef
from agent_app.domain.money import Money
from agent_app.engines.http import Answer
from agent_app.engines.looks import (
    ORDER_FRESH_S,
    PAYMENTS_FRESH_S,
    Look,
    Looked,
    payment_verdict,
)
from agent_app.engines.sandbox.dialect import callback_verdict
from agent_app.engines.sandbox.documents import Callback, Callbacks, Payment, Payments, Sale

_CALLBACKS_FRESH_S = 300


def evidence_of(
    ref: OrderRef,
    asked_at: datetime,
    sale: Looked[Answer[Sale]],
    provider: Looked[Answer[Payments]],
    log: Looked[Answer[Callbacks]],
    events: Sequence[OrderEvent],
) -> tuple[Evidence, ...]:
    """Return what was asked and answered, refusals included."""
    look = Look(ref, asked_at)
    told = sale.answer.value if sale.answer else None
    return (
        *_of_shop(look, sale, events),
        _of_provider(look, provider, told, events),
        _of_log(look, log, told),
    )


def _of_shop(
    look: Look, sale: Looked[Answer[Sale]], events: Sequence[OrderEvent]
) -> list[Evidence]:
    if sale.answer is None:
        return [look.refused(Source.PLATFORM, EvidenceKind.ORDER, ORDER_FRESH_S, sale)]
    told, payload_hash = sale.answer.value, sale.answer.payload_hash
    amount = Money(told.total_minor, told.currency)
    own = payment_verdict(events, Source.PLATFORM, told.currency)
    fits = Fulfilment.FULFILLABLE if told.fulfillable else Fulfilment.UNFULFILLABLE
    return [
        look.write(
            Source.PLATFORM, EvidenceKind.ORDER, ORDER_FRESH_S, told.stage,
            None, payload_hash, amount,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.PAYMENTS, PAYMENTS_FRESH_S, own,
            None, payload_hash,
        ),
        look.write(
            Source.PLATFORM, EvidenceKind.FULFILMENT, ORDER_FRESH_S, fits,
            told.unfulfillable_why, payload_hash,
        ),
    ]  # fmt: skip


def _of_provider(
    look: Look, provider: Looked[Answer[Payments]], sale: Sale | None, events: Sequence[OrderEvent]
) -> Evidence:
    if provider.answer is None:
        return look.refused(Source.PROVIDER, EvidenceKind.PAYMENTS, PAYMENTS_FRESH_S, provider)
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
        PAYMENTS_FRESH_S,
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


def _of_log(look: Look, log: Looked[Answer[Callbacks]], sale: Sale | None) -> Evidence:
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
