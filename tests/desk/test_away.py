"""What the desk says while the gateway does not answer, and how old what it shows is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui import formats
from agent_app.desk.ui.away_bar import AwayBar
from agent_app.desk.ui.queue_panel import QueuePanel
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.words import freshness
from agent_app.desk.ui.words.freshness import Freshness
from agent_app.desk.work.errors import Incompatible, Unavailable, Unreachable
from agent_app.desk.work.local import DiskFull, KeyPlace, Rescued
from agent_app.desk.work.preferences import Language
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.desk.work.sync import Loading
from agent_app.domain.ids import CaseId
from tests.fakes.live import FakeLoad
from tests.fakes.platform import AMINA, FakePlatform

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(minutes=12)
GONE = Unreachable("gone")
FIRST = CaseId("case-1")
URL = "http://127.0.0.1:1"


class _NoLines:
    def number(self, _case: CaseId) -> int | None:
        return None

    def lines(self, _numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        return ()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a screen reader is told by bars."""
    said: list[str] = []

    class Reader:
        @staticmethod
        def updateAccessibility(event: str) -> None:  # noqa: N802
            said.append(event)

    monkeypatch.setattr("agent_app.desk.ui.notice.QAccessible", Reader)
    monkeypatch.setattr(
        "agent_app.desk.ui.notice.QAccessibleAnnouncementEvent", lambda _bar, text: text
    )
    return said


def _go_away(desk: Desk, platform: FakePlatform, qtbot: QtBot) -> None:
    platform.away = GONE
    qtbot.waitUntil(desk.window.away_bar.isVisible, timeout=8000)


def _come_back(desk: Desk, platform: FakePlatform, qtbot: QtBot) -> None:
    platform.away = None
    desk.window.away_bar.acted.emit()
    qtbot.waitUntil(desk.window.away_bar.isHidden, timeout=8000)


def _shows_age(desk: Desk) -> bool:
    return desk.window.work.case.header.age_shown


def _status(desk: Desk) -> str:
    return desk.window.status.synced_text


@pytest.mark.parametrize(
    ("fresh", "said"),
    [
        (Freshness(), "Cases: 3 · not all yet"),
        (Freshness(BEFORE), "Cases: 3 · synced 12 min ago"),
        (Freshness(BEFORE, away=True), "Cases: 3 · as of {time} · 12 min ago"),
        (Freshness(away=True), "Cases: 3 · not all yet"),
        (
            Freshness(BEFORE, Loading(12_000, 100_000)),
            "Cases: 3 · fetching 12,000 of 100,000 cases",
        ),
        (
            Freshness(BEFORE, Loading(12_000, 100_000), away=True),
            "Cases: 3 · stopped at 12,000 of 100,000 cases",
        ),
        # Cases that came while it was counted: never "100,500 of 100,000".
        (Freshness(None, Loading(100_500, 100_000)), "Cases: 3 · fetching 100,500 of 100,500"),
    ],
)
def test_the_status_line_says_how_old_the_cases_are(
    desk: Desk, fresh: Freshness, said: str
) -> None:
    # The desk's language is known only now: a moment is written by it.
    said = said.replace("{time}", formats.moment(BEFORE))
    assert freshness.synced(3, fresh, NOW).startswith(said)
    assert bool(freshness.synced(3, fresh, NOW)) is bool(said)
    assert freshness.synced(0, Freshness(away=True), NOW) == "No cases from the gateway yet"
    assert freshness.synced(0, Freshness(), NOW) == ""


