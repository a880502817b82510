"""The unknown-outcome rule: what the ledger does next with one action, and what an answer changes.

Pure. The gateway's worker asks `next_move`, does exactly that, and stores what the functions
below return before it goes on; nothing else decides whether an action is sent again. Source:
promises.md 1 (the rule was run against an engine that applies and then drops the answer; without
the key, or without the wait, the same loop paid back twice), field.md I3–I6, I12.

Times come from a clock that does not leap ahead: a leap would shorten the wait for a shop without
keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from agent_app.domain.actions import (
    MONEY,
    ActionKind,
    ActionState,
    IllegalTransition,
    check_transition,
)
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.evidence import PROVIDER_READ_FRESH_S


class Step(StrEnum):
    """What to do with an action."""

    SEND = "send"
    """Store `before_sending`, then send under the action's one key, the first time or again."""
    ASK = "ask"
    """Ask the books what became of it; store `after_asking`."""
    JUDGE = "judge"
    """Read shop and provider, judge by `decide` as if the action were not there; store
    `after_judging`. What the action was allowed on is too old to send it on (I1), and a message
    may have become untrue meanwhile."""
    CONFIRM = "confirm"
    """Taken in: read shop and provider again for the postcondition; store `after_asking`."""
    WAIT = "wait"
    PERSON = "person"
    """Nothing more can be found out by itself: NEEDS_PERSON, which is no outcome (I4)."""


class Said(StrEnum):
    """The direct answer to a sending."""

    TAKEN = "taken"
    """Taken in or already done under this key; not yet seen in the books (I12)."""
    REFUSED = "refused"
    """This sending did nothing (rejected, conflict, forbidden, not visible)."""
    DOUBTFUL = "doubtful"
    """Refused in words, but not surely without effect: the books decide, nothing is sent again."""
    THROTTLED = "throttled"
    """This sending did nothing; a later one may."""
    LOST = "lost"
    """Time-out, 5xx, half an answer, a crash: it may have happened."""


class Outcome(StrEnum):
    """What became of a command, by the shop's and provider's own books."""

    DONE = "done"
    PENDING = "pending"
    """Taken in, not settled: a refund on its way."""
    ABSENT = "absent"
    """Not found. Counts as "was not done" only after `Capabilities.settle_s`."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far one action has come with the shop; the ledger keeps one per action."""

    kind: ActionKind
    state: ActionState
    judged_at: datetime
    """When `decide` last allowed it, on a fresh read."""
    tries: int = 0
    """Sendings so far, counted before each call."""
    first_sent_at: datetime | None = None
    """From here the shop's memory of our key runs."""
    sent_at: datetime | None = None
    """The last sending or, its answer lost, when we stopped waiting for that; every earlier one
    has settled before it or carries the same live key."""
    asks: int = 0
    """Questions since the last sending, or since it was taken in, that settled nothing."""
    asked_at: datetime | None = None
    absent_at: datetime | None = None
    """When the question was put to which the books last said ABSENT."""
    not_before: datetime | None = None
    """The shop asked for a pause (throttled)."""
    withdrawn: bool = False
    """Not to be sent again: refused, or no longer right. It may have happened all the same."""
    taken: bool = False
    """The shop said, or its books did, that it took it in: it may still happen, however late."""


