"""Holds the claim on the open case: renews it while the case stays open. Owned by the open case."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.case_work import CLAIM_RENEWAL_S, CaseWork
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.errors import Refused
from agent_app.domain.ids import CaseId


class Holding(QObject):
    """The renewals of one claim.

    Signals:
        renewed: the case as the gateway knows it after a renewal (`CaseFile`).
        lost: the gateway refused to renew it (the error).
    """

    renewed = Signal(object)
    lost = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._work: CaseWork | None = None
        self._case: CaseId | None = None
        self._due = QTimer(self, interval=round(CLAIM_RENEWAL_S * 1000))
        self._due.timeout.connect(self._on_due)

    def use(self, work: CaseWork | None) -> None:
        """Renew through another connection from now on."""
        self.stop()
        self._work = work

    def hold(self, case: CaseId) -> None:
        """Renew the claim on this case from now on."""
        if case != self._case:
            self.stop()
            self._case = case
            self._due.start()

    def stop(self) -> None:
        """Renew nothing; the claim runs out by itself, so that coming back is no fight."""
        self._due.stop()
        self._case = None
        self._runner.forget_owner(self)

    @Slot()
    def _on_due(self) -> None:
        case, work = self._case, self._work
        if case is not None and work is not None:
            job = partial(work.renew, case, new_key())
            self._runner.run(job, self.renewed.emit, self._on_failed, owner=self, lane="renewal")

    def _on_failed(self, error: Exception) -> None:
        """Say nothing of a lost renewal: two more fit into the claim; a refusal is news."""
        if isinstance(error, Refused):
            self.lost.emit(error)
