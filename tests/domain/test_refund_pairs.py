"""One refund told by two sources counts once, and is known for our own where it is (I2, N7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.ids import (
    ActionId,
    CustomerId,
    EventId,
    EvidenceId,
    OrderRef,
    PaymentId,
    RefundId,
    ShopId,
    UserId,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.own_refunds import SKEW, own_refunds
from agent_app.domain.payment import RefundState, RefundWord
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.refund_pairs import pair_refunds
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import Conflict, PaymentTruth, Verdict, fold_truth

T0 = datetime(2026, 11, 23, 8, tzinfo=UTC)
REF, PAYMENT = OrderRef("R1"), PaymentId("pi_1")
ORDER = Order(
    ShopId("s"), REF, Customer(CustomerId("c")), Money(1000, "EUR"), PaymentMethod.CARD, T0
)
KEY = "aa-" + "0" * 40


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def event(
    kind: EventKind,
    source: Source,
    seconds: float,
    minor: int = 1000,
    refund: str | None = None,
    key: str | None = None,
) -> OrderEvent:
    return OrderEvent(
        EventId(f"{source}:{kind}:{refund or 'p'}"),
        REF,
        kind,
        source,
        at(seconds),
        at(seconds + 1),
        payment=PAYMENT,
        refund=RefundId(refund) if refund else None,
        amount=Money(minor, "EUR"),
        key=key,
    )


CAPTURED = (
    event(EventKind.PAYMENT_CAPTURED, Source.PROVIDER, 1),
    event(EventKind.PAYMENT_CAPTURED, Source.PLATFORM, 2),
)


def paid_out(
    seconds: float, minor: int, refund: str, source: Source, key: str | None = None
) -> OrderEvent:
    return event(EventKind.REFUND_SUCCEEDED, source, seconds, minor, refund, key)


def truth(*events: OrderEvent, asked: float = 500) -> PaymentTruth:
    look = Evidence(
        EvidenceId("e"), REF, Source.PROVIDER, EvidenceKind.PAYMENTS, at(asked), at(asked + 60),
        "captured",
    )  # fmt: skip
    return fold_truth(ORDER, (*CAPTURED, *events), [look])


def action(
    minor: int = 400,
    *,
    key: str = KEY,
    state: ActionState = ActionState.UNKNOWN,
    seconds: float = 90,
) -> ActionRecord:
    return ActionRecord(
        ActionId(f"A{key}"), ActionKind.REFUND, state, key, UserId("u"), at(seconds), PAYMENT,
        Money(minor, "EUR"),
    )  # fmt: skip


def test_a_row_under_another_id_is_the_same_refund() -> None:
    found = truth(
        paid_out(100, 400, "re_1", Source.PROVIDER),
        paid_out(101, 400, "7", Source.PLATFORM, KEY),
    )
    (refund,) = found.payments[0].refunds
    assert (refund.id, refund.key, refund.recorded) == ("re_1", KEY, True)
    assert refund.source is Source.PROVIDER
    assert found.verdict is Verdict.PART_REFUNDED
    assert found.payments[0].remaining == Money(600, "EUR")


def test_a_row_that_comes_later_changes_the_sum_by_nothing() -> None:
    payout = paid_out(100, 400, "re_1", Source.PROVIDER)
    row = paid_out(180, 400, "7", Source.PLATFORM, KEY)
    before, after = truth(payout), truth(payout, row)
    assert before.payments[0].refunded == after.payments[0].refunded == Money(400, "EUR")


def test_a_row_without_a_payout_is_a_conflict() -> None:
    found = truth(paid_out(101, 400, "7", Source.PLATFORM, KEY))
    assert found.conflicts == {Conflict.SHOP_REFUNDED_PROVIDER_NOT}


def test_two_rows_explain_two_payouts_and_a_third_payout_stays_alone() -> None:
    found = truth(
        *(paid_out(100 + n, 300, f"re_{n}", Source.PROVIDER) for n in range(3)),
        *(paid_out(110 + n, 300, f"{n}", Source.PLATFORM) for n in range(2)),
    )
    refunds = found.payments[0].refunds
    assert [r.id for r in refunds] == ["re_0", "re_1", "re_2"]
    assert [r.recorded for r in refunds] == [True, True, False]


def test_a_failed_row_explains_no_payout() -> None:
    payout = paid_out(100, 400, "re_1", Source.PROVIDER)
    failed = event(EventKind.REFUND_FAILED, Source.PLATFORM, 101, 400, "7", KEY)
    pairs = truth(payout, failed).payments[0].refunds
    assert {(r.id, r.recorded) for r in pairs} == {("re_1", False), ("7", True)}


WORDS = st.lists(
    st.builds(
        RefundWord,
        id=st.sampled_from([RefundId(f"r{n}") for n in range(5)]),
        amount=st.sampled_from([Money(100, "EUR"), Money(200, "EUR")]),
        state=st.sampled_from(RefundState),
        since=st.integers(0, 5).map(at),
        at=st.just(at(9)),
        automatic=st.booleans(),
        key=st.sampled_from([None, "k1", "k2"]),
    ),
    max_size=5,
    unique_by=lambda w: w.id,
)


@given(WORDS, WORDS, st.randoms(use_true_random=False))
def test_every_word_is_in_one_pair_whatever_the_order(
    provider: list[RefundWord], shop: list[RefundWord], shuffle: object
) -> None:
    pairs = pair_refunds(provider, shop)
    assert sorted(p.provider.id for p in pairs if p.provider) == sorted(w.id for w in provider)
    assert sorted(p.shop.id for p in pairs if p.shop) == sorted(w.id for w in shop)
    again = provider[::-1]
    assert pair_refunds(again, shop[::-1]) == pairs


def test_an_unrecorded_payout_is_adopted_by_the_refund_that_is_open() -> None:
    found = truth(paid_out(100, 400, "re_1", Source.PROVIDER))
    mine = action()
    assert own_refunds([mine], found.payments)[KEY].id == "re_1"
    stage = fold_stage(CAPTURED)
    assert postcondition(mine, ORDER, stage, found) is Seen.MET


@pytest.mark.parametrize(
    "why",
    ["recorded", "another amount", "before", "another's key", "the shop's own", "not sent"],
)
def test_what_is_not_ours_is_not_adopted(why: str) -> None:
    payout = paid_out(100, 400, "re_1", Source.PROVIDER)
    mine = action()
    rows: tuple[OrderEvent, ...] = ()
    if why == "recorded":
        rows = (paid_out(101, 400, "7", Source.PLATFORM),)
    elif why == "another amount":
        mine = action(401)
    elif why == "before":
        mine = action(seconds=100 + SKEW.total_seconds() + 1)
    elif why == "another's key":
        payout = replace(payout, key="aa-another")
    elif why == "the shop's own":
        payout = replace(payout, automatic=True)
    else:
        mine = action(state=ActionState.PREPARED)
    found = truth(payout, *rows)
    assert own_refunds([mine], found.payments) == {}
    assert postcondition(mine, ORDER, fold_stage(CAPTURED), found) is Seen.NOT_YET


def test_one_payout_is_not_two_actions() -> None:
    found = truth(paid_out(100, 400, "re_1", Source.PROVIDER))
    first = action(key="aa-first", seconds=80, state=ActionState.CONFIRMED)
    second = action(key="aa-second", seconds=95)
    assert set(own_refunds([second, first], found.payments)) == {"aa-first"}
    stage = fold_stage(CAPTURED)
    assert postcondition(second, ORDER, stage, found, [first, second]) is Seen.NOT_YET
    # The control: without the others it takes the first one's refund for its own.
    assert postcondition(second, ORDER, stage, found) is Seen.MET


def test_a_key_counts_more_than_an_adoption() -> None:
    found = truth(
        paid_out(100, 400, "re_1", Source.PROVIDER),
        paid_out(120, 400, "re_2", Source.PROVIDER),
        paid_out(121, 400, "re_2", Source.PLATFORM, KEY),
    )
    assert own_refunds([action()], found.payments)[KEY].id == "re_2"
