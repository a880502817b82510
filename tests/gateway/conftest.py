from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.gateway.store.database import Database
from tests import postgres
from tests.gateway.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world on each kind of database: every promise of the gateway holds on both."""
    database = None
    if request.param == "postgresql":
        database = Database(_server().migrated())
    made = World(tmp_path, database=database)
    yield made
    made.close()


@pytest.fixture
def postgres_url() -> str:
    """Return the address of a new, empty PostgreSQL database; skip where none can be had."""
    return _server().database()


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Return where a new gateway database is to be: the test runs on both kinds."""
    if request.param == "sqlite":
        return tmp_path / "gateway.db"
    address: str = request.getfixturevalue("postgres_url")
    return address


def _server() -> postgres.PostgresServer:
    try:
        return postgres.server()
    except postgres.NoPostgresError as error:
        pytest.skip(str(error))
