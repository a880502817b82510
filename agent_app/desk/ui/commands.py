"""Every command of the desk as a QAction: its words, its keys, its place in the menus.

The window makes one `Commands`, puts the menus up and connects the actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, keyed
from agent_app.desk.work.shortcuts import is_letter


class Command(StrEnum):
    """What the keyboard and the menus can do."""

    OPEN = "open"
    BACK = "back"
    SEARCH = "search"
    PALETTE = "palette"
    REFRESH = "refresh"
    UNDO = "undo"
    LOCK = "lock"
    QUIT = "quit"
    CLAIM = "claim"
    ASSIGN = "assign"
    RECHECK = "recheck"
    COMPLETE = "complete"
    REFUND = "refund"
    HOLD = "hold"
    NOTIFY = "notify"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    REVEAL = "reveal"
    HAND_OVER = "hand_over"
    COPY_LINK = "copy_link"
    GO_MINE = "go_mine"
    GO_TEAM = "go_team"
    GO_ORPHANS = "go_orphans"
    GO_WAITING = "go_waiting"
    GO_APPROVALS = "go_approvals"
    GO_RESOLVED = "go_resolved"
    GO_OUTBOX = "go_outbox"
    GO_GUIDE = "go_guide"
    GO_SETTINGS = "go_settings"
    PRINT_GUIDE = "print_guide"
    SAVE_GUIDE = "save_guide"
    SHORTCUTS = "shortcuts"
    CHANGE_KEYS = "change_keys"
    NOTICES = "notices"
    HEALTH = "health"
    DIAGNOSTICS = "diagnostics"
    ABOUT = "about"


NAMES: Mapping[Command, str] = {
    Command.OPEN: QT_TRANSLATE_NOOP("Command", "Open the case"),
    Command.BACK: QT_TRANSLATE_NOOP("Command", "Back to the queue"),
    Command.SEARCH: QT_TRANSLATE_NOOP("Command", "Search"),
    Command.PALETTE: QT_TRANSLATE_NOOP("Command", "Find a command or a case…"),
    Command.REFRESH: QT_TRANSLATE_NOOP("Command", "Ask the gateway now"),
    Command.UNDO: QT_TRANSLATE_NOOP("Command", "Undo"),
    Command.LOCK: QT_TRANSLATE_NOOP("Command", "Lock the desk"),
    Command.QUIT: QT_TRANSLATE_NOOP("Command", "Quit"),
    Command.CLAIM: QT_TRANSLATE_NOOP("Command", "Claim or release"),
    Command.ASSIGN: QT_TRANSLATE_NOOP("Command", "Assign the case…"),
    Command.RECHECK: QT_TRANSLATE_NOOP("Command", "Recheck shop and provider"),
    Command.COMPLETE: QT_TRANSLATE_NOOP("Command", "Complete the order"),
    Command.REFUND: QT_TRANSLATE_NOOP("Command", "Refund…"),
    Command.HOLD: QT_TRANSLATE_NOOP("Command", "Tell: do not pay again, we are checking…"),
    Command.NOTIFY: QT_TRANSLATE_NOOP("Command", "Notify the customer…"),
    Command.ESCALATE: QT_TRANSLATE_NOOP("Command", "Escalate…"),
    Command.RESOLVE: QT_TRANSLATE_NOOP("Command", "Resolve…"),
    Command.REVEAL: QT_TRANSLATE_NOOP("Command", "Show contact data (logged)"),
    Command.HAND_OVER: QT_TRANSLATE_NOOP("Command", "Hand the case over…"),
    Command.COPY_LINK: QT_TRANSLATE_NOOP("Command", "Copy a link to the case"),
    Command.GO_MINE: QT_TRANSLATE_NOOP("Command", "Go to my cases"),
    Command.GO_TEAM: QT_TRANSLATE_NOOP("Command", "Go to the team's cases"),
    Command.GO_ORPHANS: QT_TRANSLATE_NOOP("Command", "Go to money without an order"),
    Command.GO_WAITING: QT_TRANSLATE_NOOP("Command", "Go to waiting cases"),
    Command.GO_APPROVALS: QT_TRANSLATE_NOOP("Command", "Go to approvals"),
    Command.GO_RESOLVED: QT_TRANSLATE_NOOP("Command", "Go to resolved cases"),
    Command.GO_OUTBOX: QT_TRANSLATE_NOOP("Command", "Go to what is not sent yet"),
    Command.GO_GUIDE: QT_TRANSLATE_NOOP("Command", "Go to the guide reference"),
    Command.GO_SETTINGS: QT_TRANSLATE_NOOP("Command", "Go to settings"),
    Command.PRINT_GUIDE: QT_TRANSLATE_NOOP("Command", "Print the guide…"),
    Command.SAVE_GUIDE: QT_TRANSLATE_NOOP("Command", "Save the guide as PDF…"),
    Command.SHORTCUTS: QT_TRANSLATE_NOOP("Command", "All keys"),
    Command.CHANGE_KEYS: QT_TRANSLATE_NOOP("Command", "Change the keys…"),
    Command.NOTICES: QT_TRANSLATE_NOOP("Command", "Choose notices…"),
    Command.HEALTH: QT_TRANSLATE_NOOP("Command", "Network test…"),
    Command.DIAGNOSTICS: QT_TRANSLATE_NOOP("Command", "Diagnostics…"),
    Command.ABOUT: QT_TRANSLATE_NOOP("Command", "About and licences"),
}
KEYS: Mapping[Command, tuple[str, ...]] = {
    Command.BACK: ("Esc",),
    Command.SEARCH: ("/", "Ctrl+F"),
    Command.PALETTE: ("Ctrl+K",),
    Command.REFRESH: ("F5",),
    Command.UNDO: ("Ctrl+Z",),
    Command.LOCK: ("Ctrl+L",),
    Command.QUIT: ("Ctrl+Q",),
    Command.CLAIM: ("C",),
    Command.RECHECK: ("R",),
    Command.COMPLETE: ("S",),
    Command.REFUND: ("F",),
    Command.HOLD: ("P",),
    Command.NOTIFY: ("N",),
    Command.ESCALATE: ("E",),
    Command.RESOLVE: ("D",),
    Command.HAND_OVER: ("H",),
    Command.COPY_LINK: ("Ctrl+Shift+C",),
    Command.GO_MINE: ("G, M",),
    Command.GO_TEAM: ("G, T",),
    Command.GO_ORPHANS: ("G, O",),
    Command.GO_WAITING: ("G, W",),
    Command.GO_APPROVALS: ("G, A",),
    Command.GO_RESOLVED: ("G, R",),
    Command.GO_OUTBOX: ("G, U",),
    Command.GO_GUIDE: ("G, H",),
    Command.GO_SETTINGS: ("Ctrl+,",),
    Command.PRINT_GUIDE: ("Ctrl+P",),
    Command.SAVE_GUIDE: ("Ctrl+Shift+S",),
    Command.SHORTCUTS: ("?", "F1"),
}
CASE_COMMANDS = (
    Command.CLAIM,
    Command.ASSIGN,
    Command.RECHECK,
    Command.COMPLETE,
    Command.REFUND,
    Command.HOLD,
    Command.NOTIFY,
    Command.ESCALATE,
    Command.RESOLVE,
    Command.REVEAL,
    Command.HAND_OVER,
    Command.COPY_LINK,
)
_OF_THE_WHOLE = (Command.LOCK, Command.QUIT)
"""Not of any screen: a locked desk can be quit, and `ui.lock_cover` locks it."""
_MENUS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        QT_TRANSLATE_NOOP("Menu", "&Queue"),
        (
            Command.OPEN,
            Command.BACK,
            Command.SEARCH,
            Command.PALETTE,
            Command.REFRESH,
            Command.UNDO,
            Command.LOCK,
            Command.QUIT,
        ),
    ),
    (QT_TRANSLATE_NOOP("Menu", "&Case"), CASE_COMMANDS),
    (
        QT_TRANSLATE_NOOP("Menu", "&Go"),
        tuple(c for c in Command if c.value.startswith("go_")),
    ),
    (
        QT_TRANSLATE_NOOP("Menu", "&Help"),
        (
            Command.SHORTCUTS,
            Command.CHANGE_KEYS,
            Command.NOTICES,
            Command.PRINT_GUIDE,
            Command.SAVE_GUIDE,
            Command.HEALTH,
            Command.DIAGNOSTICS,
            Command.ABOUT,
        ),
    ),
)


_MNEMONIC = re.compile(r"\(&.\)|&")


class Commands(QObject):
    """The actions, by command; who carries one out says so with `serve`.

    Signals:
        invoked: a key or a menu entry asked for this (`Command`), which is about to be done.
        keys_changed: other keys may act from now on.
    """

    invoked = Signal(object)
    keys_changed = Signal()

    def __init__(self, window: QWidget, bar: QMenuBar) -> None:
        super().__init__(window)
        self._letters = True
        self._in_list = True
        self._keys: Mapping[Command, tuple[str, ...]] = KEYS
        self._served: dict[Command, Callable[[], object]] = {}
        self._menus: list[tuple[QMenu, str]] = []
        self.by_command = {command: QAction(window) for command in Command}
        for title, commands in _MENUS:
            menu = QMenu(window)
            for command in commands:
                menu.addAction(self.by_command[command])
            bar.addMenu(menu)
            self._menus.append((menu, title))
        self.by_command[Command.QUIT].setMenuRole(QAction.MenuRole.QuitRole)
        self.by_command[Command.GO_SETTINGS].setMenuRole(QAction.MenuRole.PreferencesRole)
        self._group = group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for command, action in self.by_command.items():
            if command not in _OF_THE_WHOLE:
                action.setEnabled(False)
                group.addAction(action)
        self.by_command[Command.QUIT].triggered.connect(self._on_quit)
        group.triggered.connect(self._on_triggered)
        self.retranslate()
        self._bind()
        self._tell_keys()

    def __getitem__(self, command: Command) -> QAction:
        return self.by_command[command]

    def serve(self, table: Mapping[Command, Callable[[], object]]) -> None:
        """Have these commands carried out so from now on; until then they cannot be chosen."""
        self._served.update(table)
        for command in table:
            self.by_command[command].setEnabled(command not in CASE_COMMANDS)

    def invoke(self, command: Command) -> None:
        """Carry a command out, as its key does."""
        self.invoked.emit(command)
        self._served[command]()

    def groups(self) -> tuple[tuple[str, tuple[Command, ...]], ...]:
        """Return the menus: what each is called, and its commands."""
        named = ((QCoreApplication.translate("Menu", title), of) for title, of in _MENUS)
        return tuple((_MNEMONIC.sub("", title), of) for title, of in named)

    def keys(self, command: Command) -> tuple[str, ...]:
        """Return the keys of a command, as Qt writes them everywhere; those switched off too."""
        return self._keys.get(command, ())

    def use_keys(self, keys: Mapping[Command, tuple[str, ...]]) -> None:
        """Have these keys act; a command that is not in it has none."""
        self._keys = keys
        self._bind()
        self._tell_keys()

    def use_letters(self, *, letters: bool) -> None:
        """Switch single letters on or off."""
        self._letters = letters
        self._bind()
        self._tell_keys()

    def show_place(self, *, in_list: bool, case_open: bool) -> None:
        """Let single letters act in lists and on the case page only."""
        self._in_list = in_list
        for command in CASE_COMMANDS:
            self.by_command[command].setEnabled(case_open)
        self._bind()

    def show_locked(self, *, locked: bool) -> None:
        """Let no command act while the desk is locked; quitting stays possible."""
        self._group.setEnabled(not locked)
        self.by_command[Command.LOCK].setEnabled(not locked)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for command, action in self.by_command.items():
            action.setText(name(command))
        for menu, title in self._menus:
            menu.setTitle(QCoreApplication.translate("Menu", title))

    @Slot()
    def _on_quit(self) -> None:
        self.invoke(Command.QUIT)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        command = next(c for c, known in self.by_command.items() if known is action)
        self.invoke(command)

    def _bind(self) -> None:
        letters = self._letters and self._in_list
        for command, action in self.by_command.items():
            # Going elsewhere stays possible from every screen.
            here = self._letters if command.value.startswith("go_") else letters
            keys = [key for key in self.keys(command) if here or not is_letter(key)]
            action.setShortcuts([QKeySequence(key) for key in keys])

    def _tell_keys(self) -> None:
        """Have sentences and buttons name the keys that act in lists and on the case page."""
        acting = {
            c: [k for k in self.keys(c) if self._letters or not is_letter(k)] for c in Command
        }
        keyed.use({command.value: keys[0] for command, keys in acting.items() if keys})
        self.keys_changed.emit()


def name(command: Command) -> str:
    """Return what a command is called."""
    return QCoreApplication.translate("Command", NAMES[command])
