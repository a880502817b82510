"""Promise: a gateway moves from SQLite to PostgreSQL and neither loses nor repeats anything.

At every moment one of the two databases is in force, whatever crashes. The control, a copy without
the writer's lock, loses what is written meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, UserId
from agent_app.domain.roles import Actor, Role
from agent_app.engines.port import Command, Receipt
from agent_app.gateway import moving
from agent_app.gateway.__main__ import main
from agent_app.gateway.moving import CannotMove, Step, move
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import action_rows, audit, journal, moved, schema
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.moved import Moved
from tests.gateway.world import World
from tests.processes import ROOT

TELLER = Actor(UserId("chen"), "Chen", Role.AGENT)
CASE = CaseId("C-1")


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    world.clock.at = datetime.now(UTC)
    yield world
    world.close()


@pytest.fixture
def new(postgres_url: str) -> Iterator[Database]:
    with contextlib.closing(Database(postgres_url)) as database:
        yield database


def note(database: Database, text: str) -> None:
    with database.write() as connection:
        journal.add_note(connection, CASE, TELLER, datetime.now(UTC), text, text)


def notes(database: Database) -> set[str]:
    with database.read() as connection:
        return {found.text for found in journal.notes(connection, CASE)}


def rows(database: Database, table: sa.Table) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)


def in_force(*databases: Database) -> list[Database]:
    """Return those that take a write."""
    found = []
    for database in databases:
        with contextlib.suppress(Moved):
            note(database, "in force?")
            found.append(database)
    return found


def crashed_in_the_middle(world: World, ref: OrderRef) -> ActionId:
    """Let a worker die after the shop has paid and before the answer was written."""
    case = world.claimed(ref, world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    carry_out = world.shop.perform

    def die(command: Command) -> Receipt:
        carry_out(command)
        raise Crash

    world.shop.perform = die  # type: ignore[method-assign]
    with pytest.raises(Crash):
        world.gateway.worker.run_once()
    world.shop.perform = carry_out  # type: ignore[method-assign]
    return asked.id


def test_everything_arrives_and_only_the_new_database_is_in_force(
    old: World, new: Database
) -> None:
    for number in range(3):
        old.claimed(old.shop.stuck(f"PG-{number}"))
    note(old.database, "first")
    before = {t.name: rows(old.database, t) for t in schema.metadata.sorted_tables}
    report = move(old.database, new)
    for table in schema.metadata.sorted_tables:
        if table.name in {"settings", "leases", "lookers"}:
            continue
        after = rows(new, table)
        if table.name == "audit":
            assert [row[3] for row in after[len(before["audit"]) :]] == ["database_moved"]
            after = after[: len(before["audit"])]
        assert after == before[table.name], table.name
        assert report.rows[table.name] >= len(after)
    assert report.rows["orders"] == 3
    assert in_force(old.database, new) == [new]
    with new.read() as connection:
        assert audit.first_break(connection) is None
    assert notes(new) == {"first", "in force?"}, "numbers go on after the last"


def test_a_sending_cut_short_is_found_out_by_the_new_gateway_and_paid_once(
    old: World, new: Database
) -> None:
    ref = old.shop.stuck("PG-1", 4_200)
    action = crashed_in_the_middle(old, ref)
    move(old.database, new)
    over_there = Gateway(new, [old.shop], clock=old.clock)
    over_there.watchers[old.shop.id].run_once()
    over_there.worker.run_once()
    assert state(new, action) is ActionState.UNKNOWN, "the old worker's lease still runs"
    for _ in range(200):
        old.clock.turn(1)
        over_there.worker.run_once()
    assert state(new, action) is ActionState.CONFIRMED
    assert old.shop.books.count(ActionKind.REFUND, ref) == 1


def state(database: Database, action: ActionId) -> ActionState:
    with database.read() as connection:
        found = action_rows.get(connection, action)
    assert found is not None
    return found.record.state


@pytest.mark.parametrize("at", list(Step))
def test_after_a_crash_one_database_is_in_force_and_the_same_command_ends_the_move(
    old: World, new: Database, at: Step
) -> None:
    note(old.database, "before")

    def crash(step: Step) -> None:
        if step is at:
            raise Crash

    with pytest.raises(Crash):
        move(old.database, new, crash)
    if at in {Step.LOCKED, Step.COPIED}:
        assert in_force(old.database) == [old.database]
        assert not any(rows(new, table) for table in schema.metadata.sorted_tables)
    else:
        held = {Step.ARRIVED: [old.database], Step.MOVED: [], Step.DONE: [new]}
        assert in_force(old.database, new) == held[at]
    has_moved = at in {Step.MOVED, Step.DONE}
    if not has_moved:
        note(old.database, "after the crash")
    report = move(old.database, new)
    assert report.only_ended is has_moved
    assert in_force(old.database, new) == [new]
    assert notes(new) - {"in force?"} == notes(old.database) - {"in force?"}
    assert move(old.database, new).only_ended, "once more changes nothing"


KILLED = """
import os, signal, sys
from pathlib import Path
from agent_app.gateway import moving
from agent_app.gateway.store.database import Database

