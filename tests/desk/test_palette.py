"""Promise: Ctrl+K reaches every command, screen and case by a few letters, and nothing unsafe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import NAMES, Command
from agent_app.desk.ui.palette_sheet import Entry, PaletteSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.work.matching import ranked, score
from agent_app.desk.work.preferences import Language
from agent_app.domain.ids import CaseId
from tests.fakes.platform import FakePlatform

Opened = Callable[[], PaletteSheet]


@pytest.fixture
def palette(desk: Desk) -> Opened:
    def opened() -> PaletteSheet:
        desk.window.commands[Command.PALETTE].trigger()
        sheets = [each for each in desk.window.findChildren(PaletteSheet) if each.isVisible()]
        return sheets[-1]

    return opened


def lines(sheet: PaletteSheet) -> list[Entry]:
    return list(sheet.entries.entries)


def press(sheet: PaletteSheet, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(sheet, key)


def test_every_command_is_in_it_with_its_keys(desk: Desk, palette: Opened) -> None:
    sheet = palette()
    found = {line.command: line for line in lines(sheet)}
    assert set(found) == set(Command) - {Command.PALETTE}
    assert found[Command.REFUND].hint == "F"
    assert found[Command.LOCK].hint == "Ctrl+L"
    # Without an open case nothing of a case can be done, and that stands last.
    assert not found[Command.REFUND].enabled
    states = [line.enabled for line in lines(sheet)]
    assert states == sorted(states, reverse=True)
    assert desk.window.commands[Command.PALETTE].shortcut().toString() == "Ctrl+K"


def test_a_screen_is_three_letters_away(desk: Desk, palette: Opened) -> None:
    sheet = palette()
    sheet.field.setText("set")
    assert lines(sheet)[0].command is Command.GO_SETTINGS
    press(sheet, Qt.Key.Key_Return)
    assert desk.window.screens.currentWidget() is desk.window.settings


def test_what_was_used_last_stands_first(palette: Opened) -> None:
    sheet = palette()
    sheet.field.setText("guide")
    press(sheet, Qt.Key.Key_Return)
    assert lines(palette())[0].command is Command.GO_GUIDE


def test_a_case_is_found_by_its_number_and_opened(
    desk: Desk, palette: Opened, platform: FakePlatform, qtbot: QtBot
) -> None:
    desk.window.go(Place.SETTINGS)
    order = platform.held(CaseId("case-2")).order.ref
    sheet = palette()
    sheet.field.setText(str(order))
    qtbot.waitUntil(lambda: any(line.case == "case-2" for line in lines(sheet)))
    assert lines(sheet)[0].case == "case-2"
    assert "王**" in lines(sheet)[0].text, "masked as everywhere"
    press(sheet, Qt.Key.Key_Return)
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == "case-2")


def test_what_cannot_be_done_is_not_done(desk: Desk, palette: Opened) -> None:
    sheet = palette()
    sheet.field.setText("refund")
    assert lines(sheet)[0].command is Command.REFUND
    invoked: list[object] = []
    desk.window.commands.invoked.connect(invoked.append)
    press(sheet, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert not invoked


def test_esc_does_nothing_and_arrows_stay_within_the_list(desk: Desk, palette: Opened) -> None:
    invoked: list[object] = []
    sheet = palette()
    desk.window.commands.invoked.connect(invoked.append)
    press(sheet, Qt.Key.Key_Up)
    assert sheet.list.currentIndex().row() == 0
    press(sheet, *[Qt.Key.Key_PageDown] * 20)
    assert sheet.list.currentIndex().row() == len(lines(sheet)) - 1
    press(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert not invoked


def test_words_that_nothing_goes_by_are_looked_for_in_the_queue(
    desk: Desk, palette: Opened, qtbot: QtBot
) -> None:
    desk.window.go(Place.GUIDE)
    asked: list[str] = []
    desk.window.work.queue.search_asked.connect(asked.append)
    sheet = palette()
    sheet.field.setText("#9988")
    assert sheet.nothing.isVisible()
    press(sheet, Qt.Key.Key_Return)
    assert desk.window.work.queue.search.text() == "#9988"
    qtbot.waitUntil(lambda: asked == ["#9988"])


def test_in_chinese_both_names_are_known(desk: Desk, palette: Opened) -> None:
    desk.languages.use(Language.CHINESE)
    sheet = palette()
    sheet.field.setText("设置")
    assert lines(sheet)[0].command is Command.GO_SETTINGS
    sheet.field.setText("settings")
    assert lines(sheet)[0].command is Command.GO_SETTINGS


def test_a_locked_desk_has_no_palette(desk: Desk) -> None:
    desk.entrance.lock.lock()
    desk.window.commands[Command.PALETTE].trigger()
    assert not [each for each in desk.window.findChildren(PaletteSheet) if each.isVisible()]


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("refund", "Refund…", "Tell about a refund"),
        ("go set", "Go to settings", "Forgotten settings"),
        ("rsp", "Recheck shop and provider", "Resolve…"),
        ("éscalate", "Escalate…", "Release"),
    ],
)
def test_the_better_name_comes_first(typed: str, better: str, worse: str) -> None:
    assert ranked(typed, [("worse", [worse]), ("better", [better])])[0] == "better"


@given(st.sampled_from(sorted(NAMES.values())), st.data())
def test_every_name_is_found_by_itself_and_by_any_part_of_it(
    name: str, data: st.DataObject
) -> None:
    assert score(name, name) == 5
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert score(name[start:end], name) > 0
    assert score(name + "ẞx", name) == 0, "control"
