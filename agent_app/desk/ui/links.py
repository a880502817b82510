"""Opens the case of a link, once somebody is signed in and the desk is not locked."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from agent_app.desk.ui.lock_cover import LockCover
from agent_app.desk.ui.rail import Place
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import problems
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.links import case_of
from agent_app.domain.ids import CaseId


class Links(QObject):
    """Follows links at one desk; made by main.py."""

    def __init__(self, window: DeskWindow, lock: LockCover) -> None:
        super().__init__(window)
        self._window, self._lock = window, lock
        self._wanted: CaseId | None = None
        window.connection.signed_in.connect(self._on_signed_in)
        lock.changed.connect(self._on_lock_changed)

    @Slot(str)
    def follow(self, link: str) -> None:
        """Open its case now, or when that can be; what is no link is said."""
        try:
            self._wanted = case_of(link)
        except Rejected as error:
            self._window.show_complaint(problems.sentence(error))
            return
        self._open()

    def _open(self) -> None:
        if self._wanted is None or self._lock.is_locked or self._window.connection.user is None:
            return
        case, self._wanted = self._wanted, None
        self._window.go(Place.TEAM)
        self._window.open_case(case)

    @Slot(object)
    def _on_signed_in(self, _user: object) -> None:
        self._open()

    @Slot(bool)
    def _on_lock_changed(self, _locked: bool) -> None:
        self._open()
