"""Medusa and its Stripe-compatible provider as one shop: found, judged, and paid back once."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.truth import PaymentTruth, Verdict, fold_truth
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import (
    Command,
    Conflict,
    EngineError,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
)
from tests.engines.medusa.bench import caught_up, joined
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.real.judging import check_told_for_what_it_is, now, safe
from tests.engines.real.running import running
from tests.engines.real.trade import Made, Way

_COUNT = itertools.count(1)


@pytest.fixture(scope="module")
def _trade() -> Iterator[MedusaTrade]:
    made = MedusaTrade(running("medusa"))
    yield made
    made.close()


@pytest.fixture
def trade(_trade: MedusaTrade) -> Iterator[MedusaTrade]:
    yield _trade
    _trade.hand(refund_delay_ms=0, lose_refund_every=0)


@pytest.fixture
def shop(trade: MedusaTrade) -> Iterator[JoinedShop]:
    made = joined(trade)
    yield made
    made.close()


def refund_of(
    trade: MedusaTrade, ref: OrderRef, minor: int, asked: datetime | None = None
) -> Command:
    key = "aa-" + hashlib.sha256(f"{ref} {next(_COUNT)}".encode()).hexdigest()[:40]
    payment = PaymentId(trade.captured(ref)[0][0])
    return Command(
        ActionKind.REFUND, ref, key, payment, Money(minor, "EUR"), "late", (), asked or now()
    )


def paid_back(trade: MedusaTrade, ref: OrderRef) -> list[int]:
    return [payout.amount_minor for payout in trade.payouts(ref)]


@pytest.mark.parametrize("way", sorted(MedusaTrade.ways))
def test_each_way_is_told_for_what_it_is(trade: MedusaTrade, shop: JoinedShop, way: Way) -> None:
    check_told_for_what_it_is(shop, trade.make(way))


def test_everything_stuck_is_found_and_a_visitor_is_not(
    trade: MedusaTrade, shop: JoinedShop
) -> None:
    cursor = caught_up(trade)
    made = [trade.make(way) for way in sorted(MedusaTrade.ways)]
    found, _ = drain(shop, cursor)
    assert {m.ref for m in made if m.stuck} <= found
    assert not {m.ref for m in made if m.way is Way.ABANDONED} & found


def test_without_the_providers_news_a_payment_the_shop_was_not_told_of_is_missed(
    trade: MedusaTrade, shop: JoinedShop
) -> None:
    """The negative control of the test before."""
    blind = JoinedShop(shop._store, None)
    cursor = caught_up(trade)
    untold, known = trade.make(Way.PAID_UNTOLD), trade.make(Way.PAID_NOT_COMPLETED)
    found, _ = drain(blind, cursor)
    assert known.ref in found
    assert untold.ref not in found


def test_the_same_key_pays_once(trade: MedusaTrade, shop: JoinedShop) -> None:
    made = trade.make(Way.HEALTHY)
    what = refund_of(trade, made.ref, 500)
    assert shop.outcome(what) is Outcome.ABSENT
    receipts = [shop.perform(what) for _ in range(3)]
    assert paid_back(trade, made.ref) == [500]
    assert {r.outcome for r in receipts} <= {Outcome.DONE, Outcome.PENDING}
    assert shop.outcome(what) is Outcome.DONE
    truth = truth_of(shop, made)
    assert (truth.verdict, [str(p.refunded) for p in truth.payments]) == (
        Verdict.PART_REFUNDED,
        [str(Money(500, "EUR"))],
    )


def test_commands_at_the_same_time_pay_no_more_than_was_paid(
    trade: MedusaTrade, shop: JoinedShop
) -> None:
    made = trade.make(Way.HEALTHY)
    trade.slow_refunds(0.5)
    same = [refund_of(trade, made.ref, made.total_minor)] * 2
    others = [refund_of(trade, made.ref, made.total_minor) for _ in range(3)]

    def run(what: Command) -> Receipt | EngineError:
        try:
            return shop.perform(what)
        except EngineError as error:
            return error

    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(run, [*same, *others]))
    assert paid_back(trade, made.ref) == [made.total_minor]
    assert any(isinstance(one, Receipt) for one in told)
    assert all(isinstance(one, Receipt | Rejected | Conflict) for one in told)


def test_a_payout_whose_answer_was_lost_is_ours_and_is_never_repeated(
    trade: MedusaTrade, shop: JoinedShop
) -> None:
    made = trade.make(Way.HEALTHY)
    what = refund_of(trade, made.ref, made.total_minor)
    trade.lose_refund_answers(every=1)
    with pytest.raises(OutcomeUnknown):
        shop.perform(what)
    assert paid_back(trade, made.ref) == [made.total_minor]
    assert shop.outcome(what) is Outcome.PENDING, "never absent: that would allow another"
    assert shop.perform(what).outcome is Outcome.PENDING
    with pytest.raises(Rejected):
        shop.perform(refund_of(trade, made.ref, 100, now() + timedelta(hours=1)))
    assert paid_back(trade, made.ref) == [made.total_minor]


def test_a_stuck_cart_is_completed_and_read_as_confirmed(
    trade: MedusaTrade, shop: JoinedShop
) -> None:
    made = trade.make(Way.PAID_UNTOLD)
    payment = PaymentId(trade.captured(made.ref)[0][0])
    what = Command(ActionKind.RESUBMIT, made.ref, "aa-" + "1" * 40, payment)
    assert shop.outcome(what) is Outcome.ABSENT
    before = shop.read(made.ref)
    first = shop.perform(what)
    assert shop.perform(what).outcome is Outcome.DONE
    assert first.reference is not None
    assert shop.outcome(what) is Outcome.DONE
    after = shop.read(made.ref)
    assert {e.id for e in before.events} <= {e.id for e in after.events}
    assert trade.captured(made.ref) == [(payment, made.total_minor)]
    assert safe(shop, after, now() + timedelta(hours=1)) == (False, ActionKind.RESOLVE)


def truth_of(shop: JoinedShop, made: Made) -> PaymentTruth:
    reading = shop.read(made.ref)
    assert reading.order is not None
    return fold_truth(reading.order, reading.events, reading.evidence)


def drain(shop: JoinedShop, cursor: str | None) -> tuple[set[OrderRef], str]:
    """Read on until both of the shop's lists and the provider have no more."""
    found: set[OrderRef] = set()
    quiet = 0
    while quiet < 2:
        page = shop.changes(cursor, 100)
        found |= {r.order.ref for r in page.readings if r.order is not None}
        cursor = page.cursor
        quiet = 0 if page.more else quiet + 1
    assert cursor is not None
    return found, cursor
