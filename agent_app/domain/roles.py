"""Roles, scopes and limits: who may do what, and who can be asked when one may not.

The gateway enforces them, the desk explains them. Source: field.md 6.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent_app.domain.ids import UserId
from agent_app.domain.limits import NO_LIMITS, RefundLimits, worth_in_euros
from agent_app.domain.money import Money


class Scope(StrEnum):
    """One permission. Amount limits are `Actor.refund_limits`."""

    CASE_READ_OWN = "case.read.own"
    CASE_READ_TEAM = "case.read.team"
    CASE_READ_ALL = "case.read.all"
    CASE_CLAIM = "case.claim"
    CASE_REASSIGN = "case.reassign"
    PAYMENT_READ = "payment.read"
    ORDER_RECHECK = "order.recheck"
    ORDER_RESUBMIT = "order.resubmit"
    ORDER_CANCEL = "order.cancel"
    ORDER_CORRECT = "order.correct"
    REFUND_REQUEST = "refund.request"
    REFUND_APPROVE = "refund.approve"
    REFUND_EXECUTE = "refund.execute"
    NOTIFY_SEND = "notify.send"
    CASE_ESCALATE = "case.escalate"
    CASE_RESOLVE = "case.resolve"
    PII_REVEAL = "pii.reveal"
    CHECKLIST_EDIT = "checklist.edit"
    RULES_EDIT = "rules.edit"
    INCIDENT_DECLARE = "incident.declare"
    AUDIT_READ = "audit.read"
    CONNECTIONS_EDIT = "connections.edit"


class Role(StrEnum):
    AGENT = "agent"
    SENIOR = "senior"
    LEAD = "lead"
    FINANCE = "finance"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    ADMIN = "admin"


_AGENT = frozenset(
    {
        Scope.CASE_READ_OWN,
        Scope.CASE_READ_TEAM,
        Scope.CASE_CLAIM,
        Scope.PAYMENT_READ,
        Scope.ORDER_RECHECK,
        Scope.ORDER_RESUBMIT,
        Scope.ORDER_CORRECT,
        Scope.REFUND_REQUEST,
        Scope.NOTIFY_SEND,
        Scope.CASE_ESCALATE,
        Scope.CASE_RESOLVE,
        Scope.PII_REVEAL,
    }
)
_SENIOR = _AGENT | {Scope.ORDER_CANCEL, Scope.REFUND_EXECUTE, Scope.REFUND_APPROVE}
_LEAD = _SENIOR | {
    Scope.CASE_REASSIGN,
    Scope.CHECKLIST_EDIT,
    Scope.RULES_EDIT,
    Scope.INCIDENT_DECLARE,
}

SCOPES: dict[Role, frozenset[Scope]] = {
    Role.AGENT: _AGENT,
    Role.SENIOR: _SENIOR,
    Role.LEAD: _LEAD,
    Role.FINANCE: frozenset(
        {
            Scope.CASE_READ_TEAM,
            Scope.CASE_CLAIM,
            Scope.PAYMENT_READ,
            Scope.ORDER_RECHECK,
            Scope.REFUND_REQUEST,
            Scope.REFUND_APPROVE,
            Scope.REFUND_EXECUTE,
            Scope.NOTIFY_SEND,
            Scope.CASE_ESCALATE,
            Scope.CASE_RESOLVE,
            Scope.AUDIT_READ,
        }
    ),
    Role.TECHNICIAN: frozenset(
        {
            Scope.CASE_READ_TEAM,
            Scope.ORDER_RECHECK,
            Scope.PAYMENT_READ,
            Scope.INCIDENT_DECLARE,
            Scope.CASE_ESCALATE,
        }
    ),
    Role.AUDITOR: frozenset(
        {Scope.CASE_READ_TEAM, Scope.CASE_READ_ALL, Scope.PAYMENT_READ, Scope.AUDIT_READ}
    ),
    Role.ADMIN: frozenset({Scope.CASE_READ_TEAM, Scope.CONNECTIONS_EDIT, Scope.AUDIT_READ}),
}

LIMITS: dict[Role, RefundLimits] = {
    # A senior pays back with a second person only, whoever that is (field.md 6.6).
    Role.SENIOR: RefundLimits(approve=worth_in_euros(500)),
    Role.LEAD: RefundLimits(alone=worth_in_euros(500), approve=worth_in_euros(5_000)),
    Role.FINANCE: RefundLimits(approves_all=True),
}
"""Refund limits until an operator sets others; a role that is not named has none."""


def who_approves(amount: Money, limits: Mapping[Role, RefundLimits]) -> tuple[Role, ...]:
    """Return the roles to ask for a second person's yes to this refund."""
    able = who_has(Scope.REFUND_APPROVE)
    return tuple(role for role in able if limits.get(role, NO_LIMITS).covers_approval(amount))


MAIN_TEAM = "main"
"""The team of shops and users that are given none."""
ALL_TEAMS = "*"
"""Among a user's teams: he belongs to all there are."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, as the gateway authenticated him."""

    user: UserId
    name: str
    role: Role
    teams: tuple[str, ...] = (MAIN_TEAM,)
    limits: RefundLimits | None = field(default=None, hash=False)
    """What the gateway's operator set for the role; None: the defaults."""

    @property
    def refund_limits(self) -> RefundLimits:
        return self.limits or LIMITS.get(self.role, NO_LIMITS)

    @property
    def scopes(self) -> frozenset[Scope]:
        return SCOPES[self.role]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def may_refund_alone(self, amount: Money) -> bool:
        """Return whether this refund needs no second person."""
        return self.may(Scope.REFUND_EXECUTE) and self.refund_limits.covers_alone(amount)


class ApprovalRefused(ValueError):
    """This person may not approve this refund; `code` names the rule for the screen."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_approval(requester: UserId, approver: Actor, amount: Money) -> None:
    """Let `approver` approve the refund that `requester` asked for, or say why not (I9).

    Raises:
        ApprovalRefused: it is his own request, he lacks the scope, or it is over his limit.
    """
    if approver.user == requester:
        raise ApprovalRefused("own_request", "a refund is approved by a second person")
    if not approver.may(Scope.REFUND_APPROVE):
        raise ApprovalRefused("no_scope", f"{approver.role} has no {Scope.REFUND_APPROVE}")
    if not approver.refund_limits.covers_approval(amount):
        raise ApprovalRefused("over_limit", f"over the approval limit of a {approver.role}")


def who_has(scope: Scope) -> tuple[Role, ...]:
    """Return the roles to ask for what one may not do oneself."""
    return tuple(role for role in Role if scope in SCOPES[role])
