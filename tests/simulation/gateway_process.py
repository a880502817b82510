"""One simulated gateway process: the production carrier between a ledger and a line that fail.

Every await in here is a place where the process may be killed, hang, or be overtaken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import ShopId
from agent_app.domain.postcondition import Seen
from agent_app.engines.port import (
    EngineError,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
)
from agent_app.gateway.carrier import Carrier, Held, Judged, lease_s
from agent_app.gateway.store.action_rows import LostLease, StoredAction
from tests.simulation.engine import FAULTS, Fault, Look
from tests.simulation.timeline import FOR_EVER, Task, sleep

if TYPE_CHECKING:
    from tests.simulation.world import World

_SEEN = {Outcome.DONE: Seen.MET, Outcome.PENDING: Seen.NOT_YET, Outcome.REFUSED: Seen.FAILED}
_IDLE_S = 1.0


class WriteFailed(Exception):
    """The database broke off: the write was done, or it was not."""


@dataclass(frozen=True, slots=True)
class Roughness:
    """How likely each misfortune is, per place where it may happen."""

    fault: float = 0.0
    crash: float = 0.0
    hang: float = 0.0
    write_fails: float = 0.0


class GatewayProcess:
    """One process; it comes back after a crash. `alone`: no other process serves the database."""

    def __init__(self, world: World, name: str, *, alone: bool) -> None:
        self.name = name
        self.crashes = 0
        self._world = world
        self._alone = alone
        self._task: Task | None = None
        self._declared_at = 0.0
        self._idle = False
        self._start()

    @property
    def declared(self) -> bool:
        """Return whether this process has heard yet what the shop can do."""
        return self._world.timeline.now >= self._declared_at

    def wake(self) -> None:
        """Let it look at the ledger, if it has nothing to do."""
        if self._idle and self._task is not None:
            self._world.timeline.wake(self._task)

    def kill(self) -> None:
        assert self._task is not None
        self._world.timeline.kill(self._task)
        self._world.engine.sender_died(self)
        self._world.say(self.name, "killed")
        self.crashes += 1
        chance = self._world.chance
        self._world.timeline.call(chance.choice((0.2, 3.0, 60.0)) * chance.random(), self._start)

    async def passes(self, seconds: float, *, hangs: bool = True) -> None:
        """Let time pass in the process; in it the process may be killed, or hang after it."""
        world, chance = self._world, self._world.chance
        if world.is_rough:
            drawn = chance.random()
            if drawn < world.roughness.crash:
                await sleep(seconds * chance.random())
                self.kill()
                await sleep(FOR_EVER)
            elif hangs and drawn < world.roughness.crash + world.roughness.hang:
                hang_s = chance.choice((5.0, 60.0, 400.0)) * chance.random()
                world.say(self.name, f"hangs for {hang_s:.1f} s")
                world.hangs += 1
                await sleep(seconds + hang_s)
                return
        await sleep(seconds)

    def _start(self) -> None:
        world = self._world
        if self._alone:
            world.rows.end_leases(world.timeline.time())
        self._idle = False
        undeclared_s = world.chance.choice((0.0, 5.0)) * world.chance.random()
        self._declared_at = world.timeline.now + undeclared_s
        world.say(self.name, "started")
        line = SimulatedLine(world, self)
        kind = Carrier if world.rules.lease_checked else _Careless
        carrier = kind(SimulatedLedger(world, self), {world.shop: line}, world, world.monotonic)
        self._task = world.timeline.start(self._work(carrier))

    async def _work(self, carrier: Carrier[Look]) -> None:
        world = self._world
        while True:
            try:
                busy = await carrier.carry_one((world.shop,))
            except WriteFailed:
                # As the worker's thread: the round is over, the action keeps its lease.
                await sleep(_IDLE_S)
                continue
            if not busy:
                self._idle = True
                await sleep(self._until_due())
                self._idle = False

    def _until_due(self) -> float:
        world = self._world
        due = world.rows.next_due()
        if due is None:
            return FOR_EVER
        return max(0.0, (due - world.now()).total_seconds()) + world.chance.choice((0.0, 0.5))


class _Careless(Carrier[Look]):
    """A control: sends without a look at how long it has held the action."""

    def surely_held(self, held: Held) -> bool:
        return True


class SimulatedLedger:
    """Implements `carrier.Ledger` over the rows in memory."""

    def __init__(self, world: World, process: GatewayProcess) -> None:
        self._world = world
        self._process = process

    async def take(self, shops: Collection[ShopId]) -> Held | None:
        world, now = self._world, self._world.timeline.time()
        if not world.rows.is_due(now, shops):
            return None
        length_s = lease_s(world.engine.longest_call_s) if world.rules.leases else 0.0
        action = world.rows.take_due(now, {world.shop: timedelta(seconds=length_s)})
        if action is None:
            return None
        held = Held(action, now, world.monotonic())
        world.say(self._process.name, f"takes {action.id} (fence {action.fence})")
        self._may_fail()
        await self._process.passes(0.005)
        return held

    async def save(self, action: StoredAction, before: StoredAction, *, keep_lease: bool) -> None:
        world, name = self._world, self._process.name
        await self._process.passes(0.005)
        if keep_lease and not world.rules.intent_first:
            return
        if world.is_rough and world.chance.random() < world.roughness.write_fails / 2:
            world.say(name, f"cannot write {action.id}")
            raise WriteFailed
        try:
            world.rows.save(action, release=not keep_lease)
        except LostLease:
            world.say(name, f"is refused: {action.id} was taken by another")
            world.overtaken += 1
            raise
        if world.trace is not None:
            world.say(name, f"writes {action.id} {_told(action)}")
        world.woken()
        self._may_fail()
        if keep_lease:
            await self._process.passes(0.001)

    async def judge(self, action: StoredAction, look: Look) -> Judged | None:
        await self._process.passes(0.005)
        if look.silent:
            return None
        world, record = self._world, action.record
        others = [r for r in world.records_of(action) if r.id != record.id]
        problem = None
        if world.is_rough and world.chance.random() < 0.03:
            problem = "the person who asked for it may no longer act"
        elif record.kind is ActionKind.REFUND and record.amount is not None:
            left = world.left_of(others, look)
            problem = None if record.amount.amount_minor <= left else "less is left"
        elif record.kind in MONEY and (look.refunded or world.went_back(others)):
            problem = "money went back"
        world.say(self._process.name, f"judges {action.id}: {problem or 'still right'}")
        return Judged(problem, world.now_at(look.at))

    async def seen(self, action: StoredAction, look: Look) -> Seen | None:
        await self._process.passes(0.005)
        found = look.outcomes.get(action.id)
        return Seen.NOT_YET if found is None else _SEEN[found]

    def _may_fail(self) -> None:
        world = self._world
        if world.is_rough and world.chance.random() < world.roughness.write_fails / 2:
            world.say(self._process.name, "loses the database's answer")
            raise WriteFailed


def _told(action: StoredAction) -> str:
    attempt = action.attempt
    words = f"{attempt.state}, {attempt.tries} sent"
    return words + (", withdrawn" if attempt.withdrawn else "")


class SimulatedLine:
    """Implements `carrier.Line`: what a process believes of the shop, and its calls."""

    def __init__(self, world: World, process: GatewayProcess) -> None:
        self._world = world
        self._process = process

    @property
    def capabilities(self) -> Capabilities:
        return self._world.believed

    @property
    def can_act(self) -> bool:
        return self._process.declared

    @property
    def longest_call_s(self) -> float:
        return self._world.engine.longest_call_s

    async def send(self, action: StoredAction) -> Receipt:
        world, chance = self._world, self._world.chance
        fault = chance.choice(FAULTS) if self._goes_wrong() else None
        if fault is not None:
            world.engine.happened[fault] += 1
        key = action.command.key
        if not world.rules.same_key:
            key += f"-{chance.random()}"
        longest_s = world.engine.longest_call_s
        # A hang between the last look at the lease and the first byte is what no lease can catch:
        # only a shop that knows keys for long is exposed to one (docs/simulation.md).
        connects_s = longest_s * 0.3 * chance.choice((0.0, 0.0, chance.random()))
        await self._process.passes(connects_s, hangs=world.keys_outlive_hangs)
        if world.trace is not None:
            told = f": {fault.value}" if fault else ""
            world.say(self._process.name, f"sends {action.id} under {key[:9]}{told}")
        if fault is None or fault in _ARRIVING:
            return await self._arrives(action, key, fault, longest_s * 0.7)
        await self._process.passes(chance.choice((0.1, longest_s * 0.7)))
        if fault is Fault.UNREACHABLE:
            raise Unreachable("no connection")
        if fault is Fault.THROTTLED:
            raise Throttled("slow down", chance.choice((1.0, 90.0)))
        if fault is Fault.REJECTED:
            raise Rejected("refused")
        raise OutcomeUnknown("no answer")

    async def outcome(self, action: StoredAction) -> Outcome:
        await self._process.passes(0.05)
        if self._goes_wrong():
            raise EngineError("no answer")
        found = self._world.engine.outcome(action.id)
        await self._process.passes(0.05)
        self._world.say(self._process.name, f"asks for {action.id}: {found}")
        return found

    async def read(self, action: StoredAction) -> Look:
        await self._process.passes(0.05)
        if self._goes_wrong():
            raise EngineError("no answer")
        silent = self._goes_wrong()
        look = self._world.engine.look(action.command.order, silent=silent)
        await self._process.passes(0.05)
        return look

    async def _arrives(
        self, action: StoredAction, key: str, fault: Fault | None, longest_s: float
    ) -> Receipt:
        world, chance = self._world, self._world.chance
        arrives_in_s = 0.2 * chance.random()
        waits_s = arrives_in_s + 0.1
        if fault is Fault.SLOW:
            arrives_in_s, waits_s = longest_s * chance.random(), longest_s
        elif fault is Fault.LATE:
            waits_s = chance.choice((0.1, longest_s))
            arrives_in_s = waits_s + world.engine.capabilities.processing_s * chance.random()
        elif fault is Fault.ANSWER_LOST:
            waits_s = chance.choice((waits_s, longest_s))
        request = world.engine.transmit(action, key, self._process, arrives_in_s)
        await self._process.passes(waits_s)
        if fault in _UNHEARD or request.answer is None:
            raise OutcomeUnknown("no answer")
        if isinstance(request.answer, EngineError):
            raise request.answer
        return request.answer

    def _goes_wrong(self) -> bool:
        world = self._world
        return world.is_rough and world.chance.random() < world.roughness.fault


_UNHEARD = (Fault.LATE, Fault.ANSWER_LOST)
_ARRIVING = (*_UNHEARD, Fault.SLOW)
