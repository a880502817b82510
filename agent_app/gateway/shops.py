"""The engines of configured shops."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.ids import ShopId
from agent_app.engines.history import open_history
from agent_app.engines.history.orders import Status
from agent_app.engines.port import Shop
from agent_app.engines.sandbox.connector import BOUNDS, SandboxShop
from agent_app.gateway import real_shops
from agent_app.gateway.config import ConfigError
from agent_app.gateway.shop_settings import ShopConfig, policy_of
from agent_app.gateway.wrapped_shop import TunedShop


def _utc_now() -> datetime:
    return datetime.now(UTC)


def engine_of(
    shop: ShopConfig,
    anchor: datetime,
    clock: Callable[[], datetime] = _utc_now,
    environment: Mapping[str, str] = os.environ,
) -> Shop:
    """Return the engine of a configured shop; `anchor` as `open_history` takes it.

    Raises:
        HistoryUnreadable: its folder cannot be read.
        ConfigError: a key is missing or its file cannot be read, or the engine has no such clock.
    """
    engine = _engine(shop, anchor, clock, environment)
    if not shop.flags:
        return engine
    try:
        return TunedShop(engine, policy_of(shop, engine.flag_policy))
    except ValueError as error:
        engine.close()
        raise ConfigError(f"shop {shop.id!r}: {error}.") from error


def _engine(
    shop: ShopConfig,
    anchor: datetime,
    clock: Callable[[], datetime],
    environment: Mapping[str, str],
) -> Shop:
    if shop.is_real:
        try:
            return real_shops.joined(shop, clock, environment)
        except (ValueError, OSError) as error:
            raise ConfigError(f"{error}.") from error
    if shop.engine == "sandbox":
        assert shop.url is not None
        bounds = real_shops.bounded(BOUNDS, shop.timeout_s)
        return SandboxShop(shop.url, ShopId(shop.id), clock=clock, bounds=bounds)
    assert shop.folder is not None
    weights = {Status(status): weight for status, weight in shop.weights.items()}
    return open_history(
        Path(shop.folder),
        ShopId(shop.id),
        anchor,
        label=shop.label,
        weights=weights,
        clock=clock,
    )
