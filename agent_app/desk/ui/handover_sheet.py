"""Asks what the next person must know: four fields, begun from what the case knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import filled
from agent_app.desk.work.handover import MOST_CHARACTERS

translate = QCoreApplication.translate
_LINES = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a hand-over: its code, its heading, and what stands in it at first."""

    code: str
    heading: str
    text: str


class HandoverSheet(Sheet):
    """Ctrl+Enter keeps the note; where the case is one's own, it is given back with it.

    Signals:
        edited: a field was changed by hand: its code and its text (`str`, `str`).
        written: the whole note (`str`).
        release_chosen: give the case back without a note.
    """

    edited = Signal(str, str)
    written = Signal(str)
    release_chosen = Signal()

    def __init__(
        self, about: str, parts: Sequence[Part], parent: QWidget, *, releases: bool
    ) -> None:
        super().__init__(translate("HandoverSheet", "Hand the case over"), about, parent)
        self._parts = tuple(parts)
        self.fields: dict[str, QPlainTextEdit] = {}
        self._kept: dict[str, str] = {}
        for part in self._parts:
            self._add(part)
        hint = ToneLabel("muted", size=design.META, wrap=True)
        hint.setText(
            translate(
                "HandoverSheet",
                "It stands on top of the case until the next person has read it. No card numbers.",
            )
        )
        self.body.addWidget(hint)
        self.without = QPushButton(translate("HandoverSheet", "Release without a note"))
        self.without.setAutoDefault(False)
        self.without.setMinimumHeight(34)
        self.without.clicked.connect(self._on_without_clicked)
        self.without.setVisible(releases)
        self.body.addWidget(self.without, 0, Qt.AlignmentFlag.AlignRight)
        self.confirm_button.setText(
            translate("HandoverSheet", "Keep the note and release")
            if releases
            else translate("HandoverSheet", "Keep the hand-over note")
        )
        # What comes next is what nobody else can know.
        last = self.fields[self._parts[-1].code]
        last.moveCursor(QTextCursor.MoveOperation.End)
        last.setFocus()

    def _add(self, part: Part) -> None:
        label = QLabel(part.heading)
        label.setFont(design.font(design.META, bold=True))
        field = QPlainTextEdit()
        field.setPlainText(part.text)
        field.setTabChangesFocus(True)
        field.setAccessibleName(part.heading)
        field.setFixedHeight(field.fontMetrics().lineSpacing() * _LINES + 2 * design.S2)
        label.setBuddy(field)
        field.textChanged.connect(self._on_edited)
        self.fields[part.code] = field
        self._kept[part.code] = part.text
        pair = QVBoxLayout()
        pair.setSpacing(design.S1)
        pair.addWidget(label)
        pair.addWidget(field)
        self.body.addLayout(pair)

    @property
    def note(self) -> str:
        """Return the note as it would be kept: a paragraph for each field that says something."""
        said = ((part.heading, self._said(part)) for part in self._parts)
        form = translate("HandoverSheet", "{heading}: {text}")
        return "\n".join(filled(form, heading=h, text=t) for h, t in said if t)

    def _said(self, part: Part) -> str:
        return self.fields[part.code].toPlainText().strip()

    def confirm(self) -> bool:
        """Hand the note over."""
        note = self.note
        if not note:
            self.complain(translate("HandoverSheet", "Say what the next person must know."))
            return False
        if len(note) > MOST_CHARACTERS:
            text = translate("HandoverSheet", "The note is too long: {count} of {most} characters.")
            self.complain(filled(text, count=str(len(note)), most=str(MOST_CHARACTERS)))
            return False
        self.written.emit(note)
        return True

    @Slot()
    def _on_edited(self) -> None:
        self.complain("")
        for code, field in self.fields.items():
            text = field.toPlainText()
            if text != self._kept[code]:
                self._kept[code] = text
                self.edited.emit(code, text)

    @Slot()
    def _on_without_clicked(self) -> None:
        self.release_chosen.emit()
        self.reject()
