"""Who else has the open case in front of him: one line in the case's head, nothing when alone."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words import people
from agent_app.desk.work.case_file import Onlooker


class OnlookersLine(QWidget):
    """One sentence with its icon; read out when it changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: tuple[Onlooker, ...] = ()
        self._names: tuple[str, ...] = ()
        self._icon = QLabel()
        self._text = ToneLabel("accent", size=design.META, bold=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(34, 0, 0, 0)
        layout.setSpacing(design.S2)
        layout.addWidget(self._icon)
        layout.addWidget(self._text)
        layout.addStretch(1)
        self.hide()

    @property
    def text(self) -> str:
        """Return what it says; empty when nobody else looks."""
        return people.looking(self._names)

    def show_others(self, others: tuple[Onlooker, ...], now: datetime) -> None:
        """Show who else has the case open."""
        self._others = others
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Leave out whose desk has not been heard of for too long."""
        names = tuple(one.name for one in self._others if one.until > now)
        if names != self._names:
            self._names = names
            self._render()
            if names:
                said = QAccessibleAnnouncementEvent(self, self.text)
                QAccessible.updateAccessibility(said)

    def _render(self) -> None:
        self._text.setText(self.text)
        self._text.setAccessibleName(self.text)
        self.setAccessibleName(self.text)
        self._icon.setPixmap(icons.pixmap("eye", "accent", 14, self.devicePixelRatioF()))
        self.setVisible(bool(self._names))

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}
        if event.type() in kinds and self._names:
            self._render()
        super().changeEvent(event)
