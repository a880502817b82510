"""Promise: the pages that ask for secrets ask for what is needed, and forget what was typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_app.desk.ui.connect_page import ConnectPage
from agent_app.desk.ui.lock_page import LockPage
from agent_app.desk.ui.words import entrance, problems
from agent_app.desk.work.entry import NothingKept
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.keys import (
    KeyFailed,
    KeyringChanged,
    KeyringFailed,
    NoKey,
    PassphraseNeeded,
    TooSoon,
    WeakPassphrase,
    WrongPassphrase,
)
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.provider_session import SessionOver
from agent_app.desk.work.signing_in import (
    SignInCancelled,
    SignInFailed,
    SignInRefused,
    SignInTimedOut,
    SignInUnsafe,
)

URL = "https://gateway.example.com"
ERRORS = [
    KeyFailed("x"),
    KeyringChanged("one", "two"),
    KeyringFailed("x"),
    NoKey("x"),
    PassphraseNeeded("x"),
    TooSoon(7.4),
    WeakPassphrase(10),
    WrongPassphrase(0),
    NothingKept("x"),
    SessionOver("x"),
    SignInCancelled("x"),
    SignInFailed("x"),
    SignInRefused("access_denied", "not today"),
    SignInTimedOut("x"),
    SignInUnsafe("x"),
]


@pytest.fixture
def connect(qtbot: QtBot) -> ConnectPage:
    page = ConnectPage()
    qtbot.addWidget(page)
    page.show_gateway(URL)
    page.show()
    return page


@pytest.fixture
def lock(qtbot: QtBot) -> LockPage:
    page = LockPage()
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_has_words_without_a_gap(error: Exception, qapp: object) -> None:
    text = problems.sentence(error)
    assert text == entrance.sentence(error)
    assert "{" not in text
    assert text.endswith((".", ")", "x"))


def test_both_ways_are_offered_where_the_gateway_has_both(
    connect: ConnectPage, qtbot: QtBot
) -> None:
    assert not connect.browser_button.isVisible()
    connect.show_ways("https://another.example.com", by_browser=True)
    assert not connect.browser_button.isVisible(), "late news of another address"
    connect.show_ways(URL, by_browser=True)
    assert connect.browser_button.isVisible()
    assert connect.token.isVisible()
    with qtbot.waitSignal(connect.browser_requested) as asked:
        connect.browser_button.click()
    assert asked.args == [URL]


def test_another_address_is_looked_at_once(connect: ConnectPage) -> None:
    looked: list[str] = []
    connect.look_requested.connect(looked.append)
    connect.show_ways(URL, by_browser=True)
    connect.gateway.setText("https://another.example.com")
    for _ in range(3):
        connect.gateway.editingFinished.emit()
    assert looked == ["https://another.example.com"]


def test_who_waits_for_the_browser_can_give_up(connect: ConnectPage, qtbot: QtBot) -> None:
    connect.show_ways(URL, by_browser=True)
    assert not connect.cancel_button.isVisible()
    connect.show_busy(busy=True, in_browser=True)
    assert connect.cancel_button.isVisible()
    assert not connect.browser_button.isEnabled()
    assert not connect.button.isEnabled()
    with qtbot.waitSignal(connect.cancel_requested):
        connect.cancel_button.click()
    connect.show_error(SignInCancelled("given up"))
    assert connect.browser_button.isEnabled()
    assert not connect.cancel_button.isVisible()


def test_with_a_keyring_nothing_is_asked(connect: ConnectPage) -> None:
    connect.show_keeping(keeps=True)
    assert not connect.key_choice.isVisible()
    assert connect.chosen_place() is None
    assert connect.chosen_passphrase() is None


def test_without_a_keyring_the_person_chooses(connect: ConnectPage, qtbot: QtBot) -> None:
    connect.show_keeping(keeps=False)
    choice = connect.key_choice
    assert choice.isVisible()
    assert connect.chosen_place() is KeyPlace.MEMORY
    assert connect.chosen_passphrase() is None
    choice.by_passphrase.click()
    choice.passphrase.setText("回到杭州 in autumn")
    choice.again.setText("回到杭州 in Autumn")
    sent: list[str] = []
    connect.connect_requested.connect(lambda url, _token: sent.append(url))
    connect.button.click()
    assert not sent
    assert "not the same" in connect.complaint.text()
    choice.again.setText("回到杭州 in autumn")
    connect.button.click()
    assert sent == [URL]
    assert connect.chosen_place() is KeyPlace.PASSPHRASE
    assert connect.chosen_passphrase() == "回到杭州 in autumn"
    connect.forget()
    assert not choice.passphrase.text()
    assert not choice.again.text()


def test_what_a_provider_says_is_shown_as_text_alone(connect: ConnectPage) -> None:
    connect.show_error(SignInRefused("access_denied", "<img src=x> <b>come in</b>"))
    assert connect.complaint.textFormat() is Qt.TextFormat.PlainText


def test_a_gateway_that_is_away_is_told_of_as_before(connect: ConnectPage) -> None:
    connect.show_error(Unreachable("x"))
    assert "No gateway answers" in connect.complaint.text()


def test_the_lock_asks_for_a_passphrase_only_where_there_is_one(
    lock: LockPage, qtbot: QtBot
) -> None:
    lock.show_place(KeyPlace.KEYRING)
    assert not lock.passphrase.isVisible()
    with qtbot.waitSignal(lock.unlock_requested) as asked:
        lock.unlock.click()
    assert asked.args == [""]
    lock.show_place(KeyPlace.PASSPHRASE)
    assert lock.passphrase.isVisible()
    heard: list[str] = []
    lock.unlock_requested.connect(heard.append)
    lock.unlock.click()
    assert heard == [], "nothing was typed"
    lock.passphrase.setText("long enough")
    lock.unlock.click()
    assert heard == ["long enough"]
    assert not lock.passphrase.text()


def test_a_wrong_passphrase_is_said_and_its_pause_kept(lock: LockPage, qtbot: QtBot) -> None:
    lock.show_place(KeyPlace.PASSPHRASE)
    lock.show_busy()
    assert not lock.unlock.isEnabled()
    lock.show_error(WrongPassphrase(0))
    assert lock.complaint.isVisible()
    assert lock.unlock.isEnabled()
    lock.show_error(WrongPassphrase(0.2))
    assert not lock.unlock.isEnabled()
    heard: list[str] = []
    lock.unlock_requested.connect(heard.append)
    lock.passphrase.setText("long enough")
    lock.passphrase.returnPressed.emit()
    assert not heard
    qtbot.waitUntil(lock.unlock.isEnabled)
    lock.passphrase.setText("long enough")
    lock.passphrase.returnPressed.emit()
    assert heard == ["long enough"]


def test_starting_anew_is_offered_only_where_the_key_is_gone(lock: LockPage, qtbot: QtBot) -> None:
    lock.show_place(KeyPlace.KEYRING)
    for error, offered in (
        (KeyringFailed("locked"), False),
        (WrongPassphrase(0), False),
        (NoKey("gone"), True),
        (KeyringChanged("one", "two"), True),
    ):
        lock.show_error(error)
        assert lock.anew.isVisible() is offered, error
    with qtbot.waitSignal(lock.anew_requested):
        lock.anew.click()


def test_a_store_that_turns_out_to_need_a_passphrase_is_asked_for_it(lock: LockPage) -> None:
    lock.show_place(None)
    lock.show_error(PassphraseNeeded("x"))
    assert lock.passphrase.isVisible()
    assert not lock.complaint.isVisible()
