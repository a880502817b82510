"""The sheet in which a person gives commands other keys."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.commands import NAMES, Command, name
from agent_app.desk.ui.record_table import Cell, RecordTable
from agent_app.desk.ui.sheet import WIDTH, Sheet
from agent_app.desk.ui.words import filled
from agent_app.desk.ui.words.keyed import written
from agent_app.desk.work import shortcuts
from agent_app.desk.work.matching import ranked

translate = QCoreApplication.translate
LEAST_ROWS_PX, HEIGHT = 180, 660
STROKES = 2


class KeysSheet(Sheet):
    """Every command with its keys; nothing acts otherwise before the sheet is confirmed.

    Signals:
        chosen: the keys that shall act, by command (`dict[str, tuple[str, ...]]`).
    """

    chosen = Signal(object)

    def __init__(
        self,
        keys: Mapping[str, tuple[str, ...]],
        usual: Mapping[str, tuple[str, ...]],
        parent: QWidget,
    ) -> None:
        super().__init__(
            translate("KeysSheet", "Change the keys"),
            translate(
                "KeysSheet",
                "Choose a command, go to the field below and press its new key. Two keys one "
                "after the other are possible, as G, M.",
            ),
            parent,
        )
        self._keys, self._usual = dict(keys), usual
        self._listed: list[Command] = []
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setMinimumHeight(30)
        self.search.setPlaceholderText(translate("KeysSheet", "Find a command"))
        self.search.setAccessibleName(self.search.placeholderText())
        self.table = RecordTable()
        self.table.setAccessibleName(translate("KeysSheet", "Commands and their keys"))
        self.table.setMinimumHeight(LEAST_ROWS_PX)
        self.about = QLabel()
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(STROKES)
        self.field.setMinimumHeight(30)
        self.about.setBuddy(self.field)
        self.none = QPushButton(translate("KeysSheet", "No key"))
        self.usual = QPushButton(translate("KeysSheet", "Usual key"))
        self.all_usual = QPushButton(translate("KeysSheet", "All keys as usual"))
        row, last = QHBoxLayout(), QHBoxLayout()
        for widget in (self.field, self.none, self.usual):
            row.addWidget(widget)
        last.addWidget(self.all_usual)
        last.addStretch(1)
        for button in (self.none, self.usual, self.all_usual):
            button.setMinimumHeight(30)
            button.setAutoDefault(False)
        row.setSpacing(design.S2)
        self.body.addWidget(self.search)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.about)
        self.body.addLayout(row)
        self.body.addLayout(last)
        self.confirm_button.setText(translate("KeysSheet", "Use these keys"))
        self.search.textChanged.connect(self._on_search_changed)
        self.table.currentCellChanged.connect(self._on_command_changed)
        self.field.editingFinished.connect(self._on_key_pressed)
        self.none.clicked.connect(self._on_none_clicked)
        self.usual.clicked.connect(self._on_usual_clicked)
        self.all_usual.clicked.connect(self._on_all_usual_clicked)
        self._show()
        self.resize(WIDTH, HEIGHT)
        self.search.setFocus()

    @property
    def command(self) -> Command | None:
        """Return the command whose key is changed now."""
        row = self.table.currentRow()
        return self._listed[row] if 0 <= row < len(self._listed) else None

    def choose(self, command: Command) -> None:
        """Go to a command."""
        self.table.setCurrentCell(self._listed.index(command), 0)

    def confirm(self) -> bool:
        """Hand the keys over."""
        self.chosen.emit(dict(self._keys))
        return True

    def _show(self) -> None:
        """List what goes with the search; the command that is changed stays chosen."""
        before = self.command
        named = [(command, (name(command), NAMES[command])) for command in Command]
        self._listed = list(ranked(self.search.text(), named))
        heads = (translate("KeysSheet", "Command"), translate("KeysSheet", "Keys"))
        self.table.show_rows(heads, [self._cells(command) for command in self._listed])
        if self._listed:
            self.choose(before if before in self._listed else self._listed[0])
        self._on_command_changed()

    def _cells(self, command: Command) -> tuple[Cell, Cell]:
        keys = self._keys.get(command.value, ())
        own = keys != self._usual.get(command.value, ())
        text = ", ".join(map(written, keys)) or "–"
        changed = translate("KeysSheet", "changed") if own else ""
        return Cell(name(command)), Cell(text, "accent" if own else "text", quote=changed)

    def _give(self, keys: tuple[str, ...]) -> None:
        """Give the chosen command these keys, unless one of them has another meaning."""
        command = self.command
        if command is None:
            return
        for key in keys:
            problem = self._problem(command, key)
            if problem:
                self.complain(problem)
                return
        self.complain("")
        self._keys[command.value] = keys
        self._show()

    def _problem(self, command: Command, key: str) -> str:
        if shortcuts.is_fixed(key):
            text = translate(
                "KeysSheet", "{key} moves in lists, answers or types, and cannot be given away."
            )
            return filled(text, key=written(key))
        other = shortcuts.holder(self._keys, key, command.value)
        if other is None:
            return ""
        text = translate(
            "KeysSheet", "{key} is the key of “{other}”. Give that another key first, or none."
        )
        return filled(text, key=written(key), other=name(Command(other)))

    @Slot()
    def _on_search_changed(self) -> None:
        self._show()

    @Slot()
    def _on_command_changed(self) -> None:
        command = self.command
        for widget in (self.field, self.none, self.usual):
            widget.setEnabled(command is not None)
        text = translate("KeysSheet", "New &key of “{command}”")
        self.about.setText(filled(text, command=name(command)) if command is not None else "")
        # The keyboard is on the line within, and that is what is read out.
        line = self.field.findChild(QLineEdit)
        assert line is not None
        line.setAccessibleName(self.about.text().replace("&", ""))
        self.field.clear()

    @Slot()
    def _on_key_pressed(self) -> None:
        key = self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if key:
            self._give((key,))
            self.field.clear()

    @Slot()
    def _on_none_clicked(self) -> None:
        self._give(())

    @Slot()
    def _on_usual_clicked(self) -> None:
        if self.command is not None:
            self._give(self._usual.get(self.command.value, ()))

    @Slot()
    def _on_all_usual_clicked(self) -> None:
        self._keys = dict(self._usual)
        self.complain("")
        self._show()
