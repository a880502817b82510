"""The queue as a table model: one row per case, painted by `queue_delegate`.

Rows are replaced as a whole tuple; the model finds the smallest change, so that selection and
scroll position stay while cases come and go. Sorting is the shelf's; no proxy model, which would
sort in Python call by call (libraries.md 6).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, actions, states
from agent_app.desk.work.ageing import countdown
from agent_app.desk.work.queue_rows import Column, QueueLine
from agent_app.domain.ids import CaseId

Index = QModelIndex | QPersistentModelIndex
COLUMNS = tuple(Column)
LINE_ROLE = Qt.ItemDataRole.UserRole + 1

HEADS: dict[Column, str] = {
    Column.ORDER: QT_TRANSLATE_NOOP("Column", "Order"),
    Column.CUSTOMER: QT_TRANSLATE_NOOP("Column", "Customer"),
    Column.STATE: QT_TRANSLATE_NOOP("Column", "Shop says · money"),
    Column.AT_RISK: QT_TRANSLATE_NOOP("Column", "At risk"),
    Column.AGE: QT_TRANSLATE_NOOP("Column", "Age"),
    Column.DEADLINE: QT_TRANSLATE_NOOP("Column", "Deadline"),
    Column.NEXT: QT_TRANSLATE_NOOP("Column", "Likely next step"),
    Column.CLAIMED: QT_TRANSLATE_NOOP("Column", "Claimed by"),
}
NO_INDEX = QModelIndex()


class QueueModel(QAbstractTableModel):
    """Holds the lines of the queue in view; `now` is the gateway's clock."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._lines: list[QueueLine] = []

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return QCoreApplication.translate("Column", HEADS[COLUMNS[section]])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        }:
            return cell_text(line, COLUMNS[index.column()], self._now())
        return None

    def line_at(self, row: int) -> QueueLine | None:
        """Return the case of a row."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, case: CaseId) -> int | None:
        """Return where a case stands."""
        return next((row for row, line in enumerate(self._lines) if line.id == case), None)

    def show_lines(self, lines: tuple[QueueLine, ...]) -> None:
        """Take the queue's new content, moving as little as possible."""
        wanted = {line.id for line in lines}
        for first, last in reversed(_runs([li.id not in wanted for li in self._lines])):
            self.beginRemoveRows(NO_INDEX, first, last)
            del self._lines[first : last + 1]
            self.endRemoveRows()
        here = {line.id for line in self._lines}
        self._rearrange([line for line in lines if line.id in here])
        for first, last in _runs([line.id not in here for line in lines]):
            self.beginInsertRows(NO_INDEX, first, last)
            self._lines[first:first] = lines[first : last + 1]
            self.endInsertRows()

    def tick(self) -> None:
        """Have ages and deadlines painted anew; the view asks for its visible rows only."""
        if self._lines:
            last = self.index(len(self._lines) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.DisplayRole])

    def _rearrange(self, lines: list[QueueLine]) -> None:
        """Put the rows that stay into their new order and exchange those that changed."""
        before = [line.id for line in self._lines]
        if before != [line.id for line in lines]:
            self.layoutAboutToBeChanged.emit()
            place = {line.id: row for row, line in enumerate(lines)}
            old = self.persistentIndexList()
            new = [self.index(place[before[i.row()]], i.column()) for i in old]
            self._lines = lines
            self.changePersistentIndexList(old, new)
            self.layoutChanged.emit()
            return
        changed = [new != old for new, old in zip(lines, self._lines, strict=True)]
        self._lines = lines
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


def _runs(marks: list[bool]) -> list[tuple[int, int]]:
    """Return first and last place of each run of true marks."""
    runs: list[tuple[int, int]] = []
    for place, mark in enumerate(marks):
        if not mark:
            continue
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def cell_text(line: QueueLine, column: Column, now: datetime) -> str:
    """Return a cell in words: for screen readers, tool tips and copying."""
    match column:
        case Column.ORDER:
            return f"{line.name} · {states.level(line.level)} · {line.shop}"
        case Column.CUSTOMER:
            return line.customer
        case Column.STATE:
            return f"{states.stage(line.stage)} · {states.verdict(line.verdict)}"
        case Column.AT_RISK:
            return formats.money(line.at_risk)
        case Column.AGE:
            return formats.length(now - line.placed_at)
        case Column.DEADLINE:
            return deadline_text(line, now)
        case Column.NEXT:
            return next_text(line)
        case Column.CLAIMED:
            claim = line.claimed_by(now)
            return claim.name if claim else ""


def deadline_text(line: QueueLine, now: datetime) -> str:
    """Return what the platform does by itself next, and when."""
    if line.deadline is None:
        return ""
    count = countdown(line.deadline.at, now)
    return f"{states.deadline(line.deadline.kind)} {formats.running(count)}"


def next_text(line: QueueLine) -> str:
    """Return the running action's state, or what the case calls for."""
    if line.acting is not None and line.action_state is not None:
        return f"{actions.kind(line.acting)}: {actions.state(line.action_state)}"
    return actions.kind(line.remedy)
