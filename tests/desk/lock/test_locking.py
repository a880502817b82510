"""Promise: a locked desk shows nothing and does nothing, and opens where it was left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.adapters import adapters_in
from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.passphrase_sheet import PassphraseSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.ids import CaseId
from tests.fakes.platform import FakePlatform

URL = "http://127.0.0.1:1"
WORDS = "回到杭州 in autumn"
FIRST = CaseId("case-1")


class Seat:
    """A desk of one profile folder, and the agent at it."""

    def __init__(self, qtbot: QtBot, qapp: object, folder: Path, platform: FakePlatform) -> None:
        self.qtbot = qtbot
        self._qapp, self._folder, self._platform = qapp, folder, platform
        self.desks: list[Desk] = []

    def start(self, gateway: str | None = None, token: str | None = None) -> Desk:
        adapters = adapters_in(self._folder, lambda _url, _token: self._platform)
        adapters = replace(adapters, place=None)
        desk = Desk(self._qapp, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)  # type: ignore[arg-type]
        self.desks.append(desk)
        desk.start(gateway, token)
        return desk

    def end(self) -> None:
        for desk in self.desks:
            desk.window.close()
            desk.window.deleteLater()
            desk.deleteLater()
        self.desks.clear()

    def signed_in(self, desk: Desk) -> None:
        self.qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3)

    def with_passphrase(self) -> Desk:
        """Sign in by a token, and choose a passphrase."""
        desk = self.start()
        page = desk.window.connect_page
        page.show_keeping(keeps=False)
        page.gateway.setText(URL)
        page.token.setText("token")
        page.key_choice.by_passphrase.click()
        page.key_choice.passphrase.setText(WORDS)
        page.key_choice.again.setText(WORDS)
        page.button.click()
        self.signed_in(desk)
        return desk

    def with_token(self) -> Desk:
        """Start with a token that was handed over: nothing is kept."""
        desk = self.start(URL, "token")
        self.signed_in(desk)
        return desk


@pytest.fixture
def seat(qtbot: QtBot, qapp: object, tmp_path: Path, platform: FakePlatform) -> Iterator[Seat]:
    made = Seat(qtbot, qapp, tmp_path, platform)
    yield made
    made.end()


def shown(desk: Desk) -> str:
    """Return every text that can be seen on the desk's windows."""
    texts = [desk.window.windowTitle()]
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            labels = [each for each in window.findChildren(QLabel) if each.isVisible()]
            texts += [label.text() for label in labels]
    return "\n".join(texts)


def seen(desk: Desk) -> list[QWidget]:
    """Return the parts of the window that are on screen."""
    window = desk.window
    parts = (window.centralWidget(), window.menuBar(), window.statusBar(), desk.entrance.lock.page)
    return [part for part in parts if part is not None and part.isVisible()]


def is_open(desk: Desk) -> bool:
    return desk.connection.store is not None


def is_locked(desk: Desk) -> bool:
    return desk.entrance.lock.is_locked


def lock(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("kind", ["with_passphrase", "with_token"])
def test_a_locked_desk_shows_nothing_and_no_command_acts(seat: Seat, kind: str) -> None:
    desk: Desk = getattr(seat, kind)()
    desk.window.open_case(FIRST)
    seat.qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    reference = desk.window.work.case.file
    assert reference is not None
    desk.window.activateWindow()
    lock(desk)
    assert seen(desk) == [desk.entrance.lock.page]
    assert desk.entrance.lock.page.geometry() == desk.window.rect()
    assert reference.line.ref not in shown(desk)
    for command, action in desk.window.commands.by_command.items():
        assert action.isEnabled() is (command is Command.QUIT), command
    desk.window.resize(1100, 700)
    seat.qtbot.waitUntil(lambda: desk.entrance.lock.page.geometry() == desk.window.rect())


def test_sheets_go_when_it_is_locked(seat: Seat) -> None:
    desk = seat.with_token()
    sheet = QDialog(desk.window)
    sheet.open()
    desk.entrance.lock.lock()
    assert not sheet.isVisible()


def test_a_locked_store_is_shut_and_opens_with_the_passphrase_alone(seat: Seat) -> None:
    desk = seat.with_passphrase()
    store = desk.connection.store
    assert store is not None
    desk.window.open_case(FIRST)
    note = desk.window.work.case.tabs.note
    seat.qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    note.setPlainText("half a sentence")
    desk.entrance.lock.lock()
    assert not is_open(desk)
    page = desk.entrance.lock.page
    assert page.passphrase.isVisible()
    page.passphrase.setText("something else")
    page.unlock.click()
    seat.qtbot.waitUntil(page.complaint.isVisible)
    assert not is_open(desk)
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk))
    assert page not in seen(desk)
    assert len(seen(desk)) == 3
    opened = desk.connection.store
    assert opened is not None
    assert opened.draft(FIRST, "note") == "half a sentence"
    seat.signed_in(desk)
    assert desk.window.case.case == FIRST, "where it was left"
    seat.qtbot.waitUntil(lambda: note.toPlainText() == "half a sentence")
    assert desk.window.commands[Command.GO_MINE].isEnabled()


