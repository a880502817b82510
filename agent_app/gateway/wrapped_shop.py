"""A shop with something put before it: all is passed on, but for what a subclass says itself."""

from __future__ import annotations

from collections.abc import Sequence

from agent_app.domain.capabilities import Capabilities
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.ledger import Outcome
from agent_app.engines.port import ChangePage, Command, Message, Reading, Receipt, Shop


class WrappedShop:
    """Implements `port.Shop` over another, which it closes with itself."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    @property
    def id(self) -> ShopId:
        return self._shop.id

    @property
    def capabilities(self) -> Capabilities:
        return self._shop.capabilities

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
        return self._shop.problems()

    def close(self) -> None:
        self._shop.close()


class TunedShop(WrappedShop):
    """A shop with the operator's thresholds instead of its engine's."""

    def __init__(self, shop: Shop, policy: FlagPolicy) -> None:
        super().__init__(shop)
        self._policy = policy

    @property
    def flag_policy(self) -> FlagPolicy:
        return self._policy
