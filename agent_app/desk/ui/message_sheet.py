"""The message composer: which message, in which language, exactly as the gateway would send it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPlainTextEdit, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import actions, people, problems
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.case_work import Preview
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.wording import Template

translate = QCoreApplication.translate
LANGUAGES = ("en", "zh_CN")


class MessageSheet(Sheet):
    """Offers only messages that state what is evidenced (I10).

    Signals:
        preview_wanted: show this one (`template`, `language`).
        confirmed: send the message shown (`Wish`).
    """

    preview_wanted = Signal(str, str)
    confirmed = Signal(object)

    def __init__(
        self, file: CaseFile, templates: tuple[Template, ...], first: str | None, parent: QWidget
    ) -> None:
        about = f"{file.line.name} · {file.line.customer}"
        super().__init__(translate("MessageSheet", "Notify the customer"), about, parent)
        self._shown: Preview | None = None
        self.template = QComboBox()
        self.language = QComboBox()
        self._subject = QLabel(wordWrap=True)
        self._subject.setFont(design.font(bold=True))
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setMinimumHeight(170)
        self._text.setAccessibleName(translate("MessageSheet", "Message"))
        self._text.setTabChangesFocus(True)
        FocusOutline(self._text)
        for template in templates:
            self.template.addItem(people.template(template), template.value)
        names = (translate("records", "English"), translate("records", "Chinese"))
        for tag, name in zip(LANGUAGES, names, strict=True):
            self.language.addItem(name, tag)
        self._choose(first, file.order.customer.language)
        form = QFormLayout()
        form.addRow(translate("MessageSheet", "Message"), self.template)
        form.addRow(translate("MessageSheet", "Language"), self.language)
        self.body.addLayout(form)
        self.body.addWidget(self._subject)
        self.body.addWidget(self._text, 1)
        self.template.currentIndexChanged.connect(self._on_choice_changed)
        self.language.currentIndexChanged.connect(self._on_choice_changed)
        self.confirm_button.setText(
            f"{actions.kind(ActionKind.NOTIFY)}: {file.line.customer}"
            if file.line.customer
            else actions.kind(ActionKind.NOTIFY)
        )
        self.confirm_button.setEnabled(False)

    def _choose(self, template: str | None, language: str) -> None:
        self.template.setCurrentIndex(max(self.template.findData(template), 0))
        tag = "zh_CN" if language.startswith("zh") else "en"
        self.language.setCurrentIndex(self.language.findData(tag))

    def ask(self) -> None:
        """Ask for the preview of what is chosen."""
        self._on_choice_changed()

    def show_preview(self, preview: Preview) -> None:
        """Show the message; only what is shown can be sent."""
        if (preview.template, preview.language) != self._choice():
            return
        self._shown = preview
        self._subject.setText(preview.subject)
        self._text.setPlainText(preview.body)
        self.complain("")
        self.confirm_button.setEnabled(True)

    def show_failure(self, error: Exception) -> None:
        """Say why there is no preview."""
        self._shown = None
        self._text.clear()
        self._subject.clear()
        self.complain(problems.sentence(error))

    def confirm(self) -> bool:
        """Send the message shown."""
        if self._shown is None:
            return False
        shown = self._shown
        self.confirmed.emit(
            Wish(ActionKind.NOTIFY, template=shown.template, language=shown.language)
        )
        return True

    def _choice(self) -> tuple[str, str]:
        return str(self.template.currentData() or ""), str(self.language.currentData())

    @Slot()
    def _on_choice_changed(self) -> None:
        template, language = self._choice()
        self._shown = None
        self.confirm_button.setEnabled(False)
        if template:
            self._subject.setText(translate("MessageSheet", "Preparing the message…"))
            self._text.clear()
            self.preview_wanted.emit(template, language)
        else:
            self.complain(
                translate("MessageSheet", "No message is true of this case at the moment.")
            )
