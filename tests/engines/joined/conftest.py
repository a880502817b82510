"""A joined shop over a fake shop's side, with one provider process for each module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.stripe.connector import StripeProvider
from tests.fakes.store_side import REFERENCE, FakeStore
from tests.stripe_server import StripeServer, stripe


@pytest.fixture(scope="module")
def server() -> Iterator[StripeServer]:
    with stripe() as running:
        yield running


@pytest.fixture
def store(server: StripeServer) -> FakeStore:
    return FakeStore(server)


@pytest.fixture
def join(server: StripeServer, store: FakeStore) -> Iterator[Callable[..., JoinedShop]]:
    made: list[JoinedShop] = []

    def joined(
        of: type[JoinedShop] = JoinedShop,
        *,
        key: str = server.key,
        base_url: str = server.base_url,
        look_s: float = 20.0,
    ) -> JoinedShop:
        provider = StripeProvider(key, reference_key=REFERENCE, base_url=base_url)
        made.append(of(store, provider, look_s=look_s))
        return made[-1]

    yield joined
    for shop in made:
        shop.close()


@pytest.fixture
def shop(join: Callable[..., JoinedShop]) -> JoinedShop:
    return join()
