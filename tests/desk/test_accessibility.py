"""What a screen reader and a keyboard find on every screen of the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui import design
from agent_app.desk.ui.action_button import ActionButton
from agent_app.desk.ui.choice import Radio, Tick
from agent_app.desk.work.preferences import Theme
from tests.desk.screens import SCREENS, shown

MOST_TABS = 60
LEAST_CONTRAST = 3.0
"""Of what is not text (WCAG 2.2, 1.4.11)."""
NAMED = frozenset(
    {
        QAccessible.Role.Button,
        QAccessible.Role.ButtonMenu,
        QAccessible.Role.ButtonDropDown,
        QAccessible.Role.CheckBox,
        QAccessible.Role.RadioButton,
        QAccessible.Role.ComboBox,
        QAccessible.Role.SpinBox,
        QAccessible.Role.EditableText,
        QAccessible.Role.List,
        QAccessible.Role.ListItem,
        QAccessible.Role.Table,
        QAccessible.Role.Tree,
        QAccessible.Role.PageTab,
        QAccessible.Role.MenuItem,
        QAccessible.Role.Dialog,
    }
)


def _all_in(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    if not interface.state().invisible:
        yield interface
        for place in range(interface.childCount()):
            child = interface.child(place)
            if _is_there(child):
                yield from _all_in(child)


def _is_there(part: QAccessibleInterface | None) -> bool:
    return part is not None and part.isValid()


def _called(thing: QObject | None) -> str:
    """Return what a part is for the programmer; cells are no objects."""
    return f"{type(thing).__name__} in {type(thing.parent()).__name__}" if thing else "part"


def _nameless(root: QWidget) -> list[str]:
    """Return what can be used on a screen but has no name for a screen reader."""
    found = []
    for part in _all_in(QAccessible.queryAccessibleInterface(root)):
        # A cell without a text has nothing to say.
        usable = part.state().focusable and part.role() is not QAccessible.Role.Cell
        needs = part.role() in NAMED or usable
        if needs and not part.text(QAccessible.Text.Name).strip():
            found.append(f"{part.role().name}: {_called(part.object())}")
    return found


def _tab_stops(root: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in shown(root)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and widget.focusProxy() is None
    ]


def _picture(widget: QWidget) -> QImage:
    """Return the widget with a margin, since some styles draw the focus around it."""
    around = widget.parentWidget() or widget
    box = widget.geometry().adjusted(-3, -3, 3, 3) if around is not widget else widget.rect()
    return around.grab(box).toImage()


def _walk(root: QWidget, qtbot: QtBot) -> Iterator[QWidget]:
    """Yield what has the focus at each press of Tab, until it comes round."""
    root.activateWindow()
    qtbot.waitUntil(root.isActiveWindow)
    if QApplication.focusWidget() is None:
        _tab_stops(root)[0].setFocus()
    seen: list[QWidget] = []
    for _ in range(MOST_TABS):
        at = QApplication.focusWidget()
        assert at is not None
        # A text field that takes Tab as text is left as its users leave it.
        takes = isinstance(at, (QPlainTextEdit, QTextEdit)) and not at.tabChangesFocus()
        modifier = Qt.KeyboardModifier.ControlModifier if takes else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(at, Qt.Key.Key_Tab, modifier)
        QApplication.processEvents()
        now = QApplication.focusWidget()
        assert now is not None
        if now in seen:
            return
        seen.append(now)
        yield now


def _unmarked_focus(root: QWidget, qtbot: QtBot) -> list[str]:
    """Return what looks the same with and without the keyboard's focus."""
    focused = [(widget, _picture(widget)) for widget in _walk(root, qtbot)]
    last = QApplication.focusWidget()
    assert last is not None
    last.clearFocus()
    QApplication.processEvents()
    return [
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()!r}"
        for widget, picture in focused
        if picture == _picture(widget)
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_everything_one_can_use_has_a_name(screen: str, desk: Desk, qtbot: QtBot) -> None:
    root = SCREENS[screen](desk, qtbot)
    assert len(list(_all_in(QAccessible.queryAccessibleInterface(root)))) > 5
    assert _nameless(root) == []


