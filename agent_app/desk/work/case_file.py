"""A case as the desk holds it between two answers of the gateway, and what may be done with it.

Built from `CaseDetail`; pure. The screen reads it, nothing writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent_app.contract.messages import ActionView, CaseDetail, Looker, NoteKind, Session
from agent_app.desk.work.queue_rows import QueueLine, line_of
from agent_app.domain.actions import MONEY, ActionKind, ActionRecord, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseView, SentMessage
from agent_app.domain.decide import Decision, Decisions, decide
from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence
from agent_app.domain.flags import Flag
from agent_app.domain.guide import GuideProgress
from agent_app.domain.ids import ActionId, UserId
from agent_app.domain.order import Order
from agent_app.domain.roles import Actor, Role, Scope
from agent_app.domain.stage import StageView
from agent_app.domain.truth import PaymentTruth


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits at this desk, and what he may do."""

    actor: Actor
    scopes: frozenset[Scope]
    gateway_version: str
    shops: tuple[str, ...]
    shop_problems: tuple[str, ...]

    @classmethod
    def of(cls, session: Session) -> SignedIn:
        return cls(
            actor=Actor(session.user, session.name, session.role, limits=session.limits),
            scopes=session.scopes,
            gateway_version=session.gateway_version,
            shops=tuple(shop.capabilities.label for shop in session.shops),
            shop_problems=tuple(p for shop in session.shops for p in shop.problems),
        )

    @property
    def role(self) -> Role:
        return self.actor.role


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One action of the case with what came of it."""

    record: ActionRecord
    requested_by: str
    approved_by: str | None
    attempts: int
    problem: str | None
    next_try_at: datetime | None
    sent_at: datetime | None = None
    """The last sending; None of what was never sent, or from an older gateway."""


@dataclass(frozen=True, slots=True)
class NoteLine:
    at: datetime
    by: str
    text: str
    kind: NoteKind = NoteKind.NOTE
    user: UserId | None = None

    @property
    def is_handover(self) -> bool:
        return self.kind is NoteKind.HANDOVER

    @property
    def says_read(self) -> bool:
        """Return whether it only says that somebody has read the hand-over."""
        return self.kind is NoteKind.HANDOVER_READ


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who has the case open, until then unless his desk says so again."""

    user: UserId
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything for the decision, as of `as_of` by the gateway's clock."""

    line: QueueLine
    order: Order
    stage: StageView
    truth: PaymentTruth
    events: tuple[OrderEvent, ...]
    evidence: tuple[Evidence, ...]
    flags: tuple[Flag, ...]
    decisions: Decisions
    ledger: tuple[LedgerLine, ...]
    messages: tuple[SentMessage, ...]
    notes: tuple[NoteLine, ...]
    guide: GuideProgress
    capabilities: Capabilities
    as_of: datetime
    lookers: tuple[Onlooker, ...] = ()
    """Everybody who has the case open, oneself too."""

    def view(self, actor: Actor, now: datetime, *, online: bool) -> CaseView:
        """Return what `decide` judges, at `now`."""
        return CaseView(
            id=self.line.id,
            order=self.order,
            stage=self.stage,
            truth=self.truth,
            evidence=self.evidence,
            flags=self.flags,
            state=self.line.state,
            actor=actor,
            capabilities=self.capabilities,
            now=now,
            claim=self.line.claim,
            actions=tuple(entry.record for entry in self.ledger),
            messages=self.messages,
            online=online,
        )

    def decisions_at(self, actor: Actor, now: datetime, *, online: bool) -> Decisions:
        """Judge the case again as time passes: what grows stale locks itself on screen.

        The gateway's answer counts: an action is allowed only while it allows it too, and what
        it locked opens again only by its next answer.
        """
        here = decide(self.view(actor, now, online=online))
        return Decisions(
            by_kind={kind: self._stricter(here[kind]) for kind in ActionKind},
            remedy=self.decisions.remedy,
            templates=here.templates,
        )

    def _stricter(self, here: Decision) -> Decision:
        there = self.decisions[here.kind]
        if here.locks or there.allowed:
            # The gateway knows limits that the desk does not: its targets are the ones to use.
            return Decision(here.kind, here.locks, there.targets, there.needs_approval)
        return there

    @property
    def awaiting_approval(self) -> LedgerLine | None:
        """Return the request that waits for a second person."""
        return next(
            (e for e in self.ledger if e.record.state is ActionState.AWAITING_APPROVAL), None
        )

    @property
    def needs_person(self) -> LedgerLine | None:
        """Return the action whose outcome only a person can find out, one that moves money first.

        Only such an action holds up the others.
        """
        stuck = [e for e in self.ledger if e.record.state is ActionState.NEEDS_PERSON]
        return max(stuck, key=lambda entry: entry.record.kind in MONEY, default=None)

    @property
    def running(self) -> LedgerLine | None:
        """Return the newest action at the shop whose outcome is not settled."""
        return next((e for e in reversed(self.ledger) if e.record.is_open), None)

    @property
    def last(self) -> LedgerLine | None:
        """Return the newest action of all."""
        return max(self.ledger, key=lambda entry: entry.record.requested_at, default=None)

    def entry(self, action: ActionId) -> LedgerLine | None:
        """Return one action of the case."""
        return next((e for e in self.ledger if e.record.id == action), None)


def case_file(detail: CaseDetail) -> CaseFile:
    """Turn the gateway's answer into the desk's file."""
    return CaseFile(
        line=line_of(detail.row),
        order=detail.order,
        stage=detail.stage,
        truth=detail.truth,
        events=detail.events,
        evidence=detail.evidence,
        flags=detail.flags,
        decisions=detail.decisions,
        ledger=tuple(map(ledger_line, detail.actions)),
        messages=detail.messages,
        notes=tuple(NoteLine(n.at, n.by_name, n.text, n.kind, n.by) for n in detail.notes),
        guide=detail.guide,
        capabilities=detail.capabilities,
        as_of=detail.as_of,
        lookers=onlookers(detail.lookers),
    )


def ledger_line(action: ActionView) -> LedgerLine:
    """Turn one action of the gateway into a line of the ledger."""
    return LedgerLine(
        record=action.record,
        requested_by=action.requested_by_name,
        approved_by=action.approved_by_name,
        attempts=action.attempts,
        problem=action.problem,
        next_try_at=action.next_try_at,
        sent_at=action.sent_at,
    )


def onlookers(lookers: tuple[Looker, ...]) -> tuple[Onlooker, ...]:
    """Turn the gateway's list of who looks into the desk's."""
    return tuple(Onlooker(one.user, one.name, one.until) for one in lookers)
