"""The working screen: the queue, and beside it the open case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.case_page import CasePage
from agent_app.desk.ui.open_case import OpenCase
from agent_app.desk.ui.queue_panel import QueuePanel

QUEUE_BESIDE = 380


class WorkPage(QWidget):
    """Queue and case in one; under 1200 pixels the queue folds away while a case is open."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queue = QueuePanel(now)
        self.case = CasePage(now)
        self._case_shown = False
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.queue)
        self._split.addWidget(self.case)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.setStretchFactor(0, 0)
        self._split.setStretchFactor(1, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._split)
        self.queue.setMinimumWidth(280)
        self.case.hide()

    def follow(self, case: OpenCase) -> None:
        """Show what happens to the open case, and pass on what is wanted of it."""
        page = self.case
        page.header.claim_requested.connect(case.claim)
        page.header.release_requested.connect(case.release)
        page.header.reopen_requested.connect(case.reopen)
        page.header.reveal_requested.connect(case.reveal)
        page.guide.answered.connect(case.answer)
        page.guide.run_requested.connect(case.recheck)
        page.tabs.note_written.connect(case.add_note)
        page.tabs.follow_drafts(case.drafts)
        case.written.connect(page.tabs.on_click_written)
        case.pending_changed.connect(page.show_pending)
        case.looking.others_changed.connect(page.show_others)
        case.progress_changed.connect(page.show_progress)
        case.busy_changed.connect(page.show_busy)
        case.revealed.connect(page.header.show_contact)

    @property
    def case_shown(self) -> bool:
        """Return whether a case is open."""
        return self._case_shown

    def show_case(self, *, shown: bool) -> None:
        """Open or close the case's pane."""
        if shown == self._case_shown:
            return
        self._case_shown = shown
        self.case.setVisible(shown)
        self.queue.show_cards(cards=shown)
        self._fold()
        if shown:
            width = min(QUEUE_BESIDE, max(self.width() // 3, 300))
            self._split.setSizes([width, self.width() - width])
            self.case.setFocus()
        else:
            self.queue.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        window = self.window()
        folds = self._case_shown and window.width() < design.QUEUE_FOLDS_UNDER
        self.queue.setVisible(not folds)
