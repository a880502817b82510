"""Promise: the database is as the program expects, or one sentence says why it is not opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agent_app.gateway.store import audit, schema
from agent_app.gateway.store.database import Database, DatabaseUnusable
from tests.gateway.world import NOON


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
