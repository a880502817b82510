"""What a joined shop promises beyond the port's contract; every rule of money with its control.

The shop's side is in memory and pays whatever it is asked to; the provider is a real process, and
its refunds are the ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import CustomerMatch, EvidenceKind, latest
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import Conflict as Contradiction
from agent_app.domain.truth import PaymentTruth, Verdict, fold_truth
from agent_app.engines.joined.provider import Movement, RefundWord
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.port import (
    Command,
    Conflict,
    EngineError,
    Forbidden,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Unreachable,
)
from agent_app.engines.stripe.connector import StripeProvider
from tests.fakes.store_side import REFERENCE, FakeStore, Sale
from tests.stripe_server import StripeServer, stripe

NOBODY_ANSWERS = "http://127.0.0.1:1"
EUR = "EUR"


class Unguarded(JoinedShop):
    """The control: sends without having looked at the books."""

    def _before(self, command: Command) -> tuple[StoreLook, Receipt | None, Command]:
        return self._store.look(command.order), None, command


class NoLock:
    """A lock that keeps nobody out."""

    def acquire(self, timeout: float = -1) -> bool:
        return True

    def release(self) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[StripeServer]:
    with stripe() as running:
        yield running


@pytest.fixture
def store(server: StripeServer) -> FakeStore:
    return FakeStore(server)


@pytest.fixture
def join(server: StripeServer, store: FakeStore) -> Iterator[Callable[..., JoinedShop]]:
    made: list[JoinedShop] = []

    def joined(
        of: type[JoinedShop] = JoinedShop,
        *,
        key: str = server.key,
        base_url: str = server.base_url,
        look_s: float = 20.0,
    ) -> JoinedShop:
        provider = StripeProvider(key, reference_key=REFERENCE, base_url=base_url)
        made.append(of(store, provider, look_s=look_s))
        return made[-1]

    yield joined
    for shop in made:
        shop.close()


@pytest.fixture
def shop(join: Callable[..., JoinedShop]) -> JoinedShop:
    return join()


def refund(ref: OrderRef, payment: str | None, amount_minor: int = 4_200) -> Command:
    assert payment is not None
    asked_at = datetime.now(UTC)
    key = f"aa-{ref}-{amount_minor}"
    money = Money(amount_minor, EUR)
    return Command(ActionKind.REFUND, ref, key, PaymentId(payment), money, requested_at=asked_at)


def truth(shop: JoinedShop, ref: OrderRef) -> PaymentTruth:
    reading = shop.read(ref)
    assert reading.order is not None
    return fold_truth(reading.order, reading.events, reading.evidence)


def note(sale: Sale, kind: EventKind, word: RefundWord | None = None) -> None:
    """Write into the shop's own row what only the shop says."""
    row = sale.rows[0]
    if word is not None:
        sale.rows[0] = replace(row, refunds=(*row.refunds, word))
    else:
        moved = Movement(kind, datetime.now(UTC) + timedelta(seconds=1), sale.total)
        sale.rows[0] = replace(row, movements=(*row.movements, moved))


@pytest.mark.parametrize(("of", "payouts"), [(JoinedShop, 1), (Unguarded, 2)])
def test_what_was_paid_back_elsewhere_is_not_paid_again(
    join: Callable[..., JoinedShop], store: FakeStore, of: type[JoinedShop], payouts: int
) -> None:
    ref, payment = store.sell()
    assert payment is not None
    shop = join(of)
    command = replace(refund(ref, payment), requested_at=datetime.now(UTC) + timedelta(hours=1))
    store.stripe.refund(payment)
    with suppress(Rejected):
        shop.perform(command)
    assert len(store.stripe.refunds(payment)) == payouts


