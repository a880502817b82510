"""A table's head without Fusion's bevels: quiet words, an arrow where the table is sorted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from agent_app.desk.ui import design, icons

_ARROW = 12


class FlatHeader(QHeaderView):
    """Paints its sections itself; sorting and sizing are Qt's."""

    def __init__(self, parent: QWidget | None = None, *, indent: int = design.S3) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._indent = indent
        self.setFont(design.font(design.META, bold=True))
        self.setMinimumHeight(30)
        self.setHighlightSections(False)

    def paintSection(  # noqa: N802
        self, painter: QPainter, rect: QRect, logical_index: int
    ) -> None:
        model = self.model()
        painter.save()
        painter.fillRect(rect, design.tone("surface"))
        painter.setPen(QPen(design.tone("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        sorted_here = self.isSortIndicatorShown() and self.sortIndicatorSection() == logical_index
        box = rect.adjusted(self._indent, 0, -design.S1, 0)
        if sorted_here:
            box.setRight(box.right() - _ARROW)
            self._arrow(painter, box)
        painter.setFont(self.font())
        painter.setPen(design.tone("text" if sorted_here else "muted"))
        text = str(model.headerData(logical_index, Qt.Orientation.Horizontal) or "")
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, int(flags), shown)
        painter.restore()

    def sectionSizeFromContents(self, logical_index: int) -> QSize:  # noqa: N802
        text = str(self.model().headerData(logical_index, Qt.Orientation.Horizontal) or "")
        words = self.fontMetrics().horizontalAdvance(text)
        return QSize(words + self._indent + design.S3 + _ARROW, 30)

    def _arrow(self, painter: QPainter, box: QRect) -> None:
        place = QRectF(box.right() + 1, box.center().y() - _ARROW / 2, _ARROW, _ARROW)
        if self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder:
            icons.paint(painter, "down", "text", place)
            return
        painter.save()
        painter.translate(place.center())
        painter.rotate(180)
        icons.paint(painter, "down", "text", QRectF(-_ARROW / 2, -_ARROW / 2, _ARROW, _ARROW))
        painter.restore()
