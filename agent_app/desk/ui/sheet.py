"""The frame of every sheet: title, what it is about, content, a button that says what it does."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel

WIDTH = 520


def make_primary(button: QPushButton) -> None:
    """Give a button the look of the one thing to do on a screen."""
    palette = button.palette()
    active = QPalette.ColorGroup.Active
    for group in (active, QPalette.ColorGroup.Inactive):
        palette.setColor(group, QPalette.ColorRole.Button, design.tone("accent"))
        palette.setColor(group, QPalette.ColorRole.ButtonText, design.tone("on_accent"))
    button.setPalette(palette)
    button.setFont(design.font(bold=True))
    # The style gives a default button the same frame with and without the focus.
    FocusOutline(button, "text")


class Sheet(QDialog):
    """A window-modal sheet; Ctrl+Enter confirms, Esc leaves everything as it is.

    Subclasses fill `body`, set the button's words and override `confirm`.
    """

    def __init__(self, title: str, about: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        head = ToneLabel(size=design.HEADLINE - 2, bold=True, wrap=True)
        head.setText(title)
        subject = ToneLabel("muted", wrap=True)
        subject.setText(about)
        subject.setVisible(bool(about))
        self.body = QVBoxLayout()
        self.body.setSpacing(design.S3)
        self.complaint = ToneLabel("danger", wrap=True)
        self.complaint.hide()
        self.confirm_button = QPushButton()
        self.confirm_button.setMinimumHeight(34)
        make_primary(self.confirm_button)
        self.cancel_button = QPushButton(QCoreApplication.translate("Sheet", "Leave it"))
        self.cancel_button.setMinimumHeight(34)
        for button in (self.confirm_button, self.cancel_button):
            button.setAutoDefault(False)
        keys = ToneLabel("muted", size=design.META)
        keys.setText(QCoreApplication.translate("Sheet", "Ctrl+Enter confirms, Esc leaves it"))
        row = QHBoxLayout()
        row.addWidget(keys)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.confirm_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        layout.addWidget(head)
        layout.addWidget(subject)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.complaint)
        layout.addLayout(row)
        for keys_text in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys_text), self).activated.connect(self._on_confirmed)
        self.confirm_button.clicked.connect(self._on_confirmed)
        self.cancel_button.clicked.connect(self.reject)

    def complain(self, text: str) -> None:
        """Say what is missing; an empty text takes it back."""
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))

    def confirm(self) -> bool:
        """Carry out what the button says; return whether the sheet may close."""
        raise NotImplementedError

    @Slot()
    def _on_confirmed(self) -> None:
        if self.confirm_button.isEnabled() and self.confirm():
            self.accept()
