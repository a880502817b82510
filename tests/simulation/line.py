"""The line from a process to the shop: what a request suffers, what the process believes."""

from __future__ import annotations

from collections import Counter
from typing import Generic, Protocol, TypeVar

from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import OrderRef
from agent_app.engines.port import (
    Doubtful,
    EngineError,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Throttled,
    Unreachable,
)
from agent_app.gateway.carrier import Carrier, Held
from agent_app.gateway.store.action_rows import StoredAction
from tests.simulation.engine import FAULTS, Fault, Request
from tests.simulation.gateway_process import GatewayProcess, Site
from tests.simulation.world_parts import Rules

ReadT = TypeVar("ReadT")
LookT = TypeVar("LookT", covariant=True)


class Wire(Protocol[LookT]):
    """The shop at the other end."""

    capabilities: Capabilities
    longest_call_s: float
    happened: Counter[Fault]

    def transmit(
        self, action: StoredAction, key: str, sender: object, arrives_in_s: float
    ) -> Request: ...

    def outcome(self, action: StoredAction) -> Outcome: ...

    def look(self, order: OrderRef, *, silent: bool) -> LookT: ...


class Careless(Carrier[ReadT]):
    """A control: sends without a look at how long it has held the action."""

    def surely_held(self, held: Held) -> bool:
        return True


class SimulatedLine(Generic[ReadT]):
    """Implements `carrier.Line`: what a process believes of the shop, and its calls."""

    def __init__(
        self,
        world: Site,
        process: GatewayProcess,
        wire: Wire[ReadT],
        believed: Capabilities,
        rules: Rules,
    ) -> None:
        self._world = world
        self._process = process
        self._wire = wire
        self._believed = believed
        self._rules = rules

    @property
    def capabilities(self) -> Capabilities:
        return self._believed

    @property
    def can_act(self) -> bool:
        return self._process.declared

    @property
    def longest_call_s(self) -> float:
        return self._wire.longest_call_s

    async def send(self, action: StoredAction) -> Receipt:
        world, chance = self._world, self._world.chance
        fault: Fault | None = chance.choice(FAULTS) if self._goes_wrong() else None
        if fault is Fault.REJECTED and chance.random() < 0.5:
            fault = Fault.DOUBTED
        if fault is not None:
            self._wire.happened[fault] += 1
        key = action.command.key
        if not self._rules.same_key:
            key += f"/{chance.random()}"
        longest_s = self._wire.longest_call_s
        # A hang between the last look at the lease and the first byte is what no lease can catch
        # (docs/simulation.md); to connect takes its time, within the longest call.
        connects_s = longest_s * 0.3 * chance.choice((0.0, 0.0, chance.random()))
        await self._process.passes(connects_s, hangs=False)
        told = f": {fault.value}" if fault else ""
        world.say(self._process.name, f"sends {action.id} under {key[:9]}{told}")
        if fault is Fault.DOUBTED and chance.random() < 0.5:
            await self._process.passes(longest_s * 0.7 * chance.random())
            raise self._doubtful()
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
        found = self._wire.outcome(action)
        await self._process.passes(0.05)
        self._world.say(self._process.name, f"asks for {action.id}: {found}")
        return found

    async def read(self, action: StoredAction) -> ReadT:
        await self._process.passes(0.05)
        if self._goes_wrong():
            raise EngineError("no answer")
        silent = self._goes_wrong()
        look = self._wire.look(action.command.order, silent=silent)
        await self._process.passes(0.05)
        return look

    async def _arrives(
        self, action: StoredAction, key: str, fault: Fault | None, longest_s: float
    ) -> Receipt:
        chance = self._world.chance
        arrives_in_s = 0.2 * chance.random()
        waits_s = arrives_in_s + 0.1
        if fault is Fault.SLOW:
            arrives_in_s, waits_s = longest_s * chance.random(), longest_s
        elif fault is Fault.LATE:
            waits_s = chance.choice((0.1, longest_s))
            arrives_in_s = waits_s + self._wire.capabilities.processing_s * chance.random()
        elif fault is Fault.ANSWER_LOST:
            waits_s = chance.choice((waits_s, longest_s))
        request = self._wire.transmit(action, key, self._process, arrives_in_s)
        await self._process.passes(waits_s)
        if fault is Fault.DOUBTED:
            raise self._doubtful()
        if fault in _UNHEARD or request.answer is None:
            raise OutcomeUnknown("no answer")
        if isinstance(request.answer, EngineError):
            raise request.answer
        return request.answer

    def _doubtful(self) -> EngineError:
        return Doubtful("refused") if self._rules.doubts else Rejected("refused")

    def _goes_wrong(self) -> bool:
        world = self._world
        return world.is_rough and world.chance.random() < world.roughness.fault


_UNHEARD = (Fault.LATE, Fault.ANSWER_LOST)
_ARRIVING = (*_UNHEARD, Fault.SLOW, Fault.DOUBTED)
