"""Settling by hand: what became of an action whose outcome the books never told.

A read-and-do sheet: what was asked and what the books say is read, the provider is asked, and only
then what he said is entered. Nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from agent_app.desk.ui import design, formats
from agent_app.desk.ui.choice import Radio, Tick
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import awaited as words
from agent_app.desk.ui.words import filled, states
from agent_app.desk.work.ageing import countdown
from agent_app.desk.work.awaited import books_settle_it, settles_at
from agent_app.desk.work.case_file import CaseFile, LedgerLine
from agent_app.desk.work.wishes import FoundOut
from agent_app.domain.evidence import provider_read
from agent_app.domain.truth import Payment

translate = QCoreApplication.translate
WIDTH = 640
TICK_MS = 1000


class SettleSheet(Sheet):
    """Shows what is known, asks what was found out.

    Signals:
        found: what the person found out (`FoundOut`).
    """

    found = Signal(object)

    def __init__(
        self, file: CaseFile, entry: LedgerLine, now: Callable[[], datetime], parent: QWidget
    ) -> None:
        self._what = words.named(entry)
        title = filled(translate("SettleSheet", "Settle by hand: {what}"), what=self._what)
        about = f"{file.line.name} · {file.line.customer} · {file.line.shop}"
        super().__init__(title, about, parent)
        self.setMinimumWidth(WIDTH)
        self._file, self._entry, self._now = file, entry, now
        self.was_done = Radio(translate("SettleSheet", "It was &done"))
        self.was_not_done = Radio(translate("SettleSheet", "It was &not done"))
        self._choice = QButtonGroup(self)
        self._done_means = _small()
        self._not_done_means = _small()
        self.reference = QLineEdit()
        self._reference_label = QLabel()
        self.reason = QLineEdit()
        self.read = Tick()
        self._build()
        self._choice.buttonToggled.connect(self._on_changed)
        for field in (self.reference, self.reason):
            field.textChanged.connect(self._on_changed)
        self.read.toggled.connect(self._on_changed)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_changed)
        self._tick.start()
        self._on_changed()
        self.reference.setFocus()

    def _build(self) -> None:
        known = QFormLayout()
        known.setVerticalSpacing(design.S1)
        known.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, told in self._facts():
            label = ToneLabel(wrap=True)
            label.setText(told)
            known.addRow(_named(name), label)
        self.body.addLayout(known)
        choice = QVBoxLayout()
        choice.setSpacing(2)
        for button, means in (
            (self.was_done, self._done_means),
            (self.was_not_done, self._not_done_means),
        ):
            self._choice.addButton(button)
            choice.addWidget(button)
            choice.addWidget(means)
        self.body.addLayout(choice)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._reference_label.setBuddy(self.reference)
        form.addRow(self._reference_label, self.reference)
        form.addRow(translate("SettleSheet", "&Reason"), self.reason)
        self.reason.setPlaceholderText(
            translate("SettleSheet", "What was checked, and with whom; the case keeps it")
        )
        self.body.addLayout(form)
        self.body.addWidget(self.read)

    def _facts(self) -> list[tuple[str, str]]:
        entry, file = self._entry, self._file
        asked = translate("SettleSheet", "{what} by {name}, {when}. Reason: “{reason}”")
        facts = [
            (
                translate("SettleSheet", "Asked for"),
                filled(
                    asked,
                    what=self._what,
                    name=entry.requested_by,
                    when=formats.moment(entry.record.requested_at),
                    reason=entry.record.reason or "–",
                ),
            )
        ]
        if entry.sent_at is not None:
            sent = translate("SettleSheet", "{when}, {count} times in all")
            facts.append(
                (
                    translate("SettleSheet", "Last sent"),
                    filled(sent, when=formats.moment(entry.sent_at), count=str(entry.attempts)),
                )
            )
        facts.append((translate("SettleSheet", "Provider says"), _books(file, entry)))
        facts.append((translate("SettleSheet", "Shop says"), states.stage(file.stage.stage)))
        if entry.problem:
            quoted = filled(translate("SettleSheet", "“{words}”"), words=entry.problem)
            facts.append((translate("SettleSheet", "Given up because"), quoted))
        return facts

    @property
    def opens_at(self) -> datetime | None:
        """Return from when "it was not done" may be said; None: from now on."""
        at = settles_at(self._file, self._entry)
        return at if at is not None and at > self._now() else None

    @property
    def needs_reference(self) -> bool:
        """Return whether the choice must be proved by a reference."""
        return self.was_done.isChecked() or not books_settle_it(self._file, self._entry)

    def confirm(self) -> bool:
        """Hand over what was found out, if all of it is there."""
        reason, reference = self.reason.text().strip(), self.reference.text().strip()
        if self.needs_reference and not reference:
            self.complain(
                translate("SettleSheet", "Name the proof: the provider's number, or the ticket.")
            )
            self.reference.setFocus()
            return False
        if not reason:
            self.complain(translate("SettleSheet", "Say what was checked, and with whom."))
            self.reason.setFocus()
            return False
        self.found.emit(
            FoundOut(self._entry.record.id, self.was_done.isChecked(), reason, reference)
        )
        return True

    def _on_changed(self) -> None:
        opens = self.opens_at
        self.was_not_done.setEnabled(opens is None)
        if opens is not None and self.was_not_done.isChecked():
            self._choice.setExclusive(False)
            self.was_not_done.setChecked(False)
            self._choice.setExclusive(True)
        self._done_means.setText(
            translate(
                "SettleSheet", "It counts as carried out; the same money is never sent again."
            )
        )
        self._not_done_means.setText(self._freed(opens))
        number = translate("SettleSheet", "&Provider's number of it")
        ticket = translate("SettleSheet", "&Ticket at the provider")
        optional = translate("SettleSheet", "&Ticket at the provider (if there is one)")
        label = number if self.was_done.isChecked() else ticket
        if not self.needs_reference:
            label = optional
        self._reference_label.setText(label)
        self._show_confirmation()

    def _freed(self, opens: datetime | None) -> str:
        if opens is not None:
            text = translate(
                "SettleSheet",
                "Possible at {at} ({left} left): until then what was sent may still be applied.",
            )
            left = formats.clock(countdown(opens, self._now()).left)
            return filled(text, at=formats.moment(opens), left=left)
        text = translate(
            "SettleSheet", "Frees the order: {what} may be asked for again, and would be sent."
        )
        return filled(text, what=self._what)

    def _show_confirmation(self) -> None:
        chosen = self.was_done.isChecked() or self.was_not_done.isChecked()
        if self.was_not_done.isChecked():
            read = translate(
                "SettleSheet", "I asked the provider: {what} is not in his books and will not be."
            )
            verb = translate("SettleSheet", "Record as not done")
        else:
            read = translate("SettleSheet", "I saw it with the provider: {what} was carried out.")
            verb = translate("SettleSheet", "Record as done")
        text = filled(read, what=self._what)
        if text != self.read.text():
            # What was confirmed was the other sentence.
            self.read.setChecked(False)
            self.read.setText(text)
        self.read.setVisible(chosen)
        self.confirm_button.setText(verb if chosen else translate("SettleSheet", "Record"))
        self.confirm_button.setEnabled(chosen and self.read.isChecked())
        if self.confirm_button.isEnabled():
            self.complain("")


def _named(name: str) -> ToneLabel:
    label = ToneLabel("muted")
    label.setText(name)
    return label


def _small() -> ToneLabel:
    label = ToneLabel("muted", size=design.META, wrap=True)
    label.setContentsMargins(design.S5, 0, 0, 0)
    return label


def _books(file: CaseFile, entry: LedgerLine) -> str:
    """Return the provider's word on the payment, and from when it is."""
    payment = _payment(file, entry)
    read = provider_read(file.evidence)
    if read is None:
        return translate("SettleSheet", "never asked")
    if payment is None:
        money = translate("SettleSheet", "does not show this payment")
    else:
        money = filled(
            translate("SettleSheet", "captured {captured}, refunded {refunded}, pending {pending}"),
            captured=formats.money(payment.captured),
            refunded=formats.money(payment.refunded),
            pending=formats.money(payment.refund_open),
        )
    asked = filled(translate("SettleSheet", "read {when}"), when=formats.moment(read.observed_at))
    return f"{money} · {asked}"


def _payment(file: CaseFile, entry: LedgerLine) -> Payment | None:
    return next((p for p in file.truth.payments if p.id == entry.record.payment), None)
