"""The tabs of a case: timeline, messages, notes, ledger."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import case_records, design
from agent_app.desk.ui.record_table import RecordTable
from agent_app.desk.work.case_file import CaseFile

translate = QCoreApplication.translate


class CaseTabs(QTabWidget):
    """What was found out, said and done.

    Signals:
        note_written: a note to keep (`str`).
    """

    note_written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: CaseFile | None = None
        self._now: datetime | None = None
        self.timeline = RecordTable()
        self.messages = RecordTable()
        self.notes = RecordTable()
        self.ledger = RecordTable()
        self.note = QPlainTextEdit()
        self._keep = QPushButton()
        self.setDocumentMode(True)
        self.addTab(self.timeline, "")
        self.addTab(self.messages, "")
        self.addTab(self._notes_page(), "")
        self.addTab(self.ledger, "")
        self._keep.clicked.connect(self._on_keep_clicked)
        self.note.textChanged.connect(self._on_note_edited)
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self.note)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self._on_keep_clicked)
        self.retranslate()

    def _notes_page(self) -> QWidget:
        page = QWidget()
        self.note.setMaximumHeight(58)
        self.note.setTabChangesFocus(True)
        writing = QHBoxLayout()
        writing.setSpacing(design.S2)
        writing.addWidget(self.note, 1)
        writing.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, design.S2, 0, 0)
        layout.addLayout(writing)
        layout.addWidget(self.notes, 1)
        return page

    def show_case(self, file: CaseFile, now: datetime) -> None:
        """Show a case; a half-written note goes with the case that it was written in."""
        before = self._file
        if before is not None:
            another = before.line.id != file.line.id
            kept = len(file.notes) > len(before.notes)
            if another or kept:
                self.note.clear()
        self._file, self._now = file, now
        self._render()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._keep.setText(translate("CaseTabs", "Keep note"))
        self._keep.setToolTip("Ctrl+Enter")
        self.note.setPlaceholderText(
            translate("CaseTabs", "What the next person must know. No card numbers.")
        )
        self.note.setAccessibleName(translate("CaseTabs", "New note"))
        self.setAccessibleName(translate("CaseTabs", "Records of the case"))
        self._on_note_edited()
        self._render()

    def _render(self) -> None:
        file, now = self._file, self._now
        counts = (
            (len(file.events), len(file.messages), len(file.notes), len(file.ledger))
            if file
            else (0, 0, 0, 0)
        )
        names = (
            translate("CaseTabs", "Timeline"),
            translate("CaseTabs", "Messages"),
            translate("CaseTabs", "Notes"),
            translate("CaseTabs", "Ledger"),
        )
        tables = (self.timeline, self.messages, self.notes, self.ledger)
        for table, name in zip(tables, names, strict=True):
            table.setAccessibleName(name)
        for place, (name, count) in enumerate(zip(names, counts, strict=True)):
            self.setTabText(place, f"{name} ({count})" if count and place else name)
        if file is None or now is None:
            return
        self.timeline.show_rows(*case_records.timeline_rows(file, now))
        self.messages.show_rows(*case_records.message_rows(file))
        self.notes.show_rows(*case_records.note_rows(file))
        self.ledger.show_rows(*case_records.ledger_rows(file))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.ApplicationPaletteChange:
            self._render()
        super().changeEvent(event)

    @Slot()
    def _on_note_edited(self) -> None:
        self._keep.setEnabled(bool(self.note.toPlainText().strip()))

    @Slot()
    def _on_keep_clicked(self) -> None:
        text = self.note.toPlainText().strip()
        if text:
            self.note_written.emit(text)
