"""Whatever order loads, changes and opened cases come in, the store has what a plain book has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agent_app.contract.messages import CaseRow
from agent_app.desk.store import cases
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName, line_of
from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId
from tests.desk.store.rows import COUNTS, DETAIL, ME, NAME, NOW, position, row

_STATES = (CaseState.FLAGGED, CaseState.RESOLVED, CaseState.WAITING_TECH)
_ROWS = st.builds(row, st.integers(0, 8), version=st.integers(1, 4), state=st.sampled_from(_STATES))


class Following(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = StoreFolder(Path()).in_memory(NAME)
        self.book: dict[CaseId, CaseRow] = {}
        self.told: set[CaseId] = set()
        """Since the load that is under way began."""
        self.load: int | None = None
        self.cursor = 0

    def teardown(self) -> None:
        self.store.close()

    def _write_down(self, rows: list[CaseRow]) -> None:
        for each in rows:
            known = self.book.get(each.id)
            if known is None or known.version <= each.version:
                self.book[each.id] = each
            self.told.add(each.id)

    @rule()
    def begin_load(self) -> None:
        self.load = self.store.begin_load()
        self.told = set()

    @precondition(lambda self: self.load is not None)
    @rule(rows=st.lists(_ROWS, max_size=5))
    def take_loaded(self, rows: list[CaseRow]) -> None:
        assert self.load is not None
        self.store.take_loaded(self.load, rows)
        self._write_down(rows)

    @precondition(lambda self: self.load is not None)
    @rule()
    def end_load(self) -> None:
        assert self.load is not None
        self.cursor += 1
        self.store.end_load(self.load, position(f"{self.cursor}"), COUNTS)
        self.book = {case: each for case, each in self.book.items() if case in self.told}
        self.load = None

    @rule(rows=st.lists(_ROWS, max_size=4))
    def take_changes(self, rows: list[CaseRow]) -> None:
        self.cursor += 1
        self.store.take_changes(rows, position(f"{self.cursor}"), COUNTS)
        self._write_down(rows)

    @rule(opened=_ROWS)
    def keep_detail(self, opened: CaseRow) -> None:
        self.store.keep_detail(msgspec.structs.replace(DETAIL, row=opened))
        self._write_down([opened])

    @invariant()
    def the_store_has_what_the_book_has(self) -> None:
        found: dict[CaseId, QueueLine] = {}
        for queue in (QueueName.TEAM, QueueName.RESOLVED):
            numbers = self.store.numbers(queue, ME, NOW, Order())
            lines = self.store.lines(numbers)
            assert len(lines) == len(numbers) == self.store.first(queue, ME, NOW, Order(), 1)[1]
            found |= {line.id: line for line in lines}
        assert found == {case: line_of(each) for case, each in self.book.items()}
        waiting = [each for each in self.book.values() if each.state is CaseState.WAITING_TECH]
        assert self.store.first(QueueName.WAITING, ME, NOW, Order(), 1)[1] == len(waiting)
        assert all(self.store.detail(case) is None for case in _ALL - self.book.keys())
        if self.cursor:
            assert self.store.position() == position(f"{self.cursor}")


_ALL = frozenset(row(number).id for number in range(9))

TestFollowing = Following.TestCase
TestFollowing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_news_without_the_stamp_of_a_load_are_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what is told during a load is thrown away at its end."""
    take = cases._take

    def forgetful(connection: Any, rows: Sequence[CaseRow], _load: int, **how: bool) -> None:
        take(connection, rows, 0, **how)

    monkeypatch.setattr(cases, "_take", forgetful)
    once = settings(max_examples=60, deadline=None, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Following, settings=once)