def test_the_next_start_asks_for_the_passphrase_and_shows_the_queue(seat: Seat) -> None:
    seat.with_passphrase()
    seat.end()
    desk = seat.start(URL)
    page = desk.entrance.lock.page
    seat.qtbot.waitUntil(page.passphrase.isVisible)
    assert seen(desk) == [page]
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.signed_in(desk)
    assert not is_locked(desk)


def test_a_store_in_memory_stays_open_under_the_cover(seat: Seat) -> None:
    desk = seat.with_token()
    store = desk.connection.store
    assert store is not None
    store.keep_draft(FIRST, "note", "half a sentence")
    lock(desk)
    assert is_locked(desk)
    assert "Nothing is on the disk" in shown(desk)
    desk.entrance.lock.page.unlock.click()
    assert not is_locked(desk)
    assert desk.connection.store is store
    assert store.draft(FIRST, "note") == "half a sentence"


@pytest.mark.parametrize("kind", ["with_passphrase", "with_token"])
def test_signing_out_at_the_lock_leaves_nothing(seat: Seat, kind: str, tmp_path: Path) -> None:
    desk: Desk = getattr(seat, kind)()
    desk.entrance.lock.lock()
    page = desk.entrance.lock.page
    page.sign_out.click()
    assert "unsent clicks" in page.complaint.text()
    assert is_locked(desk), "what it costs is said first"
    page.sign_out.click()
    window = desk.window
    seat.qtbot.waitUntil(lambda: window.screens.currentWidget() is window.connect_page)
    assert not is_locked(desk)
    assert not list(tmp_path.rglob("*.wrapped"))
    seat.qtbot.waitUntil(lambda: not list(tmp_path.rglob("*.db")))


def test_without_anybody_signed_in_nothing_is_locked(seat: Seat) -> None:
    desk = seat.start()
    lock(desk)
    assert not is_locked(desk)


def test_nobody_at_the_desk_locks_it(seat: Seat) -> None:
    desk = seat.with_token()
    watch = desk.entrance.lock.watch
    ahead = [0.0]
    watch._ticks = lambda: time.monotonic() + ahead[0]
    watch.begin()
    assert watch._after_s == 600
    for _ in range(310):
        ahead[0] += 2
        watch.look()
    assert is_locked(desk)


def test_what_is_chosen_in_the_settings_counts(seat: Seat) -> None:
    desk = seat.with_token()
    box = desk.window.settings.lock
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert desk.entrance.lock.watch._after_s == 60


def test_a_key_that_is_gone_can_be_given_up(seat: Seat, tmp_path: Path) -> None:
    seat.with_passphrase()
    seat.end()
    [file] = tmp_path.rglob("*.wrapped")
    file.unlink()
    desk = seat.start(URL)
    page = desk.entrance.lock.page
    seat.qtbot.waitUntil(page.anew.isVisible)
    page.anew.click()
    window = desk.window
    seat.qtbot.waitUntil(lambda: window.screens.currentWidget() is window.connect_page)
    seat.qtbot.waitUntil(window.connect_page.complaint.isVisible)
    assert "Sign in to go on" in window.connect_page.complaint.text()
    assert not list(tmp_path.rglob("*.db"))


