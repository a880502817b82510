"""The use cases on one case: open, look, recheck, follow, reveal, preview, and what is written.

Each runs on a worker thread and returns frozen values. What changes the case is a click of the
outbox (`outbox_clicks`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from agent_app.contract.messages import CaseDetail
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
from agent_app.desk.work.errors import Conflict, Unreachable
from agent_app.desk.work.local import LocalStore, LocalStoreFailed
from agent_app.desk.work.outbox import Deliverer
from agent_app.desk.work.ports import Platform
from agent_app.desk.work.refusals import of_claim
from agent_app.domain.ids import ActionId, CaseId, UserId

_log = logging.getLogger(__name__)
T = TypeVar("T")

CLAIM_RENEWAL_S = 30.0
"""A claim lasts 90 s at the gateway: two renewals may be lost before it does."""
LOOKING_S = 15.0
"""One counts as looking for 45 s at the gateway: two beats may be lost."""
FOLLOW_S = 0.7
"""Between two looks at a running action."""


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
    """The calls that the case page needs, over the platform and the store of this machine.

    What changes something goes through the `outbox`. Without a platform nobody is signed in yet:
    then what was kept can be opened, and clicks be made that need no gateway.
    """

    def __init__(
        self,
        platform: Platform | None,
        clock: GatewayClock,
        store: LocalStore,
        me: UserId | None = None,
        *,
        outbox: Deliverer | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Begin; `outbox` is the one of the same store from before a new sign-in."""
        self.outbox = outbox or Deliverer(store, me, clock)
        self.outbox.use(platform, me, clock)
        self._given = platform
        self._clock = clock
        self._store = store
        self._stop = stop or threading.Event()

    @property
    def _platform(self) -> Platform:
        if self._given is None:
            raise Unreachable("nobody is signed in yet")
        return self._given

    def open_case(self, case: CaseId) -> CaseFile:
        """Read the case as the gateway knows it now."""
        return self._file(self._platform.case(case))

    def kept_case(self, case: CaseId) -> CaseFile | None:
        """Return the case as it was read last; None if it never was on this machine."""
        kept = self._store.detail(case)
        return case_file(kept.detail) if kept is not None else None

    def renew(self, case: CaseId, key: str) -> CaseFile:
        """Renew the claim; sent once, the next renewal comes soon enough.

        Raises:
            ClaimLost: another person works on it; the error names him.
        """
        try:
            return self._file(self._platform.claim(case, key))
        except Conflict as error:
            raise of_claim(error) from error

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

    def follow(self, action: ActionId) -> ActionProgress:
        """Return how far a running action has come."""
        return progress_of(ledger_line(self._platform.action(action).action))

    def reveal(self, case: CaseId, key: str) -> ContactCard:
        """Return the customer's contact data, once the gateway has logged who looked."""
        contact = self._send(lambda k: self._platform.reveal(case, k), key)
        return ContactCard(contact.name, contact.email, contact.phone)

    def preview(self, case: CaseId, template: str, language: str) -> Preview:
        """Return the message as the gateway would send it, facts filled from evidence."""
        message = self._platform.preview(case, template, language)
        return Preview(message.template, message.language, message.subject, message.body)

    def draft(self, case: CaseId, field: str) -> str:
        """Return what was written and not sent; empty if nothing was."""
        return self._store.draft(case, field)

    def keep_draft(self, case: CaseId, field: str, text: str) -> None:
        """Keep what is written so far; an empty text is no draft."""
        self._store.keep_draft(case, field, text)

    def _file(self, detail: CaseDetail) -> CaseFile:
        self._clock.hear(detail.as_of)
        try:
            self._store.keep_detail(detail)
        except LocalStoreFailed as error:
            # What was just read is shown; only the next time off line it may be missing.
            _log.warning("a case could not be kept: %s", type(error).__name__)
        return case_file(detail)

    def _send(self, send: Callable[[str], T], key: str) -> T:
        return send_until_answered(send, key, stop=self._stop)
