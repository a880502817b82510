"""What goes between two people: approve, withdraw, settle by hand, assign, a link to a case.

Owned by the window.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui.assign_sheet import AssignSheet
from agent_app.desk.ui.case_page import CasePage
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.open_case import OpenCase
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.settle_sheet import SettleSheet
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import awaited as words
from agent_app.desk.ui.words import filled
from agent_app.desk.work.case_file import LedgerLine
from agent_app.desk.work.colleagues import colleagues
from agent_app.desk.work.errors import Forbidden
from agent_app.desk.work.links import link_to
from agent_app.desk.work.queue_rows import Column, Order, QueueLine, QueueName
from agent_app.domain.case import ENDED
from agent_app.domain.ids import ActionId
from agent_app.domain.roles import Scope, who_has

translate = QCoreApplication.translate


_CLAIMED = 200
"""Claimed cases stand first in that order; more people than these work in no team."""


class WithdrawSheet(Sheet):
    """Asks once before one's own request is taken back.

    Signals:
        confirmed: take it back (`ActionId`).
    """

    confirmed = Signal(object)

    def __init__(self, about: str, entry: LedgerLine, parent: QWidget) -> None:
        super().__init__(translate("WithdrawSheet", "Withdraw the request"), about, parent)
        self._action = entry.record.id
        told = ToneLabel(wrap=True)
        text = translate(
            "WithdrawSheet",
            "{what} waits for a second person. Nothing was sent. Withdrawn, it cannot be approved "
            "any more, and the order is free for another action.",
        )
        told.setText(filled(text, what=words.named(entry)))
        self.body.addWidget(told)
        verb = translate("WithdrawSheet", "Withdraw: {what}")
        self.confirm_button.setText(filled(verb, what=words.named(entry)))
        self.confirm_button.setFocus()

    def confirm(self) -> bool:
        """Take it back."""
        self.confirmed.emit(self._action)
        return True


class TeamSheets(QObject):
    """Turns what one person wants of another's work into sheets, and their answers into calls."""

    def __init__(
        self, page: CasePage, case: OpenCase, connection: DeskConnection, window: QWidget
    ) -> None:
        super().__init__(window)
        self._drafts = case.drafts
        self._page = page
        self._case = case
        self._connection = connection
        self._window = window
        page.approval.approved.connect(self._on_approved)
        page.approval.withdrawal_requested.connect(self._on_withdrawal_requested)
        page.approval.settling_requested.connect(self._on_settling_requested)
        page.header.assign_requested.connect(self.assign)

    def commands(self) -> dict[Command, Callable[[], object]]:
        """Return what each of its commands does."""
        return {Command.ASSIGN: self.assign, Command.COPY_LINK: self.copy_link}

    @Slot()
    def copy_link(self) -> None:
        """Put a link to the open case on the clipboard: it names no customer."""
        if self._case.case is not None:
            QGuiApplication.clipboard().setText(link_to(self._case.case))

    @Slot()
    def assign(self) -> None:
        """Ask to whom the case is to go, if this person may say so."""
        user, file = self._connection.user, self._case.file
        if user is None or file is None:
            return
        if not user.actor.may(Scope.CASE_REASSIGN):
            needed = Scope.CASE_REASSIGN
            self._case.failed.emit(Forbidden("may not assign", scope=needed, roles=who_has(needed)))
            return
        if file.line.state in ENDED:
            return
        claim = file.line.claimed_by(self._connection.clock.now())
        people = colleagues(user.actor, self._claimed(), file)
        sheet = AssignSheet(self._about(), claim.name if claim else "", people, self._window)
        sheet.chosen.connect(self._case.assign)
        sheet.open()

    def _claimed(self) -> tuple[QueueLine, ...]:
        """Return cases that people work on: whose names these are is who is on duty."""
        store, user = self._connection.store, self._connection.user
        if store is None or user is None:
            return ()
        me, now = user.actor.user, self._connection.clock.now()
        numbers, _ = store.first(QueueName.TEAM, me, now, Order(Column.CLAIMED), _CLAIMED)
        return store.lines(numbers)

    @Slot(object)
    def _on_approved(self, action: ActionId) -> None:
        self._case.approve(action, yes=True, reason="")

    @Slot(object)
    def _on_withdrawal_requested(self, action: ActionId) -> None:
        entry = self._entry(action)
        if entry is not None:
            sheet = WithdrawSheet(self._about(), entry, self._window)
            sheet.confirmed.connect(self._case.withdraw)
            sheet.open()

    @Slot(object)
    def _on_settling_requested(self, action: ActionId) -> None:
        entry, file = self._entry(action), self._page.file
        if entry is not None and file is not None:
            sheet = SettleSheet(file, entry, self._now, self._window)
            sheet.found.connect(self._case.settle)
            for field, name in ((sheet.reason, "reason"), (sheet.reference, "reference")):
                place = (file.line.id, f"settling {name} {action}")
                self._drafts.follow(field, *place)
                sheet.accepted.connect(partial(self._drafts.sent, *place))
            sheet.open()

    def _now(self) -> datetime:
        return self._connection.clock.now()

    def _entry(self, action: ActionId) -> LedgerLine | None:
        file = self._page.file
        return file.entry(action) if file is not None else None

    def _about(self) -> str:
        file = self._page.file
        return f"{file.line.name} · {file.line.customer}" if file is not None else ""
