"""Follows a running action: asks again and again how far it has come. Owned by the open case."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.case_work import FOLLOW_S, CaseWork
from agent_app.domain.ids import ActionId

FOLLOW_AGAIN_S = 2.0
"""After a look that the gateway did not answer."""


class Following(QObject):
    """The looks at one action.

    Signals:
        seen: how far it has come (`ActionProgress`).
    """

    seen = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._work: CaseWork | None = None
        self._action: ActionId | None = None
        self._due = QTimer(self, singleShot=True)
        self._due.timeout.connect(self._on_due)

    @property
    def is_active(self) -> bool:
        """Return whether a look is due."""
        return self._due.isActive()

    def use(self, work: CaseWork | None) -> None:
        """Ask through another connection from now on."""
        self.stop()
        self._work = work

    def look(self, action: ActionId | None) -> None:
        """Look at an action soon; one without a number is not known to the gateway."""
        self._action = action
        self._due.start(round(FOLLOW_S * 1000))

    def stop(self) -> None:
        """Look no more."""
        self._due.stop()
        self._action = None
        self._runner.forget_owner(self)

    @Slot()
    def _on_due(self) -> None:
        action, work = self._action, self._work
        if action is not None and work is not None:
            job = partial(work.follow, action)
            self._runner.run(job, self.seen.emit, self._on_failed, owner=self, lane="look")

    def _on_failed(self, _error: Exception) -> None:
        """Go on looking: what was sent is not undone by a look that failed."""
        self._due.start(round(FOLLOW_AGAIN_S * 1000))
