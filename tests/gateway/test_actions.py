"""Promise: an action happens once, whatever is lost, and success is said after a re-read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent_app.contract.messages import ActionRequest, ApprovalRequest
from agent_app.contract.problems import ProblemType
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.events import EventKind
from agent_app.domain.money import Money
from agent_app.domain.reasons import Why
from agent_app.gateway import acting, casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.store import action_rows, audit
from tests.fakes.shop import CAPABILITIES, Fault
from tests.gateway.world import World


def test_a_captured_order_is_resubmitted_verified_and_then_not_refundable(world: World) -> None:
    ref = world.shop.stuck("PG-1")
    case = world.claimed(ref)

    asked = world.request(case, ActionKind.RESUBMIT)
    assert asked.action.record.state is ActionState.PREPARED
    world.work()

    done = acting.action_status(world.gateway, world.agent, asked.id)
    assert done.action.record.state is ActionState.CONFIRMED
    assert world.shop.books.count(ActionKind.RESUBMIT, ref) == 1
    detail = casefile.detail(world.gateway, world.agent, case)
    refund = detail.decisions[ActionKind.REFUND]
    assert Why.ORDER_COMPLETED in {reason.why for reason in refund.locks}
    with pytest.raises(Refused) as refused:
        world.request(case, ActionKind.REFUND, reason="the customer changed his mind")
    assert refused.value.problem.kind is ProblemType.LOCKED
    assert world.shop.books.count(ActionKind.REFUND, ref) == 0


def refunds_after(
    folder: Path, fault: Fault, *, keys: bool, lag_s: float, declared_lag_s: float
) -> int:
    """Ask for one refund whose first answer goes wrong; return how often the shop paid."""
    capabilities = replace(
        CAPABILITIES,
        action_key_lifetime_s=86400.0 if keys else None,
        query_lag_s=declared_lag_s,
    )
    world = World(folder, capabilities)
    world.shop.lag_s = lag_s
    ref = world.shop.stuck("PG-2", 4_200)
    case = world.claimed(ref, world.lead)
    world.shop.faults = [fault]
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="wants no replacement")
    world.work(120)
    done = acting.action_status(world.gateway, world.lead, asked.id)
    assert done.action.record.state is ActionState.CONFIRMED
    paid = world.shop.books.count(ActionKind.REFUND, ref)
    world.close()
    return paid


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.THROTTLED])
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no-keys"])
def test_a_lost_answer_never_pays_a_refund_twice(tmp_path: Path, fault: Fault, keys: bool) -> None:
    assert refunds_after(tmp_path, fault, keys=keys, lag_s=4.0, declared_lag_s=5.0) == 1


def test_without_keys_and_without_the_wait_the_same_loop_pays_twice(tmp_path: Path) -> None:
    """The negative control: the shop's lag is declared as nothing, so nothing is waited for."""
    paid = refunds_after(tmp_path, Fault.LOST_AFTER, keys=False, lag_s=4.0, declared_lag_s=0.0)
    assert paid == 2


def test_the_intent_is_on_disk_before_the_call(world: World) -> None:
    ref = world.shop.stuck("PG-4")
    case = world.claimed(ref)
    seen: list[ActionState] = []
    perform = world.shop.perform

    def spy(command: object) -> object:
        with world.database.read() as connection:
            stored = action_rows.of_case(connection, case)
        seen.append(stored[-1].record.state)
        return perform(command)  # type: ignore[arg-type]

    world.shop.perform = spy  # type: ignore[assignment, method-assign]
    world.request(case, ActionKind.RESUBMIT)
    world.work()
    assert seen == [ActionState.UNKNOWN]


def test_one_money_action_of_an_order_at_a_time(world: World) -> None:
    ref = world.shop.stuck("PG-5", 4_200)
    case = world.claimed(ref, world.lead)
    world.request(case, ActionKind.RESUBMIT, world.lead)
    with pytest.raises(Refused) as refused:
        world.request(case, ActionKind.REFUND, world.lead, reason="both at once")
    assert Why.ACTION_OPEN in refused.value.problem.why
    world.work()
    assert len(world.shop.books.lines) == 1


def test_the_same_request_twice_is_one_action(world: World) -> None:
    ref = world.shop.stuck("PG-6")
    case = world.claimed(ref)
    asked = ActionRequest(kind=ActionKind.RESUBMIT)
    first = acting.request_action(world.gateway, world.agent, case, asked, "chen:k1")
    world.work()
    again = acting.request_action(world.gateway, world.agent, case, asked, "chen:k1")
    assert again.id == first.id
    assert world.shop.books.count(ActionKind.RESUBMIT, ref) == 1


