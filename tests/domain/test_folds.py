"""The folds: whatever order, repetition and delay events arrive in, they say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.events import EventKind, OrderEvent, Source, arrange
from agent_app.domain.evidence import CustomerMatch, EvidenceKind
from agent_app.domain.ids import CustomerId, PaymentId
from agent_app.domain.money import CurrencyMismatch, Money, total
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.payment import RefundState
from agent_app.domain.stage import Stage, StageView, fold_stage
from agent_app.domain.truth import AmountMatch, Conflict, PaymentTruth, Verdict, fold_truth
from tests.domain.controls import PROOF, goes_red, on_every
from tests.domain.scene import BUYER, NOW, PLACED, REF, SHOP, STRANGER, fact, look
from tests.domain.strategies import histories, orders, statements

ORDER = Order(
    SHOP, REF, Customer(BUYER), Money(10_000, "EUR"), PaymentMethod.CARD, PLACED, fulfillable=True
)
EUR = Money(10_000, "EUR")
ASKED = (look(Source.PROVIDER, EvidenceKind.PAYMENTS, NOW),)
Fold = Callable[[Order, list[OrderEvent]], tuple[PaymentTruth, StageView]]


def folded(order: Order, events: list[OrderEvent]) -> tuple[PaymentTruth, StageView]:
    return fold_truth(order, events, ASKED), fold_stage(events)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[Order, list[OrderEvent], list[OrderEvent]]:
    """An order's events as they happened, and as they came in: shuffled, repeated, late."""
    order = draw(orders())
    events = draw(histories(order))
    again = draw(st.lists(st.sampled_from(events), max_size=4)) if events else []
    late = [replace(e, observed_at=e.observed_at + timedelta(hours=5)) for e in again]
    return order, events, draw(st.permutations([*events, *again, *late]))


def same_whatever_the_arrival(
    fold: Fold, case: tuple[Order, list[OrderEvent], list[OrderEvent]]
) -> None:
    order, happened, arrived = case
    assert fold(order, happened) == fold(order, arrived)


_LIFE = [
    fact(EventKind.STAGE_REPORTED, Source.PLATFORM, NOW - timedelta(seconds=9 - n), stage=stage)
    for n, stage in enumerate((Stage.SUBMITTED, Stage.PAID, Stage.CONFIRMED))
]
_ARRIVALS = [(ORDER, _LIFE, _LIFE), (ORDER, _LIFE, _LIFE[::-1]), (ORDER, _LIFE, [*_LIFE, _LIFE[0]])]


@PROOF
@given(arrivals())
@on_every(_ARRIVALS)
def test_folds_do_not_depend_on_order_repetition_or_delay(
    case: tuple[Order, list[OrderEvent], list[OrderEvent]],
) -> None:
    same_whatever_the_arrival(folded, case)


def test_the_folds_property_goes_red_when_the_last_arrival_wins() -> None:
    def last_wins(order: Order, events: list[OrderEvent]) -> tuple[PaymentTruth, StageView]:
        stages = [e.stage for e in events if e.kind is EventKind.STAGE_REPORTED and e.stage]
        stage = Stage(stages[-1]) if stages else Stage.ABSENT
        return fold_truth(order, events, ASKED), StageView(stage, None)

    goes_red(lambda case: same_whatever_the_arrival(last_wins, case), _ARRIVALS)


@PROOF
@given(arrivals(), st.integers(0, 30))
def test_knowing_part_of_the_events_first_changes_nothing_in_the_end(
    case: tuple[Order, list[OrderEvent], list[OrderEvent]], cut: int
) -> None:
    order, happened, arrived = case
    first = list(arrange(arrived[:cut]).events)
    if not arrange(happened).contradicted:
        assert folded(order, [*first, *arrived[cut:]]) == folded(order, happened)


# One id, two contents


@PROOF
@given(arrivals())
def test_two_facts_under_one_id_make_the_money_unknown(
    case: tuple[Order, list[OrderEvent], list[OrderEvent]],
) -> None:
    order, happened, _ = case
    if not happened:
        return
    twin = replace(happened[0], at=happened[0].at - timedelta(seconds=1))
    one, other = folded(order, [*happened, twin]), folded(order, [twin, *happened])
    assert one == other
    assert one[0].verdict is Verdict.UNKNOWN
    assert Conflict.SAME_EVENT_TWO_FACTS in one[0].conflicts


