"""Not sent yet: every click that is not done, what the gateway said to it, and what can be done.

Shows entries, emits intents.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from agent_app.desk.ui import design, formats
from agent_app.desk.ui.empty import EmptyState
from agent_app.desk.ui.outbox_sender import is_for_agent
from agent_app.desk.ui.panel import Panel, ToneLabel
from agent_app.desk.ui.record_table import Cell, RecordTable
from agent_app.desk.ui.words import clicks as words
from agent_app.desk.ui.words import filled, states
from agent_app.desk.work.local import Click, ClickState
from agent_app.desk.work.outbox_clicks import WITHOUT_GATEWAY, typed_text
from agent_app.desk.work.queue_rows import QueueLine

translate = QCoreApplication.translate
_LOOKS = {
    ClickState.WAITING: ("clock", "warning"),
    ClickState.SENT: ("pending", "accent"),
    ClickState.REFUSED: ("failed", "danger"),
    ClickState.STALE: ("critical", "danger"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A click, and its case as it was told last; None for one that is not on this machine."""

    click: Click
    line: QueueLine | None

    @property
    def name(self) -> str:
        return self.line.name if self.line is not None else str(self.click.case)


class OutboxPage(QWidget):
    """The list above, the chosen one with both sides beneath.

    Signals:
        open_requested: show this case (`CaseId`).
        send_requested: send this one again (its number).
        drop_requested: let this one go (its number).
    """

    open_requested = Signal(object)
    send_requested = Signal(int)
    drop_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._title = ToneLabel(size=design.HEADLINE, bold=True)
        self.table = RecordTable()
        self.panel = Panel()
        self.wanted = ToneLabel(wrap=True)
        self.answered = ToneLabel(wrap=True)
        self.now = ToneLabel("muted", wrap=True)
        self.open = QPushButton()
        self.send = QPushButton()
        self.copy = QPushButton()
        self.drop = QPushButton()
        self._empty = EmptyState()
        self._build()
        self.table.itemSelectionChanged.connect(self._on_selection_changed)
        self.table.activated.connect(self._on_open_clicked)
        self.open.clicked.connect(self._on_open_clicked)
        self.send.clicked.connect(self._on_send_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.drop.clicked.connect(self._on_drop_clicked)
        self.retranslate()

    def _build(self) -> None:
        for label in (self.wanted, self.answered):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QHBoxLayout()
        for button in (self.open, self.send, self.copy, self.drop):
            button.setMinimumHeight(30)
            buttons.addWidget(button)
        buttons.addStretch(1)
        for part in (self.wanted, self.answered, self.now):
            self.panel.body.addWidget(part)
        self.panel.body.addLayout(buttons)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(design.S4, design.S3, design.S4, design.S3)
        column.setSpacing(design.S3)
        column.addWidget(self._title)
        column.addWidget(self.table, 1)
        column.addWidget(self.panel)
        self._page = page
        self._stack = QStackedLayout(self)
        self._stack.addWidget(page)
        self._stack.addWidget(self._empty)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show what is not done; what waits for the agent stands on top."""
        arranged = sorted(entries, key=lambda e: (not is_for_agent(e.click), e.click.number))
        if tuple(arranged) != self._entries:
            chosen = self._chosen
            self._entries = tuple(arranged)
            self._render(chosen.click.number if chosen is not None else None)

    @property
    def _chosen(self) -> Entry | None:
        row = self.table.currentRow()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def _render(self, number: int | None) -> None:
        self._stack.setCurrentWidget(self._page if self._entries else self._empty)
        heads = [
            translate("OutboxPage", "Time"),
            translate("OutboxPage", "Order"),
            translate("OutboxPage", "What"),
            translate("OutboxPage", "State"),
        ]
        self.table.show_rows(heads, [self._row(entry) for entry in self._entries])
        numbers = [entry.click.number for entry in self._entries]
        if numbers:
            row = numbers.index(number) if number in numbers else 0
            self.table.setCurrentCell(row, 0)
        self._on_selection_changed()

    def _row(self, entry: Entry) -> list[Cell]:
        drawing, tone = _LOOKS[entry.click.state]
        return [
            Cell(formats.moment(entry.click.made_at), "muted"),
            Cell(entry.name),
            Cell(words.what(entry.click), quote=typed_text(entry.click)),
            Cell(words.state(entry.click), tone, drawing),
        ]

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._title.setText(translate("OutboxPage", "Not sent yet"))
        self.table.setAccessibleName(self._title.text())
        self.open.setText(translate("OutboxPage", "Open the case"))
        self.copy.setText(translate("OutboxPage", "Copy the text"))
        self.drop.setText(translate("OutboxPage", "Let it go"))
        self._empty.say(
            "resolved",
            translate("OutboxPage", "Everything has been sent"),
            translate(
                "OutboxPage", "What you do while the gateway is away waits here, and is not lost."
            ),
        )
        chosen = self._chosen
        self._render(chosen.click.number if chosen is not None else None)

    @Slot()
    def _on_selection_changed(self) -> None:
        entry = self._chosen
        self.panel.setVisible(entry is not None)
        if entry is None:
            return
        click = entry.click
        self.panel.heading.setText(f"{entry.name} · {words.state(click)}")
        self.wanted.setText(words.wanted(click))
        self.answered.setText(words.answered(click))
        self.answered.set_tone(_LOOKS[click.state][1] if is_for_agent(click) else "text")
        self.now.setText(_case_now(entry))
        self.now.setVisible(bool(self.now.text()))
        stale = click.state is ClickState.STALE
        self.send.setText(
            translate("OutboxPage", "Send it now")
            if stale
            else translate("OutboxPage", "Do it again")
        )
        # An action that was refused is begun anew at its case, where its locks are.
        refused = click.state is ClickState.REFUSED
        self.send.setVisible(stale or (refused and click.kind in WITHOUT_GATEWAY))
        self.copy.setVisible(bool(typed_text(click)))
        # What was sent may have been done: letting it go would hide that.
        self.drop.setVisible(click.state is not ClickState.SENT)

    @Slot()
    def _on_open_clicked(self) -> None:
        if (entry := self._chosen) is not None:
            self.open_requested.emit(entry.click.case)

    @Slot()
    def _on_send_clicked(self) -> None:
        if (entry := self._chosen) is not None:
            self.send_requested.emit(entry.click.number)

    @Slot()
    def _on_copy_clicked(self) -> None:
        if (entry := self._chosen) is not None:
            QGuiApplication.clipboard().setText(typed_text(entry.click))

    @Slot()
    def _on_drop_clicked(self) -> None:
        if (entry := self._chosen) is not None:
            self.drop_requested.emit(entry.click.number)

    def changeEvent(self, event: QEvent) -> None:
        kinds = {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}
        if event.type() in kinds:
            self.retranslate()
        super().changeEvent(event)


def _case_now(entry: Entry) -> str:
    """Return what the gateway told of the case last."""
    line = entry.line
    if line is None:
        return ""
    state = states.case_now(line.state, claimed=line.claim is not None)
    who = line.claim.name if line.claim is not None else ""
    text = translate("OutboxPage", "The case now: {state}")
    return filled(text, state=f"{state} · {who}" if who else state)
