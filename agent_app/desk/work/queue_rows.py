"""The lines of the queues as the screen shows them. Pure; the store finds and sorts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from agent_app.contract.messages import CaseRow, Queue, QueueCounts
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.flags import FlagRule, Level
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.domain.money import Money
from agent_app.domain.order import Deadline, PaymentMethod
from agent_app.domain.payment import Verdict
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.stage import Stage

FAR = datetime.max.replace(tzinfo=UTC)


class QueueName(StrEnum):
    """The lists in the navigation; the values are the gateway's."""

    MINE = "mine"
    TEAM = "team"
    ORPHANS = "orphans"
    WAITING = "waiting"
    APPROVALS = "approvals"
    RESOLVED = "resolved"


class Column(StrEnum):
    ORDER = "order"
    CUSTOMER = "customer"
    STATE = "state"
    AT_RISK = "at_risk"
    AGE = "age"
    DEADLINE = "deadline"
    NEXT = "next"
    CLAIMED = "claimed"


_TECHNICAL = re.compile(r"([a-z]+_)[0-9A-Za-z]{16,}")
"""An id such as `cart_01M834BA7NG45T0HHZ09NZC2RX`."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One case in a queue."""

    id: CaseId
    version: int
    shop: str
    ref: OrderRef
    shop_number: str | None
    customer: str
    stage: Stage
    verdict: Verdict
    conflict: bool
    total: Money
    at_risk: Money
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
    acting: ActionKind | None
    action_state: ActionState | None

    @property
    def name(self) -> str:
        """What people call the order: its reference, where people can read it.

        Otherwise the shop's number, and before there is one how the reference ends.
        """
        technical = _TECHNICAL.fullmatch(self.ref)
        if technical is None:
            return self.ref
        if self.shop_number:
            return f"#{self.shop_number}" if self.shop_number.isdigit() else self.shop_number
        return f"{technical[1]}…{self.ref[-6:]}"

    def claimed_by(self, now: datetime) -> Claim | None:
        """Return the claim in force."""
        return self.claim if self.claim is not None and self.claim.until > now else None


def line_of(row: CaseRow) -> QueueLine:
    """Turn a row of the gateway into what the screen shows."""
    return QueueLine(
        id=row.id,
        version=row.version,
        shop=row.shop_label,
        ref=row.ref,
        shop_number=row.shop_number,
        customer=row.customer_masked,
        stage=row.stage,
        verdict=row.verdict,
        conflict=row.conflict,
        total=row.total,
        at_risk=row.at_risk,
        method=row.method,
        placed_at=row.placed_at,
        flagged_at=row.flagged_at,
        level=row.level,
        rules=row.rules,
        deadline=row.deadline,
        state=row.state,
        claim=row.claim,
        remedy=row.remedy,
        remedy_why=row.remedy_why,
        acting=row.open_action.kind if row.open_action else None,
        action_state=row.open_action.state if row.open_action else None,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand in each queue, by the gateway's count."""

    by_queue: Mapping[QueueName, int]

    @classmethod
    def of(cls, counts: QueueCounts) -> Counts:
        return cls({name: getattr(counts, name.value) for name in QueueName})


@dataclass(frozen=True, slots=True)
class Order:
    """By which column a queue is sorted; the default puts what must be done first on top."""

    column: Column | None = None
    descending: bool = False


def gateway_queue(queue: QueueName) -> Queue:
    return Queue(queue.value)
