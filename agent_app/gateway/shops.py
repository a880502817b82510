"""The engines of configured shops."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.ids import ShopId
from agent_app.engines.history import open_history
from agent_app.engines.history.orders import Status
from agent_app.engines.http import Bounds
from agent_app.engines.port import Shop
from agent_app.engines.sandbox.connector import BOUNDS, SandboxShop
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
    engine = _engine(shop, anchor, clock)
    if not shop.flags:
        return engine
    try:
        return TunedShop(engine, policy_of(shop, engine.flag_policy))
    except ValueError as error:
        engine.close()
        raise ConfigError(f"shop {shop.id!r}: {error}.") from error


def _engine(shop: ShopConfig, anchor: datetime, clock: Callable[[], datetime]) -> Shop:
    if shop.engine == "sandbox":
        assert shop.url is not None
        return SandboxShop(shop.url, ShopId(shop.id), clock=clock, bounds=_bounds(shop, BOUNDS))
    if shop.is_real:
        raise ConfigError(f"shop {shop.id!r}: engine {shop.engine!r} is not built in yet.")
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


def _bounds(shop: ShopConfig, usual: Bounds) -> Bounds:
    if shop.timeout_s is None:
        return usual
    connect_s = min(usual.connect_s, shop.timeout_s)
    return Bounds(connect_s, read_s=shop.timeout_s, whole_s=shop.timeout_s)
