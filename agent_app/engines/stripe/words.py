"""What Stripe's documents say, in the words of the provider's port. Pure.

Stripe counts in whole seconds, so several steps of a payment may share one; they keep their order
by some microseconds that depend on the step alone. A capture's time is that of its charge: later
times that Stripe knows appear only some time after the capture, and a fact's time must not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agent_app.domain.events import EventKind
from agent_app.domain.ids import CustomerId
from agent_app.engines.joined.identity import payer_id
from agent_app.engines.joined.provider import Movement, ProviderPayment, RefundWord
from agent_app.engines.port import Unreadable
from agent_app.engines.stripe.amounts import money_of
from agent_app.engines.stripe.documents import (
    Charge,
    Customer,
    Dispute,
    Intent,
    MethodDetails,
    Refund,
)

KEY_IN_METADATA = "action_key"
"""Under which a shop's module may pass our key on to a refund."""
_STEPS = (
    EventKind.PAYMENT_STARTED,
    EventKind.PAYMENT_PENDING,
    EventKind.PAYMENT_FAILED,
    EventKind.PAYMENT_AUTHORISED,
    EventKind.PAYMENT_CAPTURED,
    EventKind.PAYMENT_VOIDED,
    EventKind.PAYMENT_DISPUTED,
)
_AUTHORISATION_LASTS = timedelta(days=7)
_REFUND_KINDS = {
    "pending": EventKind.REFUND_PENDING,
    "requires_action": EventKind.REFUND_PENDING,
    "succeeded": EventKind.REFUND_SUCCEEDED,
    "failed": EventKind.REFUND_FAILED,
    "canceled": EventKind.REFUND_FAILED,
}
_AUTOMATIC_REASONS = frozenset({"expired_uncaptured_charge"})
_WAITING = frozenset({"requires_action", "processing"})
_KNOWN_STATUSES = _WAITING | {
    "requires_payment_method", "requires_confirmation", "requires_capture", "succeeded", "canceled",
}  # fmt: skip
_WON = frozenset({"won", "warning_closed", "prevented"})
_VOUCHERS = frozenset({"boleto", "oxxo", "konbini", "multibanco"})
_WALLETS = frozenset(
    {"alipay", "amazon_pay", "cashapp", "grabpay", "kakao_pay", "link", "mobilepay", "paypal"}
    | {"paypay", "pix", "revolut_pay", "swish", "twint", "wechat_pay"}
)


def payment_of(
    intent: Intent,
    refunds: Sequence[Refund],
    disputes: Sequence[Dispute],
    reference: str | None,
    late_window: timedelta,
) -> ProviderPayment | None:
    """Return the payment; None for an intent that nobody ever tried to pay.

    Checkout pages make an intent for every visitor, and none of those is a payment.

    Raises:
        Unreadable: a status or amount that this connector does not know.
    """
    if intent.status not in _KNOWN_STATUSES:
        raise Unreadable(f"payment {intent.id}: unknown status {intent.status!r}")
    charge = charge_of(intent)
    if not _was_tried(intent, charge):
        return None
    taken, paid_back = _settled(intent, charge, refunds)
    movements = [*_movements(intent, charge, taken), *(_disputed(d, intent.id) for d in disputes)]
    details = charge.payment_method_details if charge else None
    waiting = intent.status in _WAITING
    return ProviderPayment(
        id=intent.id,
        reference=reference,
        movements=tuple(sorted(movements, key=lambda m: (m.at, _STEPS.index(m.kind)))),
        refunds=tuple(refund_of(r) for r in paid_back),
        payer=_payer(intent, charge),
        method=_method(details),
        late_until=_at(intent.created) + late_window if waiting else None,
        expires_at=_expiry(charge, details) if intent.status == "requires_capture" else None,
    )


