"""The ledger in memory, as one process reaches it: writes are awaited, fail, or come too late."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.ids import ShopId
from agent_app.domain.postcondition import Seen
from agent_app.engines.port import Outcome
from agent_app.gateway.carrier import Held, Judged, lease_s
from agent_app.gateway.store.action_rows import LostLease, StoredAction
from tests.simulation.engine import Look
from tests.simulation.gateway_process import GatewayProcess, WriteFailed

if TYPE_CHECKING:
    from tests.simulation.world import World

_SEEN = {Outcome.DONE: Seen.MET, Outcome.PENDING: Seen.NOT_YET, Outcome.REFUSED: Seen.FAILED}


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
