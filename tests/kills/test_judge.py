"""Promise: the kill loop's judge finds what was lost, done twice, or told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.engines.sandbox.documents import Customer, Happening, LedgerEntry, Sale, Sent
from agent_app.engines.sandbox.world import Truth
from tests.kills.judge import Books, Found, judge
from tests.kills.ledger import Row

AT = datetime(2026, 3, 14, tzinfo=UTC)
REF = "PG-1"
TRUTH = Truth(REF, "S5", (), "absent", captures=1, refunds=1, voids=0, unreturned=True)
SALE = Sale(REF, Customer("c", "n", "e", "p", "en"), 4_200, "EUR", "card", AT)
CAPTURE = LedgerEntry(1, AT, "capture", "pay1", REF, 4_200, "EUR")
REFUND = LedgerEntry(2, AT, "refund_accepted", "pay1", REF, 4_200, "EUR", "re1", "key1")
REFUNDED = Row(
    id="A1",
    ref=REF,
    kind=ActionKind.REFUND,
    state=ActionState.CONFIRMED,
    key="key1",
    payment="pay1",
    amount_minor=4_200,
    fence=1,
    held=False,
)
TOLD = replace(REFUNDED, id="A2", kind=ActionKind.NOTIFY, key="key2", amount_minor=None)
MESSAGE = Sent("key2", "refund_accepted", "en", AT)
PROMISED = {"A1": "refund"}


def judged(
    *entries: LedgerEntry,
    sale: Sale = SALE,
    rows: tuple[Row, ...] = (REFUNDED,),
    promised: dict[str, str] = PROMISED,
) -> Found:
    return judge([TRUTH], Books({REF: entries}, {REF: sale}), rows, promised)


def with_messages(*messages: Sent) -> Sale:
    return msgspec.structs.replace(SALE, messages=list(messages))


def test_what_was_done_once_and_written_down_is_well() -> None:
    assert judged(CAPTURE, REFUND) == Found()
    told = judged(CAPTURE, REFUND, sale=with_messages(MESSAGE), rows=(REFUNDED, TOLD))
    assert told == Found()


def test_a_refund_that_never_came_is_lost() -> None:
    assert judged(CAPTURE).lost
    assert judged(CAPTURE).disagreeing


def test_an_acknowledged_action_that_is_gone_is_lost() -> None:
    found = judged(CAPTURE, REFUND, promised={**PROMISED, "A9": "refund"})
    assert found.lost == ("refund was acknowledged as A9, which is gone",)


@pytest.mark.parametrize("state", [ActionState.PREPARED, ActionState.UNKNOWN, ActionState.ACCEPTED])
def test_an_action_that_did_not_end_is_lost(state: ActionState) -> None:
    assert judged(CAPTURE, REFUND, rows=(replace(REFUNDED, state=state),)).lost


def test_an_action_that_waits_for_a_person_is_not_lost() -> None:
    assert not judged(
        CAPTURE, REFUND, rows=(replace(REFUNDED, state=ActionState.NEEDS_PERSON),)
    ).lost


def test_an_order_that_did_not_come_where_it_should_is_lost() -> None:
    elsewhere = msgspec.structs.replace(SALE, number="1", stages=[Happening("paying", AT)])
    assert judged(CAPTURE, REFUND, sale=elsewhere).lost


@pytest.mark.parametrize("twice", [CAPTURE, REFUND])
def test_money_that_moved_twice_is_found(twice: LedgerEntry) -> None:
    assert judged(CAPTURE, REFUND, twice).duplicated


def test_a_message_that_came_twice_is_found() -> None:
    assert judged(CAPTURE, REFUND, sale=with_messages(MESSAGE, MESSAGE)).duplicated
    other_key = msgspec.structs.replace(MESSAGE, key="key3")
    assert judged(CAPTURE, REFUND, sale=with_messages(MESSAGE, other_key)).duplicated


def test_an_order_that_was_confirmed_twice_is_found() -> None:
    twice = msgspec.structs.replace(SALE, number="1", stages=[Happening("confirmed", AT)] * 2)
    assert judged(CAPTURE, REFUND, sale=twice).duplicated


def test_a_refund_under_an_unknown_key_or_another_amount_disagrees() -> None:
    assert judged(CAPTURE, msgspec.structs.replace(REFUND, key="key9")).disagreeing
    assert judged(CAPTURE, msgspec.structs.replace(REFUND, amount_minor=1)).disagreeing


@pytest.mark.parametrize("state", [ActionState.REJECTED, ActionState.REFUSED])
def test_what_was_called_undone_and_was_done_disagrees(state: ActionState) -> None:
    assert judged(CAPTURE, REFUND, rows=(replace(REFUNDED, state=state),)).disagreeing


def test_a_message_that_was_called_sent_and_was_not_disagrees() -> None:
    assert judged(CAPTURE, REFUND, rows=(REFUNDED, TOLD)).disagreeing
