"""A titled box on the case page, and the small labels that fill it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from agent_app.desk.ui import design


class Panel(QWidget):
    """A sunken box with a heading; its content goes into `body`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QLabel()
        self.heading.setFont(design.font(design.META, bold=True))
        self.heading.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.body = QVBoxLayout()
        self.body.setSpacing(design.S2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S3, design.S2, design.S3, design.S3)
        layout.setSpacing(design.S2)
        self.top = QHBoxLayout()
        self.top.setSpacing(design.S1)
        self.top.addWidget(self.heading, 1)
        layout.addLayout(self.top)
        layout.addLayout(self.body, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(design.tone("line"), 1))
        painter.setBrush(design.tone("sunken"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        painter.end()


class ToneLabel(QLabel):
    """A label in one of the colour roles, which follows the theme."""

    def __init__(
        self,
        tone: str = "text",
        *,
        size: int = design.BODY,
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._painted = ""
        self.setFont(design.font(size, bold=bold, tabular=True))
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._colour()

    def set_tone(self, tone: str) -> None:
        """Change the colour role."""
        self._tone = tone
        self._colour()

    def _colour(self) -> None:
        colour = design.tone(self._tone)
        if colour.name() == self._painted:
            return
        self._painted = colour.name()
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        # Qt 6 sends no ApplicationPaletteChange to widgets. Our own setPalette comes here, too.
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()
        super().changeEvent(event)
