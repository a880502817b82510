"""The queue: what belongs where, in which order, and that rows move without losing the place."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from agent_app.contract.messages import CaseRow, OpenAction, Queue
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.ui.queue_model import BLOCK, LINE_ROLE, QueueModel
from agent_app.desk.work.local import LocalStore, StoreName
from agent_app.desk.work.queue_rows import Column, Order, QueueLine, QueueName, line_of
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId, OrderRef, UserId
from agent_app.domain.money import Money
from tests.fakes.platform import FakePlatform

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ME = UserId("me")


@pytest.fixture(scope="module")
def row() -> CaseRow:
    platform = FakePlatform()
    platform.add_captured_without_order(1)
    return platform.cases(Queue.TEAM).rows[0]


@pytest.fixture(scope="module")
def line(row: CaseRow) -> QueueLine:
    return line_of(row)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    opened = StoreFolder(tmp_path).in_memory(StoreName.of("http://127.0.0.1:1", ME))
    yield opened
    opened.close()


def _rows(row: CaseRow, *numbers: int) -> tuple[CaseRow, ...]:
    return tuple(changed(row, id=CaseId(f"c{n}"), ref=OrderRef(f"PG-{n}")) for n in numbers)


def _lines(line: QueueLine, *numbers: int) -> tuple[QueueLine, ...]:
    return tuple(replace(line, id=CaseId(f"c{n}"), ref=OrderRef(f"PG-{n}")) for n in numbers)


def _put(store: LocalStore, *rows: CaseRow) -> None:
    store.take_loaded(store.begin_load(), rows)


def _found(
    store: LocalStore,
    queue: QueueName,
    order: Order | None = None,
    search: str = "",
    also: str = "",
) -> list[str]:
    cases = {CaseId(also)} if also else ()
    numbers = store.numbers(queue, ME, NOW, order or Order(), search, cases)
    return [line.id for line in store.lines(numbers)]


def test_a_claim_that_ran_out_leaves_my_queue(row: CaseRow, store: LocalStore) -> None:
    held, gone, others = _rows(row, 1, 2, 3)
    _put(
        store,
        changed(held, claim=Claim(ME, "Me", NOW + timedelta(seconds=1))),
        changed(gone, claim=Claim(ME, "Me", NOW)),
        changed(others, claim=Claim(UserId("you"), "You", NOW + timedelta(hours=1))),
    )
    assert _found(store, QueueName.MINE) == ["c1"]


def test_each_queue_holds_its_own(row: CaseRow, store: LocalStore) -> None:
    orphan, ended, waits, calm = _rows(row, 1, 2, 3, 4)
    asked = OpenAction(ActionKind.REFUND, ActionState.AWAITING_APPROVAL)
    _put(
        store,
        orphan,
        changed(ended, state=CaseState.RESOLVED),
        changed(waits, state=CaseState.WAITING_APPROVAL, open_action=asked),
        changed(calm, at_risk=Money(0, "CNY")),
    )
    assert sorted(_found(store, QueueName.TEAM)) == ["c1", "c3", "c4"]
    assert _found(store, QueueName.RESOLVED) == ["c2"]
    assert _found(store, QueueName.WAITING) == ["c3"]
    assert _found(store, QueueName.APPROVALS) == ["c3"]
    assert sorted(_found(store, QueueName.ORPHANS)) == ["c1", "c3"]


def test_the_loudest_and_most_urgent_stand_on_top(row: CaseRow, store: LocalStore) -> None:
    a, b, c = _rows(row, 1, 2, 3)
    assert row.deadline is not None
    sooner = replace(row.deadline, at=row.deadline.at - timedelta(minutes=9))
    _put(
        store,
        changed(a, level=Level.FLAG),
        changed(b, level=Level.CRITICAL),
        changed(c, level=Level.CRITICAL, deadline=sooner),
    )
    assert _found(store, QueueName.TEAM) == ["c3", "c2", "c1"]
    by_ref = Order(Column.ORDER, descending=True)
    assert _found(store, QueueName.TEAM, by_ref) == ["c3", "c2", "c1"]


def test_search_takes_every_word(row: CaseRow, store: LocalStore) -> None:
    _put(store, *_rows(row, 17, 18))
    assert _found(store, QueueName.TEAM, search="pg-17 test") == ["c17"]
    assert _found(store, QueueName.TEAM, search="pg-17 other") == []


def test_what_the_gateway_found_is_shown_though_no_line_tells_why(
    row: CaseRow, store: LocalStore
) -> None:
    """A part of a phone number is found by the gateway alone: lines hold no contact data."""
    _put(store, *_rows(row, 17, 18))
    assert _found(store, QueueName.TEAM, search="138 0013") == []
    assert _found(store, QueueName.TEAM, search="138 0013", also="c17") == ["c17"]
    assert _found(store, QueueName.RESOLVED, search="138 0013", also="c17") == []


class Given:
    """Lines by number, where the store would have them."""

    def __init__(self, *lines: QueueLine) -> None:
        self.kept = {int(line.id[1:]): line for line in lines}

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        return tuple(self.kept[number] for number in numbers if number in self.kept)

    def number(self, case: CaseId) -> int | None:
        return next((n for n, line in self.kept.items() if line.id == case), None)


def _show(model: QueueModel, *lines: QueueLine) -> None:
    given = Given(*lines)
    model.show(array("q", (int(line.id[1:]) for line in lines)), given)


def test_rows_come_go_and_move_and_the_current_one_stays(line: QueueLine, qapp: object) -> None:
    model = QueueModel(lambda: NOW)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    a, b, c, d = _lines(line, 1, 2, 3, 4)
    _show(model, a, b, c)
    kept = QPersistentModelIndex(model.index(1, 0))
    for shown in ((c, b, a), (d, c, b), (b, replace(d, version=9)), (a, b, c, d), (d, b)):
        _show(model, *shown)
        assert [model.line_at(row) for row in range(model.rowCount())] == list(shown)
        assert kept.data(LINE_ROLE).id == "c2"
    _show(model)
    assert not kept.isValid()


def test_a_long_queue_is_read_where_it_is_looked_at(line: QueueLine, qapp: object) -> None:
    model = QueueModel(lambda: NOW)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    read: list[int] = []

    class Long(Given):
        def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
            read.extend(numbers)
            return tuple(replace(line, id=CaseId(f"c{number}")) for number in numbers)

    model.show(array("q", range(100_000)), Long())
    read.clear()
    shown = model.line_at(70_000)
    assert shown is not None
    assert shown.id == "c70000"
    assert len(read) == BLOCK
    for row in range(0, 100_000, BLOCK):
        model.line_at(row)
    assert sum(len(block) for block in model._blocks.values()) <= 24 * BLOCK


def test_only_what_changed_is_painted_anew(line: QueueLine, qapp: object) -> None:
    model = QueueModel(lambda: NOW)
    a, b, c = _lines(line, 1, 2, 3)
    _show(model, a, b, c)
    assert model.line_at(0) == a
    painted: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: painted.append((first.row(), last.row())))
    _show(model, a, b, c)
    assert painted == []
    _show(model, a, replace(b, version=9), c)
    assert painted == [(1, 1)]


def test_a_case_that_went_meanwhile_leaves_an_empty_row(line: QueueLine, qapp: object) -> None:
    model = QueueModel(lambda: NOW)
    a, c = _lines(line, 1, 3)
    model.show([1, 2, 3], Given(a, c))
    assert [model.line_at(row) for row in range(3)] == [a, None, c]
    assert model.index(1, 0).data() is None


def test_an_order_is_called_what_people_can_read(line: QueueLine) -> None:
    cart = OrderRef("cart_01M834BA7NG45T0HHZ09NZC2RX")
    assert replace(line, ref=OrderRef("PG-7"), shop_number="00000012").name == "PG-7"
    assert replace(line, ref=OrderRef("9G5C5V46Y49L97KL"), shop_number="12").name != "#12"
    assert replace(line, ref=cart, shop_number=None).name == "cart_…NZC2RX"
    assert replace(line, ref=cart, shop_number="126").name == "#126"
    assert replace(line, ref=cart, shop_number="N-126").name == "N-126"
