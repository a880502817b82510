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
from agent_app.desk.ui.drafts import Drafts
from agent_app.desk.ui.locked import lock
from agent_app.desk.ui.record_table import RecordTable
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.local import Click, ClickKind
from agent_app.desk.work.outbox_clicks import typed_text
from agent_app.desk.work.pending import PendingNote, unsent_notes

translate = QCoreApplication.translate
NOTE = "note"
"""The field of a draft."""


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
        self._pending: tuple[PendingNote, ...] = ()
        self.timeline = RecordTable()
        self.messages = RecordTable()
        self.notes = RecordTable()
        self.ledger = RecordTable()
        self.note = QPlainTextEdit()
        self._drafts: Drafts | None = None
        self._drafting = True
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
        another = self._file is None or self._file.line.id != file.line.id
        self._file, self._now = file, now
        if another:
            self._write(self._draft_of(file))
        self._render()

    def show_pending(self, notes: tuple[PendingNote, ...]) -> None:
        """Show the notes that the gateway has not got yet."""
        self._pending = notes
        self._render()

    def follow_drafts(self, drafts: Drafts) -> None:
        """Keep what is written of a note, and put it back when the case is opened again."""
        self._drafts = drafts

    @Slot(object)
    def on_click_written(self, click: Click) -> None:
        """Take a note out of its field that is on its way; what was typed since stays."""
        if click.kind is not ClickKind.NOTE:
            return
        text = typed_text(click)
        if self._file is not None and self._file.line.id == click.case:
            if self.note.toPlainText().strip() != text:
                return
            self._write("")
        if self._drafts is not None and self._drafts.text(click.case, NOTE).strip() == text:
            self._drafts.sent(click.case, NOTE)

    def _draft_of(self, file: CaseFile) -> str:
        if self._drafts is None:
            return ""
        text = self._drafts.text(file.line.id, NOTE)
        # A crash may have come between the click and the end of its draft.
        known = {note.text for note in self._pending} | {note.text for note in file.notes}
        return "" if text.strip() in known else text

    def _write(self, text: str) -> None:
        self._drafting = False
        self.note.setPlainText(text)
        self._drafting = True

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._keep.setText(translate("CaseTabs", "Keep note"))
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
            (
                len(file.events),
                len(file.messages),
                len(file.notes) + len(unsent_notes(file, self._pending)),
                len(file.ledger),
            )
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
        self.notes.show_rows(*case_records.note_rows(file, unsent_notes(file, self._pending)))
        self.ledger.show_rows(*case_records.ledger_rows(file))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._render()
        super().changeEvent(event)

    @Slot()
    def _on_note_edited(self) -> None:
        written = bool(self.note.toPlainText().strip())
        first = translate("CaseTabs", "There is nothing to keep yet: write the note first.")
        lock(self._keep, "" if written else first, "Ctrl+Enter")
        if self._drafting and self._file is not None and self._drafts is not None:
            self._drafts.write(self._file.line.id, NOTE, self.note.toPlainText())

    @Slot()
    def _on_keep_clicked(self) -> None:
        text = self.note.toPlainText().strip()
        if text:
            self.note_written.emit(text)
