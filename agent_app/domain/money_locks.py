"""The lock rules about money: when it must stay where it is, and what would change that.

`locks` puts them into its table; a test can take one out there and see its property fail.
"""

from __future__ import annotations

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseView
from agent_app.domain.evidence import CustomerMatch, has_fresh_provider_read, provider_read
from agent_app.domain.order import DeadlineKind
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.remedy import (
    effective_verdict,
    refundable,
    shop_pays_back,
    stage_is_stale,
    surplus_payments,
)
from agent_app.domain.stage import ENDED_UNCONFIRMED, OPEN, Stage
from agent_app.domain.truth import MONEY_HELD, UNDECIDED, AmountMatch, Verdict


def provider_readable(case: CaseView) -> Reason | None:
    if case.capabilities.reads_provider:
        return None
    return Reason(Why.NO_PROVIDER, Unlock.IN_THE_SHOP, {"shop": case.capabilities.label})


def fresh_provider_read(case: CaseView) -> Reason | None:
    """I1: the provider answered at most 60 s ago."""
    if has_fresh_provider_read(case.evidence, case.now):
        return None
    read = provider_read(case.evidence)
    if read is None:
        return Reason(Why.NEVER_READ, Unlock.RECHECK)
    age_s = int(read.age_at(case.now).total_seconds())
    return Reason(Why.STALE_READ, Unlock.RECHECK, {"age_s": str(age_s)})


def payment_known(case: CaseView) -> Reason | None:
    """Decision table, first row: unknown or pending locks both money buttons (I4)."""
    if case.truth.conflicts:
        codes = ",".join(sorted(case.truth.conflicts))
        return Reason(Why.PAYMENT_CONFLICT, Unlock.ESCALATE, {"conflicts": codes})
    verdict = effective_verdict(case.truth, case.order, case.now)
    if verdict not in UNDECIDED:
        return None
    closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    if case.truth.verdict is Verdict.FAILED_SOFT and closes and case.now < closes:
        return Reason(Why.LATE_WINDOW_OPEN, Unlock.WAIT_WINDOW, {"until": closes.isoformat()})
    return Reason(Why.PAYMENT_UNKNOWN, Unlock.RECHECK)


def not_disputed(case: CaseView) -> Reason | None:
    if case.truth.verdict is Verdict.DISPUTED:
        return Reason(Why.DISPUTED, Unlock.ESCALATE)
    return None


def same_customer(case: CaseView) -> Reason | None:
    """I8: the payer is the order's customer, by the provider's word and not by reference."""
    if case.truth.customer_match is CustomerMatch.DIFFERENT:
        return Reason(Why.CUSTOMER_DIFFERS, Unlock.ESCALATE)
    if case.truth.customer_match is CustomerMatch.UNKNOWN:
        return Reason(Why.PAYER_UNKNOWN, Unlock.ESCALATE)
    return None


def same_amount(case: CaseView) -> Reason | None:
    """I8: amount and currency are the order's."""
    if case.truth.verdict is Verdict.AUTHORISED:
        reserved = [p for p in case.truth.payments if p.verdict is Verdict.AUTHORISED]
        if all(p.authorised == case.order.total for p in reserved):
            return None
    elif case.truth.amount_match in {
        AmountMatch.FULL,
        AmountMatch.SURPLUS_PAYMENT,
        AmountMatch.NOTHING,
    }:
        return None
    return Reason(Why.AMOUNT_DIFFERS, Unlock.ESCALATE, {"match": case.truth.amount_match})


def no_refund_open(case: CaseView) -> Reason | None:
    """I2, I7: a refund under way, ours or the platform's own (X2), excludes both money buttons."""
    if case.truth.automatic_refund_open:
        return Reason(Why.PLATFORM_REFUNDS, Unlock.RECHECK)
    if case.truth.refund_open:
        return Reason(Why.REFUND_OPEN, Unlock.RECHECK)
    return None


def not_refunded(case: CaseView) -> Reason | None:
    """I7: money that went back cannot carry an order."""
    carrier = case.truth.carrier
    part = any(not p.refunded.is_zero for p in case.truth.held)
    ours = any(
        a.kind is ActionKind.REFUND
        and a.payment == carrier
        and a.state not in {ActionState.REJECTED, ActionState.REFUSED}
        for a in case.actions
    )
    if part or ours or case.truth.verdict is Verdict.REFUNDED:
        return Reason(Why.REFUNDED_ALREADY, Unlock.NOTHING)
    return None


def money_captured(case: CaseView) -> Reason | None:
    verdict = case.truth.verdict
    if verdict in MONEY_HELD:
        return None
    if verdict is Verdict.AUTHORISED:
        return Reason(Why.ONLY_AUTHORISED, Unlock.CAPTURE_OR_VOID)
    if verdict is Verdict.REFUNDED:
        return Reason(Why.NOTHING_LEFT, Unlock.NOTHING)
    return Reason(Why.NOTHING_CAPTURED, Unlock.NOTHING)


