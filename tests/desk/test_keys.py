"""Promise: every command has a name, a menu entry and a key that its person may change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.ui.commands import KEYS, NAMES, Command
from agent_app.desk.ui.keys import USUAL, is_usable
from agent_app.desk.ui.keys_sheet import KeysSheet
from agent_app.desk.ui.notice_sheet import NoticeSheet
from agent_app.desk.ui.shortcut_sheet import ShortcutSheet
from agent_app.desk.ui.words import keyed
from agent_app.desk.work import shortcuts
from agent_app.desk.work.preferences import Preferences
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId

WITHOUT_KEY = frozenset(
    {
        Command.OPEN,  # Enter, which the list itself takes
        Command.ASSIGN,
        Command.REVEAL,  # logged, so never by a slip of the hand
        Command.HEALTH,
        Command.DIAGNOSTICS,
        Command.ABOUT,
        Command.CHANGE_KEYS,
        Command.NOTICES,
    }
)
KEY = st.sampled_from(["G", "G, M", "G, T", "X", "Ctrl+L", "Ctrl+,", "G, ,", "F5", "Shift+X", "?"])


@pytest.fixture
def sheet(desk: Desk) -> Callable[[], KeysSheet]:
    def opened() -> KeysSheet:
        desk.window.commands[Command.CHANGE_KEYS].trigger()
        return [each for each in desk.window.findChildren(KeysSheet) if each.isVisible()][-1]

    return opened


def press(sheet: KeysSheet, command: Command, key: str) -> None:
    sheet.choose(command)
    sheet.field.setKeySequence(QKeySequence(key))
    sheet.field.editingFinished.emit()


def bound(desk: Desk, command: Command) -> list[str]:
    return [key.toString() for key in desk.window.commands[command].shortcuts()]


def test_every_command_has_a_name_a_menu_entry_and_a_key(desk: Desk) -> None:
    in_menus = [command for _, of in desk.window.commands.groups() for command in of]
    assert sorted(in_menus) == sorted(Command), "each once"
    assert set(NAMES) == set(Command)
    assert {command for command in Command if not KEYS.get(command)} <= WITHOUT_KEY


def test_no_two_commands_meet_by_their_usual_keys() -> None:
    assert shortcuts.is_usable(USUAL)
    assert is_usable(USUAL), "and Qt knows each as it is written"
    one_more = {**USUAL, "one more": ("G",)}
    assert not shortcuts.is_usable(one_more), "or the test would see nothing"


@given(st.dictionaries(st.sampled_from(["claim", "lock", "go_mine", "newer"]), st.lists(KEY)))
def test_whatever_is_chosen_no_two_keys_in_force_meet(chosen: dict[str, list[str]]) -> None:
    own = {name: tuple(keys) for name, keys in chosen.items()}
    if not shortcuts.is_usable(own):
        return
    held = shortcuts.in_force(USUAL, own)
    assert shortcuts.is_usable(held)
    assert set(held) == set(USUAL)
    assert {name: held[name] for name in own if name in held} == {
        name: keys for name, keys in own.items() if name in held
    }


@pytest.mark.parametrize(
    ("key", "letter"),
    [
        *((key, True) for key in ("C", "?", ",", "G, M", "Shift+C", "G, ,")),
        *((key, False) for key in ("Ctrl+,", "F5", "Esc", "Ctrl+K, C")),
    ],
)
def test_what_a_typist_types_is_a_letter(key: str, *, letter: bool) -> None:
    assert shortcuts.is_letter(key) is letter


def test_a_changed_key_acts_and_is_shown_everywhere(
    desk: Desk, sheet: Callable[[], KeysSheet], qtbot: QtBot
) -> None:
    window = desk.window
    window.open_case(CaseId("case-1"))
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    shown = sheet()
    press(shown, Command.ESCALATE, "Ctrl+E")
    assert bound(desk, Command.ESCALATE) == ["E"], "nothing before it is confirmed"
    qtbot.waitUntil(shown.isActiveWindow)
    QTest.keyClick(shown.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bound(desk, Command.ESCALATE) == ["Ctrl+E"]
    assert desk.preferences.keys == {"escalate": ("Ctrl+E",)}
    button = window.work.case.bar.button(ActionKind.ESCALATE)
    assert button is not None
    assert button._key == "Ctrl+E"
    window.commands[Command.SHORTCUTS].trigger()
    sheet_of_all = window.findChildren(ShortcutSheet)[-1]
    assert "Ctrl+E" in {label.text() for label in sheet_of_all.findChildren(QLabel)}
    sheet_of_all.reject()
    # The settings keep it when something else is chosen there.
    window.settings.letters.click()
    assert desk.preferences.keys == {"escalate": ("Ctrl+E",)}
    assert bound(desk, Command.ESCALATE) == ["Ctrl+E"]


def test_every_sentence_names_the_key_that_acts(
    desk: Desk, sheet: Callable[[], KeysSheet], qtbot: QtBot
) -> None:
    window = desk.window
    window.open_case(CaseId("case-1"))
    qtbot.waitUntil(lambda: window.work.case.file is not None)
    page, queue = window.work.case, window.work.queue
    assert page.header.claim.text() == "Claim  C"
    assert queue.search.placeholderText() == "Search (/)"
    assert "(C)" in page.bar.reason.text()
    shown = sheet()
    press(shown, Command.CLAIM, "Ctrl+Shift+A")
    shown.choose(Command.SEARCH)
    shown.none.click()
    assert shown.confirm()
    assert page.header.claim.text() == "Claim  Ctrl+Shift+A"
    assert queue.search.placeholderText() == "Search"
    assert "(Ctrl+Shift+A)" in page.bar.reason.text()
    assert not any("{key" in text for text in _said(window))
    shown.all_usual.click()
    assert shown.confirm()
    window.settings.letters.click()
    assert page.header.claim.text() == "Claim"
    assert queue.search.placeholderText() == "Search (Ctrl+F)"
    assert "(C)" not in page.bar.reason.text()


def _said(window: QWidget) -> list[str]:
    """Return what every label, button and tip says."""
    found = [widget.toolTip() for widget in window.findChildren(QWidget)]
    found += [label.text() for label in window.findChildren(QLabel)]
    return found + [button.text() for button in window.findChildren(QAbstractButton)]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_place_for_a_key_is_left_open_in_any_language(language: str) -> None:
    file = Path(__file__).parents[2] / f"resources/translations/desk_{language}.ts"
    text = file.read_text("utf-8")
    named = re.findall(r"\{key_(\w+)\}", text)
    assert len(named) > 20
    assert set(named) <= {command.value for command in Command}
    keyed.use({})
    # Each stands in a form that falls away without a key.
    assert "{key_" not in keyed.with_keys(text)


def test_the_settings_lead_to_the_keys_and_the_notices(desk: Desk) -> None:
    for button, kind in (
        (desk.window.settings.keys, KeysSheet),
        (desk.window.settings.notices, NoticeSheet),
    ):
        button.click()
        shown = [each for each in desk.window.findChildren(kind) if each.isVisible()]
        assert len(shown) == 1
        shown[0].reject()


def test_esc_leaves_the_keys_as_they_were(desk: Desk, sheet: Callable[[], KeysSheet]) -> None:
    shown = sheet()
    press(shown, Command.LOCK, "Ctrl+Shift+L")
    shown.reject()
    assert bound(desk, Command.LOCK) == ["Ctrl+L"]
    assert desk.preferences.keys == {}


@pytest.mark.parametrize(
    ("key", "because"),
    [("Ctrl+L", "Lock the desk"), ("G", "Go to my cases"), ("Space", "cannot be given away")],
)
def test_a_clash_is_told_in_words_and_changes_nothing(
    desk: Desk, sheet: Callable[[], KeysSheet], key: str, because: str
) -> None:
    shown = sheet()
    press(shown, Command.REFUND, key)
    assert shown.complaint.isVisible()
    assert because in shown.complaint.text()
    assert shown.confirm()
    assert desk.preferences.keys == {}


def test_a_key_is_freed_given_on_and_all_are_reset(
    desk: Desk, sheet: Callable[[], KeysSheet]
) -> None:
    shown = sheet()
    shown.choose(Command.LOCK)
    shown.none.click()
    press(shown, Command.REFUND, "Ctrl+L")
    shown.confirm()
    assert desk.preferences.keys == {"lock": (), "refund": ("Ctrl+L",)}
    shown.choose(Command.LOCK)
    shown.usual.click()
    assert "Refund" in shown.complaint.text()
    shown.choose(Command.REFUND)
    shown.usual.click()
    shown.confirm()
    assert desk.preferences.keys == {"lock": ()}
    shown.all_usual.click()
    shown.confirm()
    assert desk.preferences.keys == {}
    assert bound(desk, Command.LOCK) == ["Ctrl+L"]


def test_commands_are_found_by_a_few_letters(sheet: Callable[[], KeysSheet]) -> None:
    shown = sheet()
    shown.search.setText("lock")
    assert shown.command is Command.LOCK
    shown.search.setText("no such command at all")
    assert not shown.field.isEnabled()
    assert not shown.table.rowCount()


def test_single_letters_off_stay_off_for_own_letters(
    desk: Desk, sheet: Callable[[], KeysSheet]
) -> None:
    shown = sheet()
    press(shown, Command.REFRESH, "X")
    shown.confirm()
    assert bound(desk, Command.REFRESH) == ["X"]
    desk.window.commands.use_letters(letters=False)
    assert bound(desk, Command.REFRESH) == []


def test_own_keys_come_back_as_they_were_kept(tmp_path: Path) -> None:
    chosen = Preferences(keys={"refund": ("Ctrl+L",), "lock": ()})
    PreferenceFile(tmp_path / "desk.json").save(chosen)
    assert PreferenceFile(tmp_path / "desk.json").load() == chosen


@pytest.mark.parametrize("damage", [[], {"lock": "Ctrl+L"}, {"lock": [1]}, {"lock": None}])
def test_a_damaged_list_of_keys_is_kept_aside_and_said_so(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "desk.json"
    path.write_text(json.dumps({"format": 1, "keys": damage}), "utf-8")
    store = PreferenceFile(path)
    assert store.load() == Preferences()
    assert store.complaint is not None


@pytest.mark.parametrize(
    "own",
    [
        {"lock": ("X",), "refund": ("X",)},
        {"lock": ("Space",)},
        {"lock": ("Nonsense",)},
        {"lock": ("",)},
        {"lock": ("ctrl+l",)},
    ],
)
def test_keys_that_cannot_be_used_are_told(own: dict[str, tuple[str, ...]]) -> None:
    assert not is_usable(own)
    assert is_usable({"lock": ("Ctrl+Shift+L",)})
