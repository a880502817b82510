"""The engines of configured shops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.ids import ShopId
from agent_app.engines.history import open_history
from agent_app.engines.history.orders import Status
from agent_app.engines.http import Bounds
from agent_app.engines.port import Shop
from agent_app.engines.sandbox.connector import BOUNDS, SandboxShop
from agent_app.gateway.config import ShopConfig


def _utc_now() -> datetime:
    return datetime.now(UTC)


def engine_of(shop: ShopConfig, anchor: datetime, clock: Callable[[], datetime] = _utc_now) -> Shop:
    """Return the engine of a configured shop; `anchor` as `open_history` takes it.

    Raises:
        HistoryUnreadable: its folder cannot be read.
    """
    if shop.engine == "sandbox":
        assert shop.url is not None
        bounds = None
        if shop.timeout_s is not None:
            connect_s = min(BOUNDS.connect_s, shop.timeout_s)
            bounds = Bounds(connect_s, read_s=shop.timeout_s, whole_s=shop.timeout_s)
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
