"""A first connection reads an order once; news that it may not have seen are read all the same."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.domain.ids import OrderRef
from agent_app.engines.joined import lately
from agent_app.engines.joined.lately import Lately
from agent_app.engines.joined.provider import ProviderLook, ProviderPayment, Touched
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.joined.together import Position
from tests.fakes.store_side import FakeStore

PAGE = 3
READ_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def looks(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> Counter[OrderRef]:
    """How often the shop was asked for each order."""
    counted, look = Counter[OrderRef](), store.look

    def counting(ref: OrderRef) -> StoreLook:
        counted[ref] += 1
        return look(ref)

    monkeypatch.setattr(store, "look", counting)
    return counted


@pytest.fixture
def sold(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> list[tuple[OrderRef, str]]:
    """Orders that were paid before the second in which they are read."""
    monkeypatch.setattr(lately, "MARGIN", timedelta(0))
    made = [store.sell() for _ in range(3 * PAGE)]
    time.sleep(1.1)
    return [(ref, payment) for ref, payment in made if payment is not None]


def walk(shop: JoinedShop, cursor: str | None = None) -> str:
    """Read on to the end, taking every page in."""
    while True:
        page = shop.changes(cursor, PAGE)
        cursor = page.cursor
        if not page.more:
            return cursor


def test_a_first_connection_reads_each_order_once(
    shop: JoinedShop, sold: list[tuple[OrderRef, str]], looks: Counter[OrderRef]
) -> None:
    walk(shop)
    assert {ref: looks[ref] for ref, _ in sold} == {ref: 1 for ref, _ in sold}


def test_control_without_the_memory_most_are_read_twice(
    shop: JoinedShop,
    sold: list[tuple[OrderRef, str]],
    looks: Counter[OrderRef],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Lately, "unread", lambda _self, _ref, news: list(news))
    walk(shop)
    assert sum(looks[ref] for ref, _ in sold) >= 2 * len(sold) - PAGE


def test_what_happens_after_it_was_read_is_read(
    shop: JoinedShop, store: FakeStore, sold: list[tuple[OrderRef, str]], looks: Counter[OrderRef]
) -> None:
    cursor = walk(shop)
    ref, payment = sold[0]
    store.stripe.refund(payment, 500)
    walk(shop, cursor)
    assert looks[ref] == 2


def test_what_another_process_took_in_counts_for_nothing(
    shop: JoinedShop, sold: list[tuple[OrderRef, str]], looks: Counter[OrderRef]
) -> None:
    cursor: str | None = None
    for _ in range(len(sold) // PAGE):
        page = shop.changes(cursor, PAGE)
        # He read the same pages, a moment earlier: what is kept is what he saw.
        cursor = replace(Position.parse(page.cursor), reader="another").text()
    walk(shop, cursor)
    assert min(looks[ref] for ref, _ in sold) >= 2


def test_a_page_that_was_lost_is_given_again(
    shop: JoinedShop, sold: list[tuple[OrderRef, str]]
) -> None:
    cursor = shop.changes(None, PAGE).cursor
    lost = shop.changes(cursor, PAGE)
    again = shop.changes(cursor, PAGE)
    assert refs(lost.readings) == refs(again.readings) != set()


def refs(readings: object) -> set[OrderRef]:
    return {r.order.ref for r in readings if r.order is not None}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("news_at", "as_of", "covered"),
    [
        (READ_AT - timedelta(minutes=1), READ_AT, True),
        (READ_AT - timedelta(seconds=5), READ_AT, False),
        (READ_AT + timedelta(seconds=5), READ_AT, False),
        (None, READ_AT, False),
        (READ_AT - timedelta(minutes=1), None, False),
    ],
)
def test_only_what_is_surely_older_than_the_look_is_covered_by_it(
    news_at: datetime | None, as_of: datetime | None, covered: bool
) -> None:
    memory, order = Lately(), OrderRef("O-1")
    look = ProviderLook((ProviderPayment("pi_1", "O-1", ()),), "0" * 64, as_of)
    memory.note(order, look)
    news = [Touched("pi_1", "O-1", news_at), Touched("pi_2", "O-1", news_at)]
    unread = memory.unread(order, news)
    assert unread == (news[1:] if covered else news)
    assert memory.unread(OrderRef("O-2"), news) == news


def test_the_memory_has_an_end() -> None:
    memory = Lately(most=2)
    for number in range(3):
        payment = ProviderPayment(f"pi_{number}", None, ())
        memory.note(OrderRef(f"O-{number}"), ProviderLook((payment,), "0" * 64, READ_AT))
    long_ago = READ_AT - timedelta(days=1)
    told = [
        memory.unread(OrderRef(f"O-{n}"), [Touched(f"pi_{n}", None, long_ago)]) for n in range(3)
    ]
    assert [len(one) for one in told] == [1, 0, 0]
