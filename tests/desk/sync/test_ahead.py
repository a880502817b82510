"""A first load is read while it is written, in parts that grow; an error comes after what came."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from agent_app.contract.messages import CaseRow
from agent_app.desk.work.ahead import COLLECTED_EVERY, Part, ahead, gathered, seldom_collected
from agent_app.desk.work.errors import GatewayFailed, Unreachable
from tests.desk.sync.running import until
from tests.fakes.live import FakeLoad
from tests.fakes.platform import FakePlatform

_platform = FakePlatform()
_platform.add_captured_without_order(1)
HEAD, ONE = FakeLoad(_platform, None)


def rows(number: int) -> tuple[CaseRow, ...]:
    assert isinstance(ONE, tuple)
    return ONE * number


def _many(part: Part) -> int:
    assert isinstance(part, tuple)
    return len(part)


class Load:
    """Parts, as from a gateway; counts what was read of it, and can be hung up."""

    def __init__(self, parts: list[Part | Exception], *, waits: bool = False) -> None:
        self._parts, self._waits = parts, waits
        self.read = 0
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[Part]:
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            self.read += 1
            yield part
        if self._waits:
            self.closed.wait(30)
            raise Unreachable("hung up")

    def close(self) -> None:
        self.closed.set()


def test_parts_are_read_ahead_and_no_further_than_allowed() -> None:
    load = Load([HEAD, *(rows(1) for _ in range(20))])
    with closing(ahead(load, 4)) as parts:
        assert next(parts) is HEAD
        # Four wait, and one is at the door.
        until(lambda: load.read == 6)
        time.sleep(0.2)
        assert load.read == 6
        assert len(list(parts)) == 20


def test_an_error_comes_where_it_was_met() -> None:
    with closing(ahead(Load([HEAD, rows(2), GatewayFailed("cut off")]), 4)) as parts:
        assert next(parts) is HEAD
        assert isinstance(next(parts), tuple)
        with pytest.raises(GatewayFailed, match="cut off"):
            next(parts)


def test_whoever_leaves_early_hangs_up_and_leaves_no_thread() -> None:
    before = threading.active_count()
    load = Load([HEAD, rows(1)], waits=True)
    parts = ahead(load, 4)
    assert next(parts) is HEAD
    parts.close()
    assert load.closed.is_set()
    assert threading.active_count() == before
    full = Load([HEAD, *(rows(1) for _ in range(20))])
    parts = ahead(full, 2)
    next(parts)
    parts.close()
    assert threading.active_count() == before


def test_parts_double_up_to_the_most_and_nothing_is_left_out() -> None:
    came: Iterator[Part] = iter([HEAD, *(rows(5) for _ in range(41))])
    sizes = [_many(part) for part in gathered(came, 40, 60, lambda: 0.0) if part is not HEAD]
    assert sizes[:4] == [5, 5, 10, 20]
    assert max(sizes) == 40
    assert sum(sizes) == 5 * 41


def test_nothing_waits_long_for_more() -> None:
    now = [0.0]

    def slowly() -> Iterator[Part]:
        for part in [rows(5)] * 8:
            now[0] += 1.0
            yield part

    assert [_many(part) for part in gathered(slowly(), 1_000, 0.5, lambda: now[0])] == [5] * 8
    assert len(list(gathered(iter([rows(5)] * 8), 1_000, 0.5, lambda: 0.0))) < 8, "control"


def test_what_came_before_an_error_is_given_first() -> None:
    def cut() -> Iterator[Part]:
        yield from [rows(5)] * 4
        raise GatewayFailed("cut off")

    given = gathered(cut(), 1_000, 60, lambda: 0.0)
    assert [_many(next(given)) for _ in range(3)] == [5, 5, 10]
    with pytest.raises(GatewayFailed):
        next(given)


def test_rings_are_looked_for_as_before_once_a_load_has_failed() -> None:
    before = gc.get_threshold()

    def failed() -> None:
        with seldom_collected():
            assert gc.get_threshold()[0] == COLLECTED_EVERY > before[0]
            raise GatewayFailed("cut off")

    with pytest.raises(GatewayFailed):
        failed()
    assert gc.get_threshold() == before
