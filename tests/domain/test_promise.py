"""The learnt promise: it uses nothing that comes later, and finds earlier than one threshold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.learn_promise import (
    HistoryOutcome,
    expected_fall,
    learn,
    with_seller_pace,
)
from agent_app.domain.order import PaymentMethod
from agent_app.domain.promise import (
    DEFAULT_POLICY,
    PromiseFacts,
    PromisePolicy,
    Why,
    without_shop_rows,
)
from tests.bench.flag_judge import (
    EARLIER,
    FOLDER,
    Material,
    best_threshold,
    by_policy,
    half_hidden,
    judge,
    load,
    rows_hidden,
)
from tests.bench.flags import halved

START = datetime(2024, 1, 1, tzinfo=UTC)
real_histories = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no order histories in {FOLDER} (set AGENT_APP_ORDERS)"
)


def _invented(count: int = 1500, seed: int = 3, unreturned: float = 0.05) -> list[HistoryOutcome]:
    """A shop whose promise of 2 or 9 days says when orders leave; one in twenty never does."""
    random = Random(seed)
    outcomes = []
    for i in range(count):
        placed = START + timedelta(hours=i * 3)
        approved = placed + timedelta(hours=random.random())
        promise = random.choice((2, 9))
        stuck = random.random() < unreturned
        sent = approved + timedelta(days=promise * random.uniform(0.3, 1.1))
        facts = PromiseFacts(
            method=random.choice((PaymentMethod.CARD, PaymentMethod.CASH_VOUCHER)),
            purchased_at=placed,
            approved_at=approved,
            promised_ship_by=approved + timedelta(days=promise),
            estimated_delivery_at=approved + timedelta(days=promise + 10),
            amount_minor=random.randint(1000, 90000),
        )
        outcomes.append(HistoryOutcome(facts, None if stuck else sent, stuck))
    return outcomes


@cache
def _learnt() -> PromisePolicy:
    return learn(_invented())


@cache
def _real() -> Material:
    return load()


@cache
def _learnt_from_real() -> PromisePolicy:
    return learn(_real().first_half)


_moments = st.integers(0, 60 * 24 * 60).map(lambda m: START + timedelta(minutes=m))
_facts = st.builds(
    PromiseFacts,
    method=st.sampled_from(PaymentMethod),
    purchased_at=st.just(START),
    approved_at=st.none() | _moments,
    promised_ship_by=st.none() | _moments,
    estimated_delivery_at=st.none() | _moments,
    amount_minor=st.none() | st.integers(0, 10**7),
    seller_orders=st.just(10.0),
    seller_late=st.floats(0, 10),
)
_policies = st.sampled_from([DEFAULT_POLICY, _learnt()])


@given(_policies, _facts)
def test_a_watch_comes_before_its_flag_and_a_critical_after(
    policy: PromisePolicy, facts: PromiseFacts
) -> None:
    assert policy.watch_at(facts) <= policy.flag_at(facts) <= policy.critical_at(facts)


@given(_policies, _facts)
def test_no_order_is_flagged_before_it_was_placed_or_approved(
    policy: PromisePolicy, facts: PromiseFacts
) -> None:
    assert policy.flag_at(facts) >= (facts.approved_at or facts.purchased_at)


@given(_policies, _facts, _facts)
def test_before_the_approval_nothing_that_comes_with_it_moves_the_flag(
    policy: PromisePolicy, facts: PromiseFacts, later: PromiseFacts
) -> None:
    waiting = replace(facts, approved_at=None)
    told_early = replace(waiting, promised_ship_by=later.promised_ship_by, seller_late=1.0)
    assert policy.flag_at(waiting) == policy.flag_at(told_early)


@given(_facts)
def test_why_names_the_rule_that_fired(facts: PromiseFacts) -> None:
    code, params = _learnt().why(facts)
    expected = Why.PROMISE_OVERDUE if facts.promised_ship_by else Why.HANDOVER_OVERDUE
    assert code is (Why.APPROVAL_OVERDUE if facts.approved_at is None else expected)
    days = float(params["flag_days"])
    due = max(facts.approved_at or START, START + timedelta(days=days))
    assert abs(_learnt().flag_at(facts) - due) < timedelta(minutes=15)


def test_the_promise_decides_the_lane_where_it_says_when_orders_leave() -> None:
    approved = START + timedelta(hours=1)

    def promised(days: int) -> datetime:
        facts = PromiseFacts(
            method=PaymentMethod.CARD,
            purchased_at=START,
            approved_at=approved,
            promised_ship_by=approved + timedelta(days=days),
            estimated_delivery_at=approved + timedelta(days=days + 10),
        )
        return _learnt().flag_at(facts)

    assert promised(2) + timedelta(days=3) < promised(9)


def test_the_same_histories_teach_the_same_whatever_their_order() -> None:
    shuffled = _invented()
    Random(9).shuffle(shuffled)
    assert learn(shuffled) == _learnt()


def test_a_policy_is_plain_json() -> None:
    text = json.dumps(asdict(_learnt()), allow_nan=False)
    assert json.loads(text)["learnt_from"] == 1500


@pytest.mark.parametrize(
    "histories",
    [
        pytest.param([], id="none"),
        pytest.param(_invented(100), id="few"),
        pytest.param(_invented(unreturned=0.0), id="none unreturned"),
        pytest.param(_invented(unreturned=1.0), id="none returned"),
    ],
)
def test_too_little_to_learn_from_gives_the_stated_defaults(
    histories: Sequence[HistoryOutcome],
) -> None:
    assert learn(histories) == DEFAULT_POLICY


def test_histories_without_any_promise_still_teach() -> None:
    bare = [
        replace(h, facts=replace(without_shop_rows(h.facts), estimated_delivery_at=None))
        for h in _invented()
    ]
    policy = learn(bare)
    assert policy.learnt_from == len(bare)
    assert policy.promised == policy.unpromised


def test_a_rising_share_is_not_trusted_and_a_falling_one_is_expected_to_fall() -> None:
    rising = _invented(800, unreturned=0.02) + _invented(800, unreturned=0.3)
    assert expected_fall(rising) == 1.0
    assert expected_fall(rising[::-1]) == 2.0


def test_a_precision_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        learn(_invented(), target_precision=1.0)


def test_a_seller_is_known_by_what_was_settled_before_the_purchase() -> None:
    # Three orders of one seller, four days apart: each is settled five days after its purchase.
    orders = [
        HistoryOutcome(PromiseFacts(PaymentMethod.CARD, START + timedelta(days=4 * i)), None, True)
        for i in range(4)
    ]
    paces = [o.facts.seller_orders for o in with_seller_pace(orders, ["s"] * 4)]
    assert paces == [0.0, 0.0, 1.0, 2.0]
    assert with_seller_pace(orders, ["s"] * 4)[3].facts.seller_late == 2.0
    assert with_seller_pace(orders, [None] * 4)[3].facts.seller_orders == 0.0


@real_histories
def test_unreturned_orders_are_found_a_fifth_earlier_than_by_one_threshold() -> None:
    material = _real()
    ours = judge(by_policy(_learnt_from_real()), material.second_half, material.observed_until)
    _, peer = best_threshold(material.second_half)
    assert ours.keeps_target
    assert ours.median_days <= (1 - EARLIER) * peer.median_days


@real_histories
@pytest.mark.parametrize("hide", [rows_hidden, half_hidden])
def test_precision_does_not_live_on_missing_item_rows(hide: object) -> None:
    material = _real()
    assert callable(hide)
    judged = judge(
        by_policy(_learnt_from_real()), hide(material.second_half), material.observed_until
    )
    assert judged.keeps_target


@real_histories
def test_the_precision_check_goes_red_for_halved_ages() -> None:
    material = _real()
    rule = by_policy(halved(_learnt_from_real()))
    assert not judge(rule, material.second_half, material.observed_until).keeps_target


@real_histories
def test_the_precision_check_goes_red_for_outcomes_dealt_out_at_random() -> None:
    material = _real()
    first = list(material.first_half)
    ends = [(o.unreturned, o.handed_over_at, o.facts.purchased_at) for o in first]
    Random(5).shuffle(ends)
    dealt = [
        replace(
            o,
            unreturned=unreturned,
            handed_over_at=sent and o.facts.purchased_at + (sent - placed),
        )
        for o, (unreturned, sent, placed) in zip(first, ends, strict=True)
    ]
    judged = judge(by_policy(learn(dealt)), material.second_half, material.observed_until)
    _, peer = best_threshold(material.second_half)
    earlier = judged.median_days <= (1 - EARLIER) * peer.median_days
    assert not (judged.keeps_target and earlier)
