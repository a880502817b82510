"""Promise: whoever opens a case sees who else has it open, and the case itself stays as it is."""

from __future__ import annotations

import pytest

from agent_app.contract.problems import ProblemType
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import casefile, handling, looking
from agent_app.gateway.errors import Refused
from agent_app.gateway.store import bell
from tests.gateway.world import World


@pytest.fixture
def case(world: World) -> CaseId:
    world.shop.stuck("PG-1")
    world.watch()
    found = world.case_of(world.shop.stuck("PG-1"))
    assert found is not None
    return found


def names(world: World, case: CaseId, actor: Actor | None = None) -> list[str]:
    detail = casefile.detail(world.gateway, actor or world.lead, case)
    return [looker.name for looker in detail.lookers]


def test_each_sees_the_other_until_he_leaves(world: World, case: CaseId) -> None:
    looking.look(world.gateway, world.agent, case)
    seen = looking.look(world.gateway, world.other, case)
    assert [looker.name for looker in seen.lookers] == ["Amina", "Chen"]
    assert names(world, case) == ["Amina", "Chen"]
    left = looking.leave(world.gateway, world.agent, case)
    assert [looker.name for looker in left.lookers] == ["Amina"]
    assert names(world, case) == ["Amina"]


def test_a_desk_that_crashed_is_gone_after_its_lease(world: World, case: CaseId) -> None:
    looking.look(world.gateway, world.agent, case)
    looking.look(world.gateway, world.other, case)
    world.clock.turn(44)
    looking.look(world.gateway, world.other, case)
    assert names(world, case) == ["Amina", "Chen"]
    world.clock.turn(1)
    assert names(world, case) == ["Amina"]


def test_looking_is_no_news_of_the_case(world: World, case: CaseId) -> None:
    before = casefile.detail(world.gateway, world.lead, case)
    looking.look(world.gateway, world.agent, case)
    after = casefile.detail(world.gateway, world.lead, case)
    assert after.row == before.row
    assert after.row.claim is None
    # The control: a claim is.
    handling.claim(world.gateway, world.agent, case)
    assert casefile.detail(world.gateway, world.lead, case).row.version > before.row.version


def test_a_looker_is_told_to_whoever_listens(world: World, case: CaseId) -> None:
    heard: list[str] = []
    unsubscribe = world.database.bell.subscribe(heard.append)
    looking.look(world.gateway, world.agent, case)
    looking.leave(world.gateway, world.agent, case)
    assert heard == [f"{bell.LOOKING}{case}"] * 2
    looking.leave(world.gateway, world.agent, case)
    unsubscribe()
    assert heard == [f"{bell.LOOKING}{case}"] * 2, "who had left already is no news"


def test_nobody_looks_at_what_he_may_not_see(world: World, case: CaseId) -> None:
    stranger = world.person("zoe", Role.AGENT, "other")
    for use in (looking.look, looking.leave):
        with pytest.raises(Refused) as refused:
            use(world.gateway, stranger, case)
        assert refused.value.problem.kind is ProblemType.NOT_VISIBLE
        with pytest.raises(Refused) as unknown:
            use(world.gateway, stranger, CaseId("C9"))
        told = refused.value.problem.detail.replace(case, "C9")
        assert told == unknown.value.problem.detail
    assert names(world, case) == []


def test_leases_that_ran_out_do_not_pile_up(world: World, case: CaseId) -> None:
    second = world.shop.stuck("PG-2")
    world.watch()
    other = world.case_of(second)
    assert other is not None
    for number in range(20):
        person = world.person(f"p{number}", Role.AGENT)
        looking.look(world.gateway, person, other if number % 2 else case)
        world.clock.turn(46)
    with world.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM lookers").scalar_one() == 1
