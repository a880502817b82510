"""A shop is asked for its problems now and then, not at every poll, and at once after a failure."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent_app.domain.ids import ShopId
from agent_app.engines.port import ChangePage, EngineError
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway.known_shop import PROBLEMS_EVERY_S, KnownShop
from agent_app.gateway.wrapped_shop import WrappedShop


class Counted(WrappedShop):
    """Counts how often it is asked for its problems; reads nothing while it is `away`."""

    asked = 0
    away = False

    def problems(self) -> Sequence[str]:
        self.asked += 1
        return ("away",) if self.away else ()

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        if self.away:
            raise EngineError("away")
        return ChangePage((), "0.0.", more=False)


@pytest.fixture
def counted() -> Counted:
    return Counted(SandboxShop("http://127.0.0.1:9", ShopId("s")))


def test_a_poll_asks_for_no_problems(counted: Counted) -> None:
    ticks = [0.0]
    shop = KnownShop(counted, monotonic=lambda: ticks[0])
    for _ in range(20):
        shop.refresh()
        shop.changes(None, 10)
    assert counted.asked == 1
    ticks[0] += PROBLEMS_EVERY_S
    shop.refresh()
    assert counted.asked == 2


def test_after_a_failure_it_is_asked_at_once(counted: Counted) -> None:
    shop = KnownShop(counted)
    shop.refresh()
    counted.away = True
    with pytest.raises(EngineError):
        shop.changes(None, 10)
    shop.refresh()
    assert shop.problems() == ("away",)
