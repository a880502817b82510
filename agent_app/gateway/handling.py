"""Working on a case: claim it, look again, note, answer the guide, reveal contact data, reopen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.engine import Connection

from agent_app.contract.limits import MAX_TEXT as MAX_TEXT
from agent_app.contract.messages import (
    AssignRequest,
    CaseDetail,
    Contact,
    FindingRequest,
    NoteRequest,
)
from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.case import ENDED, CaseState, CaseView, Claim
from agent_app.domain.guide import Finding
from agent_app.domain.ids import CaseId
from agent_app.domain.progress import FindingRefused, check_finding
from agent_app.domain.roles import Actor, Scope
from agent_app.engines.port import EngineError
from agent_app.gateway import casefile, casework, intake
from agent_app.gateway.errors import Refused, conflict, forbidden, invalid
from agent_app.gateway.people_looks import TooManyLookersError
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts, action_rows, audit, journal
from agent_app.gateway.store.case_rows import StoredCase

CLAIM_LASTS = timedelta(seconds=90)
ASSIGNMENT_LASTS = timedelta(minutes=30)


def claim(gateway: Gateway, actor: Actor, case_id: CaseId) -> CaseDetail:
    """Claim the case, or renew one's claim.

    Raises:
        Refused: another person holds it; the answer names him.
    """
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        stored, view = _open(gateway, connection, actor, case_id, Scope.CASE_CLAIM)
        held = view.claim_in_force
        if held is not None and held.user != actor.user:
            raise conflict(f"{held.name} is working on this case.", held.name)
        if stored.state in ENDED:
            raise conflict("The case has ended. Reopen it to work on it.")
        first = held is None
        state = CaseState.CLAIMED if stored.state in _UNTOUCHED else stored.state
        if first:
            audit.record(connection, now, actor.user, "case_claimed", case_id)
        stored = replace(
            stored, state=state, claim=Claim(actor.user, actor.name, now + CLAIM_LASTS)
        )
        return _changed(gateway, connection, actor, stored)


_UNTOUCHED = frozenset({CaseState.FLAGGED, CaseState.REOPENED})


def release(gateway: Gateway, actor: Actor, case_id: CaseId) -> CaseDetail:
    """End one's claim, or as a lead another's; a case that nobody claims is released already.

    Raises:
        Refused: another person holds it, and this one is no lead.
    """
    with gateway.database.write() as connection:
        stored, view = _open(gateway, connection, actor, case_id, Scope.CASE_CLAIM)
        held = view.claim_in_force
        if held is not None and held.user != actor.user and not actor.may(Scope.CASE_REASSIGN):
            raise conflict(f"{held.name} holds the claim; only he or a lead can end it.", held.name)
        now = gateway.clock.now()
        if held is not None:
            audit.record(connection, now, actor.user, "case_released", case_id)
        state = CaseState.FLAGGED if stored.state is CaseState.CLAIMED else stored.state
        stored = replace(stored, claim=None, state=state)
        return _changed(gateway, connection, actor, stored)


def assign(gateway: Gateway, actor: Actor, case_id: CaseId, asked: AssignRequest) -> CaseDetail:
    """Let another person work on the case, whoever works on it now.

    The claim lasts longer than one's own, so that he finds it when he comes to his desk; his first
    renewal makes it an ordinary one.

    Raises:
        Refused: the case has ended, or nobody active of the case's team has that id and may claim.
    """
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        stored, view = _open(gateway, connection, actor, case_id, Scope.CASE_REASSIGN)
        if stored.state in ENDED:
            raise conflict("The case has ended. Reopen it to let somebody work on it.")
        to = accounts.actor(connection, asked.user)
        claim = Claim(asked.user, to.name if to else "", now + ASSIGNMENT_LASTS)
        state = CaseState.CLAIMED if stored.state in _UNTOUCHED else stored.state
        stored = replace(stored, state=state, claim=claim)
        if to is None or not to.may(Scope.CASE_CLAIM) or not casefile.sees(gateway, to, stored):
            detail = f"no active user {asked.user!r} of this case's team may claim it"
            raise invalid(detail, "user")
        before = view.claim_in_force.user if view.claim_in_force else None
        audit.record(
            connection, now, actor.user, "case_assigned", case_id, user=to.user, before=before
        )
        return _changed(gateway, connection, actor, stored)


def recheck(gateway: Gateway, actor: Actor, case_id: CaseId) -> CaseDetail:
    """Ask shop and provider now, and return the case as it then stands.

    Raises:
        Refused: neither could be asked.
    """
    with gateway.database.read() as connection:
        stored, _ = _open(gateway, connection, actor, case_id, Scope.ORDER_RECHECK)
    shop = gateway.desk.shops[stored.shop]

    def take() -> None:
        intake.look_now(gateway.database, gateway.desk, shop, stored.ref, gateway.clock)
        # An agent who looks again wants to know now what became of what is open.
        with gateway.database.write() as connection:
            action_rows.ask_now(connection, case_id, gateway.clock.now())

    try:
        shop.looks.look(stored.ref, take)
    except TooManyLookersError as error:
        detail = f"{shop.capabilities.label} is slow: others wait for its answers. Try again soon."
        raise Refused(problem(ProblemType.SHOP_UNREACHABLE, detail)) from error
    except EngineError as error:
        detail = f"{shop.capabilities.label}: {error}. Nothing was changed; try again."
        raise Refused(problem(ProblemType.SHOP_UNREACHABLE, detail)) from error
    return casefile.detail(gateway, actor, case_id)


def add_note(
    gateway: Gateway, actor: Actor, case_id: CaseId, note: NoteRequest, request: str
) -> CaseDetail:
    """Add a note to the case."""
    text = _text(note.text, "text")
    with gateway.database.write() as connection:
        stored, _ = _open(gateway, connection, actor, case_id, Scope.CASE_READ_TEAM)
        now = gateway.clock.now()
        journal.add_note(connection, case_id, actor, now, text, request, kind=note.kind)
        return _changed(gateway, connection, actor, stored)


def add_finding(
    gateway: Gateway, actor: Actor, case_id: CaseId, finding: FindingRequest, request: str
) -> CaseDetail:
    """Record an answer, an override or a deferral of a guide step.

    Raises:
        Refused: the finding does not fit the guide (`check_finding` has the rules).
    """
    if finding.note is not None and len(finding.note) > MAX_TEXT:
        raise invalid(f"a note has at most {MAX_TEXT} characters", "note")
    at = gateway.clock.now()
    answer = Finding(finding.step, finding.state, at, finding.outcome, actor.user, finding.note)
    try:
        check_finding(gateway.desk.guide, answer)
    except FindingRefused as refused:
        raise invalid(str(refused), refused.field) from refused
    with gateway.database.write() as connection:
        stored, _ = _open(gateway, connection, actor, case_id, Scope.CASE_CLAIM)
        if not casework.is_claimed_by(stored, actor.user, gateway.clock.now()):
            raise conflict("Claim the case before you answer its guide.")
        journal.add_finding(connection, case_id, answer, request)
        if stored.state is CaseState.CLAIMED:
            stored = replace(stored, state=CaseState.DIAGNOSING)
        return _changed(gateway, connection, actor, stored)


def reopen(gateway: Gateway, actor: Actor, case_id: CaseId) -> CaseDetail:
    """Take an ended case up again."""
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        stored, _ = _open(gateway, connection, actor, case_id, Scope.CASE_RESOLVE)
        if stored.state not in ENDED:
            raise conflict("The case is open.")
        audit.record(connection, now, actor.user, "case_reopened", case_id)
        stored = replace(
            stored,
            state=CaseState.REOPENED,
            claim=Claim(actor.user, actor.name, now + CLAIM_LASTS),
        )
        return _changed(gateway, connection, actor, stored)


def reveal(gateway: Gateway, actor: Actor, case_id: CaseId) -> Contact:
    """Return the customer's contact data, after the reveal stands in the audit log."""
    with gateway.database.write() as connection:
        _, view = _open(gateway, connection, actor, case_id, Scope.PII_REVEAL)
        audit.record(connection, gateway.clock.now(), actor.user, "pii_revealed", case_id)
    customer = view.order.customer
    return Contact(name=customer.name, email=customer.email, phone=customer.phone)


def _open(
    gateway: Gateway, connection: Connection, actor: Actor, case_id: CaseId, scope: Scope
) -> tuple[StoredCase, CaseView]:
    found = casefile.open_case(gateway, connection, actor, case_id)
    if not actor.may(scope):
        raise forbidden(scope)
    return found


def _changed(
    gateway: Gateway, connection: Connection, actor: Actor, stored: StoredCase
) -> CaseDetail:
    casework.update(connection, gateway.desk, stored, gateway.clock.now())
    stored, view = casefile.open_case(gateway, connection, actor, stored.id)
    return casefile.build_detail(gateway, connection, stored, view)


def _text(text: str, field: str) -> str:
    cleaned = text.strip()
    if not cleaned:
        raise invalid(f"{field} is empty", field)
    if len(cleaned) > MAX_TEXT:
        raise invalid(f"{field} has {len(cleaned)} characters; at most {MAX_TEXT}", field)
    return cleaned