def names_of(reference_key: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names in the metadata under which a shop's reference may stand."""
    if reference_key is None:
        return ()
    return (reference_key,) if isinstance(reference_key, str) else tuple(reference_key)


def reference_of(intent: Intent, names: Sequence[str]) -> str | None:
    """Return the shop's reference: what stands under the first of the names."""
    return next((intent.metadata[name] for name in names if intent.metadata.get(name)), None)


def charge_of(intent: Intent) -> Charge | None:
    """Return the latest attempt, which was asked for expanded.

    Raises:
        Unreadable: it is only named.
    """
    if isinstance(intent.latest_charge, str):
        raise Unreadable(f"payment {intent.id}: its charge came without its content")
    return intent.latest_charge


def refund_of(refund: Refund) -> RefundWord:
    """Return one refund as it stands now.

    Raises:
        Unreadable: a status or amount that this connector does not know.
    """
    kind = _REFUND_KINDS.get(refund.status or "")
    if kind is None:
        raise Unreadable(f"refund {refund.id}: unknown status {refund.status!r}")
    return RefundWord(
        id=refund.id,
        kind=kind,
        at=_at(refund.created),
        amount=money_of(refund.amount, refund.currency, f"refund {refund.id}"),
        provider_id=refund.id,
        key=refund.metadata.get(KEY_IN_METADATA) or None,
        note=refund.failure_reason or refund.reason,
        automatic=refund.reason in _AUTOMATIC_REASONS,
    )


def _was_tried(intent: Intent, charge: Charge | None) -> bool:
    tried = charge is not None or intent.last_payment_error is not None
    return tried or intent.status in _WAITING | {"requires_capture", "succeeded"}


def _movements(intent: Intent, charge: Charge | None, taken: int) -> list[Movement]:
    tried_at = charge.created if charge else intent.created
    whole = charge.amount if charge else intent.amount
    status = intent.status
    if status in _WAITING:
        kind = EventKind.PAYMENT_PENDING if status == "processing" else EventKind.PAYMENT_STARTED
        return [_step(intent, kind, tried_at, whole)]
    if status == "canceled":
        held = charge is not None and charge.status == "succeeded"
        reserved = [_step(intent, EventKind.PAYMENT_AUTHORISED, tried_at, whole)] if held else []
        ended_at = intent.canceled_at or tried_at
        return [
            *reserved,
            _step(intent, EventKind.PAYMENT_VOIDED, ended_at, None, intent.cancellation_reason),
        ]
    if status == "requires_capture":
        return [_step(intent, EventKind.PAYMENT_AUTHORISED, tried_at, whole)]
    if status == "succeeded":
        captured = _step(intent, EventKind.PAYMENT_CAPTURED, tried_at, taken)
        if intent.capture_method != "manual":
            return [captured]
        return [_step(intent, EventKind.PAYMENT_AUTHORISED, tried_at, whole), captured]
    error = intent.last_payment_error
    why = (error.decline_code or error.code) if error else None
    if why is None and charge is not None:
        why = charge.failure_code
    return [_step(intent, EventKind.PAYMENT_FAILED, tried_at, None, why)]


def _settled(
    intent: Intent, charge: Charge | None, refunds: Sequence[Refund]
) -> tuple[int, list[Refund]]:
    """Return what was captured, and the refunds of that.

    What a part capture lets go may stand among the refunds, and was never captured.
    """
    kept = list(refunds)
    whole = charge.amount if charge else intent.amount
    told = intent.amount_received
    if told is None and charge is not None:
        told = charge.amount_captured
    if intent.capture_method != "manual":
        return (whole if told is None else told), kept
    if told is None:
        # A server that does not say it: only what was let go names no payment.
        let_go = [r for r in kept if r.payment_intent is None and not r.metadata]
    else:
        too_much = sum(r.amount for r in kept) > told
        let_go = [r for r in kept if too_much and r.amount == whole - told and not r.metadata]
    if let_go:
        first = min(let_go, key=lambda r: (r.created, r.id))
        kept.remove(first)
        told = whole - first.amount
    return (whole if told is None else told), kept


def _step(
    intent: Intent, kind: EventKind, at: int, amount: int | None, note: str | None = None
) -> Movement:
    where = f"payment {intent.id}"
    money = None if amount is None else money_of(amount, intent.currency, where)
    return Movement(kind, _at(at) + timedelta(microseconds=_STEPS.index(kind)), money, note or None)


def _disputed(dispute: Dispute, payment: str) -> Movement:
    amount = money_of(dispute.amount, dispute.currency, f"dispute of {payment}")
    return Movement(EventKind.PAYMENT_DISPUTED, _at(dispute.created), amount, dispute.reason)


def still_disputed(disputes: Sequence[Dispute]) -> list[Dispute]:
    """Return the disputes that were not decided for the shop."""
    return [d for d in disputes if d.status not in _WON]


def _payer(intent: Intent, charge: Charge | None) -> CustomerId | None:
    customer = intent.customer.email if isinstance(intent.customer, Customer) else None
    billing = charge.billing_details.email if charge and charge.billing_details else None
    receipt = intent.receipt_email or (charge.receipt_email if charge else None)
    return payer_id(customer) or payer_id(billing) or payer_id(receipt)


def _method(details: MethodDetails | None) -> str | None:
    if details is None or details.type is None:
        return None
    if details.type in {"card", "card_present"}:
        card = details.card
        if card is not None and card.wallet is not None and card.wallet.type:
            return f"wallet:{card.wallet.type}"
        family = "debit_card" if card and card.funding == "debit" else "card"
        return f"{family}:{card.brand if card and card.brand else 'card'}"
    if details.type in _VOUCHERS:
        return f"cash_voucher:{details.type}"
    if details.type in _WALLETS:
        return f"wallet:{details.type}"
    return f"bank_transfer:{details.type}"


def _expiry(charge: Charge | None, details: MethodDetails | None) -> datetime | None:
    if details is not None and details.card is not None and details.card.capture_before:
        return _at(details.card.capture_before)
    return _at(charge.created) + _AUTHORISATION_LASTS if charge else None


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
