"""A connected shop, known as it last declared itself: nobody waits for its network to know it.

Folding an order needs the shop's profile, and that is done inside write transactions. A connector
may have to ask its shop for the profile; only the shop's own watcher thread does that (`refresh`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.ledger import Outcome
from agent_app.engines.port import ChangePage, Command, Message, Reading, Receipt, Shop

_LOOKS_AT_ONCE = 8
"""Agents' own looks at one shop: one that hangs must not take every thread of the API."""


class KnownShop:
    """Implements `port.Shop` over another; its profile and problems are those of `refresh`."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
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
    def id(self) -> ShopId:
        return self._shop.id

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def flag_policy(self) -> FlagPolicy:
        return self._shop.flag_policy

    @property
    def longest_call_s(self) -> float:
        return self._shop.longest_call_s

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        return self._shop.changes(cursor, limit)

    def read(self, ref: OrderRef) -> Reading:
        return self._shop.read(ref)

    def perform(self, command: Command) -> Receipt:
        return self._shop.perform(command)

    def outcome(self, command: Command) -> Outcome:
        return self._shop.outcome(command)

    def send_message(self, message: Message) -> Receipt:
        return self._shop.send_message(message)

    def problems(self) -> Sequence[str]:
        return self._problems

    def close(self) -> None:
        self._shop.close()
