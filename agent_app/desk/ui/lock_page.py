"""The lock: covers the whole window, and asks for what opens it again."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import make_primary
from agent_app.desk.ui.words import problems
from agent_app.desk.work.keys import KeyringChanged, NoKey, PassphraseNeeded, WrongPassphrase
from agent_app.desk.work.local import KeyPlace

translate = QCoreApplication.translate
WIDTH = 420


class LockPage(QWidget):
    """Shows nothing of any case, and no name.

    Signals:
        unlock_requested: with the passphrase, empty where none is asked for (`str`).
        anew_requested: give up what is kept here, as its key is gone.
        sign_out_requested: forget this person here.
    """

    unlock_requested = Signal(str)
    anew_requested = Signal()
    sign_out_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: KeyPlace | None = None
        self._error: Exception | None = None
        self._busy = False
        self._warned = False
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(self._on_waited)
        self.title = ToneLabel(size=design.HEADLINE, bold=True)
        self._text = ToneLabel("muted", wrap=True)
        self._label = QLabel()
        self.passphrase = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.complaint = ToneLabel("danger", wrap=True)
        self.unlock = QPushButton()
        self.anew = QPushButton()
        self.sign_out = QPushButton(flat=True)
        self._build()
        self.unlock.clicked.connect(self._on_asked)
        self.passphrase.returnPressed.connect(self._on_asked)
        self.anew.clicked.connect(self.anew_requested)
        self.sign_out.clicked.connect(self._on_sign_out_chosen)
        self.retranslate()

    def _build(self) -> None:
        # Opaque: what is under it must not shine through.
        self.setAutoFillBackground(True)
        self._label.setBuddy(self.passphrase)
        make_primary(self.unlock)
        FocusOutline(self.sign_out)
        column = QVBoxLayout()
        column.setSpacing(design.S3)
        fields = (self.title, self._text, self._label, self.passphrase, self.complaint)
        for part in fields:
            column.addWidget(part)
        row = QHBoxLayout()
        for button in (self.unlock, self.anew, self.sign_out):
            button.setMinimumHeight(34)
            row.addWidget(button)
        row.addStretch(1)
        self.passphrase.setMinimumHeight(34)
        column.addLayout(row)
        holder = QWidget()
        holder.setLayout(column)
        holder.setFixedWidth(WIDTH)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(holder)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(2)

    def show_place(self, place: KeyPlace | None) -> None:
        """Ask for what opens a store whose key is there; begins anew."""
        self._place, self._error, self._busy, self._warned = place, None, False, False
        self._wait.stop()
        self.passphrase.clear()
        self.retranslate()
        self._focus()

    def show_busy(self) -> None:
        """Show that the store is being opened."""
        self._busy, self._error, self._warned = True, None, False
        self.retranslate()

    def show_error(self, error: Exception) -> None:
        """Say why it did not open, and ask again."""
        self._busy = self._warned = False
        self.passphrase.clear()
        if isinstance(error, PassphraseNeeded):
            self._place = KeyPlace.PASSPHRASE
        self._error = None if isinstance(error, PassphraseNeeded) else error
        if isinstance(error, WrongPassphrase) and error.wait_s > 0:
            self._wait.start(round(error.wait_s * 1000))
        self.retranslate()
        self._focus()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.title.setText(translate("LockPage", "Locked"))
        self._text.setText(_about(self._place))
        self._label.setText(translate("LockPage", "&Passphrase"))
        opening = translate("LockPage", "Opening…")
        self.unlock.setText(opening if self._busy else translate("LockPage", "Unlock"))
        self.anew.setText(translate("LockPage", "Start anew"))
        self.anew.setToolTip(translate("LockPage", "What was not sent yet is lost"))
        self.sign_out.setText(translate("LockPage", "Sign out"))
        forgets = translate(
            "LockPage", "Forgets everything on this computer, drafts and unsent clicks"
        )
        self.sign_out.setToolTip(forgets)
        asks = self._place is KeyPlace.PASSPHRASE
        self._label.setVisible(asks)
        self.passphrase.setVisible(asks)
        self.passphrase.setEnabled(not self._busy)
        self.unlock.setEnabled(not self._busy and not self._wait.isActive())
        self.anew.setVisible(isinstance(self._error, NoKey | KeyringChanged))
        self.complaint.setVisible(self._error is not None or self._warned)
        if self._warned:
            self.complaint.setText(forgets)
        elif self._error is not None:
            self.complaint.setText(problems.sentence(self._error))

    def _focus(self) -> None:
        asks = self._place is KeyPlace.PASSPHRASE
        (self.passphrase if asks else self.unlock).setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self._focus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot()
    def _on_asked(self) -> None:
        typed = self.passphrase.text()
        if not self.unlock.isEnabled() or (self._place is KeyPlace.PASSPHRASE and not typed):
            return
        self.unlock_requested.emit(typed)
        self.passphrase.clear()

    @Slot()
    def _on_sign_out_chosen(self) -> None:
        """Say what it costs first; the second click does it."""
        if self._warned:
            self.sign_out_requested.emit()
            return
        self._warned = True
        self.retranslate()

    @Slot()
    def _on_waited(self) -> None:
        self._error = None
        self.retranslate()


def _about(place: KeyPlace | None) -> str:
    if place is KeyPlace.PASSPHRASE:
        return translate(
            "LockPage",
            "What you were writing is kept. Your passphrase opens it again.",
        )
    if place is KeyPlace.MEMORY:
        return translate(
            "LockPage",
            "What you were writing is kept for as long as the desk runs. Nothing is on the disk, "
            "so whoever sits here can unlock it.",
        )
    return translate(
        "LockPage",
        "What you were writing is kept. This computer's keyring has the key and may ask for your "
        "password.",
    )
