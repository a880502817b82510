"""The lock rules: one condition each, named, in the order in which an agent can mend them.

`decide` collects what they return. Every invariant that guards money is one rule here, so that a
test can take a rule out and see its property fail.
"""

from __future__ import annotations

from collections.abc import Callable

from agent_app.domain.actions import ActionKind, ActionState, open_money
from agent_app.domain.case import ENDED, CaseView
from agent_app.domain.evidence import (
    CustomerMatch,
    EvidenceKind,
    has_fresh_provider_read,
    latest,
    provider_read,
)
from agent_app.domain.events import Source
from agent_app.domain.order import DeadlineKind
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.remedy import effective_verdict, stage_is_stale
from agent_app.domain.roles import Scope, who_has
from agent_app.domain.stage import ENDED_UNCONFIRMED, OPEN, Stage
from agent_app.domain.truth import MONEY_HELD, UNDECIDED, AmountMatch, Verdict
from agent_app.domain.wording import Template

Lock = Callable[[CaseView], Reason | None]

SCOPE_OF: dict[ActionKind, Scope] = {
    ActionKind.RECHECK: Scope.ORDER_RECHECK,
    ActionKind.RESYNC: Scope.ORDER_RESUBMIT,
    ActionKind.RESUBMIT: Scope.ORDER_RESUBMIT,
    ActionKind.CAPTURE: Scope.ORDER_RESUBMIT,
    ActionKind.VOID: Scope.ORDER_RESUBMIT,
    ActionKind.REFUND: Scope.REFUND_REQUEST,
    ActionKind.CORRECT_INPUT: Scope.ORDER_CORRECT,
    ActionKind.NOTIFY: Scope.NOTIFY_SEND,
    ActionKind.ESCALATE: Scope.CASE_ESCALATE,
    ActionKind.RESOLVE: Scope.CASE_RESOLVE,
}


def scope(kind: ActionKind) -> Lock:
    """Lock what the actor's role does not cover, naming the scope and who has it."""
    needed = SCOPE_OF[kind]

    def has_scope(case: CaseView) -> Reason | None:
        if case.actor.may(needed):
            return None
        roles = ",".join(who_has(needed))
        return Reason(Why.NO_SCOPE, Unlock.ASK_ROLE, {"scope": needed, "roles": roles})

    return has_scope


def capability(flag: str) -> Lock:
    """Lock what the shop's engine declares that it cannot do."""

    def shop_can(case: CaseView) -> Reason | None:
        if getattr(case.capabilities, flag):
            return None
        return Reason(Why.SHOP_CANNOT, Unlock.IN_THE_SHOP, {"shop": case.capabilities.label})

    return shop_can


def online(case: CaseView) -> Reason | None:
    """I11: nothing that changes the shop is started, or queued, without the gateway."""
    return None if case.online else Reason(Why.OFFLINE, Unlock.RECONNECT)


def claimed(case: CaseView) -> Reason | None:
    """One person acts on a case at a time (field.md 6.5)."""
    claim = case.claim_in_force
    if claim is None:
        return Reason(Why.NOT_CLAIMED, Unlock.CLAIM)
    if claim.user != case.actor.user:
        return Reason(Why.CLAIMED_BY_OTHER, Unlock.WAIT_FOR_CLAIM, {"name": claim.name})
    return None


def case_open(case: CaseView) -> Reason | None:
    if case.state in ENDED:
        return Reason(Why.CASE_ENDED, Unlock.REOPEN)
    return None


def nothing_in_flight(case: CaseView) -> Reason | None:
    """I4, I7: while one money action's outcome is open, no other begins."""
    action = open_money(case.actions)
    if action is None:
        return None
    unlock = (
        Unlock.ESCALATE if action.state is ActionState.NEEDS_PERSON else Unlock.WAIT_FOR_ACTION
    )
    return Reason(Why.ACTION_OPEN, unlock, {"action": action.kind, "state": action.state})


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


def visible(case: CaseView) -> Reason | None:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER)
    refused = look is not None and look.verdict in {"not_visible", "forbidden"}
    if refused or case.stage.stage is Stage.NOT_VISIBLE:
        return Reason(Why.NOT_VISIBLE, Unlock.ESCALATE)
    return None


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
    if any(not p.refunded.is_zero for p in case.truth.held) or (
        case.truth.verdict is Verdict.REFUNDED
    ):
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


def no_order_yet(case: CaseView) -> Reason | None:
    """Resubmit is for an order that is missing or was ended; a stale one is resynced."""
    if case.stage.stage is Stage.CONFIRMED:
        return Reason(Why.ORDER_CONFIRMED, Unlock.NOTHING)
    if case.stage.stage in OPEN:
        return Reason(Why.ORDER_EXISTS, Unlock.RESYNC_INSTEAD, {"stage": case.stage.stage})
    return None


def can_bring_back(case: CaseView) -> Reason | None:
    ended = case.stage.stage in ENDED_UNCONFIRMED
    return capability("can_restore" if ended else "can_complete")(case)


def fulfillable(case: CaseView) -> Reason | None:
    if case.order.fulfillable is False:
        why = case.order.unfulfillable_why or ""
        return Reason(Why.NOT_FULFILLABLE, Unlock.REFUND_INSTEAD, {"why": why})
    if case.order.fulfillable is None:
        return Reason(Why.FULFILMENT_UNKNOWN, Unlock.RECHECK)
    return None


