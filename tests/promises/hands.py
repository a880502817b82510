"""An agent's hands on the real desk: keys, and what the case page then shows."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from agent_app.domain.actions import ActionState
from tests.tour.drive import DrivenDesk

_NONE = Qt.KeyboardModifier.NoModifier


def key(desk: DrivenDesk, code: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press a key where the keyboard is."""
    target = desk.sheet() or QApplication.focusWidget() or desk.window
    QTest.keyClick(target, code, modifier or Qt.KeyboardModifier.NoModifier)
    desk.settle()


class Counted:
    """An agent who works by keys alone; counts every one that he presses."""

    def __init__(self, desk: DrivenDesk) -> None:
        self._desk = desk
        self.pressed: list[str] = []

    def press(self, code: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        """Press a key, alone or with another, where the keyboard is."""
        self.pressed.append(QKeySequence(QKeyCombination(modifier or _NONE, code)).toString())
        key(self._desk, code, modifier)

    def confirm(self) -> None:
        """Confirm the sheet that repeats what is about to be done."""
        desk = self._desk
        desk.wait(lambda: (s := desk.sheet()) is not None and s.confirm_button.isEnabled(), "sheet")
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        desk.wait(lambda: desk.sheet() is None, "the sheet's end")
        to_the_case(desk)


def to_the_case(desk: DrivenDesk) -> None:
    """Put the keyboard on the case, as a window system does when a sheet has closed."""
    desk.window.activateWindow()
    desk.window.work.case.setFocus()
    desk.wait(desk.window.isActiveWindow, "the window in front")


def ledger_states(desk: DrivenDesk) -> list[ActionState]:
    file = desk.window.work.case.file
    return [line.record.state for line in file.ledger] if file else []
