"""Promise: what is not known is found out, never guessed, and never sent again too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from agent_app.contract.messages import ActionStatus, ApprovalRequest
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.capabilities import READ_ONLY
from agent_app.domain.events import EventKind, Source
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.domain.ledger import Outcome
from agent_app.domain.roles import Role
from agent_app.domain.stage import Stage
from agent_app.engines.port import (
    Command,
    EngineError,
    Message,
    OutcomeUnknown,
    Receipt,
    Throttled,
)
from agent_app.gateway import acting, casefile
from agent_app.gateway.carrier import lease_s
from agent_app.gateway.store import action_rows
from agent_app.gateway.worker import Worker
from tests.fakes.shop import CAPABILITIES, FakeShop, Fault
from tests.gateway.world import World

NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None)


def state_of(world: World, asked: ActionStatus) -> ActionState:
    return acting.action_status(world.gateway, world.lead, asked.id).action.record.state


def refund(world: World, ref: OrderRef) -> tuple[CaseId, ActionStatus]:
    case = world.claimed(ref, world.lead)
    return case, world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")


def test_nothing_is_sent_again_before_the_shop_has_said_whether_it_has_keys(
    tmp_path: Path,
) -> None:
    """Until then its profile reads as "no keys, nothing to wait for", which is not its word."""
    told = replace(NO_KEYS, query_lag_s=5.0)
    world = World(tmp_path, told)
    world.shop.lag_s = 4.0
    ref = world.shop.stuck("PG-1", 4_200)
    _, asked = refund(world, ref)
    world.shop.faults = [Fault.LOST_AFTER]
    world.shop.capabilities = replace(READ_ONLY, label="fake")
    world.gateway.worker.run_once()
    world.watch()
    world.work(20)
    world.shop.capabilities = told
    world.watch()
    world.work(60)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


class LateShop(FakeShop):
    """Answers nothing for half a minute, and does what was asked three seconds after that."""

    late: Command | None = None
    late_at: datetime | None = None
    hangs = True

    def perform(self, command: Command) -> Receipt:
        if not self.hangs:
            return super().perform(command)
        self.hangs = False
        self._clock.turn(30)  # type: ignore[attr-defined]
        self.late, self.late_at = command, self._clock.now() + timedelta(seconds=3)
        raise OutcomeUnknown("no answer in 30 s")

    def outcome(self, command: Command) -> Outcome:
        self.catch_up()
        return super().outcome(command)

    def catch_up(self) -> None:
        if self.late is not None and self.late_at is not None and self._clock.now() >= self.late_at:
            late, self.late = self.late, None
            super().perform(late)


@pytest.mark.parametrize(("processing_s", "paid"), [(5.0, 1), (0.0, 2)], ids=["declared", "not"])
def test_the_wait_begins_when_we_stopped_waiting_for_the_answer(
    tmp_path: Path, processing_s: float, paid: int
) -> None:
    """The second case is the control: a shop that does not declare its delay pays twice."""
    world = World(tmp_path, replace(NO_KEYS, processing_s=processing_s), make_shop=LateShop)
    assert isinstance(world.shop, LateShop)
    ref = world.shop.stuck("PG-1", 4_200)
    refund(world, ref)
    for _ in range(60):
        world.work(1)
        world.shop.catch_up()
    assert world.shop.books.count(ActionKind.REFUND, ref) == paid
    world.close()


def test_a_worker_that_vanished_counts_as_an_answer_lost_when_that_is_noticed(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, replace(NO_KEYS, query_lag_s=5.0))
    ref = world.shop.stuck("PG-1", 4_200)
    _, asked = refund(world, ref)

    def vanish(_: Command) -> Receipt:
        raise SystemError("as if killed in the middle of the call")

    world.shop.perform = vanish  # type: ignore[assignment, method-assign]
    with pytest.raises(SystemError):
        world.work()
    del world.shop.perform
    world.clock.turn(lease_s(world.shop.longest_call_s) + 1)
    world.work()
    assert world.shop.books.lines == []
    world.work(60)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()


class Postman(FakeShop):
    """A shop that takes messages in, and sends them when it is told to."""

    answers = True
    throttles = False
    sends = False

    def send_message(self, message: Message) -> Receipt:
        if self.throttles:
            raise Throttled("later", 120.0)
        if self.sends:
            return super().send_message(message)
        return Receipt(Outcome.PENDING)

    def outcome(self, command: Command) -> Outcome:
        if not self.answers:
            raise EngineError("no answer")
        if command.kind is ActionKind.NOTIFY:
            sent = any(m.key == command.key for m in self.sent)
            return Outcome.DONE if sent else Outcome.ABSENT
        return super().outcome(command)


@pytest.fixture
def post(tmp_path: Path) -> World:
    return World(tmp_path, make_shop=Postman)


def notified(world: World) -> tuple[CaseId, ActionStatus]:
    case = world.claimed(world.shop.stuck("PG-1"))
    world.request(case, ActionKind.RESUBMIT)
    world.work()
    return case, world.request(case, ActionKind.NOTIFY, template="confirmed", language="en")


def test_a_message_taken_in_counts_as_sent_when_the_shop_lists_it(post: World) -> None:
    case, asked = notified(post)
    post.work(10)
    assert state_of(post, asked) is ActionState.ACCEPTED
    assert casefile.detail(post.gateway, post.agent, case).messages == ()
    with post.database.read() as connection:
        messages = [a.message for a in action_rows.of_case(connection, case) if a.message]
    post.shop.sent += messages
    post.work(20)
    assert state_of(post, asked) is ActionState.CONFIRMED
    assert len(casefile.detail(post.gateway, post.agent, case).messages) == 1
    post.close()


def test_a_message_whose_fate_a_person_must_settle_is_never_said_to_be_sent(post: World) -> None:
    assert isinstance(post.shop, Postman)
    case, asked = notified(post)
    post.clock.turn(1)
    post.work(5400)
    assert state_of(post, asked) is ActionState.NEEDS_PERSON
    post.work(1000)
    assert state_of(post, asked) is ActionState.NEEDS_PERSON
    assert casefile.detail(post.gateway, post.agent, case).messages == ()
    post.close()


def test_a_message_that_became_untrue_before_it_left_is_not_sent(post: World) -> None:
    assert isinstance(post.shop, Postman)
    post.shop.throttles = True
    case, asked = notified(post)
    post.work()
    post.shop.throttles, post.shop.sends = False, True
    ref = casefile.detail(post.gateway, post.agent, case).row.ref
    post.clock.turn(1)
    post.shop.tell(ref, EventKind.STAGE_REPORTED, stage=Stage.CANCELLED)
    post.work(300)
    assert post.shop.sent == []
    assert state_of(post, asked) is ActionState.REJECTED
    post.close()


def test_an_approval_is_not_lost_to_a_silent_provider(world: World) -> None:
    ref = world.shop.stuck("PG-1", 60_000)
    case = world.claimed(ref)
    asked = world.request(case, ActionKind.REFUND, reason="wants it back")
    world.clock.turn(600)
    world.shop.silent = {Source.PROVIDER}
    acting.answer_approval(world.gateway, world.lead, asked.id, ApprovalRequest(approve=True))
    world.work(120)
    assert state_of(world, asked) is ActionState.PREPARED
    assert world.shop.books.lines == []
    world.shop.silent = set()
    world.work(60)
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1


def test_what_could_not_be_judged_for_an_hour_is_given_up_unsent(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1", 60_000))
    asked = world.request(case, ActionKind.REFUND, reason="wants it back")
    world.clock.turn(600)
    world.shop.silent = {Source.PROVIDER}
    acting.answer_approval(world.gateway, world.lead, asked.id, ApprovalRequest(approve=True))
    for _ in range(80):
        world.clock.turn(60)
        world.work()
    assert state_of(world, asked) is ActionState.REJECTED
    world.shop.silent = set()
    world.work(300)
    assert world.shop.books.lines == []


def test_a_refund_of_one_who_may_no_longer_pay_alone_is_not_sent(world: World) -> None:
    ref = world.shop.stuck("PG-1", 4_200)
    _, asked = refund(world, ref)
    world.person("marta", Role.AGENT)
    world.clock.turn(61)
    world.work()
    assert state_of(world, asked) is ActionState.REJECTED
    assert world.shop.books.lines == []


class Overtaken(FakeShop):
    """Hangs in its first command until another worker has taken the action over and done it."""

    other: Worker | None = None

    def perform(self, command: Command) -> Receipt:
        if self.other is not None:
            other, self.other = self.other, None
            self._clock.turn(lease_s(self.longest_call_s) + 1)  # type: ignore[attr-defined]
            for _ in range(30):
                self._clock.turn(1)  # type: ignore[attr-defined]
                other.run_once()
            self.done_meanwhile = len(self.books.lines)
        return super().perform(command)


def test_a_worker_that_was_overtaken_writes_nothing_any_more(tmp_path: Path) -> None:
    world = World(tmp_path, make_shop=Overtaken)
    assert isinstance(world.shop, Overtaken)
    ref = world.shop.stuck("PG-1", 4_200)
    _, asked = refund(world, ref)
    world.shop.other = Worker(world.database, world.gateway.desk, world.clock)
    with structlog.testing.capture_logs() as lines:
        world.work()
    assert world.shop.done_meanwhile == 1
    assert [line["event"] for line in lines if line["event"] != "action"] == ["lease_lost"]
    assert state_of(world, asked) is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    world.close()
