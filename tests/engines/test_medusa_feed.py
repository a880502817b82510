"""What changed at a real Medusa is read whole, once, and costs one request when nothing did."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from agent_app.domain.ids import OrderRef, ShopId
from agent_app.engines.http import ShopHttp
from agent_app.engines.joined.provider import Touched
from agent_app.engines.medusa.feed import Feed
from agent_app.engines.medusa.store import MedusaStore
from agent_app.engines.port import EngineError, Unreadable
from tests.engines.medusa.kit import MedusaTrade
from tests.engines.medusa.relay import Relay
from tests.engines.real.running import running
from tests.engines.real.trade import Way


@pytest.fixture(scope="module")
def trade() -> Iterator[MedusaTrade]:
    made = MedusaTrade(running("medusa"))
    yield made
    made.close()


@pytest.fixture
def store(trade: MedusaTrade) -> Iterator[MedusaStore]:
    made = store_at(trade, trade.base_url)
    yield made
    made.close()


def store_at(trade: MedusaTrade, url: str) -> MedusaStore:
    return MedusaStore(
        url,
        ShopId("medusa"),
        secret_key=trade.state["secret_key"],
        publishable_key=trade.state["publishable_key"],
        captures="at_once",
        use_proxies=False,
    )


def read_on(
    store: MedusaStore | Feed, cursor: str | None, limit: int = 50
) -> tuple[list[OrderRef], str]:
    """Read until neither list has more, and both were asked."""
    refs: list[OrderRef] = []
    quiet = 0
    for _ in range(400):
        page = store.changes(cursor, limit)
        assert len(page.refs) <= limit
        assert len(set(page.refs)) == len(page.refs)
        refs += page.refs
        cursor = page.cursor
        quiet = 0 if page.more else quiet + 1
        if quiet == 2:
            return refs, cursor
    raise AssertionError("the lists never ended")


def redate(trade: MedusaTrade, refs: list[OrderRef], seconds: float) -> None:
    """Give the orders one and the same time of change, that many seconds ago."""
    with psycopg.connect(trade.state["database"], autocommit=True) as database:
        database.execute(
            "UPDATE \"order\" SET updated_at = date_trunc('second', now()) - %s * interval '1 s' "
            "WHERE id = ANY(%s)",
            (seconds, [trade.order_of(ref) for ref in refs]),
        )


def test_every_order_and_every_paid_cart_is_found_on_pages_of_one(
    trade: MedusaTrade, store: MedusaStore
) -> None:
    _, cursor = read_on(store, None)
    made = {
        trade.make(way).ref
        for way in (Way.HEALTHY, Way.UNPAID, Way.AUTHORISED, Way.PAID_NOT_COMPLETED)
    }
    found, _ = read_on(store, cursor, limit=1)
    assert made <= set(found)
    everything, _ = read_on(store, None, limit=7)
    assert made <= set(everything)


def test_a_cart_that_nobody_paid_for_is_no_news(trade: MedusaTrade, store: MedusaStore) -> None:
    _, cursor = read_on(store, None)
    made = trade.make(Way.ABANDONED)
    found, _ = read_on(store, cursor)
    assert made.ref not in found


def test_a_first_connection_reads_no_further_back_than_it_is_told(trade: MedusaTrade) -> None:
    old = trade.make(Way.HEALTHY).ref
    time.sleep(2.1)
    since = datetime.now(UTC)
    new = trade.make(Way.HEALTHY).ref
    http = ShopHttp(trade.base_url, headers=_basic(trade), use_proxies=False)
    feed = Feed(http, lambda *_: None, since=since)
    found, cursor = read_on(feed, None)
    assert new in found
    assert old not in found
    newer = trade.make(Way.HEALTHY).ref
    assert newer in read_on(feed, cursor)[0]
    http.close()


def test_a_shop_with_nothing_new_is_asked_once_and_answers_no_bodies(trade: MedusaTrade) -> None:
    trade.make(Way.HEALTHY)
    with Relay(trade.base_url) as relay:
        http = ShopHttp(relay.url, headers=_basic(trade), use_proxies=False)
        # Without the overlap, instead of waiting for a minute until it has passed.
        feed = Feed(http, lambda *_: None, overlap=timedelta(seconds=-1))
        _, cursor = read_on(feed, None)
        relay.passed.clear()
        for n in range(4):
            page = feed.changes(cursor, 50)
            cursor = page.cursor
            assert (page.refs, page.more) == ((), False)
            assert len(relay.passed) == n + 1
        http.close()
    assert {one.line.split("?")[0] for one in relay.passed} == {
        "GET /admin/orders",
        "GET /admin/payments",
    }
    assert max(one.size for one in relay.passed) < 100


def test_many_changes_of_the_same_moment_are_all_given_and_once(
    trade: MedusaTrade, store: MedusaStore
) -> None:
    made = [trade.make(Way.UNPAID).ref for _ in range(5)]
    _, cursor = read_on(store, None)
    redate(trade, made, -2.0)
    found, cursor = read_on(store, cursor, limit=2)
    assert sorted(ref for ref in found if ref in made) == sorted(made)
    again, _ = read_on(store, cursor, limit=2)
    assert not set(made) & set(again)


@pytest.mark.parametrize(("overlap_s", "found"), [(60, True), (0, False)])
def test_a_change_that_is_committed_late_is_caught_by_the_overlap(
    trade: MedusaTrade, overlap_s: float, found: bool
) -> None:
    """With an overlap of nothing it is missed: the negative control."""
    late = trade.make(Way.UNPAID).ref
    redate(trade, [late], 3600)
    http = ShopHttp(trade.base_url, headers=_basic(trade), use_proxies=False)
    feed = Feed(http, lambda *_: None, overlap=timedelta(seconds=overlap_s))
    _, cursor = read_on(feed, None)
    redate(trade, [late], 20)
    refs, _ = read_on(feed, cursor)
    http.close()
    assert (late in refs) is found


def test_a_filter_that_the_shop_ignores_is_noticed(trade: MedusaTrade) -> None:
    trade.make(Way.HEALTHY)
    misspelt = {"updated_at%5B%24gte%5D": "updated_at%5Bgte%5D"}

    def misspell(path: str) -> str:
        for right, wrong in misspelt.items():
            path = path.replace(right, wrong)
        return path

    with Relay(trade.base_url) as honest, Relay(trade.base_url, misspell) as relay:
        for url, noticed in ((honest.url, False), (relay.url, True)):
            store = store_at(trade, url)
            _, cursor = read_on(store_at(trade, honest.url), None)
            cursor = _an_hour_on(cursor)
            if noticed:
                with pytest.raises(Unreadable, match="not filtered or sorted"):
                    store.changes(cursor, 50)
            else:
                assert store.changes(cursor, 50).refs == ()
            store.close()


def test_a_refund_and_a_cancellation_are_news(trade: MedusaTrade, store: MedusaStore) -> None:
    refunded, cancelled = trade.make(Way.HEALTHY).ref, trade.make(Way.AUTHORISED).ref
    _, cursor = read_on(store, None)
    assert trade.refund_directly(refunded, 100).startswith("200")
    trade.admin("POST", f"/admin/orders/{trade.order_of(cancelled)}/cancel").raise_for_status()
    found, _ = read_on(store, cursor)
    assert {refunded, cancelled} <= set(found)


def test_a_damaged_position_is_an_error_and_not_the_beginning(store: MedusaStore) -> None:
    with pytest.raises(EngineError, match="position"):
        store.changes("{", 50)


def test_the_providers_payment_leads_to_the_cart(trade: MedusaTrade, store: MedusaStore) -> None:
    made = trade.make(Way.PAID_UNTOLD)
    assert store.ref_of(Touched("pi_x", str(made.ref))) == made.ref
    healthy = trade.make(Way.HEALTHY)
    order = trade.order_of(healthy.ref)
    assert store.ref_of(Touched("pi_x", order)) == healthy.ref
    session = trade.payment(order)["payment_session_id"]
    assert store.ref_of(Touched("pi_x", session)) == healthy.ref
    assert store.ref_of(Touched("pi_x", "payses_of_another_shop")) is None
    assert store.ref_of(Touched("pi_x", None)) is None


def _basic(trade: MedusaTrade) -> dict[str, str]:
    secret = base64.b64encode(f"{trade.state['secret_key']}:".encode()).decode()
    return {"Authorization": f"Basic {secret}"}


def _an_hour_on(cursor: str) -> str:
    """Move both places of a position to the last year of the calendar."""
    return re.sub(r'"since":"[^"]*"', '"since":"9999-01-01T00:00:00.000Z"', cursor)
