"""The hand-over of the one who had the case before, on top of it until it is read."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton

from agent_app.desk.ui import design, formats
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import Panel
from agent_app.desk.ui.words import filled
from agent_app.desk.work.case_file import NoteLine

translate = QCoreApplication.translate
_MOST_LINES = 5


class HandoverBar(Panel):
    """Shown while there is something to read.

    Signals:
        read: it was read.
    """

    read = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._note: NoteLine | None = None
        self._now: datetime | None = None
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._text.setTabChangesFocus(True)
        FocusOutline(self._text)
        self.done = QPushButton()
        self.done.clicked.connect(self.read)
        row = QHBoxLayout()
        row.setSpacing(design.S3)
        row.addWidget(self._text, 1)
        row.addWidget(self.done)
        self.body.addLayout(row)
        self.hide()

    @property
    def text(self) -> str:
        """Return the note that is shown; empty when none is."""
        return self._note.text if self._note is not None else ""

    def show_note(self, note: NoteLine | None, now: datetime) -> None:
        """Show what is to be read, or nothing."""
        another = note != self._note
        self._note, self._now = note, now
        self.setVisible(note is not None)
        if note is not None:
            if another:
                self._text.setPlainText(note.text)
                lines = min(len(note.text.splitlines()), _MOST_LINES)
                height = self._text.fontMetrics().lineSpacing() * lines + 2 * design.S2
                self._text.setFixedHeight(height)
            self._render(note, now)

    def tick(self, now: datetime) -> None:
        """Count on how long ago it was written."""
        if self._note is not None:
            self._now = now
            self._render(self._note, now)

    def _render(self, note: NoteLine, now: datetime) -> None:
        heading = translate("HandoverBar", "Handed over by {name}, {ago}")
        self.heading.setText(filled(heading, name=note.by, ago=formats.ago(note.at, now)))
        self._text.setAccessibleName(self.heading.text())
        self.done.setText(translate("HandoverBar", "I have read it"))

    def changeEvent(self, event: QEvent) -> None:
        relevant = event.type() == QEvent.Type.LanguageChange
        if relevant and self._note is not None and self._now is not None:
            self._render(self._note, self._now)
        super().changeEvent(event)
