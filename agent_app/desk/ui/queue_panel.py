"""A queue on screen: title, search, table; says what to do when it is empty or still loading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design, icons
from agent_app.desk.ui.empty import EmptyState
from agent_app.desk.ui.flat_header import FlatHeader
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.queue_delegate import CARD_ROW, QueueDelegate
from agent_app.desk.ui.queue_model import COLUMNS, Lines, QueueModel
from agent_app.desk.ui.rail import Place, name
from agent_app.desk.ui.words import freshness
from agent_app.desk.ui.words.freshness import Freshness
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.queue_rows import Column, Order
from agent_app.domain.ids import CaseId

translate = QCoreApplication.translate
SEARCH_SETTLES_MS = 120
WIDTHS = {
    Column.ORDER: 184,
    Column.CUSTOMER: 96,
    Column.STATE: 244,
    Column.AT_RISK: 112,
    Column.AGE: 112,
    Column.DEADLINE: 136,
    Column.NEXT: 244,
    Column.CLAIMED: 100,
}
"""Together with the narrow rail they fit 1366 pixels."""


class QueueTable(QTableView):
    """A table in which J and K move as the arrows do."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        row = min(max(self.currentIndex().row() + step, 0), self.model().rowCount() - 1)
        self.setCurrentIndex(self.model().index(row, 0))


class QueuePanel(QWidget):
    """The queue in view.

    Signals:
        case_chosen: the current row changed by hand (`CaseId`).
        case_opened: the person wants to work on it (`CaseId`).
        view_changed: search or sorting changed; the lines must be asked for anew.
        search_asked: Enter in the search field: ask the gateway too (`str`).
    """

    case_chosen = Signal(object)
    case_opened = Signal(object)
    view_changed = Signal()
    search_asked = Signal(str)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = Place.TEAM
        self._loading = True
        self._fresh = freshness.NEVER
        self._order = Order()
        self._cards = False
        self.model = QueueModel(now, self)
        self._delegate = QueueDelegate(now, self)
        self._title = QLabel()
        self._title.setFont(design.font(design.HEADLINE, bold=True))
        self._hint = QLabel(wordWrap=True)
        self._hint.setForegroundRole(self._hint.foregroundRole().PlaceholderText)
        self.search = QLineEdit(clearButtonEnabled=True)
        self._lens = self.search.addAction(
            icons.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.setMinimumHeight(32)
        self._settle = QTimer(self, singleShot=True, interval=SEARCH_SETTLES_MS)
        self.table = QueueTable()
        self.empty = EmptyState()
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        table = self.table
        FocusOutline(table)
        table.setModel(self.model)
        table.setItemDelegate(self._delegate)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(design.ROW)
        table.setHorizontalHeader(FlatHeader())
        head = table.horizontalHeader()
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setStretchLastSection(True)
        for place, column in enumerate(COLUMNS):
            table.setColumnWidth(place, WIDTHS[column])
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        self._top = top
        self._stack = QStackedLayout()
        self._stack.addWidget(table)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S4, design.S3, design.S3, 0)
        layout.setSpacing(design.S2)
        layout.addLayout(top)
        layout.addWidget(self._hint)
        layout.addLayout(self._stack, 1)

    def _connect(self) -> None:
        self.table.activated.connect(self._on_row_activated)
        self.table.clicked.connect(self._on_row_activated)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._on_sort_changed)
        self.search.textChanged.connect(self._on_search_edited)
        self.search.returnPressed.connect(self._on_search_entered)
        self._settle.timeout.connect(self.view_changed)

    @property
    def order(self) -> Order:
        """Return the sorting asked for."""
        return self._order

    @property
    def shows_cards(self) -> bool:
        """Return whether the queue stands beside a case."""
        return self._cards

    def show_place(self, place: Place) -> None:
        """Turn to another queue."""
        self._place = place
        self.retranslate()

    @property
    def pending(self) -> frozenset[CaseId]:
        """Return the cases that are marked."""
        return self._delegate.pending

    def show_pending(self, cases: frozenset[CaseId]) -> None:
        """Mark the cases of which something waits to be sent."""
        if cases != self._delegate.pending:
            self._delegate.pending = cases
            self.table.viewport().update()

    def show_numbers(self, numbers: Sequence[int], lines: Lines, *, loading: bool) -> None:
        """Show a queue's content; the current case and the place of the list stay."""
        self._loading = loading
        current, place = self.current_case(), self.table.verticalScrollBar().value()
        self.model.show(numbers, lines)
        if current is not None and not self.table.currentIndex().isValid():
            # The model began anew; nobody chose another case.
            with QSignalBlocker(self):
                self.select(current)
            self.table.verticalScrollBar().setValue(place)
        self._show_state()

    def show_freshness(self, fresh: Freshness) -> None:
        """Know how old the cases are: an empty list says what that means."""
        if fresh != self._fresh:
            self._fresh = fresh
            self._show_state()

    def show_cards(self, *, cards: bool) -> None:
        """Show two-line cards beside a case, or all columns."""
        self._cards = self._delegate.cards = cards
        for place in range(1, len(COLUMNS)):
            self.table.setColumnHidden(place, cards)
        self._name_search()
        self.table.horizontalHeader().setVisible(not cards)
        self.table.verticalHeader().setDefaultSectionSize(CARD_ROW if cards else design.ROW)
        self._hint.setVisible(not cards and bool(self._hint.text()))
        if not cards:
            self.table.setColumnWidth(0, WIDTHS[Column.ORDER])

    def select(self, case: CaseId) -> None:
        """Make a case the current row without opening it."""
        row = self.model.row_of(case)
        if row is not None and row != self.table.currentIndex().row():
            with_rows = (
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows
            )
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), with_rows)

    def current_case(self) -> CaseId | None:
        """Return the case of the current row."""
        line = self.model.line_at(self.table.currentIndex().row())
        return line.id if line else None

    def tick(self) -> None:
        """Count ages and deadlines on."""
        self.table.viewport().update()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(name(self._place))
        self._name_search()
        self.search.setAccessibleName(translate("QueuePanel", "Search cases"))
        self._lens.setText(self.search.accessibleName())
        self.table.setAccessibleName(name(self._place))
        self._hint.setText(_hint(self._place))
        self._hint.setVisible(not self._cards and bool(self._hint.text()))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._show_state()

    def _name_search(self) -> None:
        full = translate("QueuePanel", "Search order, customer, shop ({key_search})")
        short = translate("QueuePanel", "Search ({key_search})")
        self.search.setPlaceholderText(with_keys(short if self._cards else full))

    def _show_state(self) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.table)
            return
        if self._loading:
            away = self._fresh.away
            self.empty.say("away" if away else "clock", *freshness.nothing_yet(self._fresh))
        elif self.search.text().strip():
            self.empty.say("search", *freshness.no_match(self._fresh))
        else:
            title, text = _empty_words(self._place)
            self.empty.say(self._place.value, title, freshness.nothing_new(self._fresh) or text)
        self._stack.setCurrentWidget(self.empty)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot(QModelIndex)
    def _on_row_activated(self, index: QModelIndex) -> None:
        line = self.model.line_at(index.row())
        if line is not None:
            self.case_opened.emit(line.id)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        line = self.model.line_at(index.row())
        if line is not None:
            self.case_chosen.emit(line.id)

    @Slot(int, Qt.SortOrder)
    def _on_sort_changed(self, section: int, direction: Qt.SortOrder) -> None:
        column = COLUMNS[section] if section >= 0 else None
        self._order = Order(column, direction == Qt.SortOrder.DescendingOrder)
        self.view_changed.emit()

    @Slot(str)
    def _on_search_edited(self, _text: str) -> None:
        self._settle.start()

    @Slot()
    def _on_search_entered(self) -> None:
        text = self.search.text().strip()
        if text:
            self.search_asked.emit(text)
        self.table.setFocus()


