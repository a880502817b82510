"""Changes the passphrase that opens what is kept on this computer; used by the settings page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import problems
from agent_app.desk.work.entry import Entry

translate = QCoreApplication.translate


class PassphraseSheet(Sheet):
    """Asks for the old passphrase and twice for the new one, then says that it is changed.

    Signals:
        chosen: the old and the new passphrase (`str`, `str`).
    """

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            translate("PassphraseSheet", "Change the passphrase"),
            translate(
                "PassphraseSheet",
                "What is kept on this computer stays as it is. Nobody can recover a passphrase.",
            ),
            parent,
        )
        self._is_done = False
        self.old, self.new, self.again = (
            QLineEdit(echoMode=QLineEdit.EchoMode.Password) for _ in range(3)
        )
        words = (
            translate("PassphraseSheet", "Passphrase &until now"),
            translate("PassphraseSheet", "&New passphrase"),
            translate("PassphraseSheet", "New passphrase a&gain"),
        )
        self._fields = QWidget()
        inner = QVBoxLayout(self._fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(design.S1)
        for field, text in zip((self.old, self.new, self.again), words, strict=True):
            label = QLabel(text)
            label.setBuddy(field)
            field.setMinimumHeight(34)
            inner.addWidget(label)
            inner.addWidget(field)
        self.told = ToneLabel("success", wrap=True)
        self.told.setText(
            translate("PassphraseSheet", "From now on the new passphrase opens it, and no other.")
        )
        self.told.hide()
        self.body.addWidget(self._fields)
        self.body.addWidget(self.told)
        self._say_verb()
        self.old.setFocus()

    def confirm(self) -> bool:
        """Hand the passphrases over; the sheet stays until it is told what came of it."""
        if self._is_done:
            return True
        if not self.old.text():
            self.complain(translate("PassphraseSheet", "Type the passphrase you have used so far."))
            self.old.setFocus()
        elif self.new.text() != self.again.text():
            self.complain(translate("PassphraseSheet", "The two new passphrases are not the same."))
            self.again.setFocus()
        else:
            self.complain("")
            self._show_busy(busy=True)
            self.chosen.emit(self.old.text(), self.new.text())
        return False

    def show_error(self, error: Exception) -> None:
        """Say why nothing has changed, and ask again."""
        self._show_busy(busy=False)
        self.complain(problems.sentence(error))
        self.old.setFocus()
        self.old.selectAll()

    def show_done(self) -> None:
        """Say that it is changed; the fields are emptied."""
        self._is_done = True
        self._show_busy(busy=False)
        for field in (self.old, self.new, self.again):
            field.clear()
        self._fields.hide()
        self.told.show()
        self.cancel_button.hide()
        self.confirm_button.setText(translate("PassphraseSheet", "Close"))
        self.confirm_button.setFocus()

    def _show_busy(self, *, busy: bool) -> None:
        self._fields.setEnabled(not busy)
        self.confirm_button.setEnabled(not busy)
        if busy:
            self.confirm_button.setText(translate("PassphraseSheet", "Changing…"))
        else:
            self._say_verb()

    def _say_verb(self) -> None:
        self.confirm_button.setText(translate("PassphraseSheet", "Change the passphrase"))


class PassphraseChange(QObject):
    """Opens the sheet and carries the change out on a worker: it takes a second by design."""

    def __init__(
        self, entry: Entry, runner: Runner, connection: DeskConnection, window: QWidget
    ) -> None:
        super().__init__(window)
        self._entry, self._runner, self._connection = entry, runner, connection
        self._window = window
        self._sheet: PassphraseSheet | None = None

    @Slot()
    def ask(self) -> None:
        """Show the sheet."""
        self._sheet = sheet = PassphraseSheet(self._window)
        sheet.chosen.connect(self._on_chosen)
        sheet.finished.connect(self._on_finished)
        sheet.open()

    @Slot(str, str)
    def _on_chosen(self, old: str, new: str) -> None:
        opened, entry = self._connection.opened, self._entry
        if opened is None:
            return

        def job() -> str:
            entry.change_passphrase(opened, old, new)
            return new

        self._runner.run(job, self._on_changed, self._on_failed, owner=self, lane="passphrase")

    def _on_changed(self, passphrase: str) -> None:
        self._connection.opens_by(passphrase)
        if self._sheet is not None:
            self._sheet.show_done()

    def _on_failed(self, error: Exception) -> None:
        if self._sheet is not None:
            self._sheet.show_error(error)

    @Slot()
    def _on_finished(self) -> None:
        # The lock closes every sheet; a change on its way is carried out all the same.
        self._sheet = None
