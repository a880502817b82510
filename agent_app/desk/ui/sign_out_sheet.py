"""Asks before a sign-out that would lose something; used by the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui import formats
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import filled

translate = QCoreApplication.translate


class SignOutSheet(Sheet):
    """Says what a sign-out forgets that nobody else has.

    Signals:
        confirmed: sign out all the same.
    """

    confirmed = Signal()

    def __init__(self, clicks: int, drafts: int, parent: QWidget) -> None:
        """Tell of so many clicks that were not sent, and texts that are being written."""
        super().__init__(translate("SignOutSheet", "Sign out"), "", parent)
        text = translate(
            "SignOutSheet",
            "Signing out destroys what this computer keeps, and these with it. Not sent yet: "
            "{clicks}. Texts being written: {drafts}.",
        )
        told = ToneLabel(wrap=True)
        told.setText(filled(text, clicks=formats.number(clicks), drafts=formats.number(drafts)))
        self.body.addWidget(told)
        self.confirm_button.setText(translate("SignOutSheet", "Sign out and lose them"))
        self.cancel_button.setFocus()

    def confirm(self) -> bool:
        """Sign out."""
        self.confirmed.emit()
        return True
