"""How Medusa pays back wrongly when it is asked directly, and that the connector does not.

Each trap is shown on the real shop first: a test whose raw half passes no longer tells that
Medusa has changed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef
from agent_app.domain.money import Money
from agent_app.engines.medusa.store import MedusaStore
from agent_app.engines.port import (
    Conflict,
    Doubtful,
    OutcomeUnknown,
    Receipt,
    Rejected,
)
from tests.engines.medusa.acting import (
    act,
    command,
    look_until,
    minor_paid_back,
    only,
    store_at,
    together,
)
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.real.running import running
from tests.engines.real.trade import Way


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
def store(trade: MedusaTrade) -> Iterator[MedusaStore]:
    made = store_at(trade)
    yield made
    made.close()


class TestRefunds:
    def test_the_same_key_pays_twice_at_the_shop_and_is_known_again_by_us(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw = trade.make(Way.HEALTHY).ref
        payment = trade.payment(trade.order_of(raw))["id"]
        for _ in range(2):
            said = trade._admin.post(
                f"/admin/payments/{payment}/refund",
                json={"amount": 5},
                headers={"Idempotency-Key": "the-same"},
            )
            assert said.status_code == 200
        assert minor_paid_back(trade, raw) == [500, 500]

        ours = trade.make(Way.HEALTHY).ref
        what = command(ActionKind.REFUND, ours, 500, "damaged")
        receipt = act(store, what)
        (refund,) = only(store.look(ours)).refunds
        assert (refund.key, refund.id) == (what.key, receipt.reference)
        assert refund.kind is EventKind.REFUND_SUCCEEDED
        assert refund.note == f"{what.key} damaged"
        assert minor_paid_back(trade, ours) == [500]

    def test_an_open_edit_pays_and_answers_400_and_we_do_not_ask(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw, ours = trade.make(Way.HEALTHY).ref, trade.make(Way.HEALTHY).ref
        for ref in (raw, ours):
            order = trade.order_of(ref)
            trade.admin("POST", "/admin/order-edits", order_id=order).raise_for_status()
        assert trade.refund_directly(raw, 500).startswith("400")
        assert minor_paid_back(trade, raw) == [500], "the money went although it said 400"

        with pytest.raises(Conflict, match="open change"):
            act(store, command(ActionKind.REFUND, ours, 500))
        assert minor_paid_back(trade, ours) == []

    def test_a_refund_that_was_paid_and_not_booked_is_still_seen(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        ref = trade.make(Way.HEALTHY).ref
        trade.admin("POST", "/admin/order-edits", order_id=trade.order_of(ref)).raise_for_status()
        trade.refund_directly(ref, 500)
        (refund,) = only(store.look(ref)).refunds
        assert refund.kind is EventKind.REFUND_SUCCEEDED

    def test_parts_asked_for_at_the_same_time_are_all_paid(self, trade: MedusaTrade) -> None:
        trade.slow_refunds(0.5)
        raw = trade.make(Way.HEALTHY).ref
        together(*[lambda: trade.refund_directly(raw, 500)] * 3)
        assert minor_paid_back(trade, raw) == [500, 500, 500]

    def test_a_400_that_follows_the_payout_is_doubtful(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        """Somebody opens an edit after we asked for one and before the refund is booked."""
        ref = trade.make(Way.HEALTHY).ref
        order = trade.order_of(ref)
        trade.slow_refunds(3.0)
        with ThreadPoolExecutor(1) as pool:
            ours = pool.submit(act, store, command(ActionKind.REFUND, ref, 500))
            look_until(store, ref, lambda seen: bool(only(seen).refunds))
            trade.admin("POST", "/admin/order-edits", order_id=order).raise_for_status()
            with pytest.raises(Doubtful, match="active order change"):
                ours.result()
        assert minor_paid_back(trade, ref) == [500]

    def test_full_refunds_at_the_same_time_are_paid_once_and_the_rest_surely_refused(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        made = trade.make(Way.HEALTHY)
        before = store.look(made.ref)
        sent = [command(ActionKind.REFUND, made.ref, made.total_minor) for _ in range(3)]
        told = together(*[functools.partial(act, store, one, before) for one in sent])
        assert minor_paid_back(trade, made.ref) == [made.total_minor]
        assert sum(isinstance(one, Receipt) for one in told) == 1
        assert sum(isinstance(one, Rejected) for one in told) == 2

    def test_a_refund_in_the_works_keeps_another_back(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        ref = trade.make(Way.HEALTHY).ref
        trade.slow_refunds(2.0)
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(trade.refund_directly, ref, 500)
            look = look_until(store, ref, lambda seen: bool(only(seen).refunds))
            (row,) = only(look).refunds
            assert row.kind is EventKind.REFUND_PENDING, "written before the provider was asked"
            with pytest.raises(Conflict, match="being paid out"):
                act(store, command(ActionKind.REFUND, ref, 500), look)
            assert other.result().startswith("200")
        assert minor_paid_back(trade, ref) == [500]
        (row,) = only(store.look(ref)).refunds
        assert row.kind is EventKind.REFUND_SUCCEEDED

    def test_a_refund_seen_on_its_way_and_then_refused_is_told_as_failed(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        cart, _ = trade._healthy(lose_refund=True)
        ref = OrderRef(cart)
        trade.slow_refunds(2.0)
        with ThreadPoolExecutor(1) as pool:
            ours = pool.submit(act, store, command(ActionKind.REFUND, ref, 500))
            look = look_until(store, ref, lambda seen: bool(only(seen).refunds))
            (pending,) = only(look).refunds
            with pytest.raises(OutcomeUnknown):
                ours.result()
        for _ in range(2):
            (failed,) = only(store.look(ref)).refunds
            assert (failed.id, failed.at) == (pending.id, pending.at)
            assert failed.kind is EventKind.REFUND_FAILED
        another = store_at(trade)
        assert only(another.look(ref)).refunds == (), "the shop itself has no trace of it"
        another.close()

    def test_a_lost_answer_leaves_no_row_and_is_unknown_to_us(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw = trade.make(Way.HEALTHY)
        trade.lose_refund_answers(every=1)
        for _ in range(2):
            assert trade.refund_directly(raw.ref, raw.total_minor).startswith("500")
        assert minor_paid_back(trade, raw.ref) == [raw.total_minor] * 2, "more than was captured"
        assert only(store.look(raw.ref)).refunds == ()

        ours = trade.make(Way.HEALTHY)
        with pytest.raises(OutcomeUnknown):
            act(store, command(ActionKind.REFUND, ours.ref, ours.total_minor))

    def test_more_than_is_left_is_paid_by_the_shop_to_a_cent_and_never_asked_for_by_us(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw, made = trade.make(Way.HEALTHY), trade.make(Way.HEALTHY)
        assert trade.refund_directly(raw.ref, raw.total_minor + 1).startswith("200")
        assert minor_paid_back(trade, raw.ref) == [raw.total_minor + 1]
        with pytest.raises(Rejected, match="more than"):
            act(store, command(ActionKind.REFUND, made.ref, made.total_minor + 1))
        for minor in (0, -100):
            with pytest.raises(Rejected, match="more than nothing"):
                act(store, command(ActionKind.REFUND, made.ref, minor))
        assert minor_paid_back(trade, made.ref) == []

    def test_the_providers_own_refusal_is_doubtful(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        """It comes under the same 400 as refusals that follow a payout."""
        ref, _ = trade._healthy(decline_refund=True)
        with pytest.raises(Doubtful, match="declined"):
            act(store, command(ActionKind.REFUND, OrderRef(ref), 500))
        assert minor_paid_back(trade, OrderRef(ref)) == []
        assert only(store.look(OrderRef(ref))).refunds == ()

    def test_the_amount_arrives_exactly(self, trade: MedusaTrade, store: MedusaStore) -> None:
        ref = trade.make(Way.HEALTHY).ref
        for minor in (1, 29, 1999):
            act(store, command(ActionKind.REFUND, ref, minor))
        assert minor_paid_back(trade, ref) == [1, 29, 1999]
        look = store.look(ref)
        assert [r.amount.amount_minor for r in only(look).refunds] == [1, 29, 1999]
        captured = trade.captured(ref)
        assert look.order.total == Money(captured[0][1], "EUR"), "a refund makes no order cheaper"

    def test_a_carts_payment_cannot_be_paid_back_and_we_say_so(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        ref = trade.make(Way.PAID_UNFULFILLABLE).ref
        with pytest.raises(Rejected, match="only what an order was made of"):
            act(store, command(ActionKind.REFUND, ref, 100))
        untold = trade.make(Way.PAID_UNTOLD).ref
        with pytest.raises(Rejected, match="never told of it"):
            act(store, command(ActionKind.REFUND, untold, 100))
