"""Promise: what only a person can find out he settles, and never earlier than it can be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_app.domain.actions import ActionKind, ActionState, IllegalTransition
from agent_app.domain.ledger import Attempt, Step, TooEarly, next_move, settle
from tests.domain.scene import ABLE, NOW

SHOP = replace(ABLE, query_lag_s=20.0, processing_s=10.0)
STUCK = Attempt(
    ActionKind.REFUND,
    ActionState.NEEDS_PERSON,
    judged_at=NOW,
    tries=8,
    first_sent_at=NOW,
    sent_at=NOW,
)
SETTLED = NOW + timedelta(seconds=30)


def test_done_confirms_it_at_once() -> None:
    assert settle(STUCK, True, SHOP, NOW).state is ActionState.CONFIRMED


def test_not_done_rejects_it_once_everything_sent_has_settled() -> None:
    settled = settle(STUCK, False, SHOP, SETTLED)
    assert (settled.state, settled.withdrawn) == (ActionState.REJECTED, True)
    assert next_move(settled, SHOP, SETTLED).step is Step.WAIT


def test_not_done_is_refused_while_it_may_still_be_applied() -> None:
    with pytest.raises(TooEarly) as refused:
        settle(STUCK, False, SHOP, SETTLED - timedelta(microseconds=1))
    assert refused.value.until == SETTLED


@pytest.mark.parametrize("state", sorted(set(ActionState) - {ActionState.NEEDS_PERSON}))
@pytest.mark.parametrize("done", [True, False])
def test_nothing_else_is_settled_by_hand(state: ActionState, done: bool) -> None:
    with pytest.raises(IllegalTransition):
        settle(replace(STUCK, state=state), done, SHOP, SETTLED)
