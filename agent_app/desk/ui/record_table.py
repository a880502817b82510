"""A plain read-only table on the case page's tabs: timeline, ledger, messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.flat_header import FlatHeader
from agent_app.desk.ui.quote_delegate import QUOTE_ROLE, QuoteDelegate


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: words, colour role, icon; `quote` follows the words, muted."""

    text: str
    tone: str = "text"
    drawing: str = ""
    quote: str = ""

    @property
    def whole(self) -> str:
        """Return what is read aloud, copied and shown as a tip."""
        return f"{self.text} – {self.quote}" if self.quote else self.text


class RecordTable(QTableWidget):
    """Shows rows of cells; the last column takes the room that is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        self.setItemDelegate(QuoteDelegate(self))
        self.setHorizontalHeader(FlatHeader(indent=design.S1))
        self.horizontalHeader().setStretchLastSection(True)

    def show_rows(self, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Replace the content."""
        head = self.horizontalHeader()
        # While they follow their content, Qt measures every row again for each cell that is set.
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(list(heads))
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell.whole)
                item.setToolTip(cell.whole)
                item.setData(QUOTE_ROLE, len(cell.text) if cell.quote else None)
                item.setForeground(QBrush(design.tone(cell.tone)))
                if cell.drawing:
                    item.setIcon(icons.icon(cell.drawing, cell.tone))
                self.setItem(row, column, item)
        for column in range(len(heads) - 1):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
