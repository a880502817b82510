"""What a click is made of, and how it is sent: the outbox's side that knows the messages.

Pure but for `send`, which asks the platform once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import msgspec

from agent_app import typed_json
from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ApprovalRequest,
    AssignRequest,
    CaseDetail,
    FindingRequest,
    NoteKind,
    NoteRequest,
    RequestState,
    SettleRequest,
)
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.errors import NotVisible
from agent_app.desk.work.local import Click, ClickKind
from agent_app.desk.work.ports import Platform
from agent_app.desk.work.wishes import Answer, FoundOut, Wish
from agent_app.domain.actions import MONEY
from agent_app.domain.ids import ActionId, CaseId, UserId

S = TypeVar("S", bound=msgspec.Struct)

WITHOUT_GATEWAY = frozenset({ClickKind.CLAIM, ClickKind.RELEASE, ClickKind.NOTE, ClickKind.FINDING})
"""What may be clicked off line; everything else is judged by what is known this minute."""
TIMELY = frozenset({ClickKind.ACT, ClickKind.APPROVE, ClickKind.SETTLE})
"""What is not carried out hours later behind the agent's back: money, and words to a customer."""


class Fate(StrEnum):
    """What became of a click that grew too old, as far as the gateway tells."""

    NOT_DONE = "not_done"
    """It never arrived, or was refused, or came to nothing: nothing happened."""
    DONE = "done"
    """It took effect, and its answer is not told again."""
    RUNNING = "running"
    UNKNOWN = "unknown"
    """It may have happened; the case tells."""


@dataclass(frozen=True, slots=True)
class NewClick:
    """A click that was made and is not written yet. The key is its own from here on (I3)."""

    kind: ClickKind
    case: CaseId
    subject: str
    body: bytes = b""
    is_money: bool = False
    basis: int | None = None
    key: str = ""

    def keyed(self) -> NewClick:
        """Return the same wish as a click of its own."""
        return replace(self, key=new_key())


def claim(case: CaseId) -> NewClick:
    """Take the case."""
    return NewClick(ClickKind.CLAIM, case, case).keyed()


def release(case: CaseId) -> NewClick:
    """Give the case back."""
    return NewClick(ClickKind.RELEASE, case, case).keyed()


def assign(case: CaseId, user: UserId) -> NewClick:
    """Let another person work on the case, whoever works on it now."""
    return NewClick(ClickKind.ASSIGN, case, case, _json(AssignRequest(user))).keyed()


def reopen(case: CaseId) -> NewClick:
    """Take an ended case up again."""
    return NewClick(ClickKind.REOPEN, case, case).keyed()


def note(case: CaseId, text: str) -> NewClick:
    """Keep a note with the case."""
    return NewClick(ClickKind.NOTE, case, case, _json(NoteRequest(text))).keyed()


def hand_over(case: CaseId, text: str) -> NewClick:
    """Keep a note for whoever takes the case next."""
    request = NoteRequest(text, NoteKind.HANDOVER)
    return NewClick(ClickKind.NOTE, case, case, _json(request)).keyed()


def handover_read(case: CaseId, text: str) -> NewClick:
    """Say that the hand-over was read; `text` is for desks that know no kinds."""
    request = NoteRequest(text, NoteKind.HANDOVER_READ)
    return NewClick(ClickKind.NOTE, case, case, _json(request)).keyed()


def finding(case: CaseId, answer: Answer) -> NewClick:
    """Answer, override or defer a step of the guide."""
    request = FindingRequest(
        step=answer.step, state=answer.state, outcome=answer.outcome, note=answer.note
    )
    return NewClick(ClickKind.FINDING, case, case, _json(request)).keyed()


def act(case: CaseId, wish: Wish, basis: int | None = None) -> NewClick:
    """Have an action carried out; `basis` is the version of the row that the agent saw."""
    request = ActionRequest(
        kind=wish.kind,
        payment=wish.payment,
        amount=wish.amount,
        template=wish.template,
        language=wish.language,
        reason=wish.reason,
        correction=dict(wish.correction),
        false_alarm=wish.false_alarm,
    )
    is_money = wish.kind in MONEY
    return NewClick(ClickKind.ACT, case, case, _json(request), is_money, basis).keyed()


def approve(case: CaseId, action: ActionId, *, yes: bool, reason: str) -> NewClick:
    """Say yes or no as the second person (I9: the gateway refuses the requester himself)."""
    body = _json(ApprovalRequest(approve=yes, reason=reason))
    return NewClick(ClickKind.APPROVE, case, action, body, is_money=True).keyed()


def withdraw(case: CaseId, action: ActionId) -> NewClick:
    """Take back one's own request that waits for a second person."""
    return NewClick(ClickKind.WITHDRAW, case, action).keyed()


