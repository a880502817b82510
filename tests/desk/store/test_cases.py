"""The cases on this machine follow what the gateway told, and outlast a restart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from agent_app.desk.store import cases
from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.queue_rows import Order, QueueName, line_of
from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId
from agent_app.guides import load_guide
from tests.desk.store.conftest import Open
from tests.desk.store.rows import COUNTS, DETAIL, ME, NAME, NOW, position, row
from tests.fakes.platform import FakePlatform


def _team(store: Store) -> list[str]:
    numbers = store.numbers(QueueName.TEAM, ME, NOW, Order())
    return [line.id for line in store.lines(numbers)]


def _many(store: Store, queue: QueueName = QueueName.TEAM) -> int:
    return store.first(queue, ME, NOW, Order(), 1)[1]


def test_a_store_without_a_word_from_the_gateway_is_empty(store: Store) -> None:
    assert store.session() is None
    assert store.position() is None
    assert store.counts() is None
    assert store.guide() is None
    assert store.line(CaseId("C1")) is None
    assert store.detail(CaseId("C1")) is None
    assert store.first(QueueName.TEAM, ME, NOW, Order(), 10) == ((), 0)


def test_what_was_told_is_there_after_a_restart(reopen: Open) -> None:
    store, session, guide = reopen(), FakePlatform().session(), load_guide()
    store.keep_session(session)
    store.keep_guide(guide)
    store.take_changes([row(1), row(2)], position("7"), COUNTS)
    store.keep_detail(DETAIL)
    again = reopen()
    assert again.session() == session
    assert again.guide() == guide
    assert again.position() == position("7")
    assert again.counts() == COUNTS
    assert again.line(CaseId("C000002")) == line_of(row(2))
    kept = again.detail(DETAIL.row.id)
    assert kept is not None
    assert kept.detail == DETAIL
    assert again.line(DETAIL.row.id) == line_of(DETAIL.row)


def test_an_older_version_never_replaces_a_newer_one(store: Store) -> None:
    newer, older = row(1, version=5), row(1, version=4, state=CaseState.RESOLVED)
    store.take_changes([newer, older], position(), COUNTS)
    store.take_changes([older], position(), COUNTS)
    assert store.line(newer.id) == line_of(newer)
    assert (_many(store), _many(store, QueueName.RESOLVED)) == (1, 0)


def test_a_newer_version_moves_to_its_queue(store: Store) -> None:
    store.take_changes([row(1), row(2)], position(), COUNTS)
    store.take_changes([row(1, version=9, state=CaseState.RESOLVED)], position(), COUNTS)
    assert _team(store) == ["C000002"]
    assert (_many(store), _many(store, QueueName.RESOLVED)) == (1, 1)


def test_the_number_of_a_case_that_is_gone_is_never_anothers(store: Store) -> None:
    store.take_changes([row(1), row(2)], position(), COUNTS)
    before = list(store.numbers(QueueName.TEAM, ME, NOW, Order()))
    load = store.begin_load()
    store.end_load(load, position(), COUNTS)
    store.take_changes([row(3)], position(), COUNTS)
    assert store.lines(before) == ()
    assert not set(store.numbers(QueueName.TEAM, ME, NOW, Order())) & set(before)


def test_lines_come_in_the_order_asked_for(store: Store) -> None:
    store.take_changes([row(1), row(2), row(3)], position(), COUNTS)
    numbers = list(store.numbers(QueueName.TEAM, ME, NOW, Order()))
    assert [line.id for line in store.lines([numbers[2], 999, numbers[0]])] == [
        "C000003",
        "C000001",
    ]


class TestALoad:
    def test_what_is_there_stays_readable_until_the_end(self, store: Store) -> None:
        store.take_changes([row(1), row(2)], position("old"), COUNTS)
        load = store.begin_load()
        store.take_loaded(load, [row(2), row(3)])
        assert _team(store) == ["C000001", "C000002", "C000003"]
        assert store.position() == position("old")
        store.end_load(load, position("new"), COUNTS)
        assert _team(store) == ["C000002", "C000003"]
        assert store.position() == position("new")
        assert _many(store) == 2

    def test_what_is_told_meanwhile_is_not_lost(self, store: Store) -> None:
        store.take_changes([row(1), row(2)], position(), COUNTS)
        load = store.begin_load()
        store.take_changes([row(1, version=7), row(4)], position(), COUNTS)
        opened = msgspec.structs.replace(DETAIL, row=row(5))
        store.keep_detail(opened)
        # The load began before: it brings an older version of one, and the others not at all.
        store.take_loaded(load, [row(1, version=6)])
        store.end_load(load, position(), COUNTS)
        assert _team(store) == ["C000001", "C000004", "C000005"]
        line = store.line(CaseId("C000001"))
        assert line is not None
        assert line.version == 7

    def test_a_first_one_takes_a_case_twice_where_it_moved_or_was_searched_for(
        self, store: Store
    ) -> None:
        load = store.begin_load()
        store.take_loaded(load, [row(1), row(2), row(3, version=3)])
        store.take_changes([row(5, version=9)], position(), COUNTS)
        store.take_loaded(load, [row(4), row(2, version=4), row(3, version=2), row(5)])
        store.end_load(load, position(), COUNTS)
        team = _team(store)
        assert team == ["C000001", "C000002", "C000003", "C000004", "C000005"]
        assert _many(store) == 5
        lines = [store.line(CaseId(case)) for case in team]
        assert [line.version for line in lines if line] == [row(1).version, 4, 3, row(4).version, 9]

    def test_rows_that_did_not_change_stay_with_their_numbers(self, store: Store) -> None:
        store.take_changes([row(1), row(2)], position(), COUNTS)
        before = list(store.numbers(QueueName.TEAM, ME, NOW, Order()))
        load = store.begin_load()
        store.take_loaded(load, [row(1), row(2)])
        store.end_load(load, position(), COUNTS)
        assert list(store.numbers(QueueName.TEAM, ME, NOW, Order())) == before

    def test_the_same_version_told_otherwise_is_taken(self, store: Store) -> None:
        store.take_changes([row(1)], position(), COUNTS)
        load = store.begin_load()
        store.take_loaded(load, [row(1, shop_label="Another name")])
        store.end_load(load, position(), COUNTS)
        line = store.line(CaseId("C000001"))
        assert line is not None
        assert line.shop == "Another name"

    def test_one_that_was_cut_off_leaves_what_it_brought(self, reopen: Open) -> None:
        store = reopen()
        store.take_loaded(store.begin_load(), [row(1), row(2)])
        again = reopen()
        assert again.position() is None
        assert _team(again) == ["C000001", "C000002"]
        assert _many(again) == 2
        load = again.begin_load()
        again.take_loaded(load, [row(2)])
        again.end_load(load, position(), COUNTS)
        assert _team(again) == ["C000002"]

    def test_an_opened_case_that_is_gone_is_forgotten(self, store: Store) -> None:
        store.keep_detail(DETAIL)
        load = store.begin_load()
        store.end_load(load, position(), COUNTS)
        assert store.detail(DETAIL.row.id) is None


def test_only_the_cases_that_were_opened_last_stay(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "MOST_DETAILS", 2)
    for number in (1, 2, 3):
        at = DETAIL.as_of + timedelta(minutes=number)
        store.keep_detail(msgspec.structs.replace(DETAIL, row=row(number), as_of=at))
    kept = [store.detail(CaseId(f"C00000{number}")) is not None for number in (1, 2, 3)]
    assert kept == [False, True, True]


def test_an_older_look_never_replaces_a_newer_one(store: Store) -> None:
    store.keep_detail(DETAIL)
    earlier = DETAIL.as_of - timedelta(minutes=1)
    store.keep_detail(msgspec.structs.replace(DETAIL, as_of=earlier, notes=()))
    kept = store.detail(DETAIL.row.id)
    assert kept is not None
    assert kept.detail.as_of == DETAIL.as_of


def test_a_row_of_unreadable_marks_is_taken_without_them(store: Store) -> None:
    store.take_changes([row(1, marks="no marks!")], position(), COUNTS)
    assert _team(store) == ["C000001"]


def test_in_memory_nothing_is_written(tmp_path: Path) -> None:
    base = tmp_path / "stores"
    store = StoreFolder(base).in_memory(NAME)
    store.take_changes([row(1)], position(), COUNTS)
    assert _team(store) == ["C000001"]
    assert not base.exists()
    store.close()


def test_a_case_is_found_by_its_number_in_the_store(store: Store) -> None:
    store.take_changes([row(1), row(2)], position(), COUNTS)
    number = store.number(CaseId("C000002"))
    assert number is not None
    assert [line.id for line in store.lines([number])] == ["C000002"]
    assert store.number(CaseId("C000009")) is None


def test_what_the_gateway_found_is_found_as_well(store: Store) -> None:
    resolved = row(3, state=CaseState.RESOLVED)
    store.take_changes([row(1), row(2), resolved], position(), COUNTS)

    def found(search: str, *also: str) -> list[str]:
        cases = frozenset(map(CaseId, also))
        numbers = store.numbers(QueueName.TEAM, ME, NOW, Order(), search, also=cases)
        return [line.id for line in store.lines(numbers)]

    assert found("nobody") == []
    assert found("nobody", "C000002", "C000009") == ["C000002"]
    assert found("00000001", "C000002") == ["C000001", "C000002"]
    assert found("00000001 nobody", "C000003") == [], "it is in another queue"
    assert found("", "C000002") == ["C000001", "C000002"]
