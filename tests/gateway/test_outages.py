"""Promise: a shop or an order that goes wrong never stops the rest, and nothing is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent_app.contract.messages import ApprovalRequest, Queue
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseState
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef
from agent_app.domain.stage import Stage
from agent_app.engines.port import ChangePage, Command, EngineError, Reading, Receipt
from agent_app.gateway import acting, casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import case_rows, order_log
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, FakeShop
from tests.gateway.world import World


class Ailing(FakeShop):
    """A shop parts of which fail when they are told to."""

    feed_fails = False
    read_fails: frozenset[str] = frozenset()
    read_bursts: frozenset[str] = frozenset()
    poisoned: frozenset[str] = frozenset()
    mute = False

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        if self.feed_fails:
            raise EngineError("the feed is down")
        return super().changes(cursor, limit)

    def read(self, ref: OrderRef) -> Reading:
        if ref in self.read_fails:
            raise EngineError(f"no answer about {ref}")
        if ref in self.read_bursts:
            raise ValueError(f"a fault of ours about {ref}")
        return super().read(ref)

    def _reading(self, ref: OrderRef) -> Reading:
        reading = super()._reading(ref)
        if ref not in self.poisoned:
            return reading
        # Refund events without a payment are what no engine of ours makes: folding fails.
        broken = replace(reading.events[0], amount=None)
        return replace(reading, events=(broken,))


@pytest.fixture
def ailing(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, make_shop=Ailing)
    yield world
    world.close()


def submitting(world: World, ref: str) -> OrderRef:
    """Make an order that is flagged ten minutes from now if nothing is heard of it."""
    made = world.shop.stuck(ref, captured=False)
    world.shop.tell(made, EventKind.STAGE_REPORTED, stage=Stage.SUBMITTING)
    return made


def test_orders_fall_due_while_the_feed_is_down(ailing: World) -> None:
    assert isinstance(ailing.shop, Ailing)
    ref = submitting(ailing, "PG-1")
    ailing.watch()
    ailing.shop.feed_fails = True
    ailing.clock.turn(600)
    with pytest.raises(EngineError):
        ailing.watch()
    assert ailing.case_of(ref) is not None


def test_an_order_whose_read_fails_is_still_judged_by_the_clock(ailing: World) -> None:
    assert isinstance(ailing.shop, Ailing)
    ref = submitting(ailing, "PG-1")
    ailing.watch()
    ailing.shop.read_fails = frozenset({ref})
    ailing.clock.turn(600)
    with pytest.raises(EngineError):
        ailing.watch()
    assert ailing.case_of(ref) is not None
    with ailing.database.write() as connection:
        later = ailing.clock.at.replace(hour=13)
        assert order_log.take_due(connection, ailing.shop.id, later, 9, later) == [ref]


@pytest.mark.parametrize("how", ["read_fails", "read_bursts"])
def test_one_bad_order_does_not_keep_the_others_waiting(ailing: World, how: str) -> None:
    bad, good = submitting(ailing, "PG-1"), submitting(ailing, "PG-2")
    ailing.watch()
    setattr(ailing.shop, how, frozenset({bad}))
    ailing.clock.turn(600)
    for _ in range(2):
        try:
            ailing.watch()
        except (EngineError, ValueError):
            ailing.clock.turn(2)
    assert ailing.case_of(good) is not None


def test_a_page_with_an_order_that_we_fail_on_is_taken_in_but_for_that_one(ailing: World) -> None:
    assert isinstance(ailing.shop, Ailing)
    bad, good = ailing.shop.stuck("PG-1"), ailing.shop.stuck("PG-2")
    ailing.shop.poisoned = frozenset({bad})
    ailing.watch()
    assert ailing.case_of(good) is not None
    with ailing.database.write() as connection:
        later = ailing.clock.at.replace(hour=13)
        assert bad in order_log.take_due(connection, ailing.shop.id, later, 9, later)


class Guarded(FakeShop):
    """A shop that may be asked for its profile only where waiting for its network harms nobody."""

    asked_in: list[str]
    profile: Capabilities

    @property
    def capabilities(self) -> Capabilities:
        self.asked_in.append(threading.current_thread().name)
        return self.profile

    @capabilities.setter
    def capabilities(self, value: Capabilities) -> None:
        self.profile, self.asked_in = value, []


def test_no_use_case_waits_for_the_shops_network_to_know_its_profile(tmp_path: Path) -> None:
    world = World(tmp_path, make_shop=Guarded)
    assert isinstance(world.shop, Guarded)
    case = world.claimed(world.shop.stuck("PG-1"))
    world.shop.asked_in.clear()
    handling.claim(world.gateway, world.agent, case)
    handling.recheck(world.gateway, world.agent, case)
    world.request(case, ActionKind.RESUBMIT)
    world.work()
    casefile.session(world.gateway, world.agent)
    assert casefile.detail(world.gateway, world.agent, case).stage.stage is Stage.CONFIRMED
    # The fake itself looks at its profile when it performs; nothing else does.
    assert len(world.shop.asked_in) <= 1
    world.close()


class Hanging(FakeShop):
    """Takes commands and does not answer until it is let go."""

    def __init__(self, *arguments: object, **more: object) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.asked, self.let_go = threading.Event(), threading.Event()

    def perform(self, command: Command) -> Receipt:
        self.asked.set()
        assert self.let_go.wait(20)
        return super().perform(command)


def test_a_shop_that_hangs_holds_up_nobody_elses_actions(tmp_path: Path) -> None:
    world = World(tmp_path)
    slow = Hanging(world.clock, CAPABILITIES, shop="slow")
    gateway = Gateway(world.database, [slow, world.shop], clock=world.clock)
    both = slow.stuck("SL-1"), world.shop.stuck("PG-1")
    asked = []
    for shop, ref in zip((slow, world.shop), both, strict=True):
        gateway.watchers[shop.id].run_once()
        with world.database.read() as connection:
            found = case_rows.of_order(connection, shop.id, ref)
        assert found is not None
        handling.claim(gateway, world.agent, found.id)
        handling.recheck(gateway, world.agent, found.id)
        world.gateway = gateway
        asked.append(world.request(found.id, ActionKind.RESUBMIT))
    gateway.worker.start()
    try:
        assert slow.asked.wait(10)
        for _ in range(100):
            done = acting.action_status(gateway, world.agent, asked[1].id).action.record.state
            if done is ActionState.CONFIRMED:
                break
            threading.Event().wait(0.05)
        assert done is ActionState.CONFIRMED
    finally:
        slow.let_go.set()
        gateway.stop()


def test_cases_of_a_shop_that_is_no_longer_configured_stay_and_harm_nothing(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    case = world.claimed(world.shop.stuck("PG-1", 60_000))
    asked = world.request(case, ActionKind.REFUND, reason="wants it back")
    other = world.claimed(world.shop.stuck("PG-2"))
    world.request(other, ActionKind.RESUBMIT)
    world.close()

    elsewhere = FakeShop(world.clock, shop="elsewhere")
    database = Database(tmp_path / "gateway.db")
    gateway = Gateway(database, [elsewhere], clock=world.clock)
    gateway.watchers[elsewhere.id].run_once()
    assert gateway.worker.run_once() == 0
    assert casefile.list_cases(gateway, world.agent, Queue.TEAM).total == 2
    assert len(casefile.list_changes(gateway, world.agent, "0").rows) == 2
    casefile.session(gateway, world.agent)
    for look in (
        lambda: casefile.detail(gateway, world.agent, case),
        lambda: handling.recheck(gateway, world.agent, case),
        lambda: acting.action_status(gateway, world.lead, asked.id),
        lambda: acting.answer_approval(
            gateway, world.lead, asked.id, ApprovalRequest(approve=True)
        ),
    ):
        with pytest.raises(Refused):
            look()
    gateway.stop()


def test_a_case_that_healed_and_breaks_again_in_the_same_way_comes_back(world: World) -> None:
    ref = world.shop.stuck("PG-1")
    world.watch()
    case = world.case_of(ref)
    assert case is not None
    world.shop.tell(ref, EventKind.ORDER_CONFIRMED)
    world.watch()
    assert casefile.detail(world.gateway, world.agent, case).row.state is CaseState.FALSE_ALARM
    world.clock.turn(60)
    world.shop.tell(ref, EventKind.STAGE_REPORTED, stage=Stage.ABSENT)
    world.watch()
    world.clock.turn(600)
    world.watch()
    row = casefile.detail(world.gateway, world.agent, case).row
    assert row.rules
    assert row.state is CaseState.REOPENED
