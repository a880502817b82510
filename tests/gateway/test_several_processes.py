"""Promise: several gateway processes on one database share the work, and cover for each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.gateway import casefile, intake
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import action_rows, leases, shop_rows
from agent_app.gateway.store.database import Database
from tests.fakes.shop import Fault
from tests.gateway.world import World


@pytest.fixture
def shared(tmp_path: Path, postgres_url: str) -> Iterator[tuple[World, Gateway]]:
    """Give a world on PostgreSQL and a second gateway beside it, with one shop and one clock."""
    world = World(tmp_path, database=Database(postgres_url))
    other = Gateway(Database(postgres_url), [world.shop], clock=world.clock)
    yield world, other
    other.stop()
    world.close()


def test_one_process_follows_a_shop(shared: tuple[World, Gateway]) -> None:
    world, other = shared
    world.shop.stuck("PG-1")
    assert world.watch() == 1
    world.shop.stuck("PG-2")
    assert other.watchers[world.shop.id].run_once() == 0
    assert world.watch() == 1


def test_another_takes_over_when_it_is_gone(shared: tuple[World, Gateway]) -> None:
    world, other = shared
    world.watch()
    ref = world.shop.stuck("PG-1")
    world.clock.turn(intake.LEASE.total_seconds() + 1)
    assert other.watchers[world.shop.id].run_once() == 1
    assert world.case_of(ref) is not None


def test_a_process_that_stops_lets_the_next_one_begin_at_once(
    shared: tuple[World, Gateway],
) -> None:
    world, other = shared
    world.watch()
    world.shop.stuck("PG-1")
    world.gateway.watchers[world.shop.id].stop()
    assert other.watchers[world.shop.id].run_once() == 1


def test_what_a_process_read_before_it_was_replaced_is_not_written(
    shared: tuple[World, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, other = shared
    ref = world.shop.stuck("PG-1")
    world.watch()
    world.shop.stuck("PG-2")
    changes = world.shop.changes

    def hangs(cursor: str | None, limit: int) -> object:
        page = changes(cursor, limit)
        world.clock.turn(intake.LEASE.total_seconds() + 1)
        monkeypatch.setattr(world.shop, "changes", changes)
        assert other.watchers[world.shop.id].run_once() == 1
        return page

    monkeypatch.setattr(world.shop, "changes", hangs)
    with world.database.read() as connection:
        before = shop_rows.last_read_at(connection, world.shop.id)
    with pytest.raises(intake.TakenOver):
        world.watch()
    with world.database.read() as connection:
        assert shop_rows.last_read_at(connection, world.shop.id) != before
    assert world.case_of(ref) is not None


def test_a_shop_too_slow_for_a_lease_is_followed_all_the_same(
    shared: tuple[World, Gateway], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes that overtake each other while they read must not keep each other from it."""
    world, other = shared
    ref = world.shop.stuck("PG-1")
    changes = world.shop.changes

    def slowly(cursor: str | None, limit: int) -> object:
        page = changes(cursor, limit)
        world.clock.turn(intake.LEASE.total_seconds() + 1)
        # The other process begins to read now, and is as slow.
        with other.database.write() as connection:
            assert leases.hold(
                connection, f"watch:{world.shop.id}", "other", world.clock.now(), intake.LEASE
            )
        return page

    monkeypatch.setattr(world.shop, "changes", slowly)
    with pytest.raises(intake.TakenOver):
        # What falls due is for the other to ask about.
        world.watch()
    assert world.case_of(ref) is not None


def test_every_process_tells_why_a_shop_cannot_be_read(shared: tuple[World, Gateway]) -> None:
    world, other = shared
    world.watch()
    with world.database.write() as connection:
        shop_rows.save_problem(connection, world.shop.id, "the shop is closed")
    assert casefile.session(other, world.agent).shops[0].problems == ("the shop is closed",)


def test_every_process_knows_what_the_shop_can_do(shared: tuple[World, Gateway]) -> None:
    world, other = shared
    world.watch()
    other.watchers[world.shop.id].run_once()
    assert other.desk.shops[world.shop.id].can_act


def test_a_lease_is_not_taken_from_its_holder(shared: tuple[World, Gateway]) -> None:
    world, _ = shared
    with world.database.write() as connection:
        now = world.clock.now()
        assert leases.hold(connection, "it", "one", now, intake.LEASE)
        assert not leases.hold(connection, "it", "two", now, intake.LEASE)
        assert leases.hold(connection, "it", "one", now + intake.LEASE, intake.LEASE)
        leases.let_go(connection, "it", "two")
        assert leases.is_held(connection, "it", "one", now)
        leases.let_go(connection, "it", "one")
        assert leases.hold(connection, "it", "two", now, intake.LEASE)


def test_an_action_begun_by_one_process_is_finished_by_another(
    shared: tuple[World, Gateway],
) -> None:
    world, other = shared
    ref = world.shop.stuck("PG-1", 4_200)
    case = world.claimed(ref, world.lead)
    other.watchers[world.shop.id].run_once()
    world.shop.faults = [Fault.LOST_AFTER]
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="he asks")
    world.gateway.worker.run_once()
    for _ in range(30):
        world.clock.turn(3)
        other.worker.run_once()
    with other.database.read() as connection:
        found = action_rows.get(connection, asked.id)
    assert found is not None
    assert found.record.state is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
