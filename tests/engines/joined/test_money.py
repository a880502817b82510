"""The rules of money of a joined shop, each with its control.

The shop's side is in memory and pays whatever it is asked to; the provider is a real process, and
its refunds are the ledger.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.domain.money import Money
from agent_app.domain.truth import Conflict as Contradiction
from agent_app.domain.truth import Verdict
from agent_app.engines.joined.provider import Movement, RefundWord
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import (
    Conflict,
    Outcome,
    OutcomeUnknown,
    Rejected,
    Unreachable,
)
from tests.engines.joined.bench import (
    EUR,
    NoLock,
    Unguarded,
    a_while_ago,
    note,
    refund,
    truth,
)
from tests.fakes.store_side import FakeStore


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
        movements=(Movement(EventKind.PAYMENT_CAPTURED, a_while_ago(), Money(4_200, EUR)),),
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


def test_an_order_is_not_completed_on_somebody_elses_money(
    shop: JoinedShop, store: FakeStore
) -> None:
    ref, payment = store.sell(stage=None)
    command = replace(refund(ref, payment), kind=ActionKind.RESUBMIT, amount=None)
    store.sales[ref].email = "bob@shop.example"
    with pytest.raises(Conflict, match="customer"):
        shop.perform(command)
    assert store.sent == []
    store.sales[ref].email = "ann@shop.example"
    assert shop.perform(command).outcome is Outcome.DONE
    assert len(store.sent) == 1


@pytest.mark.parametrize("names_payment", [True, False])
def test_a_resync_names_what_was_paid_where_the_shop_has_to_be_told(
    shop: JoinedShop, store: FakeStore, names_payment: bool
) -> None:
    store.abilities = replace(store.abilities, resync_names_payment=names_payment)
    ref, payment = store.sell(known=False)
    command = replace(refund(ref, payment), kind=ActionKind.RESYNC, payment=None, amount=None)
    shop.perform(command)
    (sent,) = store.sent
    told = (payment, Money(4_200, EUR)) if names_payment else (None, None)
    assert (sent.payment, sent.amount) == told
    assert sent.key == command.key


def test_a_resync_names_nobody_elses_payment(shop: JoinedShop, store: FakeStore) -> None:
    store.abilities = replace(store.abilities, resync_names_payment=True)
    ref, payment = store.sell(known=False)
    store.sales[ref].email = "bob@shop.example"
    command = replace(refund(ref, payment), kind=ActionKind.RESYNC, payment=None, amount=None)
    with pytest.raises(Conflict):
        shop.perform(command)
    assert store.sent == []
