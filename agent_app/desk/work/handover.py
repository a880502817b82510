"""Handing a case over: what the next person must know, from what the case itself knows. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.contract.limits import MAX_TEXT
from agent_app.contract.messages import NoteKind
from agent_app.desk.work.case_file import CaseFile, LedgerLine, NoteLine
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import ENDED, WAITING, CaseState, SentMessage
from agent_app.domain.guide import Finding
from agent_app.domain.ids import UserId

MOST_CHARACTERS = MAX_TEXT
"""Of a whole hand-over; the gateway takes no more."""
_SETTLED_BY_ITSELF = frozenset({ActionKind.NOTIFY, ActionKind.RECHECK})
"""Told as messages, or to be done again anyway by whoever comes next."""


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """What a hand-over begins with; the agent adds what only he knows.

    `answers` are the guide's steps that people answered, oldest first.
    """

    done: tuple[LedgerLine, ...]
    answers: tuple[Finding, ...]
    waits: CaseState | None
    unsettled: tuple[LedgerLine, ...]
    told: tuple[SentMessage, ...]
    next_action: ActionKind
    next_step: str | None
    """The guide's next step; None where the next action puts the order right."""


def handover_facts(file: CaseFile) -> HandoverFacts:
    """Collect what was done, what waits, what the customer was told and what comes next."""
    at_the_shop = [e for e in file.ledger if e.record.kind not in _SETTLED_BY_ITSELF]
    action = file.decisions.remedy.action
    return HandoverFacts(
        done=tuple(e for e in at_the_shop if e.record.state is ActionState.CONFIRMED),
        answers=tuple(one for one in file.guide.findings if one.by is not None),
        waits=file.line.state if file.line.state in WAITING else None,
        unsettled=tuple(
            e
            for e in at_the_shop
            if e.record.is_open
            or e.record.state in {ActionState.AWAITING_APPROVAL, ActionState.NEEDS_PERSON}
        ),
        told=tuple(sorted(file.messages, key=lambda message: message.at)),
        next_action=action,
        next_step=file.guide.next_step if action is ActionKind.RECHECK else None,
    )


def is_handover_due(file: CaseFile, me: UserId) -> bool:
    """Return whether giving the case back would lose something that this person found out or did.

    It does not once he has said it in a hand-over and done nothing since.
    """
    if file.line.state in ENDED:
        return False
    did = [f.at for f in file.guide.findings if f.by == me]
    did += [e.record.requested_at for e in file.ledger if e.record.requested_by == me]
    said = [n.at for n in file.notes if n.user == me and n.kind is NoteKind.HANDOVER]
    return bool(did) and (not said or max(did) > max(said))


def unread_handover(file: CaseFile, me: UserId) -> NoteLine | None:
    """Return the newest hand-over of another person that nobody but its writer has read yet."""
    for note in reversed(file.notes):
        if note.kind is NoteKind.HANDOVER_READ:
            return None
        if note.kind is NoteKind.HANDOVER:
            return note if note.user != me and file.line.state not in ENDED else None
    return None