@pytest.mark.parametrize(("of", "payouts"), [(JoinedShop, 1), (Unguarded, 2)])
def test_a_payout_whose_row_was_lost_is_pending_and_never_paid_again(
    join: Callable[..., JoinedShop], store: FakeStore, of: type[JoinedShop], payouts: int
) -> None:
    shop = join(of)
    ref, payment = store.sell()
    command = refund(ref, payment)
    store.lose = "row"
    with pytest.raises(OutcomeUnknown):
        shop.perform(command)
    assert shop.outcome(command) is Outcome.PENDING
    again = shop.perform(command)
    assert len(store.stripe.refunds(payment)) == payouts
    if of is JoinedShop:
        assert again.outcome is Outcome.PENDING


@pytest.mark.parametrize("locked", [True, False])
def test_two_that_look_at_the_same_moment_are_let_go_one_after_the_other(
    shop: JoinedShop, store: FakeStore, locked: bool
) -> None:
    ref, payment = store.sell()
    command = refund(ref, payment)
    if not locked:
        shop._sending = [NoLock()]  # type: ignore[list-item]
        shop._sending *= 64
    together = threading.Barrier(4)
    # Without the lock all four have looked before the first one pays.
    store.before_paying = lambda: _wait(together)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(shop.perform, command) for _ in range(4)]
        assert {answer.result().outcome for answer in answers} == {Outcome.DONE}
    paid = len(store.stripe.refunds(payment))
    assert paid == 1 if locked else paid > 1


def _wait(together: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):
        together.wait(timeout=0.5)


