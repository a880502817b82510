"""The action ledger in the gateway's database, and the line to a shop, as `carrier` wants them.

An action's case follows it in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from agent_app.domain.actions import MONEY, ActionKind, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseState, Claim, SentMessage
from agent_app.domain.decide import decide, objection
from agent_app.domain.evidence import provider_read
from agent_app.domain.ids import ShopId
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.engines.port import Outcome, Reading, Receipt
from agent_app.gateway import casework, intake
from agent_app.gateway.carrier import Held, Judged, lease_s
from agent_app.gateway.clock import Clock
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.store import accounts, action_rows, audit, case_rows, journal
from agent_app.gateway.store.action_rows import StoredAction
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()
_CLAIMED_FOR_JUDGING = timedelta(seconds=60)


class SqlLedger:
    """Implements `carrier.Ledger` on the database. Safe to use from several threads."""

    def __init__(
        self,
        database: Database,
        desk: casework.Desk,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._monotonic = monotonic

    async def take(self, shops: Collection[ShopId]) -> Held | None:
        """Take what is due longest; the lease follows from its shop's longest call."""
        with self._database.read() as connection:
            if not action_rows.is_due(connection, self._clock.now(), shops):
                return None
        leases = {
            shop: timedelta(seconds=lease_s(self._desk.shops[shop].longest_call_s))
            for shop in shops
        }
        with self._database.write() as connection:
            # Read here, after the wait for other writers: the lease counts from no earlier moment.
            since, now = self._monotonic(), self._clock.now()
            action = action_rows.take_due(connection, now, leases)
        return None if action is None else Held(action, now, since)

    async def save(self, action: StoredAction, before: StoredAction, *, keep_lease: bool) -> None:
        """Write what became of the action, and let its case follow."""
        with self._database.write() as connection:
            action_rows.save(connection, action, release=not keep_lease)
            if action.record.state is not before.record.state:
                self._tell_case(connection, action, self._clock.now())
        if action.record.state is not before.record.state:
            _log.info(
                "action",
                action=action.id,
                case=action.case,
                kind=action.record.kind,
                before=before.record.state,
                state=action.record.state,
            )

    async def judge(self, action: StoredAction, look: Reading) -> Judged | None:
        """Store the look and judge by `decide`, as if the action were not there."""
        now = self._clock.now()
        shop, ref = self._desk.shops[action.shop], action.command.order
        with self._database.write() as connection:
            intake.absorb(connection, self._desk, shop, look, now, ref)
            if intake.is_silent(look):
                return None
            return self._objection(connection, action, now)

    async def seen(self, action: StoredAction, look: Reading) -> Seen | None:
        """Store the look and hold it against the action's postcondition."""
        shop, ref = self._desk.shops[action.shop], action.command.order
        with self._database.write() as connection:
            intake.absorb(connection, self._desk, shop, look, self._clock.now(), ref)
            folded = casework.fold(connection, shop, ref)
            others = [a.record for a in action_rows.of_case(connection, action.case)]
        if folded is None or look.order is None:
            return None
        known = folded.known.order
        return postcondition(action.record, known, folded.stage, folded.truth, others)

    def _objection(self, connection: Connection, action: StoredAction, now: datetime) -> Judged:
        """Say why the action may no longer be sent, and as of which provider read."""
        actor = accounts.actor(connection, action.record.requested_by)
        case = case_rows.get(connection, action.case)
        folded = casework.fold(connection, self._desk.shops[action.shop], action.command.order)
        if actor is None or case is None or folded is None:
            return Judged("the person who asked for it may no longer act", now)
        # The action was allowed under its requester's claim; an approval may outlast that.
        case = replace(case, claim=Claim(actor.user, actor.name, now + _CLAIMED_FOR_JUDGING))
        view = casework.view(
            connection, self._desk, case, folded, actor, now, without=action.record
        )
        read = provider_read(view.evidence)
        record = action.record
        judged_at = read.observed_at if read and record.kind in MONEY else now
        return Judged(objection(view, record, decide(view)), judged_at)

    def _tell_case(self, connection: Connection, action: StoredAction, now: datetime) -> None:
        record = action.record
        audit.record(
            connection,
            now,
            audit.SYSTEM,
            f"action_{record.state}",
            action.case,
            action=record.id,
            kind=record.kind,
        )
        if record.kind is ActionKind.NOTIFY and record.state is ActionState.CONFIRMED:
            assert action.message is not None
            sent = SentMessage(action.message.template, action.message.language, now)
            journal.add_message(connection, record.id, action.case, sent)
        case = case_rows.get(connection, action.case)
        assert case is not None
        case = replace(case, state=case_state_after(case.state, record.kind, record.state))
        casework.update(connection, self._desk, case, now)


class ShopLine:
    """Implements `carrier.Line` for one connected shop."""

    def __init__(self, shop: KnownShop) -> None:
        self._shop = shop

    @property
    def capabilities(self) -> Capabilities:
        return self._shop.capabilities

    @property
    def can_act(self) -> bool:
        return self._shop.can_act

    @property
    def longest_call_s(self) -> float:
        return self._shop.longest_call_s

    async def send(self, action: StoredAction) -> Receipt:
        if action.message is not None:
            return self._shop.send_message(action.message)
        return self._shop.perform(action.command)

    async def outcome(self, action: StoredAction) -> Outcome:
        return self._shop.outcome(action.command)

    async def read(self, action: StoredAction) -> Reading:
        return self._shop.read(action.command.order)


def case_state_after(before: CaseState, kind: ActionKind, state: ActionState) -> CaseState:
    """Return the case's state after one of its actions changed; a message changes none."""
    if kind is ActionKind.NOTIFY or before in {
        CaseState.RESOLVED,
        CaseState.FALSE_ALARM,
        CaseState.ESCALATED,
    }:
        return before
    if state is ActionState.AWAITING_APPROVAL:
        return CaseState.WAITING_APPROVAL
    if state in {ActionState.PREPARED, ActionState.UNKNOWN}:
        return CaseState.ACTING
    if state is ActionState.ACCEPTED:
        return CaseState.VERIFYING
    if state is ActionState.NEEDS_PERSON:
        return CaseState.ACTING
    return CaseState.DIAGNOSING
