"""Promise: an outage delays an action; what only a person can settle, his looking again settles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent_app.contract.messages import ActionStatus
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.domain.ledger import Outcome
from agent_app.engines.port import (
    Command,
    EngineError,
    Reading,
    Receipt,
    Unreachable,
)
from agent_app.gateway import acting, handling
from tests.fakes.shop import CAPABILITIES, FakeShop, Fault
from tests.gateway.world import World

NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None)


def state_of(world: World, asked: ActionStatus) -> ActionState:
    return acting.action_status(world.gateway, world.lead, asked.id).action.record.state


def refund(world: World, ref: OrderRef) -> tuple[CaseId, ActionStatus]:
    case = world.claimed(ref, world.lead)
    return case, world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")


class Tongueless(FakeShop):
    """Its books give no answer, so that only a look at the order can tell."""

    blind = True

    def outcome(self, command: Command) -> Outcome:
        raise EngineError("no answer")

    def read(self, ref: OrderRef) -> Reading:
        if self.blind and self.books.lines:
            raise EngineError("no answer")
        return super().read(ref)


def test_looking_again_settles_what_waited_for_a_person(tmp_path: Path) -> None:
    world = World(tmp_path, NO_KEYS, make_shop=Tongueless)
    assert isinstance(world.shop, Tongueless)
    ref = world.shop.stuck("PG-1", 4_200)
    case, asked = refund(world, ref)
    world.shop.faults = [Fault.LOST_AFTER]
    world.work()
    for _ in range(60):
        world.clock.turn(60)
        world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON
    world.clock.turn(900)
    world.work()
    world.shop.blind = False
    world.clock.turn(1)
    handling.claim(world.gateway, world.lead, case)
    handling.recheck(world.gateway, world.lead, case)
    world.work()
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


class Away(FakeShop):
    """Not reachable at all while it is away: neither commands nor looks arrive."""

    away = False

    def perform(self, command: Command) -> Receipt:
        if self.away:
            raise Unreachable("no connection")
        return super().perform(command)

    def outcome(self, command: Command) -> Outcome:
        if self.away:
            raise EngineError("no connection")
        return super().outcome(command)

    def read(self, ref: OrderRef) -> Reading:
        if self.away:
            raise EngineError("no connection")
        return super().read(ref)


@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no-keys"])
def test_a_shop_that_is_away_for_a_while_needs_no_person(tmp_path: Path, keys: bool) -> None:
    world = World(tmp_path, CAPABILITIES if keys else NO_KEYS, make_shop=Away)
    assert isinstance(world.shop, Away)
    ref = world.shop.stuck("PG-1", 4_200)
    _, asked = refund(world, ref)
    world.shop.away = True
    for _ in range(120):
        world.clock.turn(5)
        world.work()
    assert state_of(world, asked) is ActionState.UNKNOWN
    world.shop.away = False
    for _ in range(240):
        world.clock.turn(5)
        world.work()
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


def test_an_order_is_free_again_after_an_outage_in_which_nothing_was_done(tmp_path: Path) -> None:
    """Given up unsent during hours of silence; the books settle it when they can be asked."""
    world = World(tmp_path, NO_KEYS, make_shop=Away)
    assert isinstance(world.shop, Away)
    ref = world.shop.stuck("PG-1", 4_200)
    case, asked = refund(world, ref)
    world.shop.away = True
    for _ in range(300):
        world.clock.turn(60)
        world.work()
    world.shop.away = False
    world.clock.turn(900)
    world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON, "only a person closes it"
    handling.claim(world.gateway, world.lead, case)
    handling.recheck(world.gateway, world.lead, case)
    world.work()
    assert state_of(world, asked) is ActionState.REJECTED
    again = world.request(case, ActionKind.REFUND, world.lead, reason="still wants it back")
    world.work(30)
    assert state_of(world, again) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


class Dawdling(FakeShop):
    """Takes a command in and does not do it yet; its books do not list what is not done."""

    def perform(self, command: Command) -> Receipt:
        return Receipt(Outcome.PENDING)


def test_what_the_shop_took_in_is_not_closed_because_it_is_slow(tmp_path: Path) -> None:
    """It may still complete the order: a refund beside that would give goods and money away."""
    world = World(tmp_path, NO_KEYS, make_shop=Dawdling)
    case = world.claimed(world.shop.stuck("PG-1"))
    asked = world.request(case, ActionKind.RESUBMIT)
    for _ in range(90):
        world.clock.turn(60)
        world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON
    handling.claim(world.gateway, world.agent, case)
    handling.recheck(world.gateway, world.agent, case)
    world.work()
    assert state_of(world, asked) is ActionState.NEEDS_PERSON
    world.close()
