"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.commands import KEYS, name
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel

translate = QCoreApplication.translate


class ShortcutSheet(QDialog):
    """Lists every key with what it does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("ShortcutSheet", "All keys"))
        rows = [(", ".join(map(_shown, keys)), name(command)) for command, keys in KEYS.items()]
        rows += [
            ("↑ ↓  J K", translate("ShortcutSheet", "Move in the queue")),
            (_shown("Return"), translate("ShortcutSheet", "Open the case")),
            ("1 … 9", translate("ShortcutSheet", "Answer the guide's question")),
            (_shown("Space"), translate("ShortcutSheet", "Run the next step")),
            (_shown("Ctrl+Return"), translate("ShortcutSheet", "Confirm a sheet")),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(design.S4)
        grid.setVerticalSpacing(design.S1)
        half = (len(rows) + 1) // 2
        for place, (keys, text) in enumerate(rows):
            row, column = place % half, 2 * (place // half)
            key, what = ToneLabel("accent", bold=True), ToneLabel()
            key.setText(keys)
            what.setText(text)
            grid.addWidget(key, row, column)
            grid.addWidget(what, row, column + 1)
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
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        FocusOutline(buttons.button(QDialogButtonBox.StandardButton.Close))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        layout.addWidget(title)
        layout.addLayout(grid)
        layout.addWidget(hint)
        layout.addWidget(buttons)


def _shown(key: str) -> str:
    """Return a key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
