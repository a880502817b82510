"""The queue as a table model: one row per case, painted by `queue_delegate`.

The model is given the numbers of the cases and finds the smallest change, so that selection and
scroll position stay while cases come and go. Sorting is the store's; no proxy model, which would
sort in Python call by call (libraries.md 6).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, actions, states
from agent_app.desk.work.ageing import countdown
from agent_app.desk.work.local import LocalStoreFailed
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
BLOCK = 64
_MOST_BLOCKS = 24
_MOVED_AT_MOST = 5_000
_TOLD = frozenset(
    {
        LINE_ROLE,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)


class Lines(Protocol):
    """Where the lines are read: the store (`work.local.CaseCache`)."""

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        """Return the lines of these numbers, in their order; gone ones left out."""
        ...

    def number(self, case: CaseId) -> int | None:
        """Return a case's number."""
        ...


class _NoLines:
    """Before a store is open."""

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        return ()

    def number(self, case: CaseId) -> int | None:
        return None


NO_LINES: Lines = _NoLines()


class QueueModel(QAbstractTableModel):
    """Holds the numbers of the queue in view; `now` is the gateway's clock.

    A line is read when it is painted, a block of rows at a time: 100,000 of them as objects would
    be some 150 MB. Reading a block takes a few milliseconds.

    Signals:
        unreadable: the store could not be read (the error); the rows stay empty.
    """

    unreadable = Signal(object)

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._numbers: Sequence[int] = ()
        self._lines: Lines = NO_LINES
        self._blocks: OrderedDict[int, tuple[QueueLine | None, ...]] = OrderedDict()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._numbers)

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
        if not index.isValid() or role not in _TOLD:
            return None
        line = self.line_at(index.row())
        if line is None or role == LINE_ROLE:
            return line
        return cell_text(line, COLUMNS[index.column()], self._now())

    def line_at(self, row: int) -> QueueLine | None:
        """Return the case of a row; None where there is none, or none any more."""
        if not 0 <= row < len(self._numbers):
            return None
        number, place = divmod(row, BLOCK)
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = self._read(number)
            while len(self._blocks) > _MOST_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return block[place]

    def row_of(self, case: CaseId) -> int | None:
        """Return where a case stands."""
        number = self._lines.number(case)
        if number is None:
            return None
        try:
            return self._numbers.index(number)
        except ValueError:
            return None

    def show(self, numbers: Sequence[int], lines: Lines) -> None:
        """Take the queue's new content, moving as little as possible."""
        before, self._lines = self._numbers, lines
        if len(numbers) <= _MOVED_AT_MOST:
            # Of one kind, or equal ones would not be equal.
            numbers = list(numbers)
        if numbers == before:
            self._read_anew()
        elif max(len(numbers), len(before)) > _MOVED_AT_MOST:
            # Finding the smallest change takes longer here than to begin anew.
            self.beginResetModel()
            self._numbers = numbers
            self._blocks.clear()
            self.endResetModel()
        else:
            self._move_to(list(numbers))

    def _move_to(self, numbers: list[int]) -> None:
        here = list(self._numbers)
        self._numbers = here
        self._blocks.clear()
        wanted = set(numbers)
        for first, last in reversed(_runs([number not in wanted for number in here])):
            self.beginRemoveRows(NO_INDEX, first, last)
            del here[first : last + 1]
            self.endRemoveRows()
        kept = set(here)
        here = self._rearranged([number for number in numbers if number in kept])
        for first, last in _runs([number not in kept for number in numbers]):
            self.beginInsertRows(NO_INDEX, first, last)
            here[first:first] = numbers[first : last + 1]
            self.endInsertRows()
        # Between the steps views have read rows at places where they no longer are.
        self._blocks.clear()
        self._tell_changed(0, len(here) - 1)

    def _rearranged(self, numbers: list[int]) -> list[int]:
        """Put the rows that stay into their new order."""
        before = list(self._numbers)
        if before != numbers:
            self.layoutAboutToBeChanged.emit()
            place = {number: row for row, number in enumerate(numbers)}
            old = self.persistentIndexList()
            new = [self.index(place[before[i.row()]], i.column()) for i in old]
            self._numbers = numbers
            self._blocks.clear()
            self.changePersistentIndexList(old, new)
            self.layoutChanged.emit()
            return numbers
        assert isinstance(self._numbers, list)
        return self._numbers

    def _read_anew(self) -> None:
        """Read the blocks that were shown again, and have what changed painted."""
        for number, block in list(self._blocks.items()):
            now = self._read(number)
            self._blocks[number] = now
            changed = [new != old for new, old in zip(now, block, strict=True)]
            for first, last in _runs(changed):
                self._tell_changed(number * BLOCK + first, number * BLOCK + last)

    def _tell_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _read(self, block: int) -> tuple[QueueLine | None, ...]:
        numbers = self._numbers[block * BLOCK : (block + 1) * BLOCK]
        try:
            found = self._lines.lines(numbers)
            if len(found) == len(numbers):
                return found
            # A case has gone since the list was made; the next one has it no more.
            single = [self._lines.lines([number]) for number in numbers]
        except LocalStoreFailed as error:
            self.unreadable.emit(error)
            return (None,) * len(numbers)
        return tuple(one[0] if one else None for one in single)


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