def test_which_of_two_facts_is_kept_does_not_depend_on_the_zone_that_states_the_time() -> None:
    from datetime import timezone

    a = fact(EventKind.STAGE_REPORTED, Source.PLATFORM, NOW, stage=Stage.PAID)
    same_moment = replace(a, at=NOW.astimezone(timezone(timedelta(hours=9))))
    b = replace(a, at=NOW - timedelta(hours=1))
    for arrived in ([same_moment, b, a], [a, b, same_moment], [a, same_moment, b]):
        assert fold_stage(arrived) == fold_stage([a, b])


def test_a_repeat_that_differs_in_who_did_it_is_a_contradiction() -> None:
    """`automatic` decides whether the platform pays back by itself (X2), so it is content."""
    ours = fact(EventKind.REFUND_PENDING, Source.PROVIDER, NOW, payment="p", refund="r", amount=EUR)
    assert arrange([ours, replace(ours, automatic=True)]).contradicted == {ours.id}


# Who is believed


@PROOF
@given(arrivals(), st.lists(statements(), max_size=4))
def test_what_customers_agents_and_logs_say_changes_nothing(
    case: tuple[Order, list[OrderEvent], list[OrderEvent]], said: list[OrderEvent]
) -> None:
    order, happened, _ = case
    if not arrange([*happened, *said]).contradicted:
        assert folded(order, [*happened, *said]) == folded(order, happened)


Step = tuple[EventKind, Source]
P, S = Source.PROVIDER, Source.PLATFORM
START, AUTH, CAPT, SOFT, FAIL, VOID, DISP = (
    EventKind.PAYMENT_STARTED,
    EventKind.PAYMENT_AUTHORISED,
    EventKind.PAYMENT_CAPTURED,
    EventKind.PAYMENT_FAILED_SOFT,
    EventKind.PAYMENT_FAILED,
    EventKind.PAYMENT_VOIDED,
    EventKind.PAYMENT_DISPUTED,
)


def told(steps: Iterable[Step], amount: Money | None = EUR) -> list[OrderEvent]:
    return [
        fact(kind, source, NOW - timedelta(seconds=100 - n), payment="p", amount=amount,
             customer=BUYER if source is P else None)
        for n, (kind, source) in enumerate(steps)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "verdict", "conflict"),
    [
        ([], Verdict.NONE, None),
        ([(START, P)], Verdict.PENDING, None),
        ([(START, P), (AUTH, P)], Verdict.AUTHORISED, None),
        ([(AUTH, P), (CAPT, P)], Verdict.CAPTURED, None),
        ([(SOFT, P), (CAPT, P)], Verdict.CAPTURED, None),
        ([(FAIL, P), (CAPT, P)], Verdict.CAPTURED, None),
        ([(FAIL, S), (CAPT, P)], Verdict.CAPTURED, None),
        ([(AUTH, P), (VOID, P)], Verdict.VOIDED, None),
        ([(CAPT, P), (DISP, P)], Verdict.DISPUTED, None),
        ([(CAPT, P), (FAIL, P)], Verdict.UNKNOWN, Conflict.SOURCE_AGAINST_ITSELF),
        ([(FAIL, P), (CAPT, S)], Verdict.UNKNOWN, Conflict.SHOP_PAID_PROVIDER_NOT),
        ([(START, P), (CAPT, S)], Verdict.UNKNOWN, Conflict.SHOP_PAID_PROVIDER_NOT),
        ([(CAPT, P), (FAIL, S)], Verdict.UNKNOWN, Conflict.SHOP_FAILED_PROVIDER_PAID),
        ([(AUTH, P), (FAIL, S)], Verdict.AUTHORISED, None),
        ([(CAPT, S)], Verdict.UNKNOWN, Conflict.SHOP_PAID_PROVIDER_NOT),
    ],
)
def test_one_payment_by_both_words(
    steps: list[Step], verdict: Verdict, conflict: Conflict | None
) -> None:
    truth = fold_truth(ORDER, told(steps), ASKED)
    assert truth.verdict is verdict
    assert truth.conflicts == (frozenset({conflict}) if conflict else frozenset())


