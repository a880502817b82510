"""The action ledger's rows: written before anything is sent, fenced against two workers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agent_app.contract.messages import ActionView
from agent_app.domain.actions import CLOSED, MONEY, ActionRecord, ActionState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, ShopId
from agent_app.domain.ledger import Attempt
from agent_app.engines.port import Command, Message
from agent_app.gateway.store import bell, schema
from agent_app.gateway.store.codec import (
    decode,
    encode,
    fingerprint,
    optional_time_text,
    read_optional_time,
    time_text,
)

_table = schema.actions.c


@dataclass(frozen=True, slots=True)
class StoredAction:
    """One action of the ledger. `fence` grows with every worker that takes it."""

    record: ActionRecord
    attempt: Attempt
    command: Command
    case: CaseId
    shop: ShopId
    requested_by_name: str
    message: Message | None = None
    """For NOTIFY: as the agent saw it; it is sent as it is or not at all."""
    fence: int = 0
    approved_by_name: str | None = None
    problem: str | None = None
    next_try_at: datetime | None = None
    interrupted: bool = False
    """Its last worker never gave it back: it crashed, or hangs, in the middle of a step."""

    @property
    def id(self) -> ActionId:
        return self.record.id

    def view(self) -> ActionView:
        return ActionView(
            record=self.record,
            requested_by_name=self.requested_by_name,
            attempts=self.attempt.tries,
            problem=self.problem,
            next_try_at=self.next_try_at,
            approved_by_name=self.approved_by_name,
            sent_at=self.attempt.sent_at,
        )

    def moved(self, attempt: Attempt, now: datetime, problem: str | None = None) -> StoredAction:
        """Return the action after its attempt changed."""
        record = self.record
        if attempt.state is not record.state:
            record = replace(record, state=attempt.state, updated_at=now)
        return replace(self, attempt=attempt, record=record, problem=problem or self.problem)


class LostLease(Exception):
    """Another worker took the action meanwhile; what this one found out is not written."""


class AlreadyOpen(Exception):
    """Another money action of the order is open; the database itself refuses a second one."""


def intents(connection: Connection, shop: ShopId, ref: OrderRef, kind: str) -> int:
    """Return how many actions of the kind were ever recorded for the order."""
    return connection.execute(
        sa.select(sa.func.count())
        .select_from(schema.actions)
        .where(_table.shop == shop, _table.ref == ref, _table.kind == kind)
    ).scalar_one()


def add(connection: Connection, action: StoredAction, intent: int, request: str | None) -> None:
    """Record a new action.

    Raises:
        AlreadyOpen: a money action of the order is open.
    """
    try:
        connection.execute(
            sa.insert(schema.actions).values(
                id=action.id,
                case_id=action.case,
                shop=action.shop,
                ref=action.command.order,
                kind=action.record.kind,
                intent=intent,
                money=action.record.kind in MONEY,
                key=action.record.key,
                fingerprint=fingerprint(action.command),
                request=request,
                command=encode(action.command),
                message=encode(action.message) if action.message else None,
                requested_by_name=action.requested_by_name,
                fence=0,
                lease_until=None,
                **_changing(action),
            )
        )
    except sa.exc.IntegrityError as error:
        raise AlreadyOpen(str(error.orig)) from error
    bell.mark(connection, bell.ACTIONS)


def _changing(action: StoredAction) -> dict[str, object]:
    return {
        "state": action.record.state,
        "open": action.record.state not in CLOSED,
        "record": encode(action.record),
        "attempt": encode(action.attempt),
        "approved_by_name": action.approved_by_name,
        "problem": action.problem,
        "next_try_at": optional_time_text(action.next_try_at),
    }


def save(
    connection: Connection, action: StoredAction, *, fenced: bool = True, release: bool = False
) -> None:
    """Write what became of the action.

    Unfenced is a person's word (approved, settled by hand): it takes the action from whichever
    worker looks at it meanwhile, whose own finding is then refused.

    Raises:
        LostLease: `fenced`, and another worker has taken the action since.
    """
    condition = _table.id == action.id
    values = _changing(action)
    if fenced:
        condition = sa.and_(condition, _table.fence == action.fence)
    else:
        values["fence"] = _table.fence + 1
    if release or not fenced:
        values["lease_until"] = None
    result = connection.execute(sa.update(schema.actions).where(condition).values(**values))
    if result.rowcount != 1:
        raise LostLease(action.id)
    if not fenced:
        # No worker has it: what a person decided may be carried out at once.
        bell.mark(connection, bell.ACTIONS)


def is_due(connection: Connection, now: datetime, shops: Collection[ShopId]) -> bool:
    """Return whether there may be something to take: a look that holds up no writer."""
    first = sa.select(_table.id).where(_due(now, shops)).limit(1)
    return connection.execute(first).one_or_none() is not None


def take_due(
    connection: Connection, now: datetime, leases: Mapping[ShopId, timedelta]
) -> StoredAction | None:
    """Take the action of these shops that is due longest, under its shop's lease, a new fence.

    `now` must have been read inside this write: the lease counts from it.
    """
    row = connection.execute(
        sa.select(schema.actions)
        .where(_due(now, leases))
        .order_by(_table.next_try_at, _table.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    fence, until = row.fence + 1, now + leases[ShopId(row.shop)]
    connection.execute(
        sa.update(schema.actions)
        .where(_table.id == row.id, _table.fence == row.fence)
        .values(fence=fence, lease_until=time_text(until))
    )
    return replace(_stored(row), fence=fence, interrupted=row.lease_until is not None)


def _due(now: datetime, shops: Collection[ShopId]) -> sa.ColumnElement[bool]:
    return sa.and_(
        _table.open.is_(True),
        _table.shop.in_(list(shops)),
        _table.next_try_at.is_not(None),
        _table.next_try_at <= time_text(now),
        sa.or_(_table.lease_until.is_(None), _table.lease_until <= time_text(now)),
    )


def end_leases(connection: Connection, now: datetime) -> None:
    """End the leases of a gateway that is gone; only when no other can hold one."""
    connection.execute(
        sa.update(schema.actions)
        .where(_table.lease_until > time_text(now))
        .values(lease_until=time_text(now))
    )


def ask_now(connection: Connection, case: CaseId, now: datetime) -> None:
    """Let the worker look at once at what became of the case's actions, not at the next pause.

    What waits for a person has one now: it is withdrawn, so that books which do not have it, asked
    after all its sendings settled, may close it (`ledger.after_asking`).
    """
    for action in of_case(connection, case):
        if action.record.state not in {ActionState.ACCEPTED, ActionState.NEEDS_PERSON}:
            continue
        given_up = action.record.state is ActionState.NEEDS_PERSON
        attempt = replace(
            action.attempt, asked_at=None, withdrawn=action.attempt.withdrawn or given_up
        )
        connection.execute(
            sa.update(schema.actions)
            .where(_table.id == action.id, _table.lease_until.is_(None))
            .values(attempt=encode(attempt), next_try_at=time_text(now))
        )
        bell.mark(connection, bell.ACTIONS)


def next_due(connection: Connection) -> datetime | None:
    """Return when the next open action falls due."""
    return read_optional_time(
        connection.execute(
            sa.select(sa.func.min(_table.next_try_at)).where(_table.open.is_(True))
        ).scalar_one_or_none()
    )


def get(connection: Connection, action: ActionId) -> StoredAction | None:
    row = connection.execute(sa.select(schema.actions).where(_table.id == action)).one_or_none()
    return _stored(row) if row else None


def of_request(connection: Connection, request: str) -> StoredAction | None:
    """Return the action that this request already made, if it did."""
    row = connection.execute(
        sa.select(schema.actions).where(_table.request == request)
    ).one_or_none()
    return _stored(row) if row else None


def of_case(connection: Connection, case: CaseId) -> tuple[StoredAction, ...]:
    rows = connection.execute(sa.select(schema.actions).where(_table.case_id == case))
    stored = [_stored(row) for row in rows]
    return tuple(sorted(stored, key=lambda a: (a.record.requested_at, a.id)))


def _stored(row: Row[tuple[object, ...]]) -> StoredAction:
    return StoredAction(
        record=decode(row.record, ActionRecord),
        attempt=decode(row.attempt, Attempt),
        command=decode(row.command, Command),
        case=CaseId(row.case_id),
        shop=ShopId(row.shop),
        requested_by_name=row.requested_by_name,
        message=decode(row.message, Message) if row.message else None,
        fence=row.fence,
        approved_by_name=row.approved_by_name,
        problem=row.problem,
        next_try_at=read_optional_time(row.next_try_at),
    )
