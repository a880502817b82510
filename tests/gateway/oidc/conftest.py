from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.oidc.fake_issuer import FakeIssuer, fake_issuer
from tests.gateway.oidc.site import Site, site
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
    """Give the real provider, with one person: u-1, who is chen at the gateway."""
    running_provider.people(**{"u-1": {"name": "Chen Li", "roles": ["agents"]}})
    return running_provider


@pytest.fixture
def real(world: World, oidc: OidcProvider) -> Iterator[Site]:
    """Give a gateway behind the real provider; chen is u-1."""
    with site(world, oidc.issuer) as made:
        made.person("chen", "u-1")
        yield made


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    with fake_issuer() as made:
        yield made


@pytest.fixture
def forged(tmp_path: Path, issuer: FakeIssuer) -> Iterator[Site]:
    """Give a gateway behind an issuer that signs whatever the test says; chen is u-1.

    On SQLite alone: what such tests look at comes before any database.
    """
    settings = {"require_dpop": False, "clients": ("desk",)}
    with (
        contextlib.closing(World(tmp_path)) as world,
        site(world, issuer.issuer, **settings) as made,
    ):
        made.person("chen", "u-1")
        yield made
