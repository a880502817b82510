"""What else Medusa does wrong when it is asked directly, and the connector does not fall for.

Each trap is shown on the real shop first: a test whose raw half passes no longer tells that
Medusa has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef
from agent_app.domain.stage import Stage
from agent_app.engines.medusa.store import MedusaStore
from agent_app.engines.port import (
    Conflict,
    Doubtful,
    Forbidden,
    NotVisible,
    Outcome,
    OutcomeUnknown,
    Receipt,
    Rejected,
)
from tests.engines.medusa.acting import (
    act,
    command,
    minor_paid_back,
    only,
    store_at,
    together,
)
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.medusa.relay import Relay
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


class TestCarts:
    @pytest.mark.parametrize("way", [Way.PAID_UNTOLD, Way.PAID_NOT_COMPLETED])
    def test_a_paid_cart_is_completed_once_under_its_reference(
        self, trade: MedusaTrade, store: MedusaStore, way: Way
    ) -> None:
        made = trade.make(way)
        before = store.look(made.ref)
        assert (before.stage, before.order.fulfillable) == (Stage.ABSENT, True)
        what = command(ActionKind.RESUBMIT, made.ref)
        assert store.outcome(what, before) is Outcome.ABSENT
        receipts = together(*[lambda: act(store, what, before)] * 3)
        orders = {r.reference for r in receipts if isinstance(r, Receipt)}
        assert len(orders) == 1, receipts
        after = store.look(made.ref)
        assert (after.stage, store.outcome(what, after)) == (Stage.CONFIRMED, Outcome.DONE)
        assert after.order.total == before.order.total
        assert [p.payment_id for p in after.payments] == [p.payment_id for p in before.payments]
        assert trade.captured(made.ref) == [(only(after).provider_id, made.total_minor)]
        assert act(store, what, after).outcome is Outcome.DONE

    def test_a_captured_cart_that_fails_is_paid_back_by_the_shop_and_not_through_us(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw, ours = trade.make(Way.PAID_UNFULFILLABLE), trade.make(Way.PAID_UNFULFILLABLE)
        with pytest.raises(RuntimeError, match="400"):
            trade.complete(raw.ref)
        assert minor_paid_back(trade, raw.ref) == [raw.total_minor]
        (refund,) = only(store.look(raw.ref)).refunds
        assert (refund.automatic, refund.kind) == (True, EventKind.REFUND_SUCCEEDED)

        look = store.look(ours.ref)
        assert look.order.fulfillable is False
        with pytest.raises(Rejected, match="no shipping method"):
            act(store, command(ActionKind.RESUBMIT, ours.ref), look)
        assert minor_paid_back(trade, ours.ref) == []

    def test_a_cart_is_not_completed_when_its_goods_are_sold_out(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        cart = OrderRef(trade.cart(scarce=True, quantity=3))
        session = trade.session(cart)
        trade.pay(session)
        trade.tell_shop(session)
        assert store.look(cart).order.fulfillable is True
        item, place = trade.state["scarce_inventory_item_id"], trade.state["stock_location_id"]
        path = f"/admin/inventory-items/{item}/location-levels/{place}"
        trade.admin("POST", path, stocked_quantity=2).raise_for_status()
        try:
            look = store.look(cart)
            assert look.order.fulfillable is False
            assert "sold out" in str(look.order.unfulfillable_why)
            with pytest.raises(Rejected, match="sold out"):
                act(store, command(ActionKind.RESUBMIT, cart), look)
        finally:
            trade.admin("POST", path, stocked_quantity=1_000_000).raise_for_status()
        assert minor_paid_back(trade, cart) == []

    def test_completing_an_unpaid_cart_makes_no_order(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        cart = OrderRef(trade.cart())
        trade.session(cart)
        with pytest.raises(Doubtful, match="not authorized"):
            act(store, command(ActionKind.RESUBMIT, cart))
        assert store.look(cart).stage == Stage.ABSENT


class TestOtherActs:
    def test_cancelling_a_captured_order_pays_it_back_and_we_never_do(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        raw, ours = trade.make(Way.HEALTHY), trade.make(Way.HEALTHY)
        trade.admin("POST", f"/admin/orders/{trade.order_of(raw.ref)}/cancel").raise_for_status()
        assert minor_paid_back(trade, raw.ref) == [raw.total_minor]

        with pytest.raises(Conflict, match="would pay it back"):
            act(store, command(ActionKind.VOID, ours.ref))
        assert minor_paid_back(trade, ours.ref) == []
        assert store.look(ours.ref).stage == Stage.CONFIRMED

    def test_a_reserved_payment_is_voided_with_its_order(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        made = trade.make(Way.AUTHORISED)
        before = store.look(made.ref)
        act(store, command(ActionKind.VOID, made.ref), before)
        after = store.look(made.ref)
        assert after.stage == Stage.CANCELLED
        assert [m.kind for m in only(after).movements] == [
            EventKind.PAYMENT_AUTHORISED,
            EventKind.PAYMENT_VOIDED,
        ]
        (intent,) = trade._intents(made.ref)
        assert intent["status"] == "canceled"

    def test_a_reserved_payment_is_captured_once(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        made = trade.make(Way.AUTHORISED)
        assert store.look(made.ref).stage == Stage.PAYING
        act(store, command(ActionKind.CAPTURE, made.ref))
        after = store.look(made.ref)
        assert after.stage == Stage.CONFIRMED
        with pytest.raises(Conflict, match="captured meanwhile"):
            act(store, command(ActionKind.CAPTURE, made.ref), after)
        assert [minor for _, minor in trade.captured(made.ref)] == [made.total_minor]

    def test_a_refused_capture_is_doubtful_and_a_lost_one_unknown(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        refused = trade.make(Way.CAPTURE_FAILED)
        with pytest.raises(Doubtful, match="expired"):
            act(store, command(ActionKind.CAPTURE, refused.ref))
        lost, _ = trade._healthy(capture_method="manual", lose_capture=True)
        with pytest.raises(OutcomeUnknown):
            act(store, command(ActionKind.CAPTURE, OrderRef(lost)))
        assert trade.captured(OrderRef(lost)), "the money went"
        assert store.look(OrderRef(lost)).stage == Stage.PAYING

    def test_an_order_that_waits_for_its_payment_takes_it_in(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        cart = OrderRef(trade.cart())
        session = trade.session(cart, defer=True)
        trade.complete(cart)
        what = command(ActionKind.RESYNC, cart)
        before = store.look(cart)
        assert only(before).provider_id == session["data"]["id"]
        with pytest.raises(Rejected, match="not there yet"):
            act(store, what, before)
        assert trade.pay(session)
        assert act(store, what, before).outcome is Outcome.DONE
        after = store.look(cart)
        assert (after.stage, store.outcome(what, after)) == (Stage.CONFIRMED, Outcome.DONE)
        assert only(after).payment_id == only(before).payment_id
        with pytest.raises(Conflict):
            act(store, what, after)

    def test_what_was_paid_after_a_cancellation_is_taken_in_and_paid_back(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        """Medusa pays it back and answers 400 because the order was cancelled."""
        made = trade.make(Way.CANCELLED_PAID)
        look = store.look(made.ref)
        assert (look.stage, look.order.fulfillable) == (Stage.CANCELLED, False)
        refund = command(ActionKind.REFUND, made.ref, made.total_minor)
        with pytest.raises(Rejected, match="resync"):
            act(store, refund, look)
        assert act(store, command(ActionKind.RESYNC, made.ref)).outcome is Outcome.DONE
        with pytest.raises(Doubtful, match="has been canceled"):
            act(store, refund)
        assert minor_paid_back(trade, made.ref) == [made.total_minor]
        (row,) = only(store.look(made.ref)).refunds
        assert (row.key, row.kind) == (refund.key, EventKind.REFUND_SUCCEEDED)

    def test_what_medusa_cannot_do_is_refused_in_words(
        self, trade: MedusaTrade, store: MedusaStore
    ) -> None:
        made = trade.make(Way.CANCELLED_PAID)
        with pytest.raises(Rejected, match="cannot bring a cancelled order back"):
            act(store, command(ActionKind.RESUBMIT, made.ref))
        with pytest.raises(Rejected, match="cannot do this"):
            act(store, command(ActionKind.CORRECT_INPUT, made.ref))


class TestDoors:
    def test_unknown_things_are_not_visible(self, store: MedusaStore) -> None:
        for ref in ("cart_none", "order_none", "no such order"):
            with pytest.raises(NotVisible):
                store.look(OrderRef(ref))

    def test_wrong_keys_are_told_apart_and_named(self, trade: MedusaTrade) -> None:
        assert_none = store_at(trade)
        assert assert_none.problems() == ()
        assert_none.close()
        made = trade.make(Way.HEALTHY)
        secret = store_at(trade, secret_key="sk_wrong")
        with pytest.raises(Forbidden):
            secret.look(OrderRef(trade.order_of(made.ref)))
        (problem,) = secret.problems()
        assert "secret key" in problem
        secret.close()
        public = store_at(trade, publishable_key="pk_wrong")
        (problem,) = public.problems()
        assert "publishable key" in problem
        public.close()

    def test_the_shops_list_compares_totals_as_text_and_we_do_not_use_it(
        self, trade: MedusaTrade
    ) -> None:
        trade.make(Way.HEALTHY)
        query = "/admin/orders?fields=id,total&total[$gte]=100&limit=100"
        told = trade.admin("GET", query).json()["orders"]
        assert any(order["total"] < 100 for order in told), "20 comes after 100 as a text"
        with Relay(trade.base_url) as relay:
            store = store_at(trade, relay.url)
            store.changes(None, 10)
            store.look(trade.make(Way.HEALTHY).ref)
            store.close()
        assert relay.passed
        assert not any("total%5B" in one.line or "total[" in one.line for one in relay.passed)

    def test_two_looks_state_the_same(self, trade: MedusaTrade, store: MedusaStore) -> None:
        for way in (Way.HEALTHY, Way.AUTHORISED, Way.PAID_TWICE, Way.CANCELLED_PAID):
            ref = trade.make(way).ref
            first, second = store.look(ref), store.look(ref)
            assert first.payments == second.payments
            assert [(e.id, e.at) for e in first.events] == [(e.id, e.at) for e in second.events]
