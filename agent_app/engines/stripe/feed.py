"""What has news at Stripe since a cursor: new charges, new refunds, and its events where listed.

Three lists, each with its own place in the cursor. Stripe lists newest first and other servers
oldest first, so each is walked from its last place to its end, and what was told is remembered for
the time of the overlap. Events tell what happens to older payments (captured late, disputed, a
refund that failed). A server that takes no list of types is asked for late captures alone; the
shop's news and the next look tell the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

import msgspec

from agent_app import typed_json
from agent_app.engines.http import Params, ShopHttp
from agent_app.engines.joined.provider import ProviderChanges, Touched
from agent_app.engines.port import EngineError, NotVisible, Rejected
from agent_app.engines.stripe.documents import Charge, Event, Intent, Page, Refund
from agent_app.engines.stripe.words import reference_of

T = TypeVar("T")
_PAGE = 100
_FIRST_REFUNDS = 10
"""Usually there is no new one."""
_OVERLAP_S = 60
_SKEW_S = 300
"""How far our clock may be ahead of the provider's."""
_TYPES = (
    "charge.captured", "charge.dispute.closed", "charge.dispute.created", "charge.expired",
    "charge.refunded", "charge.refund.updated", "payment_intent.amount_capturable_updated",
    "payment_intent.canceled", "payment_intent.payment_failed", "payment_intent.processing",
    "payment_intent.requires_action", "payment_intent.succeeded", "refund.created",
    "refund.failed", "refund.updated",
)  # fmt: skip
_EVENT_FILTERS: Sequence[Params] = (
    [("types[]", one) for one in _TYPES],
    [("type", "payment_intent.succeeded")],
)


class _Place(msgspec.Struct):
    """A place in one list: told up to `since` (Unix seconds), and in the walk since then `after`.

    `told` are the ends of the ids that were told before this walk and are not older than `since`,
    with their times; `telling` those of this walk that its overlap will meet again.
    """

    since: int
    newest: int = 0
    after: str | None = None
    told: dict[str, int] = {}
    telling: dict[str, int] = {}


class _Cursor(msgspec.Struct):
    charges: _Place
    refunds: _Place
    events: _Place


class _Entry(msgspec.Struct, frozen=True):
    """One entry of any of the lists: whose it is, and whether the list ends here."""

    id: str
    created: int
    intent: str | None
    reference: str | None = None


class _News(msgspec.Struct, frozen=True):
    """What the lists tell of one payment: the shop's reference, and its newest time."""

    reference: str | None = None
    at_s: int = 0


