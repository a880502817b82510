"""The decision table: what payment truth and stage together call for (field.md 4).

One row, one function's branch, in the table's order; the first that applies wins. It says what is
right, not whether it may be done now: that is `locks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.actions import ActionKind, ActionState, committed_minor
from agent_app.domain.case import CaseView
from agent_app.domain.events import Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind, latest
from agent_app.domain.ids import PaymentId
from agent_app.domain.money import Money
from agent_app.domain.order import DeadlineKind, Order
from agent_app.domain.own_refunds import own_refunds
from agent_app.domain.payment import RefundState
from agent_app.domain.stage import ENDED_UNCONFIRMED, OPEN, Stage, StageView
from agent_app.domain.truth import (
    MONEY_HELD,
    AmountMatch,
    Payment,
    PaymentTruth,
    Verdict,
)


class RemedyWhy(StrEnum):
    """Which row of the table applies."""

    NOT_VISIBLE = "not_visible"
    CONFLICT = "conflict"
    IDENTITY = "identity"
    AMOUNT = "amount"
    PLATFORM_REFUNDS = "platform_refunds"
    REFUND_OPEN = "refund_open"
    AWAITING_APPROVAL = "awaiting_approval"
    """A refund of ours waits for a second person; nothing was sent."""
    UNKNOWN = "unknown"
    PAID_TWICE = "paid_twice"
    CAPTURED_NO_ORDER = "captured_no_order"
    CAPTURED_UNFULFILLABLE = "captured_unfulfillable"
    PAY_BACK_AT_PROVIDER = "pay_back_at_provider"
    """The money is to go back, and the shop cannot pay this payment back."""
    CAPTURED_STALE_STAGE = "captured_stale_stage"
    CAPTURED_ENDED = "captured_ended"
    EXTRA_AUTHORISATION = "extra_authorisation"
    AUTHORISED_ONLY = "authorised_only"
    AUTHORISED_UNFULFILLABLE = "authorised_unfulfillable"
    INPUT_REFUSED = "input_refused"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    ALL_WELL = "all_well"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Remedy:
    """The safe default: do `action` (to `payment`), tell the customer `message`."""

    action: ActionKind
    why: RemedyWhy
    message: str | None = None
    payment: PaymentId | None = None


def effective_verdict(truth: PaymentTruth, order: Order, now: datetime) -> Verdict:
    """Return the verdict to act on: a time-out is unknown until its late window has closed.

    Source: Razorpay polls a payment it marked failed for three days more (N6).
    """
    if truth.verdict is not Verdict.FAILED_SOFT:
        return truth.verdict
    closes = order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    if closes is None or now < closes:
        return Verdict.UNKNOWN
    if truth.as_of is None or truth.as_of < closes:
        # Only an answer from after the window can say that nothing came late.
        return Verdict.UNKNOWN
    return Verdict.FAILED_DEFINITE


def remedy(case: CaseView) -> Remedy:
    """Return the safe default for the case by the decision table."""
    return (
        _cannot_tell(case)
        or _money_is_held(case)
        or _money_is_reserved(case)
        or _no_money(case)
        or Remedy(ActionKind.ESCALATE, RemedyWhy.CONFLICT)
    )


def _cannot_tell(case: CaseView) -> Remedy | None:
    truth = case.truth
    if case.stage.stage is Stage.NOT_VISIBLE or _shop_refuses(case):
        return Remedy(ActionKind.ESCALATE, RemedyWhy.NOT_VISIBLE, "checking")
    if truth.conflicts:
        return Remedy(ActionKind.ESCALATE, RemedyWhy.CONFLICT, "checking")
    if truth.customer_match is CustomerMatch.DIFFERENT:
        return Remedy(ActionKind.ESCALATE, RemedyWhy.IDENTITY, "checking")
    if truth.verdict is Verdict.DISPUTED:
        return Remedy(ActionKind.ESCALATE, RemedyWhy.DISPUTED)
    if truth.automatic_refund_open:
        return Remedy(ActionKind.RECHECK, RemedyWhy.PLATFORM_REFUNDS, "refund_pending")
    if any(a.state is ActionState.AWAITING_APPROVAL for a in case.actions):
        return Remedy(ActionKind.RECHECK, RemedyWhy.AWAITING_APPROVAL, "checking")
    if _own_refund_unshown(case):
        return Remedy(ActionKind.RECHECK, RemedyWhy.REFUND_OPEN, "checking")
    if truth.refund_open:
        known = all(r.state is not RefundState.UNKNOWN for p in truth.payments for r in p.refunds)
        message = "refund_pending" if known else "checking"
        return Remedy(ActionKind.RECHECK, RemedyWhy.REFUND_OPEN, message)
    if (
        truth.amount_match
        in {
            AmountMatch.SHORT,
            AmountMatch.OVER,
            AmountMatch.OTHER_CURRENCY,
        }
        and truth.verdict in MONEY_HELD
    ):
        return Remedy(ActionKind.ESCALATE, RemedyWhy.AMOUNT, "checking")
    if effective_verdict(truth, case.order, case.now) in {Verdict.UNKNOWN, Verdict.PENDING}:
        return Remedy(ActionKind.RECHECK, RemedyWhy.UNKNOWN, "checking")
    return None


def _own_refund_unshown(case: CaseView) -> bool:
    """Return whether we sent a refund that the books do not show yet."""
    not_sent = {ActionState.AWAITING_APPROVAL, ActionState.REJECTED, ActionState.REFUSED}
    shown = own_refunds(case.actions, case.truth.payments)
    return any(
        a.kind is ActionKind.REFUND and a.state not in not_sent and a.key not in shown
        for a in case.actions
    )


def _shop_refuses(case: CaseView) -> bool:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER)
    return look is not None and look.verdict in {"not_visible", "forbidden"}


def _money_is_held(case: CaseView) -> Remedy | None:
    truth, stage, order = case.truth, case.stage.stage, case.order
    if truth.verdict not in MONEY_HELD:
        return None
    if extras := surplus_payments(case):
        return _pay_back(case, RemedyWhy.PAID_TWICE, extras[-1].id)
    if stage is Stage.CONFIRMED:
        if extra_authorisation(truth):
            return _release_extra(truth)
        return Remedy(ActionKind.RESOLVE, RemedyWhy.ALL_WELL, "confirmed")
    paid_by = truth.carrier
    if order.fulfillable is False and truth.held:
        return _pay_back(case, RemedyWhy.CAPTURED_UNFULFILLABLE, paid_by)
    if truth.verdict is Verdict.PART_REFUNDED and stage not in OPEN:
        # What is left no longer pays for the order, and why part went back is not ours to guess.
        return Remedy(ActionKind.ESCALATE, RemedyWhy.AMOUNT, "checking")
    if stage is Stage.ABSENT:
        return Remedy(ActionKind.RESUBMIT, RemedyWhy.CAPTURED_NO_ORDER, "confirmed", paid_by)
    if stage in ENDED_UNCONFIRMED:
        return Remedy(ActionKind.RESUBMIT, RemedyWhy.CAPTURED_ENDED, "confirmed", paid_by)
    return Remedy(ActionKind.RESYNC, RemedyWhy.CAPTURED_STALE_STAGE, "confirmed")


def _pay_back(case: CaseView, why: RemedyWhy, payment: PaymentId | None) -> Remedy:
    of = next((p for p in case.truth.payments if p.id == payment), None)
    if of is not None and not shop_pays_back(case, of):
        return Remedy(ActionKind.ESCALATE, RemedyWhy.PAY_BACK_AT_PROVIDER, "checking", payment)
    return Remedy(ActionKind.REFUND, why, "refund_accepted", payment)


def shop_pays_back(case: CaseView, payment: Payment) -> bool:
    """Return whether the shop can pay this payment back at all; else only its provider can.

    Vendure and Medusa refund what stands in their own books of an order, and nothing else.
    """
    can = case.capabilities
    if case.stage.stage is Stage.ABSENT and not can.can_refund_cart:
        return False
    return can.can_refund_unrecorded or Source.PLATFORM in payment.sources


def surplus_payments(case: CaseView) -> tuple[Payment, ...]:
    """Return the payments to give back when the customer paid twice, newest last.

    An order that we completed stands on the payment that we named, even where an older capture
    comes to light later (I7); otherwise on the first full one.
    """
    if not case.truth.surplus:
        return ()
    named = {
        a.payment
        for a in case.actions
        if a.kind in {ActionKind.RESUBMIT, ActionKind.CAPTURE}
        and a.state not in {ActionState.REJECTED, ActionState.REFUSED}
    }
    held = case.truth.held
    used = {p.id for p in held if p.id in named} or {
        p.id for p in held if p.id == case.truth.carrier
    }
    return tuple(p for p in held if p.id not in used)


def refundable(case: CaseView, payment: PaymentId) -> Money:
    """Return the most that may be refunded of one payment now (I2).

    Captured, less every refund that the provider shows in any state but failed, less our own
    actions that it does not show yet.
    """
    of = next(p for p in case.truth.payments if p.id == payment)
    seen = set(own_refunds(case.actions, case.truth.payments))
    left = of.remaining.amount_minor - committed_minor(case.actions, of.id, seen)
    return Money(max(left, 0), of.captured.currency)


def extra_authorisation(truth: PaymentTruth) -> PaymentId | None:
    """Return a reservation that stands beside a captured payment and must be released (U2)."""
    if truth.verdict not in MONEY_HELD:
        return None
    return next((p.id for p in truth.payments if p.verdict is Verdict.AUTHORISED), None)


def _release_extra(truth: PaymentTruth) -> Remedy:
    return Remedy(
        ActionKind.VOID, RemedyWhy.EXTRA_AUTHORISATION, "confirmed", extra_authorisation(truth)
    )


def _money_is_reserved(case: CaseView) -> Remedy | None:
    if case.truth.verdict is not Verdict.AUTHORISED:
        return None
    of = [p for p in case.truth.payments if p.verdict is Verdict.AUTHORISED]
    if any(p.authorised != case.order.total for p in of):
        return Remedy(ActionKind.ESCALATE, RemedyWhy.AMOUNT, "checking")
    if case.order.fulfillable is False and case.stage.stage is Stage.CONFIRMED:
        return Remedy(ActionKind.ESCALATE, RemedyWhy.AUTHORISED_UNFULFILLABLE, "checking")
    reserved = of[0].id
    if case.order.fulfillable is False or case.stage.stage in ENDED_UNCONFIRMED:
        return Remedy(ActionKind.VOID, RemedyWhy.AUTHORISED_UNFULFILLABLE, "voided", reserved)
    return Remedy(ActionKind.CAPTURE, RemedyWhy.AUTHORISED_ONLY, "confirmed", reserved)


def _no_money(case: CaseView) -> Remedy | None:
    verdict = effective_verdict(case.truth, case.order, case.now)
    if verdict is Verdict.REFUNDED:
        return Remedy(ActionKind.RESOLVE, RemedyWhy.REFUNDED, "refunded")
    if verdict in {Verdict.NONE, Verdict.FAILED_DEFINITE, Verdict.VOIDED}:
        if case.stage.stage is Stage.CONFIRMED:
            if not case.order.paid_at_provider:
                return Remedy(ActionKind.RESOLVE, RemedyWhy.ALL_WELL, "confirmed")
            return Remedy(ActionKind.ESCALATE, RemedyWhy.CONFLICT)
        if not case.order.paid_at_provider:
            return Remedy(ActionKind.ESCALATE, RemedyWhy.UNKNOWN, "checking")
        if case.order.input_problem and case.stage.stage in OPEN:
            return Remedy(ActionKind.CORRECT_INPUT, RemedyWhy.INPUT_REFUSED, "input_needed")
        closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
        if case.truth.as_of is None or (closes is not None and case.now < closes):
            return Remedy(ActionKind.RECHECK, RemedyWhy.UNKNOWN, "checking")
        told = any(m.template == "pay_again" for m in case.messages)
        action = ActionKind.RESOLVE if told else ActionKind.NOTIFY
        return Remedy(action, RemedyWhy.UNPAID, "pay_again")
    return None


def stage_is_stale(stage: StageView, truth: PaymentTruth) -> bool:
    """Return whether the shop has the order but has not taken the payment in."""
    return truth.verdict in MONEY_HELD and stage.stage in OPEN
