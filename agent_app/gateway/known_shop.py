"""A connected shop, known as it last declared itself: nobody waits for its network to know it.

Folding an order needs the shop's profile, and that is done inside write transactions. A connector
may have to ask its shop for the profile; only the shop's own watcher thread does that (`refresh`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.engines.port import Shop
from agent_app.gateway.wrapped_shop import WrappedShop

_LOOKS_AT_ONCE = 8
"""Agents' own looks at one shop: one that hangs must not take every thread of the API."""


class KnownShop(WrappedShop):
    """A shop whose profile and problems are those of the last `refresh`."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self._capabilities = replace(READ_ONLY, label=str(shop.id))
        self._problems: tuple[str, ...] = ()
        self.looks = threading.BoundedSemaphore(_LOOKS_AT_ONCE)

    def refresh(self) -> None:
        """Ask the connector for profile and problems; may take as long as its network does."""
        self._capabilities = self._shop.capabilities
        self._problems = tuple(self._shop.problems())

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