def test_an_answer_from_before_the_shops_word_contradicts_nothing() -> None:
    early = (look(P, EvidenceKind.PAYMENTS, NOW - timedelta(hours=1)),)
    assert fold_truth(ORDER, told([(CAPT, S)]), early).verdict is Verdict.CAPTURED
    lag = timedelta(seconds=200)
    assert fold_truth(ORDER, told([(CAPT, S)]), ASKED, query_lag=lag).verdict is Verdict.CAPTURED


def test_a_capture_told_under_two_ids_is_one_capture() -> None:
    [once] = told([(CAPT, P)])
    twice = replace(once, id=type(once.id)("the same from a callback"))
    assert fold_truth(ORDER, [once, twice], ASKED).payments[0].captured == EUR


@pytest.mark.parametrize("amount", [None, Money(-5, "EUR")])
def test_money_of_an_unnamed_amount_is_unknown(amount: Money | None) -> None:
    truth = fold_truth(ORDER, told([(CAPT, P)], amount), ASKED)
    assert truth.verdict is Verdict.UNKNOWN
    assert Conflict.AMOUNT_NOT_NAMED in truth.conflicts


def test_another_currency_in_one_payment_is_a_conflict() -> None:
    events = [*told([(AUTH, P)]), *told([(SOFT, P), (CAPT, P)], Money(1, "USD"))]
    assert Conflict.CURRENCIES_DIFFER in fold_truth(ORDER, events, ASKED).conflicts


# Refunds


