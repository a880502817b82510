"""What is pending on one case: what its clicks want, beside what the gateway told last.

Pure. The gateway's answer alone says what was done; until then the screen shows both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_app.contract.messages import NoteKind
from agent_app.desk.work.action_progress import ActionProgress, Phase
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.local import Click, ClickKind, ClickState
from agent_app.desk.work.outbox_clicks import answer_given, note_kind, typed_text, wish_of
from agent_app.desk.work.wishes import Answer
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.decide import Decisions
from agent_app.domain.guide import Finding, Guide, GuideProgress
from agent_app.domain.progress import progress
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.roles import Actor

UNSENT = frozenset({ClickState.WAITING, ClickState.SENT})
"""What the outbox sends by itself."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A note is written by the gateway's clock, and perhaps made by this machine's."""


@dataclass(frozen=True, slots=True)
class PendingNote:
    """A note that the gateway has not got yet; `is_refused` when it did not want it."""

    at: datetime
    text: str
    is_refused: bool
    is_handover: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """What is pending on a case; `wants_claim` is None where neither taking nor giving back is."""

    notes: tuple[PendingNote, ...] = ()
    findings: tuple[tuple[datetime, Answer], ...] = ()
    wants_claim: bool | None = None
    acting: ActionKind | None = None
    """An action whose outcome is open: no other may be begun meanwhile."""
    progress: ActionProgress | None = None
    """How far that action has come."""
    reads_handover: bool = False
    """Whether the word that the hand-over was read is on its way."""
    decides: bool = False
    """Whether a decision about an action of another is on its way."""


NOTHING = Pending()


def pending_of(clicks: Sequence[Click]) -> Pending:
    """Return what a case's clicks want, oldest first."""
    unsent = [click for click in clicks if click.state in UNSENT]
    act = next((click for click in reversed(clicks) if _is_open_act(click)), None)
    wish = wish_of(act) if act is not None else None
    return Pending(
        notes=tuple(
            PendingNote(
                click.made_at,
                typed_text(click),
                click.state is ClickState.REFUSED,
                kind is NoteKind.HANDOVER,
            )
            for click in clicks
            if (kind := note_kind(click)) and kind is not NoteKind.HANDOVER_READ
        ),
        findings=tuple(
            (click.made_at, answer) for click in unsent if (answer := answer_given(click))
        ),
        wants_claim=_claim_wanted(unsent),
        acting=wish.kind if wish is not None else None,
        progress=(
            ActionProgress(wish.kind, _phase(act), wish.amount)
            if act is not None and wish is not None
            else None
        ),
        reads_handover=any(note_kind(click) is NoteKind.HANDOVER_READ for click in unsent),
        decides=any(
            click.kind in {ClickKind.APPROVE, ClickKind.SETTLE, ClickKind.WITHDRAW}
            and click.state is not ClickState.REFUSED
            for click in clicks
        ),
    )


def unsent_notes(file: CaseFile, notes: Iterable[PendingNote]) -> tuple[PendingNote, ...]:
    """Return the notes that the case does not hold yet: of some only the answer was lost."""

    def is_told(pending: PendingNote) -> bool:
        since = pending.at - CLOCKS_DIFFER
        return any(note.text == pending.text and note.at > since for note in file.notes)

    return tuple(note for note in notes if note.is_refused or not is_told(note))


def guide_with(
    pending: Pending, guide: Guide | None, file: CaseFile, actor: Actor, now: datetime
) -> GuideProgress:
    """Return how far the case is in its guide, with the answers that are still on their way."""
    told = file.guide
    if guide is None or not pending.findings or guide.version != told.version:
        return told
    by_people = [finding for finding in told.findings if finding.by is not None]
    view = file.view(actor, now, online=False)
    return progress(guide, view, [*by_people, *_findings(pending.findings, actor)])


def locked_by(pending: Pending, decisions: Decisions) -> Decisions:
    """Lock everything that would begin beside an action of which nobody knows what became.

    A claim that waits to be sent is said as what it is, wherever the gateway's word is missing.
    """
    if pending.wants_claim:
        decisions = _with_unsent_claim(decisions)
    if pending.progress is None or pending.progress.phase is Phase.SENDING:
        return decisions
    reason = Reason(
        Why.ACTION_OPEN,
        Unlock.WAIT_FOR_ACTION,
        {"action": pending.progress.kind, "state": ActionState.UNKNOWN},
    )
    locked = {
        kind: decision
        if kind is ActionKind.RECHECK
        else replace(decision, locks=(reason, *decision.locks))
        for kind, decision in decisions.by_kind.items()
    }
    return replace(decisions, by_kind=locked)


def _with_unsent_claim(decisions: Decisions) -> Decisions:
    unsent = Reason(Why.CLAIM_UNSENT, Unlock.WAIT_FOR_SENDING)
    by_kind = {
        kind: replace(
            decision,
            locks=tuple(unsent if r.why is Why.NOT_CLAIMED else r for r in decision.locks),
        )
        for kind, decision in decisions.by_kind.items()
    }
    return replace(decisions, by_kind=by_kind)


def _findings(answers: Iterable[tuple[datetime, Answer]], actor: Actor) -> Iterable[Finding]:
    for at, answer in answers:
        yield Finding(answer.step, answer.state, at, answer.outcome, actor.user, answer.note)


def _claim_wanted(unsent: Sequence[Click]) -> bool | None:
    wanted = [c for c in unsent if c.kind in {ClickKind.CLAIM, ClickKind.RELEASE}]
    return wanted[-1].kind is ClickKind.CLAIM if wanted else None


def _is_open_act(click: Click) -> bool:
    return click.kind is ClickKind.ACT and click.state is not ClickState.REFUSED


def _phase(click: Click) -> Phase:
    if click.state is ClickState.STALE:
        return Phase.NOT_SENT
    # A second try means that the answer to the first was lost.
    return Phase.ANSWER_LOST if click.tries > 1 else Phase.SENDING
