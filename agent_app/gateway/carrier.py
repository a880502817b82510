"""Carrying one action one move further, by `domain.ledger`, over ports: where nothing may go wrong.

Everything that must survive a crash is written before the step that it protects: the state
`unknown` before the call, the answer after it. Whoever takes the action after the lease has run
out goes on from what is written.

The ports' methods are awaited, and each await is a place where the process may die, hang, or be
overtaken. In the gateway none of them ever waits (`straight_through` drives them); the simulation
(tests/simulation) suspends this very code at each and lets the worst happen there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from agent_app.domain.actions import ActionKind, ActionState, check_transition
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import ShopId
from agent_app.domain.ledger import (
    Attempt,
    Move,
    Outcome,
    Said,
    Step,
    after_asking,
    after_judging,
    after_sending,
    before_sending,
    next_move,
)
from agent_app.domain.postcondition import Seen
from agent_app.engines.port import (
    Conflict,
    Doubtful,
    EngineError,
    Forbidden,
    NotVisible,
    Receipt,
    Rejected,
    Throttled,
)
from agent_app.gateway.clock import Clock
from agent_app.gateway.store.action_rows import LostLease, StoredAction

_log = structlog.get_logger()

LookT = TypeVar("LookT", contravariant=True)
ReadT = TypeVar("ReadT", covariant=True)
BothT = TypeVar("BothT")
ResultT = TypeVar("ResultT")

BEFORE_THE_CALL_S = 5.0
"""How much longer an action is held than its longest call: for what is done before the call.

With the second in which a worker looks again, a dead one is replaced within 30 s.
"""
_REFUSALS = (Rejected, Conflict, Forbidden, NotVisible)
_UNDECLARED_PAUSE = timedelta(seconds=2)
_JUDGE_AGAIN = timedelta(seconds=5)
_JUDGE_WITHIN = timedelta(hours=1)
"""How long an action waits for shop and provider to answer before it is given up unsent."""
_SEEN = {Seen.MET: Outcome.DONE, Seen.NOT_YET: Outcome.PENDING, Seen.FAILED: Outcome.REFUSED}


@dataclass(frozen=True, slots=True)
class Held:
    """An action under its lease, which began no earlier than `at`, and `since` by `monotonic`."""

    action: StoredAction
    at: datetime
    since: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether an action may still be sent: `problem` says why not; as of `at`."""

    problem: str | None
    at: datetime


class Ledger(Protocol[LookT]):
    """Where the actions are kept. What a method wrote is durable when it returns."""

    async def take(self, shops: Collection[ShopId]) -> Held | None:
        """Take the action of these shops that is due longest: a lease, and a new fence."""
        ...

    async def save(self, action: StoredAction, before: StoredAction, *, keep_lease: bool) -> None:
        """Write what became of the action that was taken as `before`, and give it back or not.

        Raises:
            LostLease: another worker has taken it since.
        """
        ...

    async def judge(self, action: StoredAction, look: LookT) -> Judged | None:
        """Store a look at the order, and judge the action by it; None: nothing can be judged."""
        ...

    async def seen(self, action: StoredAction, look: LookT) -> Seen | None:
        """Store a look at the order, and say what it shows of the action; None: nothing."""
        ...


class Line(Protocol[ReadT]):
    """The line to one shop. Its calls may raise any `EngineError`; none returns a guess."""

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def can_act(self) -> bool:
        """Return whether the shop declared what it can do; until then nothing is decided."""
        ...

    @property
    def longest_call_s(self) -> float:
        """Return the longest that `send` takes, in seconds."""
        ...

    async def send(self, action: StoredAction) -> Receipt: ...

    async def outcome(self, action: StoredAction) -> Outcome: ...

    async def read(self, action: StoredAction) -> ReadT: ...