def money_reserved(case: CaseView) -> Reason | None:
    if any(p.verdict is Verdict.AUTHORISED for p in case.truth.payments):
        return None
    return Reason(Why.NOT_AUTHORISED, Unlock.NOTHING)


def only_reserved(case: CaseView) -> Reason | None:
    """Capture only what is reserved: beside captured money it would charge twice (I6)."""
    if case.truth.verdict in MONEY_HELD:
        return Reason(Why.ORDER_EXISTS, Unlock.RESYNC_INSTEAD)
    return None


def no_late_capture(case: CaseView) -> Reason | None:
    """I6: while another payment that timed out may still be captured, capturing charges twice."""
    closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    timed_out = any(p.verdict is Verdict.FAILED_SOFT for p in case.truth.payments)
    if not timed_out or (closes is not None and case.now >= closes):
        return None
    if closes is None:
        return Reason(Why.PAYMENT_UNKNOWN, Unlock.RECHECK)
    return Reason(Why.LATE_WINDOW_OPEN, Unlock.WAIT_WINDOW, {"until": closes.isoformat()})


def nothing_stands_on_it(case: CaseView) -> Reason | None:
    """A reservation under a confirmed order is let go only when another payment carries it (U2)."""
    if case.stage.stage is Stage.CONFIRMED and case.truth.verdict is Verdict.AUTHORISED:
        return Reason(Why.ORDER_CONFIRMED, Unlock.NOTHING)
    return None


def reservation_lasts(case: CaseView) -> Reason | None:
    expires = case.order.deadline(DeadlineKind.AUTHORISATION_EXPIRES)
    if expires is not None and expires <= case.now:
        return Reason(Why.RESERVATION_EXPIRED, Unlock.RECHECK)
    return None


def late_window_closed(case: CaseView) -> Reason | None:
    """A reservation is not let go while a late capture may still come (field.md 6.4, void)."""
    closes = case.order.deadline(DeadlineKind.LATE_WINDOW_CLOSES)
    if closes is not None and case.now < closes:
        return Reason(Why.LATE_WINDOW_OPEN, Unlock.WAIT_WINDOW, {"until": closes.isoformat()})
    return None


def not_resubmitted(case: CaseView) -> Reason | None:
    """I7: a payment that an order of ours stands on is not refunded from here.

    A surplus payment carries no order, so it stays refundable.
    """
    if case.truth.surplus:
        return None if surplus_payments(case) else Reason(Why.ORDER_COMPLETED, Unlock.ESCALATE)
    done = next(
        (
            a
            for a in case.actions
            if a.kind is ActionKind.RESUBMIT and a.state is ActionState.CONFIRMED
        ),
        None,
    )
    if done is not None and case.stage.stage not in ENDED_UNCONFIRMED:
        when = (done.updated_at or done.requested_at).isoformat()
        return Reason(Why.ORDER_COMPLETED, Unlock.NOTHING, {"at": when})
    if case.stage.stage is Stage.CONFIRMED:
        return Reason(Why.ORDER_CONFIRMED, Unlock.NOTHING)
    return None


def not_merely_stale(case: CaseView) -> Reason | None:
    """Decision table: an order that the shop has, and can fulfil, is resynced, not paid back.

    When a resync was refused or came to nothing, or the shop has none, the refund is open.
    """
    tried = any(
        a.kind is ActionKind.RESYNC and a.state in {ActionState.REJECTED, ActionState.NEEDS_PERSON}
        for a in case.actions
    )
    if (
        case.stage.stage not in OPEN
        or case.order.fulfillable is False
        or case.truth.surplus
        or not case.capabilities.can_resync
        or tried
    ):
        return None
    return Reason(Why.ORDER_EXISTS, Unlock.RESYNC_INSTEAD, {"stage": case.stage.stage})


def something_left(case: CaseView) -> Reason | None:
    """I2: nothing is refunded beyond what was captured."""
    if any(refundable(case, p.id).amount_minor > 0 for p in case.truth.payments):
        return None
    return Reason(Why.NOTHING_LEFT, Unlock.NOTHING)


def stage_stale(case: CaseView) -> Reason | None:
    if stage_is_stale(case.stage, case.truth):
        return None
    return Reason(Why.STAGE_CURRENT, Unlock.NOTHING)


def paid_back_by_the_shop(case: CaseView) -> Reason | None:
    """Some payments stand in no order of the shop: only their provider can pay them back."""
    payments = surplus_payments(case) if case.truth.surplus else case.truth.held
    if not payments or any(shop_pays_back(case, p) for p in payments):
        return None
    return Reason(Why.SHOP_CANNOT, Unlock.AT_THE_PROVIDER, {"shop": case.capabilities.label})