def die(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

moving.move(Database(Path(sys.argv[1])), Database(sys.argv[2]), die)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
@pytest.mark.parametrize("at", [Step.LOCKED, Step.COPIED, Step.ARRIVED, Step.MOVED])
def test_killed_in_the_middle_it_is_ended_by_the_same_command(
    tmp_path: Path, postgres_url: str, at: Step
) -> None:
    path = tmp_path / "gateway.db"
    with contextlib.closing(Database(path)) as old:
        note(old, "before")
        words = [sys.executable, "-c", KILLED, str(path), postgres_url, at.value]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        (tmp_path / "g.toml").write_text("", "utf-8")
        assert main(["--config", str(tmp_path / "g.toml"), "move", "--to", postgres_url]) == 0
        with contextlib.closing(Database(postgres_url)) as new:
            assert in_force(old, new) == [new]
            assert "before" in notes(new)


class Careless(Database):
    """The control: what the move writes and reads is not under the writer's lock."""

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        engine = sa.create_engine(f"sqlite:///{self.path}", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10000")
            yield connection
        engine.dispose()


def lost_under_load(path: Path, new: Database, kind: type[Database]) -> int:
    """Move while others write as fast as they can; return how many of their notes are missing."""
    taken: list[list[str]] = [[] for _ in range(3)]

    def write(mine: list[str], who: int) -> None:
        with contextlib.closing(Database(path)) as database, contextlib.suppress(Moved):
            while True:
                text = f"{who}:{len(mine)}"
                note(database, text)
                mine.append(text)
                time.sleep(0.002)

    writers = [threading.Thread(target=write, args=(mine, who)) for who, mine in enumerate(taken)]
    with contextlib.closing(kind(path)) as source:
        for writer in writers:
            writer.start()
        while not all(len(mine) > 20 for mine in taken):
            time.sleep(0.01)
        # Whatever is copied last, the notes were copied before it.
        move(source, new, lambda step: time.sleep(0.3) if step is Step.COPIED else None)
    for writer in writers:
        writer.join()
    return len({text for mine in taken for text in mine} - notes(new))


def test_what_is_written_during_the_move_is_not_lost(tmp_path: Path, new: Database) -> None:
    assert lost_under_load(tmp_path / "gateway.db", new, Database) == 0


def test_control_without_the_writers_lock_it_is_lost(tmp_path: Path, new: Database) -> None:
    assert lost_under_load(tmp_path / "gateway.db", new, Careless) > 0


def test_only_an_empty_target_is_taken(old: World, new: Database) -> None:
    note(new, "somebody's")
    with pytest.raises(CannotMove, match="not empty"):
        move(old.database, new)
    assert old.database in in_force(old.database)
    assert notes(new) == {"somebody's"}


def test_what_arrives_otherwise_than_it_left_is_not_taken(old: World, new: Database) -> None:
    note(old.database, "as it was")
    with new.write() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.text := 'otherwise'; RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER spoil BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION spoil()"
        )
    with pytest.raises(CannotMove, match="notes"):
        move(old.database, new)
    assert in_force(old.database) == [old.database]
    assert notes(new) == set()


def test_a_text_that_postgresql_does_not_take_is_moved_without_the_character(
    old: World, new: Database
) -> None:
    note(old.database, "be\0fore")
    assert move(old.database, new).cleaned == 1
    assert notes(new) == {"before"}


def test_clocks_that_differ_are_refused(
    old: World, new: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOST_SKEW_S", -1.0)
    with pytest.raises(CannotMove, match="NTP"):
        move(old.database, new)
    assert in_force(old.database) == [old.database]


def test_a_moved_file_is_not_moved_to_another_place(
    old: World, new: Database, tmp_path: Path
) -> None:
    with old.database.write() as connection:
        moved.mark_moved(connection, moved.MovedTo("postgresql://elsewhere/db", "1"))
    with pytest.raises(CannotMove, match="elsewhere"):
        move(old.database, new)
    with pytest.raises(CannotMove, match="SQLite"):
        move(new, new)


def test_a_moved_database_is_not_served_and_nobody_can_be_added(
    tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "g.toml").write_text("port = 0\n", "utf-8")
    config = ["--config", str(tmp_path / "g.toml")]
    assert main([*config, "move", "--to", postgres_url]) == 0
    password = sa.make_url(postgres_url).password
    assert password is not None
    capsys.readouterr()
    for words in (["serve"], ["user", "add", "li", "--name", "Li", "--role", "agent"]):
        assert main([*config, *words]) == 1
        said = capsys.readouterr().err
        assert "was moved to postgresql://" in said
        assert password not in said
    assert password.encode() not in (tmp_path / "gateway.db").read_bytes()


def test_leases_run_as_long_by_the_other_clock(old: World, new: Database) -> None:
    action = crashed_in_the_middle(old, old.shop.stuck("PG-1", 4_200))

    def left(database: Database, now: datetime) -> timedelta:
        with database.read() as connection:
            table = schema.actions.c
            text = connection.execute(
                sa.select(table.lease_until).where(table.id == action)
            ).scalar_one()
        return datetime.fromisoformat(text) - now

    before = left(old.database, old.database.clock.now())
    move(old.database, new)
    assert abs(left(new, new.clock.now()) - before) < timedelta(seconds=2)


def test_while_it_moves_writes_are_given_up_in_time_and_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    with contextlib.closing(Database(path)) as mover:
        serving = Database(path, busy_timeout_ms=500)
        given_up: list[float] = []

        def write() -> None:
            begun = time.monotonic()
            with contextlib.suppress(sa.exc.SQLAlchemyError):
                note(serving, "never")
            given_up.append(time.monotonic() - begun)

        with contextlib.closing(serving), mover.write():
            writers = [threading.Thread(target=write) for _ in range(12)]
            for writer in writers:
                writer.start()
            begun = time.monotonic()
            assert notes(serving) == set()
            assert time.monotonic() - begun < 1
            for writer in writers:
                writer.join()
        assert len(given_up) == 12
        assert max(given_up) < 4, "one after the other they would take 12 times as long"
        assert notes(mover) == set()
