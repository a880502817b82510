"""The ledger's rows in memory, under the same contract as `gateway.store.action_rows`.

`test_contract.py` runs one suite over both, so that this one cannot drift from the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_app.domain.actions import MONEY, ActionRecord, ActionState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, ShopId
from agent_app.gateway.store.action_rows import AlreadyOpen, LostLease, StoredAction


@dataclass(slots=True)
class Row:
    """One action as it was last committed."""

    action: StoredAction
    intent: int
    request: str | None
    fence: int = 0
    lease_until: datetime | None = None


def _nobody(_row: Row, _after: StoredAction) -> None: ...


class Rows:
    """Each method is one transaction: all of it is durable when it returns, or nothing was done.

    `committing` is called with every change of an action before it takes effect.
    """

    def __init__(self, committing: Callable[[Row, StoredAction], None] = _nobody) -> None:
        self._rows: dict[ActionId, Row] = {}
        self._committing = committing
        self.fenced = True
        """Whether a worker that was overtaken is refused; False is a control."""

    def records(self) -> list[ActionRecord]:
        return [row.action.record for row in self._rows.values()]

    def rows(self) -> Collection[Row]:
        return self._rows.values()

    def intents(self, shop: ShopId, ref: OrderRef, kind: str) -> int:
        return sum(
            1
            for row in self._rows.values()
            if row.action.shop == shop
            and row.action.command.order == ref
            and row.action.record.kind == kind
        )

    def add(self, action: StoredAction, intent: int, request: str | None) -> None:
        for row in self._rows.values():
            if (row.action.shop, row.action.command.order) != (action.shop, action.command.order):
                continue
            both_money = row.action.record.kind in MONEY and action.record.kind in MONEY
            if both_money and row.action.record.is_open and action.record.is_open:
                raise AlreadyOpen("one_open_money_action")
            if (row.action.record.kind, row.intent) == (action.record.kind, intent):
                raise AlreadyOpen("one_action_per_intent")
        if request is not None and self.of_request(request) is not None:
            raise AlreadyOpen("request")
        self._rows[action.id] = Row(action, intent, request)

    def save(self, action: StoredAction, *, fenced: bool = True, release: bool = False) -> None:
        row = self._rows.get(action.id)
        if row is None or (fenced and self.fenced and row.fence != action.fence):
            raise LostLease(action.id)
        self._committing(row, action)
        if not fenced:
            row.fence += 1
        row.action = action
        if release or not fenced:
            row.lease_until = None

    def is_due(self, now: datetime, shops: Collection[ShopId]) -> bool:
        return self._due(now, shops) is not None

    def take_due(self, now: datetime, leases: Mapping[ShopId, timedelta]) -> StoredAction | None:
        row = self._due(now, leases)
        if row is None:
            return None
        row.fence += 1
        interrupted = row.lease_until is not None
        row.lease_until = now + leases[row.action.shop]
        return replace(row.action, fence=row.fence, interrupted=interrupted)

    def end_leases(self, now: datetime) -> None:
        for row in self._rows.values():
            if row.lease_until is not None and row.lease_until > now:
                row.lease_until = now

    def ask_now(self, case: CaseId, now: datetime) -> None:
        for row in self._rows.values():
            state, attempt = row.action.record.state, row.action.attempt
            if row.action.case != case or row.lease_until is not None:
                continue
            if state in {ActionState.ACCEPTED, ActionState.NEEDS_PERSON}:
                withdrawn = attempt.withdrawn or state is ActionState.NEEDS_PERSON
                attempt = replace(attempt, asked_at=None, withdrawn=withdrawn)
                row.action = replace(row.action, attempt=attempt, next_try_at=now)

    def get(self, action: ActionId) -> StoredAction | None:
        row = self._rows.get(action)
        return replace(row.action, fence=row.fence, interrupted=False) if row else None

    def of_request(self, request: str) -> StoredAction | None:
        row = next((row for row in self._rows.values() if row.request == request), None)
        return self.get(row.action.id) if row else None

    def of_order(self, shop: ShopId, ref: OrderRef) -> list[StoredAction]:
        return [
            row.action
            for row in self._rows.values()
            if row.action.shop == shop and row.action.command.order == ref
        ]

    def next_due(self) -> datetime | None:
        """Return when something can be taken: it is due, and nobody holds it any more."""
        moments = [
            max(row.action.next_try_at, row.lease_until or row.action.next_try_at)
            for row in self._rows.values()
            if row.action.next_try_at is not None and row.action.record.is_open
        ]
        return min(moments, default=None)

    def _due(self, now: datetime, shops: Collection[ShopId]) -> Row | None:
        first: Row | None = None
        first_at = (now, ActionId(""))
        for row in self._rows.values():
            at = row.action.next_try_at
            if at is None or at > now or row.action.shop not in shops:
                continue
            if row.lease_until is not None and row.lease_until > now:
                continue
            if not row.action.record.is_open:
                continue
            if first is None or (at, row.action.id) < first_at:
                first, first_at = row, (at, row.action.id)
        return first
