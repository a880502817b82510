"""What a case waits for another person for: an approval, or someone who finds an outcome out.

Pure: the gateway judges again whatever is done about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.desk.work.case_file import CaseFile, LedgerLine
from agent_app.domain.actions import MONEY
from agent_app.domain.evidence import provider_read
from agent_app.domain.roles import (
    LIMITS,
    Actor,
    ApprovalRefused,
    Role,
    Scope,
    check_approval,
    who_approves,
    who_has,
)


class For(StrEnum):
    """What is awaited."""

    APPROVAL = "approval"
    OUTCOME = "outcome"
    """What became of an action that the books never told of."""


class Standing(StrEnum):
    """How this person stands to it."""

    MAY = "may"
    OWN = "own"
    """He asked for it, or approved it: a second person is needed (I9)."""
    OVER_LIMIT = "over_limit"
    NO_SCOPE = "no_scope"


@dataclass(frozen=True, slots=True)
class Awaited:
    """One action that waits, how the person at this desk stands to it, and who can help."""

    what: For
    entry: LedgerLine
    standing: Standing
    roles: tuple[Role, ...]
    is_requester: bool

    @property
    def may(self) -> bool:
        return self.standing is Standing.MAY


def awaited(file: CaseFile, actor: Actor) -> Awaited | None:
    """Return what the case waits for, an approval first; None while it waits for nobody."""
    if file.awaiting_approval is not None:
        return _awaited(For.APPROVAL, file.awaiting_approval, actor)
    if file.needs_person is not None:
        return _awaited(For.OUTCOME, file.needs_person, actor)
    return None


def _awaited(what: For, entry: LedgerLine, actor: Actor) -> Awaited:
    is_requester = entry.record.requested_by == actor.user
    return Awaited(what, entry, _standing(what, entry, actor), _roles(entry, actor), is_requester)


def _standing(what: For, entry: LedgerLine, actor: Actor) -> Standing:
    record = entry.record
    if actor.user == record.requested_by:
        return Standing.OWN
    if not actor.may(Scope.REFUND_APPROVE):
        return Standing.NO_SCOPE
    if what is For.OUTCOME and actor.user == record.approved_by:
        return Standing.OWN
    if record.kind not in MONEY or record.amount is None:
        return Standing.MAY
    try:
        check_approval(record.requested_by, actor, record.amount)
    except ApprovalRefused:
        return Standing.OVER_LIMIT
    return Standing.MAY


def _roles(entry: LedgerLine, actor: Actor) -> tuple[Role, ...]:
    """Return who can help; of other roles than its own the desk knows the usual limits."""
    record = entry.record
    if record.kind not in MONEY or record.amount is None:
        return who_has(Scope.REFUND_APPROVE)
    limits = {**LIMITS, actor.role: actor.refund_limits}
    return who_approves(record.amount, limits)


def settles_at(file: CaseFile, entry: LedgerLine) -> datetime | None:
    """Return from when "it was not done" may be said; None where the gateway alone knows."""
    if entry.sent_at is None:
        return None
    return entry.sent_at + timedelta(seconds=file.capabilities.settle_s)


def books_settle_it(file: CaseFile, entry: LedgerLine) -> bool:
    """Return whether the provider's books were read after everything sent has settled.

    Before that, "it was not done" needs the ticket under which the provider was asked.
    """
    read, at = provider_read(file.evidence), settles_at(file, entry)
    return read is not None and at is not None and read.observed_at >= at
