"""Vendure's rows as payments and refunds, as the official Stripe plugin writes them; no shop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.money import Money
from agent_app.engines.joined.translate import reading_of
from agent_app.engines.looks import Looked
from agent_app.engines.port import Rejected
from agent_app.engines.vendure.amounts import amount_of, money_of
from agent_app.engines.vendure.documents import (
    Entry,
    Happened,
    History,
    Order,
    Payment,
    Refund,
    Settings,
)
from agent_app.engines.vendure.looks import Reader
from agent_app.engines.vendure.rows import STAGES, history_of, payments_of

PAID = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
INTENT = "pi_1"


def refund(row: str, minor: int, transaction: str | None, at: datetime) -> Refund:
    return Refund(row, at, "Settled", minor, f"aa-{row * 40} late", transaction)


def order(*refunds: Refund) -> Order:
    entries = [
        Entry("1", "ORDER_STATE_TRANSITION", PAID, Happened(to="ArrangingPayment")),
        Entry("2", "ORDER_PAYMENT_TRANSITION", PAID, Happened(to="Settled", payment_id=7)),
        Entry("3", "ORDER_STATE_TRANSITION", PAID, Happened(to="PaymentSettled")),
    ]
    row = Payment("7", PAID, "stripe", 5000, "Settled", INTENT, None, list(refunds))
    return Order(
        "70", "CODE", "PaymentSettled", PAID, "EUR", 5000, History(3, entries), PAID, payments=[row]
    )


def test_refunds_that_bear_the_payments_own_reference_stay_two_facts() -> None:
    """The plugin writes the payment's `pi_…` into every refund row, not the refund's own id."""
    said = order(
        refund("1", 700, INTENT, PAID + timedelta(hours=1)),
        refund("2", 300, INTENT, PAID + timedelta(hours=2)),
    )
    look = Reader(ShopId("s"), False, {}, STAGES).read(OrderRef("CODE"), said, Settings(), "", PAID)
    reading = reading_of(ShopId("s"), OrderRef("CODE"), PAID, Looked(look, ""), Looked(None, "no"))
    told = [e for e in reading.events if e.kind is EventKind.REFUND_SUCCEEDED]
    assert len({e.id for e in told}) == 2
    assert [str(e.refund) for e in told] == ["1", "2"]
    assert [e.amount.amount_minor for e in told if e.amount] == [700, 300]


def test_a_refunds_own_reference_names_it_at_the_provider() -> None:
    said = order(refund("1", 700, "re_1", PAID + timedelta(hours=1)))
    (row,) = payments_of(said, history_of(said), {}, 2)
    assert [(w.id, w.provider_id) for w in row.refunds] == [("1", "re_1")]


@pytest.mark.parametrize(
    ("number", "currency", "decimals", "minor"),
    [
        (5000, "EUR", 2, 5000),
        (100_000, "JPY", 2, 1000),
        (100_050, "JPY", 2, 1001),
        (1234, "KWD", 2, 12_340),
        (50_004, "EUR", 3, 5000),
        (50_005, "EUR", 3, 5001),
    ],
)
def test_every_currency_has_the_shops_own_decimals(
    number: int, currency: str, decimals: int, minor: int
) -> None:
    assert money_of(number, currency, decimals) == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency", "number"), [(1000, "JPY", 100_000), (7, "EUR", 7)])
def test_money_is_asked_for_as_the_shop_counts(minor: int, currency: str, number: int) -> None:
    assert amount_of(Money(minor, currency), 2) == number


def test_what_the_shop_has_no_number_for_is_not_rounded() -> None:
    with pytest.raises(Rejected, match="2 decimals"):
        amount_of(Money(12_345, "KWD"), 2)


def test_an_order_in_yen_costs_what_its_customer_paid() -> None:
    said = msgspec.structs.replace(order(), currency_code="JPY", total_with_tax=100_000)
    look = Reader(ShopId("s"), False, {}, STAGES).read(OrderRef("CODE"), said, Settings(), "", PAID)
    assert look.order.total == Money(1000, "JPY")
    (row,) = look.payments
    assert [m.amount for m in row.movements] == [Money(50, "JPY")]
