"""What waits for another person: an approval, or an outcome that must be found out (I9).

Who may answer has the buttons; who may not sees who can.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from agent_app.desk.ui import formats
from agent_app.desk.ui.locked import lock, without_gateway
from agent_app.desk.ui.panel import Panel, ToneLabel
from agent_app.desk.ui.sheet import make_primary
from agent_app.desk.ui.words import awaited as words
from agent_app.desk.ui.words import filled
from agent_app.desk.work.awaited import Awaited, For

translate = QCoreApplication.translate


class ApprovalBar(Panel):
    """Shown while a request waits for approval or an action for a person.

    Signals:
        approved: yes, for this action (`ActionId`).
        refusal_requested: no; a reason will be asked for (`ActionId`).
        withdrawal_requested: the requester wants to take it back (`ActionId`).
        settling_requested: what became of the action is to be said (`ActionId`).
    """

    approved = Signal(object)
    refusal_requested = Signal(object)
    withdrawal_requested = Signal(object)
    settling_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wait: Awaited | None = None
        self._now: datetime | None = None
        self._text = ToneLabel(wrap=True)
        self.yes = QPushButton()
        make_primary(self.yes)
        self.no = QPushButton()
        self.withdraw = QPushButton()
        self.settle = QPushButton()
        make_primary(self.settle)
        self._why = ToneLabel("muted", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        for button in (self.withdraw, self.no, self.yes, self.settle):
            row.addWidget(button)
        self.body.addLayout(row)
        self.body.addWidget(self._why)
        self.yes.clicked.connect(self._on_yes_clicked)
        self.no.clicked.connect(self._on_no_clicked)
        self.withdraw.clicked.connect(self._on_withdraw_clicked)
        self.settle.clicked.connect(self._on_settle_clicked)
        self.hide()

    @property
    def why(self) -> str:
        """Return why this person may not answer; empty when he may."""
        return self._why.text()

    def show_awaited(self, wait: Awaited | None, now: datetime) -> None:
        """Show what is awaited, or nothing."""
        self._wait, self._now = wait, now
        self.setVisible(wait is not None)
        if wait is not None:
            self._render(wait, now)

    def show_online(self, *, online: bool) -> None:
        """Lock the buttons while the gateway is away: nothing of this is decided off line."""
        for button in (self.yes, self.no, self.withdraw, self.settle):
            lock(button, "" if online else without_gateway())

    def tick(self, now: datetime) -> None:
        """Count on how long ago it was sent."""
        if self._wait is not None and self._wait.what is For.OUTCOME:
            self._now = now
            self._text.setText(_outcome(self._wait, now))

    def _render(self, wait: Awaited, now: datetime) -> None:
        approval = wait.what is For.APPROVAL
        heading = (
            translate("ApprovalBar", "Waiting for approval")
            if approval
            else translate("ApprovalBar", "Needs a person")
        )
        self.heading.setText(heading)
        self._text.setText(_request(wait) if approval else _outcome(wait, now))
        amount = wait.entry.record.amount
        approve = translate("ApprovalBar", "Approve {amount}")
        self.yes.setText(
            filled(approve, amount=formats.money(amount) if amount is not None else "")
        )
        self.no.setText(translate("ApprovalBar", "Do not approve…"))
        self.withdraw.setText(translate("ApprovalBar", "Withdraw…"))
        self.settle.setText(translate("ApprovalBar", "Settle by hand…"))
        for button in (self.yes, self.no):
            button.setVisible(approval and wait.may)
        self.withdraw.setVisible(approval and wait.is_requester)
        self.settle.setVisible(not approval and wait.may)
        refusal = words.refusal(wait)
        self._why.setText(refusal)
        self._why.setVisible(bool(refusal))

    def changeEvent(self, event: QEvent) -> None:
        relevant = event.type() == QEvent.Type.LanguageChange
        if relevant and self._wait is not None and self._now is not None:
            self._render(self._wait, self._now)
        super().changeEvent(event)

    def _on_yes_clicked(self) -> None:
        if self._wait is not None:
            self.approved.emit(self._wait.entry.record.id)

    def _on_no_clicked(self) -> None:
        if self._wait is not None:
            self.refusal_requested.emit(self._wait.entry.record.id)

    def _on_withdraw_clicked(self) -> None:
        if self._wait is not None:
            self.withdrawal_requested.emit(self._wait.entry.record.id)

    def _on_settle_clicked(self) -> None:
        if self._wait is not None:
            self.settling_requested.emit(self._wait.entry.record.id)


def _request(wait: Awaited) -> str:
    text = translate("ApprovalBar", "{name} asks for: {what}. Reason: “{reason}”")
    entry = wait.entry
    return filled(
        text, name=entry.requested_by, what=words.named(entry), reason=entry.record.reason or "–"
    )


def _outcome(wait: Awaited, now: datetime) -> str:
    entry = wait.entry
    if entry.sent_at is None:
        text = translate("ApprovalBar", "{what}, asked for by {name}: the books do not tell.")
        return filled(text, what=words.named(entry), name=entry.requested_by)
    text = translate(
        "ApprovalBar", "{what}, asked for by {name}, last sent {when}: the books do not tell."
    )
    when = formats.ago(entry.sent_at, now)
    return filled(text, what=words.named(entry), name=entry.requested_by, when=when)
