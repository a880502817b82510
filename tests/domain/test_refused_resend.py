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


def doubted() -> Attempt:
    """Return what was sent for the first time at 0, and refused at 15 as a payout may be."""
    first = before_sending(Attempt(ActionKind.REFUND, ActionState.PREPARED, NOW), NOW)
    return after_sending(first, Said.DOUBTFUL, at(15))


def test_a_doubtful_refusal_of_the_first_sending_is_not_believed() -> None:
    sure = after_sending(
        before_sending(Attempt(ActionKind.REFUND, ActionState.PREPARED, NOW), NOW),
        Said.REFUSED,
        at(15),
    )
    assert sure.state is ActionState.REJECTED
    assert doubted().state is ActionState.UNKNOWN
    assert next_move(doubted(), SHOP, at(44)).at == at(45)
    assert next_move(doubted(), SHOP, at(45)).step is Step.ASK


def test_after_a_doubtful_refusal_the_books_decide_and_nothing_is_sent_again() -> None:
    assert after_asking(doubted(), Outcome.PENDING, at(46), SHOP).state is ActionState.ACCEPTED
    absent = after_asking(doubted(), Outcome.ABSENT, at(46), SHOP)
    assert absent.state is ActionState.REJECTED
    silent = doubted()
    for second in range(46, 4_000, 60):
        assert next_move(silent, SHOP, at(second)).step is not Step.SEND
        silent = after_asking(silent, None, at(second), SHOP)
    assert next_move(silent, SHOP, at(4_000)).step is Step.PERSON
