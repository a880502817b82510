"""The people of a simulated call centre: they ask, ask again, approve, look again, and settle.

What they do at the gateway is one transaction each, by the domain's own rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent_app.domain.actions import (
    MONEY,
    ActionKind,
    ActionRecord,
    ActionState,
    action_key,
    check_transition,
    open_money,
)
from agent_app.domain.ids import ActionId, CaseId, OrderRef, UserId
from agent_app.domain.ledger import Attempt, TooEarly, settle
from agent_app.domain.money import Money
from agent_app.engines.port import Command, Message
from agent_app.gateway.store.action_rows import AlreadyOpen, StoredAction
from tests.simulation.timeline import sleep
from tests.simulation.world_parts import CURRENCY, PAYMENT, SHOP

if TYPE_CHECKING:
    from tests.simulation.world import World

_KINDS = (
    ActionKind.REFUND,
    ActionKind.REFUND,
    ActionKind.REFUND,
    ActionKind.RESUBMIT,
    ActionKind.NOTIFY,
    ActionKind.CORRECT_INPUT,
)
_MOST_LOOKS = 12


class People:
    """Everybody at the desks of one world. `accepted` are the actions that they were promised."""

    def __init__(self, world: World) -> None:
        self.accepted: list[ActionId] = []
        self._world = world
        self._busy = 0

    @property
    def idle(self) -> bool:
        return self._busy == 0

    def come(self, agents: int) -> None:
        chance, world = self._world.chance, self._world
        for number in range(agents):
            world.timeline.start(self._agent(f"agent-{number + 1}", chance.randrange(1, 3)))
            self._busy += 1

    async def _agent(self, name: str, wishes: int) -> None:
        """Ask for something, sometimes under a new key, sometimes again under the same."""
        world, chance = self._world, self._world.chance
        await sleep(20.0 * chance.choice((0.0, chance.random())))
        for wish in range(wishes):
            order = chance.choice(world.orders)
            kind = chance.choice(_KINDS)
            minor = chance.choice((world.captured, world.captured, world.captured // 2))
            request = f"{name}:{wish}"
            action = None
            for _ in range(chance.choice((1, 1, 2, 3))):
                action = self._ask(name, order, kind, minor, request) or action
                await sleep(chance.choice((0.0, 2.0, 60.0)) * chance.random())
            if action is not None:
                await self._follow(name, action, order)
            await sleep(chance.choice((1.0, 300.0)) * chance.random())
        self._busy -= 1

    async def _follow(self, name: str, action: ActionId, order: OrderRef) -> None:
        """Wait for the end; look again now and then; settle what nobody else can."""
        world, chance = self._world, self._world.chance
        looks = 0
        while True:
            stored = world.rows.get(action)
            assert stored is not None
            if not stored.record.is_open or looks == _MOST_LOOKS:
                return
            await sleep(chance.choice((10.0, 200.0, 2_000.0)) * chance.random())
            looks += 1
            if stored.record.state is ActionState.NEEDS_PERSON and chance.random() < 0.5:
                self._settle(name, action)
            elif chance.random() < 0.5:
                world.say(name, f"looks again at {order}")
                world.rows.ask_now(CaseId(order), world.now())
                world.woken()

    def _ask(
        self, name: str, order: OrderRef, kind: ActionKind, minor: int, request: str
    ) -> ActionId | None:
        """Ask for an action as `acting.request_action` does; return it if it is promised."""
        world, now = self._world, self._world.now()
        earlier = world.rows.of_request(request)
        if earlier is not None:
            return earlier.id
        records = [a.record for a in world.rows.of_order(SHOP, order)]
        if kind in MONEY and open_money(records) is not None:
            return None
        if kind in MONEY and not self._is_right(order, kind, minor):
            return None
        money = Money(minor, CURRENCY) if kind is ActionKind.REFUND else None
        payment = PAYMENT if kind in MONEY else None
        intent = world.rows.intents(SHOP, order, kind)
        key = action_key(SHOP, order, kind, payment, money, intent)
        waits = kind is ActionKind.REFUND and world.chance.random() < 0.4
        state = ActionState.AWAITING_APPROVAL if waits else ActionState.PREPARED
        number = ActionId(f"{order}-{kind}-{intent}")
        record = ActionRecord(
            number, kind, state, key, UserId(name), now, payment, money, updated_at=now
        )
        message = None
        if kind is ActionKind.NOTIFY:
            message = Message(order, key, "confirmed", "en", "", "")
        action = StoredAction(
            record=record,
            attempt=Attempt(kind, state, now),
            command=Command(kind, order, key, payment, money),
            case=CaseId(order),
            shop=SHOP,
            requested_by_name=name,
            message=message,
            next_try_at=None if waits else now,
        )
        try:
            world.rows.add(action, intent, request)
        except AlreadyOpen:
            return None
        world.say(name, f"asks for {number}" + (f" of {minor}" if money else ""))
        self.accepted.append(number)
        world.woken()
        if waits:
            for lead in ("lead-1", "lead-2"):
                world.timeline.start(self._approve(lead, number))
                self._busy += 1
        return number

    def _is_right(self, order: OrderRef, kind: ActionKind, minor: int) -> bool:
        """Judge by what the ledger holds and the books show, as `decide` does of a fresh read."""
        world = self._world
        look = world.engine.look(order, silent=False)
        records = [a.record for a in world.rows.of_order(SHOP, order)]
        if kind is ActionKind.REFUND:
            return minor <= world.left_of(records, look)
        return not look.refunded and not world.went_back(records)

    async def _approve(self, name: str, number: ActionId) -> None:
        """Say yes, or rarely no, to a refund that waits; the second one to answer is too late."""
        world, chance = self._world, self._world.chance
        await sleep(chance.choice((0.0, 30.0, 300.0)) * chance.random())
        self._busy -= 1
        action = world.rows.get(number)
        assert action is not None
        if action.record.state is not ActionState.AWAITING_APPROVAL:
            return
        state = ActionState.PREPARED if chance.random() < 0.8 else ActionState.REFUSED
        check_transition(action.record.state, state)
        now = world.now()
        action = action.moved(replace(action.attempt, state=state), now)
        due = now if state is ActionState.PREPARED else None
        world.rows.save(replace(action, next_try_at=due), fenced=False)
        world.say(name, f"answers {number}: {state}")
        world.woken()

    def _settle(self, name: str, number: ActionId) -> None:
        """Ask the provider on the telephone what really was done, and say so."""
        world = self._world
        action = world.rows.get(number)
        assert action is not None
        if action.record.state is not ActionState.NEEDS_PERSON:
            return
        done = world.really_done(number)
        if done is None:
            return
        try:
            attempt = settle(action.attempt, done, world.engine.capabilities, world.now())
        except TooEarly:
            return
        moved = replace(action.moved(attempt, world.now()), next_try_at=None)
        world.rows.save(moved, fenced=False)
        world.say(name, f"settles {number}: {'done' if done else 'not done'}")
