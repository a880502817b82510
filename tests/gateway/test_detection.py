"""Promise: detection costs what changed or fell due, and a case follows its order."""

from __future__ import annotations

import pytest

from agent_app.contract.messages import Queue
from agent_app.domain.case import CaseState
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import EvidenceKind
from agent_app.domain.flags import FlagRule
from agent_app.domain.stage import Stage
from agent_app.gateway import casefile, handling
from agent_app.gateway.errors import Refused
from tests.gateway.world import World


def test_money_without_an_order_is_flagged_as_an_orphan(world: World) -> None:
    ref = world.shop.stuck("PG-1", 12_850)
    world.watch()
    page = casefile.list_cases(world.gateway, world.agent, Queue.ORPHANS)
    assert [row.ref for row in page.rows] == [ref]
    assert page.rows[0].rules == (FlagRule.MONEY_WITHOUT_ORDER,)
    assert page.rows[0].at_risk.amount_minor == 12_850
    assert "Wang" not in page.rows[0].customer_masked


def test_a_quiet_shop_costs_nothing_however_many_orders_exist(world: World) -> None:
    for number in range(500):
        world.shop.stuck(f"PG-{number}", captured=False)
        world.shop.tell(world.shop.stuck(f"OK-{number}"), EventKind.ORDER_CONFIRMED)
    world.watch()
    reads = world.shop.reads
    world.shop.served.clear()
    assert world.watch() == 0
    assert world.shop.served == [0]
    assert world.shop.reads == reads


def test_an_order_is_flagged_when_it_falls_due_without_any_news(world: World) -> None:
    ref = world.shop.stuck("PG-1", captured=False)
    world.shop.tell(ref, EventKind.STAGE_REPORTED, stage=Stage.SUBMITTING)
    world.watch()
    assert world.case_of(ref) is None
    world.clock.turn(10 * 60)
    world.watch()
    assert world.case_of(ref) is not None


def test_a_case_that_heals_before_anyone_claims_it_leaves_the_queue(world: World) -> None:
    ref = world.shop.stuck("PG-1")
    world.watch()
    world.shop.tell(ref, EventKind.ORDER_CONFIRMED)
    world.watch()
    case = world.case_of(ref)
    assert case is not None
    detail = casefile.detail(world.gateway, world.agent, case)
    assert detail.row.state is CaseState.FALSE_ALARM
    assert casefile.list_cases(world.gateway, world.agent, Queue.TEAM).total == 0


def test_a_claimed_case_that_heals_stays_with_its_agent(world: World) -> None:
    ref = world.shop.stuck("PG-1")
    case = world.claimed(ref)
    world.shop.tell(ref, EventKind.ORDER_CONFIRMED)
    world.watch()
    assert casefile.detail(world.gateway, world.agent, case).row.state is CaseState.CLAIMED


def test_of_two_agents_one_claims_and_the_other_is_told_who(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    with pytest.raises(Refused) as refused:
        handling.claim(world.gateway, world.other, case)
    assert "Chen" in refused.value.problem.detail
    world.clock.turn(91)
    assert handling.claim(world.gateway, world.other, case).row.claim is not None


def test_a_claim_is_ended_by_its_holder_or_a_lead(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    with pytest.raises(Refused):
        handling.release(world.gateway, world.other, case)
    assert handling.release(world.gateway, world.lead, case).row.claim is None
    assert handling.claim(world.gateway, world.other, case).row.claim is not None


def test_a_look_tells_whether_the_systems_answered(world: World) -> None:
    ref = world.shop.stuck("PG-1")
    case = world.claimed(ref)
    looks = casefile.detail(world.gateway, world.agent, case).evidence
    assert {e.verdict for e in looks if e.kind is EvidenceKind.HEALTH} == {"ok"}
    world.shop.silent = {Source.PROVIDER}
    world.clock.turn(1)
    handling.recheck(world.gateway, world.agent, case)
    looks = casefile.detail(world.gateway, world.agent, case).evidence
    assert [e.verdict for e in looks if e.kind is EvidenceKind.HEALTH][-1] == "silent:provider"


def test_changes_are_told_once_each_from_a_cursor(world: World) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    first = casefile.list_changes(world.gateway, world.agent, "0")
    assert len(first.rows) == 1
    assert casefile.list_changes(world.gateway, world.agent, first.cursor).rows == ()
    world.shop.stuck("PG-2")
    world.watch()
    second = casefile.list_changes(world.gateway, world.agent, first.cursor)
    assert [row.ref for row in second.rows] == ["PG-2"]


def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    refs = {world.shop.stuck(f"PG-{number}") for number in range(7)}
    world.watch()
    seen: list[str] = []
    after = None
    while True:
        page = casefile.list_cases(world.gateway, world.agent, Queue.TEAM, after=after, limit=3)
        seen += [row.ref for row in page.rows]
        if (after := page.next) is None:
            break
    assert len(seen) == 7
    assert set(seen) == refs


def test_search_finds_two_character_names_and_order_numbers(world: World) -> None:
    world.shop.stuck("PG-77")
    world.shop.stuck("PG-78")
    world.watch()
    found = casefile.list_cases(world.gateway, world.agent, Queue.TEAM, words="pg-77")
    assert [row.ref for row in found.rows] == ["PG-77"]
    assert casefile.list_cases(world.gateway, world.agent, Queue.TEAM, words="%").total == 0