def straight_through(steps: Coroutine[object, None, ResultT]) -> ResultT:
    """Run to the end what never waits, and return its result.

    Raises:
        RuntimeError: it waits after all.
    """
    try:
        steps.send(None)
    except StopIteration as end:
        result: ResultT = end.value
        return result
    steps.close()
    raise RuntimeError("a port of the ledger waited; those of the gateway must not")


def lease_s(longest_call_s: float) -> float:
    """Return how long an action is held for one move, in seconds."""
    return longest_call_s + BEFORE_THE_CALL_S


class Carrier(Generic[BothT]):
    """Carries actions of some shops, for one worker. `monotonic` counts seconds as they pass."""

    def __init__(
        self,
        ledger: Ledger[BothT],
        lines: Mapping[ShopId, Line[BothT]],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._lines = lines
        self._clock = clock
        self._monotonic = monotonic

    async def carry_one(self, shops: Collection[ShopId]) -> bool:
        """Take what is due longest one move further; return False when nothing is due."""
        held = await self._ledger.take(shops)
        if held is None:
            return False
        action = held.action
        try:
            move = _Move(self._ledger, self._lines[action.shop], self._clock, action)
            await move.make(lambda: self.surely_held(held))
        except LostLease:
            _log.warning("lease_lost", action=action.id)
        return True

    def surely_held(self, held: Held) -> bool:
        """Return whether the longest call that begins now ends within the lease.

        By both clocks: one of them stands still while the machine sleeps.
        """
        by_clock_s = (self._clock.now() - held.at).total_seconds()
        passed_s = max(self._monotonic() - held.since, by_clock_s)
        return passed_s < BEFORE_THE_CALL_S


class _Move(Generic[BothT]):
    """One move of one action that is held."""

    def __init__(
        self, ledger: Ledger[BothT], line: Line[BothT], clock: Clock, action: StoredAction
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._clock = clock
        self._action = action

    async def make(self, surely_held: Callable[[], bool]) -> None:
        """Do what the ledger's rule says is next; nothing is sent unless it is `surely_held`."""
        now = self._clock.now()
        attempt = self._action.attempt
        if self._action.interrupted and attempt.state is ActionState.UNKNOWN:
            # First of all: whatever is written below ends the lease, which alone tells of it.
            self._action = replace(self._action, attempt=after_sending(attempt, Said.LOST, now))
        if not self._line.can_act:
            await self._store(self._action.attempt, next_try_at=now + _UNDECLARED_PAUSE)
            return
        move = self._next(self._action.attempt, now)
        if move.step is Step.WAIT:
            await self._store(self._action.attempt, next_try_at=move.at)
        elif move.step is Step.PERSON:
            check_transition(attempt.state, ActionState.NEEDS_PERSON)
            given_up = replace(self._action.attempt, state=ActionState.NEEDS_PERSON)
            await self._store(given_up, problem=_why_a_person(self._action))
        elif move.step is Step.SEND:
            await self._send(surely_held)
        elif move.step is Step.ASK:
            await self._ask()
        elif move.step is Step.JUDGE:
            await self._judge()
        else:
            await self._confirm()

    def _next(self, attempt: Attempt, now: datetime) -> Move:
        # A call may begin at the lease's end at the latest, and then take its longest.
        longest_s = self._line.longest_call_s
        sending_s = lease_s(longest_s) + longest_s
        return next_move(attempt, self._line.capabilities, now, sending_s=sending_s)

    async def _send(self, surely_held: Callable[[], bool]) -> None:
        attempt = before_sending(self._action.attempt, self._clock.now())
        await self._store(attempt, keep_lease=True)
        if not surely_held():
            # The call might outlast the lease, and meet that of another worker. It is not made.
            unsent = after_sending(attempt, Said.THROTTLED, self._clock.now())
            await self._store(unsent)
            return
        problem: str | None = None
        try:
            receipt = await self._line.send(self._action)
        except Throttled as error:
            attempt = after_sending(attempt, Said.THROTTLED, self._clock.now(), error.retry_after_s)
        except _REFUSALS as error:
            problem = str(error)
            attempt = after_sending(attempt, Said.REFUSED, self._clock.now())
        except Doubtful as error:
            problem = str(error)
            attempt = after_sending(attempt, Said.DOUBTFUL, self._clock.now())
        except EngineError:
            attempt = after_sending(attempt, Said.LOST, self._clock.now())
        else:
            attempt = after_sending(attempt, Said.TAKEN, self._clock.now())
            if self._action.record.kind is ActionKind.NOTIFY and receipt.outcome is Outcome.DONE:
                now = self._clock.now()
                attempt = after_asking(attempt, Outcome.DONE, now, self._line.capabilities)
        await self._store(attempt, problem=problem)

    async def _ask(self) -> None:
        asked_at = self._clock.now()
        found = await self._in_books()
        if found is Outcome.DONE and self._action.record.kind is not ActionKind.NOTIFY:
            # The books know it; it counts as done only when the re-read shows what it was for.
            found = Outcome.PENDING
        await self._found(found, asked_at)

    async def _judge(self) -> None:
        look = await self._look()
        judged = None if look is None else await self._ledger.judge(self._action, look)
        if judged is None:
            now, record = self._clock.now(), self._action.record
            waiting_since = record.updated_at or record.requested_at
            if now < waiting_since + _JUDGE_WITHIN:
                # Silence is no objection: an approval is not lost because the network was.
                pause = max(_JUDGE_AGAIN, (now - waiting_since) / 10)
                await self._store(self._action.attempt, next_try_at=now + pause)
                return
            judged = Judged("shop or provider did not answer for an hour", now)
        attempt = after_judging(self._action.attempt, judged.problem is None, judged.at)
        await self._store(attempt, problem=judged.problem)

    async def _confirm(self) -> None:
        asked_at = self._clock.now()
        if self._action.record.kind is ActionKind.NOTIFY:
            # A message leaves no mark on the order; only the shop's own list of it is a proof.
            await self._found(await self._in_books(), asked_at)
            return
        look = await self._look()
        seen = None if look is None else await self._ledger.seen(self._action, look)
        found = None if seen is None else _SEEN[seen]
        given_up = self._action.record.state is ActionState.NEEDS_PERSON
        if given_up and self._action.attempt.withdrawn and found is Outcome.PENDING:
            # Never to be sent again: that the books do not have it settles it, as in UNKNOWN.
            asked_at = self._clock.now()
            if await self._in_books() is Outcome.ABSENT:
                found = Outcome.ABSENT
        await self._found(found, asked_at)

    async def _in_books(self) -> Outcome | None:
        """Return what the shop's books say became of the action, None when they do not answer."""
        try:
            return await self._line.outcome(self._action)
        except EngineError:
            return None

    async def _look(self) -> BothT | None:
        """Return what shop and provider show of the order, None when they do not answer."""
        try:
            return await self._line.read(self._action)
        except EngineError:
            return None

    async def _found(self, found: Outcome | None, asked_at: datetime) -> None:
        attempt = after_asking(self._action.attempt, found, asked_at, self._line.capabilities)
        await self._store(attempt)

    async def _store(
        self,
        attempt: Attempt,
        *,
        next_try_at: datetime | None = None,
        problem: str | None = None,
        keep_lease: bool = False,
    ) -> None:
        now, before = self._clock.now(), self._action
        moved = before.moved(attempt, now, problem)
        if next_try_at is None and moved.record.is_open:
            move = self._next(attempt, now)
            next_try_at = move.at if move.step is Step.WAIT else now
        moved = replace(moved, next_try_at=next_try_at if moved.record.is_open else None)
        await self._ledger.save(moved, before, keep_lease=keep_lease)
        self._action = moved


def _why_a_person(action: StoredAction) -> str:
    if action.record.kind is not ActionKind.NOTIFY:
        return "the shop's books do not settle it"
    if action.attempt.absent_at is not None:
        return "the message was not sent, however often it was tried; look again to close it"
    return "the message may have been sent, and who was to send it cannot tell"