def test_a_payout_from_before_we_asked_is_not_ours(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    assert payment is not None
    store.stripe.refund(payment, 1_000)
    later = datetime.now(UTC) + timedelta(minutes=6)
    command = replace(refund(ref, payment, 1_000), requested_at=later)
    assert shop.outcome(command) is Outcome.ABSENT
    assert shop.perform(command).outcome is Outcome.DONE
    assert len(store.stripe.refunds(payment)) == 2


def test_a_refund_that_carries_anothers_key_is_never_taken_for_ours(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell()
    shop.perform(refund(ref, payment, 1_000))
    other = replace(refund(ref, payment, 1_000), key="aa-other")
    assert shop.outcome(other) is Outcome.ABSENT
    assert shop.perform(other).outcome is Outcome.DONE
    assert len(store.stripe.refunds(payment)) == 2


def test_a_refund_that_the_shop_wrote_down_for_somebody_else_is_not_ours(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell()
    assert payment is not None
    by_admin = store.stripe.refund(payment, 1_000)
    word = RefundWord(
        "rr-admin", EventKind.REFUND_SUCCEEDED, datetime.now(UTC), Money(1_000, EUR), by_admin
    )
    note(store.sales[ref], EventKind.REFUND_SUCCEEDED, word)
    command = refund(ref, payment, 1_000)
    assert shop.outcome(command) is Outcome.ABSENT
    assert shop.perform(command).outcome is Outcome.DONE
    assert len(store.stripe.refunds(payment)) == 2


@pytest.mark.parametrize("paid", [False, True])
def test_a_refund_that_failed_in_the_shop_is_refused_unless_the_provider_paid(
    shop: JoinedShop, store: FakeStore, paid: bool
) -> None:
    ref, payment = store.sell()
    command = refund(ref, payment, 1_000)
    assert payment is not None
    assert command.amount is not None
    failed = RefundWord(
        "rr-1", EventKind.REFUND_FAILED, datetime.now(UTC), command.amount, key=command.key
    )
    note(store.sales[ref], EventKind.REFUND_FAILED, failed)
    if paid:
        store.stripe.refund(payment, 1_000)
    assert shop.outcome(command) is (Outcome.PENDING if paid else Outcome.REFUSED)
    with suppress(Rejected):
        shop.perform(command)
    assert store.sent == []


def test_a_refund_that_only_the_shop_claims_is_not_done(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    command = refund(ref, payment, 1_000)
    assert command.amount is not None
    claimed = RefundWord(
        "rr-1", EventKind.REFUND_SUCCEEDED, datetime.now(UTC), command.amount, key=command.key
    )
    note(store.sales[ref], EventKind.REFUND_SUCCEEDED, claimed)
    assert shop.outcome(command) is Outcome.PENDING
    assert Contradiction.SHOP_REFUNDED_PROVIDER_NOT in truth(shop, ref).conflicts


def test_the_shop_paid_and_the_provider_not_is_a_conflict(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell(manual=True)
    assert truth(shop, ref).verdict is Verdict.AUTHORISED
    store.sales[ref].rows[0] = replace(
        store.sales[ref].rows[0],
        movements=(Movement(EventKind.PAYMENT_CAPTURED, _a_while_ago(), Money(4_200, EUR)),),
    )
    assert truth(shop, ref).conflicts == {Contradiction.SHOP_PAID_PROVIDER_NOT}
    with pytest.raises(Conflict):
        shop.perform(refund(ref, payment))
    assert store.sent == []


def test_the_shop_failed_and_the_provider_paid_is_a_conflict(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell()
    assert truth(shop, ref).conflicts == frozenset()
    store.sales[ref].rows[0] = replace(store.sales[ref].rows[0], movements=())
    note(store.sales[ref], EventKind.PAYMENT_VOIDED)
    assert truth(shop, ref).conflicts == {Contradiction.SHOP_FAILED_PROVIDER_PAID}
    with pytest.raises(Conflict):
        shop.perform(refund(ref, payment))
    assert store.sent == []


@pytest.mark.parametrize("amount_minor", [0, -1, 4_201])
def test_an_amount_that_cannot_be_paid_back_is_rejected(
    shop: JoinedShop, store: FakeStore, amount_minor: int
) -> None:
    ref, payment = store.sell()
    with pytest.raises(Rejected):
        shop.perform(refund(ref, payment, amount_minor))
    assert store.sent == []


def test_what_is_left_is_counted_over_both_books(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    assert payment is not None
    shop.perform(refund(ref, payment, 2_000))
    store.stripe.refund(payment, 1_000)
    with pytest.raises(Rejected, match="1200 EUR"):
        shop.perform(refund(ref, payment, 1_201))
    assert shop.perform(refund(ref, payment, 1_200)).outcome is Outcome.DONE
    assert truth(shop, ref).verdict is Verdict.REFUNDED


def test_another_currency_is_rejected(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    with pytest.raises(Rejected, match="EUR"):
        shop.perform(replace(refund(ref, payment), amount=Money(100, "USD")))


def test_after_a_look_that_took_too_long_nothing_is_sent(
    join: Callable[..., JoinedShop], store: FakeStore
) -> None:
    ref, payment = store.sell()
    with pytest.raises(Unreachable):
        join(look_s=0.0).perform(refund(ref, payment))
    assert store.sent == []


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
    _, cursor = _all(shop, None)
    odd, good = store.sell()[0], store.sell()[0]
    store.sales[odd].odd = True
    seen, cursor = _all(shop, cursor)
    assert seen == {good}
    assert any("teleported" in problem for problem in shop.problems())
    store.sales[odd].odd = False
    assert _all(shop, cursor)[0] == {odd}
    assert list(shop.problems()) == []


def test_a_poll_without_news_asks_the_shop_once(shop: JoinedShop, store: FakeStore) -> None:
    store.sell()
    _, cursor = _all(shop, None)
    asked = store.asked
    page = shop.changes(cursor, 50)
    assert store.asked == asked + 1
    assert (page.readings, page.more) == ((), False)


def test_a_refund_in_the_providers_dashboard_is_news(shop: JoinedShop, store: FakeStore) -> None:
    ref, payment = store.sell()
    assert payment is not None
    _, cursor = _all(shop, None)
    store.stripe.refund(payment, 500)
    assert _all(shop, cursor)[0] == {ref}


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


def _a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def _all(shop: JoinedShop, cursor: str | None) -> tuple[set[OrderRef], str]:
    seen: set[OrderRef] = set()
    while True:
        page = shop.changes(cursor, 50)
        seen |= {r.order.ref for r in page.readings if r.order is not None}
        cursor = page.cursor
        if not page.more:
            return seen, cursor
