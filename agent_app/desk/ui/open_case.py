"""The open case: read it, hold the claim, take what the agent wants, follow what became of it.

Owned by the window; the case page shows what it tells. All waiting is done on the runner.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.drafts import Drafts
from agent_app.desk.ui.following import Following
from agent_app.desk.ui.holding import Holding
from agent_app.desk.ui.looking import Looking
from agent_app.desk.ui.outbox_sender import OutboxSender
from agent_app.desk.ui.runner import Runner
from agent_app.desk.work import outbox_clicks
from agent_app.desk.work.action_progress import ActionProgress, Ending, Phase, progress_of
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.clicks import new_key
from agent_app.desk.work.delivery import Delivery, End
from agent_app.desk.work.errors import OutcomeUnknown, Refused, Unreachable
from agent_app.desk.work.local import Click, ClickKind
from agent_app.desk.work.outbox_clicks import WITHOUT_GATEWAY, NewClick
from agent_app.desk.work.pending import NOTHING, Pending, pending_of
from agent_app.desk.work.wishes import Answer, FoundOut, Wish
from agent_app.domain.ids import ActionId, CaseId, UserId

KEPT_AFTER_S = 0.4
"""A gateway that has not answered by then: what was read last is shown meanwhile."""


class OpenCase(QObject):
    """One case at a time.

    Signals:
        file_changed: the case as the gateway knows it now, or told last (`CaseFile`).
        pending_changed: what is not done yet of what was clicked here (`Pending`).
        written: a click is on this machine's disk; nothing of it can be lost any more (`Click`).
        progress_changed: how far the running action has come (`ActionProgress` or None).
        busy_changed: a request that the agent waits for is under way (`bool`).
        began: the agent asked for something; what was said of the last request is over.
        failed: a request came to nothing (the error).
        revealed: the contact data asked for (`ContactCard`).
        previewed: a message as it would be sent (`Preview`).
        preview_failed: it could not be made (the error).
    """

    file_changed = Signal(object)
    pending_changed = Signal(object)
    written = Signal(object)
    progress_changed = Signal(object)
    busy_changed = Signal(bool)
    began = Signal()
    failed = Signal(object)
    revealed = Signal(object)
    previewed = Signal(object)
    preview_failed = Signal(object)

    def __init__(self, runner: Runner, outbox: OutboxSender, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pending: Pending = NOTHING
        self.drafts = Drafts(runner, self)
        self._outbox = outbox
        self._online = True
        outbox.changed.connect(self._on_outbox_changed)
        outbox.delivered.connect(self._on_delivered)
        self.case: CaseId | None = None
        self.file: CaseFile | None = None
        self.progress: ActionProgress | None = None
        self.looking = Looking(runner, self)
        self._runner = runner
        self._work: CaseWork | None = None
        self._me: UserId | None = None
        self._heard_version = 0
        self._holding = Holding(runner, self)
        self._holding.renewed.connect(self._on_file)
        self._holding.lost.connect(self._on_failed)
        self._following = Following(runner, self)
        self._following.seen.connect(self._on_progress)
        self._kept = QTimer(self, singleShot=True, interval=round(KEPT_AFTER_S * 1000))
        self._kept.timeout.connect(self._on_kept_due)

    def use(self, work: CaseWork | None, me: UserId | None) -> None:
        """Work through another connection from now on."""
        self.close()
        self._work, self._me = work, me
        self.looking.use(work, me)
        self._holding.use(work)
        self._following.use(work)

    def open(self, case: CaseId) -> None:
        """Open a case; answers about the one before are thrown away."""
        if case == self.case:
            return
        self.close()
        self.case = case
        self._show_pending()
        self.reload()
        if self._online:
            self._kept.start()
        else:
            self._on_kept_due()
        self.looking.start(case)

    def close(self) -> None:
        """Close the case; its claim runs out by itself, so that coming back is no fight."""
        self._runner.forget_owner(self)
        self.looking.stop()
        self._holding.stop()
        self._following.stop()
        self._kept.stop()
        self.case = self.file = None
        self._heard_version = 0
        self._show_progress(None)
        self._show_pending()
        self.busy_changed.emit(False)

    def reload(self) -> None:
        """Read the case again."""
        case, work = self.case, self._work
        if case is not None and work is not None:
            job = partial(work.open_case, case)
            self._runner.run(job, self._on_file, self._on_open_failed, owner=self, lane="open")

    def hear(self, version: int) -> None:
        """Learn from the queue that the case has changed; reads it again if that is news."""
        if self.file is not None and version > max(self.file.line.version, self._heard_version):
            self._heard_version = version
            self.reload()

    def show_online(self, *, online: bool) -> None:
        """Know whether the gateway answers: what needs it is not begun without it."""
        if online != self._online:
            self._online = online
            if self.case is not None and self.file is None:
                self._on_kept_due()

    def claim(self) -> None:
        """Take the case."""
        if self.case is not None:
            self.click(outbox_clicks.claim(self.case))

    def release(self) -> None:
        """Give the case back."""
        if self.case is not None:
            self.click(outbox_clicks.release(self.case))

    def assign(self, user: UserId) -> None:
        """Let another person work on the case."""
        if self.case is not None:
            self.click(outbox_clicks.assign(self.case, user))

    def reopen(self) -> None:
        """Take an ended case up again."""
        if self.case is not None:
            self.click(outbox_clicks.reopen(self.case))

    def add_note(self, text: str) -> None:
        """Keep a note with the case."""
        if self.case is not None:
            self.click(outbox_clicks.note(self.case, text))

    def answer(self, answer: Answer) -> None:
        """Answer, override or defer a step of the guide."""
        if self.case is None:
            return
        if not self._online and self.pending.wants_claim is not True:
            # The claim runs out while nobody renews it, and only who has it may answer.
            self.click(outbox_clicks.claim(self.case))
        self.click(outbox_clicks.finding(self.case, answer))

    def do(self, wish: Wish) -> None:
        """Carry out what the agent confirmed, under one key however often it is sent."""
        busy = self.progress is not None and self.progress.moves
        if self.case is None or busy or self.pending.acting is not None:
            return
        basis = self.file.line.version if self.file is not None else None
        self.click(outbox_clicks.act(self.case, wish, basis))

    def approve(self, action: ActionId, *, yes: bool, reason: str) -> None:
        """Say yes or no as the second person."""
        if self.case is not None:
            self.click(outbox_clicks.approve(self.case, action, yes=yes, reason=reason))

    def withdraw(self, action: ActionId) -> None:
        """Take back one's own request that waits for a second person."""
        if self.case is not None:
            self.click(outbox_clicks.withdraw(self.case, action))

    def settle(self, found: FoundOut) -> None:
        """Say what became of an action that the books never told of."""
        if self.case is not None:
            self.click(outbox_clicks.settle(self.case, found))

    def recheck(self) -> None:
        """Have shop and provider asked again."""
        case, work = self.case, self._work
        if case is not None and work is not None:
            self.began.emit()
            self.busy_changed.emit(True)
            job = partial(work.recheck, case, new_key())
            self._runner.run(job, self._on_file, self._on_failed, owner=self, lane="change")

    def click(self, new: NewClick) -> None:
        """Put a click into the outbox, if it can be made without the gateway or that answers."""
        self.began.emit()
        if not self._online and new.kind not in WITHOUT_GATEWAY:
            self.failed.emit(Unreachable("this needs the gateway"))
            return
        self.busy_changed.emit(True)
        self._outbox.click(new, self._on_written, self._on_not_written)

    def _on_written(self, click: Click) -> None:
        self.busy_changed.emit(False)
        self.written.emit(click)

    def _on_not_written(self, error: Exception) -> None:
        """Say that nothing was kept: what was typed still stands in its field."""
        self.busy_changed.emit(False)
        self.failed.emit(error)

    @Slot()
    def _on_outbox_changed(self) -> None:
        self._show_pending()

    @Slot(object)
    def _on_delivered(self, delivery: Delivery) -> None:
        if delivery.click.case != self.case:
            return
        if delivery.end is End.REFUSED:
            self._on_click_refused(delivery)
        elif delivery.end is not End.DONE:
            pending = self.pending.progress
            if isinstance(delivery.error, OutcomeUnknown) and pending is not None:
                self._show_progress(replace(pending, phase=Phase.ANSWER_LOST))
        elif delivery.file is not None:
            self._on_file(delivery.file)
        elif delivery.progress is None:
            self.reload()
        elif delivery.click.kind is ClickKind.ACT:
            self._on_progress(delivery.progress)
        else:
            self._on_answered(delivery.progress)

    def _on_click_refused(self, delivery: Delivery) -> None:
        if delivery.click.kind is ClickKind.ACT:
            self._show_progress(None)
        if not outbox_clicks.typed_text(delivery.click):
            # It is told now, in front of the case, and holds nothing that could be lost.
            self._outbox.drop(delivery.click.number)
        if delivery.error is not None:
            self._on_failed(delivery.error)

    def _show_pending(self) -> None:
        clicks = self._outbox.of_case(self.case) if self.case is not None else ()
        pending = pending_of(clicks)
        if pending.progress is not None and not self._is_further():
            lost = self.progress is not None and self.progress.phase is Phase.ANSWER_LOST
            if not (lost and pending.progress.phase is Phase.SENDING):
                self._show_progress(pending.progress)
        elif pending.progress is None and self.pending.progress is not None and self._waits():
            # What it came to is told by the delivery, or by the case.
            self._show_progress(None)
        if pending != self.pending:
            self.pending = pending
            self.pending_changed.emit(pending)

    def _is_further(self) -> bool:
        """Return whether an action that the gateway knows is on screen and still moves."""
        shown = self.progress
        return shown is not None and shown.action is not None and shown.moves

    def _waits(self) -> bool:
        return self.progress is not None and self.progress.action is None

    def _on_answered(self, progress: ActionProgress) -> None:
        self._take_up(progress)
        # The request stands in the case's ledger and state, too.
        self.reload()

    def reveal(self) -> None:
        """Ask for the contact data; the gateway logs who looked."""
        case, work = self.case, self._work
        if not self._online:
            # A look that the gateway cannot log first must not happen.
            self.failed.emit(Unreachable("a reveal needs the gateway"))
        elif case is not None and work is not None:
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

    @Slot()
    def _on_kept_due(self) -> None:
        case, work = self.case, self._work
        if case is not None and work is not None and self.file is None:
            job = partial(work.kept_case, case)
            self._runner.run(job, self._on_kept, self._on_kept_failed, owner=self, lane="kept")

    def _on_kept(self, file: CaseFile | None) -> None:
        if self.file is None and file is not None and file.line.id == self.case:
            self.file = file
            self.file_changed.emit(file)

    def _on_kept_failed(self, _error: Exception) -> None:
        """Say nothing: it was only to be shown while the gateway is asked."""

    def _on_file(self, file: CaseFile) -> None:
        if file.line.id != self.case:
            return
        self._kept.stop()
        self.busy_changed.emit(False)
        if self.file is not None and file.line.version < self.file.line.version:
            return
        self.file = file
        self.looking.hear(file.lookers)
        self._hold_claim()
        self._pick_up_running(file)
        self.file_changed.emit(file)

    def _on_open_failed(self, error: Exception) -> None:
        if isinstance(error, Unreachable) and self.file is not None:
            # The banner says that the gateway is away; what was read last stays.
            self.busy_changed.emit(False)
            return
        self._on_failed(error)
        if isinstance(error, Unreachable):
            self._on_kept_due()

    def _on_failed(self, error: Exception) -> None:
        self.busy_changed.emit(False)
        self.failed.emit(error)
        if isinstance(error, Refused) and self.file is not None:
            # What the screen shows led to a refusal: it is out of date.
            self.reload()

    def _hold_claim(self) -> None:
        claim = self.file.line.claim if self.file else None
        if self.case is not None and claim is not None and claim.user == self._me:
            self._holding.hold(self.case)
        else:
            self._holding.stop()

    def _on_progress(self, progress: ActionProgress) -> None:
        self._show_progress(progress)
        if progress.moves:
            self._following.look(progress.action)
        else:
            # The case stands otherwise now, whatever was shown before.
            self.reload()

    def _pick_up_running(self, file: CaseFile) -> None:
        """Follow what was begun before the case was opened here, or by someone else."""
        shown = self.progress
        # Somebody else may have ended meanwhile what rests on screen.
        told = file.entry(shown.action) if shown is not None and shown.action else None
        if told is not None and not progress_of(told).moves:
            self._following.stop()  # The case tells of the end before the next look does.
        if self._following.is_active or self.pending.acting is not None:
            return
        entry = file.running
        if entry is None and told is not None:
            entry = told
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
        if progress.moves and not self._following.is_active:
            self._following.look(progress.action)

    def _show_progress(self, progress: ActionProgress | None) -> None:
        self.progress = progress
        self.progress_changed.emit(progress)
