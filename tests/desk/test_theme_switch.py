"""Who changes the theme at work sees every text in the new colours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui import design
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.work.preferences import Theme
from tests.desk.screens import SCREENS


def inks(desk: Desk) -> set[str]:
    """Return the colours that labels of the window are written in."""
    return {
        label.palette().color(QPalette.ColorRole.WindowText).name().upper()
        for label in desk.window.findChildren(ToneLabel)
    }


def of_theme(colours: design.Colours) -> set[str]:
    names = ("text", "muted", "accent", "danger", "warning", "success", "unknown")
    return {getattr(colours, name).upper() for name in names}


@pytest.mark.parametrize("opened_first", [True, False])
def test_every_label_follows_the_theme(
    desk: Desk, qtbot: QtBot, qapp: QApplication, opened_first: bool
) -> None:
    if opened_first:
        SCREENS["claimed case"](desk, qtbot)
    assert inks(desk) <= of_theme(design.LIGHT)
    for theme, colours in ((Theme.DARK, design.DARK), (Theme.LIGHT, design.LIGHT)):
        desk.window.settings.preferences_chosen.emit(replace(desk.preferences, theme=theme))
        qapp.processEvents()
        assert inks(desk) <= of_theme(colours)
