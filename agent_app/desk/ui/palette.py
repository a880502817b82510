"""The palette (Ctrl+K): every command, screen and case by a few letters of its name.

Made by main.py for the window. Cases are looked up in the store, off the Qt thread.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence

from agent_app.desk.ui.commands import NAMES, Command, Commands, name
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.palette_sheet import Entry, PaletteSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import states
from agent_app.desk.work.local import LocalStore
from agent_app.desk.work.matching import ranked
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.ids import UserId

CASES_FROM = 2
"""Letters; fewer go with too many cases."""
MOST_CASES, MOST_LATELY = 8, 8


class Palette(QObject):
    """Opens the sheet, fills it, and carries out what is chosen."""

    def __init__(self, window: DeskWindow, runner: Runner) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner
        self._connection: DeskConnection = window.connection
        self._commands: Commands = window.commands
        self._sheet: PaletteSheet | None = None
        self._typed = ""
        self._cases: tuple[Entry, ...] = ()
        self._lately: list[Command] = []
        window.commands.serve({Command.PALETTE: self.open})

    @Slot()
    def open(self) -> None:
        """Show the sheet, at the top of the window, empty."""
        self._typed, self._cases = "", ()
        self._sheet = sheet = PaletteSheet(self._window)
        sheet.typed.connect(self._on_typed)
        sheet.entry_chosen.connect(self._on_entry_chosen)
        sheet.words_chosen.connect(self._on_words_chosen)
        sheet.finished.connect(self._on_finished)
        sheet.show_entries(self._entries())
        sheet.open()
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        sheet.move(corner.x() + (self._window.width() - sheet.width()) // 2, corner.y() + 96)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._typed = text
        self._show()
        store, user = self._connection.store, self._connection.user
        if store is None or user is None or len(text.strip()) < CASES_FROM:
            self._cases = ()
            self._show()
            return
        me, now = user.actor.user, self._connection.clock.now()

        def job() -> tuple[str, tuple[QueueLine, ...]]:
            return text, _found(store, text, me, now)

        self._runner.run(job, self._on_found, self._on_failed, owner=self, lane="palette")

    def _on_found(self, found: tuple[str, tuple[QueueLine, ...]]) -> None:
        text, lines = found
        if text == self._typed:
            self._cases = tuple(_of_case(line) for line in lines)
            self._show()

    def _on_failed(self, _error: Exception) -> None:
        """Offer commands alone: the queue says what is wrong with the store."""

    def _show(self) -> None:
        if self._sheet is not None:
            self._sheet.show_entries(self._entries())

    def _entries(self) -> tuple[Entry, ...]:
        """Return what goes with the words: cases, then commands, those used last first."""
        commands = [*self._lately, *(c for c in Command if c not in self._lately)]
        # By their English names too: whoever learnt them so finds them so.
        named = [(c, (name(c), NAMES[c])) for c in commands if c is not Command.PALETTE]
        found = (self._of_command(command) for command in ranked(self._typed, named))
        # What cannot be done now stands behind what can.
        return (*self._cases, *sorted(found, key=lambda entry: not entry.enabled))

    def _of_command(self, command: Command) -> Entry:
        action = self._commands[command]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return Entry(name(command), keys, command, enabled=action.isEnabled())

    @Slot(object)
    def _on_entry_chosen(self, entry: Entry) -> None:
        if entry.command is not None:
            last = [c for c in self._lately if c is not entry.command]
            self._lately = [entry.command, *last][:MOST_LATELY]
            self._commands[entry.command].trigger()
        elif entry.case is not None:
            self._window.go(Place.TEAM)
            self._window.open_case(entry.case)

    @Slot(str)
    def _on_words_chosen(self, words: str) -> None:
        """Look in the queue, which asks the gateway too."""
        self._window.go(Place.TEAM)
        search = self._window.work.queue.search
        search.setText(words)
        search.returnPressed.emit()

    @Slot()
    def _on_finished(self) -> None:
        self._sheet = None


def _found(store: LocalStore, text: str, me: UserId, now: datetime) -> tuple[QueueLine, ...]:
    numbers = store.numbers(QueueName.TEAM, me, now, Order(), text)
    return store.lines(list(numbers[:MOST_CASES]))


def _of_case(line: QueueLine) -> Entry:
    return Entry(f"{line.name} · {line.customer}", states.verdict(line.verdict), case=line.id)
