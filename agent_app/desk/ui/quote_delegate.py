"""Paints a cell whose end is a quotation: our words in the cell's colour, the source's muted.

`RecordTable` uses it. Cells without a quotation are painted as usual.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_app.desk.ui import design

QUOTE_ROLE = Qt.ItemDataRole.UserRole + 1
"""How many characters stand before the quotation; None: there is none."""
_ALIGNED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class QuoteDelegate(QStyledItemDelegate):
    """One line, cut at the right when it is too long; the tip holds the whole."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        # On the accent a red or amber sign could not be seen.
        palette: QPalette = option.palette
        palette.setColor(QPalette.ColorRole.Highlight, design.tone("selected"))
        palette.setColor(QPalette.ColorRole.HighlightedText, design.tone("text"))
        option.palette = palette

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        begins = index.data(QUOTE_ROLE)
        if begins is None:
            super().paint(painter, option, index)
            return
        styled = QStyleOptionViewItem(option)
        self.initStyleOption(styled, index)
        style = styled.widget.style()
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, styled, styled.widget)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, styled) + 1
        shown = styled.fontMetrics.elidedText(
            styled.text, Qt.TextElideMode.ElideRight, box.width() - 2 * margin
        )
        styled.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, styled, painter, styled.widget)
        painter.save()
        painter.setFont(styled.font)
        box = box.adjusted(margin, 0, -margin, 0)
        for part, colour in zip((shown[:begins], shown[begins:]), _colours(styled), strict=True):
            painter.setPen(colour)
            painter.drawText(box, _ALIGNED, part)
            box = box.adjusted(styled.fontMetrics.horizontalAdvance(part), 0, 0, 0)
        painter.restore()


def _colours(styled: QStyleOptionViewItem) -> tuple[QColor, QColor]:
    """Return the colours of our words and of the quotation."""
    palette: QPalette = styled.palette
    if styled.state & QStyle.StateFlag.State_Selected:
        marked = palette.color(QPalette.ColorRole.HighlightedText)
        return marked, marked
    return palette.color(QPalette.ColorRole.Text), design.tone("muted")