class Feed:
    """Reads the three lists; keeps nothing but which filters of events the server takes."""

    def __init__(
        self,
        http: ShopHttp,
        names: Sequence[str],
        clock: Callable[[], datetime],
        history: timedelta,
    ) -> None:
        self._http, self._names = http, tuple(names)
        self._clock, self._history = clock, history
        self._filters = _EVENT_FILTERS

    def changes(self, cursor: str | None, limit: int) -> ProviderChanges:
        """Return at most `limit` payments with news, and where to go on.

        Raises:
            EngineError: no answer, or `cursor` is none of ours.
        """
        at = self._parse(cursor)
        touched: dict[str, _News] = {}
        for place, read in (
            (at.charges, self._charges), (at.refunds, self._refunds), (at.events, self._events),
        ):  # fmt: skip
            self._walk(place, read, touched, limit)
            place.telling = _not_before(place.newest - _OVERLAP_S, place.telling)
        more = any(p.after is not None for p in (at.charges, at.refunds, at.events))
        payments = tuple(
            Touched(i, n.reference or self._reference(i), datetime.fromtimestamp(n.at_s, UTC))
            for i, n in touched.items()
        )
        return ProviderChanges(payments, msgspec.json.encode(at).decode(), more)

    def _walk(
        self,
        place: _Place,
        read: Callable[[_Place, str | None], tuple[list[_Entry], bool]],
        touched: dict[str, _News],
        limit: int,
    ) -> None:
        """Go on in one list until it ends or `limit` payments were touched."""
        after = place.after
        while True:
            if len(touched) >= limit:
                # "" begins the walk again: what was told meanwhile is not told twice.
                place.after = after or ""
                return
            entries, more = read(place, after or None)
            for entry in entries:
                new_intent = entry.intent is not None and entry.intent not in touched
                if new_intent and entry.id[-12:] not in place.told and len(touched) >= limit:
                    place.after = after or ""
                    return
                after = entry.id
                self._tell(place, entry, touched)
            if not more or not entries:
                break
        place.after = None
        place.since = max(place.since, place.newest - _OVERLAP_S)
        place.told = _not_before(place.since, {**place.told, **place.telling})
        place.telling = {}

    @staticmethod
    def _tell(place: _Place, entry: _Entry, touched: dict[str, _News]) -> None:
        place.newest = max(place.newest, entry.created)
        short = entry.id[-12:]
        if short in place.told or short in place.telling:
            return
        place.telling[short] = entry.created
        if entry.intent is not None:
            known = touched.get(entry.intent, _News())
            touched[entry.intent] = _News(
                known.reference or entry.reference, max(known.at_s, entry.created)
            )

    def _charges(self, place: _Place, after: str | None) -> tuple[list[_Entry], bool]:
        params: Params = [("created[gt]", place.since - 1), ("expand[]", "data.payment_intent")]
        page = self._page("/v1/charges", Page[Charge], params, after)
        return [self._of_charge(charge) for charge in page.data], page.has_more

    def _of_charge(self, charge: Charge) -> _Entry:
        intent = charge.payment_intent
        if isinstance(intent, Intent):
            reference = reference_of(intent, self._names)
            return _Entry(charge.id, charge.created, intent.id, reference)
        return _Entry(charge.id, charge.created, intent)

    def _refunds(self, place: _Place, after: str | None) -> tuple[list[_Entry], bool]:
        """Return the newest refunds: listed newest first everywhere, and filtered nowhere alike."""
        size = _PAGE if after else _FIRST_REFUNDS
        page = self._page("/v1/refunds", Page[Refund], [], after, size)
        fresh = [r for r in page.data if r.created >= place.since]
        whole = len(fresh) == len(page.data)
        entries = [_Entry(r.id, r.created, r.payment_intent) for r in fresh]
        return entries, page.has_more and whole

    def _events(self, place: _Place, after: str | None) -> tuple[list[_Entry], bool]:
        page = Page[Event]([])
        while self._filters:
            params: Params = [("created[gt]", place.since - 1), *self._filters[0]]
            try:
                page = self._page("/v1/events", Page[Event], params, after)
                break
            except (Rejected, NotVisible):
                self._filters = self._filters[1:]
        entries = [
            _Entry(e.id, e.created, o.id if o.object == "payment_intent" else o.payment_intent)
            for e in page.data
            for o in (e.data.object,)
        ]
        return entries, page.has_more

    def _page(
        self, path: str, into: type[Page[T]], params: Params, after: str | None, size: int = _PAGE
    ) -> Page[T]:
        walk: Params = [("limit", size), *params]
        if after is not None:
            walk = [*walk, ("starting_after", after)]
        return self._http.get(path, into, walk).value

    def _reference(self, intent: str) -> str | None:
        if not self._names:
            return None
        try:
            path = f"/v1/payment_intents/{quote(intent, safe='')}"
            said = self._http.get(path, Intent).value
        except NotVisible:
            return None
        return reference_of(said, self._names)

    def _parse(self, cursor: str | None) -> _Cursor:
        if cursor is None:
            since = int((self._clock() - self._history).timestamp())
            # What happened before is in the charges as they stand.
            events_since = int(self._clock().timestamp()) - _SKEW_S
            return _Cursor(_Place(since), _Place(since), _Place(events_since))
        try:
            return typed_json.decode(cursor, _Cursor)
        except msgspec.MsgspecError as error:
            raise EngineError(f"{cursor[:80]!r} is no cursor of the provider ({error})") from None


def _not_before(since: int, ids: dict[str, int]) -> dict[str, int]:
    return {i: at for i, at in ids.items() if at >= since}
