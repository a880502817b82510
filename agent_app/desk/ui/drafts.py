"""Keeps what is being written: within two seconds of typing, when a field is left, and at the end.

Owned by the window. The store has the drafts; a draft goes when what was written is on its way.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.local import LocalStoreFailed
from agent_app.domain.ids import CaseId

PAUSE_MS = 1000
"""After the last key; somebody who never pauses is kept at `AT_LATEST_MS` all the same."""
AT_LATEST_MS = 1500

Field = QLineEdit | QPlainTextEdit
Place = tuple[CaseId, str]


@dataclass(slots=True, eq=False)
class _Batch:
    """Texts of one moment, and whether they are in the store."""

    work: CaseWork
    texts: dict[Place, str]
    written: bool = False


class Drafts(QObject):
    """The texts that are being written, by case and field.

    Signals:
        failed: one could not be kept (the error); what was typed still stands on screen.
    """

    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._work: CaseWork | None = None
        self._texts: dict[Place, str] = {}
        self._handed: list[_Batch] = []
        """What workers are to write, and may not have."""
        self._writing = threading.Lock()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._latest = QTimer(self, singleShot=True, interval=AT_LATEST_MS)
        for timer in (self._pause, self._latest):
            timer.timeout.connect(self.keep)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Without its arguments: a field that is being destroyed loses the focus, too, and must not
        # be touched then. That rules an event filter out.
        application.focusChanged.connect(self.keep)

    def use(self, work: CaseWork | None) -> None:
        """Keep drafts in this person's store from now on; those of the one before are kept."""
        self.keep_now()
        self._work = work

    def text(self, case: CaseId, field: str) -> str:
        """Return what was written there; for the Qt thread, some milliseconds."""
        if (case, field) in self._texts:
            return self._texts[case, field]
        try:
            return self._work.draft(case, field) if self._work is not None else ""
        except LocalStoreFailed as error:
            self.failed.emit(error)
            return ""

    def write(self, case: CaseId, field: str, text: str) -> None:
        """Take what is written so far; it is kept soon."""
        self._texts[case, field] = text
        self._pause.start()
        if not self._latest.isActive():
            self._latest.start()

    def sent(self, case: CaseId, field: str) -> None:
        """Forget a draft whose text is on its way."""
        self._texts[case, field] = ""
        self.keep()

    def follow(self, edit: Field, case: CaseId, field: str) -> None:
        """Put the draft into a field, and keep what is written there."""
        text = self.text(case, field)
        if isinstance(edit, QLineEdit):
            edit.setText(text)
        else:
            edit.setPlainText(text)
        _Follower(self, edit, case, field)

    @Slot()
    def keep(self) -> None:
        """Have all that was written put into the store by a worker."""
        self._pause.stop()
        self._latest.stop()
        batch = self._taken()
        if batch is None:
            return
        self._handed.append(batch)
        self._runner.run(
            partial(self._write, batch), self._on_written, self.failed.emit, owner=self
        )

    def keep_now(self) -> None:
        """Put all that was written into the store before this returns: the desk ends or locks."""
        self._pause.stop()
        self._latest.stop()
        batch = self._taken()
        # What a worker has not come to yet would be given up with the worker.
        batches, self._handed = [*self._handed, *([batch] if batch else [])], []
        try:
            for one in batches:
                self._write(one)
        except LocalStoreFailed as error:
            self.failed.emit(error)

    def _taken(self) -> _Batch | None:
        work, texts = self._work, self._texts
        if work is None or not texts:
            return None
        self._texts = {}
        return _Batch(work, texts)

    def _write(self, batch: _Batch) -> _Batch:
        # One after the other, and each once: of two versions of a text the later one stays.
        with self._writing:
            if not batch.written:
                for (case, field), text in batch.texts.items():
                    batch.work.keep_draft(case, field, text)
                batch.written = True
        return batch

    def _on_written(self, batch: _Batch) -> None:
        self._handed = [one for one in self._handed if one is not batch]


class _Follower(QObject):
    """Follows one field as long as that lives."""

    def __init__(self, drafts: Drafts, edit: Field, case: CaseId, field: str) -> None:
        super().__init__(edit)
        self._drafts, self._edit, self._place = drafts, edit, (case, field)
        edit.textChanged.connect(self._on_text_changed)

    @Slot()
    def _on_text_changed(self) -> None:
        edit = self._edit
        text = edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()
        self._drafts.write(*self._place, text)
