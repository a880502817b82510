"""Promise: a refund is paid once, after a second person where the limits ask for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.contract.messages import ApprovalRequest
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import ActionId
from agent_app.domain.limits import RefundLimits, read_amounts
from agent_app.domain.money import Money
from agent_app.domain.roles import LIMITS, Actor, Role
from agent_app.gateway import acting, settling
from agent_app.gateway.config import ConfigError, load
from agent_app.gateway.errors import Refused
from agent_app.gateway.limit_settings import LimitConfig, limits_of
from agent_app.gateway.store import audit, schema
from tests.gateway.world import World

YES = ApprovalRequest(approve=True)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"boss": LimitConfig()}, "no such role"),
        ({"agent": LimitConfig(approve={"EUR": "1"})}, "refund.approve"),
        ({"technician": LimitConfig(alone={"EUR": "1"})}, "refund.execute"),
        ({"lead": LimitConfig(alone={"EUR": "1.001"})}, "EUR"),
        ({"finance": LimitConfig(approve={"EUR": "1"})}, "nobody approves all"),
    ],
)
def test_limits_that_cannot_hold_are_refused_with_their_place(
    config: dict[str, LimitConfig], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        limits_of(config)


def test_limits_are_read_from_the_configuration_file(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(
        '[limits.lead]\nalone = {EUR = "20.00", JPY = "3000"}\napprove = "all"\n'
        "[limits.senior]\napprove = {}\n",
        "utf-8",
    )
    limits = limits_of(load(file, {}).limits)
    assert limits[Role.LEAD].alone == {"EUR": 2_000, "JPY": 3_000}
    assert limits[Role.LEAD].approves_all
    assert not limits[Role.SENIOR].covers_approval(Money(1, "EUR"))
    assert limits[Role.FINANCE] == LIMITS[Role.FINANCE]
    file.write_text("[limits.lead]\nalone = {EUR = 20.5}\n", "utf-8")
    with pytest.raises(ConfigError, match="limits"):
        load(file, {})


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[World]:
    """A world in which a lead approves up to 100 yuan and pays back nothing alone."""
    lead = RefundLimits(approve=read_amounts({"CNY": "100.00"}))
    made = World(tmp_path, limits={**LIMITS, Role.LEAD: lead})
    yield made
    made.close()


def requested(world: World, amount_minor: int, actor: Actor | None = None) -> ActionId:
    ref = world.shop.stuck(f"PG-{amount_minor}", amount_minor)
    case = world.claimed(ref, actor)
    return world.request(case, ActionKind.REFUND, actor, reason="wants it back").id


def state(world: World, action: ActionId) -> ActionState:
    return acting.action_status(world.gateway, world.lead, action).action.record.state


def refusal(world: World, actor: Actor, action: ActionId) -> Problem:
    with pytest.raises(Refused) as refused:
        acting.answer_approval(world.gateway, actor, action, YES)
    return refused.value.problem


def test_what_an_operator_allows_nobody_alone_waits_for_a_second_person(strict: World) -> None:
    assert state(strict, requested(strict, 1, strict.lead)) is ActionState.AWAITING_APPROVAL
    strict.work(30)
    assert strict.shop.books.lines == []


def test_the_defaults_let_a_lead_pay_a_small_refund_back_alone(world: World) -> None:
    assert state(world, requested(world, 1, world.lead)) is ActionState.PREPARED


def test_over_the_approval_limit_the_answer_names_who_can(strict: World) -> None:
    within, over = requested(strict, 10_000), requested(strict, 10_001)
    told = refusal(strict, strict.lead, over)
    assert told.kind is ProblemType.FORBIDDEN
    assert told.why == ("over_limit",)
    assert told.roles == (Role.SENIOR, Role.FINANCE)
    acting.answer_approval(strict.gateway, strict.lead, within, YES)
    finance = strict.person("wu", Role.FINANCE)
    acting.answer_approval(strict.gateway, finance, over, YES)
    strict.work(5)
    assert state(strict, over) is state(strict, within) is ActionState.CONFIRMED


@pytest.mark.parametrize(
    ("limits", "ends"), [({}, ActionState.REJECTED), (LIMITS, ActionState.CONFIRMED)]
)
def test_a_limit_lowered_before_it_is_sent_stops_what_was_asked_for_alone(
    world: World, tmp_path: Path, limits: dict[Role, RefundLimits], ends: ActionState
) -> None:
    """What waits is judged by the limits of the moment when it is sent, not when it was asked."""
    action = requested(world, 5_000, world.lead)
    later = World(tmp_path, database=world.database, limits=limits)
    later.gateway.desk.shops[world.shop.id].refresh()
    later.shop.stuck("PG-5000", 5_000)
    later.clock.turn(120)
    later.work(5)
    assert state(world, action) is ends
    assert len(later.shop.books.lines) == (ends is ActionState.CONFIRMED)
    assert world.shop.books.lines == []


def test_who_comes_second_is_told_who_approved(world: World) -> None:
    action = requested(world, 60_000)
    acting.answer_approval(world.gateway, world.lead, action, YES)
    told = refusal(world, world.second_lead, action)
    assert told.kind is ProblemType.CONFLICT
    assert told.holder == "Marta"
    assert "Marta approved" in told.detail
    no = ApprovalRequest(approve=False, reason="wait")
    with pytest.raises(Refused):
        acting.answer_approval(world.gateway, world.second_lead, action, no)
    world.work(5)
    assert state(world, action) is ActionState.CONFIRMED
    assert len(world.shop.books.lines) == 1


def test_a_request_withdrawn_is_never_sent_and_frees_the_order(world: World) -> None:
    action = requested(world, 60_000)
    taken_back = settling.withdraw(world.gateway, world.agent, action)
    assert taken_back.action.record.state is ActionState.REFUSED
    assert settling.withdraw(world.gateway, world.agent, action) == taken_back
    told = refusal(world, world.lead, action)
    assert told.holder == "Chen"
    assert "Chen withdrew" in told.detail
    world.work(30)
    assert world.shop.books.lines == []
    again = world.request(taken_back.case, ActionKind.REFUND, reason="after all")
    assert again.action.record.state is ActionState.AWAITING_APPROVAL
    with world.database.read() as connection:
        written = list(connection.execute(schema.audit.select()))
        assert audit.first_break(connection) is None
    assert [row.who for row in written if row.what == "request_withdrawn"] == ["chen"]


def test_only_who_asked_withdraws_and_only_before_the_answer(world: World) -> None:
    action = requested(world, 60_000)
    with pytest.raises(Refused) as refused:
        settling.withdraw(world.gateway, world.other, action)
    assert refused.value.problem.holder == "Chen"
    acting.answer_approval(world.gateway, world.lead, action, YES)
    with pytest.raises(Refused) as refused:
        settling.withdraw(world.gateway, world.agent, action)
    assert refused.value.problem.holder == "Marta"
    world.work(5)
    assert state(world, action) is ActionState.CONFIRMED
