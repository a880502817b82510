"""A desk on the fake gateway, closed after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent_app.desk.adapters import adapters_in
from agent_app.desk.main import Desk
from agent_app.desk.work.ports import SealStore
from agent_app.desk.work.preferences import Language, Theme
from tests.fakes.platform import FakePlatform


@pytest.fixture
def platform() -> FakePlatform:
    gateway = FakePlatform()
    for number in (1, 2, 3):
        gateway.add_captured_without_order(number)
    return gateway


@pytest.fixture
def open_desk(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(
        platform: FakePlatform,
        gateway: str | None = "http://127.0.0.1:1",
        seals: SealStore | None = None,
    ) -> Desk:
        adapters = replace(adapters_in(tmp_path, lambda _url, _token: platform), seals=seals)
        desk = Desk(qapp, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)  # type: ignore[arg-type]
        desks.append(desk)
        desk.start(gateway, "token")
        return desk

    yield make
    for desk in desks:
        desk.window.close()
        desk.window.deleteLater()
        desk.deleteLater()


@pytest.fixture
def desk(open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot) -> Desk:
    made = open_desk(platform)
    qtbot.waitUntil(lambda: made.window.work.queue.model.rowCount() == 3)
    return made
