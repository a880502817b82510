"""Promise: what the books never tell is settled by a second person, with proof, and once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent_app.contract.messages import ActionStatus, SettleRequest
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.domain.ledger import Outcome
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Actor, Role
from agent_app.engines.port import Command, EngineError, Reading
from agent_app.gateway import acting, casefile, handling, settling
from agent_app.gateway.errors import Refused
from agent_app.gateway.store import action_rows, audit, schema
from tests.fakes.shop import CAPABILITIES, FakeShop, Fault
from tests.gateway.world import World

NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None)
DONE = SettleRequest(done=True, reason="the provider's desk looked it up", reference="R-77")
NOT_DONE = SettleRequest(done=False, reason="the provider's desk has no such refund")


class Mute(FakeShop):
    """Never tells what became of a command, nor of refunds while it `hides` them."""

    hides = True

    def outcome(self, command: Command) -> Outcome:
        raise EngineError("no answer")

    def read(self, ref: OrderRef) -> Reading:
        reading = super().read(ref)
        shown = tuple(e for e in reading.events if e.refund is None or not self.hides)
        return replace(reading, events=shown)


def mute(folder: Path, capabilities: Capabilities = NO_KEYS) -> tuple[World, Mute]:
    world = World(folder, capabilities, make_shop=Mute)
    assert isinstance(world.shop, Mute)
    return world, world.shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[World, Mute]]:
    made = mute(tmp_path)
    yield made
    made[0].close()


@pytest.fixture
def world(shop: tuple[World, Mute]) -> World:
    return shop[0]


def stuck(world: World, fault: Fault = Fault.LOST_BEFORE) -> tuple[CaseId, ActionStatus]:
    """Return a refund whose answer was lost, and of which the books told nothing for hours."""
    case = world.claimed(world.shop.stuck("PG-1", 4_200), world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    world.shop.faults = [fault]
    world.work()
    for _ in range(90):
        world.clock.turn(60)
        world.work()
    assert state(world, asked) is ActionState.NEEDS_PERSON
    return case, asked


def state(world: World, asked: ActionStatus) -> ActionState:
    return acting.action_status(world.gateway, world.lead, asked.id).action.record.state


def settle(
    world: World,
    asked: ActionStatus,
    said: SettleRequest,
    actor: Actor | None = None,
    key: str = "s",
) -> ActionStatus:
    return settling.settle(world.gateway, actor or world.second_lead, asked.id, said, key)


def refusal(
    world: World, asked: ActionStatus, said: SettleRequest, actor: Actor | None = None
) -> Problem:
    with pytest.raises(Refused) as refused:
        settle(world, asked, said, actor)
    assert state(world, asked) is not ActionState.CONFIRMED
    return refused.value.problem


def look_again(world: World, case: CaseId) -> None:
    handling.claim(world.gateway, world.lead, case)
    handling.recheck(world.gateway, world.lead, case)


def test_done_by_hand_is_confirmed_noted_and_nothing_is_sent(world: World) -> None:
    case, asked = stuck(world)
    told = settle(world, asked, DONE).action
    assert told.record.state is ActionState.CONFIRMED
    assert told.problem is not None
    assert "settled by hand as done" in told.problem
    assert "R-77" in told.problem
    assert "last read" in told.problem
    detail = casefile.detail(world.gateway, world.lead, case)
    assert detail.notes[-1].text == "R-77: the provider's desk looked it up"
    assert detail.notes[-1].by == world.second_lead.user
    world.work(120)
    assert world.shop.books.lines == []


def test_done_by_hand_counts_against_what_is_left_to_refund(world: World) -> None:
    case, asked = stuck(world)
    settle(world, asked, DONE)
    look_again(world, case)
    locks = casefile.detail(world.gateway, world.lead, case).decisions[ActionKind.REFUND].locks
    assert Why.NOTHING_LEFT in {reason.why for reason in locks}


def test_not_done_by_hand_frees_the_order_for_one_new_refund(world: World) -> None:
    case, asked = stuck(world)
    look_again(world, case)
    told = settle(world, asked, NOT_DONE).action
    assert told.record.state is ActionState.REJECTED
    assert "last read" in (told.problem or "")
    assert isinstance(world.shop, Mute)
    world.shop.hides = False
    again = world.request(case, ActionKind.REFUND, world.lead, reason="still wants it back")
    world.work(30)
    assert state(world, again) is ActionState.CONFIRMED
    assert len(world.shop.books.lines) == 1


def test_not_done_is_not_believed_before_everything_sent_has_settled(tmp_path: Path) -> None:
    slow = replace(NO_KEYS, processing_s=6 * 3600.0)
    world, _ = mute(tmp_path, slow)
    case = world.claimed(world.shop.stuck("PG-1", 4_200), world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    world.shop.faults = [Fault.LOST_BEFORE]
    world.work()
    with world.database.write() as connection:
        action = action_rows.get(connection, asked.id)
        assert action is not None
        attempt = replace(action.attempt, state=ActionState.NEEDS_PERSON)
        moved = action.moved(attempt, world.clock.now())
        action_rows.save(connection, moved, fenced=False)
    with_ticket = replace_request(NOT_DONE, "T-1")
    told = refusal(world, asked, with_ticket)
    assert told.kind is ProblemType.CONFLICT
    assert "ask again after" in told.detail
    world.clock.turn(7 * 3600)
    assert settle(world, asked, with_ticket).action.record.state is ActionState.REJECTED
    world.close()


def replace_request(said: SettleRequest, reference: str) -> SettleRequest:
    return SettleRequest(done=said.done, reason=said.reason, reference=reference)


def test_not_done_needs_a_look_at_the_books_or_a_ticket(world: World) -> None:
    _, asked = stuck(world)
    with world.database.write() as connection:
        connection.execute(sa.delete(schema.evidence))
    told = refusal(world, asked, NOT_DONE)
    assert told.field == "reference"
    settled = settle(world, asked, replace_request(NOT_DONE, "T-1")).action
    assert "never read" in (settled.problem or "")


def test_the_books_are_not_contradicted(world: World) -> None:
    """The refund was made; a look shows it before the worker has drawn its own conclusion."""
    case, asked = stuck(world, Fault.LOST_AFTER)
    assert isinstance(world.shop, Mute)
    world.shop.hides = False
    look_again(world, case)
    told = refusal(world, asked, replace_request(NOT_DONE, "T-1"))
    assert told.kind is ProblemType.CONFLICT
    assert "contrary" in told.detail
    world.work(5)
    assert state(world, asked) is ActionState.CONFIRMED
    assert len(world.shop.books.lines) == 1


def test_who_asked_for_it_does_not_settle_it(world: World) -> None:
    _, asked = stuck(world)
    told = refusal(world, asked, DONE, world.lead)
    assert told.kind is ProblemType.FORBIDDEN
    assert told.why == ("own_request",)


def test_who_approved_it_does_not_settle_it(world: World) -> None:
    _, asked = stuck(world)
    with world.database.write() as connection:
        action = action_rows.get(connection, asked.id)
        assert action is not None
        record = replace(action.record, approved_by=world.second_lead.user)
        action_rows.save(connection, replace(action, record=record), fenced=False)
    assert refusal(world, asked, DONE).why == ("own_request",)
    finance = world.person("wu", Role.FINANCE)
    assert settle(world, asked, DONE, finance).action.record.state is ActionState.CONFIRMED


@pytest.mark.parametrize("role", [Role.AGENT, Role.TECHNICIAN, Role.AUDITOR, Role.ADMIN])
def test_who_may_not_approve_does_not_settle(world: World, role: Role) -> None:
    _, asked = stuck(world)
    assert refusal(world, asked, DONE, world.person("x", role)).kind is ProblemType.FORBIDDEN


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (SettleRequest(done=True, reason=" ", reference="R"), "reason"),
        (SettleRequest(done=True, reason="looked it up"), "reference"),
        (SettleRequest(done=True, reason="a" * 5000, reference="R"), "reason"),
        (SettleRequest(done=True, reason="a", reference="R" * 201), "reference"),
    ],
)
def test_a_word_without_proof_settles_nothing(
    world: World, said: SettleRequest, field: str
) -> None:
    _, asked = stuck(world)
    assert refusal(world, asked, said).field == field


def test_only_what_waits_for_a_person_is_settled(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1", 4_200), world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    assert refusal(world, asked, DONE).kind is ProblemType.CONFLICT


def test_the_same_settling_again_is_the_same_and_another_is_refused(world: World) -> None:
    _, asked = stuck(world)
    first = settle(world, asked, DONE, key="one")
    assert settle(world, asked, DONE, key="one") == first
    with pytest.raises(Refused):
        settle(world, asked, replace_request(NOT_DONE, "T-1"), key="two")
    assert state(world, asked) is ActionState.CONFIRMED


def test_a_worker_that_looks_meanwhile_does_not_undo_it(world: World) -> None:
    _, asked = stuck(world)
    world.clock.turn(3600)
    with world.database.write() as connection:
        held = action_rows.get(connection, asked.id)
        assert held is not None
    settle(world, asked, DONE)
    with pytest.raises(action_rows.LostLease), world.database.write() as connection:
        action_rows.save(connection, held)
    assert state(world, asked) is ActionState.CONFIRMED


def test_both_persons_and_the_proof_stand_in_the_log_but_no_words_of_theirs(world: World) -> None:
    _, asked = stuck(world)
    named = SettleRequest(done=True, reason="Wang Xiaoming showed his slip", reference="R-77")
    settle(world, asked, named)
    with world.database.read() as connection:
        written = list(connection.execute(schema.audit.select().order_by(schema.audit.c.seq)))
        assert audit.first_break(connection) is None
    requested = next(row for row in written if row.what == "action_prepared")
    settled = next(row for row in written if row.what == "settled_confirmed")
    assert (requested.who, settled.who) == ("marta", "luis")
    assert '"reference":"R-77"' in settled.detail
    assert "Wang" not in repr(written)
