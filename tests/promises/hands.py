"""An agent's hands on the real desk: keys, and what the case page then shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from agent_app.domain.actions import ActionState
from tests.tour.drive import DrivenDesk


def key(desk: DrivenDesk, code: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    """Press a key where the keyboard is."""
    target = desk.sheet() or QApplication.focusWidget() or desk.window
    QTest.keyClick(target, code, modifier or Qt.KeyboardModifier.NoModifier)
    desk.settle()


def to_the_case(desk: DrivenDesk) -> None:
    """Put the keyboard on the case, as a window system does when a sheet has closed."""
    desk.window.activateWindow()
    desk.window.work.case.setFocus()
    desk.wait(desk.window.isActiveWindow, "the window in front")


def ledger_states(desk: DrivenDesk) -> list[ActionState]:
    file = desk.window.work.case.file
    return [line.record.state for line in file.ledger] if file else []
