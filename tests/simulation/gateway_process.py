"""One simulated gateway process: the production carrier, killed and hung wherever it awaits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol

from agent_app.domain.ids import ShopId
from agent_app.gateway.carrier import Carrier
from tests.simulation.timeline import FOR_EVER, Task, Timeline, sleep

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


class Site(Protocol):
    """Where processes run: one shop, one ledger, one timeline."""

    timeline: Timeline
    chance: Random
    roughness: Roughness
    shop: ShopId
    hangs: int

    @property
    def is_rough(self) -> bool: ...

    def now(self) -> datetime: ...

    def say(self, who: str, what: str) -> None: ...

    def carrier(self, process: GatewayProcess) -> Carrier[Any]:
        """Return the production carrier with this process's ports."""
        ...

    def died(self, process: GatewayProcess) -> None:
        """Let the shop notice that its client is gone."""
        ...

    def end_leases(self) -> None: ...

    def next_due(self) -> datetime | None: ...


class GatewayProcess:
    """One process; it comes back after a crash. `alone`: no other process serves the database."""

    def __init__(self, world: Site, name: str, *, alone: bool) -> None:
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
        self._world.died(self)
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
            world.end_leases()
        self._idle = False
        undeclared_s = world.chance.choice((0.0, 5.0)) * world.chance.random()
        self._declared_at = world.timeline.now + undeclared_s
        world.say(self.name, "started")
        self._task = world.timeline.start(self._work(world.carrier(self)))

    async def _work(self, carrier: Carrier[Any]) -> None:
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
        due = world.next_due()
        if due is None:
            return FOR_EVER
        return max(0.0, (due - world.now()).total_seconds()) + world.chance.choice((0.0, 0.5))
