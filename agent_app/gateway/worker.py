"""The worker: carries recorded actions out, one move at a time, by `domain.ledger`.

Everything that must survive a crash is written before the step that it protects: the state
`unknown` before the call, the answer after it. Another worker, or this one after a restart, goes
on from what is written when the lease has run out.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from agent_app.domain.actions import MONEY, ActionKind, ActionState, check_transition
from agent_app.domain.case import CaseState, Claim, SentMessage
from agent_app.domain.decide import decide, objection
from agent_app.domain.evidence import provider_read
from agent_app.domain.ids import ShopId
from agent_app.domain.ledger import (
    Attempt,
    Outcome,
    Said,
    Step,
    after_asking,
    after_judging,
    after_sending,
    before_sending,
    next_move,
)
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.engines.port import (
    Conflict,
    EngineError,
    Forbidden,
    NotVisible,
    Reading,
    Receipt,
    Rejected,
    Shop,
    Throttled,
)
from agent_app.gateway import casework, intake
from agent_app.gateway.clock import Clock
from agent_app.gateway.store import accounts, action_rows, audit, case_rows, journal
from agent_app.gateway.store.action_rows import LostLease, StoredAction
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()

_REFUSALS = (Rejected, Conflict, Forbidden, NotVisible)
_IDLE_S = 1.0
_UNDECLARED_PAUSE = timedelta(seconds=2)
_JUDGE_AGAIN = timedelta(seconds=5)
_JUDGE_WITHIN = timedelta(hours=1)
"""How long an action waits for shop and provider to answer before it is given up unsent."""
_SEEN = {Seen.MET: Outcome.DONE, Seen.NOT_YET: Outcome.PENDING, Seen.FAILED: Outcome.REFUSED}


class Worker:
    """Carries out the ledger's actions. `run_once` does all that is due now.

    `start` gives each shop a thread of its own: one that hangs holds up nobody else's actions.
    """

    def __init__(self, database: Database, desk: casework.Desk, clock: Clock) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._wake = {shop: threading.Event() for shop in desk.shops}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for shop in self._desk.shops:
            thread = threading.Thread(
                target=self._run, args=(shop,), name=f"worker-{shop}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop after the steps that are running; what is not finished is parked in the ledger."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """Look at once: an action was recorded."""
        for event in self._wake.values():
            event.set()

    def run_once(self, shop: ShopId | None = None) -> int:
        """Take every due action, of one shop or of all, further; return how many moves that was.

        Actions of a shop that is no longer configured stay where they are.
        """
        shops = [shop] if shop is not None else list(self._desk.shops)
        moves = 0
        while not self._stopping.is_set():
            with self._database.write() as connection:
                action = action_rows.take_due(connection, self._clock.now(), shops)
            if action is None:
                return moves
            moves += 1
            try:
                self._step(action)
            except LostLease:
                _log.warning("lease_lost", action=action.id)
        return moves

    def _run(self, shop: ShopId) -> None:
        while not self._stopping.is_set():
            try:
                self.run_once(shop)
            except Exception:  # noqa: BLE001 - the loop must outlive any one action
                # Our fault, not the shop's: the action keeps its state and is taken again later.
                _log.exception("worker_round_failed", shop=shop)
            self._wake[shop].wait(_IDLE_S)
            self._wake[shop].clear()

    def _step(self, action: StoredAction) -> None:
        shop = self._desk.shops[action.shop]
        now = self._clock.now()
        if not shop.can_act:
            self._store(action, action.attempt, next_try_at=now + _UNDECLARED_PAUSE)
            return
        if action.interrupted and action.attempt.state is ActionState.UNKNOWN:
            action = replace(action, attempt=after_sending(action.attempt, Said.LOST, now))
        move = next_move(action.attempt, shop.capabilities, now)
        if move.step is Step.WAIT:
            self._store(action, action.attempt, next_try_at=move.at)
        elif move.step is Step.PERSON:
            check_transition(action.attempt.state, ActionState.NEEDS_PERSON)
            attempt = replace(action.attempt, state=ActionState.NEEDS_PERSON)
            self._store(action, attempt, problem="the shop's books do not settle it")
        elif move.step is Step.SEND:
            self._send(action, shop)
        elif move.step is Step.ASK:
            self._ask(action, shop)
        elif move.step is Step.JUDGE:
            self._judge(action, shop)
        else:
            self._confirm(action, shop)

    def _send(self, action: StoredAction, shop: Shop) -> None:
        attempt = before_sending(action.attempt, self._clock.now())
        action = self._store(action, attempt, keep_lease=True)
        problem: str | None = None
        try:
            receipt = self._call(action, shop)
        except Throttled as error:
            attempt = after_sending(attempt, Said.THROTTLED, self._clock.now(), error.retry_after_s)
        except _REFUSALS as error:
            problem = str(error)
            attempt = after_sending(attempt, Said.REFUSED, self._clock.now())
        except EngineError:
            attempt = after_sending(attempt, Said.LOST, self._clock.now())
        else:
            attempt = after_sending(attempt, Said.TAKEN, self._clock.now())
            if action.record.kind is ActionKind.NOTIFY and receipt.outcome is Outcome.DONE:
                now = self._clock.now()
                attempt = after_asking(attempt, Outcome.DONE, now, shop.capabilities)
        self._store(action, attempt, problem=problem)

    def _call(self, action: StoredAction, shop: Shop) -> Receipt:
        if action.message is not None:
            return shop.send_message(action.message)
        return shop.perform(action.command)

    def _ask(self, action: StoredAction, shop: Shop) -> None:
        asked_at = self._clock.now()
        found = _asked(action, shop)
        if found is Outcome.DONE and action.record.kind is not ActionKind.NOTIFY:
            # The books know it; it counts as done only when the re-read shows what it was for.
            attempt = after_asking(action.attempt, Outcome.PENDING, asked_at, shop.capabilities)
        else:
            attempt = after_asking(action.attempt, found, asked_at, shop.capabilities)
        self._store(action, attempt)

    def _judge(self, action: StoredAction, shop: Shop) -> None:
        reading: Reading | None = None
        problem: str | None = "shop or provider did not answer for an hour"
        with contextlib.suppress(EngineError):
            reading = shop.read(action.command.order)
        judged_at = now = self._clock.now()
        if reading is not None:
            with self._database.write() as connection:
                intake.absorb(connection, self._desk, shop, reading, now, action.command.order)
                if not intake.is_silent(reading):
                    problem, judged_at = self._objection(connection, action, now)
        if reading is None or intake.is_silent(reading):
            waiting_since = action.record.updated_at or action.record.requested_at
            if now < waiting_since + _JUDGE_WITHIN:
                # Silence is no objection: an approval is not lost because the network was.
                pause = max(_JUDGE_AGAIN, (now - waiting_since) / 10)
                self._store(action, action.attempt, next_try_at=now + pause)
                return
        attempt = after_judging(action.attempt, problem is None, judged_at)
        self._store(action, attempt, problem=problem)

    def _objection(
        self, connection: Connection, action: StoredAction, now: datetime
    ) -> tuple[str | None, datetime]:
        """Say why the action may no longer be sent, and as of which provider read."""
        actor = accounts.actor(connection, action.record.requested_by)
        case = case_rows.get(connection, action.case)
        folded = casework.fold(connection, self._desk.shops[action.shop], action.command.order)
        if actor is None or case is None or folded is None:
            return "the person who asked for it may no longer act", now
        # The action was allowed under its requester's claim; an approval may outlast that.
        case = replace(case, claim=Claim(actor.user, actor.name, now + timedelta(seconds=60)))
        view = casework.view(
            connection, self._desk, case, folded, actor, now, without=action.record
        )
        read = provider_read(view.evidence)
        record = action.record
        judged_at = read.observed_at if read and record.kind in MONEY else now
        return objection(view, record, decide(view)), judged_at

    def _confirm(self, action: StoredAction, shop: Shop) -> None:
        asked_at = self._clock.now()
        found: Outcome | None = None
        if action.record.kind is ActionKind.NOTIFY:
            # A message leaves no mark on the order; only the shop's own list of it is a proof.
            found = _asked(action, shop)
            self._store(action, after_asking(action.attempt, found, asked_at, shop.capabilities))
            return
        try:
            reading = shop.read(action.command.order)
        except EngineError:
            pass
        else:
            with self._database.write() as connection:
                ref = action.command.order
                intake.absorb(connection, self._desk, shop, reading, self._clock.now(), ref)
                folded = casework.fold(connection, shop, ref)
            if folded is not None and reading.order is not None:
                seen = postcondition(action.record, folded.known.order, folded.stage, folded.truth)
                found = _SEEN[seen]
        waits_in_vain = action.record.state is ActionState.NEEDS_PERSON and action.attempt.withdrawn
        if waits_in_vain and found is Outcome.PENDING:
            # Never to be sent again: that the books do not have it settles it, as in UNKNOWN.
            asked_at = self._clock.now()
            in_books = _asked(action, shop)
            found = Outcome.ABSENT if in_books is Outcome.ABSENT else found
        self._store(action, after_asking(action.attempt, found, asked_at, shop.capabilities))

    def _store(
        self,
        action: StoredAction,
        attempt: Attempt,
        *,
        next_try_at: datetime | None = None,
        problem: str | None = None,
        keep_lease: bool = False,
    ) -> StoredAction:
        """Write what became of the action, and let its case follow, in one transaction."""
        now = self._clock.now()
        before = action.record.state
        moved = action.moved(attempt, now, problem)
        capabilities = self._desk.shops[action.shop].capabilities
        if next_try_at is None and moved.record.is_open:
            move = next_move(attempt, capabilities, now)
            next_try_at = move.at if move.step is Step.WAIT else now
        moved = replace(moved, next_try_at=next_try_at if moved.record.is_open else None)
        with self._database.write() as connection:
            action_rows.save(connection, moved, release=not keep_lease)
            if moved.record.state is not before:
                self._tell_case(connection, moved, now)
        return moved

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


def _asked(action: StoredAction, shop: Shop) -> Outcome | None:
    """Return what the shop's books say became of the action, None when they do not answer."""
    try:
        return shop.outcome(action.command)
    except EngineError:
        return None


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
