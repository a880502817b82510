"""The palette's sheet: a field, and the lines that go with what is typed. `palette` fills it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.queue_model import NO_INDEX
from agent_app.domain.ids import CaseId

translate = QCoreApplication.translate
WIDTH, HEIGHT = 560, 420
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
ROW = 36
ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, of a command or of a case; `hint` stands at its end: keys, or how the money is."""

    text: str
    hint: str = ""
    command: Command | None = None
    case: CaseId | None = None
    enabled: bool = True


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.text}, {entry.hint}" if entry.hint else entry.text
        return entry if role == ENTRY_ROLE else None


class _Painter(QStyledItemDelegate):
    """A line: what it is at the left, its hint at the right; muted what cannot be done now."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del index
        return QSize(option.rect.width(), ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        entry: Entry = index.data(ENTRY_ROLE)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, design.tone("selected"))
            painter.fillRect(option.rect.x(), option.rect.y(), 3, ROW, design.tone("accent"))
        box = option.rect.adjusted(design.S3, 0, -design.S3, 0)
        painter.setFont(design.font(design.META))
        painter.setPen(design.tone("muted"))
        painter.drawText(box, _RIGHT, entry.hint)
        box.setRight(box.right() - painter.fontMetrics().horizontalAdvance(entry.hint) - design.S3)
        painter.setFont(design.font())
        painter.setPen(design.tone("text" if entry.enabled else "muted"))
        elided = Qt.TextElideMode.ElideRight
        painter.drawText(
            box, _LEFT, painter.fontMetrics().elidedText(entry.text, elided, box.width())
        )
        painter.restore()


class PaletteSheet(QDialog):
    """A field and what goes with it; Enter takes the marked line, Esc none.

    Signals:
        typed: the words so far (`str`).
        entry_chosen: a line was taken (`Entry`).
        words_chosen: Enter where nothing goes by that name (`str`).
    """

    typed = Signal(str)
    entry_chosen = Signal(object)
    words_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(translate("Palette", "Find a command or a case"))
        self.resize(WIDTH, HEIGHT)
        self.field = QLineEdit()
        self.field.setMinimumHeight(36)
        self.field.setPlaceholderText(translate("Palette", "A command, a screen or an order"))
        self.field.setAccessibleName(self.windowTitle())
        self.list = QListView()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self._painter = _Painter(self.list)
        self.list.setItemDelegate(self._painter)
        self.list.setAccessibleName(translate("Palette", "What goes with it"))
        self.entries = _Entries(self)
        self.list.setModel(self.entries)
        self.nothing = ToneLabel("muted", wrap=True)
        self.nothing.setText(
            translate("Palette", "Nothing goes by that name. Enter looks for it in the queue.")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S3, design.S3, design.S3, design.S3)
        layout.setSpacing(design.S2)
        layout.addWidget(self.field)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)
        self.field.textChanged.connect(self.typed)
        self.list.clicked.connect(self._on_clicked)
        self.field.setFocus()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show what goes with the words; the first is marked."""
        self.entries.show(entries)
        self.nothing.setVisible(not entries)
        if entries:
            self.list.setCurrentIndex(self.entries.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _MOVES.get(Qt.Key(event.key()))
        if step is not None and self.entries.entries:
            last = len(self.entries.entries) - 1
            row = min(max(self.list.currentIndex().row() + step, 0), last)
            self.list.setCurrentIndex(self.entries.index(row))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._take(index)

    def _take(self, index: QModelIndex) -> None:
        words = self.field.text().strip()
        if index.isValid():
            entry = self.entries.entries[index.row()]
            if not entry.enabled:
                return
            self.accept()
            self.entry_chosen.emit(entry)
        elif words:
            self.accept()
            self.words_chosen.emit(words)
