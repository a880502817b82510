"""What the official Stripe plugin writes into a real Vendure's rows, and what we make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind, Source
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.truth import fold_truth
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.port import Command, Outcome
from tests.engines.real.running import running
from tests.engines.vendure.bench import a_key, joined
from tests.engines.vendure.kit import VendureTrade


@pytest.fixture(scope="module")
def trade() -> Iterator[VendureTrade]:
    made = VendureTrade(running("vendure"))
    yield made
    made.close()


@pytest.fixture
def shop(trade: VendureTrade) -> Iterator[JoinedShop]:
    made = joined(trade)
    yield made
    made.close()


@pytest.mark.parametrize("amounts", [(700, 300), (500, 500)])
def test_two_refunds_whose_rows_bear_one_reference_are_two(
    trade: VendureTrade, shop: JoinedShop, amounts: tuple[int, int]
) -> None:
    basket = trade.paid(official_refund_id=True)
    ref = OrderRef(basket.code)
    intent = trade.captured(ref)[0][0]
    sent = []
    for minor in amounts:
        what = Command(
            ActionKind.REFUND, ref, a_key(), PaymentId(intent), Money(minor, "EUR"), "case c1",
            requested_at=datetime.now(UTC),
        )  # fmt: skip
        assert shop.perform(what).outcome is Outcome.PENDING
        sent.append(what)
    rows = trade.order(basket.code)["payments"][0]["refunds"]
    assert {row["transactionId"] for row in rows} == {intent}, "the trap: one name for both"
    assert sorted(payout.amount_minor for payout in trade.payouts(ref)) == sorted(amounts)

    reading = shop.read(ref)
    told = [
        event for event in reading.events
        if event.kind is EventKind.REFUND_SUCCEEDED and event.source is Source.PLATFORM
    ]  # fmt: skip
    assert [event.key for event in told] == [what.key for what in sent]
    assert len({event.id for event in told}) == len({event.refund for event in told}) == 2
    assert [shop.outcome(what) for what in sent] == [Outcome.DONE, Outcome.DONE]
    assert reading.order is not None
    (payment,) = fold_truth(reading.order, reading.events, reading.evidence).payments
    assert payment.refunded == Money(sum(amounts), "EUR")
    assert not payment.conflicts
    again = [shop.perform(what).outcome for what in sent]
    assert again == [Outcome.DONE, Outcome.DONE]
    assert len(trade.payouts(ref)) == 2