@dataclass(frozen=True, slots=True)
class Move:
    """The next step, and when to look again if it is WAIT (None: only news can change it)."""

    step: Step
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long we try. Durations in seconds; each wait is twice the last."""

    max_tries: int = 8
    max_asks: int = 10
    first_wait_s: float = 2.0
    longest_wait_s: float = 900.0
    confirm_within_s: float = 3600.0
    confirm_refund_within_s: float = 3 * 86400.0
    """A refund may rightly be on its way for days (F9)."""

    def wait(self, times: int) -> timedelta:
        """Return the pause after so many vain tries (1 or more)."""
        doubled = self.first_wait_s * 2.0 ** min(max(times, 1) - 1, 30)
        return timedelta(seconds=min(doubled, self.longest_wait_s))


PATIENCE = Patience()
LONGEST_SENDING_S = 60.0
"""From the decision to send until the last byte has left, in seconds, unless one knows better."""


def next_move(
    attempt: Attempt,
    capabilities: Capabilities,
    now: datetime,
    patience: Patience = PATIENCE,
    sending_s: float = LONGEST_SENDING_S,
) -> Move:
    """Return what to do with the action at `now`; never an outcome, whatever time has passed.

    `sending_s` is the longest from now until what is sent has left.

    Within the lifetime of its key an action is sent again under the same key. Without keys, or
    past the lifetime, the worker waits until `sent_at + settle_s`, asks, and sends again only on
    an ABSENT that was asked for after that and is still fresh (I5).
    """
    if attempt.state is ActionState.PREPARED:
        return _send(attempt, now, attempt.not_before)
    if attempt.state is ActionState.UNKNOWN:
        return _find_out(attempt, capabilities, now, patience, sending_s)
    if attempt.state is ActionState.ACCEPTED:
        return _confirm(attempt, now, patience)
    if attempt.state is ActionState.NEEDS_PERSON:
        # A look moves no money, and the books may tell later what they do not tell now.
        return _due(Step.CONFIRM, _after(attempt.asked_at, patience.wait(99)), now)
    return Move(Step.WAIT)


def _find_out(
    attempt: Attempt,
    capabilities: Capabilities,
    now: datetime,
    patience: Patience,
    sending_s: float,
) -> Move:
    sent_at = _sent_at(attempt)
    may_send = not attempt.withdrawn and attempt.tries < patience.max_tries
    if may_send and key_is_known(attempt, capabilities, now, sending_s):
        pause = sent_at + patience.wait(attempt.tries)
        return _send(attempt, now, max(pause, attempt.not_before or pause))
    settled_at = sent_at + timedelta(seconds=capabilities.settle_s)
    if now < settled_at:
        return Move(Step.WAIT, settled_at)
    if attempt.absent_at is not None and attempt.absent_at >= settled_at:
        if not may_send:
            return Move(Step.PERSON)
        if now - attempt.absent_at <= timedelta(seconds=PROVIDER_READ_FRESH_S):
            return _send(attempt, now, attempt.not_before)
    if attempt.asks >= patience.max_asks:
        return Move(Step.PERSON)
    return _due(Step.ASK, _after(attempt.asked_at, patience.wait(attempt.asks)), now)


def _confirm(attempt: Attempt, now: datetime, patience: Patience) -> Move:
    refund = attempt.kind is ActionKind.REFUND
    within_s = patience.confirm_refund_within_s if refund else patience.confirm_within_s
    if now >= _sent_at(attempt) + timedelta(seconds=within_s):
        return Move(Step.PERSON)
    return _due(Step.CONFIRM, _after(attempt.asked_at, patience.wait(attempt.asks)), now)


def key_is_known(
    attempt: Attempt,
    capabilities: Capabilities,
    now: datetime,
    sending_s: float = LONGEST_SENDING_S,
) -> bool:
    """Return whether the shop surely still recognises the key when what is sent now is carried out.

    So late before the end of the lifetime it no longer does: a sending takes time to leave
    (`sending_s`), and to be processed.
    """
    lifetime_s = capabilities.action_key_lifetime_s
    if lifetime_s is None or attempt.first_sent_at is None:
        return False
    left_s = lifetime_s - capabilities.settle_s - sending_s
    return now < attempt.first_sent_at + timedelta(seconds=left_s)


def before_sending(attempt: Attempt, now: datetime) -> Attempt:
    """Return what must be stored, durably, before the first byte leaves (I3, I4).

    Raises:
        IllegalTransition: the action is not PREPARED and not UNKNOWN.
    """
    if attempt.state is not ActionState.UNKNOWN:
        check_transition(attempt.state, ActionState.UNKNOWN)
    return replace(
        attempt,
        state=ActionState.UNKNOWN,
        tries=attempt.tries + 1,
        first_sent_at=attempt.first_sent_at or now,
        sent_at=now,
        asks=0,
        asked_at=None,
        absent_at=None,
        not_before=None,
    )


def after_sending(
    attempt: Attempt, said: Said, now: datetime, retry_after_s: float = 0.0
) -> Attempt:
    """Return the action after the direct answer to a sending.

    A refusal settles it only when nothing was sent before: one that follows a lost answer may be
    refused *because* the first was done ("already refunded"), or is just being done, so the books
    are asked, and waited for from now.
    """
    if said is Said.TAKEN:
        return _to(replace(attempt, asks=0, asked_at=None, taken=True), ActionState.ACCEPTED)
    if said is Said.REFUSED:
        if attempt.tries == 1:
            return _to(attempt, ActionState.REJECTED)
        return replace(attempt, withdrawn=True, sent_at=now)
    if said is Said.DOUBTFUL:
        return replace(attempt, withdrawn=True, sent_at=now)
    if said is Said.THROTTLED:
        return replace(attempt, not_before=now + timedelta(seconds=retry_after_s))
    # The shop may apply it for `processing_s` after we stopped waiting, not after we began.
    return replace(attempt, sent_at=now)


def after_asking(
    attempt: Attempt, found: Outcome | None, asked_at: datetime, capabilities: Capabilities
) -> Attempt:
    """Return the action after the books were asked; `found` is None when they did not answer.

    `asked_at` is when the question was put, not when the answer came. ABSENT settles nothing by
    itself, except for an action that is withdrawn and whose sendings have all settled.
    """
    if found is Outcome.DONE:
        return _to(attempt, ActionState.CONFIRMED)
    if found is Outcome.REFUSED:
        return _to(attempt, ActionState.REJECTED)
    vain = replace(attempt, asks=attempt.asks + 1, asked_at=asked_at)
    if found is Outcome.PENDING and attempt.state is ActionState.UNKNOWN:
        return _to(replace(vain, taken=True), ActionState.ACCEPTED)
    if found is not Outcome.ABSENT or attempt.state not in _UNSETTLED or attempt.taken:
        return vain
    settled_at = _sent_at(attempt) + timedelta(seconds=capabilities.settle_s)
    if attempt.withdrawn and asked_at >= settled_at:
        return _to(vain, ActionState.REJECTED)
    return replace(vain, absent_at=asked_at)


_UNSETTLED = frozenset({ActionState.UNKNOWN, ActionState.NEEDS_PERSON})


def after_judging(attempt: Attempt, allowed: bool, now: datetime) -> Attempt:
    """Return the action after it was judged again; what may have happened is only withdrawn."""
    if allowed:
        return replace(attempt, judged_at=now)
    if attempt.state is ActionState.PREPARED:
        return _to(attempt, ActionState.REJECTED)
    return replace(attempt, withdrawn=True)


class TooEarly(ValueError):
    """What was sent may still be applied; `until` is when "not done" may be said of it."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"what was sent may still be applied until {until.isoformat()}")
        self.until = until


