"""Ending an action without the shop: its request is withdrawn, or a person says what became of it.

Nothing is sent from here, and nothing that is ended here is ever sent again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from agent_app.contract.messages import ActionStatus, SettleRequest
from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.actions import MONEY, ActionKind, ActionState, check_transition
from agent_app.domain.case import CaseView, SentMessage
from agent_app.domain.evidence import provider_read
from agent_app.domain.ids import ActionId
from agent_app.domain.ledger import TooEarly
from agent_app.domain.ledger import settle as settled
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.roles import Actor, ApprovalRefused, Scope, check_approval, who_approves
from agent_app.gateway import acting, casefile, casework
from agent_app.gateway.errors import Refused, conflict, forbidden, invalid
from agent_app.gateway.handling import MAX_TEXT
from agent_app.gateway.service import Gateway
from agent_app.gateway.sql_ledger import case_state_after
from agent_app.gateway.store import action_rows, audit, journal
from agent_app.gateway.store.action_rows import StoredAction
from agent_app.gateway.store.codec import fingerprint

MAX_REFERENCE = 200


def withdraw(gateway: Gateway, actor: Actor, action_id: ActionId) -> ActionStatus:
    """Take back one's own request that still waits for a second person.

    Raises:
        Refused: it is another's request, or was answered already; the answer names who did.
    """
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        action, stored = acting.visible_action(gateway, connection, actor, action_id)
        record = action.record
        if record.requested_by != actor.user:
            name = action.requested_by_name
            raise conflict(f"This is {name}'s request; only {name} can withdraw it.", name)
        if record.state is ActionState.REFUSED and record.approved_by is None:
            return acting.status(action)
        if record.state is not ActionState.AWAITING_APPROVAL:
            raise acting.answered(action)
        check_transition(record.state, ActionState.REFUSED)
        attempt = replace(action.attempt, state=ActionState.REFUSED)
        action = replace(action.moved(attempt, now, "withdrawn"), next_try_at=None)
        action_rows.save(connection, action, fenced=False)
        audit.record(connection, now, actor.user, "request_withdrawn", stored.id, action=action_id)
        state = case_state_after(stored.state, record.kind, ActionState.REFUSED)
        casework.update(connection, gateway.desk, replace(stored, state=state), now)
    return acting.status(action)


def settle(
    gateway: Gateway, actor: Actor, action_id: ActionId, said: SettleRequest, request: str
) -> ActionStatus:
    """Record what a second person found out about an action that the books never told of (I9).

    "Done" needs the provider's reference. "Not done" frees the order for another refund: it is
    refused before all that was sent has settled, against what the books show, and without a
    reference unless the provider's books were read since.

    Raises:
        Refused: as above; or it waits for no person, or he asked for it or approved it himself,
            or it is over his limit.
    """
    reason, reference = _words(said)
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        action, _ = acting.visible_action(gateway, connection, actor, action_id)
        if journal.has_note(connection, action.case, request):
            return acting.status(action)
        _may_settle(gateway, actor, action)
        stored, view = casefile.open_case(gateway, connection, actor, action.case)
        if action.record.state is not ActionState.NEEDS_PERSON:
            raise conflict(f"This action is {action.record.state}: it waits for no person.")
        _check_books(view, action, said, reference)
        capabilities = view.capabilities
        try:
            attempt = settled(action.attempt, said.done, capabilities, now)
        except TooEarly as error:
            detail = f"What was sent may still be applied; ask again after {_at(error.until)}."
            raise conflict(detail) from error
        action = action.moved(attempt, now, _told(said, reference, view))
        action = replace(action, next_try_at=None)
        action_rows.save(connection, action, fenced=False)
        _enter(connection, actor, action, said, now)
        text = f"{reference}: {reason}" if reference else reason
        journal.add_note(connection, stored.id, actor, now, text, request)
        state = case_state_after(stored.state, action.record.kind, action.record.state)
        casework.update(connection, gateway.desk, replace(stored, state=state), now)
    return acting.status(action)


def _words(said: SettleRequest) -> tuple[str, str]:
    reason, reference = said.reason.strip(), said.reference.strip()
    if not reason:
        raise invalid("say what was checked, and with whom", "reason")
    if len(reason) > MAX_TEXT:
        raise invalid(f"a reason has at most {MAX_TEXT} characters", "reason")
    if said.done and not reference:
        raise invalid('"done" needs the provider\'s reference of it', "reference")
    if len(reference) > MAX_REFERENCE:
        raise invalid(f"a reference has at most {MAX_REFERENCE} characters", "reference")
    return reason, reference


def _may_settle(gateway: Gateway, actor: Actor, action: StoredAction) -> None:
    """Let only a second person settle it, within the limit that he may approve."""
    actor = gateway.desk.with_limits(actor)
    record = action.record
    if not actor.may(Scope.REFUND_APPROVE):
        raise forbidden(Scope.REFUND_APPROVE)
    roles: tuple[str, ...] = ()
    try:
        if record.kind in MONEY and record.amount is not None:
            roles = tuple(r.value for r in who_approves(record.amount, gateway.desk.limits))
            check_approval(record.requested_by, actor, record.amount)
        if actor.user in {record.requested_by, record.approved_by}:
            raise ApprovalRefused("own_request", "who asked for it or approved it cannot settle it")
    except ApprovalRefused as error:
        raise Refused(
            problem(ProblemType.FORBIDDEN, f"{error}.", why=(error.code,), roles=roles)
        ) from error


def _check_books(view: CaseView, action: StoredAction, said: SettleRequest, reference: str) -> None:
    """Refuse what the books contradict, and an absence that nobody looked for."""
    record = action.record
    if record.kind not in MONEY:
        return
    seen = postcondition(record, view.order, view.stage, view.truth, view.actions)
    if seen is (Seen.FAILED if said.done else Seen.MET):
        detail = "The books show the contrary. Look again; then the action is settled by them."
        raise conflict(detail)
    if said.done or reference:
        return
    sent_at = action.attempt.sent_at
    assert sent_at is not None, "what waits for a person was sent"
    settled_at = sent_at + timedelta(seconds=view.capabilities.settle_s)
    read = provider_read(view.evidence)
    if action.attempt.taken or read is None or read.observed_at < settled_at:
        detail = "the provider's books do not settle it: name who there was asked, and the ticket"
        raise invalid(detail, "reference")


def _told(said: SettleRequest, reference: str, view: CaseView) -> str:
    """Return what the action shows of its settling: what was said, and what was checked."""
    read = provider_read(view.evidence)
    checked = f"the provider's books were last read {_at(read.observed_at)}" if read else ""
    parts = [
        "settled by hand as done" if said.done else "settled by hand as not done",
        f"reference {reference}" if reference else "",
        checked or "the provider's books were never read",
    ]
    return "; ".join(part for part in parts if part)


def _enter(
    connection: Connection, actor: Actor, action: StoredAction, said: SettleRequest, now: datetime
) -> None:
    record = action.record
    audit.record(
        connection,
        now,
        actor.user,
        f"settled_{record.state}",
        action.case,
        action=record.id,
        kind=record.kind,
        amount=record.amount,
        reference=said.reference.strip(),
        # The words stand in the case's note and may name a customer; the log must not.
        reason_sha256=fingerprint(said.reason.strip()),
    )
    if record.kind is ActionKind.NOTIFY and said.done:
        assert action.message is not None
        sent = SentMessage(action.message.template, action.message.language, now)
        journal.add_message(connection, record.id, action.case, sent)


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
