"""The keys that a person has chosen, put to the commands.

Made by main.py for the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Slot
from PySide6.QtGui import QKeySequence

from agent_app.desk.ui.commands import KEYS, Command
from agent_app.desk.ui.keys_sheet import KeysSheet
from agent_app.desk.ui.shortcut_sheet import ShortcutSheet
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.work import shortcuts

USUAL: Mapping[str, tuple[str, ...]] = {c.value: KEYS.get(c, ()) for c in Command}


class OwnKeys(QObject):
    """Has the chosen keys act, opens the sheet that changes them, and has them kept."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        if is_usable(window.preferences.keys):
            self._use(window.preferences.keys)
        else:
            self._use({})
            window.show_complaint(
                QCoreApplication.translate(
                    "OwnKeys",
                    "The keys in the settings file cannot be used together. The usual keys act; "
                    "choose yours again under Help, Change the keys.",
                )
            )
        window.commands.serve({Command.CHANGE_KEYS: self.open, Command.SHORTCUTS: self.show_all})
        window.settings.keys_requested.connect(self.open)
        window.commands.keys_changed.connect(self._on_keys_changed)
        self._on_keys_changed()

    @Slot()
    def open(self) -> None:
        """Show every command with its keys, to be changed."""
        keys = {command.value: self._window.commands.keys(command) for command in Command}
        sheet = KeysSheet(keys, USUAL, self._window)
        sheet.chosen.connect(self._on_chosen)
        sheet.open()

    @Slot()
    def show_all(self) -> None:
        """Show all keys on one sheet."""
        sheet = ShortcutSheet(self._window.commands, self._window)
        sheet.change_requested.connect(self.open)
        sheet.open()

    @Slot(object)
    def _on_chosen(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        own = shortcuts.own_of(USUAL, keys)
        self._use(own)
        self._window.choose(replace(self._window.preferences, keys=own))

    @Slot()
    def _on_keys_changed(self) -> None:
        """Have everything said anew that names a key."""
        QCoreApplication.sendEvent(self._window, QEvent(QEvent.Type.LanguageChange))

    def _use(self, own: Mapping[str, tuple[str, ...]]) -> None:
        keys = shortcuts.in_force(USUAL, own)
        commands = self._window.commands
        commands.use_keys({Command(name): held for name, held in keys.items()})


def is_usable(own: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether own keys can be used: Qt knows each, none is fixed, no two meet."""
    every = [key for keys in own.values() for key in keys]
    return all(_is_known(key) for key in every) and shortcuts.is_usable(own)


def _is_known(key: str) -> bool:
    return bool(key) and QKeySequence(key).toString() == key
