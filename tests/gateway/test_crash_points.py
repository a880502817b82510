"""Promise: a crash before or after any single write loses no action and doubles none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.gateway import acting, handling
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import action_rows
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, Fault
from tests.gateway.world import World

LEASE = timedelta(seconds=30)


class Crash(BaseException):
    """The process is gone; nothing in it may catch this."""


class Brittle(Database):
    """Crashes at one point: even points are before a write begins, odd ones after it is on disk."""

    point: int | None = None
    passed = 0

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        self._pass()
        with super().write() as connection:
            yield connection
        self._pass()

    def _pass(self) -> None:
        if self.point is not None:
            self.passed += 1
            if self.passed > self.point:
                raise Crash


def crashed_at(
    folder: Path, point: int, kind: ActionKind, *, keys: bool, fault: Fault | None, forget: bool
) -> tuple[bool, int]:
    """Crash at the point while the action is asked for and carried out, restart, and go on.

    Returns whether the crash came, and how often the shop did it. With `forget`, what was sent is
    written down as not sent: the control.
    """
    lifetime_s = 86400.0 if keys else None
    capabilities = replace(CAPABILITIES, action_key_lifetime_s=lifetime_s, query_lag_s=5.0)
    brittle = Brittle(folder / "gateway.db")
    world = World(folder, capabilities, database=brittle)
    world.shop.lag_s = 4.0
    ref = world.shop.stuck("PG-1", 4_200)
    world.clock.turn(5)
    case = world.claimed(ref, world.lead)
    if fault is not None:
        world.shop.faults = [fault]
    brittle.point = point
    crash = True
    try:
        world.request(case, kind, world.lead, reason="he asks")
        world.work(5)
        crash = False
    except Crash:
        pass
    brittle.point = None
    brittle.close()

    world.database = Database(folder / "gateway.db")
    world.gateway = Gateway(world.database, [world.shop], clock=world.clock)
    world.watch()
    if forget:
        forget_the_sending(world)
    world.clock.turn(LEASE.total_seconds() + 1)
    handling.claim(world.gateway, world.lead, case)
    handling.recheck(world.gateway, world.lead, case)
    with world.database.read() as connection:
        known = action_rows.of_case(connection, case)
    if not known:
        # The desk got no answer and asks again, under the same key.
        world._requests -= 1
        world.request(case, kind, world.lead, reason="he asks")
    for _ in range(25):
        world.clock.turn(3)
        world.work()
    with world.database.read() as connection:
        (stored,) = action_rows.of_case(connection, case)
    state = acting.action_status(world.gateway, world.lead, stored.id).action.record.state
    assert forget or state is ActionState.CONFIRMED
    world.close()
    return crash, world.shop.books.count(kind, ref)


def forget_the_sending(world: World) -> None:
    with world.database.write() as connection:
        action = action_rows.take_due(
            connection, world.clock.at.replace(hour=23), {world.shop.id: LEASE}
        )
        if action is None:
            return
        attempt = replace(
            action.attempt,
            state=ActionState.PREPARED,
            tries=0,
            sent_at=None,
            first_sent_at=None,
            judged_at=world.clock.at + 2 * LEASE,
        )
        record = replace(action.record, state=ActionState.PREPARED)
        action = replace(action, attempt=attempt, record=record, next_try_at=world.clock.at)
        action_rows.save(connection, action, release=True)


@pytest.mark.parametrize(
    ("kind", "keys", "fault"),
    [
        (ActionKind.REFUND, True, Fault.LOST_AFTER),
        (ActionKind.REFUND, False, Fault.LOST_AFTER),
        (ActionKind.RESUBMIT, False, Fault.LOST_AFTER),
    ],
)
def test_a_crash_at_any_write_neither_loses_nor_doubles(
    tmp_path: Path, kind: ActionKind, keys: bool, fault: Fault | None
) -> None:
    point = 0
    while True:
        folder = tmp_path / str(point)
        folder.mkdir()
        crash, done = crashed_at(folder, point, kind, keys=keys, fault=fault, forget=False)
        assert done == 1, f"done {done} times after a crash at point {point}"
        if not crash:
            break
        point += 1
    assert point >= 10


def test_what_is_written_before_the_call_is_what_prevents_it(tmp_path: Path) -> None:
    """The negative control: with the sending forgotten, some crash point pays twice."""
    paid = []
    for point in range(3, 7):
        folder = tmp_path / str(point)
        folder.mkdir()
        _, done = crashed_at(folder, point, ActionKind.REFUND, keys=False, fault=None, forget=True)
        paid.append(done)
    assert max(paid) == 2
