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


RESTS = frozenset(
    {
        Phase.AWAITING_APPROVAL,
        Phase.CONFIRMED,
        Phase.REJECTED,
        Phase.REFUSED,
        Phase.NEEDS_PERSON,
    }
)
"""Phases in which nothing moves by itself within seconds."""

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

    @property
    def succeeded(self) -> bool:
        """Return whether success may be said: only after the confirming re-read."""
        return self.phase is Phase.CONFIRMED

    @property
    def moves(self) -> bool:
        return self.phase not in RESTS


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
    )