def test_the_bar_says_what_since_when_how_old_and_what_goes_on(desk: Desk) -> None:
    bar = AwayBar()
    bar.show_away(GONE, BEFORE, BEFORE - timedelta(hours=3))
    bar.tick(NOW)
    assert f"cannot be reached since {formats.moment(BEFORE)} (12 min)" in bar.text
    assert f"from {formats.moment(BEFORE - timedelta(hours=3))}, 3 h ago" in bar.text
    assert "Money and contact data wait" in bar.text
    assert "Not sent yet" not in bar.text
    bar.show_unsent(4)
    assert "Not sent yet: 4" in bar.text
    bar.show_unsent(0)
    assert "Not sent yet" not in bar.text
    bar.show_back()
    bar.tick(NOW)
    bar.show_unsent(1)
    assert bar.isHidden(), "nothing brings it back but the gateway's going"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unavailable("stopping"), "cannot work at the moment"),
        (Incompatible(theirs="v9", ours="v1"), "speaks version v9"),
    ],
)
def test_the_bar_tells_other_troubles_by_their_own_words(
    desk: Desk, error: Exception, said: str
) -> None:
    text = freshness.away(error, BEFORE, None, NOW)
    assert said in text
    assert f"since {formats.moment(BEFORE)} (12 min)" in text
    assert "What you see" not in text, "nothing ever came"


def test_the_bar_is_read_out_once_and_not_every_minute(desk: Desk, heard: list[str]) -> None:
    bar = AwayBar()
    bar.show_away(GONE, BEFORE, BEFORE)
    assert len(heard) == 1
    for minutes in range(1, 10):
        bar.tick(BEFORE + timedelta(minutes=minutes))
    assert "(9 min)" in bar.text
    assert len(heard) == 1
    bar.show_back()
    bar.show_away(GONE, NOW, BEFORE)
    assert len(heard) == 2, "it went again"


def test_the_bar_speaks_the_language_in_force(desk: Desk, qtbot: QtBot, heard: list[str]) -> None:
    bar = desk.window.away_bar
    bar.show_away(GONE, BEFORE, BEFORE)
    bar.show_unsent(2)
    desk.languages.use(Language.CHINESE)
    qtbot.waitUntil(lambda: "网关" in bar.text)
    assert "gateway" not in bar.text
    assert len(heard) == 1


