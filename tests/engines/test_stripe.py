"""The Stripe connector against localstripe, an independent server, as a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.domain.events import EventKind
from agent_app.domain.money import Money
from agent_app.engines.joined.identity import payer_id
from agent_app.engines.joined.provider import ProviderPayment
from agent_app.engines.port import EngineError, Forbidden, Unreachable, Unreadable
from agent_app.engines.stripe.connector import StripeProvider
from tests.stripe_server import ASKS, ASKS_AND_DECLINED, DECLINED, StripeServer, stripe

REFERENCE = "orderCode"
NOBODY_ANSWERS = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def server() -> Iterator[StripeServer]:
    with stripe() as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[StripeServer]:
    """Give a provider at which nobody else paid."""
    with stripe() as running:
        yield running


@pytest.fixture
def provider(server: StripeServer) -> Iterator[StripeProvider]:
    connector = connect(server)
    yield connector
    connector.close()


def connect(server: StripeServer, key: str | None = None) -> StripeProvider:
    return StripeProvider(
        server.key if key is None else key, reference_key=REFERENCE, base_url=server.base_url
    )


def look(provider: StripeProvider, intent: str) -> ProviderPayment:
    payments = provider.look("", [intent], _long_ago()).payments
    assert len(payments) == 1
    return payments[0]


def kinds(payment: ProviderPayment) -> list[EventKind]:
    return [movement.kind for movement in payment.movements]


def _long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def eur(amount_minor: int) -> Money:
    return Money(amount_minor, "EUR")


def test_a_payment_is_found_by_the_shops_reference(
    server: StripeServer, provider: StripeProvider
) -> None:
    twice = [server.pay(metadata={REFERENCE: "by-reference"}) for _ in range(2)]
    server.pay(metadata={REFERENCE: "another"})
    found = provider.look("by-reference", [], _long_ago()).payments
    assert {p.id for p in found} == set(twice)
    assert {p.reference for p in found} == {"by-reference"}
    later = server.pay(metadata={REFERENCE: "by-reference"})
    again = provider.look("by-reference", [], _long_ago()).payments
    assert {p.id for p in again} == {*twice, later}
    assert provider.query_lag_s == 0.0


def test_an_older_order_is_found_after_a_younger_one(fresh: StripeServer) -> None:
    """The first look decides how far back the charges are known; an older order goes further."""
    provider = connect(fresh)
    older = fresh.pay(metadata={REFERENCE: "older"})
    made_at = fresh.get(f"/v1/payment_intents/{older}")["created"]
    # The server counts in whole seconds of its own.
    while int(time.time()) <= made_at + 2:
        time.sleep(0.05)
    fresh.pay(metadata={REFERENCE: "younger"})
    ahead = datetime.fromtimestamp(made_at + 2, UTC) + timedelta(days=30)
    assert len(provider.look("younger", [], ahead).payments) == 1
    assert provider.look("older", [], ahead).payments == ()
    assert [p.id for p in provider.look("older", [], _long_ago()).payments] == [older]
    provider.close()


def test_a_captured_payment_names_amount_and_payer(
    server: StripeServer, provider: StripeProvider
) -> None:
    payment = look(provider, server.pay(email="Ann@Shop.example"))
    assert kinds(payment) == [EventKind.PAYMENT_CAPTURED]
    assert payment.movements[0].amount == eur(4_200)
    assert payment.payer == payer_id(" ann@shop.example")
    assert payment.payer != payer_id("bob@shop.example")
    assert "ann" not in repr(payment)


def test_a_declined_payment_has_failed(server: StripeServer, provider: StripeProvider) -> None:
    payment = look(provider, server.pay(number=DECLINED))
    assert kinds(payment) == [EventKind.PAYMENT_FAILED]
    assert payment.movements[0].note == "card_declined"


def test_a_customer_who_is_asked_by_his_bank_may_still_pay(
    server: StripeServer, provider: StripeProvider
) -> None:
    intent = server.pay(number=ASKS)
    waiting = look(provider, intent)
    assert kinds(waiting) == [EventKind.PAYMENT_STARTED]
    assert waiting.late_until is not None
    server.authenticate(intent, success=True)
    paid = look(provider, intent)
    assert kinds(paid) == [EventKind.PAYMENT_CAPTURED]
    assert paid.late_until is None


@pytest.mark.parametrize(("number", "success"), [(ASKS, False), (ASKS_AND_DECLINED, True)])
def test_a_customer_whose_bank_refuses_has_failed(
    server: StripeServer, provider: StripeProvider, number: str, success: bool
) -> None:
    intent = server.pay(number=number)
    server.authenticate(intent, success=success)
    assert kinds(look(provider, intent)) == [EventKind.PAYMENT_FAILED]


def test_reserved_money_lapses_unless_it_is_captured(
    server: StripeServer, provider: StripeProvider
) -> None:
    intent = server.pay(manual=True)
    reserved = look(provider, intent)
    assert kinds(reserved) == [EventKind.PAYMENT_AUTHORISED]
    assert reserved.expires_at is not None
    server.capture(intent)
    taken = look(provider, intent)
    assert kinds(taken) == [EventKind.PAYMENT_AUTHORISED, EventKind.PAYMENT_CAPTURED]
    assert taken.expires_at is None
    assert set(reserved.movements) < set(taken.movements)


def test_a_part_capture_is_no_refund_of_the_rest(
    server: StripeServer, provider: StripeProvider
) -> None:
    intent = server.pay(manual=True)
    server.capture(intent, 1_000)
    payment = look(provider, intent)
    assert [m.amount for m in payment.movements] == [eur(4_200), eur(1_000)]
    assert payment.refunds == ()
    paid_back = server.refund(intent, 400)
    assert [(r.id, r.amount) for r in look(provider, intent).refunds] == [(paid_back, eur(400))]


def test_reserved_money_that_was_let_go_is_voided(
    server: StripeServer, provider: StripeProvider
) -> None:
    intent = server.pay(manual=True)
    server.cancel(intent)
    assert kinds(look(provider, intent)) == [
        EventKind.PAYMENT_AUTHORISED,
        EventKind.PAYMENT_VOIDED,
    ]


def test_an_intent_that_nobody_tried_to_pay_is_no_payment(
    server: StripeServer, provider: StripeProvider
) -> None:
    visited = server.intend(number=None, metadata={REFERENCE: "visitor"})
    left = server.intend(number=None, metadata={REFERENCE: "visitor"})
    server.cancel(left)
    assert provider.look("visitor", [visited, left], _long_ago()).payments == ()


def test_refunds_are_told_each_with_its_key(server: StripeServer, provider: StripeProvider) -> None:
    intent = server.pay()
    plain = server.refund(intent, 100)
    keyed = server.refund(intent, 100, {"action_key": "aa-1"})
    refunds = {r.id: r for r in look(provider, intent).refunds}
    assert refunds.keys() == {plain, keyed}
    assert {r.kind for r in refunds.values()} == {EventKind.REFUND_SUCCEEDED}
    assert (refunds[plain].key, refunds[keyed].key) == (None, "aa-1")
    assert all(r.provider_id == r.id for r in refunds.values())


def test_more_refunds_than_a_page_holds_are_all_counted(
    server: StripeServer, provider: StripeProvider
) -> None:
    intent = server.pay()
    made = {server.refund(intent, 1) for _ in range(205)}
    assert {r.id for r in look(provider, intent).refunds} == made


def test_two_looks_tell_the_same(server: StripeServer, provider: StripeProvider) -> None:
    intent = server.pay()
    server.refund(intent, 100)
    first = provider.look("", [intent], _long_ago())
    assert provider.look("", [intent], _long_ago()) == first
    server.refund(intent, 100)
    assert provider.look("", [intent], _long_ago()).payload_hash != first.payload_hash


def test_an_id_that_the_provider_does_not_have_is_left_out(provider: StripeProvider) -> None:
    assert provider.look("", ["pi_nobodys", "row 7/../x"], _long_ago()).payments == ()


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(500, "jpy", 500), (12_340, "kwd", 12_340), (50_000, "isk", 500), (700, "mga", 70_000)],
)
def test_amounts_are_of_the_currencys_own_decimals(
    server: StripeServer, provider: StripeProvider, amount: int, currency: str, minor: int
) -> None:
    payment = look(provider, server.pay(amount, currency))
    assert payment.movements[0].amount == Money(minor, currency.upper())


def test_a_part_of_a_unit_that_has_no_parts_is_unreadable(
    server: StripeServer, provider: StripeProvider
) -> None:
    with pytest.raises(Unreadable, match="not whole"):
        look(provider, server.pay(150, "isk"))


def test_changes_come_in_pages_and_go_on_after_a_restart(fresh: StripeServer) -> None:
    made = {fresh.pay(metadata={REFERENCE: f"c{n}"}) for n in range(130)}
    provider = connect(fresh)
    seen: list[str] = []
    cursor, more = None, True
    while more:
        page = provider.changes(cursor, 40)
        assert len(page.payments) <= 40
        seen += [t.id for t in page.payments]
        cursor, more = page.cursor, page.more
        provider.close()
        provider = connect(fresh)
    # A charge and the event of it may come in two pages.
    assert set(seen) == made
    assert provider.changes(cursor, 40).payments == ()
    late = fresh.pay(metadata={REFERENCE: "late"})
    fresh.refund(seen[0], 5)
    news = provider.changes(cursor, 40)
    assert {t.id for t in news.payments} == {late, seen[0]}
    assert {t.reference for t in news.payments} >= {"late"}
    assert all(t.reference for t in news.payments)
    assert provider.changes(news.cursor, 40).payments == ()
    provider.close()


def test_a_late_capture_is_news(fresh: StripeServer) -> None:
    provider = connect(fresh)
    intent = fresh.pay(manual=True, metadata={REFERENCE: "late"})
    cursor = provider.changes(None, 10).cursor
    assert provider.changes(cursor, 10).payments == ()
    fresh.capture(intent)
    news = provider.changes(cursor, 10)
    assert [(t.id, t.reference) for t in news.payments] == [(intent, "late")]
    assert provider.changes(news.cursor, 10).payments == ()
    provider.close()


def test_more_refunds_than_a_page_are_news_of_each_payment(fresh: StripeServer) -> None:
    provider = connect(fresh)
    intents = [fresh.pay() for _ in range(15)]
    cursor = provider.changes(None, 100).cursor
    for intent in intents:
        for _ in range(9):
            fresh.refund(intent, 1)
    news = provider.changes(cursor, 100)
    assert {t.id for t in news.payments} == set(intents)
    assert provider.changes(news.cursor, 100).payments == ()
    provider.close()


def test_a_key_that_is_refused_is_said_with_the_providers_words(server: StripeServer) -> None:
    provider = connect(server, key="rk_test_nobodys")
    with pytest.raises(Forbidden, match="Unauthorized"):
        provider.look("x", [], _long_ago())
    with pytest.raises(Forbidden):
        provider.changes(None, 10)
    assert any("may not read payment intents" in said for said in provider.problems())
    provider.close()


def test_a_provider_that_is_away_is_told(server: StripeServer) -> None:
    provider = StripeProvider("sk_test_x", reference_key=None, base_url=NOBODY_ANSWERS)
    with pytest.raises(Unreachable):
        provider.look("x", ["pi_1"], _long_ago())
    assert provider.problems()
    provider.close()


def test_a_key_of_the_wrong_kind_or_mode_is_a_problem(server: StripeServer) -> None:
    def problems(key: str, live: bool | None) -> str:
        provider = StripeProvider(key, reference_key=REFERENCE, base_url=server.base_url, live=live)
        said = " ".join(provider.problems())
        provider.close()
        return said

    assert "publishable" in problems("pk_test_123456", None)
    assert "test mode" in problems("sk_test_123456", live=True)
    assert "live mode" in problems("sk_live_123456", live=False)
    assert problems("sk_test_123456", live=False) == ""
    assert problems("sk_test_123456", None) == ""


def test_a_foreign_cursor_is_refused(provider: StripeProvider) -> None:
    with pytest.raises(EngineError, match="no cursor"):
        provider.changes("7", 10)
