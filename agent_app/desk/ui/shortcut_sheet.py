"""All keys on one sheet, by the menu that each command is in."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.commands import Commands, name
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words.keyed import written

translate = QCoreApplication.translate
NO_KEY = "–"
Row = tuple[str, str]


class ShortcutSheet(QDialog):
    """Lists every command with its keys, and the keys that never change.

    Signals:
        change_requested: other keys are wanted; the sheet has closed.
    """

    change_requested = Signal()

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("ShortcutSheet", "All keys"))
        groups: list[tuple[str, list[Row]]] = [
            (title, [(_written(commands.keys(command)), name(command)) for command in of])
            for title, of in commands.groups()
        ]
        groups.append((translate("ShortcutSheet", "Lists, guide and sheets"), _fixed()))
        columns = QHBoxLayout()
        columns.setSpacing(design.S5)
        for part in _balanced(groups):
            columns.addLayout(_column(part))
        title = ToneLabel(size=design.HEADLINE, bold=True)
        title.setText(translate("ShortcutSheet", "All keys"))
        hint = ToneLabel("muted", size=design.META, wrap=True)
        hint.setText(
            translate(
                "ShortcutSheet",
                "Single letters act in lists and on the case page, never while you type. "
                "They can be switched off in the settings.",
            )
        )
        self.change = QPushButton(translate("ShortcutSheet", "Change the keys…"))
        self.change.setAutoDefault(False)
        self.change.clicked.connect(self._on_change_clicked)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.change, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        FocusOutline(buttons.button(QDialogButtonBox.StandardButton.Close))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        layout.addWidget(title)
        layout.addLayout(columns)
        layout.addWidget(hint)
        layout.addWidget(buttons)

    @Slot()
    def _on_change_clicked(self) -> None:
        self.accept()
        self.change_requested.emit()


def _fixed() -> list[Row]:
    return [
        ("↑ ↓  J K", translate("ShortcutSheet", "Move in the queue")),
        (written("Return"), translate("ShortcutSheet", "Open the case")),
        ("1 … 9", translate("ShortcutSheet", "Answer the guide's question")),
        (written("Space"), translate("ShortcutSheet", "Run the next step")),
        (written("Ctrl+Return"), translate("ShortcutSheet", "Confirm a sheet")),
    ]


def _balanced(groups: list[tuple[str, list[Row]]]) -> Iterable[list[tuple[str, list[Row]]]]:
    """Part the groups in two columns, as even as their order allows."""
    heights = [len(rows) + 1 for _, rows in groups]
    cut = min(
        range(1, len(groups)),
        key=lambda place: max(sum(heights[:place]), sum(heights[place:])),
    )
    return groups[:cut], groups[cut:]


def _column(groups: list[tuple[str, list[Row]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(design.S4)
    grid.setVerticalSpacing(0)
    row = 0
    for title, rows in groups:
        head = ToneLabel("muted", size=design.META, bold=True)
        head.setText(title)
        head.setContentsMargins(0, design.S2 if row else 0, 0, 0)
        grid.addWidget(head, row, 0, 1, 2)
        for keys, text in rows:
            row += 1
            key, what = ToneLabel("accent" if keys != NO_KEY else "muted", bold=True), ToneLabel()
            key.setText(keys)
            what.setText(text)
            grid.addWidget(key, row, 0)
            grid.addWidget(what, row, 1)
        row += 1
    grid.setRowStretch(row, 1)
    grid.setColumnStretch(1, 1)
    return grid


def _written(keys: tuple[str, ...]) -> str:
    return ", ".join(map(written, keys)) or NO_KEY
