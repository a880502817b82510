"""The network test: what is slow or broken between here and the gateway, in plain words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design
from agent_app.desk.ui.focus_outline import FocusOutline
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.record_table import Cell, RecordTable
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.words import filled, health, problems
from agent_app.desk.work.selftest import Finding, Outcome, Part, Verdict

translate = QCoreApplication.translate
Test = Callable[[Callable[[Part], None]], Verdict]
_TONES = {
    Outcome.FINE: "success",
    Outcome.SLOW: "warning",
    Outcome.BROKEN: "danger",
    Outcome.NOT_TRIED: "muted",
}


class HealthSheet(QDialog):
    """Runs the test as it opens and as often as asked for.

    Signals:
        tested: a test has come to its end (`Verdict`).
        diagnostics_asked: show what the desk knows of itself.
    """

    tested = Signal(object)
    diagnostics_asked = Signal()

    def __init__(self, parent: QWidget, runner: Runner, test: Test) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("HealthSheet", "Network test"))
        self.resize(720, 480)
        self._runner = runner
        self._test = test
        self.verdict: Verdict | None = None
        self._head = ToneLabel(size=design.HEADLINE - 2, bold=True, wrap=True)
        self._note = ToneLabel("muted", size=design.META, wrap=True)
        self.table = RecordTable()
        self.table.setAccessibleName(self.windowTitle())
        self.again = QPushButton(translate("HealthSheet", "Test again"))
        self.copy = QPushButton(translate("HealthSheet", "Copy the result"))
        self.diagnostics = QPushButton(translate("HealthSheet", "Diagnostics…"))
        self.shut = QPushButton(translate("HealthSheet", "Close"))
        self._build()
        self.again.clicked.connect(self._on_again_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.diagnostics.clicked.connect(self.diagnostics_asked)
        self.shut.clicked.connect(self.reject)
        self._on_again_clicked()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(design.S2)
        for button in (self.again, self.copy, self.diagnostics):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.shut)
        for button in (self.again, self.copy, self.diagnostics, self.shut):
            button.setAutoDefault(False)
            button.setMinimumHeight(32)
            FocusOutline(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(design.S5, design.S4, design.S5, design.S4)
        layout.setSpacing(design.S3)
        layout.addWidget(self._head)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._note)
        layout.addLayout(row)

    @Slot()
    def _on_again_clicked(self) -> None:
        self.again.setEnabled(False)
        self.copy.setEnabled(False)
        self._head.setText(translate("HealthSheet", "Testing…"))
        self._runner.run_telling(
            self._test, self._on_part, self._on_tested, self._on_failed, owner=self
        )

    def _on_part(self, part: Part) -> None:
        text = translate("HealthSheet", "Testing: {part}…")
        self._head.setText(filled(text, part=health.part(part)))

    def _on_tested(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.again.setEnabled(True)
        self.copy.setEnabled(True)
        self._head.setText(health.headline(verdict))
        heads = (
            translate("HealthSheet", "Part"),
            translate("HealthSheet", "Result"),
            translate("HealthSheet", "Time (median)"),
        )
        self.table.show_rows(heads, [_row(found) for found in verdict.findings])
        others = [
            health.sentence(verdict, found)
            for found in verdict.findings
            if found is not verdict.worst
        ]
        via = verdict.run.via
        if via:
            others.append(filled(translate("HealthSheet", "In between: proxy {proxy}."), proxy=via))
        self._note.setText("\n".join(text for text in others if text))
        self._note.setVisible(bool(self._note.text()))
        self.tested.emit(verdict)

    def _on_failed(self, error: Exception) -> None:
        self.again.setEnabled(True)
        self._head.setText(problems.sentence(error))

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self.verdict is not None:
            QApplication.clipboard().setText(health.report(self.verdict))


def _row(found: Finding) -> tuple[Cell, ...]:
    return (
        Cell(health.part(found.part)),
        Cell(health.outcome(found), _TONES[found.outcome]),
        Cell(health.duration(found)),
    )
