"""Vendure and its Stripe-compatible provider as one shop: found, judged, and paid back once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage, fold_stage
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import (
    Command,
    Conflict,
    Doubtful,
    EngineError,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
)
from tests.engines.real.judging import check_told_for_what_it_is, now
from tests.engines.real.running import running
from tests.engines.real.trade import Way
from tests.engines.vendure.bench import a_key, caught_up, joined
from tests.engines.vendure.kit import Basket, VendureTrade


@pytest.fixture(scope="module")
def _trade() -> Iterator[VendureTrade]:
    made = VendureTrade(running("vendure"))
    yield made
    made.close()


@pytest.fixture
def trade(_trade: VendureTrade) -> Iterator[VendureTrade]:
    yield _trade
    _trade.hand(refund_delay_ms=0, capture_delay_ms=0, lose_refund_every=0)


@pytest.fixture
def shop(trade: VendureTrade) -> Iterator[JoinedShop]:
    made = joined(trade)
    yield made
    made.close()


def command(kind: ActionKind, basket: Basket, payment: str | None, minor: int) -> Command:
    named = PaymentId(payment) if payment else None
    amount = Money(minor, "EUR")
    ref = OrderRef(basket.code)
    return Command(kind, ref, a_key(), named, amount, "case c1", requested_at=now())


def refund(trade: VendureTrade, basket: Basket, minor: int) -> Command:
    return command(ActionKind.REFUND, basket, trade.captured(OrderRef(basket.code))[0][0], minor)


def paid_back(trade: VendureTrade, basket: Basket) -> list[int]:
    return [payout.amount_minor for payout in trade.payouts(OrderRef(basket.code))]


@pytest.mark.parametrize("way", sorted(VendureTrade.ways))
def test_each_way_is_told_for_what_it_is(trade: VendureTrade, shop: JoinedShop, way: Way) -> None:
    check_told_for_what_it_is(shop, trade.make(way))


def test_everything_stuck_is_found_and_a_visitor_is_not(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    cursor: str | None = caught_up(trade)
    made = [trade.make(way) for way in sorted(VendureTrade.ways)]
    found: set[OrderRef] = set()
    more = True
    while more:
        page = shop.changes(cursor, 100)
        found |= {r.order.ref for r in page.readings if r.order is not None}
        cursor, more = page.cursor, page.more
    assert {m.ref for m in made if m.stuck} <= found
    assert not {m.ref for m in made if m.way is Way.ABANDONED} & found


def test_without_the_providers_news_money_without_an_order_is_missed(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    """The negative control of the test before."""
    blind = JoinedShop(shop._store, None)
    cursor = caught_up(trade)
    untold = trade.paid_in_the_basket()
    page = blind.changes(cursor, 100)
    assert OrderRef(untold.code) not in {r.order.ref for r in page.readings if r.order}


def test_refunds_at_the_same_time_pay_no_more_than_was_paid(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid()
    trade.slow_refunds(0.5)
    same = [refund(trade, basket, basket.total_minor)] * 2
    others = [refund(trade, basket, basket.total_minor) for _ in range(3)]

    def run(what: Command) -> Receipt | EngineError:
        try:
            return shop.perform(what)
        except EngineError as error:
            return error

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(run, [*same, *others]))
    assert paid_back(trade, basket) == [basket.total_minor]
    assert all(isinstance(one, Receipt | Rejected | Conflict) for one in told)


def test_straight_at_the_shop_refunds_at_the_same_time_all_pay(trade: VendureTrade) -> None:
    """The control: nothing but us keeps Vendure from it."""
    basket = trade.paid()
    trade.slow_refunds(0.5)
    row = trade.order(basket.code)["payments"][0]["id"]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: trade.refund(row, basket.total_minor), range(3)))
    assert paid_back(trade, basket) == [basket.total_minor] * 3


def test_a_payout_whose_answer_was_lost_is_ours_and_is_never_repeated(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid(lose_refund=True)
    what = refund(trade, basket, basket.total_minor)
    with pytest.raises(OutcomeUnknown):
        shop.perform(what)
    assert not trade.order(basket.code)["payments"][0]["refunds"], "the shop has no row of it"
    assert shop.outcome(what) is Outcome.PENDING, "never absent: that would allow another"
    assert shop.perform(what).outcome is Outcome.PENDING
    later = replace(
        refund(trade, basket, basket.total_minor), requested_at=now() + timedelta(hours=1)
    )
    with pytest.raises(Rejected):
        shop.perform(later)
    assert paid_back(trade, basket) == [basket.total_minor]


def test_straight_at_the_shop_a_retry_after_a_lost_answer_pays_again(trade: VendureTrade) -> None:
    """The control."""
    basket = trade.paid(lose_refund=True)
    row = trade.order(basket.code)["payments"][0]["id"]
    for _ in range(2):
        assert trade.refund(row, basket.total_minor)["errors"]
    assert paid_back(trade, basket) == [basket.total_minor] * 2


def test_a_refund_that_the_shop_notes_as_failed_is_doubtful_until_the_books_tell(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid(decline_refund=True)
    what = refund(trade, basket, basket.total_minor)
    with pytest.raises(Doubtful):
        shop.perform(what)
    assert shop.outcome(what) is Outcome.REFUSED
    assert paid_back(trade, basket) == []


def test_a_refund_that_the_shop_waits_for_is_settled_by_the_providers_word_alone(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid(pending_refund=True)
    what = refund(trade, basket, 700)
    assert shop.perform(what).outcome is Outcome.PENDING
    assert shop.outcome(what) is Outcome.DONE
    assert trade.order(basket.code)["payments"][0]["refunds"][0]["state"] == "Pending"


def test_amount_alone_pays_and_is_not_noted_so_we_always_send_the_rest(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    raw, ours = trade.paid(), trade.paid()
    said = trade.root.answer(
        "mutation($i:RefundOrderInput!){refundOrder(input:$i){__typename}}",
        i={"paymentId": trade.order(raw.code)["payments"][0]["id"], "amount": 700},
    )
    assert "NOT NULL" in said["errors"][0]["message"]
    assert paid_back(trade, raw) == [700]
    assert not trade.order(raw.code)["payments"][0]["refunds"]
    shop.perform(refund(trade, ours, 700))
    assert paid_back(trade, ours) == [700]
    (row,) = trade.order(ours.code)["payments"][0]["refunds"]
    assert (row["total"], row["state"]) == (700, "Settled")


def test_nothing_is_sent_for_less_than_nothing(trade: VendureTrade, shop: JoinedShop) -> None:
    basket = trade.paid()
    for minor in (-5, 0):
        with pytest.raises(Rejected):
            shop.perform(refund(trade, basket, minor))
    with pytest.raises((Rejected, Conflict)):
        shop.perform(refund(trade, basket, basket.total_minor + 1))
    assert paid_back(trade, basket) == []


def test_a_second_capture_is_not_sent(trade: VendureTrade, shop: JoinedShop) -> None:
    basket = trade.paid(method="card-later")
    intent = trade.order(basket.code)["payments"][0]["transactionId"]
    first = command(ActionKind.CAPTURE, basket, intent, basket.total_minor)
    assert shop.perform(first).outcome is Outcome.PENDING
    assert shop.outcome(first) is Outcome.DONE
    again = command(ActionKind.CAPTURE, basket, intent, basket.total_minor)
    assert shop.perform(again).outcome is Outcome.DONE
    row = trade.order(basket.code)["payments"][0]
    assert row["state"] == "Settled"


def test_straight_at_the_shop_a_second_capture_reaches_the_provider(trade: VendureTrade) -> None:
    """The control: the provider is asked again, and here refuses."""
    basket = trade.paid(method="card-later")
    row = trade.order(basket.code)["payments"][0]["id"]
    settle = (
        "mutation($i:ID!){settlePayment(id:$i){__typename"
        " ...on PaymentStateTransitionError{transitionError}}}"
    )
    assert trade.root.ask(settle, i=row)["settlePayment"]["__typename"] == "Payment"
    said = trade.root.ask(settle, i=row)["settlePayment"]
    assert 'from "Settled" to "Error"' in said["transitionError"]


def test_a_capture_whose_answer_was_lost_is_found_at_the_provider(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid(method="card-later", lose_capture=True)
    intent = trade.order(basket.code)["payments"][0]["transactionId"]
    what = command(ActionKind.CAPTURE, basket, intent, basket.total_minor)
    with pytest.raises(OutcomeUnknown):
        shop.perform(what)
    assert shop.outcome(what) is Outcome.DONE
    assert trade.captured(OrderRef(basket.code)) == [(intent, basket.total_minor)]


def test_a_payment_that_vendure_gave_up_is_not_captured_but_can_be_voided(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid(method="card-later", decline_capture=True)
    intent = trade.order(basket.code)["payments"][0]["transactionId"]
    with pytest.raises(Doubtful):
        shop.perform(command(ActionKind.CAPTURE, basket, intent, basket.total_minor))
    with pytest.raises(Rejected, match="at the provider"):
        shop.perform(command(ActionKind.CAPTURE, basket, intent, basket.total_minor))
    void = command(ActionKind.VOID, basket, intent, basket.total_minor)
    assert shop.perform(void).outcome is Outcome.PENDING
    assert shop.outcome(void) is Outcome.DONE
    assert trade.captured(OrderRef(basket.code)) == []


def test_cancelling_at_the_shop_pays_nothing_back_and_the_total_stays_what_was_sold(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.paid()
    trade.cancel(basket.id)
    assert trade.order(basket.code)["totalWithTax"] == 0
    assert paid_back(trade, basket) == []
    reading = shop.read(OrderRef(basket.code))
    assert reading.order is not None
    assert reading.order.total == Money(basket.total_minor, "EUR")
    assert fold_stage(reading.events).stage is Stage.CANCELLED
    assert shop.perform(refund(trade, basket, basket.total_minor)).outcome is Outcome.PENDING
    assert paid_back(trade, basket) == [basket.total_minor]


@pytest.mark.parametrize("more", [100, -100])
def test_an_order_is_not_completed_on_another_amount(
    trade: VendureTrade, shop: JoinedShop, more: int
) -> None:
    basket = trade.arranged()
    intent = trade.stripe.pay(
        basket.total_minor + more,
        email=basket.email,
        metadata={"orderCode": basket.code, "orderId": basket.id},
    )
    for kind, payment in ((ActionKind.RESYNC, None), (ActionKind.RESUBMIT, intent)):
        with pytest.raises(Conflict):
            shop.perform(command(kind, basket, payment, basket.total_minor))
    assert trade.order(basket.code)["state"] == "ArrangingPayment"


def test_an_order_is_not_completed_on_somebody_elses_money(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    basket = trade.arranged()
    intent = trade.stripe.pay(
        basket.total_minor, email="other@example.test", metadata={"orderCode": basket.code}
    )
    for kind, payment in ((ActionKind.RESYNC, None), (ActionKind.RESUBMIT, intent)):
        with pytest.raises((Rejected, Conflict)):
            shop.perform(command(kind, basket, payment, basket.total_minor))
    assert not trade.order(basket.code)["payments"]


def test_what_was_sold_out_meanwhile_is_not_completed(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    made = trade.make(Way.PAID_UNFULFILLABLE)
    intent = PaymentId(trade.captured(made.ref)[0][0])
    what = Command(ActionKind.RESUBMIT, made.ref, a_key(), intent, requested_at=now())
    with pytest.raises(Rejected, match="sold out"):
        shop.perform(what)
    assert shop.outcome(what) is Outcome.ABSENT


def test_what_we_completed_can_be_paid_back_through_the_shop(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    """It is entered under the shop's own payment method, so that its refunds go somewhere."""
    basket = trade.paid_in_the_basket()
    intent = trade.captured(OrderRef(basket.code))[0][0]
    what = command(ActionKind.RESUBMIT, basket, intent, basket.total_minor)
    assert shop.perform(what).outcome is Outcome.DONE
    (row,) = trade.order(basket.code)["payments"]
    assert (row["transactionId"], row["amount"]) == (intent, basket.total_minor)
    assert len(trade.captured(OrderRef(basket.code))) == 1
    shop.perform(refund(trade, basket, basket.total_minor))
    assert paid_back(trade, basket) == [basket.total_minor]


def test_a_refund_that_the_shop_would_note_and_never_pay_is_refused(
    trade: VendureTrade, shop: JoinedShop
) -> None:
    """An operator entered the payment by hand, under a name that is no method of the shop."""
    raw, ours = trade.arranged(), trade.arranged()
    for basket in (raw, ours):
        intent = trade.intend(basket)
        assert trade.stripe.confirm(intent)
        trade.root.ask(
            "mutation($i:ManualPaymentInput!){addManualPaymentToOrder(input:$i){__typename}}",
            i={"orderId": basket.id, "method": "by hand", "transactionId": intent, "metadata": {}},
        )
    said = trade.refund(trade.order(raw.code)["payments"][0]["id"], 700)
    assert said["data"]["refundOrder"]["state"] == "Pending"
    assert paid_back(trade, raw) == []
    with pytest.raises(Rejected, match="dashboard"):
        shop.perform(refund(trade, ours, 700))
    assert not trade.order(ours.code)["payments"][0]["refunds"]
