"""One action: its verb, its key, and a lock with the reason when it may not be done."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.words import actions, locks
from agent_app.desk.work.action_bar import BarItem
from agent_app.domain.actions import ActionKind

translate = QCoreApplication.translate

DRAWINGS: dict[ActionKind, str] = {
    ActionKind.RECHECK: "recheck",
    ActionKind.RESYNC: "resync",
    ActionKind.RESUBMIT: "resubmit",
    ActionKind.CAPTURE: "capture",
    ActionKind.VOID: "void",
    ActionKind.REFUND: "refund",
    ActionKind.CORRECT_INPUT: "correct",
    ActionKind.NOTIFY: "notify",
    ActionKind.ESCALATE: "escalate",
    ActionKind.RESOLVE: "resolve",
}
_ICON = 16


class ActionButton(QAbstractButton):
    """Stays focusable while locked, so that the keyboard and a screen reader find the reason.

    Signals:
        chosen: it was pressed and is not locked (`ActionKind`).
        explained: hover, focus or a press on a lock asks for this sentence (`str`, empty: none).
    """

    chosen = Signal(object)
    explained = Signal(str)

    def __init__(self, item: BarItem, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self._key = key
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(design.font(bold=item.is_remedy))
        self.show_item(item)
        self.clicked.connect(self._on_clicked)

    def show_item(self, item: BarItem) -> None:
        """Show another state of the same action."""
        self.item = item
        text = actions.kind(item.kind)
        if item.needs_approval and item.allowed:
            text = translate("ActionButton", "Request refund")
        self.setText(text)
        locked = translate("ActionButton", "%1, locked").replace("%1", text)
        self.setAccessibleName(text if item.allowed else locked)
        self.setAccessibleDescription(self.reason)
        self.setToolTip(self.reason)
        self.updateGeometry()
        self.update()

    @property
    def reason(self) -> str:
        """Return why it is locked and what unlocks it; empty when it is not."""
        return "" if self.item.allowed else locks.locked(self.item.kind, self.item.reasons)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        key = self.fontMetrics().horizontalAdvance(self._key) + design.S2 if self._key else 0
        return QSize(words + key + _ICON + design.S1 + 2 * design.S3, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        allowed, main = self.item.allowed, self.item.is_remedy and self.item.allowed
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = "accent" if main else ("sunken" if not allowed else "surface")
        if allowed and not main and (self.underMouse() or self.isDown()):
            ground = "hover"
        painter.setBrush(design.tone(ground))
        painter.setPen(design.tone("accent" if main else "line"))
        painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        if self.hasFocus():
            pen = painter.pen()
            pen.setColor(design.tone("text" if main else "accent"))
            pen.setWidthF(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, design.RADIUS, design.RADIUS)
        tone = "on_accent" if main else ("text" if allowed else "muted")
        drawing = DRAWINGS[self.item.kind] if allowed else "lock"
        top = (self.height() - _ICON) / 2
        icons.paint(painter, drawing, tone, QRectF(design.S3, top, _ICON, _ICON))
        painter.setPen(design.tone(tone))
        painter.setFont(self.font())
        text = box.adjusted(design.S3 + _ICON + design.S1, 0, -design.S2, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, int(middle | Qt.AlignmentFlag.AlignLeft), self.text())
        if self._key:
            painter.setFont(design.font(design.META))
            painter.setPen(design.tone("on_accent" if main else "muted"))
            painter.drawText(text, int(middle | Qt.AlignmentFlag.AlignRight), self._key)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self.explained.emit(self.reason)
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.explained.emit(self.reason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.explained.emit("")
        super().focusOutEvent(event)

    @Slot()
    def _on_clicked(self) -> None:
        if self.item.allowed:
            self.chosen.emit(self.item.kind)
        else:
            self.explained.emit(self.reason)
