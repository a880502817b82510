"""The history shop behind the port: past orders from CSV files, brought to the present.

The gateway makes one per configured folder. It is read only: nothing can be done to what has
already happened. Everything is held in memory and never changes, so any thread may ask.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.domain.events import OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.flags import FlagPolicy
from agent_app.domain.ids import EvidenceId, OrderRef, ShopId
from agent_app.domain.learn_promise import HistoryOutcome, learn, with_seller_pace
from agent_app.domain.stage import fold_stage
from agent_app.engines.history.orders import NEVER_SENT, Folder, PastOrder, Status, read_folder
from agent_app.engines.history.timeline import SecondLife, SellerPace, events_of, order_of
from agent_app.engines.port import ChangePage, Command, Message, Outcome, Reading, Receipt, Rejected

_FRESH = timedelta(seconds=60)
_SETTLED_AFTER = timedelta(days=30)
"""Younger orders without an end may still get one: their outcome is not learnt from."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_history(
    folder: Path,
    shop_id: ShopId,
    anchor: datetime,
    *,
    label: str | None = None,
    currency: str = "BRL",
    language: str = "pt-BR",
    weights: Mapping[Status, float] | None = None,
    clock: Callable[[], datetime] = _utc_now,
) -> HistoryShop:
    """Read a folder of histories and learn when its orders are overdue.

    `anchor`: when the newest purchase is to have happened; the caller keeps it, so that a restart
    shifts nothing. `weights`: orders that one of a status stands for, in a stratified sample.

    Raises:
        HistoryUnreadable: a file or column is missing, or no order can be read.
        ValueError: `anchor` has no zone.
    """
    if anchor.tzinfo is None:
        raise ValueError("the anchor must be an aware time")
    read = read_folder(folder)
    shift = anchor - max(o.purchased_at for o in read.orders)
    life = SecondLife(shop_id, anchor, shift, currency, language)
    return HistoryShop(read, life, label or folder.name, weights or {}, clock)


@dataclass(frozen=True, slots=True)
class _Known:
    past: PastOrder
    events: tuple[OrderEvent, ...]
    pace: SellerPace


class HistoryShop:
    """Implements `port.Shop` for one folder."""

    def __init__(
        self,
        folder: Folder,
        life: SecondLife,
        label: str,
        weights: Mapping[Status, float],
        clock: Callable[[], datetime],
    ) -> None:
        self._life = life
        self._clock = clock
        self._problems = folder.problems
        self._capabilities = replace(READ_ONLY, label=label)
        outcomes = with_seller_pace(
            [o.outcome(weights) for o in folder.orders], [o.seller for o in folder.orders]
        )
        self._policy = FlagPolicy(promise=learn(_settled(folder.orders, outcomes)))
        self._known = {
            past.id: _Known(
                past,
                tuple(events_of(past, life)),
                SellerPace(outcome.facts.seller_orders, outcome.facts.seller_late),
            )
            for past, outcome in zip(folder.orders, outcomes, strict=True)
        }
        self._changes = sorted(
            {change for known in self._known.values() for change in _changes(known, life.anchor)}
        )

    @property
    def id(self) -> ShopId:
        """Return the id under which the gateway connected it."""
        return self._life.shop

    @property
    def capabilities(self) -> Capabilities:
        """Return the read-only profile: every action is locked."""
        return self._capabilities

    @property
    def flag_policy(self) -> FlagPolicy:
        """Return the usual rules with the promise learnt from these histories."""
        return self._policy

    @property
    def longest_call_s(self) -> float:
        """Return no time at all: past orders cannot be acted upon."""
        return 0.0

    def changes(self, cursor: str | None, limit: int) -> ChangePage:
        """Read the orders of which something has happened since the cursor.

        Raises:
            ValueError: the cursor is not one of ours.
        """
        start = bisect_right(self._changes, _position(cursor)) if cursor else 0
        now = self._clock()
        end = start
        refs: dict[str, None] = {}
        while end < len(self._changes) and self._changes[end][0] <= now:
            ref = self._changes[end][1]
            if ref not in refs and len(refs) == limit:
                break
            refs[ref] = None
            end += 1
        if end > start:
            at, ref = self._changes[end - 1]
            cursor = f"{at.isoformat()}|{ref}"
        more = end < len(self._changes) and self._changes[end][0] <= now
        return ChangePage(tuple(self._reading(ref, now) for ref in refs), cursor or "", more)

    def read(self, ref: OrderRef) -> Reading:
        """Return what has happened to the order by now; an unknown one brings no order."""
        now = self._clock()
        known = self._known.get(ref)
        if known is not None and known.events[0].at <= now:
            return self._reading(ref, now)
        return Reading(None, (), (_look(ref, now, "not_visible", ()),))

    def perform(self, command: Command) -> Receipt:
        """Refuse: what is past cannot be acted upon.

        Raises:
            Rejected: always; the capabilities lock every action before.
        """
        raise Rejected(f"{command.kind} is impossible: these orders come from a read-only export")

    def outcome(self, command: Command) -> Outcome:
        """Say that nothing was done: nothing ever is."""
        return Outcome.ABSENT

    def send_message(self, message: Message) -> Receipt:
        """Refuse: the export has no customer's address.

        Raises:
            Rejected: always.
        """
        raise Rejected(f"order {message.order}: a read-only export cannot send messages")

    def problems(self) -> Sequence[str]:
        """Return what could not be read, an order per row that is to blame."""
        return self._problems

    def close(self) -> None:
        """Nothing is held open: the files were read at the start."""

    def _reading(self, ref: str, now: datetime) -> Reading:
        known = self._known[ref]
        events = tuple(e for e in known.events if e.at <= now)
        look = _look(ref, now, fold_stage(events).stage, events)
        return Reading(order_of(known.past, self._life, known.pace, now), events, (look,))


def _changes(known: _Known, anchor: datetime) -> list[tuple[datetime, str]]:
    """Return when the order is news: once for all that happened by the anchor, then each time."""
    before = [e.at for e in known.events if e.at <= anchor]
    after = {e.at for e in known.events if e.at > anchor}
    return [(at, known.past.id) for at in ([max(before)] if before else []) + sorted(after)]


def _position(cursor: str) -> tuple[datetime, str]:
    at, mark, ref = cursor.partition("|")
    if not mark:
        raise ValueError(f"not a cursor of a history shop: {cursor!r}")
    return datetime.fromisoformat(at), ref


def _settled(
    orders: Sequence[PastOrder], outcomes: Sequence[HistoryOutcome]
) -> list[HistoryOutcome]:
    last = max(o.purchased_at for o in orders) - _SETTLED_AFTER
    return [
        outcome
        for past, outcome in zip(orders, outcomes, strict=True)
        if past.purchased_at <= last or past.status not in NEVER_SENT
    ]


def _look(ref: str, now: datetime, verdict: str, events: Sequence[OrderEvent]) -> Evidence:
    return Evidence(
        EvidenceId(f"{Source.PLATFORM}:{EvidenceKind.ORDER}:{ref}:{now.isoformat()}"),
        OrderRef(ref),
        Source.PLATFORM,
        EvidenceKind.ORDER,
        now,
        now + _FRESH,
        str(verdict),
        reference=ref,
        payload_hash=hashlib.sha256(repr(events).encode()).hexdigest(),
    )
