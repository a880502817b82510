"""The second person's bar: who asks for what, and yes or no (I9: never the requester himself)."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from agent_app.desk.ui import formats
from agent_app.desk.ui.panel import Panel, ToneLabel
from agent_app.desk.ui.sheet import make_primary
from agent_app.desk.ui.words import actions, filled
from agent_app.desk.work.case_file import LedgerLine
from agent_app.domain.money import Money
from agent_app.domain.roles import Actor, ApprovalRefused, check_approval

translate = QCoreApplication.translate


class ApprovalBar(Panel):
    """Shown while a request waits for approval.

    Signals:
        approved: yes, for this action (`ActionId`).
        refusal_requested: no; a reason will be asked for (`ActionId`).
    """

    approved = Signal(object)
    refusal_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._entry: LedgerLine | None = None
        self._actor: Actor | None = None
        self._text = ToneLabel(wrap=True)
        self.yes = QPushButton()
        make_primary(self.yes)
        self.no = QPushButton()
        self._why = ToneLabel("muted", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self.body.addLayout(row)
        self.body.addWidget(self._why)
        self.yes.clicked.connect(self._on_yes_clicked)
        self.no.clicked.connect(self._on_no_clicked)
        self.hide()

    def show_request(self, entry: LedgerLine | None, actor: Actor) -> None:
        """Show the request that waits, or nothing."""
        self._entry, self._actor = entry, actor
        self.setVisible(entry is not None)
        if entry is not None:
            self._render(entry, actor)

    def _render(self, entry: LedgerLine, actor: Actor) -> None:
        record = entry.record
        self.heading.setText(translate("ApprovalBar", "Waiting for approval"))
        amount = formats.money(record.amount) if record.amount is not None else ""
        text = translate("ApprovalBar", "{name} asks for: {action} {amount}. Reason: “{reason}”")
        self._text.setText(
            filled(
                text,
                name=entry.requested_by,
                action=actions.kind(record.kind),
                amount=amount,
                reason=record.reason or "–",
            )
        )
        approve = translate("ApprovalBar", "Approve {amount}")
        self.yes.setText(filled(approve, amount=amount))
        self.no.setText(translate("ApprovalBar", "Do not approve…"))
        refusal = _refusal(actor, entry)
        for button in (self.yes, self.no):
            button.setVisible(not refusal)
        self._why.setText(refusal)
        self._why.setVisible(bool(refusal))

    def changeEvent(self, event: QEvent) -> None:
        relevant = event.type() == QEvent.Type.LanguageChange
        if relevant and self._entry is not None and self._actor is not None:
            self._render(self._entry, self._actor)
        super().changeEvent(event)

    def _on_yes_clicked(self) -> None:
        if self._entry is not None:
            self.approved.emit(self._entry.record.id)

    def _on_no_clicked(self) -> None:
        if self._entry is not None:
            self.refusal_requested.emit(self._entry.record.id)


def _refusal(actor: Actor, entry: LedgerLine) -> str:
    """Return why this person may not approve; empty when he may. The gateway judges again."""
    amount = entry.record.amount or Money(0, "XXX")
    try:
        check_approval(entry.record.requested_by, actor, amount)
    except ApprovalRefused as refused:
        if refused.code == "own_request":
            return translate("ApprovalBar", "Your own request: a second person approves it.")
        if refused.code == "over_limit":
            return translate("ApprovalBar", "Over your limit: finance approves it.")
        return translate("ApprovalBar", "Your role may not approve refunds. Ask your team lead.")
    return ""
