"""Promise: what was allowed is judged again as it was asked for: this payment, this much."""

from __future__ import annotations

import pytest

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.events import EventKind, Source
from agent_app.domain.ids import PaymentId, RefundId
from agent_app.domain.money import Money
from agent_app.gateway import acting
from agent_app.gateway.errors import Refused
from tests.gateway.world import World

SUM = Money(12_850, "CNY")


def test_an_order_is_not_completed_on_a_payment_that_went_back_meanwhile(world: World) -> None:
    ref = world.shop.stuck("PG-1", SUM.amount_minor)
    world.shop.tell(
        ref,
        EventKind.PAYMENT_CAPTURED,
        Source.PROVIDER,
        payment=PaymentId("pay-second"),
        amount=SUM,
        customer=world.shop._orders[ref].customer.id,
    )
    case = world.claimed(ref)
    asked = world.request(case, ActionKind.RESUBMIT)
    assert asked.action.record.payment == "pay-PG-1"

    # The worker comes to it only after the platform has given exactly that payment back.
    world.shop.tell(
        ref,
        EventKind.REFUND_SUCCEEDED,
        Source.PROVIDER,
        payment=PaymentId("pay-PG-1"),
        refund=RefundId("platform-refund"),
        amount=SUM,
    )
    world.clock.turn(61)
    world.work()

    done = acting.action_status(world.gateway, world.agent, asked.id)
    assert done.action.record.state is ActionState.REJECTED
    assert done.action.problem == "no longer allowed for this payment"
    assert world.shop.books.lines == []


def test_a_refund_in_another_currency_is_refused_by_name(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-2", 4_200), world.lead)
    with pytest.raises(Refused) as refused:
        world.request(
            case, ActionKind.REFUND, world.lead, amount=Money(4_200, "EUR"), reason="wrong currency"
        )
    assert refused.value.problem.field == "amount"
    assert "CNY" in refused.value.problem.detail
    assert world.shop.books.lines == []
