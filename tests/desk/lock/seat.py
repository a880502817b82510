"""A desk of one profile folder, and the agent who locks and unlocks it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_app.desk.adapters import adapters_in
from agent_app.desk.main import Desk
from agent_app.desk.work.preferences import Language, Theme
from tests.fakes.platform import FakePlatform

URL = "http://127.0.0.1:1"
WORDS = "回到杭州 in autumn"


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


def is_open(desk: Desk) -> bool:
    return desk.connection.store is not None


def is_locked(desk: Desk) -> bool:
    return desk.entrance.lock.is_locked


def lock(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
