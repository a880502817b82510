"""decide(case): for every action, allowed or locked with the reason and what would unlock it.

Desk and gateway both call it; the gateway's answer is the one that counts, the desk's is for the
screen between two answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent_app.domain.actions import ActionKind, ActionRecord
from agent_app.domain.case import CaseView
from agent_app.domain.ids import PaymentId
from agent_app.domain.locks import LOCKS, Lock
from agent_app.domain.money import Money
from agent_app.domain.reasons import Reason
from agent_app.domain.remedy import Remedy, remedy, shop_pays_back, surplus_payments
from agent_app.domain.remedy import refundable as refundable
from agent_app.domain.roles import Scope
from agent_app.domain.truth import Verdict
from agent_app.domain.wording import Template, true_templates


@dataclass(frozen=True, slots=True)
class Target:
    """A payment that an action may go to, and the most that it may move."""

    payment: PaymentId
    limit: Money


@dataclass(frozen=True, slots=True)
class Decision:
    """One action's answer: allowed when `locks` is empty."""

    kind: ActionKind
    locks: tuple[Reason, ...]
    targets: tuple[Target, ...] = ()
    needs_approval: bool = False
    """Allowed as a request: a second person sends it."""

    @property
    def allowed(self) -> bool:
        return not self.locks


@dataclass(frozen=True, slots=True)
class Decisions:
    """All answers for one case at one moment, and the safe default among them."""

    by_kind: Mapping[ActionKind, Decision]
    remedy: Remedy
    templates: tuple[Template, ...]

    def __getitem__(self, kind: ActionKind) -> Decision:
        return self.by_kind[kind]


def decide(case: CaseView, locks: Mapping[ActionKind, tuple[Lock, ...]] = LOCKS) -> Decisions:
    """Judge every action on the case; `locks` is replaced only to show what a rule is worth."""
    return Decisions(
        by_kind={kind: _decide(case, kind, locks[kind]) for kind in ActionKind},
        remedy=remedy(case),
        templates=true_templates(case),
    )


def _decide(case: CaseView, kind: ActionKind, locks: tuple[Lock, ...]) -> Decision:
    held = tuple(reason for lock in locks if (reason := lock(case)) is not None)
    if held:
        return Decision(kind, held)
    targets = _targets(case, kind)
    alone = kind is not ActionKind.REFUND or all(
        case.actor.may_refund_alone(target.limit) for target in targets
    )
    return Decision(kind, (), targets, needs_approval=not alone)


def _targets(case: CaseView, kind: ActionKind) -> tuple[Target, ...]:
    truth = case.truth
    if kind is ActionKind.REFUND:
        payments = [
            p
            for p in (surplus_payments(case) if truth.surplus else truth.held)
            if shop_pays_back(case, p)
        ]
        return tuple(Target(p.id, refundable(case, p.id)) for p in payments)
    if kind is ActionKind.RESUBMIT:
        return tuple(Target(p.id, p.captured) for p in truth.payments if p.id == truth.carrier)
    if kind in {ActionKind.CAPTURE, ActionKind.VOID}:
        return tuple(
            Target(p.id, p.authorised) for p in truth.payments if p.verdict is Verdict.AUTHORISED
        )
    return ()


def objection(case: CaseView, record: ActionRecord, decisions: Decisions) -> str | None:
    """Say why an action that was allowed earlier may not be sent now; None: it still may.

    Judges what was asked for and not its kind alone: this payment, this much, this message. The
    kind may be allowed still, but for another payment than the one that was recorded (I7).
    """
    decision = decisions[record.kind]
    if not decision.allowed:
        return "no longer allowed: " + ", ".join(reason.why for reason in decision.locks)
    if record.kind is ActionKind.NOTIFY and record.template not in decisions.templates:
        return "no longer true of the order as it is now"
    if record.payment is None:
        return None
    limit = next((t.limit for t in decision.targets if t.payment == record.payment), None)
    if limit is None:
        return "no longer allowed for this payment"
    if record.amount is not None and (
        record.amount.currency != limit.currency or limit < record.amount
    ):
        return "no longer allowed: less is left of the payment"
    if (
        record.kind is ActionKind.REFUND
        and record.approved_by is None
        and record.amount is not None
        and needs_second_person(case, record.amount)
    ):
        return "no longer allowed without a second person"
    return None


def needs_second_person(case: CaseView, amount: Money) -> bool:
    """Return whether this refund is sent only after another person approved it."""
    return not case.actor.may_refund_alone(amount) or not case.actor.may(Scope.REFUND_EXECUTE)
