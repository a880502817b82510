"""The strip of the running action: sending, unknown, checking, then "Confirmed" and not before."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.words import actions
from agent_app.desk.work.action_progress import ActionProgress, Phase

LOOKS: dict[Phase, tuple[str, str]] = {
    Phase.SENDING: ("pending", "accent"),
    Phase.ANSWER_LOST: ("unknown", "unknown"),
    Phase.AWAITING_APPROVAL: ("waiting", "warning"),
    Phase.RECORDED: ("pending", "accent"),
    Phase.UNKNOWN: ("unknown", "unknown"),
    Phase.VERIFYING: ("recheck", "accent"),
    Phase.CONFIRMED: ("resolved", "success"),
    Phase.REJECTED: ("failed", "danger"),
    Phase.REFUSED: ("failed", "danger"),
    Phase.NEEDS_PERSON: ("critical", "danger"),
    Phase.NOT_SENT: ("critical", "warning"),
}


class ProgressStrip(QWidget):
    """One sentence with its icon; read out when it changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._progress: ActionProgress | None = None
        self._icon = QLabel()
        self._text = ToneLabel(wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(design.S3, design.S1, design.S3, design.S1)
        layout.setSpacing(design.S2)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        self.setMinimumHeight(32)
        self.hide()

    @property
    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def show_progress(self, progress: ActionProgress | None) -> None:
        """Say how far the action has come; None: there is none."""
        self._progress = progress
        self.setVisible(progress is not None)
        if progress is None:
            self._text.setText("")
            return
        drawing, tone = LOOKS[progress.phase]
        before = self._text.text()
        self._icon.setPixmap(icons.pixmap(drawing, tone, 16, self.devicePixelRatioF()))
        self._text.setText(actions.progress(progress))
        self._text.set_tone(tone)
        if before != self._text.text():
            said = QAccessibleAnnouncementEvent(self, self._text.text())
            QAccessible.updateAccessibility(said)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._progress is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = design.tone(LOOKS[self._progress.phase][1])
        wash = design.tone(LOOKS[self._progress.phase][1])
        wash.setAlpha(22)
        painter.setPen(tone)
        painter.setBrush(wash)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}
        if event.type() in kinds:
            self.show_progress(self._progress)
        super().changeEvent(event)
