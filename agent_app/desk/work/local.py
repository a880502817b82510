"""The ports of what the desk keeps on this machine: cases, unsent clicks, drafts.

Implemented by `desk.store`. One encrypted file for each person at each gateway. Every method may
raise `LocalStoreFailed`; what a method wrote is on the disk when it returns. Readers may be called
from the Qt thread (each takes some milliseconds at most, unless it says otherwise); writers are for
worker threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent_app.contract.messages import CaseDetail, CaseRow, QueueCounts, Session
from agent_app.desk.work.queue_rows import Order, QueueLine, QueueName
from agent_app.domain.guide import Guide
from agent_app.domain.ids import CaseId, UserId


class LocalStoreFailed(Exception):
    """The file on this machine cannot be read or written: the disk is full, or it is damaged."""


class DiskFull(LocalStoreFailed):
    """Nothing was written; what was there is still there."""


class Damaged(LocalStoreFailed):
    """What was read is not what was written; the file has to be rebuilt from the gateway."""


class NewerStore(LocalStoreFailed):
    """A newer version of this program wrote the file; it is left untouched."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the cases on this machine follow the gateway.

    `cursor` goes on with `GET /v1/changes`; `as_of` is the gateway's time of the newest news;
    `complete` is False while a first load has not come to its end.
    """

    cursor: str
    as_of: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class KeptDetail:
    """A case as it was opened last; `detail.as_of` is its age."""

    detail: CaseDetail


class CaseCache(Protocol):
    """The cases that the gateway told of, newest version each."""

    def session(self) -> Session | None:
        """Return who signed in last, as the gateway told it."""
        ...

    def keep_session(self, session: Session) -> None: ...

    def position(self) -> Position | None: ...

    def counts(self) -> QueueCounts | None: ...

    def begin_load(self) -> int:
        """Begin a load of everything, and return its number; what is there stays readable."""
        ...

    def take_loaded(self, load: int, rows: Sequence[CaseRow]) -> None:
        """Take in a part of a load, in one transaction; a newer version is never replaced."""
        ...

    def end_load(self, load: int, position: Position, counts: QueueCounts) -> None:
        """End a load: what it did not bring and nothing told since is gone."""
        ...

    def take_changes(
        self, rows: Sequence[CaseRow], position: Position, counts: QueueCounts
    ) -> None:
        """Take in what changed together with the position behind it, in one transaction."""
        ...

    def line(self, case: CaseId) -> QueueLine | None: ...

    def lines(self, numbers: Sequence[int]) -> tuple[QueueLine, ...]:
        """Return the lines of these numbers (of `numbers`), in their order; gone ones left out."""
        ...

    def number(self, case: CaseId) -> int | None:
        """Return a case's number; None where it is not on this machine."""
        ...

    def numbers(
        self,
        queue: QueueName,
        me: UserId,
        now: datetime,
        order: Order,
        search: str = "",
        also: Collection[CaseId] = (),
    ) -> Sequence[int]:
        """Return the store's numbers of a queue's cases, in order: for a worker thread.

        An `array` of integers, 8 bytes a case: 100,000 of them are looked through in less than a
        second. `search` finds order numbers by any part, and phone, e-mail address and customer's
        name by whole words (of Chinese names by any two characters), without this machine ever
        holding them in the clear. `also`: cases that the gateway found for the same words.
        """
        ...

    def first(
        self, queue: QueueName, me: UserId, now: datetime, order: Order, most: int
    ) -> tuple[tuple[int, ...], int]:
        """Return the numbers on top of a queue and how many it has: quick enough to start with."""
        ...

    def detail(self, case: CaseId) -> KeptDetail | None: ...

    def keep_detail(self, detail: CaseDetail) -> None:
        """Keep a case as it was just told, and its row with it."""
        ...

    def guide(self) -> Guide | None: ...

    def keep_guide(self, guide: Guide) -> None: ...


class ClickKind(StrEnum):
    """What a click asks of the gateway: one changing request each."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    REOPEN = "reopen"
    NOTE = "note"
    FINDING = "finding"
    ACT = "act"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    SETTLE = "settle"


class ClickState(StrEnum):
    """How far a click has come.

    `WAITING`: not a byte has left. `SENT`: it left, and no answer came yet: it may have been done.
    `REFUSED`: the gateway said no; the agent has not seen it yet. `STALE`: made so long ago that it
    is not sent without the agent's saying so. A click that was done has no row any more.
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Click:
    """One row of the outbox. `number` orders them; `key` is the idempotency key (I3).

    `subject` is the case, or for approvals, withdrawals and settlements the action; `case` always
    the case. `body` is the request as JSON (empty where there is none). `basis` is the version of
    the row that the agent saw. `problem` is the gateway's refusal as JSON, for `REFUSED`.
    """

    number: int
    key: str
    kind: ClickKind
    case: CaseId
    subject: str
    body: bytes
    made_at: datetime
    state: ClickState
    is_money: bool
    tries: int = 0
    basis: int | None = None
    problem: bytes = b""
    sent_at: datetime | None = None


