from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.gateway.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def postgres_url() -> str:
    """Return the address of a new, empty PostgreSQL database; skip where none can be had."""
    try:
        return postgres.server().database()
    except postgres.NoPostgresError as error:
        pytest.skip(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Return where a new gateway database is to be: the test runs on both kinds."""
    if request.param == "sqlite":
        return tmp_path / "gateway.db"
    address: str = request.getfixturevalue("postgres_url")
    return address
