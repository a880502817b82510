"""A connected shop, known as it last declared itself: nobody waits for its network to know it.

Folding an order needs the shop's profile, and that is done inside write transactions. A connector
may have to ask its shop for the profile; only the shop's own watcher thread does that (`refresh`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.engines.port import ChangePage, EngineError, Shop
from agent_app.gateway.people_looks import PeopleLooks
from agent_app.gateway.wrapped_shop import WrappedShop

PROBLEMS_EVERY_S = 60.0


class KnownShop(WrappedShop):
    """A shop whose profile and problems are those of the last `refresh`."""

    def __init__(self, shop: Shop, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Know the shop; `monotonic` counts seconds as they pass."""
        super().__init__(shop)
        self._monotonic = monotonic
        self._problems_at: float | None = None
        self._failed = False
        self._capabilities = replace(READ_ONLY, label=str(shop.id))
        self._problems: tuple[str, ...] = ()
        self.looks = PeopleLooks()

    def refresh(self) -> None:
        """Ask the connector for profile and problems; may take as long as its network does.

        To look for problems costs a real shop several requests, more than a poll of its changes;
        so that is done now and then, and at once after the shop could not be read.
        """
        self._capabilities = self._shop.capabilities
        now = self._monotonic()
        if self._problems_at is None or self._failed or now >= self._problems_at + PROBLEMS_EVERY_S:
            self._problems = tuple(self._shop.problems())
            self._problems_at, self._failed = now, False

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        try:
            return super().changes(cursor, limit)
        except EngineError:
            self._failed = True
            raise

    @property
    def can_act(self) -> bool:
        """Return whether the shop declared any action.

        Before it has, the ledger must not go on: keys and settle time are not known, and
        `READ_ONLY` would read as "no keys, nothing to wait for".
        """
        return self._capabilities != replace(READ_ONLY, label=self._capabilities.label)

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def problems(self) -> Sequence[str]:
        return self._problems
