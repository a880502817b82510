"""Several cases at once: which a wish fits, why the others are left out, how far it is. Pure.

Never money, and no words to a customer: those are judged by a case's evidence, one by one. Every
case gets an ordinary click with a key of its own, so that the outbox keeps, orders and repeats it
as any other.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work.delivery import Delivery, End
from agent_app.desk.work.errors import PlatformError
from agent_app.desk.work.local import ClickKind
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.case import ENDED
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Actor, Scope

MOST = 500
"""Cases at once: what one person can still look over in a list of results."""
AHEAD = 6
"""Clicks of a run that are in the outbox at a time: twice what it sends side by side. What is not
there yet can still be paused and stopped."""


class LeftOut(StrEnum):
    """Why a marked case does not take part."""

    ENDED = "ended"
    HAS_IT = "has_it"
    """Whoever is to have the case has it already."""
    ANOTHERS = "anothers"
    WAITS = "waits"
    """A click of this case is not done yet."""
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do; shown before it begins."""

    kind: ClickKind
    clicks: tuple[NewClick, ...]
    left_out: Mapping[CaseId, LeftOut]

    @property
    def reasons(self) -> Mapping[LeftOut, int]:
        """Return how many cases are left out for each reason."""
        return Counter(self.left_out.values())


def plan_claim(
    lines: Iterable[QueueLine], me: Actor, now: datetime, waiting: frozenset[CaseId] = frozenset()
) -> Plan:
    """Plan to take these cases; `waiting` are those of which a click is not done.

    Raises:
        PermissionError: this person claims nothing.
    """
    _demand(me, Scope.CASE_CLAIM)
    return _plan(ClickKind.CLAIM, lines, me.user, now, waiting)


def plan_assign(
    lines: Iterable[QueueLine],
    me: Actor,
    to: UserId,
    now: datetime,
    waiting: frozenset[CaseId] = frozenset(),
) -> Plan:
    """Plan to give these cases to a person, whoever works on them now.

    Raises:
        PermissionError: this person assigns nothing.
    """
    _demand(me, Scope.CASE_REASSIGN)
    return _plan(ClickKind.ASSIGN, lines, to, now, waiting)


def _demand(me: Actor, scope: Scope) -> None:
    if not me.may(scope):
        raise PermissionError(f"{me.role.value} lacks {scope.value}")


def _plan(
    kind: ClickKind,
    lines: Iterable[QueueLine],
    to: UserId,
    now: datetime,
    waiting: frozenset[CaseId],
) -> Plan:
    made: dict[CaseId, NewClick] = {}
    left_out: dict[CaseId, LeftOut] = {}
    for line in lines:
        if line.id in made or line.id in left_out:
            continue
        why = _why_not(kind, line, to, now, waiting)
        if why is None and len(made) >= MOST:
            why = LeftOut.TOO_MANY
        if why is not None:
            left_out[line.id] = why
        elif kind is ClickKind.CLAIM:
            made[line.id] = clicks.claim(line.id)
        else:
            made[line.id] = clicks.assign(line.id, to)
    return Plan(kind, tuple(made.values()), left_out)


def _why_not(
    kind: ClickKind, line: QueueLine, to: UserId, now: datetime, waiting: frozenset[CaseId]
) -> LeftOut | None:
    if line.id in waiting:
        return LeftOut.WAITS
    if line.state in ENDED:
        return LeftOut.ENDED
    claim = line.claimed_by(now)
    if claim is None:
        return None
    if claim.user == to:
        return LeftOut.HAS_IT
    return LeftOut.ANOTHERS if kind is ClickKind.CLAIM else None


class Became(StrEnum):
    """How one case of a run stands."""

    TO_COME = "to_come"
    """Not in the outbox: a crash now leaves it as it is."""
    UNDER_WAY = "under_way"
    WAITS = "waits"
    """In the outbox; sent by itself when the gateway can be reached, or when somebody signs in."""
    DONE = "done"
    REFUSED = "refused"
    NOT_WRITTEN = "not_written"
    """The disk did not take the click: nothing was sent."""
    STOPPED = "stopped"
    """The agent stopped the run before it was this case's turn, or took its click back."""


