"""What a screen says when it has nothing to show: an icon, what is so, what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from agent_app.desk.ui import design, icons

ICON = 40


class EmptyState(QWidget):
    """A quiet picture with one sentence of fact and one of advice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = "info"
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._title.setFont(design.font(design.SECTION, bold=True))
        self._title.setWordWrap(True)
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._text.setForegroundRole(self._text.foregroundRole().PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setSpacing(design.S2)
        layout.addStretch(2)
        for label in (self._icon, self._title, self._text):
            layout.addWidget(label)
        layout.addStretch(3)

    @property
    def title(self) -> str:
        """Return the sentence of fact."""
        return self._title.text()

    @property
    def text(self) -> str:
        """Return the sentence of advice."""
        return self._text.text()

    def say(self, drawing: str, title: str, text: str) -> None:
        """Show an icon and two sentences."""
        self._drawing = drawing
        self._title.setText(title)
        self._text.setText(text)
        self._tint()

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap(self._drawing, "muted", ICON, ratio))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)
