"""Promise: the agent signs in in his browser, and the desk goes on by itself.

The real desk, a gateway over HTTP and the real provider.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from agent_app.desk.adapters import adapters_in
from agent_app.desk.main import Desk
from agent_app.desk.work.preferences import Language, Theme
from tests.desk.sign_in.place import Browser, Place


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Give the person at the browser that the desk opens."""
    made = Browser()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: made.show(url.toString(_FULL)))
    yield made
    made.close()


_FULL = QUrl.ComponentFormattingOption.FullyEncoded


class Seat:
    def __init__(self, qapp: object, folder: Path) -> None:
        self._qapp, self._folder = qapp, folder
        self._desks: list[Desk] = []

    def start(self, gateway: str | None = None) -> Desk:
        adapters = adapters_in(self._folder)
        desk = Desk(self._qapp, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)  # type: ignore[arg-type]
        self._desks.append(desk)
        desk.start(gateway, None)
        return desk

    def end(self) -> None:
        for desk in self._desks:
            desk.window.close()
            desk.window.deleteLater()
            desk.deleteLater()
        self._desks.clear()


@pytest.fixture
def seat(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[Seat]:
    made = Seat(qapp, tmp_path / "profile")
    yield made
    made.end()


def offered(made: Desk, desk: Place, qtbot: QtBot) -> None:
    """Type the gateway's address and wait until it told how people sign in."""
    page = made.window.connect_page
    page.gateway.setText(desk.address)
    page.gateway.editingFinished.emit()
    qtbot.waitUntil(page.browser_button.isVisible)


def test_the_whole_way_with_a_passphrase_and_the_next_start(
    desk: Place, seat: Seat, browser: Browser, qtbot: QtBot
) -> None:
    made = seat.start()
    offered(made, desk, qtbot)
    page = made.window.connect_page
    qtbot.waitUntil(page.key_choice.isVisible)
    page.key_choice.by_passphrase.click()
    for field in (page.key_choice.passphrase, page.key_choice.again):
        field.setText("回到杭州 in autumn")
    page.browser_button.click()
    qtbot.waitUntil(lambda: made.connection.user is not None, timeout=10_000)
    assert made.connection.user is not None
    assert made.connection.user.actor.user == "chen"
    browser.close()
    assert "go back to your desk" in browser.page
    assert not page.key_choice.passphrase.text()
    seat.end()
    again = seat.start()
    lock = again.entrance.lock.page
    qtbot.waitUntil(lock.passphrase.isVisible, timeout=10_000)
    lock.passphrase.setText("回到杭州 in autumn")
    lock.unlock.click()
    qtbot.waitUntil(lambda: again.connection.synced_at is not None, timeout=10_000)
    assert len(browser.opened) == 1, "no second sign-in"


def test_who_gives_up_can_sign_in_otherwise(
    desk: Place, seat: Seat, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    made = seat.start()
    offered(made, desk, qtbot)
    page = made.window.connect_page
    page.browser_button.click()
    qtbot.waitUntil(lambda: bool(opened))
    assert page.cancel_button.isVisible()
    redirect = dict(httpx.URL(opened[0]).params)["redirect_uri"]
    page.cancel_button.click()
    qtbot.waitUntil(page.button.isEnabled)
    assert "given up" in page.complaint.text()
    with pytest.raises(httpx.ConnectError):
        httpx.get(redirect, trust_env=False)


def test_closing_the_desk_does_not_wait_for_the_browser(
    desk: Place, seat: Seat, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    made = seat.start()
    offered(made, desk, qtbot)
    made.window.connect_page.browser_button.click()
    qtbot.waitUntil(lambda: bool(opened))
    # Without the giving up this waits for the person as long as the sign-in would: minutes.
    seat.end()


def test_what_the_provider_says_no_to_is_told(
    desk: Place, seat: Seat, browser: Browser, qtbot: QtBot
) -> None:
    browser.person = "nobody"
    made = seat.start()
    offered(made, desk, qtbot)
    page = made.window.connect_page
    page.browser_button.click()
    qtbot.waitUntil(page.complaint.isVisible, timeout=10_000)
    assert "there is no such person" in page.complaint.text()
    assert made.connection.user is None
