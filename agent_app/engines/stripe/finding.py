"""Which payment intents carry a shop's reference: by search or, where there is none, by charges.

Stripe's search is not everywhere (not in India, not at servers that only speak its API): the first
answer decides for the connection. Without it the charges are walked once and then followed, so that
a look costs what is new. The index is a cache; a restart builds it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime

from agent_app.engines.http import Params, ShopHttp
from agent_app.engines.port import EngineError, NotVisible, Rejected
from agent_app.engines.stripe.documents import Charge, Intent, Page, SearchPage

_PAGE = 100
_MOST_PAGES = 1_000
_MARGIN_S = 30 * 86_400
"""So much further back, so that the next older order does not walk everything again."""
_OVERLAP_S = 60
"""A charge may become visible this much later than one that was made after it."""
_DEEP_EVERY_S = 10.0
"""So often the overlap is walked; in between only what is not older than the newest."""


class Finder:
    """Finds payment intents by the shop's reference; safe to use from several threads."""

    def __init__(self, http: ShopHttp, names: Sequence[str]) -> None:
        self._http, self._names = http, tuple(names)
        self._can_search: bool | None = None
        self._lock = threading.Lock()
        self._index: dict[str, dict[str, None]] = {}
        self._from_s: int | None = None
        self._newest_s = 0
        self._deep_at = 0.0

    @property
    def searches(self) -> bool:
        """Return whether Stripe's search is used, as far as is known by now."""
        return bool(self._names) and self._can_search is not False

    def find(self, reference: str, since: datetime) -> tuple[str, ...]:
        """Return the ids of the intents with this reference; those older than `since` may lack.

        Raises:
            EngineError: no whole answer.
        """
        if not self._names or not reference:
            return ()
        if self._can_search is not False:
            try:
                found = self._search(reference)
            except (NotVisible, Rejected):
                if self._can_search:
                    raise
                self._can_search = False
            else:
                self._can_search = True
                return found
        with self._lock:
            self._follow(int(since.timestamp()))
            return tuple(self._index.get(reference, ()))

    def _search(self, reference: str) -> tuple[str, ...]:
        value = reference.replace("\\", "\\\\").replace("'", "\\'")
        query = " OR ".join(f"metadata['{name}']:'{value}'" for name in self._names)
        found: dict[str, None] = {}
        page: str | None = None
        for _ in range(_MOST_PAGES):
            params: Params = [("query", query), ("limit", _PAGE)]
            if page is not None:
                params = [*params, ("page", page)]
            said = self._http.get("/v1/payment_intents/search", SearchPage, params).value
            found |= dict.fromkeys(one.id for one in said.data)
            page = said.next_page
            if not said.has_more or page is None:
                return tuple(found)
        raise EngineError("the provider's search has no end")

    def _follow(self, since_s: int) -> None:
        """Read the charges that came since the last time, or all since `since_s` at the first."""
        if self._from_s is None or since_s < self._from_s:
            start = since_s - _MARGIN_S
        else:
            overlap_s = 0
            if time.monotonic() >= self._deep_at:
                self._deep_at = time.monotonic() + _DEEP_EVERY_S
                overlap_s = _OVERLAP_S
            start = max(self._from_s, self._newest_s - overlap_s)
        newest = self._newest_s
        for charge in self._charges(start):
            newest = max(newest, charge.created)
            intent = charge.payment_intent
            if isinstance(intent, Intent):
                for reference in filter(None, map(intent.metadata.get, self._names)):
                    self._index.setdefault(reference, {})[intent.id] = None
        self._newest_s = newest
        self._from_s = min(start, self._from_s) if self._from_s is not None else start

    def _charges(self, since_s: int) -> list[Charge]:
        found: list[Charge] = []
        params: Params = [
            ("created[gt]", since_s - 1), ("limit", _PAGE), ("expand[]", "data.payment_intent"),
        ]  # fmt: skip
        after: Params = []
        for _ in range(_MOST_PAGES):
            page = self._http.get("/v1/charges", Page[Charge], [*params, *after]).value
            found += page.data
            if not page.has_more or not page.data:
                return found
            after = [("starting_after", page.data[-1].id)]
        raise EngineError(f"more than {_MOST_PAGES * _PAGE} charges to search")
