"""The sheets of the Help menu."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QDialog, QWidget

from agent_app.desk.ui.about_sheet import AboutSheet
from agent_app.desk.ui.commands import Command

SHEETS: Mapping[Command, type[QDialog]] = {
    Command.ABOUT: AboutSheet,
}


def show(parent: QWidget, command: Command) -> None:
    """Open the sheet of a command over its window."""
    SHEETS[command](parent).open()
