"""The case: our own work on an unreturned order, the third axis beside stage and truth.

`CaseView` is everything that a decision looks at; the gateway builds it, `decide` judges it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent_app.domain.actions import ActionRecord
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.evidence import Evidence
from agent_app.domain.flags import Flag, Watched
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.order import Order
from agent_app.domain.roles import Actor
from agent_app.domain.stage import StageView
from agent_app.domain.truth import PaymentTruth


class CaseState(StrEnum):
    """Where our work stands (field.md 6.1)."""

    FLAGGED = "flagged"
    CLAIMED = "claimed"
    DIAGNOSING = "diagnosing"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_PROVIDER = "waiting_provider"
    WAITING_TECH = "waiting_tech"
    WAITING_APPROVAL = "waiting_approval"
    WAITING_RECHECK = "waiting_recheck"
    ACTING = "acting"
    VERIFYING = "verifying"
    RESOLVED = "resolved"
    ESCALATED = "escalated"
    FALSE_ALARM = "false_alarm"
    REOPENED = "reopened"


ENDED = frozenset({CaseState.RESOLVED, CaseState.FALSE_ALARM})
WAITING = frozenset(state for state in CaseState if state.value.startswith("waiting_"))


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on the case, until when his lease lasts."""

    user: UserId
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that left for the customer."""

    template: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that `decide` looks at, at the moment `now`."""

    id: CaseId
    order: Order
    stage: StageView
    truth: PaymentTruth
    evidence: tuple[Evidence, ...]
    flags: tuple[Flag, ...]
    state: CaseState
    actor: Actor
    capabilities: Capabilities
    now: datetime
    claim: Claim | None = None
    actions: tuple[ActionRecord, ...] = field(default=())
    messages: tuple[SentMessage, ...] = field(default=())
    online: bool = True
    """False on a desk without its gateway: no money action is possible (I11)."""

    @property
    def watched(self) -> Watched:
        return Watched(self.order, self.stage, self.truth)

    @property
    def claim_in_force(self) -> Claim | None:
        return self.claim if self.claim and self.claim.until > self.now else None

    @property
    def is_mine(self) -> bool:
        claim = self.claim_in_force
        return claim is not None and claim.user == self.actor.user
