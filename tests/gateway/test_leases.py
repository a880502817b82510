"""Promise: whoever holds an action alone acts on it, and who dies with it is soon replaced."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from agent_app.contract.messages import ActionStatus
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.capabilities import READ_ONLY
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.engines.port import Command, Receipt
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway import acting, carrier
from agent_app.gateway.carrier import lease_s
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, FakeShop
from tests.gateway.world import World

NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None, query_lag_s=5.0, processing_s=5.0)


class Waiting(Database):
    """Lets something happen before a write begins, as if it had to wait for others."""

    before_write: Callable[[], None] | None = None

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        if self.before_write is not None:
            self.before_write()
        with super().write() as connection:
            yield connection


@pytest.fixture
def held_up(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, NO_KEYS, database=Waiting(tmp_path / "gateway.db"))
    yield world
    world.close()


def refund(world: World) -> tuple[OrderRef, ActionStatus]:
    ref = world.shop.stuck("PG-1", 4_200)
    case = world.claimed(ref, world.lead)
    return ref, world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")


def state_of(world: World, asked: ActionStatus) -> ActionState:
    return acting.action_status(world.gateway, world.lead, asked.id).action.record.state


def test_a_worker_that_died_is_replaced_within_thirty_seconds() -> None:
    shop = SandboxShop("http://127.0.0.1:9", ShopId("sandbox"))
    with contextlib.closing(shop):
        assert lease_s(shop.longest_call_s) <= 30.0
        assert shop.longest_call_s >= 2 * 5.0


def test_a_lease_counts_from_the_moment_the_write_began(held_up: World) -> None:
    """Not from when the worker began to wait for its turn: that would shorten it."""
    assert isinstance(held_up.database, Waiting)
    seen: list[str | None] = []
    take_on = held_up.clock.at + timedelta(seconds=20)

    def wait_once() -> None:
        assert isinstance(held_up.database, Waiting)
        held_up.database.before_write = None
        held_up.clock.at = take_on

    def look(_: Command) -> Receipt:
        with held_up.database.read() as connection:
            seen.extend(connection.execute(sa.select(schema.actions.c.lease_until)).scalars())
        raise SystemError("as if killed")

    refund(held_up)
    held_up.shop.perform = look  # type: ignore[assignment, method-assign]
    held_up.database.before_write = wait_once
    with pytest.raises(SystemError):
        held_up.work()
    length = timedelta(seconds=lease_s(held_up.shop.longest_call_s))
    assert seen == [time_text(held_up.clock.at + length)]


def slow_before_sending(world: World) -> None:
    """Let the second write of the next round, the intent's, wait for longer than it may."""
    database, writes = world.database, []
    assert isinstance(database, Waiting)

    def wait() -> None:
        writes.append(1)
        if len(writes) == 2:
            world.clock.turn(carrier.BEFORE_THE_CALL_S)

    database.before_write = wait


def test_what_was_held_for_too_long_is_given_up_unsent(held_up: World) -> None:
    ref, asked = refund(held_up)
    slow_before_sending(held_up)
    held_up.gateway.worker.run_once()
    assert held_up.shop.books.lines == []
    assert state_of(held_up, asked) is ActionState.UNKNOWN
    held_up.work(60)
    assert state_of(held_up, asked) is ActionState.CONFIRMED
    assert held_up.shop.books.count(ActionKind.REFUND, ref) == 1


def test_without_that_look_at_the_lease_it_is_sent(
    held_up: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    refund(held_up)
    slow_before_sending(held_up)
    monkeypatch.setattr(carrier.Carrier, "surely_held", lambda *_: True)
    held_up.gateway.worker.run_once()
    assert len(held_up.shop.books.lines) == 1


def test_a_takeover_is_not_forgotten_while_the_shop_has_not_said_what_it_can_do(
    tmp_path: Path,
) -> None:
    """What the dead worker sent may arrive until `processing_s` after the takeover was noticed."""
    world = World(tmp_path, NO_KEYS)
    ref, asked = refund(world)
    sent: list[Command] = []

    def vanish(command: Command) -> Receipt:
        sent.append(command)
        raise SystemError("as if killed in the middle of the call")

    world.shop.perform = vanish  # type: ignore[method-assign]
    with pytest.raises(SystemError):
        world.work()
    del world.shop.perform
    world.clock.turn(lease_s(world.shop.longest_call_s))
    world.shop.capabilities = replace(READ_ONLY, label="fake")
    world.watch()
    world.gateway.worker.run_once()
    world.shop.capabilities = NO_KEYS
    world.watch()
    world.clock.turn(3)
    world.gateway.worker.run_once()
    FakeShop.perform(world.shop, sent[0])
    world.work(60)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


class Hanging(FakeShop):
    """Does not answer a command until it is let go."""

    let_go = threading.Event()
    called = threading.Event()

    def perform(self, command: Command) -> Receipt:
        self.called.set()
        self.let_go.wait(20)
        return super().perform(command)


def test_a_shop_that_hangs_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    world = World(tmp_path, make_shop=Hanging)
    assert isinstance(world.shop, Hanging)
    ref, asked = refund(world)
    worker = world.gateway.worker
    worker.start()
    assert world.shop.called.wait(10)
    began = time.monotonic()
    with structlog.testing.capture_logs() as lines:
        worker.stop(within_s=0.2)
    assert time.monotonic() - began < 2
    assert [line["event"] for line in lines] == ["worker_left_behind"]
    assert state_of(world, asked) is ActionState.UNKNOWN
    world.shop.let_go.set()
    worker.stop(within_s=10)
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()
