"""What changed at the shop, from its two lists: orders, and payments (carts without an order).

Medusa has no list of carts; one that somebody paid for is found through its payment. The lists
take turns, so that a poll with nothing new is one request whose answer is empty.

What bumps what (2.21.2, seen): an order's `updated_at` moves when it is placed, edited, cancelled
and after a refund that was recorded whole; a payment's when it is authorised, captured, voided.
A refund whose recording broke off moves neither: the provider's own news tell of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from agent_app import typed_json
from agent_app.domain.ids import OrderRef
from agent_app.engines.http import Answer, ShopHttp
from agent_app.engines.joined.store import StoreChanges
from agent_app.engines.medusa.documents import OrderRow, OrderRows, PaymentRow, PaymentRows
from agent_app.engines.port import EngineError, Unreadable

OVERLAP = timedelta(seconds=60)
"""How long a change may be committed after the time that it bears."""
_ORDER_FIELDS = "id,updated_at,cart.id"
_PAYMENT_FIELDS = "id,updated_at,payment_collection.cart.id,payment_collection.order.id"
_LONGEST_PAGE = 100
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_Row = OrderRow | PaymentRow


class Place(msgspec.Struct, frozen=True):
    """Where one list was read to: `since`, and what of the time from there on was given."""

    since: str | None = None
    given: dict[str, str] = {}
    """Row id to its `updated_at`."""


class Position(msgspec.Struct, frozen=True):
    """The cursor: a place in each list, and whose turn it is."""

    orders: Place = Place()
    payments: Place = Place()
    payments_turn: bool = False


class Feed:
    """Reads both lists. `learnt` is told which order was made of which cart: `(cart, order)`."""

    def __init__(
        self,
        http: ShopHttp,
        learnt: Callable[[str, str], None],
        overlap: timedelta = OVERLAP,
        since: datetime | None = None,
    ) -> None:
        """Begin with what changed `since`; None: with everything that there is."""
        begins = Place(_as_text(since) if since is not None else None)
        self._first = Position(begins, begins)
        self._http = http
        self._learnt = learnt
        self._overlap = overlap

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        """Return the references of what changed, at most `limit`.

        Raises:
            Unreadable: the shop does not do what was asked of its list; nothing is skipped.
            EngineError: it did not answer.
        """
        position = _position(cursor) if cursor is not None else self._first
        limit = max(1, min(limit, _LONGEST_PAGE))
        if position.payments_turn:
            refs, place, more = self._page(position.payments, limit, payments=True)
            position = Position(position.orders, place)
        else:
            refs, place, more = self._page(position.orders, limit, payments=False)
            position = Position(place, position.payments, payments_turn=True)
        return StoreChanges(tuple(refs), msgspec.json.encode(position).decode(), more)

    def _page(
        self, place: Place, limit: int, *, payments: bool
    ) -> tuple[list[OrderRef], Place, bool]:
        # What was given already is listed again until it is older than the overlap: it must not
        # crowd out what is new, however much of it bears the same time.
        asked = limit + len(place.given)
        params: dict[str, str] = {"limit": str(asked), "order": "updated_at"}
        if place.since is not None:
            params["updated_at[$gte]"] = place.since
        rows: Sequence[_Row]
        if payments:
            params["fields"] = _PAYMENT_FIELDS
            said = self._http.get("/admin/payments", PaymentRows, params)
            rows, headers = said.value.payments, said.headers
        else:
            params["fields"] = _ORDER_FIELDS
            told: Answer[OrderRows] = self._http.get("/admin/orders", OrderRows, params)
            rows, headers = told.value.orders, told.headers
        _check(rows, place.since, "payments" if payments else "orders")
        new = [row for row in rows if place.given.get(row.id) != row.updated_at]
        taken = new[:limit]
        full = len(rows) == asked or len(taken) < len(new)
        place = _moved(place, taken, full, _shop_time(headers, self._overlap))
        refs = dict.fromkeys(ref for row in taken if (ref := self._ref(row)) is not None)
        # Something new here: the other list is asked at once too, not at the next poll.
        return list(refs), place, full or bool(taken)

    def _ref(self, row: _Row) -> OrderRef | None:
        if isinstance(row, OrderRow):
            cart, order = row.cart, row.id
        else:
            link = row.payment_collection
            cart = link.cart if link else None
            order = link.order.id if link and link.order else ""
        if cart is None:
            return OrderRef(order) if order else None
        if order:
            self._learnt(cart.id, order)
        return OrderRef(cart.id)


def _moved(
    place: Place,
    taken: Sequence[_Row],
    full: bool,
    by_clock: str | None,
) -> Place:
    """Return the place behind what was taken, at most an overlap before the shop's present."""
    seen = dict(place.given) | {row.id: row.updated_at for row in taken}
    latest = max((*seen.values(), place.since or ""))
    if full:
        since = min(taken[-1].updated_at if taken else latest, by_clock or latest)
    else:
        since = by_clock or latest
    since = max(since, place.since or "")
    if not since:
        return place
    return Place(since, {row: at for row, at in seen.items() if at >= since})


def _shop_time(headers: Mapping[str, str], before: timedelta) -> str | None:
    """Return the shop's own time less `before`, as it writes times; None if it names none."""
    try:
        now = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return _as_text(now - before)


def _as_text(moment: datetime) -> str:
    """Return the time as the shop writes times, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _check(rows: Sequence[_Row], since: str | None, name: str) -> None:
    """Hold the list to what was asked: Medusa ignores filters that it does not know (200)."""
    before = since or ""
    for row in rows:
        if row.updated_at < before:
            raise Unreadable(
                f"the list of {name} is not filtered or sorted by updated_at "
                f"({row.id} of {row.updated_at} after {before}): this Medusa answers otherwise "
                "than 2.21 does, and what changed cannot be told"
            )
        _time(row.updated_at, row.id)
        before = row.updated_at


def _time(text: str, what: str) -> None:
    """Check that a time is written as the ones it is compared with, which is done as text."""
    if not _TIME.fullmatch(text):
        raise Unreadable(f"{what}: updated_at {text!r} is no UTC time with milliseconds")


def _position(cursor: str) -> Position:
    try:
        return typed_json.decode(cursor, Position)
    except msgspec.MsgspecError as error:
        raise EngineError(f"the position in the shop's lists is damaged ({error})") from error