def test_an_agent_asks_and_another_person_approves(world: World) -> None:
    ref = world.shop.stuck("PG-7", 60_000)
    case = world.claimed(ref)
    asked = world.request(case, ActionKind.REFUND, reason="out of patience")
    assert asked.action.record.state is ActionState.AWAITING_APPROVAL
    world.work(5)
    assert world.shop.books.lines == []

    with pytest.raises(Refused) as own:
        acting.answer_approval(world.gateway, world.agent, asked.id, ApprovalRequest(approve=True))
    assert own.value.problem.kind is ProblemType.FORBIDDEN
    acting.answer_approval(world.gateway, world.lead, asked.id, ApprovalRequest(approve=True))
    world.work()
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1
    with pytest.raises(Refused):
        acting.answer_approval(
            world.gateway, world.second_lead, asked.id, ApprovalRequest(approve=True)
        )
    world.work()
    assert world.shop.books.count(ActionKind.REFUND, ref) == 1


def test_nobody_approves_his_own_request(world: World) -> None:
    ref = world.shop.stuck("PG-8", 900_000)
    case = world.claimed(ref, world.lead)
    asked = world.request(case, ActionKind.REFUND, world.lead, reason="large")
    assert asked.action.record.state is ActionState.AWAITING_APPROVAL
    with pytest.raises(Refused) as refused:
        acting.answer_approval(world.gateway, world.lead, asked.id, ApprovalRequest(approve=True))
    assert "own_request" in refused.value.problem.why


def test_an_approval_that_comes_late_is_judged_again_before_money_moves(world: World) -> None:
    ref = world.shop.stuck("PG-9", 60_000)
    case = world.claimed(ref)
    asked = world.request(case, ActionKind.REFUND, reason="wants his money")
    world.shop.tell(ref, EventKind.ORDER_CONFIRMED)
    world.clock.turn(600)
    acting.answer_approval(world.gateway, world.lead, asked.id, ApprovalRequest(approve=True))
    world.work()
    done = acting.action_status(world.gateway, world.agent, asked.id)
    assert done.action.record.state is ActionState.REJECTED
    assert world.shop.books.lines == []


def test_a_part_refund_leaves_the_rest_and_never_more(world: World) -> None:
    ref = world.shop.stuck("PG-10", 10_000)
    case = world.claimed(ref, world.lead)
    part = Money(4_000, "CNY")
    world.request(case, ActionKind.REFUND, world.lead, amount=part, reason="one item is missing")
    world.work()
    handling.recheck(world.gateway, world.lead, case)
    with pytest.raises(Refused) as refused:
        world.request(
            case, ActionKind.REFUND, world.lead, amount=Money(6_001, "CNY"), reason="the rest"
        )
    assert refused.value.problem.field == "amount"
    world.request(case, ActionKind.REFUND, world.lead, amount=Money(6_000, "CNY"), reason="rest")
    world.work()
    refunds = [line for line in world.shop.books.lines if line[0] is ActionKind.REFUND]
    assert [line[2] for line in refunds] == [4_000, 6_000]


def test_a_refusal_of_the_shop_is_told_and_changes_nothing(world: World) -> None:
    ref = world.shop.stuck("PG-11")
    case = world.claimed(ref)
    world.shop.faults = [Fault.REJECTED]
    asked = world.request(case, ActionKind.RESUBMIT)
    world.work()
    done = acting.action_status(world.gateway, world.agent, asked.id)
    assert done.action.record.state is ActionState.REJECTED
    assert done.action.problem == "the shop refuses"
    assert world.shop.books.lines == []


def test_money_waits_for_a_fresh_provider_read(world: World) -> None:
    ref = world.shop.stuck("PG-12")
    case = world.claimed(ref)
    world.clock.turn(61)
    handling.claim(world.gateway, world.agent, case)
    with pytest.raises(Refused) as refused:
        world.request(case, ActionKind.RESUBMIT)
    assert Why.STALE_READ in refused.value.problem.why
    handling.recheck(world.gateway, world.agent, case)
    world.request(case, ActionKind.RESUBMIT)
    world.work()
    assert world.shop.books.count(ActionKind.RESUBMIT, ref) == 1


def test_the_customer_is_told_once_and_the_case_ends(world: World) -> None:
    ref = world.shop.stuck("PG-13")
    case = world.claimed(ref)
    world.request(case, ActionKind.RESUBMIT)
    world.work()
    with pytest.raises(Refused) as too_early:
        world.request(case, ActionKind.RESOLVE)
    assert Why.CUSTOMER_NOT_TOLD in too_early.value.problem.why

    world.request(case, ActionKind.NOTIFY, template="confirmed", language="zh_CN")
    world.work()
    with pytest.raises(Refused):
        world.request(case, ActionKind.NOTIFY, template="confirmed", language="zh_CN")
    assert len(world.shop.sent) == 1
    assert "PG-13" in world.shop.sent[0].body

    world.request(case, ActionKind.RESOLVE)
    ended = casefile.detail(world.gateway, world.agent, case)
    assert ended.row.state is CaseState.RESOLVED
    with world.database.read() as connection:
        assert audit.first_break(connection) is None


def test_a_message_that_is_not_true_is_not_sent(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-14"))
    with pytest.raises(Refused) as refused:
        world.request(case, ActionKind.NOTIFY, template="confirmed", language="en")
    assert refused.value.problem.kind is ProblemType.CONFLICT
    assert world.shop.sent == []
