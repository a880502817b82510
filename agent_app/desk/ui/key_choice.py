"""Where the key of a new store is to be, on a computer without a safe keyring."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.choice import Radio
from agent_app.desk.work.local import KeyPlace

translate = QCoreApplication.translate


class KeyChoice(QWidget):
    """A passphrase, or nothing kept; asked twice, as nobody can recover a mistyped one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intro = QLabel(wordWrap=True)
        self.by_passphrase = Radio()
        self.in_memory = Radio()
        self.passphrase = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.again = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self._labels = (QLabel(), QLabel())
        self._fields = QWidget()
        self._build()
        self.in_memory.setChecked(True)
        self._on_chosen()
        self.by_passphrase.toggled.connect(self._on_chosen)
        self.retranslate()

    def _build(self) -> None:
        self._intro.setFont(design.font(design.META))
        inner = QVBoxLayout(self._fields)
        inner.setContentsMargins(design.S5, 0, 0, 0)
        inner.setSpacing(design.S1)
        for label, field in zip(self._labels, (self.passphrase, self.again), strict=True):
            label.setBuddy(field)
            field.setMinimumHeight(34)
            inner.addWidget(label)
            inner.addWidget(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(design.S2)
        for part in (self._intro, self.in_memory, self.by_passphrase, self._fields):
            layout.addWidget(part)

    def place(self) -> KeyPlace:
        """Return what was chosen."""
        return KeyPlace.PASSPHRASE if self.by_passphrase.isChecked() else KeyPlace.MEMORY

    def problem(self) -> str:
        """Return what is wrong with what was typed; empty when nothing is."""
        if self.by_passphrase.isChecked() and self.passphrase.text() != self.again.text():
            return translate("KeyChoice", "The two passphrases are not the same.")
        return ""

    def forget(self) -> None:
        """Empty the fields."""
        self.passphrase.clear()
        self.again.clear()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._intro.setText(
            translate("KeyChoice", "This computer has no safe keyring. What is kept here:")
        )
        self.in_memory.setText(translate("KeyChoice", "Nothing: only for as long as the desk runs"))
        self.by_passphrase.setText(translate("KeyChoice", "Your work, encrypted with a passphrase"))
        self._labels[0].setText(translate("KeyChoice", "New &passphrase"))
        self._labels[1].setText(translate("KeyChoice", "Passphrase a&gain"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def _on_chosen(self) -> None:
        self._fields.setVisible(self.by_passphrase.isChecked())