_OVER = frozenset({Became.DONE, Became.REFUSED, Became.NOT_WRITTEN, Became.STOPPED})
_OF_END = {
    End.DONE: Became.DONE,
    End.REFUSED: Became.REFUSED,
    # Neither a claim nor an assignment grows stale; if one did, it would stand in the outbox.
    End.STALE: Became.WAITS,
    End.WAITS: Became.WAITS,
    End.SIGN_IN: Became.WAITS,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case; `error` where it was refused."""

    case: CaseId
    became: Became
    error: PlatformError | None = None


@dataclass(slots=True)
class Run:
    """A plan that is being carried out. For one thread.

    The caller puts what `take` gives into the outbox, and tells what it hears of it.
    """

    plan: Plan
    is_paused: bool = False
    _is_away: bool = False
    _to_come: deque[NewClick] = field(init=False)
    _results: dict[CaseId, Result] = field(init=False)
    _cases: dict[str, CaseId] = field(init=False)

    def __post_init__(self) -> None:
        self._to_come = deque(self.plan.clicks)
        self._cases = {click.key: click.case for click in self.plan.clicks}
        self._results = {
            click.case: Result(click.case, Became.TO_COME) for click in self.plan.clicks
        }

    def take(self) -> tuple[NewClick, ...]:
        """Return the clicks whose turn it is; each is given out once. None while it is paused.

        While the gateway is away that is all of them: in the outbox they outlast a crash.
        """
        given: list[NewClick] = []
        room = AHEAD - self.many(Became.UNDER_WAY) - self.many(Became.WAITS)
        while self._to_come and not self.is_paused and (self._is_away or len(given) < room):
            click = self._to_come.popleft()
            self._results[click.case] = Result(click.case, self._in_outbox)
            given.append(click)
        return tuple(given)

    @property
    def _in_outbox(self) -> Became:
        return Became.WAITS if self._is_away else Became.UNDER_WAY

    def show_away(self, *, away: bool) -> None:
        """Know whether the gateway can be reached."""
        self._is_away = away
        for result in self.results:
            if result.became in {Became.UNDER_WAY, Became.WAITS}:
                self._results[result.case] = Result(result.case, self._in_outbox)

    def hear(self, delivery: Delivery) -> bool:
        """Take in what became of a click; return whether it is one of this run."""
        case = self._cases.get(delivery.click.key)
        if case is None:
            return False
        if self._results[case].became not in _OVER:
            error = delivery.error if delivery.end is End.REFUSED else None
            self._results[case] = Result(case, _OF_END[delivery.end], error)
        return True

    def not_written(self, key: str) -> None:
        """Take in that a click is not on the disk."""
        case = self._cases[key]
        self._results[case] = Result(case, Became.NOT_WRITTEN)

    def taken_back(self, key: str) -> None:
        """Take in that the agent dropped a click before it left."""
        case = self._cases[key]
        self._results[case] = Result(case, Became.STOPPED)

    def stop(self) -> None:
        """Leave alone what is not in the outbox yet; the rest goes its way."""
        while self._to_come:
            case = self._to_come.popleft().case
            self._results[case] = Result(case, Became.STOPPED)

    def many(self, became: Became) -> int:
        """Return how many cases stand so."""
        return sum(1 for each in self._results.values() if each.became is became)

    @property
    def results(self) -> Sequence[Result]:
        """Return every case of the run, in its order."""
        return tuple(self._results.values())

    @property
    def settled(self) -> int:
        """Return of how many cases it is known for good what became of them."""
        return sum(1 for each in self._results.values() if each.became in _OVER)

    @property
    def is_over(self) -> bool:
        """Return whether it is known of every case what became of it."""
        return self.settled == len(self._results)


def undo(run: Run, lines: Iterable[QueueLine], me: UserId, now: datetime) -> tuple[NewClick, ...]:
    """Return the clicks that give back what a run claimed and this person still has.

    `lines` are the cases as they stand now. An assignment has no contrary: who had the case before
    is not asked for it again.
    """
    if run.plan.kind is not ClickKind.CLAIM:
        return ()
    done = {each.case for each in run.results if each.became is Became.DONE}
    mine = {
        line.id
        for line in lines
        if (claim := line.claimed_by(now)) is not None and claim.user == me
    }
    return tuple(clicks.release(each.case) for each in run.results if each.case in done & mine)
