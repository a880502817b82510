from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.sign_in.place import Place, bearing_place, place
from tests.gateway.world import World
from tests.oidc_provider import NoProviderError, OidcProvider, provider


@pytest.fixture(scope="session")
def running_provider() -> Iterator[OidcProvider]:
    try:
        with provider() as running:
            yield running
    except NoProviderError as error:
        pytest.skip(str(error))


@pytest.fixture
def oidc(running_provider: OidcProvider) -> OidcProvider:
    """Give the real provider with one person: u-1, who is chen at the gateway."""
    running_provider.people(**{"u-1": {"name": "Chen Li"}})
    return running_provider


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(world: World, oidc: OidcProvider, tmp_path: Path) -> Iterator[Place]:
    """Give a machine whose gateway binds tokens to the desk's key (DPoP)."""
    with place(world, oidc, tmp_path / "machine") as made:
        yield made


@pytest.fixture
def bearing(world: World, oidc: OidcProvider, tmp_path: Path) -> Iterator[Place]:
    """Give a machine whose provider does without DPoP: refresh tokens change at every use."""
    with bearing_place(world, oidc, tmp_path / "machine") as made:
        yield made
