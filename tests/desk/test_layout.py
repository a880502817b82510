"""The case page on a small screen: nothing covers anything, whatever stands on it."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.case_page import PANELS_HEIGHT
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.money_sheet import MoneySheet
from tests.desk.screens import SCREENS, SMALL_SCREEN


def _parts(desk: Desk) -> list[QWidget]:
    page = desk.window.work.case
    parts = (
        page.header, page.known, page.guide, page.approval, page.tabs, page.progress, page.bar,
    )  # fmt: skip
    return [part for part in parts if part.isVisible()]


def _covered(rects: list[QRect]) -> list[tuple[QRect, QRect]]:
    return [(a, b) for n, a in enumerate(rects) for b in rects[n + 1 :] if a.intersects(b)]


def test_a_request_that_waits_covers_nothing(desk: Desk, qtbot: QtBot) -> None:
    desk.window.resize(SMALL_SCREEN)
    SCREENS["refund sheet"](desk, qtbot)
    sheet = desk.window.findChildren(MoneySheet)[-1]
    page = desk.window.work.case
    assert page.guide.height() == PANELS_HEIGHT
    sheet.reason.setText("Out of stock")
    sheet.confirm_button.click()
    qtbot.waitUntil(page.approval.isVisible)
    qtbot.waitUntil(page.progress.isVisible)
    desk.window.commands[Command.REFUND].trigger()
    qtbot.waitUntil(lambda: bool(page.bar.reason.text()))
    rects = [part.geometry() for part in _parts(desk)]
    assert len(rects) == 7
    assert _covered(rects) == []
    assert page.tabs.timeline.viewport().height() >= 28 * 2
    # The control: panels that do not yield are covered.
    page.guide.setFixedHeight(PANELS_HEIGHT + 60)
    qtbot.waitUntil(lambda: _covered([part.geometry() for part in _parts(desk)]) != [])