def settle(case: CaseId, found: FoundOut) -> NewClick:
    """Record what a person found out; nothing is sent to a shop by it."""
    body = _json(SettleRequest(done=found.done, reason=found.reason, reference=found.reference))
    return NewClick(ClickKind.SETTLE, case, found.action, body, is_money=True).keyed()


def again(click: Click) -> NewClick:
    """Return the same wish as a new click: what was refused under a key stays refused."""
    return NewClick(
        click.kind, click.case, click.subject, click.body, click.is_money, click.basis
    ).keyed()


def send(platform: Platform, click: Click) -> CaseDetail | ActionStatus:
    """Send a click once, under its key.

    Raises:
        PlatformError: what came instead of an answer.
    """
    case, action, key = click.case, ActionId(click.subject), click.key
    match click.kind:
        case ClickKind.CLAIM:
            return platform.claim(case, key)
        case ClickKind.RELEASE:
            return platform.release(case, key)
        case ClickKind.REOPEN:
            return platform.reopen(case, key)
        case ClickKind.ASSIGN:
            return platform.assign(case, _read(click, AssignRequest), key)
        case ClickKind.NOTE:
            return platform.add_note(case, _read(click, NoteRequest), key)
        case ClickKind.FINDING:
            return platform.add_finding(case, _read(click, FindingRequest), key)
        case ClickKind.ACT:
            return platform.act(case, _read(click, ActionRequest), key)
        case ClickKind.APPROVE:
            return platform.approve(action, _read(click, ApprovalRequest), key)
        case ClickKind.WITHDRAW:
            return platform.withdraw(action, key)
        case ClickKind.SETTLE:
            return platform.settle(action, _read(click, SettleRequest), key)


def fate(platform: Platform, click: Click) -> Fate | CaseDetail | ActionStatus:
    """Ask what became of a click, without carrying it out; its answer, where one was kept.

    Raises:
        PlatformError: the gateway could not be asked, or is older than the question.
    """
    try:
        told = platform.request(click.key)
    except NotVisible:
        return Fate.NOT_DONE
    known = _FATES.get(told.state)
    if known is not None:
        return known
    of_action = click.kind in {*TIMELY, ClickKind.WITHDRAW}
    shape: type[ActionStatus] | type[CaseDetail] = ActionStatus if of_action else CaseDetail
    try:
        return typed_json.decode(bytes(told.answer), shape)
    except (msgspec.DecodeError, ValueError):
        # Answered, and the answer is not for this person any more.
        return Fate.DONE


_FATES = {
    RequestState.RUNNING: Fate.RUNNING,
    RequestState.DONE: Fate.DONE,
    RequestState.UNFINISHED: Fate.NOT_DONE,
    RequestState.NOT_KEPT: Fate.UNKNOWN,
}


def fate_known(click: Click) -> Fate:
    """Return what was found out about a stale click before it was shown."""
    try:
        return Fate(click.problem.decode())
    except ValueError:
        return Fate.UNKNOWN


def wish_of(click: Click) -> Wish | None:
    """Return what an action's click wants; None for every other kind."""
    if click.kind is not ClickKind.ACT:
        return None
    asked = _read(click, ActionRequest)
    return Wish(
        kind=asked.kind,
        payment=asked.payment,
        amount=asked.amount,
        template=asked.template,
        language=asked.language,
        reason=asked.reason,
        correction=asked.correction,
        false_alarm=asked.false_alarm,
    )


def answer_given(click: Click) -> Answer | None:
    """Return what a finding's click answers; None for every other kind."""
    if click.kind is not ClickKind.FINDING:
        return None
    asked = _read(click, FindingRequest)
    return Answer(asked.step, asked.state, asked.outcome, asked.note)


def note_kind(click: Click) -> NoteKind | None:
    """Return what a note's click is for; None for every other kind of click."""
    return _read(click, NoteRequest).kind if click.kind is ClickKind.NOTE else None


def typed_text(click: Click) -> str:
    """Return what the agent wrote in a click; empty where he wrote nothing."""
    match click.kind:
        case ClickKind.NOTE:
            asked = _read(click, NoteRequest)
            # The words that a hand-over was read are the desk's own.
            return "" if asked.kind is NoteKind.HANDOVER_READ else asked.text
        case ClickKind.FINDING:
            return _read(click, FindingRequest).note or ""
        case ClickKind.ACT:
            return _read(click, ActionRequest).reason
        case ClickKind.APPROVE:
            return _read(click, ApprovalRequest).reason
        case ClickKind.SETTLE:
            return _read(click, SettleRequest).reason
        case _:
            return ""


def is_yes(click: Click) -> bool:
    """Return whether the click of a second person approves."""
    return click.kind is ClickKind.APPROVE and _read(click, ApprovalRequest).approve


def _json(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


def _read(click: Click, shape: type[S]) -> S:
    return typed_json.decode(click.body, shape)