def test_who_signs_in_where_his_store_is_gives_its_passphrase_and_goes_on(seat: Seat) -> None:
    """His session is not lost meanwhile, and neither is what was kept."""
    first = seat.with_passphrase()
    assert first.connection.store is not None
    first.connection.store.keep_draft(FIRST, "note", "half a sentence")
    seat.end()
    desk = seat.start()
    page = desk.window.connect_page
    page.show_keeping(keeps=False)
    page.gateway.setText(URL)
    page.token.setText("another token")
    page.button.click()
    lock_page = desk.entrance.lock.page
    seat.qtbot.waitUntil(lock_page.passphrase.isVisible)
    lock_page.passphrase.setText(WORDS)
    lock_page.unlock.click()
    seat.signed_in(desk)
    store = desk.connection.store
    assert store is not None
    assert store.draft(FIRST, "note") == "half a sentence"
    assert desk.connection.place is KeyPlace.PASSPHRASE


OTHERS = "清晨 by the river"


def _change(desk: Desk, qtbot: QtBot, old: str, new: str, again: str) -> PassphraseSheet:
    """Type into the sheet, and wait for what it says."""
    sheet = desk.window.findChild(PassphraseSheet)
    if sheet is None:
        desk.window.go(Place.SETTINGS)
        assert desk.window.settings.passphrase.isVisible()
        desk.window.settings.passphrase.click()
        sheet = desk.window.findChild(PassphraseSheet)
    assert isinstance(sheet, PassphraseSheet)
    for field, text in ((sheet.old, old), (sheet.new, new), (sheet.again, again)):
        field.setText(text)
    sheet.confirm_button.click()
    qtbot.waitUntil(sheet.confirm_button.isEnabled, timeout=20_000)
    return sheet


def test_a_changed_passphrase_opens_it_and_the_old_one_no_longer(seat: Seat) -> None:
    desk = seat.with_passphrase()
    sheet = _change(desk, seat.qtbot, WORDS, OTHERS, OTHERS)
    assert sheet.told.isVisible()
    assert not sheet.old.text()
    assert not sheet.new.text()
    sheet.confirm_button.click()
    desk.entrance.lock.lock()
    seat.qtbot.waitUntil(lambda: not is_open(desk))
    page = desk.entrance.lock.page
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(page.complaint.isVisible, timeout=20_000)
    assert not is_open(desk), "control: the old one opens nothing"
    page.passphrase.setText(OTHERS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk), timeout=20_000)
    seat.signed_in(desk)


def test_a_passphrase_that_is_not_changed_says_why_and_the_old_one_stays(seat: Seat) -> None:
    desk = seat.with_passphrase()
    for old, new, again, words in (
        ("", OTHERS, OTHERS, "used so far"),
        (WORDS, OTHERS, "清晨 by the sea", "not the same"),
        ("wrong, though long", OTHERS, OTHERS, "not the passphrase"),
        (WORDS, "short", "short", "at least 10 characters"),
    ):
        sheet = _change(desk, seat.qtbot, old, new, again)
        assert sheet.isVisible()
        assert words in sheet.complaint.text(), sheet.complaint.text()
    sheet.reject()
    desk.entrance.lock.lock()
    seat.qtbot.waitUntil(lambda: not is_open(desk))
    page = desk.entrance.lock.page
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk), timeout=20_000)


def test_a_store_that_is_mended_after_a_change_opens_by_the_new_passphrase(seat: Seat) -> None:
    desk = seat.with_passphrase()
    _change(desk, seat.qtbot, WORDS, OTHERS, OTHERS).confirm_button.click()
    before = desk.connection.store
    desk.connection._on_mend_due()
    seat.qtbot.waitUntil(
        lambda: is_open(desk) and desk.connection.store is not before, timeout=20_000
    )
    assert not is_locked(desk)


def test_where_no_passphrase_is_none_is_offered_to_change(seat: Seat) -> None:
    desk = seat.with_token()
    desk.window.go(Place.SETTINGS)
    assert not desk.window.settings.passphrase.isVisible()
