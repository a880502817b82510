"""The shop and its payment provider, as unhelpful as real ones: what was done is never undone.

It refunds as often as it is asked. Only keys, where it has them, hold it back. Its `effects` are
the truth by which the ledger is judged in the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import partial
from random import Random

from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import ActionId, OrderRef
from agent_app.engines.port import Conflict, EngineError, Outcome, Receipt
from agent_app.gateway.store.action_rows import StoredAction
from tests.simulation.timeline import FOR_EVER, Timeline


class Fault(Enum):
    """What a request suffers on its way."""

    UNREACHABLE = "no connection"
    DROPPED = "never arrives"
    ANSWER_LOST = "done, answer lost"
    LATE = "done after we stopped waiting"
    SLOW = "answered late"
    THROTTLED = "throttled"
    REJECTED = "refused"
    DOUBTED = "refused in words, done or not"


FAULTS: tuple[Fault, ...] = tuple(fault for fault in Fault if fault is not Fault.DOUBTED)
"""What a request may draw; a refusal may then turn out to be a doubtful one."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that was really done. It shows as pending until `settled_at`."""

    action: ActionId
    key: str
    kind: ActionKind
    order: OrderRef
    minor: int
    at: float
    settled_at: float
    fails: bool

    def outcome(self, now: float) -> Outcome:
        if now < self.settled_at:
            return Outcome.PENDING
        return Outcome.REFUSED if self.fails else Outcome.DONE


@dataclass(slots=True)
class Request:
    """One request in transit; it arrives once, whatever became of its sender."""

    action: StoredAction
    key: str
    sender: object
    at: float
    arrived: bool = False
    answer: Receipt | EngineError | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What shop and provider show of an order: what was done of which action."""

    at: float
    silent: bool
    outcomes: dict[ActionId, Outcome]
    refunded: dict[ActionId, int]


class Engine:
    """One shop for all processes. Times are virtual seconds."""

    def __init__(
        self,
        timeline: Timeline,
        chance: Random,
        capabilities: Capabilities,
        *,
        longest_call_s: float,
        refuses_copies: bool,
        pending: float,
    ) -> None:
        self.capabilities = capabilities
        self.longest_call_s = longest_call_s
        self.effects: list[Effect] = []
        self.happened: Counter[Fault] = Counter()
        self._timeline = timeline
        self._chance = chance
        self._refuses_copies = refuses_copies
        self._pending = pending
        self._keys: dict[str, float] = {}
        self._in_transit: list[Request] = []

    def transmit(
        self, action: StoredAction, key: str, sender: object, arrives_in_s: float
    ) -> Request:
        """Put a request on the wire; it arrives then, even if its sender dies."""
        request = Request(action, key, sender, self._timeline.now + arrives_in_s)
        self._in_transit.append(request)
        self._timeline.call(arrives_in_s, partial(self.arrive, request))
        return request

    @property
    def in_transit(self) -> bool:
        """Return whether something that was sent may still arrive."""
        return bool(self._in_transit)

    def sender_died(self, sender: object) -> None:
        """Let what it had on the wire be done no later than declared, counted from now."""
        for request in self._in_transit:
            late_s = self.capabilities.processing_s * self._chance.random()
            if request.sender is sender and self._timeline.now + late_s < request.at:
                self._timeline.call(late_s, partial(self.arrive, request))

    def outcome(self, action: StoredAction) -> Outcome:
        """Answer from the books, which trail what was done."""
        shown = self._shown_until()
        for effect in self.effects:
            if effect.action == action.id and effect.at <= shown:
                return effect.outcome(self._timeline.now)
        return Outcome.ABSENT

    def look(self, order: OrderRef, *, silent: bool) -> Look:
        shown, now = self._shown_until(), self._timeline.now
        seen = [e for e in self.effects if e.order == order and e.at <= shown]
        refunds = {
            e.action: e.minor
            for e in seen
            if e.kind is ActionKind.REFUND and e.outcome(now) is not Outcome.REFUSED
        }
        return Look(now, silent, {e.action: e.outcome(now) for e in seen}, refunds)

    def _shown_until(self) -> float:
        lag_s = self.capabilities.query_lag_s
        return self._timeline.now - lag_s * self._chance.choice((0.0, 1.0, self._chance.random()))

    def arrive(self, request: Request) -> None:
        """Let the request reach the shop, unless it did before."""
        if request.arrived:
            return
        request.arrived = True
        self._in_transit.remove(request)
        now, lifetime_s = self._timeline.now, self.capabilities.action_key_lifetime_s
        first = self._keys.get(request.key)
        if lifetime_s is not None and first is not None and now < first + lifetime_s:
            copy = now - first < 1.0 and self._refuses_copies
            done = next(e for e in self.effects if e.key == request.key)
            request.answer = (
                Conflict("being processed") if copy else Receipt(_direct(done.outcome(now)))
            )
            return
        self._keys[request.key] = now
        request.answer = Receipt(_direct(self._apply(request, now).outcome(now)))

    def _apply(self, request: Request, now: float) -> Effect:
        record, settled_at, fails = request.action.record, now, False
        if self._chance.random() < self._pending:
            settled_at += self._chance.choice((3.0, 3.0, 120.0, 120.0, 7_000.0))
            fails = self._chance.random() < 0.2
            if self._chance.random() < 0.01:
                settled_at = FOR_EVER
        amount = record.amount.amount_minor if record.amount else 0
        order = request.action.command.order
        effect = Effect(record.id, request.key, record.kind, order, amount, now, settled_at, fails)
        self.effects.append(effect)
        return effect


def _direct(outcome: Outcome) -> Outcome:
    return Outcome.DONE if outcome is Outcome.DONE else Outcome.PENDING
