"""What a joined shop tells of its two sides, and of a side that is away, hides or talks oddly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind, latest
from agent_app.domain.ids import OrderRef
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import Verdict, fold_truth
from agent_app.engines.joined.provider import Movement, ProviderPayment, RefundWord
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.translate import provider_events
from agent_app.engines.port import (
    Conflict,
    EngineError,
    Forbidden,
    Outcome,
    Rejected,
    Unreachable,
)
from agent_app.engines.stripe.connector import StripeProvider
from tests.engines.joined.bench import (
    NOBODY_ANSWERS,
    everything,
    refund,
    truth,
)
from tests.fakes.store_side import FakeStore
from tests.stripe_server import StripeServer


def test_a_provider_that_is_away_is_evidence_and_nothing_is_sent(
    join: Callable[..., JoinedShop], store: FakeStore
) -> None:
    ref, payment = store.sell()
    shop = join(base_url=NOBODY_ANSWERS)
    reading = shop.read(ref)
    look = latest(reading.evidence, Source.PROVIDER, EvidenceKind.PAYMENTS)
    assert look is not None
    assert look.verdict == "no_answer"
    assert reading.order is not None
    with pytest.raises(Unreachable):
        shop.perform(refund(ref, payment))
    with pytest.raises(EngineError):
        shop.changes(None, 10)
    assert store.sent == []


def test_a_provider_that_refuses_our_key_is_evidence_and_nothing_is_sent(
    join: Callable[..., JoinedShop], store: FakeStore
) -> None:
    ref, payment = store.sell()
    shop = join(key="rk_test_not_of_this_server")
    look = latest(shop.read(ref).evidence, Source.PROVIDER, EvidenceKind.PAYMENTS)
    assert look is not None
    assert look.verdict == "forbidden"
    with pytest.raises(Forbidden):
        shop.perform(refund(ref, payment))
    assert store.sent == []
    assert any("may not read" in problem for problem in shop.problems())


def test_a_shop_that_is_away_is_evidence_and_the_provider_counts(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell()
    store.away = True
    reading = shop.read(ref)
    look = latest(reading.evidence, Source.PLATFORM, EvidenceKind.ORDER)
    assert look is not None
    assert look.verdict == "no_answer"
    assert {e.payment for e in reading.events} == {payment}
    with pytest.raises(Unreachable):
        shop.perform(refund(ref, payment))


def test_money_of_an_order_that_the_shop_hides_is_told_by_the_provider_alone(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, _ = store.sell()
    del store.sales[ref]
    reading = shop.read(ref)
    assert reading.order is not None
    assert reading.order.customer.id == ""
    assert fold_stage(reading.events).stage is Stage.NOT_VISIBLE
    told = fold_truth(reading.order, reading.events, reading.evidence)
    assert told.verdict is Verdict.CAPTURED
    assert told.customer_match is CustomerMatch.UNKNOWN


def test_who_paid_is_compared_with_who_ordered(shop: JoinedShop, store: FakeStore) -> None:
    ref, _ = store.sell(email="Ann@shop.example ")
    assert truth(shop, ref).customer_match is CustomerMatch.SAME
    store.sales[ref].email = "bob@shop.example"
    assert truth(shop, ref).customer_match is CustomerMatch.DIFFERENT


def test_what_cannot_be_read_stays_in_the_cursor_until_it_can(
    shop: JoinedShop, store: FakeStore
) -> None:
    _, cursor = everything(shop, None)
    odd, good = store.sell()[0], store.sell()[0]
    store.sales[odd].odd = True
    seen, cursor = everything(shop, cursor)
    assert seen == {good}
    assert any("teleported" in problem for problem in shop.problems())
    store.sales[odd].odd = False
    assert everything(shop, cursor)[0] == {odd}
    assert list(shop.problems()) == []


def test_a_poll_without_news_asks_the_shop_once(shop: JoinedShop, store: FakeStore) -> None:
    store.sell()
    _, cursor = everything(shop, None)
    asked = store.asked
    page = shop.changes(cursor, 50)
    assert store.asked == asked + 1
    assert (page.readings, page.more) == ((), False)


def test_a_refund_in_the_providers_dashboard_is_news(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    assert payment is not None
    _, cursor = everything(shop, None)
    store.stripe.refund(payment, 500)
    assert everything(shop, cursor)[0] == {ref}


def test_a_foreign_cursor_is_refused(shop: JoinedShop) -> None:
    with pytest.raises(EngineError, match="no cursor"):
        shop.changes("12", 10)


def test_what_is_captured_already_is_done_and_not_sent(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell(manual=True)
    assert payment is not None
    store.stripe.capture(payment)
    capture = replace(refund(ref, payment), kind=ActionKind.CAPTURE, amount=None)
    assert shop.perform(capture).outcome is Outcome.DONE
    void = replace(capture, kind=ActionKind.VOID)
    assert shop.outcome(void) is Outcome.REFUSED
    with pytest.raises(Rejected):
        shop.perform(void)
    assert store.sent == []


def test_an_order_is_not_completed_on_money_that_went_back(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell(stage=None)
    assert payment is not None
    store.stripe.refund(payment)
    command = replace(refund(ref, payment), kind=ActionKind.RESUBMIT, amount=None)
    with pytest.raises(Conflict):
        shop.perform(command)
    assert store.sent == []


def test_books_are_the_operators_choice(store: FakeStore, server: StripeServer) -> None:
    ref, payment = store.sell()
    silent = JoinedShop(store, None)
    assert not silent.capabilities.reads_provider
    look = latest(silent.read(ref).evidence, Source.PROVIDER, EvidenceKind.PAYMENTS)
    assert look is not None
    assert look.verdict == "no_answer"
    with pytest.raises(Forbidden):
        silent.perform(refund(ref, payment))
    books = JoinedShop(store, None, books=True)
    assert books.capabilities.reads_provider
    assert truth(books, ref).verdict is Verdict.CAPTURED
    assert truth(books, ref).customer_match is CustomerMatch.SAME
    command = refund(ref, payment)
    assert books.perform(command) == books.perform(command)
    assert len(server.refunds(payment)) == 1
    provider = StripeProvider(server.key, reference_key=None, base_url=server.base_url)
    with pytest.raises(ValueError, match="fake"):
        JoinedShop(store, provider, books=True)
    provider.close()


class _Asked(FakeStore):
    asked = 0

    def problems(self) -> Sequence[str]:
        self.asked += 1
        return ("something is wrong",)


def test_the_sides_are_not_asked_what_is_wrong_at_every_round(server: StripeServer) -> None:
    store = _Asked(server)
    with closing(JoinedShop(store, None)) as shop:
        said = [list(shop.problems()) for _ in range(5)]
    assert said == [["something is wrong"]] * 5
    assert store.asked == 1


def test_our_key_is_not_shown_to_people() -> None:
    key = "aa-" + "7" * 40
    at = datetime(2026, 11, 23, tzinfo=UTC)
    paid = Movement(EventKind.PAYMENT_CAPTURED, at, Money(100, "EUR"))
    words = (
        RefundWord(
            "re_1", EventKind.REFUND_SUCCEEDED, at, Money(100, "EUR"), None, key, f"{key} case 7"
        ),
        RefundWord(
            "re_2", EventKind.REFUND_SUCCEEDED, at, Money(100, "EUR"), None, None, "goodwill"
        ),
        RefundWord("re_3", EventKind.REFUND_SUCCEEDED, at, Money(100, "EUR"), None, key, key),
    )
    payment = ProviderPayment("pi_1", None, (paid,), words)
    told = [e for e in provider_events(OrderRef("PG-1"), [payment], at) if e.refund]
    assert [(e.key, e.note) for e in told] == [(key, "case 7"), (None, "goodwill"), (key, None)]
