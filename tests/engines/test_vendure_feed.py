"""What changed at a real Vendure is found, once, and costs one request when nothing did."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from agent_app.domain.ids import OrderRef
from agent_app.domain.stage import Stage
from agent_app.engines.http import ShopHttp
from agent_app.engines.port import EngineError, Unreadable
from agent_app.engines.vendure.feed import Feed
from agent_app.engines.vendure.looks import Seen
from agent_app.engines.vendure.rows import STAGES, history_of, stages_of
from agent_app.engines.vendure.store import VendureStore
from agent_app.engines.vendure.talk import Admin
from tests.engines.real.proxy import FaultProxy
from tests.engines.real.running import running
from tests.engines.real.trade import Way
from tests.engines.vendure.bench import store_at
from tests.engines.vendure.kit import VendureTrade


@pytest.fixture(scope="module")
def trade() -> Iterator[VendureTrade]:
    made = VendureTrade(running("vendure"))
    yield made
    made.close()


@pytest.fixture
def store(trade: VendureTrade) -> Iterator[VendureStore]:
    made = store_at(trade)
    yield made
    made.close()


def read_on(
    store: VendureStore | Feed, cursor: str | None, limit: int = 50
) -> tuple[list[OrderRef], str]:
    refs: list[OrderRef] = []
    for _ in range(2000):
        page = store.changes(cursor, limit)
        assert len(page.refs) <= limit
        refs += page.refs
        cursor = page.cursor
        if not page.more:
            return refs, cursor
    raise AssertionError("the list never ended")


def test_every_order_is_found_on_pages_of_one_and_once(
    trade: VendureTrade, store: VendureStore
) -> None:
    _, cursor = read_on(store, None)
    made = [
        trade.make(way).ref
        for way in (Way.HEALTHY, Way.UNPAID, Way.AUTHORISED, Way.DECLINED, Way.CANCELLED_PAID)
    ]
    found, cursor = read_on(store, cursor, limit=1)
    assert [found.count(ref) for ref in made] == [1] * len(made)
    again, _ = read_on(store, cursor)
    assert not set(made) & set(again)


def test_a_basket_is_no_news_until_somebody_tries_to_pay(
    trade: VendureTrade, store: VendureStore
) -> None:
    _, cursor = read_on(store, None)
    basket = trade.basket()
    found, cursor = read_on(store, cursor)
    assert basket.code not in found
    trade.move(basket, "ArrangingPayment")
    found, cursor = read_on(store, cursor)
    assert basket.code in found
    intent = trade.intend(basket)
    assert trade.stripe.confirm(intent)
    trade.take_in(basket, intent=intent)
    found, _ = read_on(store, cursor)
    assert basket.code in found


def test_vendures_own_time_of_change_does_not_move_with_the_state(trade: VendureTrade) -> None:
    """Why the feed does not trust it: were this to change, the feed could be simpler."""
    basket = trade.basket()
    before = trade.order(basket.code)["updatedAt"]
    time.sleep(1.1)
    trade.move(basket, "ArrangingPayment")
    intent = trade.intend(basket)
    assert trade.stripe.confirm(intent)
    trade.take_in(basket, intent=intent)
    after = trade.order(basket.code)
    assert after["state"] == "PaymentSettled"
    assert after["updatedAt"] == before


def test_a_feed_that_trusts_it_misses_what_was_submitted_later(trade: VendureTrade) -> None:
    """The negative control: without the overlap in which states are compared."""
    http = ShopHttp(trade.base_url, use_proxies=False)
    admin = Admin(http, api_key=trade.state["api_key"])
    blind, ours = Feed(admin, overlap=timedelta(0)), Feed(admin)
    basket = trade.basket()
    time.sleep(2.1)
    _, blind_at = read_on(blind, None)
    _, ours_at = read_on(ours, None)
    trade.move(basket, "ArrangingPayment")
    assert basket.code in read_on(ours, ours_at)[0]
    assert basket.code not in read_on(blind, blind_at)[0]
    http.close()


def test_a_first_connection_reads_no_further_back_than_it_is_told(trade: VendureTrade) -> None:
    old = trade.make(Way.HEALTHY).ref
    time.sleep(2.1)
    since = datetime.now(UTC) - timedelta(seconds=1)
    new = trade.make(Way.HEALTHY).ref
    http = ShopHttp(trade.base_url, use_proxies=False)
    feed = Feed(Admin(http, api_key=trade.state["api_key"]), since=since)
    found, cursor = read_on(feed, None)
    assert new in found
    assert old not in found
    newer = trade.make(Way.HEALTHY).ref
    assert newer in read_on(feed, cursor)[0]
    http.close()


def test_a_shop_with_nothing_new_is_asked_once_and_answers_no_bodies(trade: VendureTrade) -> None:
    trade.make(Way.HEALTHY)
    with FaultProxy(trade.base_url) as proxy:
        store = store_at(trade, proxy.url)
        _, cursor = read_on(store, None)
        proxy.take()
        for n in range(4):
            page = store.changes(cursor, 50)
            cursor = page.cursor
            assert (page.refs, page.more) == ((), False)
            assert len(proxy.passed) == n + 1
        assert max(one.answered for one in proxy.passed) < 100
        store.close()


def test_many_changes_of_the_same_moment_are_all_given_and_once(
    trade: VendureTrade, store: VendureStore
) -> None:
    """On SQLite all changes of a second bear the same time."""
    _, cursor = read_on(store, None)
    made = [trade.arranged().code for _ in range(12)]
    times = [trade.order(code)["updatedAt"] for code in made]
    assert len(set(times)) < len(times)
    found, _ = read_on(store, cursor, limit=2)
    assert sorted(ref for ref in found if ref in made) == sorted(made)


def test_a_position_long_ago_is_caught_up_from(trade: VendureTrade, store: VendureStore) -> None:
    _, cursor = read_on(store, None)
    made = [trade.arranged().code for _ in range(5)]
    found, cursor = read_on(store, cursor, limit=2)
    assert set(made) <= set(found)
    everything, _ = read_on(store, None, limit=3)
    assert len(everything) == len(set(everything))
    assert set(made) <= set(everything)


def test_a_damaged_position_is_said_to_be_one(store: VendureStore) -> None:
    with pytest.raises(EngineError, match="damaged"):
        store.changes("{", 10)


def test_an_order_in_a_state_of_the_shops_own_is_not_guessed(
    trade: VendureTrade, store: VendureStore
) -> None:
    look = store.look(OrderRef(trade.arranged().code))
    assert isinstance(look.details, Seen)
    odd = msgspec.structs.replace(look.details.order, state="Vetting")
    history = history_of(odd)
    with pytest.raises(Unreadable, match="Vetting"):
        stages_of(odd, history, STAGES, captures_later=False)
    known = {**STAGES, "Vetting": Stage.PAYING}
    assert stages_of(odd, history, known, captures_later=False)