class Outbox(Protocol):
    """Clicks that the gateway has not answered. Every row outlasts crash and power loss."""

    def put(
        self,
        key: str,
        kind: ClickKind,
        case: CaseId,
        subject: str,
        body: bytes,
        made_at: datetime,
        *,
        is_money: bool,
        basis: int | None = None,
    ) -> Click:
        """Write a click, before its first byte leaves."""
        ...

    def pending(self) -> tuple[Click, ...]:
        """Return all rows, oldest first."""
        ...

    def of_case(self, case: CaseId) -> tuple[Click, ...]: ...

    def mark(
        self, number: int, state: ClickState, *, at: datetime | None = None, problem: bytes = b""
    ) -> None:
        """Write how far a click has come; `SENT` counts a try."""
        ...

    def done(self, number: int) -> None:
        """Take a click out: the gateway answered, or the agent let it go."""
        ...


class Drafts(Protocol):
    """Texts that are being written, by case and field (`note`, `message`, …)."""

    def draft(self, case: CaseId, field: str) -> str: ...

    def keep_draft(self, case: CaseId, field: str, text: str) -> None:
        """Keep what is written so far; an empty text is no draft."""
        ...

    def drafts(self) -> tuple[tuple[CaseId, str], ...]:
        """Return where drafts are."""
        ...


class Secrets(Protocol):
    """What signs this person in again: kept in the same encrypted file, never in the keyring."""

    def secret(self, name: str) -> bytes | None: ...

    def keep_secret(self, name: str, value: bytes) -> None: ...

    def forget_secret(self, name: str) -> None: ...


class LocalStore(CaseCache, Outbox, Drafts, Secrets, Protocol):
    """One person's file at one gateway."""

    def check(self) -> None:
        """Read every page; raises `Damaged`. For a worker thread."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StoreName:
    """Whose store it is: a gateway, and a person there; neither is told to who reads it."""

    gateway: str
    person: str

    @classmethod
    def of(cls, gateway_url: str, user: UserId) -> StoreName:
        address = gateway_url.rstrip("/")
        return cls(_hashed(address), _hashed(f"{address}\n{user}"))

    @staticmethod
    def gateway_of(gateway_url: str) -> str:
        """Return what stands for a gateway in the names of its people's stores."""
        return _hashed(gateway_url.rstrip("/"))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class KeyPlace(StrEnum):
    """Where the key of a file is. `MEMORY`: nowhere; the file does not outlast the session."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  (a place's name)
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class LastUsed:
    """Whose store was used last at a gateway, and where its key is."""

    name: StoreName
    key_place: KeyPlace


@dataclass(frozen=True, slots=True)
class Rescued:
    """What became of the unsent clicks of a file that had to be given up.

    `clicks` could be read and are in the new file; `lost` were seen and could not be read, None
    where not even their number is known.
    """

    clicks: tuple[Click, ...]
    lost: int | None


class StoreMaker(Protocol):
    """Opens the files; `desk.store` has it."""

    def exists(self, name: StoreName) -> bool: ...

    def last(self, gateway_url: str) -> LastUsed | None:
        """Return whose store was used last at this gateway, if it is still there."""
        ...

    def keep_last(self, name: StoreName, key_place: KeyPlace) -> None:
        """Write down that this store is the one to open before the gateway answers.

        Kept in the clear: hashes and the key's place, nothing of the person.
        """
        ...

    def open(self, name: StoreName, key: bytes) -> LocalStore:
        """Open the file, or make it; migrations are carried out and recorded.

        Raises:
            Damaged: it cannot be read with this key: damaged, or another key's.
            NewerStore: a newer program wrote it.
        """
        ...

    def in_memory(self, name: StoreName) -> LocalStore:
        """Return a store that leaves nothing on the disk."""
        ...

    def rebuild(self, name: StoreName, key: bytes) -> tuple[LocalStore, Rescued]:
        """Put a damaged file aside and make a new one.

        The clicks and drafts that can still be read are taken over.
        """
        ...

    def destroy(self, name: StoreName) -> None:
        """Remove the file with all that belongs to it."""
        ...
