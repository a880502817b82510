"""Many people who look at one order at once cost the shop one or two looks, each of them fresh."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_app.domain.ids import OrderRef
from agent_app.engines.port import EngineError
from agent_app.gateway.people_looks import PeopleLooks, TooManyLookersError

ORDER = OrderRef("O-1")


class Looker:
    """A shop whose looks take as long as `gate` is closed; keeps when each began."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.began: list[float] = []
        self.side_by_side = 0
        self.most_side_by_side = 0
        self._lock = threading.Lock()
        self.error: Exception | None = None

    def __call__(self) -> None:
        with self._lock:
            self.began.append(time.monotonic())
            self.side_by_side += 1
            self.most_side_by_side = max(self.most_side_by_side, self.side_by_side)
        self.gate.wait(10)
        with self._lock:
            self.side_by_side -= 1
        if self.error is not None:
            raise self.error


def wait_for(holds: object, within_s: float = 10) -> None:
    end = time.monotonic() + within_s
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.005)


def asks(looks: PeopleLooks, looker: Looker, ref: OrderRef = ORDER) -> float:
    """Ask, and return when."""
    at = time.monotonic()
    looks.look(ref, looker)
    return at


def test_eight_people_share_two_looks_and_each_look_is_younger_than_who_it_serves() -> None:
    looks, looker = PeopleLooks(most_people=8), Looker()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(asks, looks, looker)
        wait_for(lambda: looker.began)
        others = [pool.submit(asks, looks, looker) for _ in range(7)]
        wait_for(lambda: looks._places._value == 0)
        looker.gate.set()
        asked = [one.result(10) for one in others]
        assert first.result(10) < looker.began[0]
    assert len(looker.began) == 2
    assert max(asked) < looker.began[1]


def test_control_unshared_looks_are_eight() -> None:
    looker = Looker()
    looker.gate.set()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: looker(), range(8)))
    assert len(looker.began) == 8


def test_a_look_that_has_begun_serves_nobody_who_asks_later() -> None:
    looks, looker = PeopleLooks(), Looker()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(asks, looks, looker)
        wait_for(lambda: looker.began)
        second = pool.submit(asks, looks, looker)
        time.sleep(0.05)
        assert not second.done()
        looker.gate.set()
        first.result(10)
        assert second.result(10) < looker.began[1]


def test_orders_are_looked_at_side_by_side_but_not_all_at_once() -> None:
    looks, looker = PeopleLooks(at_once=2), Looker()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(asks, looks, looker, OrderRef(f"O-{n}")) for n in range(6)]
        wait_for(lambda: looker.side_by_side == 2)
        looker.gate.set()
        for one in asked:
            one.result(10)
    assert looker.most_side_by_side == 2
    assert len(looker.began) == 6


def test_a_shop_that_hangs_takes_so_many_people_and_no_more() -> None:
    looks, looker = PeopleLooks(at_once=2, most_people=3), Looker()
    with ThreadPoolExecutor(3) as pool:
        for number in range(3):
            pool.submit(asks, looks, looker, OrderRef(f"O-{number}"))
        wait_for(lambda: looks._places._value == 0)
        with pytest.raises(TooManyLookersError):
            looks.look(ORDER, looker)
        looker.gate.set()
    looks.look(ORDER, looker)


def test_all_who_waited_hear_of_the_failure_and_the_next_look_is_made() -> None:
    looks, looker = PeopleLooks(most_people=3), Looker()
    looker.error = EngineError("no answer")
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(asks, looks, looker)
        wait_for(lambda: looker.began)
        rest = [pool.submit(asks, looks, looker) for _ in range(2)]
        wait_for(lambda: looks._places._value == 0)
        looker.gate.set()
        for one in (first, *rest):
            with pytest.raises(EngineError):
                one.result(10)
    looker.error = None
    looks.look(ORDER, looker)
    assert not looks._coming
    assert not looks._latest
