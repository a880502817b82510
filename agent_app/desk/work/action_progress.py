"""How far a click has come, in the words of the progress strip. Success only at CONFIRMED (I12).

Pure; the screen shows it, `case_work` feeds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent_app.desk.work.case_file import LedgerLine
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import ActionId
from agent_app.domain.money import Money


class Phase(StrEnum):
    """What the strip says, in the order in which an action passes through."""

    SENDING = "sending"
    """The request is on its way to the gateway."""
    ANSWER_LOST = "answer_lost"
    """No usable answer from the gateway: asked again under the same key."""
    AWAITING_APPROVAL = "awaiting_approval"
    RECORDED = "recorded"
    """In the gateway's ledger, not yet sent to the shop."""
    UNKNOWN = "unknown"
    """Sent to the shop: it may have happened."""
    VERIFYING = "verifying"
    """The shop took it; its books are being read."""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REFUSED = "refused"
    NEEDS_PERSON = "needs_person"
    NOT_SENT = "not_sent"
    """It grew too old in the outbox: the agent says what is to become of it."""


class Ending(StrEnum):
    """How an action ended that the shop's books did not settle."""

    WITHDRAWN = "withdrawn"
    """Who asked for it took it back."""
    NOT_APPROVED = "not_approved"
    FOUND_DONE = "found_done"
    """A second person found out that it was done."""
    FOUND_NOT_DONE = "found_not_done"


BY_HAND = "settled by hand"
"""How the gateway's note on an action begins that a person settled."""

RESTS = frozenset(
    {
        Phase.AWAITING_APPROVAL,
        Phase.CONFIRMED,
        Phase.REJECTED,
        Phase.REFUSED,
        Phase.NEEDS_PERSON,
        Phase.NOT_SENT,
    }
)
"""Phases in which nothing moves by itself within seconds."""

_ORDER = (
    frozenset({Phase.SENDING, Phase.ANSWER_LOST, Phase.NOT_SENT}),
    frozenset({Phase.AWAITING_APPROVAL}),
    frozenset({Phase.RECORDED}),
    frozenset({Phase.UNKNOWN}),
    frozenset({Phase.VERIFYING}),
    frozenset({Phase.NEEDS_PERSON}),
    frozenset({Phase.CONFIRMED, Phase.REJECTED, Phase.REFUSED}),
)
"""An action passes through them in this order and never back."""

_PHASES: dict[ActionState, Phase] = {
    ActionState.AWAITING_APPROVAL: Phase.AWAITING_APPROVAL,
    ActionState.PREPARED: Phase.RECORDED,
    ActionState.UNKNOWN: Phase.UNKNOWN,
    ActionState.ACCEPTED: Phase.VERIFYING,
    ActionState.CONFIRMED: Phase.CONFIRMED,
    ActionState.REJECTED: Phase.REJECTED,
    ActionState.NEEDS_PERSON: Phase.NEEDS_PERSON,
    ActionState.REFUSED: Phase.REFUSED,
}


@dataclass(frozen=True, slots=True)
class ActionProgress:
    """The running or last action of the open case."""

    kind: ActionKind
    phase: Phase
    amount: Money | None = None
    action: ActionId | None = None
    attempts: int = 0
    problem: str | None = None
    ending: Ending | None = None
    ended_by: str = ""
    """The name of who refused or withdrew it."""

    @property
    def succeeded(self) -> bool:
        """Return whether success may be said: only after the confirming re-read."""
        return self.phase is Phase.CONFIRMED

    def is_before(self, other: ActionProgress | None) -> bool:
        """Return whether `other` tells of the same action and from later: this one came late."""
        if other is None or other.action != self.action:
            return False
        return _place(self.phase) < _place(other.phase)

    @property
    def moves(self) -> bool:
        return self.phase not in RESTS


def _place(phase: Phase) -> int:
    return next(place for place, phases in enumerate(_ORDER) if phase in phases)


def progress_of(entry: LedgerLine) -> ActionProgress:
    """Return how far an action of the ledger has come."""
    record = entry.record
    return ActionProgress(
        kind=record.kind,
        phase=_PHASES[record.state],
        amount=record.amount,
        action=record.id,
        attempts=entry.attempts,
        problem=entry.problem,
        ending=ending_of(entry),
        ended_by=entry.approved_by or entry.requested_by,
    )


def ending_of(entry: LedgerLine) -> Ending | None:
    """Return how a person ended an action; None where no person did."""
    state = entry.record.state
    if state is ActionState.REFUSED:
        return Ending.NOT_APPROVED if entry.record.approved_by else Ending.WITHDRAWN
    if (entry.problem or "").startswith(BY_HAND):
        if state is ActionState.CONFIRMED:
            return Ending.FOUND_DONE
        if state is ActionState.REJECTED:
            return Ending.FOUND_NOT_DONE
    return None