def not_resubmitted(case: CaseView) -> Reason | None:
    """I7: a payment that an order of ours stands on is not refunded from here.

    A surplus payment carries no order, so it stays refundable.
    """
    if case.truth.surplus:
        return None
    done = next(
        (
            a
            for a in case.actions
            if a.kind in {ActionKind.RESUBMIT, ActionKind.CAPTURE}
            and a.state is ActionState.CONFIRMED
        ),
        None,
    )
    if done is not None and case.stage.stage not in ENDED_UNCONFIRMED:
        when = (done.updated_at or done.requested_at).isoformat()
        return Reason(Why.ORDER_COMPLETED, Unlock.NOTHING, {"at": when})
    if case.stage.stage is Stage.CONFIRMED:
        return Reason(Why.ORDER_CONFIRMED, Unlock.NOTHING)
    return None


def something_left(case: CaseView) -> Reason | None:
    """I2: nothing is refunded beyond what was captured."""
    if any(p.remaining.amount_minor > 0 for p in case.truth.payments):
        return None
    return Reason(Why.NOTHING_LEFT, Unlock.NOTHING)


def stage_stale(case: CaseView) -> Reason | None:
    if stage_is_stale(case.stage, case.truth):
        return None
    return Reason(Why.STAGE_CURRENT, Unlock.NOTHING)


def input_refused(case: CaseView) -> Reason | None:
    return None if case.order.input_problem else Reason(Why.NO_INPUT_PROBLEM, Unlock.NOTHING)


def has_contact(case: CaseView) -> Reason | None:
    customer = case.order.customer
    return None if customer.email or customer.phone else Reason(Why.NO_CONTACT, Unlock.IN_THE_SHOP)


def verified(case: CaseView) -> Reason | None:
    """I12: a case ends on a settled state that was read again, never on a click."""
    action = open_money(case.actions)
    if action is not None:
        return nothing_in_flight(case)
    if not case.capabilities.reads_provider:
        return None
    if not has_fresh_provider_read(case.evidence, case.now):
        return fresh_provider_read(case)
    truth, stage = case.truth, case.stage.stage
    settled = (
        (stage is Stage.CONFIRMED and truth.verdict in MONEY_HELD and not truth.surplus)
        or truth.verdict is Verdict.REFUNDED
        or (
            stage is not Stage.CONFIRMED
            and effective_verdict(truth, case.order, case.now)
            in {Verdict.NONE, Verdict.VOIDED, Verdict.FAILED_DEFINITE}
        )
    )
    if settled and not truth.refund_open and not truth.conflicts:
        return None
    return Reason(Why.NOT_VERIFIED, Unlock.REMEDY_FIRST)


def customer_told(case: CaseView) -> Reason | None:
    """A case that we acted on, or that left the customer unpaid, ends with the customer told."""
    if not case.order.customer.email and not case.order.customer.phone:
        return None
    acted = any(
        a.kind in MONEY_OR_REPAIR and a.state is ActionState.CONFIRMED for a in case.actions
    )
    confirmed_by_itself = case.stage.stage is Stage.CONFIRMED and not acted
    if confirmed_by_itself or any(m.template != Template.CHECKING for m in case.messages):
        return None
    return Reason(Why.CUSTOMER_NOT_TOLD, Unlock.NOTIFY_FIRST)


MONEY_OR_REPAIR = frozenset(
    {
        ActionKind.RESUBMIT,
        ActionKind.RESYNC,
        ActionKind.CAPTURE,
        ActionKind.VOID,
        ActionKind.REFUND,
        ActionKind.CORRECT_INPUT,
    }
)

_MONEY_GUARD: tuple[Lock, ...] = (
    online,
    case_open,
    claimed,
    provider_readable,
    nothing_in_flight,
    fresh_provider_read,
    visible,
    payment_known,
    not_disputed,
    same_customer,
    no_refund_open,
)

LOCKS: dict[ActionKind, tuple[Lock, ...]] = {
    ActionKind.RECHECK: (online, scope(ActionKind.RECHECK)),
    ActionKind.RESYNC: (
        scope(ActionKind.RESYNC),
        online,
        case_open,
        claimed,
        capability("can_resync"),
        nothing_in_flight,
        visible,
        payment_known,
        same_customer,
        no_refund_open,
        stage_stale,
    ),
    ActionKind.RESUBMIT: (
        scope(ActionKind.RESUBMIT),
        *_MONEY_GUARD,
        can_bring_back,
        not_refunded,
        money_captured,
        same_amount,
        no_order_yet,
        fulfillable,
    ),
    ActionKind.CAPTURE: (
        scope(ActionKind.CAPTURE),
        *_MONEY_GUARD,
        capability("can_capture"),
        money_reserved,
        only_reserved,
        reservation_lasts,
        same_amount,
        fulfillable,
    ),
    ActionKind.VOID: (
        scope(ActionKind.VOID),
        *_MONEY_GUARD,
        capability("can_void"),
        money_reserved,
        late_window_closed,
    ),
    ActionKind.REFUND: (
        scope(ActionKind.REFUND),
        *_MONEY_GUARD,
        capability("can_refund"),
        money_captured,
        not_resubmitted,
        something_left,
        same_amount,
    ),
    ActionKind.CORRECT_INPUT: (
        scope(ActionKind.CORRECT_INPUT),
        online,
        case_open,
        claimed,
        capability("can_correct_input"),
        input_refused,
    ),
    ActionKind.NOTIFY: (
        scope(ActionKind.NOTIFY),
        online,
        claimed,
        capability("can_notify"),
        has_contact,
    ),
    ActionKind.ESCALATE: (scope(ActionKind.ESCALATE), online, case_open, claimed),
    ActionKind.RESOLVE: (
        scope(ActionKind.RESOLVE),
        online,
        case_open,
        claimed,
        verified,
        customer_told,
    ),
}
