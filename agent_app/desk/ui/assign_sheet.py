"""Asks to whom a case is to go: an ID, with the people met as suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QFormLayout, QLabel, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import filled
from agent_app.desk.work.colleagues import Colleague
from agent_app.domain.ids import UserId

translate = QCoreApplication.translate


class AssignSheet(Sheet):
    """The gateway has no list of its people: whoever was not met is written by his ID.

    Signals:
        chosen: who is to work on the case (`UserId`).
    """

    chosen = Signal(object)

    def __init__(
        self, about: str, holder: str, people: Sequence[Colleague], parent: QWidget
    ) -> None:
        super().__init__(translate("AssignSheet", "Assign the case"), about, parent)
        self.user = QComboBox(editable=True)
        self.user.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.user.setMinimumHeight(34)
        for colleague in people:
            self.user.addItem(f"{colleague.name} ({colleague.user})", colleague.user)
        self.user.setCurrentIndex(-1)
        completer = self.user.completer()
        if completer is not None:
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
        field = self.user.lineEdit()
        assert field is not None
        field.setPlaceholderText(translate("AssignSheet", "Name, or the ID for signing in"))
        label = QLabel(translate("AssignSheet", "&To whom"))
        label.setBuddy(self.user)
        for part in (self.user, field):
            part.setAccessibleName(translate("AssignSheet", "To whom"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label, self.user)
        self.body.addLayout(form)
        hint = ToneLabel("muted", size=design.META, wrap=True)
        hint.setText(_hint(holder))
        self.body.addWidget(hint)
        self.confirm_button.setText(translate("AssignSheet", "Assign"))
        field.textChanged.connect(self._on_edited)
        self._on_edited()
        self.user.setFocus()

    @property
    def chosen_user(self) -> UserId | None:
        """Return the ID of whom the field names; None while it is empty."""
        text = self.user.currentText().strip()
        place = self.user.findText(text, Qt.MatchFlag.MatchFixedString)
        if place >= 0:
            return UserId(str(self.user.itemData(place)))
        return UserId(text) if text else None

    def confirm(self) -> bool:
        """Hand the choice over."""
        user = self.chosen_user
        if user is None:
            self.complain(translate("AssignSheet", "Say who is to work on the case."))
            return False
        self.chosen.emit(user)
        return True

    def _on_edited(self) -> None:
        self.complain("")
        self.confirm_button.setEnabled(self.chosen_user is not None)


def _hint(holder: str) -> str:
    finds = translate(
        "AssignSheet", "The case stands in that person's queue, claimed for 30 minutes."
    )
    if not holder:
        return finds
    loses = translate("AssignSheet", "{name} is working on it now and no longer will be.")
    return f"{filled(loses, name=holder)} {finds}"
