"""Promises of the case page: a lock says why and what opens it; nobody is named before a reveal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.action_button import ActionButton
from agent_app.desk.ui.case_page import CasePage
from agent_app.desk.ui.commands import Command
from agent_app.desk.work.errors import Unreachable
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.ids import CaseId
from tests.desk.conftest import desk, open_desk, platform
from tests.desk.screens import SCREENS, platform_of
from tests.fakes.platform import AMINA

__all__ = ["desk", "open_desk", "platform"]
CASE = CaseId("case-1")


def _anothers(desk: Desk) -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)
    platform_of(desk).held(CASE).claim = Claim(AMINA.user, AMINA.name, until)


def _ended(desk: Desk) -> None:
    platform_of(desk).held(CASE).state = CaseState.RESOLVED


def _as_it_is(desk: Desk) -> None:
    """Leave the case as the screen makes it."""


BEFORE = {"plain": _as_it_is, "another's": _anothers, "ended": _ended}
STATES = [
    *[("case", before, online) for before in BEFORE for online in (True, False)],
    ("claimed case", "plain", True),
    ("claimed case", "plain", False),
    ("waiting request", "plain", True),
    ("waiting request", "plain", False),
    ("stuck action", "plain", True),
    ("stuck action", "plain", False),
    ("case off line", "plain", True),
    ("handed-over case", "plain", False),
]


def unexplained(page: CasePage) -> list[str]:
    """Return the locked buttons and entries that do not say why to the eye and to a reader."""
    found = []
    for button in page.findChildren(QAbstractButton):
        if not button.isVisible():
            continue
        locked = not button.isEnabled() or (
            isinstance(button, ActionButton) and not button.item.allowed
        )
        said = button.toolTip() and (button.accessibleDescription() or button.toolTip())
        if locked and not said:
            found.append(f"{type(button).__name__} {button.text()!r} {button.accessibleName()!r}")
        if locked and isinstance(button, ActionButton) and ". " not in button.toolTip():
            found.append(f"{button.text()!r} does not say what opens it: {button.toolTip()!r}")
    bar = page.bar.bar
    assert bar is not None
    return found


@pytest.mark.parametrize(("screen", "before", "online"), STATES)
def test_every_locked_button_says_why(
    desk: Desk, qtbot: QtBot, screen: str, before: str, online: bool
) -> None:
    BEFORE[before](desk)
    SCREENS[screen](desk, qtbot)
    page = desk.window.work.case
    if not online:
        platform_of(desk).away = Unreachable("no network")
        desk.connection.try_now()
        qtbot.waitUntil(lambda: desk.connection.is_away, timeout=20_000)
    for place in range(page.tabs.count()):
        page.tabs.setCurrentIndex(place)
        assert unexplained(page) == []


def test_the_walk_finds_a_silent_lock(desk: Desk, qtbot: QtBot) -> None:
    SCREENS["case"](desk, qtbot)
    page = desk.window.work.case
    assert unexplained(page) == []
    silent = QPushButton("Silent", page)
    silent.setEnabled(False)
    silent.show()
    assert len(unexplained(page)) == 1


def texts(root: QWidget) -> Iterator[str]:
    """Yield all that a window says: shown, as a tip, to a reader, in cells, in its title."""
    for widget in (root, *root.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
            yield widget.text()
        elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
            yield widget.toPlainText()
        elif isinstance(widget, QTabBar):
            yield from map(widget.tabText, range(widget.count()))
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from cells(widget.model())


ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    *(Qt.ItemDataRole.UserRole + more for more in range(4)),
)


def cells(model: QAbstractItemModel) -> Iterator[str]:
    """Yield what every cell holds under every role, the delegate's own among them."""
    # Lists hide it, as they have one column.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(model.rowCount()):
        for column in range(columns):
            index = model.index(row, column)
            yield from (str(model.data(index, role) or "") for role in ROLES)


def leaks(root: QWidget, planted: set[str]) -> set[str]:
    """Return what of the planted data a window says anywhere."""
    said = list(texts(root))
    return {one for one in planted if any(one in text for text in said)}


@pytest.mark.parametrize(
    "screen",
    ["queue", "case", "claimed case", "refund sheet", "message sheet", "escalation sheet",
     "hand-over sheet", "waiting request", "stuck action", "palette"],
)  # fmt: skip
def test_nobody_is_named_before_a_reveal(desk: Desk, qtbot: QtBot, screen: str) -> None:
    contact = platform_of(desk).reveal(CASE, "before")
    planted = {one for one in (contact.name, contact.phone, contact.email) if one}
    assert planted
    SCREENS[screen](desk, qtbot)
    for window in QApplication.topLevelWidgets():
        assert leaks(window, planted) == set()


def test_what_is_revealed_is_shown_on_its_case_alone(desk: Desk, qtbot: QtBot) -> None:
    contact = platform_of(desk).reveal(CASE, "before")
    planted = {one for one in (contact.name, contact.phone, contact.email) if one}
    SCREENS["case"](desk, qtbot)
    desk.window.commands[Command.REVEAL].trigger()
    qtbot.waitUntil(lambda: leaks(desk.window, planted) == planted)
    desk.window.open_case(CaseId("case-2"))
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == "case-2")
    assert leaks(desk.window, planted) == set()
    desk.window.open_case(CASE)
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == CASE)
    assert leaks(desk.window, planted) == set(), "a reveal holds for one visit"
    assert page.decisions is not None
    assert page.decisions[ActionKind.RECHECK] is not None
