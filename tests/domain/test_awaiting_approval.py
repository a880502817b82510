"""A refund that waits for a second person was not sent: nobody is told that one is under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.domain.remedy import RemedyWhy, remedy
from agent_app.domain.roles import Actor, Role
from tests.fakes.held_case import captured_without_order


@pytest.mark.parametrize(
    ("state", "under_way"),
    [
        (ActionState.AWAITING_APPROVAL, False),
        (ActionState.REFUSED, False),
        (ActionState.PREPARED, True),
        (ActionState.UNKNOWN, True),
    ],
)
def test_a_refund_is_under_way_only_once_it_may_be_sent(
    state: ActionState, under_way: bool
) -> None:
    held = captured_without_order(CaseId("C1"), 1, 1200)
    held.look(datetime.now(UTC))
    case = held.view(Actor(UserId("chen"), "Chen", Role.AGENT))
    payment = case.truth.payments[0]
    asked = ActionRecord(
        ActionId("A1"),
        ActionKind.REFUND,
        state,
        "key",
        UserId("chen"),
        case.now,
        payment.id,
        payment.captured,
    )
    row = remedy(replace(case, actions=(asked,))).why
    assert (row is RemedyWhy.REFUND_OPEN) is under_way
    assert (row is RemedyWhy.AWAITING_APPROVAL) is (state is ActionState.AWAITING_APPROVAL)
