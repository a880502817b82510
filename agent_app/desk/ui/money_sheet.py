"""The one question before money moves: order, amount, target and ledger, read, then confirmed.

For refund, completing, capturing and releasing. Nothing else in the desk asks (desk.md).
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

from agent_app.desk.ui import formats
from agent_app.desk.ui.panel import ToneLabel
from agent_app.desk.ui.record_table import Cell, RecordTable
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import actions, filled, states
from agent_app.desk.work.case_file import CaseFile
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.decide import Decision, Target
from agent_app.domain.money import Money
from agent_app.domain.truth import Payment

translate = QCoreApplication.translate


WIDTH = 640
"""Five columns of the ledger with amounts of nine digits."""


class MoneySheet(Sheet):
    """Repeats everything that counts.

    Signals:
        confirmed: what the agent wants (`Wish`).
    """

    confirmed = Signal(object)

    def __init__(self, file: CaseFile, decision: Decision, parent: QWidget) -> None:
        title = actions.kind(decision.kind)
        about = f"{file.line.name} · {file.line.customer} · {file.line.shop}"
        super().__init__(title, about, parent)
        self.setMinimumWidth(WIDTH)
        self._file = file
        self._decision = decision
        self._refund = decision.kind is ActionKind.REFUND
        self._editable = self._refund and file.capabilities.can_refund_part
        self.target = QComboBox()
        self.amount = QLineEdit()
        self.fixed_amount = ToneLabel(bold=True)
        """Stands in the field's place where the amount cannot be changed."""
        self.reason = QLineEdit()
        self.ledger = RecordTable()
        self._rule = ToneLabel("warning", wrap=True)
        self._build()
        self._on_target_changed()
        self.target.currentIndexChanged.connect(self._on_target_changed)
        self.amount.textChanged.connect(self._on_amount_edited)

    def _build(self) -> None:
        preferred = self._file.decisions.remedy.payment
        for place, target in enumerate(self._decision.targets):
            self.target.addItem(self._target_words(target), place)
            if target.payment == preferred:
                self.target.setCurrentIndex(place)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        if self._decision.targets:
            form.addRow(translate("MoneySheet", "Payment"), self.target)
        shown = self.amount if self._editable else self.fixed_amount
        form.addRow(translate("MoneySheet", "Amount"), shown)
        if self._refund:
            form.addRow(translate("MoneySheet", "Reason"), self.reason)
            self.reason.setPlaceholderText(
                translate("MoneySheet", "For the ledger and for whoever approves it")
            )
        self.body.addLayout(form)
        self.ledger.setAccessibleName(translate("CaseTabs", "Ledger"))
        self.body.addWidget(self.ledger)
        self.body.addWidget(self._rule)
        self._rule.setVisible(not self._refund or self._decision.needs_approval)
        if self._refund:
            self._rule.setText(
                translate(
                    "MoneySheet",
                    "Over your limit: a second person approves it before anything is sent.",
                )
            )
        else:
            self._rule.set_tone("muted")
            self._rule.setText(actions.remedy(self._file.decisions.remedy.why))

    @property
    def chosen_target(self) -> Target | None:
        """Return the payment that the action goes to."""
        place = self.target.currentData()
        return None if place is None else self._decision.targets[place]

    @property
    def chosen_amount(self) -> Money | None:
        """Return the amount to move, or None when what was typed is not one that may be moved."""
        limit = self._limit
        if not self._editable:
            return limit
        amount = formats.parse_money(self.amount.text(), limit.currency)
        return amount if amount is not None and amount <= limit else None

    @property
    def _limit(self) -> Money:
        target = self.chosen_target
        return target.limit if target else self._file.order.total

    def confirm(self) -> bool:
        """Hand the wish over, if amount and reason are there."""
        target, amount = self.chosen_target, self.chosen_amount
        if amount is None:
            self._on_amount_edited()
            return False
        if self._refund and not self.reason.text().strip():
            self.complain(translate("MoneySheet", "Say why: the ledger keeps the reason."))
            self.reason.setFocus()
            return False
        self.confirmed.emit(
            Wish(
                kind=self._decision.kind,
                payment=target.payment if target else None,
                amount=amount if target else None,
                reason=self.reason.text().strip(),
            )
        )
        return True

    @Slot()
    def _on_target_changed(self) -> None:
        self.amount.setText(formats.amount_text(self._limit))
        self.fixed_amount.setText(formats.money(self._limit))
        self._show_ledger()
        self._on_amount_edited()

    @Slot()
    def _on_amount_edited(self) -> None:
        amount = self.chosen_amount
        self.confirm_button.setEnabled(amount is not None)
        if amount is None:
            self.complain(self._fault(self._limit))
            return
        self.complain("")
        verb = actions.kind(self._decision.kind)
        if self._decision.needs_approval:
            verb = translate("MoneySheet", "Request refund of")
        self.confirm_button.setText(f"{verb} {formats.money(amount)}")

    def _fault(self, limit: Money) -> str:
        """Return what is wrong with the amount typed."""
        if formats.parse_money(self.amount.text(), limit.currency) is None:
            text = translate("MoneySheet", "This is not an amount. Write it like {example}.")
            return filled(text, example=formats.amount_text(limit))
        text = translate("MoneySheet", "At most {limit} may be moved here.")
        return filled(text, limit=formats.money(limit))

    def _target_words(self, target: Target) -> str:
        payment = self._payment(target)
        if payment is None:
            return str(target.payment)
        when = formats.moment(payment.captured_at or payment.started_at)
        verdict = states.verdict(payment.verdict)
        return f"{target.payment} · {verdict} · {when}"

    def _payment(self, target: Target) -> Payment | None:
        return next((p for p in self._file.truth.payments if p.id == target.payment), None)

    def _show_ledger(self) -> None:
        """Show every payment's captured, refunded, pending and remaining sums (I2)."""
        heads = [
            translate("MoneySheet", "Payment"),
            translate("MoneySheet", "Captured"),
            translate("MoneySheet", "Refunded"),
            translate("MoneySheet", "Pending"),
            translate("MoneySheet", "Remaining"),
        ]
        rows = [
            [
                Cell(str(p.id)),
                Cell(formats.money(p.captured)),
                Cell(formats.money(p.refunded)),
                Cell(formats.money(p.refund_open), "text" if p.refund_open.is_zero else "unknown"),
                Cell(formats.money(p.remaining)),
            ]
            for p in self._file.truth.payments
        ]
        self.ledger.show_rows(heads, rows)
        self.ledger.setFixedHeight(34 + 28 * min(max(len(rows), 1), 4))
