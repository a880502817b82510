"""The line at the foot: how many cases, how old, and who sits here."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QStatusBar

from agent_app.desk.ui import design, formats
from agent_app.desk.ui.words import filled, freshness, people
from agent_app.desk.ui.words.freshness import Freshness
from agent_app.desk.work.case_file import SignedIn


class DeskStatus(QStatusBar):
    """Written anew every second, so it needs no retranslation of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._synced = QLabel()
        self._unsent = QLabel()
        self._who = QLabel()
        for label in (self._synced, self._unsent, self._who):
            label.setFont(design.font(design.META, tabular=True))
        self.addWidget(self._synced, 1)
        self.addPermanentWidget(self._unsent)
        self.addPermanentWidget(self._who)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(design.S3, 0, design.S3, 0)

    @property
    def synced_text(self) -> str:
        """Return what it says of the cases' age."""
        return self._synced.text()

    def show_sync(self, count: int, fresh: Freshness, now: datetime) -> None:
        """Say how many cases are in view, and how old or how far from complete they are."""
        self._synced.setText(freshness.synced(count, fresh, now))

    def show_unsent(self, count: int) -> None:
        """Say how many clicks are not done; nothing while there are none."""
        text = QCoreApplication.translate("DeskWindow", "{count} not sent yet")
        self._unsent.setText(filled(text, count=formats.number(count)) if count else "")

    def show_user(self, user: SignedIn | None) -> None:
        """Say who is signed in."""
        self._who.setText(f"{user.actor.name} · {people.role(user.role)}" if user else "")
