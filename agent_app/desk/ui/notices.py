"""Tells a person what is new while the desk is not the window he works in.

Made by main.py. It looks at the store on the runner, every few seconds: what comes in between is
told together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.notice_sheet import NoticeSheet
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.tray import Outlet
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import notices as words
from agent_app.desk.work.notices import Look, Notice, NoticeChoice, NoticeKind, Notices, look_at
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Scope

LOOK_MS = 5_000
MOST = 500
"""Lines of a queue that are looked at, the most pressing first."""
_PLACES = {NoticeKind.DEADLINE: Place.MINE, NoticeKind.ASSIGNED: Place.MINE}
_PLACES |= {NoticeKind.APPROVAL: Place.APPROVALS}


def _is_at_desk() -> bool:
    return QApplication.activeWindow() is not None


class DeskNotices(QObject):
    """Looks, and tells by `outlet` what is new while `at_desk` is false."""

    def __init__(
        self,
        window: DeskWindow,
        runner: Runner,
        outlet: Outlet,
        at_desk: Callable[[], bool] = _is_at_desk,
    ) -> None:
        super().__init__(window)
        self._window, self._runner = window, runner
        self._outlet, self._at_desk = outlet, at_desk
        self._user: UserId | None = None
        self._notices = Notices()
        self._own: frozenset[CaseId] = frozenset()
        self._place: Place | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        connection = window.connection
        connection.token_refused.connect(self._on_token_refused)
        outlet.clicked.connect(self._on_clicked)
        window.settings.notices_requested.connect(self.choose)
        window.closing.connect(self._timer.stop)
        window.commands.invoked.connect(self._on_invoked)
        window.commands.serve({Command.NOTICES: self.choose})
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Look at the queues that concern this person, unless they are not complete yet."""
        desk = self._window.connection
        store, user = desk.store, desk.user
        if store is None or user is None or desk.loading is not None:
            return
        me, now = user.actor.user, desk.clock.now()
        if me != self._user:
            self._user, self._notices, self._own = me, Notices(), frozenset()
        approves = user.actor.may(Scope.REFUND_APPROVE)

        def lines(queue: QueueName) -> tuple[QueueLine, ...]:
            return store.lines(list(store.numbers(queue, me, now, Order())[:MOST]))

        def job() -> Look:
            asked = lines(QueueName.APPROVALS) if approves else ()
            return look_at(lines(QueueName.MINE), asked, now)

        self._runner.run(
            job, partial(self._on_looked, me), self._on_failed, owner=self, lane="notices"
        )

    def _on_looked(self, me: UserId, look: Look) -> None:
        if me != self._user:
            return
        before = self._notices.before
        self._tell(self._notices.new_in(look, self._own | self._open_here()))
        if before is not None:
            # What is given away and comes back is told.
            self._own -= before.mine - look.mine

    def _open_here(self) -> frozenset[CaseId]:
        case = self._window.case.case
        return frozenset() if case is None else frozenset({case})

    def _on_failed(self, _error: Exception) -> None:
        """Tell nothing: the queue says what is wrong with the store."""

    def _tell(self, notices: tuple[Notice, ...]) -> None:
        wanted = tuple(
            each for each in notices if self._window.preferences.notices.wants(each.kind)
        )
        if not wanted or self._at_desk():
            return
        self._place = _PLACES.get(wanted[0].kind)
        self._outlet.tell(self._window.windowTitle(), words.sentences(wanted))

    @Slot()
    def choose(self) -> None:
        """Ask which kinds are wanted."""
        sheet = NoticeSheet(self._window.preferences.notices, self._window)
        sheet.chosen.connect(self._on_chosen)
        sheet.open()

    @Slot(object)
    def _on_chosen(self, choice: NoticeChoice) -> None:
        self._window.choose(replace(self._window.preferences, notices=choice))

    @Slot(object)
    def _on_invoked(self, command: Command) -> None:
        if command is Command.CLAIM:
            self._own |= self._open_here()

    @Slot(object)
    def _on_token_refused(self, _error: Exception) -> None:
        self._tell((Notice(NoticeKind.SIGN_IN),))

    @Slot()
    def _on_clicked(self) -> None:
        """Bring the window, and the place that the notice was about."""
        self._outlet.raise_window()
        desk = self._window.connection
        if self._place is not None and desk.user is not None and desk.store is not None:
            self._window.go(self._place)
