"""The ports of the desk: what the use cases need of the world. Adapters implement them.

Every method of `Platform` may raise any `errors.PlatformError`; none returns a guess. All may be
called from several worker threads at once, none from the Qt thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ApprovalRequest,
    AssignRequest,
    CaseDetail,
    CasePage,
    CaseRow,
    Changes,
    Contact,
    FindingRequest,
    Lookers,
    MessagePreview,
    NoteRequest,
    Queue,
    RequestFate,
    Session,
    SettleRequest,
    SyncHead,
)
from agent_app.desk.work.preferences import Preferences
from agent_app.desk.work.seals import Seal, Setback
from agent_app.domain.guide import Guide
from agent_app.domain.ids import ActionId, CaseId


@dataclass(frozen=True, slots=True)
class Beat:
    """Nothing happened, and the stream lives; `cursor` where it stands, if it says so."""

    cursor: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The gateway ends the stream: `moved` (read the list anew), `signed_out`, `stopping`, …."""

    why: str


Live = Changes | Lookers | Beat | Ended


class LiveStream(Protocol):
    """What happens, as it happens: iterated over on one thread, closed from any."""

    def __iter__(self) -> Iterator[Live]:
        """Give it until the stream ends; raises `PlatformError` where it breaks off."""
        ...

    def close(self) -> None: ...


class FirstLoad(Protocol):
    """Every row that this person may see: a head, then parts; all have come when it just ends."""

    def __iter__(self) -> Iterator[SyncHead | tuple[CaseRow, ...]]:
        """Give it part by part; raises `PlatformError` where it breaks off."""
        ...

    def close(self) -> None: ...


class Platform(Protocol):
    """The platform API (docs/architecture.md). `key` is the click's idempotency key (I3)."""

    def session(self) -> Session: ...

    def cases(self, queue: Queue, q: str = "", cursor: str | None = None) -> CasePage: ...

    def changes(self, cursor: str) -> Changes: ...

    def case(self, case: CaseId) -> CaseDetail: ...

    def claim(self, case: CaseId, key: str) -> CaseDetail: ...

    def release(self, case: CaseId, key: str) -> CaseDetail: ...

    def assign(self, case: CaseId, request: AssignRequest, key: str) -> CaseDetail: ...

    def look(self, case: CaseId, key: str) -> Lookers: ...

    def leave(self, case: CaseId, key: str) -> Lookers: ...

    def recheck(self, case: CaseId, key: str) -> CaseDetail: ...

    def reopen(self, case: CaseId, key: str) -> CaseDetail: ...

    def act(self, case: CaseId, request: ActionRequest, key: str) -> ActionStatus: ...

    def action(self, action: ActionId) -> ActionStatus: ...

    def approve(self, action: ActionId, request: ApprovalRequest, key: str) -> ActionStatus: ...

    def withdraw(self, action: ActionId, key: str) -> ActionStatus: ...

    def settle(self, action: ActionId, request: SettleRequest, key: str) -> ActionStatus: ...

    def add_note(self, case: CaseId, request: NoteRequest, key: str) -> CaseDetail: ...

    def add_finding(self, case: CaseId, request: FindingRequest, key: str) -> CaseDetail: ...

    def reveal(self, case: CaseId, key: str) -> Contact: ...

    def preview(self, case: CaseId, template: str, language: str) -> MessagePreview: ...

    def request(self, key: str) -> RequestFate:
        """Return what became of the change sent under this key; never carries it out."""
        ...

    def guide(self) -> Guide: ...

    def first_load(self, resolved_days: int) -> FirstLoad: ...

    def stream(self, cursor: str) -> LiveStream: ...

    def close(self) -> None: ...


class Connector(Protocol):
    """Makes a platform for an address and a token; raises `Rejected` for an unusable address."""

    def __call__(self, gateway_url: str, token: str) -> Platform: ...


class TokenVault(Protocol):
    """Keeps the access token of one gateway between sessions, or says that it cannot."""

    @property
    def keeps(self) -> bool:
        """Return False when there is no secure place: the token lasts for this session only."""
        ...

    def token(self, gateway_url: str) -> str | None: ...

    def keep(self, gateway_url: str, token: str) -> None: ...

    def forget(self, gateway_url: str) -> None: ...


class SealStore(Protocol):
    """Keeps the newest seals of each gateway's audit log; asked by one worker thread at a time."""

    def keep(self, gateway_url: str, seal: Seal) -> Setback | None:
        """Keep it, and return how the log went backwards, if it did; may raise `OSError`."""
        ...


class PreferenceStore(Protocol):
    """Keeps the preferences; an unreadable file is reported once and kept aside."""

    def load(self) -> Preferences: ...

    def save(self, preferences: Preferences) -> None: ...

    @property
    def complaint(self) -> str | None:
        """Return where the unreadable file was put, after a `load` that fell back to defaults."""
        ...
