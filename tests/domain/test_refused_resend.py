"""Promise: a refusal that follows a lost answer is believed only after all has settled since it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ledger import (
    Attempt,
    Outcome,
    Said,
    Step,
    after_asking,
    after_sending,
    before_sending,
    next_move,
)
from tests.domain.scene import ABLE, NOW

SHOP = replace(ABLE, query_lag_s=20.0, processing_s=10.0)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def refused_again() -> Attempt:
    """Return what was sent at 0 and lost, sent again at 60, and refused at 75."""
    first = before_sending(Attempt(ActionKind.REFUND, ActionState.PREPARED, NOW), NOW)
    again = before_sending(after_sending(first, Said.LOST, at(1)), at(60))
    return after_sending(again, Said.REFUSED, at(75))


def test_the_books_are_not_asked_before_what_was_refused_may_have_settled() -> None:
    refused = refused_again()
    assert refused.withdrawn
    move = next_move(refused, SHOP, at(104))
    assert (move.step, move.at) == (Step.WAIT, at(105))


def test_absent_from_the_books_before_that_settles_nothing() -> None:
    early = after_asking(refused_again(), Outcome.ABSENT, at(104), SHOP)
    assert early.state is ActionState.UNKNOWN
    assert after_asking(early, Outcome.ABSENT, at(105), SHOP).state is ActionState.REJECTED
