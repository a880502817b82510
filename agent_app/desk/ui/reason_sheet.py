"""Sheets that ask for a reason: escalate, resolve, override, defer, refuse, correct an entry."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.choice import Tick
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import Sheet

translate = QCoreApplication.translate


class ReasonSheet(Sheet):
    """Asks for a reason, and for a choice where there is one.

    Signals:
        given: the reason (`str`), the choice (`str`, empty where there is none) and the tick.
    """

    given = Signal(str, str, bool)

    def __init__(
        self,
        title: str,
        about: str,
        verb: str,
        parent: QWidget,
        *,
        hint: str = "",
        choices: Sequence[tuple[str, str]] = (),
        tick: str = "",
        required: bool = True,
        one_line: bool = False,
    ) -> None:
        super().__init__(title, about, parent)
        self._required = required
        self.choice = QComboBox()
        for code, words in choices:
            self.choice.addItem(words, code)
        self.line = QLineEdit()
        self.line.setMinimumHeight(32)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(84)
        self._one_line = one_line
        self.tick = Tick(tick)
        hint_label = ToneLabel("muted", size=design.META, wrap=True)
        hint_label.setText(hint)
        hint_label.setVisible(bool(hint))
        if choices:
            self.body.addWidget(self.choice)
        self.body.addWidget(self.line if one_line else self.text)
        if tick:
            self.body.addWidget(self.tick)
        self.body.addWidget(hint_label)
        unused: list[QWidget] = [self.text if one_line else self.line]
        if not choices:
            unused.append(self.choice)
        if not tick:
            unused.append(self.tick)
        for field in unused:
            field.setParent(self)
            field.hide()
        self.confirm_button.setText(verb)
        written = translate("ReasonSheet", "Reason")
        self.line.setAccessibleName(written)
        self.text.setAccessibleName(written)
        (self.line if one_line else self.text).setFocus()

    @property
    def field(self) -> QLineEdit | QPlainTextEdit:
        """Return the field for the reason."""
        return self.line if self._one_line else self.text

    def confirm(self) -> bool:
        """Hand reason and choice over."""
        reason = self.line.text() if self._one_line else self.text.toPlainText()
        reason = reason.strip()
        if self._required and not reason:
            self.complain(translate("ReasonSheet", "Write a few words: the case keeps them."))
            return False
        self.given.emit(reason, str(self.choice.currentData() or ""), self.tick.isChecked())
        return True
