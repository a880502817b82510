"""Promise: a key is not relied upon when what is sent under it might arrive after its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ledger import (
    Attempt,
    Said,
    Step,
    after_judging,
    after_sending,
    before_sending,
    next_move,
)
from tests.domain.scene import ABLE, NOW

SENDING_S = 40.0
SHOP = replace(ABLE, action_key_lifetime_s=160.0, query_lag_s=20.0, processing_s=10.0)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def lost(moment: datetime) -> Attempt:
    """Return what was sent at 0 and lost, and judged again at `moment`."""
    sent = before_sending(Attempt(ActionKind.REFUND, ActionState.PREPARED, NOW), NOW)
    return after_judging(after_sending(sent, Said.LOST, at(1)), True, moment)


def test_within_its_life_less_the_time_to_leave_and_to_settle_it_is_sent_again() -> None:
    assert next_move(lost(at(89)), SHOP, at(89), sending_s=SENDING_S).step is Step.SEND


def test_after_that_the_books_are_asked_though_the_key_lives() -> None:
    assert next_move(lost(at(91)), SHOP, at(91), sending_s=SENDING_S).step is Step.ASK
