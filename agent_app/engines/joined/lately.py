"""What was read lately, so that the provider's news do not have it all read a second time.

A gateway that is connected for the first time reads every order of the shop's list, with its
payments; after that the provider tells of the same payments once more. Only `shop` uses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from agent_app.domain.ids import OrderRef
from agent_app.engines.joined.provider import ProviderLook, Touched

MARGIN = timedelta(seconds=10)
"""The provider's times have whole seconds, and its list may be a little ahead of its books."""


class Lately:
    """The payments of orders that were read, and the provider's own time when they were.

    Only what the gateway took in counts: `goes_on` is to be told before each page whether it
    continues the page that was given last. Used by one thread at a time.
    """

    def __init__(self, most: int = 20_000) -> None:
        """Remember at most so many payments, the newest."""
        self._most = most
        self._read: dict[tuple[OrderRef, str], datetime] = {}

    def goes_on(self, continues: bool) -> None:
        """Forget everything unless the last page was taken in."""
        if not continues:
            self._read.clear()

    def note(self, ref: OrderRef, look: ProviderLook) -> None:
        """Remember a look that is given to the gateway as the shop's own news."""
        if look.as_of is None:
            return
        for payment in look.payments:
            self._read.pop((ref, payment.id), None)
            self._read[ref, payment.id] = look.as_of
        while len(self._read) > self._most:
            del self._read[next(iter(self._read))]

    def unread(self, ref: OrderRef, news: Iterable[Touched]) -> list[Touched]:
        """Return the order's news that are no older than what was read of it."""
        return [one for one in news if not self._covers(ref, one)]

    def _covers(self, ref: OrderRef, news: Touched) -> bool:
        read_at = self._read.get((ref, news.id))
        return read_at is not None and news.at is not None and news.at < read_at - MARGIN