def test_a_gateway_that_goes_is_told_on_every_screen_until_it_is_back(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    window = desk.window
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    qtbot.waitUntil(lambda: "synced" in _status(desk))
    assert not _shows_age(desk)
    _go_away(desk, platform, qtbot)
    assert "as of" in _status(desk)
    assert _shows_age(desk)
    for place in Place:
        window.go(place)
        assert window.away_bar.isVisible()
        assert window.status.isVisible()
        assert "as of" in _status(desk), place
    _come_back(desk, platform, qtbot)
    qtbot.waitUntil(lambda: "synced" in _status(desk))
    assert not _shows_age(desk)


def test_what_is_clicked_meanwhile_is_counted_in_the_bar_and_goes_when_it_is_back(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    window = desk.window
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    _go_away(desk, platform, qtbot)
    window.case.claim()
    qtbot.waitUntil(lambda: "Not sent yet: 1" in window.away_bar.text)
    assert platform.sent == []
    _come_back(desk, platform, qtbot)
    qtbot.waitUntil(lambda: [what for what, _key in platform.sent] == ["claim"], timeout=8000)
    qtbot.waitUntil(lambda: not window.outbox.pending())


def test_a_sign_out_while_it_is_away_leaves_no_bar_and_no_locks_behind(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    window = desk.window
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    _go_away(desk, platform, qtbot)
    window.settings.sign_out_requested.emit()
    assert window.away_bar.isHidden()
    platform.away, platform.actor = None, AMINA
    window.sign_in(URL, "token")
    qtbot.waitUntil(lambda: window.work.queue.model.rowCount() == 3)
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    assert not _shows_age(desk), "the next person is on line"


def test_an_empty_queue_says_as_of_when_it_is_empty(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    panel = desk.window.work.queue
    desk.window.go(Place.MINE)
    qtbot.waitUntil(panel.empty.isVisible)
    assert "claim one" in panel.empty.text
    _go_away(desk, platform, qtbot)
    assert "So it was at" in panel.empty.text
    desk.window.go(Place.TEAM)
    qtbot.waitUntil(panel.table.isVisible)
    panel.search.setText("nobody has this")
    qtbot.waitUntil(panel.empty.isVisible)
    assert "on this computer" in panel.empty.text
    assert "Press Enter" not in panel.empty.text, "nobody is there to be asked"
    _come_back(desk, platform, qtbot)
    qtbot.waitUntil(lambda: "Press Enter" in panel.empty.text)


def test_a_queue_that_never_came_says_whether_it_comes(desk: Desk) -> None:
    panel = QueuePanel(lambda: NOW)
    panel.show_numbers((), _NoLines(), loading=True)
    assert panel.empty.title == "Fetching cases…"
    panel.show_freshness(Freshness(None, Loading(500, 2_000)))
    assert "500 of 2,000" in panel.empty.text
    panel.show_freshness(Freshness(away=True))
    assert panel.empty.title == "No cases on this computer yet"
    assert "guide works" in panel.empty.text


def test_yesterdays_queue_is_on_screen_with_its_age_though_nobody_answers(
    open_desk: Callable[..., Desk], platform: FakePlatform, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_desk(platform, None)
    first.connection.sign_in(URL, "token", KeyPlace.PASSPHRASE, "correct horse battery")
    qtbot.waitUntil(lambda: first.window.work.queue.model.rowCount() == 3, timeout=20_000)
    first.window.open_case(FIRST)
    qtbot.waitUntil(lambda: first.window.work.case.file is not None)
    first.window.close()
    platform.away = GONE
    second = open_desk(platform, None)
    second.connection.start(URL)
    with qtbot.waitSignal(second.connection.key_wanted, timeout=20_000):
        pass
    second.connection.unlock("correct horse battery")
    window = second.window
    qtbot.waitUntil(lambda: window.work.queue.model.rowCount() == 3, timeout=20_000)
    qtbot.waitUntil(window.away_bar.isVisible, timeout=8000)
    assert "What you see is from" in window.away_bar.text
    assert "as of" in _status(second)
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    assert _shows_age(second)


def test_a_part_of_the_queue_is_not_passed_off_as_all_after_a_start(
    open_desk: Callable[..., Desk],
    platform: FakePlatform,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Every first load is cut off after its first part of two.
    monkeypatch.setattr(platform, "first_load", lambda _days: FakeLoad(platform, 1))
    first = open_desk(platform, None)
    first.connection.sign_in(URL, "token", KeyPlace.PASSPHRASE, "correct horse battery")
    qtbot.waitUntil(lambda: first.window.work.queue.model.rowCount() == 2, timeout=20_000)
    qtbot.waitUntil(lambda: "stopped at 2 of 3" in _status(first))
    first.window.close()
    platform.away = GONE
    second = open_desk(platform, None)
    second.connection.start(URL)
    with qtbot.waitSignal(second.connection.key_wanted, timeout=20_000):
        pass
    second.connection.unlock("correct horse battery")
    qtbot.waitUntil(lambda: second.window.work.queue.model.rowCount() == 2, timeout=20_000)
    qtbot.waitUntil(second.window.away_bar.isVisible, timeout=8000)
    assert "not all yet" in _status(second)
    assert "What you see is from" not in second.window.away_bar.text
    monkeypatch.undo()
    platform.away = None
    second.connection.try_now()
    qtbot.waitUntil(lambda: second.window.work.queue.model.rowCount() == 3, timeout=20_000)
    qtbot.waitUntil(lambda: "synced" in _status(second))


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (0, "Nothing that waited to be sent is lost"),
        (2, "Not sent and lost: 2"),
        (None, "Whether more waited to be sent cannot be told"),
    ],
)
def test_a_damaged_file_is_told_until_the_agent_has_read_it(
    desk: Desk, qtbot: QtBot, lost: int | None, said: str
) -> None:
    window = desk.window
    bar = window.news.rescue_bar
    desk.connection.rescued.emit(Rescued((), lost))
    assert bar.isVisible()
    assert said in bar.text
    assert "Saved" not in bar.text
    window.open_case(FIRST)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    assert bar.isVisible(), "what may cost work is not gone with the next click"
    desk.languages.use(Language.CHINESE)
    qtbot.waitUntil(lambda: "损坏" in bar.text)


def test_a_disk_that_fails_is_told(desk: Desk) -> None:
    desk.connection.store_failed.emit(DiskFull("no room"))
    assert desk.window.notice.isVisible()
    assert "disk of this computer is full" in desk.window.notice.text
