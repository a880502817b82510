"""The next step of the guide: what to find out, why, what to say, and the answers to choose."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from agent_app.desk.ui import design, icons, locked
from agent_app.desk.ui.answer_button import AnswerButton
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.panel import Panel, ToneLabel
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled
from agent_app.desk.ui.words import awaited as awaited_words
from agent_app.desk.ui.words.keyed import with_keys
from agent_app.desk.work.awaited import Awaited
from agent_app.desk.work.ending import Left
from agent_app.desk.work.wishes import Answer
from agent_app.domain.guide import Guide, GuideProgress, Step, StepKind, StepState

translate = QCoreApplication.translate
MOST_ANSWERS = 9
LEFT: Mapping[Left, str] = {
    Left.TELL: QT_TRANSLATE_NOOP(
        "GuidePanel",
        "Nothing is left to find out. Tell the customer ({key_notify}), then resolve "
        "({key_resolve}).",
    ),
    Left.RECHECK: QT_TRANSLATE_NOOP(
        "GuidePanel",
        "Nothing is left to find out. Recheck once more ({key_recheck}), then resolve "
        "({key_resolve}).",
    ),
    Left.RESOLVE: QT_TRANSLATE_NOOP(
        "GuidePanel", "Nothing is left to find out. Resolve the case ({key_resolve})."
    ),
}


class GuidePanel(Panel):
    """One step at a time, in the author's order.

    Signals:
        answered: an outcome was chosen (`Answer`).
        run_requested: a probe is to be run.
        override_requested: the agent knows better than the probe (`Step`).
        defer_requested: the step is to come later (`Step`).
    """

    answered = Signal(object)
    run_requested = Signal()
    override_requested = Signal(object)
    defer_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide: Guide | None = None
        self._progress: GuideProgress | None = None
        self._lock = ""
        self._left: Left | None = None
        self._wait: Awaited | None = None
        self._all_steps = False
        self._text = ToneLabel(size=design.SECTION, bold=True, wrap=True)
        self._why = ToneLabel("muted", size=design.META, wrap=True)
        self._say = ToneLabel("accent", wrap=True)
        self._answers = QVBoxLayout()
        self._answers.setSpacing(design.S1)
        self._run = QPushButton()
        self._run.setIcon(icons.icon("probe"))
        self._override = QPushButton(flat=True)
        self._defer = QPushButton(flat=True)
        self._rest = QPushButton(flat=True)
        self._rest.clicked.connect(self._on_rest_clicked)
        self._run.clicked.connect(self.run_requested)
        self._override.clicked.connect(self._on_override_clicked)
        self._defer.clicked.connect(self._on_defer_clicked)
        self._build()

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, design.S1, 0)
        column.setSpacing(design.S1)
        for label in (self._text, self._why, self._say):
            column.addWidget(label)
        column.addLayout(self._answers)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        scroll.setWidget(inner)
        FocusOutline(scroll)
        self._scroll = scroll
        inner.setAutoFillBackground(False)
        self.body.addWidget(scroll, 1)
        # Beside the heading, so that the answers have all the height.
        for button in (self._run, self._override, self._defer, self._rest):
            button.setFont(design.font(design.META))
            FocusOutline(button)
            self.top.addWidget(button)

    def show_guide(self, guide: Guide | None) -> None:
        """Take the guide that cases are worked by."""
        self._guide = guide
        self._render()

    def show_progress(
        self,
        progress: GuideProgress,
        *,
        lock: str,
        left: Left | None = None,
        wait: Awaited | None = None,
    ) -> None:
        """Show the next step of a case; `lock` is why it may not be answered, empty if it may.

        Where the case waits for another person, or nothing is left to find out, that is said
        instead. The guide's other steps stay one press away.
        """
        before, self._wait = self._wait, wait
        same_wait = (
            before is not None
            and wait is not None
            and before.entry.record.id == wait.entry.record.id
        )
        if left is None and not same_wait:
            self._all_steps = False
        self._progress = progress
        self._lock = lock
        self._left = left
        self._render()

    @property
    def guide(self) -> Guide | None:
        """Return the guide that cases are worked by."""
        return self._guide

    @property
    def step(self) -> Step | None:
        """Return the step in view."""
        if self._guide is None or self._progress is None or self._progress.next_step is None:
            return None
        if self._stands_in and not self._all_steps:
            return None
        return self._guide.step(self._progress.next_step)

    @property
    def _stands_in(self) -> bool:
        """Return whether there is something else to say than the next question."""
        return self._left is not None or self._wait is not None

    def choose(self, number: int) -> None:
        """Choose the answer with this number, counted from 1."""
        step = self.step
        if step is None or self._lock or not 1 <= number <= len(step.outcomes):
            return
        outcome = step.outcomes[number - 1]
        if step.kind is StepKind.PROBE:
            # Answering for a probe is overriding it, which needs a reason.
            self.override_requested.emit(step)
        else:
            self.answered.emit(Answer(step.id, StepState.DONE, outcome.id))

    def run_step(self) -> None:
        """Do what the step asks for: run its probe, or go to its first answer."""
        step = self.step
        if step is None:
            return
        first = self._answers.itemAt(0)
        answer = first.widget() if first is not None else None
        if step.kind is StepKind.PROBE:
            self.run_requested.emit()
        elif answer is not None:
            answer.setFocus()

    def _render(self) -> None:
        self._clear_answers()
        step = self.step
        self.heading.setText(self._heading())
        self._scroll.setAccessibleName(self.heading.text())
        for button in (self._run, self._override, self._defer):
            button.setVisible(step is not None)
            locked.lock(button, self._lock)
        self._say.setVisible(step is not None and step.say is not None)
        self._why.setVisible(step is not None)
        self._rest.setVisible(self._stands_in and not self._all_steps)
        self._rest.setText(translate("GuidePanel", "Other checks"))
        if step is None:
            self._text.setText(self._nothing())
            return
        language = tag()
        self._text.setText(step.text[language])
        self._why.setText(step.why[language])
        if step.say is not None:
            quoted = translate("GuidePanel", "Say: “{words}”")
            self._say.setText(filled(quoted, words=step.say[language]))
        probe = step.kind is StepKind.PROBE
        self._run.setVisible(probe)
        self._run.setText(translate("GuidePanel", "Recheck now"))
        self._override.setVisible(probe)
        self._override.setText(translate("GuidePanel", "Override…"))
        self._defer.setText(translate("GuidePanel", "Later…"))
        if not probe:
            self._show_answers(step, language)
        if self._lock:
            self._why.setText(self._lock)

    def _show_answers(self, step: Step, language: str) -> None:
        for number, outcome in enumerate(step.outcomes[:MOST_ANSWERS], start=1):
            button = AnswerButton(number, outcome.text[language])
            locked.lock(button, self._lock)
            button.chosen.connect(self.choose)
            self._answers.addWidget(button)

    def _clear_answers(self) -> None:
        while (item := self._answers.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _heading(self) -> str:
        title = translate("GuidePanel", "Next step")
        if self._guide is None or self._progress is None:
            return title
        settled = {StepState.DONE, StepState.OVERRIDDEN}
        done = sum(1 for f in self._progress.findings if f.state in settled)
        count = translate("GuidePanel", "{done} of {all} steps known")
        told = filled(count, done=str(done), all=str(len(self._guide.steps)))
        return f"{title} · {told}"

    def _nothing(self) -> str:
        if self._wait is not None and not self._all_steps:
            return awaited_words.step(self._wait)
        if self._left is not None:
            return with_keys(translate("GuidePanel", LEFT[self._left]))
        if self._guide is None:
            return translate(
                "GuidePanel", "No guide is installed. The action bar shows the remedy."
            )
        return translate("GuidePanel", "Every step is answered. The action bar shows the remedy.")

    def _on_rest_clicked(self) -> None:
        self._all_steps = True
        self._render()

    def _on_override_clicked(self) -> None:
        if self.step is not None:
            self.override_requested.emit(self.step)

    def _on_defer_clicked(self) -> None:
        if self.step is not None:
            self.defer_requested.emit(self.step)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._render()
        super().changeEvent(event)
