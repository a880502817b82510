"""Says that a case is open at this desk, and learns who else has it open.

Owned by the open case. A gateway that does not know of it is asked once per case, and never again.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.case_file import Onlooker
from agent_app.desk.work.case_work import LOOKING_S, CaseWork
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.errors import Refused, Throttled
from agent_app.domain.ids import CaseId, UserId

Others = tuple[Onlooker, ...]


class Looking(QObject):
    """The beat of one open case.

    Signals:
        others_changed: who else has the case open (a tuple of `Onlooker`).
    """

    others_changed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.others: Others = ()
        self._runner = runner
        self._work: CaseWork | None = None
        self._me: UserId | None = None
        self._case: CaseId | None = None
        self._is_asking = False
        self._beat = QTimer(self, interval=round(LOOKING_S * 1000))
        self._beat.timeout.connect(self._on_beat_due)

    def use(self, work: CaseWork | None, me: UserId | None) -> None:
        """Speak through another connection from now on."""
        self.stop()
        self._work, self._me = work, me

    def start(self, case: CaseId) -> None:
        """Say that the case is open, from now until `stop`."""
        self.stop()
        self._case = case
        self._beat.start()
        self._on_beat_due()

    def stop(self) -> None:
        """Say that it no longer is."""
        case, work, self._case = self._case, self._work, None
        self._beat.stop()
        self._runner.forget_owner(self)
        self._is_asking = False
        self.hear(())
        if case is not None and work is not None:
            job = partial(work.leave, case, new_key())
            self._runner.run(job, self._on_left, self._on_leave_failed, owner=self, lane="leave")

    def hear(self, lookers: Others) -> None:
        """Take everybody who has the case open, oneself included."""
        others = tuple(one for one in lookers if one.user != self._me)
        if others != self.others:
            self.others = others
            self.others_changed.emit(others)

    @Slot()
    def _on_beat_due(self) -> None:
        case, work = self._case, self._work
        # A second question would have the answer to the first thrown away: a gateway slower than
        # the beat would never be heard, and an older one would be asked for ever.
        if case is not None and work is not None and not self._is_asking:
            self._is_asking = True
            job = partial(work.look, case, new_key())
            self._runner.run(job, self._on_answered, self._on_beat_failed, owner=self)

    def _on_answered(self, lookers: Others) -> None:
        self._is_asking = False
        self.hear(lookers)

    def _on_beat_failed(self, error: Exception) -> None:
        """Say nothing of a lost beat: those whom nobody tells of any more run out by themselves."""
        self._is_asking = False
        if isinstance(error, Refused) and not isinstance(error, Throttled):
            # An older gateway, or a case that is no longer shown to this account.
            self._beat.stop()
            self.hear(())

    def _on_left(self, _nothing: None) -> None:
        return

    def _on_leave_failed(self, _error: Exception) -> None:
        """One who could not say that he left runs out by himself."""