def test_a_button_without_a_name_is_found(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    row = QHBoxLayout(root)
    for part in (QToolButton(), QLineEdit(), QPushButton("Recheck")):
        row.addWidget(part)
    root.show()
    assert _nameless(root) == [
        "Button: QToolButton in QWidget",
        "EditableText: QLineEdit in QWidget",
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_focus_can_be_seen_wherever_it_stands(screen: str, desk: Desk, qtbot: QtBot) -> None:
    root = SCREENS[screen](desk, qtbot)
    assert _tab_stops(root)
    assert _unmarked_focus(root, qtbot) == []


class _Blank(QPushButton):
    """Paints nothing, whatever has the focus."""

    def paintEvent(self, _event: object) -> None:
        return


def test_a_focus_that_is_not_drawn_is_found(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    row = QHBoxLayout(root)
    row.addWidget(_Blank("Refund"))
    row.addWidget(QPushButton("Recheck"))
    root.show()
    assert _unmarked_focus(root, qtbot) == ["_Blank 'Refund'"]


def test_every_locked_action_tells_a_screen_reader_its_reason(desk: Desk, qtbot: QtBot) -> None:
    root = SCREENS["case"](desk, qtbot)
    locked = [b for b in root.findChildren(ActionButton) if not b.item.allowed and b.isVisible()]
    assert locked
    for button in locked:
        described = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Description)
        assert described == button.reason
        assert described


def test_tab_leads_from_the_queue_to_every_action(desk: Desk, qtbot: QtBot) -> None:
    root = SCREENS["claimed case"](desk, qtbot)
    desk.window.work.queue.table.setFocus()
    wanted = {b for b in root.findChildren(ActionButton) if b.isVisible()}
    assert wanted
    reached = list(_walk(root, qtbot))
    assert wanted <= set(reached)
    bar = next(i for i, at in enumerate(reached) if at in wanted)
    header = next(i for i, at in enumerate(reached) if at is desk.window.work.case.header.claim)
    assert header < bar, "the case is read from its head to its actions"


def _outline_contrast(button: QAbstractButton) -> float:
    """Return the highest contrast that anything in an unchecked indicator has to the window."""
    window = button.window()
    picture = window.grab().toImage()
    option = QStyleOptionButton()
    button.initStyleOption(option)  # type: ignore[attr-defined]
    radio = isinstance(button, QRadioButton)
    element = (
        QStyle.SubElement.SE_RadioButtonIndicator
        if radio
        else QStyle.SubElement.SE_CheckBoxIndicator
    )
    box = button.style().subElementRect(element, option, button)
    box.translate(button.mapTo(window, QPoint(0, 0)))
    ground = _luminance(picture.pixelColor(1, 1))
    found = 1.0
    for x in range(box.left(), box.right() + 1):
        for y in range(box.top(), box.bottom() + 1):
            bright, dark = sorted((_luminance(picture.pixelColor(x, y)), ground), reverse=True)
            found = max(found, (bright + 0.05) / (dark + 0.05))
    return found


def _luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_an_empty_box_can_be_seen_in_every_theme(theme: Theme, desk: Desk, qtbot: QtBot) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    design.apply(application, theme)
    root = QWidget()
    qtbot.addWidget(root)
    row = QHBoxLayout(root)
    row.setContentsMargins(20, 20, 20, 20)
    ours: tuple[QAbstractButton, ...] = (Tick("Read"), Radio("Done"))
    theirs = QCheckBox("Read")
    for button in (*ours, theirs):
        row.addWidget(button)
    root.show()
    qtbot.waitExposed(root)
    assert all(_outline_contrast(button) >= LEAST_CONTRAST for button in ours)
    if theme is Theme.DARK:
        # The control: the style's own.
        assert _outline_contrast(theirs) < LEAST_CONTRAST
