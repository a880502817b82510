"""Promise: the database is as the program expects, or one sentence says why it is not opened."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agent_app.contract.messages import NoteRequest
from agent_app.gateway import casefile, handling
from agent_app.gateway.store import audit, schema
from agent_app.gateway.store.database import Database, DatabaseUnusable, alembic_config
from tests.gateway.world import NOON, World


def test_the_migrations_make_exactly_the_schema(tmp_path: Path) -> None:
    database = Database(tmp_path / "gateway.db")
    with database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    database.close()
    assert differences == []


def test_writes_survive_a_power_cut_by_wal_and_full_sync(tmp_path: Path) -> None:
    database = Database(tmp_path / "gateway.db")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_a_new_database_is_for_its_user_alone(tmp_path: Path) -> None:
    with contextlib.closing(Database(tmp_path / "gateway.db")):
        rights = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(rights.values()) == {0o600}, rights
    assert "gateway.db-wal" in rights


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    Database(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseUnusable, match="newer program"):
        Database(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(b"these are not the rows that you are looking for" * 100)
    with pytest.raises(DatabaseUnusable, match=r"gateway\.db"):
        Database(path)


def test_a_locked_database_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    Database(path).close()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseUnusable, match="locked") as refused:
            Database(path, busy_timeout_ms=50)
    assert "backup" not in str(refused.value)
    Database(path).close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be used now") as refused:
        Database(tmp_path / "nowhere" / "gateway.db")
    assert "backup" not in str(refused.value)


def test_a_full_disk_leaves_nothing_half_written_and_mends_by_itself(tmp_path: Path) -> None:
    """SQLite's own page limit fails as a full disk does: in the middle of a write."""
    world = World(tmp_path)
    case = world.claimed(world.shop.stuck("PG-1"))
    before = casefile.detail(world.gateway, world.agent, case)
    with world.database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    note = NoteRequest("a" * 4000)
    add = functools.partial(handling.add_note, world.gateway, world.agent, case, note)
    with pytest.raises(sa.exc.OperationalError, match="full"):
        list(map(add, (f"chen:{number}" for number in range(20))))
    kept = len(casefile.detail(world.gateway, world.agent, case).notes)
    assert casefile.detail(world.gateway, world.agent, case).row == before.row
    with world.database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    handling.add_note(world.gateway, world.agent, case, note, "chen:again")
    assert len(casefile.detail(world.gateway, world.agent, case).notes) == kept + 1
    with world.database.read() as connection:
        assert audit.first_break(connection) is None
    world.close()


def test_a_second_gateway_on_one_database_is_refused(tmp_path: Path) -> None:
    one, two = Database(tmp_path / "gateway.db"), Database(tmp_path / "gateway.db")
    refused = pytest.raises(DatabaseUnusable, match="another gateway")
    with one.only_server(), refused, two.only_server():
        pass
    with two.only_server():
        pass
    one.close()
    two.close()


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
    engine.dispose()
    database = Database(path)
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == []
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert {"cases_approvals_team", "requests_passing", "orders_due"} <= set(names)
    database.close()


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit SET detail = '{}' WHERE seq = 2",
        "UPDATE audit SET who = 'nobody' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
    ],
)
def test_a_changed_audit_log_is_noticed(tmp_path: Path, tamper: str) -> None:
    database = Database(tmp_path / "gateway.db")
    with database.write() as connection:
        for number in range(4):
            audit.record(connection, NOON, audit.SYSTEM, "something", number=number)
        assert audit.first_break(connection) is None
        connection.execute(sa.text(tamper))
        assert audit.first_break(connection) is not None
    database.close()
