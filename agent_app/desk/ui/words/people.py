"""Words for roles, permissions and messages to customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, say
from agent_app.domain.roles import Role, Scope
from agent_app.domain.wording import Template

ROLES: Mapping[Role, str] = {
    Role.AGENT: QT_TRANSLATE_NOOP("Role", "agent"),
    Role.SENIOR: QT_TRANSLATE_NOOP("Role", "senior agent"),
    Role.LEAD: QT_TRANSLATE_NOOP("Role", "team lead"),
    Role.FINANCE: QT_TRANSLATE_NOOP("Role", "finance"),
    Role.TECHNICIAN: QT_TRANSLATE_NOOP("Role", "technician"),
    Role.AUDITOR: QT_TRANSLATE_NOOP("Role", "auditor"),
    Role.ADMIN: QT_TRANSLATE_NOOP("Role", "administrator"),
}
SCOPES: Mapping[Scope, str] = {
    Scope.CASE_READ_OWN: QT_TRANSLATE_NOOP("Scope", "see one's own cases"),
    Scope.CASE_READ_TEAM: QT_TRANSLATE_NOOP("Scope", "see the team's cases"),
    Scope.CASE_READ_ALL: QT_TRANSLATE_NOOP("Scope", "see the cases of all teams"),
    Scope.CASE_CLAIM: QT_TRANSLATE_NOOP("Scope", "claim cases"),
    Scope.CASE_REASSIGN: QT_TRANSLATE_NOOP("Scope", "reassign cases"),
    Scope.PAYMENT_READ: QT_TRANSLATE_NOOP("Scope", "see payments"),
    Scope.ORDER_RECHECK: QT_TRANSLATE_NOOP("Scope", "recheck orders"),
    Scope.ORDER_RESUBMIT: QT_TRANSLATE_NOOP("Scope", "complete orders"),
    Scope.ORDER_CANCEL: QT_TRANSLATE_NOOP("Scope", "cancel orders"),
    Scope.ORDER_CORRECT: QT_TRANSLATE_NOOP("Scope", "correct entries of orders"),
    Scope.REFUND_REQUEST: QT_TRANSLATE_NOOP("Scope", "request refunds"),
    Scope.REFUND_APPROVE: QT_TRANSLATE_NOOP("Scope", "approve refunds"),
    Scope.REFUND_EXECUTE: QT_TRANSLATE_NOOP("Scope", "refund"),
    Scope.NOTIFY_SEND: QT_TRANSLATE_NOOP("Scope", "write to customers"),
    Scope.CASE_ESCALATE: QT_TRANSLATE_NOOP("Scope", "escalate cases"),
    Scope.CASE_RESOLVE: QT_TRANSLATE_NOOP("Scope", "resolve cases"),
    Scope.PII_REVEAL: QT_TRANSLATE_NOOP("Scope", "see contact data"),
    Scope.CHECKLIST_EDIT: QT_TRANSLATE_NOOP("Scope", "edit the guide"),
    Scope.RULES_EDIT: QT_TRANSLATE_NOOP("Scope", "edit the rules"),
    Scope.INCIDENT_DECLARE: QT_TRANSLATE_NOOP("Scope", "declare incidents"),
    Scope.AUDIT_READ: QT_TRANSLATE_NOOP("Scope", "read the audit log"),
    Scope.CONNECTIONS_EDIT: QT_TRANSLATE_NOOP("Scope", "edit connections"),
}
TEMPLATES: Mapping[Template, str] = {
    Template.CHECKING: QT_TRANSLATE_NOOP("Template", "Please do not pay again, we are checking"),
    Template.CONFIRMED: QT_TRANSLATE_NOOP("Template", "Your order is confirmed"),
    Template.REFUND_ACCEPTED: QT_TRANSLATE_NOOP("Template", "Your refund was accepted"),
    Template.REFUND_PENDING: QT_TRANSLATE_NOOP("Template", "Your refund is being processed"),
    Template.REFUNDED: QT_TRANSLATE_NOOP("Template", "Your money was paid back"),
    Template.VOIDED: QT_TRANSLATE_NOOP("Template", "The reservation was released"),
    Template.PAY_AGAIN: QT_TRANSLATE_NOOP("Template", "No payment arrived, please pay again"),
    Template.INPUT_NEEDED: QT_TRANSLATE_NOOP("Template", "We need a correction from you"),
}


MOST_NAMES = 3
"""Of those who look at a case, too; the rest are counted."""


def role(code: Role) -> str:
    """Return a role's name."""
    return say("Role", ROLES, code)


def looking(names: Sequence[str]) -> str:
    """Return who else has the case open as a sentence; empty when nobody does."""
    if not names:
        return ""
    translate = QCoreApplication.translate
    if len(names) == 1:
        text = translate("people", "{name} is looking at this case, too")
        return filled(text, name=names[0])
    joint = translate("people", ", ")
    if len(names) <= MOST_NAMES:
        text = translate("people", "{names} and {last} are looking at this case, too")
        return filled(text, names=joint.join(names[:-1]), last=names[-1])
    text = translate("people", "{names} and {count} more are looking at this case, too")
    shown = names[: MOST_NAMES - 1]
    return filled(text, names=joint.join(shown), count=str(len(names) - len(shown)))


def roles(codes: Iterable[Role]) -> str:
    """Return several roles as one phrase."""
    return QCoreApplication.translate("people", ", ").join(map(role, codes))


def scope(code: Scope) -> str:
    """Return what a permission lets one do."""
    return say("Scope", SCOPES, code)


def scope_named(name: str) -> str:
    """Return the words of a permission given by its code; "do this" for one not known here."""
    try:
        return scope(Scope(name))
    except ValueError:
        return QCoreApplication.translate("people", "do this")


def template(code: Template) -> str:
    """Return what a message to the customer says."""
    return say("Template", TEMPLATES, code)


def template_named(name: str) -> str:
    """Return the words of a template given by its code."""
    try:
        return template(Template(name))
    except ValueError:
        return QCoreApplication.translate("people", "another message")
