"""The window goes on following: after a disk that was full, a sleep, and news in a long list."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui import store_care
from agent_app.desk.work.local import DiskFull
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.ids import CaseId
from tests.desk.sync.running import here, there
from tests.fakes.platform import FakePlatform


def test_a_disk_that_was_full_does_not_end_the_following(
    desk: Desk, platform: FakePlatform, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: bool(platform.streams))
    kept = desk.connection.store
    assert kept is not None
    failed: list[object] = []
    desk.connection.store_failed.connect(failed.append)
    with monkeypatch.context() as full:

        def no_room(*_: object) -> None:
            raise DiskFull("the disk is full")

        full.setattr(kept, "take_changes", no_room)
        platform.held(CaseId("case-2"))
        qtbot.waitUntil(lambda: bool(failed))
        assert "disk of this computer is full" in desk.window.notice.text
        assert here(kept) != there(platform), "control: nothing was taken in"
    platform.held(CaseId("case-3"))
    desk.connection.try_now()
    qtbot.waitUntil(lambda: here(kept) == there(platform), timeout=10_000)
    assert platform.loads == 1
    assert not desk.connection.is_away


def test_after_a_sleep_the_gateway_is_asked_at_once(
    desk: Desk, platform: FakePlatform, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: len(platform.streams) == 1)
    drift_s = store_care._drift_s
    desk.connection._care._on_watch()
    qtbot.wait(200)
    assert len(platform.streams) == 1, "control: it did not sleep"
    monkeypatch.setattr(store_care, "_drift_s", lambda: drift_s() + 3600)
    desk.connection._care._on_watch()
    qtbot.waitUntil(lambda: len(platform.streams) == 2)
    assert platform.loads == 1


@dataclass(frozen=True)
class _Long:
    """A list as long as wanted, made of one case."""

    one: QueueLine

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        return tuple(replace(self.one, id=CaseId(f"n-{number}")) for number in numbers)

    def number(self, case: CaseId) -> int | None:
        return int(case[2:]) if case.startswith("n-") else None


@pytest.mark.parametrize("chosen", [True, False])
def test_news_leave_a_long_list_where_it_is(desk: Desk, qtbot: QtBot, *, chosen: bool) -> None:
    panel, store, user = desk.window.work.queue, desk.connection.store, desk.connection.user
    assert store is not None
    assert user is not None
    numbers = store.numbers(QueueName.TEAM, user.actor.user, desk.connection.clock.now(), Order())
    long = _Long(store.lines(numbers)[0])
    desk.window.queue_view._pause.stop()
    desk.connection.queue_changed.disconnect(desk.window.queue_view._on_news)
    panel.show_numbers(array("q", range(1, 4001)), long, loading=False)
    if chosen:
        panel.select(CaseId("n-2010"))
    qtbot.waitUntil(lambda: panel.table.verticalScrollBar().maximum() > 2000)
    panel.table.verticalScrollBar().setValue(2000)
    place = panel.table.verticalScrollBar().value()
    assert place > 0
    panel.show_numbers(array("q", range(1, 4002)), long, loading=False)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4001)
    qtbot.wait(50)
    assert panel.table.verticalScrollBar().value() == place
    assert not chosen or panel.current_case() == CaseId("n-2010")
