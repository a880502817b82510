"""One answer to a step of the guide, with the digit that chooses it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from agent_app.desk.ui import design

_DIGIT = 20


class AnswerButton(QAbstractButton):
    """Wraps its text, as answers are sentences.

    Signals:
        chosen: it was pressed (its number).
    """

    chosen = Signal(int)

    def __init__(self, number: int, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.setText(text)
        self.setAccessibleName(f"{number}: {text}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(self._on_clicked)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        room = width - _DIGIT - 4 * design.S2
        flags = int(Qt.TextFlag.TextWordWrap)
        metrics = self.fontMetrics()
        return int(
            max(metrics.boundingRect(0, 0, room, 1000, flags, self.text()).height() + 10, 28)
        )

    def sizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        active = self.isEnabled()
        painter.setPen(design.tone("accent" if self.hasFocus() and active else "line"))
        hot = active and (self.underMouse() or self.hasFocus())
        painter.setBrush(design.tone("hover" if hot else "surface"))
        painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        painter.setPen(design.tone("muted"))
        painter.setFont(design.font(design.META, bold=True, tabular=True))
        digit = QRectF(design.S2, 0, _DIGIT, self.height())
        painter.drawText(digit, int(Qt.AlignmentFlag.AlignCenter), str(self._number))
        painter.setPen(design.tone("text" if active else "muted"))
        painter.setFont(self.font())
        text = box.adjusted(_DIGIT + 2 * design.S2, 0, -design.S2, 0)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, int(flags), self.text())
        painter.end()

    @Slot()
    def _on_clicked(self) -> None:
        self.chosen.emit(self._number)
