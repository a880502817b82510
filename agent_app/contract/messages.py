"""The typed messages of `/v1`, as both programs know them. Encoded by msgspec as JSON.

Domain types travel as they are: there is one meaning of a stage, a verdict or a lock on both
sides. Times are UTC in RFC 3339, money is minor units with its currency.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from agent_app.contract.limits import ID, Correction, Reference, Remark, Text, Word
from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseState, Claim, SentMessage
from agent_app.domain.decide import Decisions
from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence
from agent_app.domain.flags import Flag, FlagRule, Level
from agent_app.domain.guide import GuideProgress, StepState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, PaymentId, ShopId, UserId
from agent_app.domain.limits import RefundLimits
from agent_app.domain.money import Money
from agent_app.domain.order import Deadline, Order, PaymentMethod
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.roles import Role, Scope
from agent_app.domain.stage import Stage, StageView
from agent_app.domain.truth import PaymentTruth, Verdict

API_VERSION = "1.0"


class Queue(StrEnum):
    """The lists of cases that a desk shows."""

    MINE = "mine"
    TEAM = "team"
    """Everything open and visible, the unclaimed included."""
    ORPHANS = "orphans"
    """Money without an order."""
    WAITING = "waiting"
    APPROVALS = "approvals"
    RESOLVED = "resolved"


class ShopInfo(msgspec.Struct, frozen=True, kw_only=True):
    id: ShopId
    capabilities: Capabilities
    problems: tuple[str, ...] = ()
    last_read_at: datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/session`: who is signed in, and what he faces."""

    user: UserId
    name: str
    role: Role
    scopes: frozenset[Scope]
    server_time: datetime
    gateway_version: str
    api_version: str
    shops: tuple[ShopInfo, ...]
    limits: RefundLimits | None = None
    """His role's refund limits; None from a gateway that does not tell: the defaults."""
    search_key: str | None = None
    """By which he finds cases by their `CaseRow.marks`; only for who may reveal contact data."""


class OpenAction(msgspec.Struct, frozen=True):
    kind: ActionKind
    state: ActionState


class CaseRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a queue. Holds no contact data: the name is masked by the gateway."""

    id: CaseId
    version: int
    """Grows with every change of the case; an older one never replaces a newer one."""
    shop: ShopId
    shop_label: str
    ref: OrderRef
    shop_number: str | None
    customer_masked: str
    stage: Stage
    verdict: Verdict
    conflict: bool
    total: Money
    at_risk: Money
    """Money captured and not returned while the order is not confirmed, surplus included."""
    method: PaymentMethod
    placed_at: datetime
    flagged_at: datetime
    level: Level
    rules: tuple[FlagRule, ...]
    deadline: Deadline | None
    state: CaseState
    claim: Claim | None
    remedy: ActionKind
    remedy_why: RemedyWhy
    open_action: OpenAction | None
    truth_as_of: datetime | None
    updated_at: datetime
    marks: str = ""
    """Of the customer's phone, e-mail and name, to find the case by (`contract.marks`)."""


class QueueCounts(msgspec.Struct, frozen=True, kw_only=True):
    mine: int
    team: int
    orphans: int
    waiting: int
    approvals: int
    resolved: int


class AuditHead(msgspec.Struct, frozen=True, kw_only=True):
    """The audit log's newest entry: its hash seals every entry before it.

    Who keeps it can show later that the log was cut short or written anew.
    """

    seq: int
    """0 before the first entry."""
    hash: str


