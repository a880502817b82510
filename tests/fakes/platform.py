"""A gateway without a network: implements the desk's `Platform` port over the real domain rules.

Cases are real orders with real events; every answer is judged by `decide`. Faults are told
beforehand: `lose_answers` takes effect after the change was made, `refuse` before it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from agent_app.contract.messages import (
    ActionRequest,
    ActionStatus,
    ActionView,
    ApprovalRequest,
    AssignRequest,
    AuditHead,
    CaseDetail,
    CasePage,
    Changes,
    Contact,
    FindingRequest,
    Looker,
    Lookers,
    MessagePreview,
    Note,
    NoteRequest,
    Queue,
    RequestFate,
    RequestState,
    Session,
    SettleRequest,
    ShopInfo,
)
from agent_app.desk.work.errors import (
    Conflict,
    GatewayFailed,
    Locked,
    NotVisible,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unsupported,
)
from agent_app.domain.actions import ActionRecord, ActionState, action_key
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.decide import decide
from agent_app.domain.guide import Guide
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.domain.roles import Actor, Role
from tests.fakes.case_book import CaseBook
from tests.fakes.held_case import CAN_ALL, SHOP, HeldCase, captured_without_order
from tests.fakes.live import FakeLoad, FakeStream

T = TypeVar("T")
ME = Actor(UserId("chen.li"), "Chen Li", Role.AGENT)
LEAD = Actor(UserId("marta.silva"), "Marta Silva", Role.LEAD)
AMINA = Actor(UserId("amina"), "Amina Okafor", Role.AGENT)


class FakePlatform(CaseBook):
    """Holds cases in memory; safe for several threads, as the port demands."""

    def __init__(self, actor: Actor = ME) -> None:
        super().__init__(actor)
        self.sent: list[tuple[str, str]] = []
        """Every change that arrived: its name and idempotency key."""
        self.looked: list[str] = []
        """The beats of who looks, `look CASE` and `leave CASE`; they change nothing."""
        self.lose_answers = 0
        self.refuse: PlatformError | None = None
        self.away: PlatformError | None = None
        self.closed = False
        self.settles = True
        """Whether a running action goes on when it is looked at."""
        self.asked: list[str] = []
        """The keys whose fate was asked for."""
        self.time: Callable[[], datetime] = lambda: datetime.now(UTC)
        """The gateway's clock, as a session tells it."""
        self.knows_requests = True
        """False: an older gateway, which cannot be asked what became of a request."""
        self.knows_lookers = True
        """False: an older gateway, without the address."""
        self.head: AuditHead | None = None
        """The newest seal of the audit log."""
        self.reload = False
        """Whether the next changes tell the desk to read the list anew."""
        self.loads = 0
        """How often everything was read."""
        self.streams: list[str] = []
        """From where each live stream began."""
        self.load_breaks_after: int | None = None
        """Of the next first load: so many parts come."""
        self.stream_ends: str | None = None
        """Why the gateway ends the stream that is open."""
        self.mute = False
        """Whether something in between keeps the stream's words to itself."""
        self.beats_s, self.beat_at = 0.2, time.monotonic()
        self.people: dict[UserId, str] = {actor.user: actor.name}
        """Who may be handed a case, with his name."""
        self._lock = threading.RLock()
        self._answers: dict[str, ActionStatus] = {}
        self._noted: set[str] = set()

    def add_captured_without_order(self, number: int, *, flagged_s: float = 3600) -> CaseId:
        """Add a captured payment for which the shop has no order (field.md, S1)."""
        case = CaseId(f"case-{number}")
        with self._lock:
            self._cases[case] = captured_without_order(case, number, flagged_s)
        return case

    def held(self, case: CaseId) -> HeldCase:
        """Return a case to be changed behind the desk's back; the next poll tells of it."""
        with self._lock:
            return self._touch(case)

    def remove(self, case: CaseId) -> None:
        """Have a case no longer shown to this account, without a word in the changes."""
        with self._lock:
            del self._cases[case]

    def end(self, case: CaseId) -> None:
        """Have the case resolved by someone else."""
        with self._lock:
            self._touch(case).state = CaseState.RESOLVED

    def session(self) -> Session:
        self._reach()
        return Session(
            user=self.actor.user,
            name=self.actor.name,
            role=self.actor.role,
            scopes=self.actor.scopes,
            server_time=self.time(),
            gateway_version="0.0",
            api_version="1.0",
            shops=(ShopInfo(id=SHOP, capabilities=CAN_ALL),),
        )

    def cases(self, queue: Queue, q: str = "", cursor: str | None = None) -> CasePage:
        with self._lock:
            self._reach()
            rows = [
                self._cases[case].row(self.actor)
                for case in self._cases
                if q in self._cases[case].order.ref
            ]
            return CasePage(
                rows=tuple(rows),
                total=len(rows),
                counts=self._counts(),
                as_of=datetime.now(UTC),
                changes=str(len(self._changed)),
                audit_head=self.head,
            )

    def changes(self, cursor: str) -> Changes:
        with self._lock:
            self._reach()
            reload, self.reload = self.reload, False
            news = list(dict.fromkeys(self._changed[int(cursor) :]))
            return Changes(
                rows=tuple(self._cases[case].row(self.actor) for case in news),
                counts=self._counts(),
                as_of=datetime.now(UTC),
                cursor=str(len(self._changed)),
                reload=reload,
                audit_head=self.head,
            )

    def case(self, case: CaseId) -> CaseDetail:
        with self._lock:
            self._reach()
            return self._detail(case)

    def claim(self, case: CaseId, key: str) -> CaseDetail:
        with self._lock:
            self._arrive("claim", key)
            other = self._cases[case].claim
            if other is not None and other.user != self.actor.user:
                raise Conflict(f"{other.name} is working on this case.", other.name)
            held = self._touch(case)
            until = datetime.now(UTC) + timedelta(seconds=90)
            held.claim, held.state = (
                Claim(self.actor.user, self.actor.name, until),
                CaseState.CLAIMED,
            )
            return self._answered(self._detail(case))

    def release(self, case: CaseId, key: str) -> CaseDetail:
        with self._lock:
            self._arrive("release", key)
            self._touch(case).claim = None
            return self._answered(self._detail(case))

    def assign(self, case: CaseId, request: AssignRequest, key: str) -> CaseDetail:
        with self._lock:
            self._arrive(f"assign {request.user}", key)
            if request.user not in self.people:
                raise Rejected("no active user with this id", field="user")
            until = datetime.now(UTC) + timedelta(minutes=30)
            self._touch(case).claim = Claim(request.user, self.people[request.user], until)
            return self._answered(self._detail(case))

    def look(self, case: CaseId, key: str) -> Lookers:
        with self._lock:
            held = self._watched("look", case)
            until, me = datetime.now(UTC) + timedelta(seconds=45), self.actor
            held.lookers[me.user] = Looker(user=me.user, name=me.name, until=until)
            return Lookers(case=case, lookers=tuple(held.lookers.values()))

    def leave(self, case: CaseId, key: str) -> Lookers:
        with self._lock:
            held = self._watched("leave", case)
            held.lookers.pop(self.actor.user, None)
            return Lookers(case=case, lookers=tuple(held.lookers.values()))

    def recheck(self, case: CaseId, key: str) -> CaseDetail:
        with self._lock:
            self._arrive("recheck", key)
            self._touch(case).look(datetime.now(UTC))
            return self._answered(self._detail(case))

    def reopen(self, case: CaseId, key: str) -> CaseDetail:
        with self._lock:
            self._arrive("reopen", key)
            self._touch(case).state = CaseState.REOPENED
            return self._answered(self._detail(case))

    def act(self, case: CaseId, request: ActionRequest, key: str) -> ActionStatus:
        with self._lock:
            self._arrive(f"act {request.kind}", key)
            if key in self._answers:
                return self._answered(self._answers[key])
            judged = decide(self._cases[case].view(self.actor))[request.kind]
            if judged.locks:
                raise Locked("locked", tuple(reason.why for reason in judged.locks))
            held = self._touch(case)
            waits = judged.needs_approval
            record = ActionRecord(
                ActionId(f"a-{len(self._answers) + 1}"),
                request.kind,
                ActionState.AWAITING_APPROVAL if waits else ActionState.UNKNOWN,
                action_key(SHOP, held.order.ref, request.kind, request.payment, request.amount, 0),
                self.actor.user,
                datetime.now(UTC),
                request.payment,
                request.amount,
                reason=request.reason or None,
            )
            view = ActionView(record=record, requested_by_name=self.actor.name)
            held.ledger.append(view)
            self._answers[key] = ActionStatus(id=record.id, case=case, action=view)
            return self._answered(self._answers[key])

    def action(self, action: ActionId) -> ActionStatus:
        with self._lock:
            self._reach()
            case, place = self._find(action)
            held = self._cases[case]
            if self.settles:
                self._advance(case, place)
            return ActionStatus(id=action, case=case, action=held.ledger[place])

    def approve(self, action: ActionId, request: ApprovalRequest, key: str) -> ActionStatus:
        with self._lock:
            self._arrive("approve", key)
            case, place = self._find(action)
            after = ActionState.PREPARED if request.approve else ActionState.REFUSED
            self._set(case, place, after, problem=request.reason or None, approver=self.actor)
            return ActionStatus(id=action, case=case, action=self._cases[case].ledger[place])

    def withdraw(self, action: ActionId, key: str) -> ActionStatus:
        with self._lock:
            self._arrive("withdraw", key)
            case, place = self._find(action)
            self._set(case, place, ActionState.REFUSED, problem="withdrawn")
            return ActionStatus(id=action, case=case, action=self._cases[case].ledger[place])

    def settle(self, action: ActionId, request: SettleRequest, key: str) -> ActionStatus:
        with self._lock:
            self._arrive(f"settle done={request.done} {request.reference}", key)
            case, place = self._find(action)
            after = ActionState.CONFIRMED if request.done else ActionState.REJECTED
            word = "done" if request.done else "not done"
            self._set(case, place, after, problem=f"settled by hand as {word}")
            return ActionStatus(id=action, case=case, action=self._cases[case].ledger[place])

    def add_note(self, case: CaseId, request: NoteRequest, key: str) -> CaseDetail:
        with self._lock:
            self._arrive("note", key)
            if key in self._noted:
                return self._answered(self._detail(case))
            self._noted.add(key)
            now = datetime.now(UTC)
            note = Note(
                at=now,
                by=self.actor.user,
                by_name=self.actor.name,
                text=request.text,
                kind=request.kind,
            )
            self._touch(case).notes.append(note)
            return self._answered(self._detail(case))

    def add_finding(self, case: CaseId, request: FindingRequest, key: str) -> CaseDetail:
        with self._lock:
            self._arrive(f"finding {request.step} {request.outcome}", key)
            return self._answered(self._detail(case))

    def reveal(self, case: CaseId, key: str) -> Contact:
        with self._lock:
            self._arrive("reveal", key)
            customer = self._cases[case].order.customer
            return Contact(name=customer.name, email=customer.email, phone=customer.phone)

    def preview(self, case: CaseId, template: str, language: str) -> MessagePreview:
        self._reach()
        body = f"{template} in {language}"
        return MessagePreview(template=template, language=language, subject="Subject", body=body)

    def request(self, key: str) -> RequestFate:
        with self._lock:
            self._reach()
            self.asked.append(key)
            if not self.knows_requests:
                raise Unsupported("there is no such address")
            if key in self._answers:
                answer = msgspec.Raw(msgspec.json.encode(self._answers[key]))
                return RequestFate(state=RequestState.ANSWERED, status=202, answer=answer)
            if any(sent == key for _, sent in self.sent):
                return RequestFate(state=RequestState.NOT_KEPT)
            raise NotVisible("no such request")

    def first_load(self, resolved_days: int) -> FakeLoad:
        self.loads += 1
        breaks, self.load_breaks_after = self.load_breaks_after, None
        return FakeLoad(self, breaks)

    def stream(self, cursor: str) -> FakeStream:
        self.streams.append(cursor)
        return FakeStream(self, cursor)

    def guide(self) -> Guide:
        raise GatewayFailed("the fake has no guide of its own")

    def close(self) -> None:
        self.closed = True

    def _reach(self) -> None:
        if self.away is not None:
            raise self.away

    def _arrive(self, what: str, key: str) -> None:
        self._reach()
        self.sent.append((what, key))
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error

    def _answered(self, answer: T) -> T:
        if self.lose_answers:
            self.lose_answers -= 1
            raise OutcomeUnknown("the answer was lost")
        return answer

    def _watched(self, what: str, case: CaseId) -> HeldCase:
        self._reach()
        self.looked.append(f"{what} {case}")
        if not self.knows_lookers:
            raise Unsupported("there is no such address")
        return self._cases[case]
