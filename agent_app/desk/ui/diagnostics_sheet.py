"""Diagnostics: all that would be handed over, to be read before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.words import filled, problems

translate = QCoreApplication.translate
Parts = Sequence[tuple[str, str]]
"""Names of files with their text."""


class DiagnosticsSheet(QDialog):
    """Shows each file as it would be saved; nothing leaves this computer by itself."""

    def __init__(
        self,
        parent: QWidget,
        runner: Runner,
        gather: Callable[[], Parts],
        save: Callable[[Parts, Path], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("DiagnosticsSheet", "Diagnostics"))
        self.resize(760, 540)
        self._runner = runner
        self._save = save
        self.parts: Parts = ()
        about = ToneLabel(wrap=True)
        about.setText(
            translate(
                "DiagnosticsSheet",
                "This is all that the file holds: no customer's data, no token, no password. It is "
                "saved on this computer only; you decide whom you give it to.",
            )
        )
        self.chosen = QComboBox()
        self.chosen.setMinimumHeight(30)
        self.chosen.setAccessibleName(translate("DiagnosticsSheet", "File"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(translate("DiagnosticsSheet", "Content of the file"))
        FocusOutline(self.text)
        self.said = ToneLabel("muted", wrap=True)
        self.said.hide()
        self.save = QPushButton(translate("DiagnosticsSheet", "Save…"))
        self.save.setEnabled(False)
        self.shut = QPushButton(translate("DiagnosticsSheet", "Close"))
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addStretch(1)
        row.addWidget(self.shut)
        for button in (self.save, self.shut):
            button.setAutoDefault(False)
            button.setMinimumHeight(32)
            FocusOutline(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        for widget in (about, self.chosen, self.text, self.said):
            layout.addWidget(widget, 1 if widget is self.text else 0)
        layout.addLayout(row)
        self.chosen.currentIndexChanged.connect(self._on_chosen)
        self.save.clicked.connect(self._on_save_clicked)
        self.shut.clicked.connect(self.reject)
        runner.run(gather, self._on_gathered, self._on_failed, owner=self)

    def _on_gathered(self, parts: Parts) -> None:
        self.parts = parts
        self.chosen.addItems([name for name, _ in parts])
        self.save.setEnabled(bool(parts))

    def _on_failed(self, error: Exception) -> None:
        self.said.setText(problems.sentence(error))
        self.said.show()

    @Slot(int)
    def _on_chosen(self, place: int) -> None:
        if 0 <= place < len(self.parts):
            self.text.setPlainText(self.parts[place][1])

    @Slot()
    def _on_save_clicked(self) -> None:
        name = f"agent-app-diagnostics-{datetime.now().astimezone():%Y-%m-%d-%H%M}.zip"
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), str(Path.home() / name), "ZIP (*.zip)"
        )
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Save what is shown."""
        parts = self.parts

        def job() -> Path:
            self._save(parts, path)
            return path

        self._runner.run(job, self._on_saved, self._on_failed, owner=self)

    def _on_saved(self, path: Path) -> None:
        text = translate("DiagnosticsSheet", "Saved as {file}.")
        self.said.setText(filled(text, file=str(path)))
        self.said.show()