class CasePage(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/cases?queue=&q=&cursor=&limit=` (limit at most 200).

    `next` continues the list; `changes` is the cursor from which `GET /v1/changes` goes on. A
    search may end a page early: while there is a `next`, there may be more.
    """

    rows: tuple[CaseRow, ...]
    total: int
    """Rows of the whole list; with `total_is_least` at least so many: a search for common words
    does not look at everything, and another word narrows it."""
    counts: QueueCounts
    as_of: datetime
    changes: str
    next: str | None = None
    total_is_least: bool = False
    audit_head: AuditHead | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/changes?cursor=`: the rows that changed since, in no queue's order."""

    rows: tuple[CaseRow, ...]
    counts: QueueCounts
    as_of: datetime
    cursor: str
    more: bool = False
    reload: bool = False
    """What the account sees is not what it saw (its teams or a shop's team changed, or the gateway
    was set back): forget all rows and read the list anew."""
    audit_head: AuditHead | None = None


class SyncHead(msgspec.Struct, frozen=True, kw_only=True):
    """First line of `GET /v1/sync?resolved_days=`, the first load as JSON lines.

    Lines follow that are each an array of at most 500 `CaseRow`, and a `SyncEnd`. `cursor` is of
    before the first row: what changed meanwhile comes by `GET /v1/changes` from there.
    """

    total: int
    """Rows that will come, as counted at the beginning."""
    cursor: str
    as_of: datetime
    counts: QueueCounts
    audit_head: AuditHead | None = None


class SyncEnd(msgspec.Struct, frozen=True, kw_only=True):
    """Last line of `GET /v1/sync`. A load without it was cut off and is not complete."""

    end: Literal[True] = True
    rows: int
    """So many rows came."""


class NoteKind(StrEnum):
    """What a note is for."""

    NOTE = "note"
    HANDOVER = "handover"
    """For whoever takes the case next; stands on top of it until somebody else has read it."""
    HANDOVER_READ = "handover_read"
    """Somebody has read the hand-overs before it."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    by: UserId
    by_name: str
    text: str
    kind: NoteKind = NoteKind.NOTE


class ActionView(msgspec.Struct, frozen=True, kw_only=True):
    """An action with what came of it, in the ledger's words."""

    record: ActionRecord
    requested_by_name: str
    attempts: int = 0
    problem: str | None = None
    """The shop's or the gateway's own words when it was rejected or needs a person."""
    next_try_at: datetime | None = None
    approved_by_name: str | None = None
    sent_at: datetime | None = None
    """The last sending: settled by hand as not done only `Capabilities.settle_s` after it."""


class Looker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has the case open in front of him."""

    user: UserId
    name: str
    until: datetime
    """When he counts as gone unless his desk says again that he looks."""


class Lookers(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST /v1/cases/{id}/looking` and `/leave`: everybody who looks, oneself too."""

    case: CaseId
    lookers: tuple[Looker, ...]


class CaseDetail(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/cases/{id}`: everything for the decision. Contact data is masked."""

    row: CaseRow
    order: Order
    stage: StageView
    truth: PaymentTruth
    events: tuple[OrderEvent, ...]
    evidence: tuple[Evidence, ...]
    flags: tuple[Flag, ...]
    decisions: Decisions
    actions: tuple[ActionView, ...]
    messages: tuple[SentMessage, ...]
    notes: tuple[Note, ...]
    guide: GuideProgress
    capabilities: Capabilities
    as_of: datetime
    lookers: tuple[Looker, ...] = ()


class ActionRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of `POST /v1/cases/{id}/actions`, sent with an `Idempotency-Key`.

    `payment` and `amount` for money actions; `template`, `language` for NOTIFY; `reason` for
    REFUND, ESCALATE and RESOLVE; `correction` (field → value) for CORRECT_INPUT. RESOLVE with
    `false_alarm` ends the case as one.
    """

    kind: ActionKind
    payment: Annotated[PaymentId, ID] | None = None
    amount: Money | None = None
    template: Word | None = None
    language: Word | None = None
    reason: Remark = ""
    correction: Correction = {}
    false_alarm: bool = False


class ApprovalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of `POST /v1/actions/{id}/approval`: a second person's yes or no."""

    approve: bool
    reason: Remark = ""


class AssignRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /v1/cases/{id}/assign`: who is to work on the case."""

    user: Annotated[UserId, ID]


class SettleRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of `POST /v1/actions/{id}/settle`: what a person found out that the books do not tell.

    `reference` names the provider's proof (e.g. its refund number) and is needed when `done`.
    """

    done: bool
    reason: Text
    reference: Reference = ""


class NoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of `POST /v1/cases/{id}/notes`; a plain note reads as it did before there were kinds."""

    text: Text
    kind: NoteKind = NoteKind.NOTE


class FindingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of `POST /v1/cases/{id}/findings`: an answer, override or deferral of a guide step."""

    step: Word
    state: StepState
    outcome: Word | None = None
    note: Remark | None = None


class MessagePreview(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/cases/{id}/messages/{template}?language=`: as it would be sent."""

    template: str
    language: str
    subject: str
    body: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST /v1/cases/{id}/reveal`, after the reveal was written to the audit log."""

    name: str
    email: str
    phone: str


class ActionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `POST …/actions` (202) and `GET /v1/actions/{id}`."""

    id: ActionId
    case: CaseId
    action: ActionView


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit log. `detail` holds no customer's data."""

    seq: int
    at: datetime
    who: UserId
    what: str
    case: CaseId | None
    detail: dict[str, Any]
    hash: str


class AuditPage(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/audit?case=&after=&limit=`, oldest first."""

    entries: tuple[AuditEntry, ...]
    next: int | None
    """`after` of the next page."""
    head: AuditHead


class RequestState(StrEnum):
    """How far a changing request has come that was sent under a key."""

    RUNNING = "running"
    """It is being carried out; ask again."""
    ANSWERED = "answered"
    """It was answered, and so will be every repeat."""
    DONE = "done"
    """It took effect and its answer was lost; a repeat does nothing more."""
    UNFINISHED = "unfinished"
    """It arrived, and no effect of it is seen; a repeat carries it out, once."""
    NOT_KEPT = "not_kept"
    """It arrived, and answers of its kind are not kept: it may have been carried out."""


class RequestFate(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of `GET /v1/requests/{key}`: what became of one's own request; nothing is done."""

    state: RequestState
    status: int | None = None
    """Of the answer, when it is `answered`."""
    answer: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"null"))
    """The answer's body; null when none is kept or its case is no longer visible."""
