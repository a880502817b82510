"""Which orders changed at the shop: one list, asked once per poll.

Vendure's `updatedAt` moves with the basket and when an order is cancelled, and not with its state,
payments or refunds (3.7.3, seen on SQLite and PostgreSQL: the state is saved twice, and the second
save writes the old time back). `orderPlacedAt` is the time at which it became an order. So the
last `OVERLAP` of both is listed at every poll, less what was given in the state that it is in: the
shop itself leaves that out, and nothing new is an empty list. What happens to the money of older
orders is told by the provider's news.

Carts are left out unless somebody tried to pay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from agent_app import typed_json
from agent_app.domain.ids import OrderRef
from agent_app.engines.joined.store import StoreChanges
from agent_app.engines.port import EngineError, Unreadable
from agent_app.engines.vendure.documents import FEED, Changed, Changes
from agent_app.engines.vendure.talk import Admin

OVERLAP = timedelta(minutes=15)
"""How long after the last change of its basket an order's change of state is still found."""
CARTS = ("AddingItems", "Created", "Draft")
_LONGEST_PAGE = 100
_TICK = timedelta(milliseconds=1)


class Given(msgspec.Struct, frozen=True, array_like=True):
    """An order that was given: in which state, and until when the list still holds it."""

    state: str
    updated_at: datetime
    until: datetime


class Position(msgspec.Struct, frozen=True):
    """The cursor: the list was read up to `since`, and what of the time from there on was given."""

    since: datetime | None = None
    given: dict[str, Given] = {}


class Feed:
    """Reads the list of orders."""

    def __init__(
        self, admin: Admin, overlap: timedelta = OVERLAP, since: datetime | None = None
    ) -> None:
        """Begin with what changed `since`; None: with everything that there is."""
        self._admin = admin
        self._overlap = overlap
        self._since = since

    def changes(self, cursor: str | None, limit: int) -> StoreChanges:
        """Return the codes of what changed, at most `limit`.

        Raises:
            Unreadable: the shop does not do what was asked of its list; nothing is skipped.
            EngineError: it did not answer.
        """
        position = _position(cursor) if cursor is not None else Position(self._since)
        limit = max(1, min(limit, _LONGEST_PAGE))
        said = self._admin.ask(
            FEED,
            Changes,
            options={
                "take": limit,
                # By nothing else: of two names GraphQL takes the order of the schema, not ours.
                "sort": {"updatedAt": "ASC"},
                "filter": _filter(position),
            },
        )
        rows = said.value.orders.items
        _check(rows, position)
        full = len(rows) >= limit
        position = _moved(position, rows, full, _ago(said.headers, self._overlap))
        refs = tuple(OrderRef(row.code) for row in rows)
        return StoreChanges(refs, msgspec.json.encode(position).decode(), full)


def _filter(position: Position) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"_or": [{"state": {"notIn": list(CARTS)}}, {"transactionId": {"isNull": False}}]}
    ]
    if position.since is not None:
        after = {"after": _text(position.since - _TICK)}
        parts.append({"_or": [{"updatedAt": after}, {"orderPlacedAt": after}]})
    for state, ids, latest in _by_state(position.given):
        # Not one of these, or in another state by now, or changed again.
        other = {"state": {"notEq": state}}
        # PostgreSQL keeps microseconds that the answer does not show.
        later = {"updatedAt": {"after": _text(latest + _TICK)}}
        parts.append({"_or": [{"id": {"notIn": ids}}, other, later]})
    return {"_and": parts}


def _by_state(given: Mapping[str, Given]) -> Iterable[tuple[str, list[str], datetime]]:
    for state in sorted({g.state for g in given.values()}):
        of = {id_: g for id_, g in given.items() if g.state == state}
        yield state, sorted(of), max(g.updated_at for g in of.values())


def _moved(position: Position, rows: list[Changed], full: bool, ago: datetime | None) -> Position:
    given = dict(position.given)
    for row in rows:
        until = max(row.updated_at, row.order_placed_at or row.updated_at)
        given[row.id] = Given(row.state, row.updated_at, until)
    since = rows[-1].updated_at if full else ago
    # A row that is listed for the time of its order may be older than where we are.
    known = [moment for moment in (position.since, since) if moment is not None]
    if not known:
        return Position(None, given)
    reached = max(known)
    if ago is not None and position.since is not None:
        reached = max(min(reached, ago), position.since)
    elif ago is not None:
        reached = min(reached, ago)
    return Position(reached, {id_: g for id_, g in given.items() if g.until >= reached})


def _ago(headers: Mapping[str, str], before: timedelta) -> datetime | None:
    """Return the shop's own time less `before`; None when it names none."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC) - before
    except (KeyError, ValueError):
        return None


def _check(rows: list[Changed], position: Position) -> None:
    """Hold the list to what was asked of it."""
    before: datetime | None = None
    for row in rows:
        latest = max(row.updated_at, row.order_placed_at or row.updated_at)
        old = position.since is not None and latest < position.since - _TICK
        if old or (before is not None and row.updated_at < before):
            raise Unreadable(
                f"the list of orders is not filtered or sorted as asked ({row.code} of "
                f"{row.updated_at}): this Vendure answers otherwise than 3.7 does, and what "
                "changed cannot be told"
            )
        before = row.updated_at


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _position(cursor: str) -> Position:
    try:
        return typed_json.decode(cursor, Position)
    except msgspec.MsgspecError as error:
        raise EngineError(f"the position in the shop's list is damaged ({error})") from error
