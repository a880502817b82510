"""The lock rules: one condition each, named, in the order in which an agent can mend them.

`decide` collects what they return. Every invariant that guards money is one rule here, so that a
test can take a rule out and see its property fail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from agent_app.domain.actions import ActionKind, ActionState, open_money
from agent_app.domain.case import ENDED, CaseView
from agent_app.domain.events import Source
from agent_app.domain.evidence import (
    PROVIDER_READ_FRESH_S,
    EvidenceKind,
    has_fresh_provider_read,
    latest,
)
from agent_app.domain.money_locks import (
    fresh_provider_read,
    late_window_closed,
    money_captured,
    money_reserved,
    no_late_capture,
    no_refund_open,
    not_disputed,
    not_merely_stale,
    not_refunded,
    not_resubmitted,
    nothing_stands_on_it,
    only_reserved,
    paid_back_by_the_shop,
    payment_known,
    provider_readable,
    reservation_lasts,
    same_amount,
    same_customer,
    something_left,
    stage_stale,
)
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.remedy import effective_verdict
from agent_app.domain.roles import Scope, who_has
from agent_app.domain.stage import ENDED_UNCONFIRMED, OPEN, Stage
from agent_app.domain.truth import MONEY_HELD, Verdict
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
    unlock = Unlock.ESCALATE if action.state is ActionState.NEEDS_PERSON else Unlock.WAIT_FOR_ACTION
    return Reason(Why.ACTION_OPEN, unlock, {"action": action.kind, "state": action.state})


def visible(case: CaseView) -> Reason | None:
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER)
    refused = look is not None and look.verdict in {"not_visible", "forbidden"}
    if refused or case.stage.stage is Stage.NOT_VISIBLE:
        return Reason(Why.NOT_VISIBLE, Unlock.ESCALATE)
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


def input_refused(case: CaseView) -> Reason | None:
    return None if case.order.input_problem else Reason(Why.NO_INPUT_PROBLEM, Unlock.NOTHING)


def has_contact(case: CaseView) -> Reason | None:
    customer = case.order.customer
    return None if customer.email or customer.phone else Reason(Why.NO_CONTACT, Unlock.IN_THE_SHOP)


def fresh_shop_read(case: CaseView) -> Reason | None:
    """I12: the shop, too, was read again: an older "confirmed" may have been cancelled since."""
    look = latest(case.evidence, Source.PLATFORM, EvidenceKind.ORDER, answered=True)
    if look is None:
        return Reason(Why.NEVER_READ, Unlock.RECHECK)
    age = look.age_at(case.now)
    if age <= timedelta(seconds=PROVIDER_READ_FRESH_S):
        return None
    return Reason(Why.STALE_READ, Unlock.RECHECK, {"age_s": str(int(age.total_seconds()))})


def verified(case: CaseView) -> Reason | None:
    """I12: a case ends on a settled state that was read again, never on a click."""
    action = open_money(case.actions)
    if action is not None:
        return nothing_in_flight(case)
    if not case.capabilities.reads_provider:
        return None
    if not has_fresh_provider_read(case.evidence, case.now):
        return fresh_provider_read(case)
    if (shop_read := fresh_shop_read(case)) is not None:
        return shop_read
    truth, stage = case.truth, case.stage.stage
    settled = (
        (stage is Stage.CONFIRMED and truth.verdict in MONEY_HELD and not truth.surplus)
        or (
            stage is Stage.CONFIRMED
            and truth.verdict is Verdict.NONE
            and not case.order.paid_at_provider
        )
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
    customer = case.order.customer
    if not case.capabilities.can_notify or not (customer.email or customer.phone):
        return None
    acted = any(
        a.kind in MONEY_OR_REPAIR and a.state is ActionState.CONFIRMED for a in case.actions
    )
    confirmed_by_itself = case.stage.stage is Stage.CONFIRMED and not acted
    if confirmed_by_itself or any(m.template in _tells(case) for m in case.messages):
        return None
    return Reason(Why.CUSTOMER_NOT_TOLD, Unlock.NOTIFY_FIRST)


_TELLS_OF_REFUND = frozenset({Template.REFUNDED, Template.REFUND_ACCEPTED, Template.REFUND_PENDING})


def _tells(case: CaseView) -> frozenset[Template]:
    """Return the messages that tell how it ended: "pay again" does not tell of success."""
    if case.stage.stage is Stage.CONFIRMED and case.truth.verdict is not Verdict.REFUNDED:
        # Of a payment made twice the customer may have been told that one went back (U1).
        returned = any(p.refunds for p in case.truth.payments)
        return frozenset({Template.CONFIRMED}) | (_TELLS_OF_REFUND if returned else frozenset())
    if case.truth.verdict is Verdict.REFUNDED:
        return _TELLS_OF_REFUND
    return frozenset({Template.PAY_AGAIN, Template.VOIDED, Template.INPUT_NEEDED})


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
        no_late_capture,
        reservation_lasts,
        same_amount,
        fulfillable,
    ),
    ActionKind.VOID: (
        scope(ActionKind.VOID),
        *_MONEY_GUARD,
        capability("can_void"),
        money_reserved,
        nothing_stands_on_it,
        late_window_closed,
    ),
    ActionKind.REFUND: (
        scope(ActionKind.REFUND),
        *_MONEY_GUARD,
        capability("can_refund"),
        money_captured,
        paid_back_by_the_shop,
        not_resubmitted,
        not_merely_stale,
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
        visible,
        verified,
        customer_told,
    ),
}