def settle(attempt: Attempt, done: bool, capabilities: Capabilities, now: datetime) -> Attempt:
    """Return the action after a person found out what became of it: nothing is sent any more.

    Only from NEEDS_PERSON, where the books do not tell. "Done" needs no wait; "not done" frees the
    order for another action, so it may not be said before everything sent has settled.

    Raises:
        IllegalTransition: it waits for no person.
        TooEarly: `done` is False, and the last sending may still be applied.
    """
    if attempt.state is not ActionState.NEEDS_PERSON:
        raise IllegalTransition(f"an action in state {attempt.state} waits for no person")
    if done:
        return _to(attempt, ActionState.CONFIRMED)
    settled_at = _sent_at(attempt) + timedelta(seconds=capabilities.settle_s)
    if now < settled_at:
        raise TooEarly(settled_at)
    return _to(replace(attempt, withdrawn=True), ActionState.REJECTED)


def _send(attempt: Attempt, now: datetime, at: datetime | None) -> Move:
    judged_for = now - attempt.judged_at
    judged = attempt.kind in MONEY or attempt.kind is ActionKind.NOTIFY
    stale = judged and judged_for > timedelta(seconds=PROVIDER_READ_FRESH_S)
    return _due(Step.JUDGE if stale else Step.SEND, at, now)


def _due(step: Step, at: datetime | None, now: datetime) -> Move:
    return Move(step) if at is None or now >= at else Move(Step.WAIT, at)


def _after(moment: datetime | None, pause: timedelta) -> datetime | None:
    return None if moment is None else moment + pause


def _sent_at(attempt: Attempt) -> datetime:
    if attempt.sent_at is None:
        raise ValueError(f"an action in state {attempt.state} was never sent")
    return attempt.sent_at


def _to(attempt: Attempt, state: ActionState) -> Attempt:
    check_transition(attempt.state, state)
    return replace(attempt, state=state)