def _hint(place: Place) -> str:
    """Explain a queue where a newcomer first meets its word."""
    if place in {Place.TEAM, Place.MINE}:
        return translate(
            "QueuePanel",
            "An unreturned order was submitted or paid by the customer and never confirmed by the "
            "shop. It has nothing to do with goods sent back.",
        )
    if place is Place.ORPHANS:
        return translate(
            "QueuePanel",
            "The provider holds the customer's money, and the shop has no order for it.",
        )
    return ""


def _empty_words(place: Place) -> tuple[str, str]:
    """Return what to say, and what to do, when a queue is empty."""
    match place:
        case Place.MINE:
            return (
                translate("QueuePanel", "You have claimed no case"),
                with_keys(
                    translate(
                        "QueuePanel",
                        "Go to the team's queue ({key_go_team}) and claim one ({key_claim}).",
                    )
                ),
            )
        case Place.ORPHANS:
            return (
                translate("QueuePanel", "No money without an order"),
                translate("QueuePanel", "Every captured payment has its order."),
            )
        case Place.WAITING:
            return (
                translate("QueuePanel", "Nothing is waiting"),
                translate(
                    "QueuePanel", "Cases that wait for someone or for the next check stand here."
                ),
            )
        case Place.APPROVALS:
            return (
                translate("QueuePanel", "Nothing to approve"),
                translate(
                    "QueuePanel", "Refunds that need a second person appear here by themselves."
                ),
            )
        case Place.RESOLVED:
            return (
                translate("QueuePanel", "No resolved cases yet"),
                translate("QueuePanel", "Resolved cases stay here and are watched for 72 hours."),
            )
        case _:
            return (
                translate("QueuePanel", "No unreturned orders"),
                translate(
                    "QueuePanel", "Every order has come back. New ones appear here by themselves."
                ),
            )
