"""Promise: of any number of requests with one proof, at any process and moment, one is let in."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.signin.used import UsedProofs
from agent_app.gateway.store import schema, used_proofs
from agent_app.gateway.store.database import Database
from tests.gateway.world import NOON

SOON = NOON + timedelta(seconds=70)
ROUNDS = 25


@pytest.fixture
def two(where: Path | str) -> Iterator[tuple[Database, Database]]:
    """Give two connections to one database, as two processes have them."""
    with contextlib.closing(Database(where)) as one, contextlib.closing(Database(where)) as other:
        yield one, other


def race(databases: tuple[Database, Database]) -> list[int]:
    """Let eight threads of two processes use the same proof at once; return who was first."""
    processes = [UsedProofs(database) for database in databases]
    firsts = []
    with ThreadPoolExecutor(8) as pool:
        for number in range(ROUNDS):
            start = threading.Barrier(8)

            def use(which: int, start: threading.Barrier = start, name: int = number) -> bool:
                start.wait()
                return processes[which % 2].use(f"key {name}", SOON, NOON)

            firsts.append(sum(pool.map(use, range(8))))
    return firsts


def test_one_of_many_is_first(two: tuple[Database, Database]) -> None:
    assert race(two) == [1] * ROUNDS


def test_a_race_without_the_unique_note_would_be_seen(
    two: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(used_proofs, "use", lambda *_: True)
    assert race(two) == [8] * ROUNDS


def test_requests_that_come_together_share_a_write(
    two: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = two[0]
    used = UsedProofs(database)
    writes = 0
    really = database.write
    go_on = threading.Event()

    @contextlib.contextmanager
    def counted() -> Iterator[Connection]:
        nonlocal writes
        writes += 1
        go_on.wait(10)
        with really() as connection:
            yield connection

    monkeypatch.setattr(database, "write", counted)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(used.use, f"key {n}", SOON, NOON) for n in range(20)]
        while writes == 0 or len(used._waiting) < 19:
            pass
        go_on.set()
        assert all(one.result() for one in asked)
    assert writes == 2


def test_what_cannot_be_written_does_not_count(
    two: tuple[Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = two[0]
    used = UsedProofs(database)
    really = database.write

    @contextlib.contextmanager
    def lost() -> Iterator[Connection]:
        with really() as connection:
            yield connection
            raise sa.exc.OperationalError("COMMIT", {}, OSError("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", lost)
        with pytest.raises(sa.exc.OperationalError):
            used.use("key 1", SOON, NOON)
    assert used.use("key 1", SOON, NOON)
    assert not used.use("key 1", SOON, NOON)


def test_used_proofs_are_forgotten_when_they_could_not_count_again(
    two: tuple[Database, Database],
) -> None:
    used = UsedProofs(two[0])
    count = sa.select(sa.func.count()).select_from(schema.proofs)
    for second in range(300):
        now = NOON + timedelta(seconds=second)
        assert used.use(f"key {second}", now + timedelta(seconds=70), now)
    with two[0].read() as connection:
        kept = connection.execute(count).scalar_one()
    assert 70 <= kept <= 70 + 60
