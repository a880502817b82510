"""The case page: everything for the decision on one screen. Shows a file, emits intents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from agent_app.desk.ui import design
from agent_app.desk.ui.action_bar_view import ActionBarView
from agent_app.desk.ui.approval_bar import ApprovalBar
from agent_app.desk.ui.case_header import CaseHeader
from agent_app.desk.ui.case_tabs import CaseTabs
from agent_app.desk.ui.empty import EmptyState
from agent_app.desk.ui.guide_panel import GuidePanel
from agent_app.desk.ui.handover_bar import HandoverBar
from agent_app.desk.ui.known_panel import KnownPanel
from agent_app.desk.ui.progress_strip import ProgressStrip
from agent_app.desk.ui.words import filled, problems
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.action_bar import action_bar
from agent_app.desk.work.action_progress import ActionProgress
from agent_app.desk.work.awaited import awaited
from agent_app.desk.work.case_file import CaseFile, Onlooker
from agent_app.desk.work.ending import left_to_do
from agent_app.desk.work.handover import unread_handover
from agent_app.desk.work.known import known
from agent_app.desk.work.pending import NOTHING, Pending, guide_with, locked_by
from agent_app.domain.case import ENDED
from agent_app.domain.decide import Decisions
from agent_app.domain.roles import Actor, Scope

translate = QCoreApplication.translate
PANELS_HEIGHT = 268
"""Three answers fit in; at 768 pixels of height the tabs still show four lines beneath."""
LEAST_HEIGHT = 190
"""What is left to the panels while a request waits for approval beneath them."""


class CasePage(QWidget):
    """Header, what we know, next step, tabs, progress, actions.

    Signals:
        answer_chosen: a digit was pressed, for the guide (`int`).
    """

    answer_chosen = Signal(int)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._actor: Actor | None = None
        self._online = True
        self.pending: Pending = NOTHING
        self.file: CaseFile | None = None
        self.decisions: Decisions | None = None
        self.header = CaseHeader()
        self.handover = HandoverBar()
        self.known = KnownPanel()
        self.guide = GuidePanel()
        self.approval = ApprovalBar()
        self.tabs = CaseTabs()
        self.progress = ProgressStrip()
        self.bar = ActionBarView()
        self._empty = EmptyState()
        # For the letter keys; no stop for Tab, as there is nothing to do with the page itself.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(translate("CasePage", "Case"))
        self._build()
        self.answer_chosen.connect(self.guide.choose)
        self.show_loading()

    def _build(self) -> None:
        panels = QHBoxLayout()
        panels.setSpacing(design.S3)
        panels.addWidget(self.known, 1)
        panels.addWidget(self.guide, 1)
        for panel in (self.known, self.guide):
            panel.setMinimumHeight(LEAST_HEIGHT)
            panel.setMaximumHeight(PANELS_HEIGHT)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(design.S4, design.S3, design.S4, design.S1)
        column.setSpacing(design.S2)
        column.addWidget(self.header)
        column.addWidget(self.handover)
        # Far before the tabs, which take what the panels leave.
        column.addLayout(panels, 100)
        column.addWidget(self.approval)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.progress)
        column.addWidget(self.bar)
        self._page = page
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(self._empty)

    def show_actor(self, actor: Actor) -> None:
        """Know who sits here."""
        self._actor = actor

    def show_loading(self) -> None:
        """Show that the case is being read."""
        self.file = None
        self._empty.say("clock", translate("CasePage", "Opening the case…"), "")
        self._stack.setCurrentWidget(self._empty)

    def show_failure(self, error: Exception) -> None:
        """Show why the case could not be opened; a case in view stays."""
        if self.file is None:
            title = translate("CasePage", "The case could not be opened")
            self._empty.say("away", title, problems.sentence(error))

    def show_case(self, file: CaseFile) -> None:
        """Show a case as the gateway knows it."""
        if self._actor is None:
            return
        self.file = file
        now = self._now()
        may_assign = self._actor.may(Scope.CASE_REASSIGN)
        self.header.show_case(file, self._actor.user, now, may_assign=may_assign)
        unread = unread_handover(file, self._actor.user)
        self.handover.show_note(None if self.pending.reads_handover else unread, now)
        self.known.show_known(known(file, now), now)
        self.tabs.show_case(file, now)
        wait = awaited(file, self._actor)
        self.approval.show_awaited(wait, now)
        self._judge(now)
        self.guide.show_progress(
            guide_with(self.pending, self.guide.guide, file, self._actor, now),
            lock=self._answer_lock(file, self._actor, now),
            left=left_to_do(file.decisions),
            wait=wait,
        )
        self._stack.setCurrentWidget(self._page)

    def _answer_lock(self, file: CaseFile, actor: Actor, now: datetime) -> str:
        """Return why the guide may not be answered; empty if it may."""
        if self._may_answer(file, actor, now):
            return ""
        if file.line.state in ENDED:
            return translate("CasePage", "The case is closed. Reopen it to answer.")
        claim = file.line.claimed_by(now)
        if claim is None or claim.user == actor.user:
            return with_keys(translate("CasePage", "Claim the case ({key_claim}) to answer."))
        text = translate("CasePage", "{name} is working on the case and answers the guide.")
        return filled(text, name=claim.name)

    def _may_answer(self, file: CaseFile, actor: Actor, now: datetime) -> bool:
        """Return whether the guide may be answered: off line too, by who had the case or takes it.

        His claim is sent before his answers; whoever has the case by then keeps it.
        """
        if self._online:
            return file.view(actor, now, online=True).is_mine
        claim = file.line.claim
        had = claim is not None and claim.user == actor.user
        return had if self.pending.wants_claim is None else self.pending.wants_claim

    def show_pending(self, pending: Pending) -> None:
        """Show what was clicked here and is not done yet."""
        self.pending = pending
        self.header.show_pending(wants_claim=pending.wants_claim)
        self.tabs.show_pending(pending.notes)
        if self.file is not None:
            self.show_case(self.file)

    def show_online(self, *, online: bool) -> None:
        """Lock what needs the gateway while it is away (I11)."""
        if online != self._online:
            self._online = online
            self.header.show_online(online=online)
            self.approval.show_online(online=online)
            if self.file is not None:
                self.show_case(self.file)

    def show_progress(self, progress: ActionProgress | None) -> None:
        """Show how far the running action has come."""
        self.progress.show_progress(progress)

    def show_others(self, others: tuple[Onlooker, ...]) -> None:
        """Show who else has the case open."""
        self.header.show_others(others, self._now())

    def show_busy(self, busy: bool) -> None:
        """Show by the pointer that an answer is awaited."""
        if busy:
            self.setCursor(Qt.CursorShape.BusyCursor)
        else:
            self.unsetCursor()

    def tick(self) -> None:
        """Count on: deadlines, ages, and locks that close by themselves."""
        if self.file is None:
            return
        now = self._now()
        self.header.tick(now)
        self.handover.tick(now)
        self.known.tick(now)
        self.approval.tick(now)
        self._judge(now)

    def _judge(self, now: datetime) -> None:
        assert self.file is not None
        assert self._actor is not None
        judged = self.file.decisions_at(self._actor, now, online=self._online)
        self.decisions = locked_by(self.pending, judged)
        self.bar.show_bar(action_bar(self.decisions))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take digits and the space bar that no field or button took."""
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        digit = event.key() - Qt.Key.Key_0
        if plain and 1 <= digit <= 9:
            self.answer_chosen.emit(digit)
        elif plain and event.key() == Qt.Key.Key_Space:
            self.guide.run_step()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(translate("CasePage", "Case"))
        if event.type() == QEvent.Type.LanguageChange and self.file is not None:
            self.show_case(self.file)
        super().changeEvent(event)
