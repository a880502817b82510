"""The engines of real shops: a shop's side joined with the provider that its operator names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta

from agent_app.domain.ids import ShopId
from agent_app.engines.http import Bounds
from agent_app.engines.joined.provider import PaymentProvider
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.store import StoreSide
from agent_app.engines.medusa import store as medusa
from agent_app.engines.stripe.connector import StripeProvider
from agent_app.engines.vendure import store as vendure
from agent_app.gateway.shop_secrets import Secrets, secrets_of
from agent_app.gateway.shop_settings import ShopConfig


def joined(
    shop: ShopConfig, clock: Callable[[], datetime], environment: Mapping[str, str]
) -> JoinedShop:
    """Return a configured real shop; nothing is asked yet.

    Raises:
        ValueError: a key is missing or its file cannot be read.
        OSError: the file of an authority holds none.
    """
    secrets = secrets_of(shop, environment)
    with ExitStack() as opened:
        store = _store(shop, secrets, clock)
        opened.callback(store.close)
        provider = _provider(shop, secrets, clock)
        if provider is not None:
            opened.callback(provider.close)
        books = shop.provider is not None and shop.provider.kind == "books"
        made = JoinedShop(store, provider, books=books, clock=clock, processing_s=shop.processing_s)
        opened.pop_all()
    return made


def bounded(usual: Bounds, timeout_s: float | None) -> Bounds:
    """Return how long is waited, with the operator's longest answer instead of the usual one."""
    if timeout_s is None:
        return usual
    connect_s = min(usual.connect_s, timeout_s)
    return replace(usual, connect_s=connect_s, read_s=timeout_s, whole_s=timeout_s)


def _store(shop: ShopConfig, secrets: Secrets, clock: Callable[[], datetime]) -> StoreSide:
    assert shop.url is not None
    since = clock() - timedelta(days=shop.history_days)
    if shop.engine == "vendure":
        return vendure.VendureStore(
            shop.url,
            ShopId(shop.id),
            api_key=secrets.key,
            username=shop.username,
            password=secrets.password,
            label=shop.label or "Vendure",
            captures=shop.captures or "at_once",
            methods=shop.methods,
            states=shop.states,
            bounds=bounded(vendure.BOUNDS, shop.timeout_s),
            clock=clock,
            use_proxies=shop.proxy,
            ca_file=shop.ca_file,
            since=since,
        )
    assert secrets.key is not None
    assert shop.publishable_key is not None
    return medusa.MedusaStore(
        shop.url,
        ShopId(shop.id),
        secret_key=secrets.key,
        publishable_key=shop.publishable_key,
        label=shop.label or "Medusa",
        captures=shop.captures or "later",
        methods=shop.methods,
        bounds=bounded(medusa.BOUNDS, shop.timeout_s),
        clock=clock,
        use_proxies=shop.proxy,
        ca_file=shop.ca_file,
        since=since,
    )


def _provider(
    shop: ShopConfig, secrets: Secrets, clock: Callable[[], datetime]
) -> PaymentProvider | None:
    settings = shop.provider
    if settings is None or settings.kind == "books":
        return None
    assert secrets.provider_key is not None
    return StripeProvider(
        secrets.provider_key,
        reference_key=shop.references,
        base_url=settings.url,
        history_days=shop.history_days,
        late_window_s=settings.late_window_s,
        clock=clock,
        use_proxies=settings.proxy,
        ca_file=settings.ca_file,
    )
