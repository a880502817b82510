"""The two looks that never mix: the shop's stage (a plain tag) and payment truth (a pill).

Painted, for delegates and for `BadgeLabel`. Unknown is outlined and hatched: never grey, never
green (desk.md). Colour never speaks alone: each has an icon and a word.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.words import states
from agent_app.domain.payment import Verdict
from agent_app.domain.stage import Stage

HEIGHT = 22
_ICON = 14

VERDICT_LOOKS: dict[Verdict, tuple[str, str]] = {
    Verdict.NONE: ("none", "muted"),
    Verdict.PENDING: ("pending", "warning"),
    Verdict.UNKNOWN: ("unknown", "unknown"),
    Verdict.AUTHORISED: ("authorised", "accent"),
    Verdict.CAPTURED: ("money", "success"),
    Verdict.FAILED_SOFT: ("unknown", "unknown"),
    Verdict.FAILED_DEFINITE: ("failed", "danger"),
    Verdict.VOIDED: ("void", "muted"),
    Verdict.PART_REFUNDED: ("refunded", "warning"),
    Verdict.REFUNDED: ("refunded", "accent"),
    Verdict.DISPUTED: ("disputed", "danger"),
}
HATCHED = frozenset({Verdict.UNKNOWN, Verdict.FAILED_SOFT})
"""A time-out is not an end: it wears unknown's look (field.md 0.3)."""
WASH = 20
"""How much of its colour lies under a badge's word, of 255: more, and the word is too faint."""


def stage_width(stage: Stage, metrics: QFontMetrics) -> int:
    """Return how wide the stage's tag is painted."""
    return metrics.horizontalAdvance(states.stage(stage)) + _ICON + 3 * design.S2


def verdict_width(verdict: Verdict, metrics: QFontMetrics) -> int:
    """Return how wide the verdict's pill is painted."""
    return metrics.horizontalAdvance(states.verdict(verdict)) + _ICON + 3 * design.S2 + 2


def paint_stage(painter: QPainter, stage: Stage, box: QRectF) -> None:
    """Paint the shop's word: a sunken tag with the shop's icon."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(design.tone("line"), 1))
    painter.setBrush(design.tone("sunken"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), design.RADIUS, design.RADIUS)
    _icon_and_word(painter, "shop", "muted", "text", states.stage(stage), box)
    painter.restore()


def paint_verdict(painter: QPainter, verdict: Verdict, box: QRectF) -> None:
    """Paint our word for the money: a pill in the verdict's colour; unknown hatched."""
    drawing, tone = VERDICT_LOOKS[verdict]
    colour = design.tone(tone)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pill, radius = box.adjusted(0.5, 0.5, -0.5, -0.5), box.height() / 2
    wash = QColor(colour)
    wash.setAlpha(WASH)
    painter.setPen(Qt.PenStyle.NoPen)
    if verdict in HATCHED:
        wash.setAlpha(60)
        painter.setBrush(QBrush(wash, Qt.BrushStyle.BDiagPattern))
    else:
        painter.setBrush(wash)
    painter.drawRoundedRect(pill, radius, radius)
    pen = QPen(colour, 1.2 if verdict in HATCHED else 1)
    if verdict in HATCHED:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(pill, radius, radius)
    _icon_and_word(painter, drawing, tone, tone, states.verdict(verdict), box)
    painter.restore()


def _icon_and_word(
    painter: QPainter, drawing: str, icon_tone: str, tone: str, word: str, box: QRectF
) -> None:
    top = box.top() + (box.height() - _ICON) / 2
    icons.paint(painter, drawing, icon_tone, QRectF(box.left() + design.S2, top, _ICON, _ICON))
    painter.setPen(design.tone(tone))
    text = box.adjusted(design.S2 + _ICON + design.S1, 0, -design.S1, 0)
    shown = painter.fontMetrics().elidedText(
        word, Qt.TextElideMode.ElideRight, int(text.width() + 1)
    )
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class BadgeLabel(QWidget):
    """One badge as a widget: a stage or a verdict."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Stage | Verdict = Stage.ABSENT
        self.setFont(design.font(design.META))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, shown: Stage | Verdict) -> None:
        """Show another state."""
        self._shown = shown
        word = states.stage(shown) if isinstance(shown, Stage) else states.verdict(shown)
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        if isinstance(self._shown, Stage):
            return QSize(stage_width(self._shown, metrics), HEIGHT)
        return QSize(verdict_width(self._shown, metrics), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        box = QRectF(self.rect())
        if isinstance(self._shown, Stage):
            paint_stage(painter, self._shown, box)
        else:
            paint_verdict(painter, self._shown, box)
        painter.end()
