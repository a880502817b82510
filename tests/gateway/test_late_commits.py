"""Promise: who follows the change feed misses nothing, in whatever order writes are committed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow
from agent_app.domain.case import Claim
from agent_app.domain.ids import CaseId
from agent_app.gateway import casework
from agent_app.gateway.store import case_lists, case_rows, counters
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.postgresql import PostgreSQL
from tests.gateway.world import World

CASES = 160
WRITERS = 8


@pytest.fixture
def busy(where: Path | str, tmp_path: Path) -> Iterator[tuple[World, list[Database]]]:
    """A gateway with cases, and its database opened by several more processes, so to say."""
    with ExitStack() as stack:
        world = World(tmp_path, database=Database(where))
        stack.callback(world.close)
        for number in range(CASES):
            world.shop.stuck(f"PG-{number}")
        world.watch()
        # SQLite is served by one process: its writers are that one's threads.
        opened = [
            stack.enter_context(closing(Database(where))) if world.database.shared else None
            for _ in range(WRITERS)
        ]
        yield world, [database or world.database for database in opened]


def missed(world: World, databases: list[Database]) -> int:
    """Let every case change once, by many at a time; return how many changes a follower missed."""
    cases = [row.id for row in all_rows(world)]
    assert len(cases) == CASES
    start = position = latest(world)
    barrier = threading.Barrier(len(databases) + 1)

    def write(number: int, database: Database) -> None:
        chance = random.Random(number)
        barrier.wait()
        for case in cases[number :: len(databases)]:
            with database.write() as connection:
                change(world, connection, case)
                # Between its number and its commit.
                time.sleep(chance.uniform(0, 0.004))

    threads = [
        threading.Thread(target=write, args=(number, database))
        for number, database in enumerate(databases)
    ]
    for thread in threads:
        thread.start()
    barrier.wait()
    seen: set[CaseId] = set()
    while running := any(thread.is_alive() for thread in threads):
        seen, position = follow(world, seen, position)
    assert not running
    seen, position = follow(world, seen, position)
    for thread in threads:
        thread.join()
    with world.database.read() as connection:
        changed = {c.row.id for c in case_lists.feed(connection, start, 10 * CASES)}
    assert changed == set(cases), "a writer failed"
    return len(changed - seen)


def follow(world: World, seen: set[CaseId], position: int) -> tuple[set[CaseId], int]:
    with world.database.read() as connection:
        changes = case_lists.feed(connection, position, 1000)
    position = changes[-1].seq if changes else position
    return seen | {change.row.id for change in changes}, position


def change(world: World, connection: Connection, case: CaseId) -> None:
    stored = case_rows.get(connection, case)
    assert stored is not None
    claim = Claim(world.agent.user, "Chen", world.clock.now())
    now = world.clock.now()
    casework.update(connection, world.gateway.desk, replace(stored, claim=claim), now)


def all_rows(world: World) -> list[CaseRow]:
    with world.database.read() as connection:
        return [c.row for c in case_lists.feed(connection, 0, 10 * CASES)]


def latest(world: World) -> int:
    with world.database.read() as connection:
        return case_rows.latest_change(connection)


def test_a_follower_misses_nothing_of_many_writers(busy: tuple[World, list[Database]]) -> None:
    assert missed(*busy) == 0


def test_with_a_number_per_transaction_and_no_lock_it_misses_some(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the feed as a table with a sequence would have it."""

    def unlocked(self: PostgreSQL, connection: Connection) -> None:
        pass

    taken = counters.take_next

    def take_next(connection: Connection, name: str) -> int:
        if name != "case_changes" or not made:
            return taken(connection, name)
        return int(connection.execute(sa.text("SELECT nextval('plain')")).scalar_one())

    made: list[bool] = []
    monkeypatch.setattr(counters, "take_next", take_next)
    with ExitStack() as stack:
        world = World(tmp_path, database=Database(postgres_url))
        stack.callback(world.close)
        for number in range(CASES):
            world.shop.stuck(f"PG-{number}")
        world.watch()
        with world.database.write() as connection:
            connection.execute(sa.text(f"CREATE SEQUENCE plain START {latest(world) + 1}"))
        made.append(True)
        opened = [stack.enter_context(closing(Database(postgres_url))) for _ in range(WRITERS)]
        monkeypatch.setattr(PostgreSQL, "write_began", unlocked)
        assert missed(world, opened) > 0
