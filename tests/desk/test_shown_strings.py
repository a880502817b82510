"""No screen shows an English rest in Chinese, or a text that does not fit and cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.work.preferences import Language
from tests.desk.screens import SCREENS, SMALL_SCREEN, shown

LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+(?:[ \xa0]+[A-Za-z][A-Za-z'’-]+)+")
ALLOWED = (
    # Names of people, shops and products, as they are written everywhere.
    "Chen Li",
    "Marta Silva",
    "Amina Okafor",
    "Test shop",
    "Agent App",
    "Qt for Python",
    "The Qt Company",
    # What the customer or the fake gateway wrote.
    "checking in zh_CN",
    "in zh",
    "Out of stock",
    "the provider did not answer",
)
URL = re.compile(r"https?://\S+")
OWN_WIDTH = (QPushButton, QCheckBox)
"""Widgets whose style cuts what is wider than they are; the others draw, elide or wrap."""


def _texts(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Yield every text that a screen shows in labels, buttons, tabs and empty fields."""
    for widget in shown(root):
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget, widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget, widget.placeholderText()
        elif isinstance(widget, QTabBar):
            for place in range(widget.count()):
                yield widget, widget.tabText(place)
        elif isinstance(widget, (QPlainTextEdit, QTextEdit)) and not widget.isReadOnly():
            yield widget, widget.placeholderText()
        elif isinstance(widget, QMenuBar):
            for menu in widget.findChildren(QMenu):
                yield from ((menu, action.text()) for action in menu.actions())
        elif isinstance(widget, QAbstractItemView):
            yield from ((widget, text) for text in _cells(widget))
        if widget.toolTip():
            yield widget, widget.toolTip()


def _cells(view: QAbstractItemView) -> Iterator[str]:
    """Yield the texts of a list or table and of its head."""
    model = view.model()
    # A list's model keeps its number of columns, one, to itself.
    for column in range(model.columnCount() if isinstance(view, QTableView) else 1):
        if isinstance(view, QTableView):
            yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount()):
            yield str(model.index(row, column).data() or "")


def _untranslated(root: QWidget) -> list[str]:
    """Return the runs of two or more Latin words that nobody meant to leave so."""
    found = []
    for _widget, text in _texts(root):
        rest = URL.sub("", text)
        for allowed in ALLOWED:
            rest = rest.replace(allowed, "")
        found += [run.group() for run in LATIN.finditer(rest)]
    return found


def _needed(widget: QWidget) -> QSize:
    """Return the room that the widget's text takes at its present width."""
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QSize(widget.minimumSizeHint().width(), widget.heightForWidth(widget.width()))
    if isinstance(widget, OWN_WIDTH):
        text = widget.text().replace("&", "")
        words = widget.fontMetrics().horizontalAdvance(text)
        icon = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
        return QSize(words + icon, widget.fontMetrics().height())
    return widget.sizeHint()


def _clipped(root: QWidget) -> list[str]:
    """Return the texts that are larger than their widget and that no tooltip holds whole."""
    found = []
    for widget in shown(root):
        if not isinstance(widget, (QLabel, QAbstractButton)) or not widget.text():
            continue
        needed = _needed(widget)
        fits = needed.width() <= widget.width() and needed.height() <= widget.height()
        if not fits and widget.text().rstrip("…") not in widget.toolTip():
            found.append(f"{type(widget).__name__} {widget.text()!r}")
    return found


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", [Language.ENGLISH, Language.CHINESE])
def test_every_text_on_a_small_screen_is_whole_and_in_its_language(
    screen: str, language: Language, desk: Desk, qtbot: QtBot
) -> None:
    desk.languages.use(language)
    desk.window.resize(SMALL_SCREEN)
    root = SCREENS[screen](desk, qtbot)
    # Layouts settle some turns of the event loop after the last text came, one per level.
    for _ in range(5):
        QApplication.processEvents()
    assert any(text for _widget, text in _texts(root))
    assert _clipped(root) == []
    if language is Language.CHINESE:
        assert _untranslated(root) == []


def _window(qtbot: QtBot, *parts: QWidget) -> QWidget:
    root = QWidget()
    qtbot.addWidget(root)
    root.resize(400, 200)
    for part in parts:
        part.setParent(root)
        part.move(0, 40 * root.children().index(part))
    root.show()
    return root


def test_an_english_rest_is_found_and_an_order_number_is_not(qtbot: QtBot) -> None:
    label, button = QLabel("订单 PG-20418377 · Test shop"), QPushButton("Refund the customer")
    assert _untranslated(_window(qtbot, label, button)) == ["Refund the customer"]


def test_a_cut_text_is_found_unless_a_tooltip_holds_it(qtbot: QtBot) -> None:
    cut, told, whole = QPushButton("Recheck shop and provider"), QLabel("A long name"), QLabel("Hi")
    wrapped = QLabel("Several words that take several lines", wordWrap=True)
    root = _window(qtbot, cut, told, whole, wrapped)
    cut.resize(60, 30)
    told.resize(20, 30)
    told.setToolTip("A long name")
    wrapped.resize(80, 18)
    assert _clipped(root) == [
        "QPushButton 'Recheck shop and provider'",
        "QLabel 'Several words that take several lines'",
    ]
