"""Requesting actions: judged on a fresh view and recorded in one transaction, then carried out.

Nothing is sent from here; the worker does that. What is decided at once (escalate, resolve) is
recorded as an action too, so that the ledger tells the whole story of a case.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ApprovalRequest,
    MessagePreview,
)
from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.actions import (
    MONEY,
    ActionKind,
    ActionRecord,
    ActionState,
    action_key,
    check_transition,
)
from agent_app.domain.case import CaseState, CaseView
from agent_app.domain.decide import Decision, Decisions, Target, decide, needs_second_person
from agent_app.domain.evidence import provider_read
from agent_app.domain.facts import message_facts
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.ledger import Attempt
from agent_app.domain.money import Money
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Actor, ApprovalRefused, Scope, check_approval, who_approves
from agent_app.domain.wording import Template, repeated
from agent_app.engines.port import Command, Message
from agent_app.gateway import casefile, casework
from agent_app.gateway.errors import Refused, conflict, forbidden, invalid, not_visible
from agent_app.gateway.handling import MAX_TEXT
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import action_rows, audit, case_rows, journal
from agent_app.gateway.store.action_rows import AlreadyOpen, StoredAction
from agent_app.gateway.store.case_rows import StoredCase
from agent_app.gateway.worker import case_state_after
from agent_app.wordings import (
    LanguageMissing,
    Rendered,
    WordingError,
    render,
    writing_language,
)

_AT_ONCE = frozenset({ActionKind.ESCALATE, ActionKind.RESOLVE})
_TO_A_PAYMENT = frozenset(
    {ActionKind.RESUBMIT, ActionKind.CAPTURE, ActionKind.VOID, ActionKind.REFUND}
)
_NEEDS_REASON = frozenset({ActionKind.REFUND, ActionKind.ESCALATE})


def request_action(
    gateway: Gateway, actor: Actor, case_id: CaseId, asked: ActionRequest, request: str
) -> ActionStatus:
    """Record the action if it is allowed now; the same request again returns the same action.

    Raises:
        Refused: it is locked (with the reasons), not for this role, or the request is not valid.
    """
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        earlier = action_rows.of_request(connection, request)
        if earlier is not None:
            return status(earlier)
        stored, view = casefile.open_case(gateway, connection, actor, case_id)
        decisions = decide(view)
        decision = _allowed(decisions, asked.kind, case_id)
        command, message, record = _intend(connection, view, decisions, decision, asked, now)
        read, kind = provider_read(view.evidence), record.kind
        action = StoredAction(
            record=record,
            attempt=Attempt(
                record.kind, record.state, read.observed_at if read and kind in MONEY else now
            ),
            command=command,
            case=case_id,
            shop=stored.shop,
            requested_by_name=actor.name,
            message=message,
            next_try_at=now if record.state is ActionState.PREPARED else None,
        )
        _record(connection, action, stored, actor, request, now)
        stored = _case_after(stored, asked, record)
        if record.reason:
            journal.add_note(connection, case_id, actor, now, record.reason, f"{request}#reason")
        casework.update(connection, gateway.desk, stored, now)
    return status(action)


def _allowed(decisions: Decisions, kind: ActionKind, case_id: CaseId) -> Decision:
    if kind is ActionKind.RECHECK:
        raise invalid(f"a recheck is asked for at /v1/cases/{case_id}/recheck", "kind")
    decision = decisions[kind]
    if decision.allowed:
        return decision
    missing = next((r for r in decision.locks if r.why is Why.NO_SCOPE), None)
    if missing is not None:
        raise forbidden(Scope(missing.params["scope"]))
    why = tuple(reason.why.value for reason in decision.locks)
    detail = f"{kind} is locked: {', '.join(why)}. Nothing was done."
    raise Refused(problem(ProblemType.LOCKED, detail, why=why))


def _intend(
    connection: Connection,
    view: CaseView,
    decisions: Decisions,
    decision: Decision,
    asked: ActionRequest,
    now: datetime,
) -> tuple[Command, Message | None, ActionRecord]:
    kind, order = asked.kind, view.order
    if kind in _NEEDS_REASON and not asked.reason.strip():
        raise invalid(f"{kind} needs a reason", "reason")
    if len(asked.reason) > MAX_TEXT:
        raise invalid(f"a reason has at most {MAX_TEXT} characters", "reason")
    if kind is ActionKind.CORRECT_INPUT and not asked.correction:
        raise invalid("a correction names the field and its new value", "correction")
    target = _target(decision, asked) if kind in _TO_A_PAYMENT else None
    amount = _amount(view, target, asked) if target is not None else None
    payment = target.payment if target else None
    sequence = action_rows.intents(connection, order.shop, order.ref, kind)
    key = action_key(order.shop, order.ref, kind, payment, amount, sequence)
    message = None
    if kind is ActionKind.NOTIFY:
        message = _message(view, decisions, asked, key)
    state = ActionState.PREPARED
    if kind in _AT_ONCE:
        state = ActionState.CONFIRMED
    elif kind is ActionKind.REFUND and amount and needs_second_person(view, amount):
        state = ActionState.AWAITING_APPROVAL
    record = ActionRecord(
        id=ActionId("A" + secrets.token_hex(8)),
        kind=kind,
        state=state,
        key=key,
        requested_by=view.actor.user,
        requested_at=now,
        payment=payment,
        amount=amount,
        updated_at=now,
        template=asked.template if kind is ActionKind.NOTIFY else None,
        reason=asked.reason.strip() or None,
    )
    correction = tuple(sorted(asked.correction.items()))
    command = Command(
        kind, order.ref, key, payment, amount, f"case {view.id}", correction, requested_at=now
    )
    return command, message, record


def _target(decision: Decision, asked: ActionRequest) -> Target:
    if asked.payment is None:
        if len(decision.targets) == 1:
            return decision.targets[0]
        raise invalid("name the payment; this order has more than one that it could be", "payment")
    found = next((t for t in decision.targets if t.payment == asked.payment), None)
    if found is None:
        raise invalid(f"{asked.kind} cannot go to payment {asked.payment}", "payment")
    return found


def _amount(view: CaseView, target: Target, asked: ActionRequest) -> Money:
    """Return the amount, the whole of what is left when none is named (I2)."""
    amount = asked.amount or target.limit
    if asked.kind is not ActionKind.REFUND:
        if amount != target.limit:
            raise invalid(f"{asked.kind} is for the whole payment", "amount")
        return amount
    if amount.currency != target.limit.currency:
        raise invalid(f"the payment is in {target.limit.currency}", "amount")
    if not 0 < amount.amount_minor <= target.limit.amount_minor:
        raise invalid(f"between 1 and {target.limit.amount_minor} minor units are left", "amount")
    if amount != target.limit and not view.capabilities.can_refund_part:
        raise invalid("this shop refunds whole payments only", "amount")
    return amount


def preview(
    gateway: Gateway, actor: Actor, case_id: CaseId, template: str, language: str
) -> MessagePreview:
    """Return the message as it would be sent now.

    Raises:
        Refused: it is not true of the case as evidenced, or the language is not there.
    """
    with gateway.database.read() as connection:
        _, view = casefile.open_case(gateway, connection, actor, case_id)
    subject, body, _ = _rendered(view, decide(view), template, language)
    return MessagePreview(template=template, language=language, subject=subject, body=body)


def _rendered(
    view: CaseView, decisions: Decisions, template: str | None, language: str
) -> Rendered:
    if template not in {t.value for t in Template}:
        raise invalid(f"there is no message {template!r}", "template")
    if template not in decisions.templates:
        raise conflict(f"The message {template!r} says more than is known about this order now.")
    try:
        return render(Template(template), language, message_facts(view))
    except LanguageMissing as error:
        raise invalid(str(error), "language") from error
    except WordingError as error:
        raise conflict(str(error)) from error


def _message(view: CaseView, decisions: Decisions, asked: ActionRequest, key: str) -> Message:
    language = asked.language or writing_language(view.order.customer.language)
    subject, body, short = _rendered(view, decisions, asked.template, language)
    assert asked.template is not None
    if repeated(view, asked.template):
        raise conflict("The customer was sent this message less than 10 minutes ago.")
    return Message(view.order.ref, key, asked.template, language, subject, body, short)


def _record(
    connection: Connection,
    action: StoredAction,
    stored: StoredCase,
    actor: Actor,
    request: str,
    now: datetime,
) -> None:
    record = action.record
    intent = action_rows.intents(connection, stored.shop, stored.ref, record.kind)
    try:
        action_rows.add(connection, action, intent, request)
    except AlreadyOpen as error:
        why = (Why.ACTION_OPEN.value,)
        detail = "Another money action of this order is under way. Nothing was done."
        raise Refused(problem(ProblemType.LOCKED, detail, why=why)) from error
    audit.record(
        connection,
        now,
        actor.user,
        f"action_{record.state}",
        stored.id,
        action=record.id,
        kind=record.kind,
        payment=record.payment,
        amount=record.amount,
    )


def _case_after(stored: StoredCase, asked: ActionRequest, record: ActionRecord) -> StoredCase:
    if asked.kind is ActionKind.ESCALATE:
        return replace(stored, state=CaseState.ESCALATED, claim=None)
    if asked.kind is ActionKind.RESOLVE:
        state = CaseState.FALSE_ALARM if asked.false_alarm else CaseState.RESOLVED
        return replace(stored, state=state, claim=None)
    return replace(stored, state=case_state_after(stored.state, record.kind, record.state))


def answer_approval(
    gateway: Gateway, actor: Actor, action_id: ActionId, answer: ApprovalRequest
) -> ActionStatus:
    """Let a second person approve or refuse a refund (I9); what it does is judged again after.

    Raises:
        Refused: it is his own request, over his limit, or was answered already.
    """
    actor = gateway.desk.with_limits(actor)
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        action, stored = visible_action(gateway, connection, actor, action_id)
        record = action.record
        if record.approved_by == actor.user and answer.approve is (
            record.state is not ActionState.REFUSED
        ):
            return status(action)
        if record.state is not ActionState.AWAITING_APPROVAL or record.amount is None:
            raise answered(action)
        try:
            check_approval(record.requested_by, actor, record.amount)
        except ApprovalRefused as error:
            roles = tuple(r.value for r in who_approves(record.amount, gateway.desk.limits))
            detail = f"{error}. These roles can: {', '.join(roles) or 'none; ask an operator'}."
            raise Refused(
                problem(ProblemType.FORBIDDEN, detail, why=(error.code,), roles=roles)
            ) from error
        if not answer.approve and not answer.reason.strip():
            raise invalid("a refusal needs a reason", "reason")
        if len(answer.reason) > MAX_TEXT:
            raise invalid(f"a reason has at most {MAX_TEXT} characters", "reason")
        refusal = None if answer.approve else answer.reason.strip()
        state = ActionState.PREPARED if answer.approve else ActionState.REFUSED
        check_transition(record.state, state)
        action = replace(
            action.moved(replace(action.attempt, state=state), now, refusal),
            approved_by_name=actor.name,
            next_try_at=now if answer.approve else None,
        )
        action = replace(action, record=replace(action.record, approved_by=actor.user))
        action_rows.save(connection, action, fenced=False)
        audit.record(connection, now, actor.user, f"refund_{state}", action.case, action=action_id)
        after = case_state_after(stored.state, record.kind, state)
        casework.update(connection, gateway.desk, replace(stored, state=after), now)
    return status(action)


def answered(action: StoredAction) -> Refused:
    """Say who answered the request first."""
    state, who = action.record.state, action.approved_by_name
    if who is None and state is ActionState.REFUSED:
        who = action.requested_by_name
        return conflict(f"{who} withdrew this request.", who)
    if who is None:
        return conflict("This action needs no second person.")
    said = "refused" if state is ActionState.REFUSED else "approved"
    return conflict(f"{who} {said} this request already.", who)


def action_status(gateway: Gateway, actor: Actor, action_id: ActionId) -> ActionStatus:
    """Return how far the action has come."""
    with gateway.database.read() as connection:
        action, _ = visible_action(gateway, connection, actor, action_id)
    return status(action)


def visible_action(
    gateway: Gateway, connection: Connection, actor: Actor, action_id: ActionId
) -> tuple[StoredAction, StoredCase]:
    """Return the action and its case.

    Raises:
        Refused: there is no such action, or its case is not for this account.
    """
    action = action_rows.get(connection, action_id)
    stored = case_rows.get(connection, action.case) if action else None
    if action is None or stored is None or not casefile.sees(gateway, actor, stored):
        raise not_visible(f"action {action_id}")
    return action, stored


def status(action: StoredAction) -> ActionStatus:
    """Return what callers are told of the action."""
    return ActionStatus(id=action.id, case=action.case, action=action.view())