def refund(
    state: EventKind, amount: int | None, name: str = "r", source: Source = P, wait: int = 0
) -> OrderEvent:
    return fact(
        state, source, NOW + timedelta(seconds=wait - 60), payment="p", refund=name,
        amount=None if amount is None else Money(amount, "EUR"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("refunds", "verdict", "left", "is_open"),
    [
        ([refund(EventKind.REFUND_SUCCEEDED, 10_000)], Verdict.REFUNDED, 0, False),
        ([refund(EventKind.REFUND_SUCCEEDED, 4_000)], Verdict.PART_REFUNDED, 6_000, False),
        ([refund(EventKind.REFUND_PENDING, 4_000)], Verdict.CAPTURED, 6_000, True),
        ([refund(EventKind.REFUND_UNKNOWN, 10_000)], Verdict.CAPTURED, 0, True),
        ([refund(EventKind.REFUND_PENDING, None)], Verdict.CAPTURED, 10_000, True),
        ([refund(EventKind.REFUND_FAILED, 10_000)], Verdict.CAPTURED, 10_000, False),
        ([refund(EventKind.REFUND_SUCCEEDED, None)], Verdict.UNKNOWN, 10_000, False),
        (
            [refund(EventKind.REFUND_SUCCEEDED, 6_000),
             refund(EventKind.REFUND_PENDING, 4_000, "s")],
            Verdict.PART_REFUNDED, 0, True,
        ),
        (
            [refund(EventKind.REFUND_SUCCEEDED, 1), refund(EventKind.REFUND_FAILED, 1, wait=5)],
            Verdict.UNKNOWN, 9_999, False,
        ),
    ],
)  # fmt: skip
def test_refunds(refunds: list[OrderEvent], verdict: Verdict, left: int, is_open: bool) -> None:
    truth = fold_truth(ORDER, [*told([(CAPT, P)]), *refunds], ASKED)
    [payment] = truth.payments
    assert (truth.verdict, truth.refund_open) == (verdict, is_open)
    assert payment.remaining == Money(left, "EUR")


def test_the_provider_beats_the_shop_about_a_refund() -> None:
    by_shop = refund(EventKind.REFUND_SUCCEEDED, 10_000, source=S)
    both = [by_shop, refund(EventKind.REFUND_PENDING, 10_000)]
    truth = fold_truth(ORDER, [*told([(CAPT, P)]), *both], ASKED)
    assert truth.payments[0].refunds[0].state is RefundState.PENDING
    assert truth.payments[0].refunds[0].source is P
    assert Conflict.SHOP_REFUNDED_PROVIDER_NOT in truth.conflicts
    before = (look(P, EvidenceKind.PAYMENTS, NOW - timedelta(seconds=70)),)
    assert not fold_truth(ORDER, [*told([(CAPT, P)]), *both], before).conflicts


# Sums


def paid(*captures: tuple[int, int], back: tuple[int, ...] = ()) -> PaymentTruth:
    """Fold payments `(second, minor)`; `back` names the ones that were refunded in full."""
    events = []
    for n, (second, minor) in enumerate(captures):
        at, amount = NOW - timedelta(seconds=500 - second), Money(minor, "EUR")
        events.append(fact(CAPT, P, at, payment=f"p{n}", amount=amount, customer=BUYER))
        if n in back:
            at += timedelta(seconds=1)
            events.append(
                fact(EventKind.REFUND_SUCCEEDED, P, at, payment=f"p{n}", refund=f"r{n}",
                     amount=amount)
            )  # fmt: skip
    return fold_truth(ORDER, events, ASKED)


@pytest.mark.parametrize(
    ("truth", "match", "carrier", "surplus"),
    [
        (paid((0, 10_000)), AmountMatch.FULL, "p0", []),
        (paid((0, 9_999)), AmountMatch.SHORT, "p0", []),
        (paid((0, 10_001)), AmountMatch.OVER, "p0", []),
        (paid((0, 4_000), (1, 6_000)), AmountMatch.FULL, "p0", []),
        (paid((0, 10_000), (1, 10_000)), AmountMatch.SURPLUS_PAYMENT, "p0", ["p1"]),
        (paid((1, 10_000), (0, 10_000)), AmountMatch.SURPLUS_PAYMENT, "p1", ["p0"]),
        (paid((0, 3_000), (1, 10_000)), AmountMatch.SURPLUS_PAYMENT, "p1", ["p0"]),
        (paid((0, 10_000), (1, 10_000), back=(0,)), AmountMatch.FULL, "p1", []),
        (paid((0, 10_000), (1, 5_000), back=(0,)), AmountMatch.SHORT, "p1", []),
        (paid((0, 10_000), back=(0,)), AmountMatch.FULL, None, []),
        (paid(), AmountMatch.NOTHING, None, []),
    ],
)
def test_what_is_kept_beside_what_is_due(
    truth: PaymentTruth, match: AmountMatch, carrier: str | None, surplus: list[str]
) -> None:
    assert truth.amount_match is match
    assert truth.carrier == carrier
    assert [p.id for p in truth.surplus] == surplus


def test_an_order_of_nothing_is_paid_in_full_by_nothing() -> None:
    free = replace(ORDER, total=Money(0, "EUR"))
    truth = fold_truth(free, told([(CAPT, P)], Money(0, "EUR")), ASKED)
    assert (truth.verdict, truth.amount_match) == (Verdict.CAPTURED, AmountMatch.FULL)
    assert truth.carrier == PaymentId("p")


@pytest.mark.parametrize(
    ("payer", "match"),
    [
        (BUYER, CustomerMatch.SAME),
        (STRANGER, CustomerMatch.DIFFERENT),
        (None, CustomerMatch.UNKNOWN),
    ],
)
def test_only_the_provider_says_who_paid(payer: CustomerId | None, match: CustomerMatch) -> None:
    by_provider = fact(CAPT, P, NOW, payment="p", amount=EUR, customer=payer)
    by_shop = fact(CAPT, S, NOW, payment="p", amount=EUR, customer=BUYER)
    assert fold_truth(ORDER, [by_provider, by_shop], ASKED).customer_match is match


def test_only_the_shop_says_the_stage() -> None:
    at: datetime = NOW
    for source in Source:
        event = fact(EventKind.STAGE_REPORTED, source, at, stage=Stage.CONFIRMED)
        expected = Stage.CONFIRMED if source is S else Stage.ABSENT
        assert fold_stage([event]).stage is expected


# Money


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_totals_add_up_in_whole_units(amounts: list[int]) -> None:
    assert total((Money(a, "JPY") for a in amounts), "JPY") == Money(sum(amounts), "JPY")


def test_currencies_never_mix() -> None:
    for combine in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(CurrencyMismatch):
            combine(Money(1, "EUR"), Money(1, "USD"))


@pytest.mark.parametrize("bad", [(1, "eur"), (1, "EURO"), (1.0, "EUR"), (True, "EUR")])
def test_money_is_whole_units_of_a_currency(bad: tuple[object, str]) -> None:
    with pytest.raises(ValueError, match=r"currency|amount_minor"):
        Money(*bad)  # type: ignore[arg-type]


def test_minor_digits() -> None:
    assert [Money(1, c).minor_digits for c in ("EUR", "JPY", "KWD")] == [2, 0, 3]
