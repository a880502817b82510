"""The open case: read it, hold the claim, carry out what the agent wants, follow what became of it.

Owned by the window; the case page shows what it tells. All waiting is done on the runner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.looking import Looking
from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.action_progress import ActionProgress, Ending, Phase, progress_of
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.case_work import (
    CLAIM_RENEWAL_S,
    FOLLOW_S,
    Answer,
    CaseWork,
    FoundOut,
    Wish,
)
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.errors import OutcomeUnknown, Refused
from agent_app.domain.ids import ActionId, CaseId, UserId

FOLLOW_AGAIN_S = 2.0
"""After a look at a running action that the gateway did not answer."""


class OpenCase(QObject):
    """One case at a time.

    Signals:
        file_changed: the case as the gateway knows it now (`CaseFile`).
        progress_changed: how far the running action has come (`ActionProgress` or None).
        busy_changed: a request that the agent waits for is under way (`bool`).
        began: the agent asked for something; what was said of the last request is over.
        failed: a request came to nothing (the error).
        revealed: the contact data asked for (`ContactCard`).
        previewed: a message as it would be sent (`Preview`).
        preview_failed: it could not be made (the error).
    """

    file_changed = Signal(object)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    began = Signal()
    failed = Signal(object)
    revealed = Signal(object)
    previewed = Signal(object)
    preview_failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.case: CaseId | None = None
        self.file: CaseFile | None = None
        self.progress: ActionProgress | None = None
        self.looking = Looking(runner, self)
        self._runner = runner
        self._work: CaseWork | None = None
        self._me: UserId | None = None
        self._heard_version = 0
        self._renewal = QTimer(self, interval=round(CLAIM_RENEWAL_S * 1000))
        self._renewal.timeout.connect(self._on_renewal_due)
        self._look = QTimer(self, singleShot=True)
        self._look.timeout.connect(self._on_look_due)

    def use(self, work: CaseWork | None, me: UserId | None) -> None:
        """Work through another connection from now on."""
        self.close()
        self._work, self._me = work, me
        self.looking.use(work, me)

    def open(self, case: CaseId) -> None:
        """Open a case; answers about the one before are thrown away."""
        if case == self.case:
            return
        self.close()
        self.case = case
        self.reload()
        self.looking.start(case)

    def close(self) -> None:
        """Close the case; its claim runs out by itself, so that coming back is no fight."""
        self._runner.forget_owner(self)
        self.looking.stop()
        self._renewal.stop()
        self._look.stop()
        self.case = self.file = None
        self._heard_version = 0
        self._show_progress(None)
        self.busy_changed.emit(False)

    def reload(self) -> None:
        """Read the case again."""
        case, work = self.case, self._work
        if case is not None and work is not None:
            self._runner.run(
                partial(work.open_case, case),
                self._on_file,
                self._on_failed,
                owner=self,
                lane="open",
            )

    def hear(self, version: int) -> None:
        """Learn from the queue that the case has changed; reads it again if that is news."""
        if self.file is not None and version > max(self.file.line.version, self._heard_version):
            self._heard_version = version
            self.reload()

    def claim(self) -> None:
        """Take the case."""
        self._change(CaseWork.claim)

    def release(self) -> None:
        """Give the case back."""
        self._change(CaseWork.release)

    def assign(self, user: UserId) -> None:
        """Let another person work on the case."""
        self._change(lambda work, case, key: work.assign(case, user, key))

    def reopen(self) -> None:
        """Take an ended case up again."""
        self._change(CaseWork.reopen)

    def recheck(self) -> None:
        """Have shop and provider asked again."""
        self._change(CaseWork.recheck)

    def add_note(self, text: str) -> None:
        """Keep a note with the case."""
        self._change(lambda work, case, key: work.add_note(case, text, key))

    def answer(self, answer: Answer) -> None:
        """Answer, override or defer a step of the guide."""
        self._change(lambda work, case, key: work.answer_step(case, answer, key))

    def do(self, wish: Wish) -> None:
        """Carry out what the agent confirmed, under one key however often it is sent."""
        case, work = self.case, self._work
        if case is None or work is None or (self.progress is not None and self.progress.moves):
            return
        key = new_key()
        self.began.emit()
        self._show_progress(ActionProgress(wish.kind, Phase.SENDING, wish.amount))
        lost = ActionProgress(wish.kind, Phase.ANSWER_LOST, wish.amount)

        def job(tell: Callable[[ActionProgress], None]) -> ActionProgress:
            return work.act(case, wish, key, unanswered=partial(tell, lost))

        self._runner.run_telling(
            job, self._show_progress, self._on_progress, self._on_act_failed, owner=self
        )

    def approve(self, action: ActionId, *, yes: bool, reason: str) -> None:
        """Say yes or no as the second person."""
        self._end(lambda work, key: work.approve(action, key, yes=yes, reason=reason))

    def withdraw(self, action: ActionId) -> None:
        """Take back one's own request that waits for a second person."""
        self._end(lambda work, key: work.withdraw(action, key))

    def settle(self, found: FoundOut) -> None:
        """Say what became of an action that the books never told of."""
        self._end(lambda work, key: work.settle(found, key))

    def _end(self, use_case: Callable[[CaseWork, str], ActionProgress]) -> None:
        work = self._work
        if work is not None:
            key = new_key()
            self.began.emit()
            self._runner.run(
                lambda: use_case(work, key), self._on_answered, self._on_failed, owner=self
            )

    def _on_answered(self, progress: ActionProgress) -> None:
        self._take_up(progress)
        # The request stands in the case's ledger and state, too.
        self.reload()

    def reveal(self) -> None:
        """Ask for the contact data; the gateway logs who looked."""
        case, work = self.case, self._work
        if case is not None and work is not None:
            self._runner.run(
                partial(work.reveal, case, new_key()),
                self.revealed.emit,
                self._on_failed,
                owner=self,
            )

    def preview(self, template: str, language: str) -> None:
        """Ask for a message as it would be sent; only the newest wish is answered."""
        case, work = self.case, self._work
        if case is not None and work is not None:
            self._runner.run(
                partial(work.preview, case, template, language),
                self.previewed.emit,
                self.preview_failed.emit,
                owner=self,
                lane="preview",
            )

    def _change(self, use_case: Callable[[CaseWork, CaseId, str], CaseFile]) -> None:
        case, work = self.case, self._work
        if case is None or work is None:
            return
        key = new_key()
        self.began.emit()
        self.busy_changed.emit(True)
        self._runner.run(
            lambda: use_case(work, case, key),
            self._on_file,
            self._on_failed,
            owner=self,
            lane="change",
        )

    def _on_file(self, file: CaseFile) -> None:
        if file.line.id != self.case:
            return
        self.busy_changed.emit(False)
        if self.file is not None and file.line.version < self.file.line.version:
            return
        self.file = file
        self.looking.hear(file.lookers)
        self._hold_claim()
        self._pick_up_running(file)
        self.file_changed.emit(file)

    def _on_failed(self, error: Exception) -> None:
        self.busy_changed.emit(False)
        self.failed.emit(error)
        if isinstance(error, Refused):
            # What the screen shows led to a refusal: it is out of date.
            self._read_again()

    def _read_again(self) -> None:
        if self.file is not None:
            self.reload()

    def _hold_claim(self) -> None:
        claim = self.file.line.claim if self.file else None
        if claim is not None and claim.user == self._me:
            if not self._renewal.isActive():
                self._renewal.start()
        else:
            self._renewal.stop()

    @Slot()
    def _on_renewal_due(self) -> None:
        case, work = self.case, self._work
        if case is not None and work is not None:
            self._runner.run(
                partial(work.claim, case, new_key()),
                self._on_file,
                self._on_renewal_failed,
                owner=self,
                lane="renewal",
            )

    def _on_renewal_failed(self, error: Exception) -> None:
        """Say nothing of a lost renewal: two more fit into the claim; a refusal is news."""
        if isinstance(error, Refused):
            self._on_failed(error)

    def _on_act_failed(self, error: Exception) -> None:
        if not isinstance(error, OutcomeUnknown):
            self._show_progress(None)
        self._on_failed(error)
        if isinstance(error, OutcomeUnknown):
            self._read_again()

    def _on_progress(self, progress: ActionProgress) -> None:
        was_moving = self.progress is None or self.progress.moves
        self._show_progress(progress)
        if progress.moves:
            self._look.start(round(FOLLOW_S * 1000))
        elif was_moving:
            self.reload()

    @Slot()
    def _on_look_due(self) -> None:
        progress, work = self.progress, self._work
        if progress is not None and progress.action is not None and work is not None:
            self._runner.run(
                partial(work.follow, progress.action),
                self._on_progress,
                self._on_look_failed,
                owner=self,
                lane="look",
            )

    def _on_look_failed(self, _error: Exception) -> None:
        """Go on looking: what was sent is not undone by a look that failed."""
        self._look.start(round(FOLLOW_AGAIN_S * 1000))

    def _pick_up_running(self, file: CaseFile) -> None:
        """Follow what was begun before the case was opened here, or by someone else."""
        shown = self.progress
        if self._look.isActive() or (shown is not None and shown.phase is Phase.SENDING):
            return
        entry = file.running
        if entry is None and shown is not None and shown.action is not None:
            # Somebody else may have ended meanwhile what rests on screen.
            entry = file.entry(shown.action)
        elif entry is None and shown is None and file.last is not None:
            # Who comes back to a case must see that a request of it was refused, and why.
            entry = file.last if progress_of(file.last).ending is Ending.NOT_APPROVED else None
        if entry is not None:
            self._take_up(progress_of(entry))
        elif shown is not None and shown.phase is Phase.ANSWER_LOST:
            self._show_progress(None)

    def _take_up(self, progress: ActionProgress) -> None:
        if progress.is_before(self.progress):
            return
        if progress != self.progress:
            self._show_progress(progress)
        if progress.moves and not self._look.isActive():
            self._look.start(round(FOLLOW_S * 1000))

    def _show_progress(self, progress: ActionProgress | None) -> None:
        self.progress = progress
        self.progress_changed.emit(progress)
