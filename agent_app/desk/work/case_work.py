"""The use cases on one case: open, claim, recheck, act, follow, note, answer, approve, reveal.

Each runs on a worker thread, takes the key that its click made, and returns frozen values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from agent_app.contract.messages import (
    ActionRequest,
    ApprovalRequest,
    AssignRequest,
    CaseDetail,
    FindingRequest,
    NoteRequest,
    SettleRequest,
)
from agent_app.desk.work.action_progress import ActionProgress, progress_of
from agent_app.desk.work.case_file import (
    CaseFile,
    Onlooker,
    case_file,
    ledger_line,
    onlookers,
)
from agent_app.desk.work.clicks import send_until_answered
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import ClaimLost, Conflict
from agent_app.desk.work.ports import Platform
from agent_app.domain.actions import ActionKind
from agent_app.domain.guide import StepState
from agent_app.domain.ids import ActionId, CaseId, PaymentId, UserId
from agent_app.domain.money import Money

T = TypeVar("T")

CLAIM_RENEWAL_S = 30.0
"""A claim lasts 90 s at the gateway: two renewals may be lost before it does."""
LOOKING_S = 15.0
"""One counts as looking for 45 s at the gateway: two beats may be lost."""
FOLLOW_S = 0.7
"""Between two looks at a running action."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the agent wants done, as he confirmed it."""

    kind: ActionKind
    payment: PaymentId | None = None
    amount: Money | None = None
    template: str | None = None
    language: str | None = None
    reason: str = ""
    correction: Mapping[str, str] = field(default_factory=dict)
    false_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a step of the guide; an override or deferral needs a `note`."""

    step: str
    state: StepState
    outcome: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What a person found out about an action that the books never told of.

    `reference` names the provider's proof, or the ticket under which the provider was asked.
    """

    action: ActionId
    done: bool
    reason: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it would be sent."""

    template: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Contact data, shown after the reveal was audited."""

    name: str
    email: str
    phone: str


class CaseWork:
    """The calls that the case page needs, over the platform port."""

    def __init__(
        self, platform: Platform, clock: GatewayClock, stop: threading.Event | None = None
    ) -> None:
        self._platform = platform
        self._clock = clock
        self._stop = stop or threading.Event()

    def open_case(self, case: CaseId) -> CaseFile:
        """Read the case as the gateway knows it now."""
        return self._file(self._platform.case(case))

    def claim(self, case: CaseId, key: str) -> CaseFile:
        """Take the case, or renew the claim on it.

        Raises:
            ClaimLost: another person works on it; the error names him.
        """
        try:
            return self._file(self._send(lambda k: self._platform.claim(case, k), key))
        except Conflict as error:
            if not error.holder:
                raise
            raise ClaimLost(str(error), error.holder) from error

    def release(self, case: CaseId, key: str) -> CaseFile:
        return self._file(self._send(lambda k: self._platform.release(case, k), key))

    def assign(self, case: CaseId, user: UserId, key: str) -> CaseFile:
        """Let another person work on the case, whoever works on it now."""
        request = AssignRequest(user)
        return self._file(self._send(lambda k: self._platform.assign(case, request, k), key))

    def look(self, case: CaseId, key: str) -> tuple[Onlooker, ...]:
        """Say that the case is open here, and return who else has it open.

        Sent once: the next beat comes soon enough.
        """
        return onlookers(self._platform.look(case, key).lookers)

    def leave(self, case: CaseId, key: str) -> None:
        """Say that the case is no longer open here."""
        self._platform.leave(case, key)

    def recheck(self, case: CaseId, key: str) -> CaseFile:
        """Have shop and provider asked again now."""
        return self._file(self._send(lambda k: self._platform.recheck(case, k), key))

    def reopen(self, case: CaseId, key: str) -> CaseFile:
        return self._file(self._send(lambda k: self._platform.reopen(case, k), key))

    def act(
        self, case: CaseId, wish: Wish, key: str, unanswered: Callable[[], None] = lambda: None
    ) -> ActionProgress:
        """Ask the gateway to carry the wish out; it judges it afresh and answers at once."""
        request = ActionRequest(
            kind=wish.kind,
            payment=wish.payment,
            amount=wish.amount,
            template=wish.template,
            language=wish.language,
            reason=wish.reason,
            correction=dict(wish.correction),
            false_alarm=wish.false_alarm,
        )
        status = self._send(
            lambda k: self._platform.act(case, request, k), key, unanswered=unanswered
        )
        return progress_of(ledger_line(status.action))

    def follow(self, action: ActionId) -> ActionProgress:
        """Return how far a running action has come."""
        return progress_of(ledger_line(self._platform.action(action).action))

    def approve(self, action: ActionId, key: str, *, yes: bool, reason: str) -> ActionProgress:
        """Say yes or no as the second person (I9: the gateway refuses the requester himself)."""
        request = ApprovalRequest(approve=yes, reason=reason)
        status = self._send(lambda k: self._platform.approve(action, request, k), key)
        return progress_of(ledger_line(status.action))

    def withdraw(self, action: ActionId, key: str) -> ActionProgress:
        """Take back one's own request that waits for a second person."""
        status = self._send(lambda k: self._platform.withdraw(action, k), key)
        return progress_of(ledger_line(status.action))

    def settle(self, found: FoundOut, key: str) -> ActionProgress:
        """Record what a person found out; nothing is sent by it."""
        request = SettleRequest(done=found.done, reason=found.reason, reference=found.reference)
        status = self._send(lambda k: self._platform.settle(found.action, request, k), key)
        return progress_of(ledger_line(status.action))

    def add_note(self, case: CaseId, text: str, key: str) -> CaseFile:
        request = NoteRequest(text)
        return self._file(self._send(lambda k: self._platform.add_note(case, request, k), key))

    def answer_step(self, case: CaseId, answer: Answer, key: str) -> CaseFile:
        """Answer, override or defer a step of the guide."""
        request = FindingRequest(
            step=answer.step, state=answer.state, outcome=answer.outcome, note=answer.note
        )
        return self._file(self._send(lambda k: self._platform.add_finding(case, request, k), key))

    def reveal(self, case: CaseId, key: str) -> ContactCard:
        """Return the customer's contact data, once the gateway has logged who looked."""
        contact = self._send(lambda k: self._platform.reveal(case, k), key)
        return ContactCard(contact.name, contact.email, contact.phone)

    def preview(self, case: CaseId, template: str, language: str) -> Preview:
        """Return the message as the gateway would send it, facts filled from evidence."""
        message = self._platform.preview(case, template, language)
        return Preview(message.template, message.language, message.subject, message.body)

    def _file(self, detail: CaseDetail) -> CaseFile:
        self._clock.hear(detail.as_of)
        return case_file(detail)

    def _send(
        self, send: Callable[[str], T], key: str, unanswered: Callable[[], None] = lambda: None
    ) -> T:
        return send_until_answered(send, key, stop=self._stop, unanswered=unanswered)
