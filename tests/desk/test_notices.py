"""Promise: whoever looks elsewhere is told what is new, once, and nothing of any customer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import AssignRequest
from agent_app.desk.main import Desk
from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.notice_sheet import NoticeSheet
from agent_app.desk.ui.notices import DeskNotices
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.tray import Outlet, Tray, outlet
from agent_app.desk.work.ageing import URGENT
from agent_app.desk.work.errors import Unauthenticated
from agent_app.desk.work.notices import (
    Look,
    Notice,
    NoticeChoice,
    NoticeKind,
    Notices,
    look_at,
)
from agent_app.desk.work.preferences import Preferences
from agent_app.desk.work.queue_rows import line_of
from agent_app.domain.ids import CaseId
from tests.desk.screens import sign_in_as
from tests.fakes.platform import LEAD, ME, FakePlatform

ONE, TWO = CaseId("case-1"), CaseId("case-2")
CASES = st.frozensets(st.sampled_from([CaseId(f"case-{number}") for number in range(6)]))


class Recorded(Outlet):
    """Keeps what is told, and shows nothing."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self.told: list[str] = []

    def tell(self, title: str, text: str) -> None:
        assert title
        self.told.append(text)


class Room:
    """A desk whose person looks elsewhere, and what he is told."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self._qtbot = desk, qtbot
        self.at_desk = False
        self.outlet = Recorded(desk)
        self.notices = DeskNotices(desk.window, desk.runner, self.outlet, lambda: self.at_desk)
        self.notices._timer.stop()
        self.looks: list[Look] = []
        self.look()

    @property
    def told(self) -> list[str]:
        return self.outlet.told

    def look(self) -> Look:
        """Look, and return what was seen."""
        before = self.notices._notices.before
        self.notices.look()
        self._qtbot.waitUntil(lambda: self.notices._notices.before is not before)
        seen = self.notices._notices.before
        assert seen is not None
        return seen

    def until(self, right: Callable[[Look], bool]) -> None:
        """Look until the store holds what the gateway told."""
        self._qtbot.waitUntil(lambda: right(self.look()))


@pytest.fixture
def room(desk: Desk, qtbot: QtBot) -> Room:
    return Room(desk, qtbot)


def assign(platform: FakePlatform, case: CaseId) -> None:
    platform.people[ME.user] = ME.name
    platform.assign(case, AssignRequest(user=ME.user), f"assign {case}")


@given(st.lists(st.tuples(CASES, CASES)))
def test_each_case_is_told_once_for_each_time_it_comes(
    seen: list[tuple[frozenset[CaseId], frozenset[CaseId]]],
) -> None:
    notices = Notices()
    before: Look | None = None
    for mine, approvals in seen:
        look = Look(frozenset(mine), approvals=frozenset(approvals))
        told = {each.kind: each.count for each in notices.new_in(look)}
        assert told.get(NoticeKind.ASSIGNED, 0) == (len(look.mine - before.mine) if before else 0)
        assert not notices.new_in(look), "nothing is new when one looks again"
        before = look


def test_a_deadline_is_told_under_five_minutes_and_once(platform: FakePlatform) -> None:
    now = datetime.now(UTC)
    line = line_of(platform.held(ONE).row(ME))
    assert line.deadline is not None

    def near(left: timedelta) -> Look:
        assert line.deadline is not None
        return look_at([replace(line, deadline=replace(line.deadline, at=now + left))], [], now)

    assert not near(URGENT + timedelta(seconds=1)).near
    assert not near(timedelta(seconds=-1)).near, "what is over is nothing to hurry for"
    assert not look_at([replace(line, deadline=None)], [], now).near
    notices = Notices(Look(frozenset({ONE})))
    assert notices.new_in(near(URGENT)) == (Notice(NoticeKind.DEADLINE, 1),)
    assert Notices().new_in(near(URGENT)) != (), "at the first look too"
    assert notices.new_in(near(URGENT)) == (), "each deadline once"
    assert notices.new_in(near(URGENT - timedelta(seconds=9))) != (), "another deadline again"


def test_what_a_lead_assigns_is_told_as_one_and_names_nobody(
    room: Room, platform: FakePlatform
) -> None:
    assign(platform, ONE)
    assign(platform, TWO)
    room.until(lambda look: look.mine >= {ONE, TWO})
    room.look()
    counted = [int(text.rsplit(": ", 1)[1].rstrip(".")) for text in room.told]
    assert sum(counted) == 2, room.told
    whole = " ".join(room.told)
    for case in (ONE, TWO):
        order = platform.held(case).order
        for secret in (order.ref, order.customer.name, str(case)):
            assert secret not in whole


def test_at_the_desk_nothing_is_told_and_nothing_later(room: Room, platform: FakePlatform) -> None:
    room.at_desk = True
    assign(platform, ONE)
    room.until(lambda look: ONE in look.mine)
    room.at_desk = False
    room.look()
    assert room.told == []


def test_what_one_claims_oneself_is_no_news(room: Room, qtbot: QtBot) -> None:
    window = room.desk.window
    window.open_case(ONE)
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    window.commands[Command.CLAIM].trigger()
    window.close_case()
    room.until(lambda look: ONE in look.mine)
    assert room.told == []


def test_an_approval_is_told_to_who_may_give_it(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    sign_in_as(LEAD, desk, qtbot)
    room = Room(desk, qtbot)
    platform.held(ONE).ask_refund(ME)
    platform._touch(ONE)
    room.until(lambda look: ONE in look.approvals)
    assert room.told == ["New requests for approval: 1."]
    room.outlet.clicked.emit()
    assert desk.window._place is Place.APPROVALS


def test_an_agent_is_not_told_of_approvals(room: Room, platform: FakePlatform) -> None:
    platform.held(ONE).ask_refund(ME)
    platform._touch(ONE)
    assign(platform, TWO)
    room.until(lambda look: TWO in look.mine)
    assert room.told == ["New cases assigned to you: 1."]


def test_a_sign_in_that_ended_is_told(room: Room) -> None:
    room.desk.connection.token_refused.emit(Unauthenticated("over"))
    assert room.told == ["The sign-in has ended. Sign in again."]
    room.outlet.clicked.emit()


def test_what_is_not_wanted_is_not_told_and_the_choice_is_kept(
    room: Room, platform: FakePlatform
) -> None:
    room.notices.choose()
    sheet = room.desk.window.findChildren(NoticeSheet)[-1]
    sheet.ticks[NoticeKind.ASSIGNED].click()
    sheet.confirm_button.click()
    assert room.desk.preferences.notices == NoticeChoice(assigned=False)
    assign(platform, ONE)
    room.until(lambda look: ONE in look.mine)
    assert room.told == []


def test_without_a_tray_the_window_says_it(desk: Desk, qtbot: QtBot) -> None:
    place = outlet(desk.window)
    if QSystemTrayIcon.isSystemTrayAvailable():
        pytest.skip("this machine has a tray")
    assert type(place) is Outlet
    place.tell("Title", "One.\nTwo.")
    assert desk.window.status.currentMessage() == "Title: One.  Two."


@pytest.mark.qt_log_ignore("systemTrayWindowChanged")  # the offscreen platform has no tray
def test_the_trays_menu_does_what_the_windows_does(desk: Desk) -> None:
    tray = Tray(desk.window)
    desk.window.go(Place.SETTINGS)
    texts = [action.text() for action in tray.menu.actions()]
    assert texts == ["Open the desk", "Go to my cases", "Lock the desk", "Quit"]
    tray.menu.actions()[1].trigger()
    assert desk.window._place is Place.MINE
    desk.entrance.lock.lock()
    enabled = [action.text() for action in tray.menu.actions() if action.isEnabled()]
    assert enabled == ["Open the desk", "Quit"]


def test_the_choice_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    chosen = Preferences(notices=NoticeChoice(deadline=False))
    PreferenceFile(tmp_path / "desk.json").save(chosen)
    assert PreferenceFile(tmp_path / "desk.json").load() == chosen


@pytest.mark.parametrize("damage", [[], {"deadline": "no"}, {"deadline": 1}])
def test_a_damaged_choice_is_kept_aside_and_said_so(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "desk.json"
    path.write_text(json.dumps({"format": 1, "notices": damage}), "utf-8")
    store = PreferenceFile(path)
    assert store.load() == Preferences()
    assert store.complaint is not None
