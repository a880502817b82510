"""People's own looks at one shop: who asks for the same order shares a look.

A look is a handful of requests at the shop and its provider. When many people look again at once,
as they do when money is late, they would keep a slow shop so busy that the worker, which carries
their actions out, hardly gets a turn. The worker's looks do not come through here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from agent_app.domain.ids import OrderRef

AT_ONCE = 2
MOST_PEOPLE = 12
"""Who looks or waits for it holds a thread of the API: a shop that hangs must not take them all."""


class TooManyLookersError(Exception):
    """So many people wait for this shop's answers that another one is sent away."""


class PeopleLooks:
    """The looks at one shop. Safe to use from several threads."""

    def __init__(self, at_once: int = AT_ONCE, most_people: int = MOST_PEOPLE) -> None:
        """Let so many orders be looked at side by side, and so many people look or wait."""
        self._turns = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(most_people)
        self._lock = threading.Lock()
        self._coming: dict[OrderRef, Future[None]] = {}
        """The look of each order that has not begun: whoever asks now is served by it."""
        self._latest: dict[OrderRef, Future[None]] = {}

    def look(self, ref: OrderRef, take: Callable[[], None]) -> None:
        """Have `take` look at the order, once for all who ask before it begins.

        A look that has begun is not joined: it may not show what its asker just saw happen.

        Raises:
            TooManyLookersError: nobody looked.
            Exception: what `take` raised, for everybody who waited for it.
        """
        if not self._places.acquire(blocking=False):
            raise TooManyLookersError
        try:
            with self._lock:
                coming = self._coming.get(ref)
                if coming is None:
                    mine, before = Future[None](), self._latest.get(ref)
                    self._coming[ref] = self._latest[ref] = mine
            if coming is not None:
                coming.result()
                return
            self._take(ref, mine, before, take)
        finally:
            self._places.release()

    def _take(
        self,
        ref: OrderRef,
        mine: Future[None],
        before: Future[None] | None,
        take: Callable[[], None],
    ) -> None:
        if before is not None:
            # One look of an order at a time: this one will show what that one shows.
            before.exception()
        with self._turns:
            with self._lock:
                del self._coming[ref]
            try:
                take()
            except BaseException as error:
                mine.set_exception(error)
                raise
            else:
                mine.set_result(None)
            finally:
                with self._lock:
                    if self._latest.get(ref) is mine:
                        del self._latest[ref]
