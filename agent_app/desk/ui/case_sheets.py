"""Which sheet an action opens, and what its answer becomes. Owned by the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QWidget

from agent_app.desk.ui.case_page import CasePage
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.drafts import Field
from agent_app.desk.ui.handover import Handover
from agent_app.desk.ui.language import tag
from agent_app.desk.ui.message_sheet import MessageSheet
from agent_app.desk.ui.money_sheet import MoneySheet
from agent_app.desk.ui.open_case import OpenCase
from agent_app.desk.ui.reason_sheet import ReasonSheet
from agent_app.desk.ui.sheet import Sheet
from agent_app.desk.ui.words import actions
from agent_app.desk.work.wishes import Answer, Wish
from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.guide import Step, StepState
from agent_app.domain.ids import ActionId
from agent_app.domain.wording import Template

translate = QCoreApplication.translate


class CaseSheets(QObject):
    """Turns intents of the case page into sheets, and their answers into wishes."""

    def __init__(self, page: CasePage, case: OpenCase, window: QWidget) -> None:
        super().__init__(window)
        self._drafts = case.drafts
        self._page = page
        self._case = case
        self._window = window
        self.handover = Handover(page, case, window)
        page.bar.chosen.connect(self.act)
        page.guide.override_requested.connect(self._on_override_requested)
        page.guide.defer_requested.connect(self._on_defer_requested)
        page.approval.refusal_requested.connect(self._on_refusal_requested)

    def commands(self) -> dict[Command, Callable[[], object]]:
        """Return what each command of the case menu does."""
        bar = self._page.bar
        return {
            Command.CLAIM: self._page.header.toggle_claim,
            Command.RECHECK: partial(bar.press, ActionKind.RECHECK),
            Command.COMPLETE: bar.press_completing,
            Command.REFUND: partial(bar.press, ActionKind.REFUND),
            Command.HOLD: self.compose_hold,
            Command.NOTIFY: partial(bar.press, ActionKind.NOTIFY),
            Command.ESCALATE: partial(bar.press, ActionKind.ESCALATE),
            Command.RESOLVE: partial(bar.press, ActionKind.RESOLVE),
            Command.REVEAL: self._case.reveal,
            Command.HAND_OVER: self.handover.ask,
        }

    @Slot(object)
    def act(self, kind: ActionKind) -> None:
        """Do what an action needs: ask, or begin at once."""
        if self._page.file is None or self._page.decisions is None:
            return
        if kind is ActionKind.RECHECK:
            self._case.recheck()
        elif kind is ActionKind.RESYNC:
            # Moves no money: nothing to ask.
            self._case.do(Wish(kind))
        elif kind in MONEY:
            self._ask_money(kind)
        elif kind is ActionKind.NOTIFY:
            self.compose(self._page.decisions.remedy.message)
        elif kind is ActionKind.ESCALATE:
            self._ask_escalate()
        elif kind is ActionKind.RESOLVE:
            self._ask_resolve()
        elif kind is ActionKind.CORRECT_INPUT:
            self._ask_correction()

    def compose(self, template: str | None) -> None:
        """Open the message composer at a template."""
        file, decisions = self._page.file, self._page.decisions
        if file is None or decisions is None:
            return
        sheet = MessageSheet(file, decisions.templates, template, self._window)
        sheet.preview_wanted.connect(self._case.preview)
        self._case.previewed.connect(sheet.show_preview)
        self._case.preview_failed.connect(sheet.show_failure)
        sheet.confirmed.connect(self._case.do)
        sheet.ask()
        sheet.open()

    def compose_hold(self) -> None:
        """Open "please do not pay again, we are checking", if it is true and allowed."""
        decisions = self._page.decisions
        if decisions is None:
            return
        if decisions[ActionKind.NOTIFY].allowed:
            self.compose(Template.CHECKING.value)
        else:
            self._page.bar.press(ActionKind.NOTIFY)

    def _ask_money(self, kind: ActionKind) -> None:
        file, decisions = self._page.file, self._page.decisions
        assert file is not None
        assert decisions is not None
        sheet = MoneySheet(file, decisions[kind], self._window)
        sheet.confirmed.connect(self._case.do)
        self._keep_draft(sheet, sheet.reason, f"reason {kind.value}")
        sheet.open()

    def _keep_draft(self, sheet: Sheet, field: Field, name: str) -> None:
        """Keep what is typed into a sheet until the sheet is confirmed."""
        file = self._page.file
        if file is not None:
            self._drafts.follow(field, file.line.id, name)
            sheet.accepted.connect(partial(self._drafts.sent, file.line.id, name))

    def _ask_escalate(self) -> None:
        sheet = ReasonSheet(
            translate("CaseSheets", "Escalate the case"),
            self._about(),
            actions.kind(ActionKind.ESCALATE),
            self._window,
            hint=translate(
                "CaseSheets", "Say what you found out and what is to be decided. It goes along."
            ),
        )
        sheet.given.connect(self._on_escalation_given)
        self._keep_draft(sheet, sheet.field, "escalation")
        sheet.open()

    def _ask_resolve(self) -> None:
        sheet = ReasonSheet(
            translate("CaseSheets", "Resolve the case"),
            self._about(),
            actions.kind(ActionKind.RESOLVE),
            self._window,
            hint=translate("CaseSheets", "The order stays watched for 72 hours."),
            tick=translate("CaseSheets", "It was a false alarm"),
            required=False,
        )
        sheet.given.connect(self._on_resolution_given)
        self._keep_draft(sheet, sheet.field, "resolution")
        sheet.open()

    def _ask_correction(self) -> None:
        file = self._page.file
        assert file is not None
        field = file.order.input_problem or ""
        self._field = field
        sheet = ReasonSheet(
            translate("CaseSheets", "Correct the customer's entry"),
            f"{self._about()} · {field_name(field)}",
            actions.kind(ActionKind.CORRECT_INPUT),
            self._window,
            hint=translate("CaseSheets", "The right value, as the customer confirmed it to you."),
            one_line=True,
        )
        sheet.given.connect(self._on_correction_given)
        self._keep_draft(sheet, sheet.field, f"correction {field}")
        sheet.open()

    def _about(self) -> str:
        file = self._page.file
        return f"{file.line.name} · {file.line.customer}" if file is not None else ""

    @Slot(str, str, bool)
    def _on_escalation_given(self, reason: str, _choice: str, _tick: bool) -> None:
        self._case.do(Wish(ActionKind.ESCALATE, reason=reason))

    @Slot(str, str, bool)
    def _on_resolution_given(self, reason: str, _choice: str, false_alarm: bool) -> None:
        self._case.do(Wish(ActionKind.RESOLVE, reason=reason, false_alarm=false_alarm))

    @Slot(str, str, bool)
    def _on_correction_given(self, value: str, _choice: str, _tick: bool) -> None:
        self._case.do(Wish(ActionKind.CORRECT_INPUT, correction={self._field: value}))

    @Slot(object)
    def _on_override_requested(self, step: Step) -> None:
        self._step = step
        language = tag()
        sheet = ReasonSheet(
            translate("CaseSheets", "Override this step"),
            step.text[language],
            translate("CaseSheets", "Override"),
            self._window,
            hint=translate("CaseSheets", "The step stays visible as overridden, with your reason."),
            choices=[(o.id, o.text[language]) for o in step.outcomes],
        )
        sheet.given.connect(self._on_override_given)
        self._keep_draft(sheet, sheet.field, f"override {step.id}")
        sheet.open()

    @Slot(str, str, bool)
    def _on_override_given(self, reason: str, outcome: str, _tick: bool) -> None:
        self._case.answer(Answer(self._step.id, StepState.OVERRIDDEN, outcome, reason))

    @Slot(object)
    def _on_defer_requested(self, step: Step) -> None:
        self._step = step
        sheet = ReasonSheet(
            translate("CaseSheets", "Do this step later"),
            step.text[tag()],
            translate("CaseSheets", "Later"),
            self._window,
            hint=translate("CaseSheets", "It comes again after the other steps."),
        )
        sheet.given.connect(self._on_deferral_given)
        self._keep_draft(sheet, sheet.field, f"deferral {step.id}")
        sheet.open()

    @Slot(str, str, bool)
    def _on_deferral_given(self, reason: str, _choice: str, _tick: bool) -> None:
        self._case.answer(Answer(self._step.id, StepState.DEFERRED, note=reason))

    @Slot(object)
    def _on_refusal_requested(self, action: ActionId) -> None:
        self._action = action
        sheet = ReasonSheet(
            translate("CaseSheets", "Do not approve"),
            self._about(),
            translate("CaseSheets", "Do not approve"),
            self._window,
            hint=translate("CaseSheets", "The requester sees your reason."),
        )
        sheet.given.connect(self._on_refusal_given)
        self._keep_draft(sheet, sheet.field, f"refusal {action}")
        sheet.open()

    @Slot(str, str, bool)
    def _on_refusal_given(self, reason: str, _choice: str, _tick: bool) -> None:
        self._case.approve(self._action, yes=False, reason=reason)


def field_name(field: str) -> str:
    """Return what an entry of the checkout is called."""
    names = {
        "phone": translate("CaseSheets", "phone number"),
        "postcode": translate("CaseSheets", "postcode"),
        "address": translate("CaseSheets", "address"),
        "email": translate("CaseSheets", "e-mail address"),
        "name": translate("CaseSheets", "name"),
    }
    return names.get(field, translate("CaseSheets", "entry"))
