"""The queues as the screen shows them: which case stands where, found and in which order.

Pure; the follower fills the shelf, the table shows what `lines` returns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from agent_app.contract.messages import CaseRow, Queue, QueueCounts
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import ENDED, WAITING, CaseState, Claim
from agent_app.domain.flags import FlagRule, Level
from agent_app.domain.ids import CaseId, OrderRef, UserId
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


_Belongs = Callable[[QueueLine, UserId, datetime], bool]


def _open(line: QueueLine) -> bool:
    return line.state not in ENDED


def _mine(line: QueueLine, me: UserId, now: datetime) -> bool:
    claim = line.claimed_by(now)
    return _open(line) and claim is not None and claim.user == me


_BELONGS: dict[QueueName, _Belongs] = {
    QueueName.MINE: _mine,
    QueueName.TEAM: lambda line, _me, _now: _open(line),
    QueueName.ORPHANS: lambda line, _me, _now: (
        _open(line) and line.stage is Stage.ABSENT and not line.at_risk.is_zero
    ),
    QueueName.WAITING: lambda line, _me, _now: line.state in WAITING,
    QueueName.APPROVALS: lambda line, _me, _now: line.action_state is ActionState.AWAITING_APPROVAL,
    QueueName.RESOLVED: lambda line, _me, _now: line.state in ENDED,
}


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


class Shelf:
    """Every case that the gateway has told of, newest version each. Not thread-safe."""

    def __init__(self) -> None:
        self._lines: dict[CaseId, QueueLine] = {}
        self._words: list[str] = []
        self._found: frozenset[CaseId] = frozenset()

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, lines: Iterable[QueueLine]) -> None:
        """Take lines in; an older version never replaces a newer one."""
        for line in lines:
            known = self._lines.get(line.id)
            if known is None or known.version <= line.version:
                self._lines[line.id] = line

    def put_found(self, search: str, lines: Iterable[QueueLine]) -> None:
        """Take in what the gateway found: by phone and e-mail too, which no line shows."""
        lines = tuple(lines)
        self.put(lines)
        self._words, self._found = _words(search), frozenset(line.id for line in lines)

    def line(self, case: CaseId) -> QueueLine | None:
        return self._lines.get(case)

    def all(self) -> tuple[QueueLine, ...]:
        """Return every line, of all queues."""
        return tuple(self._lines.values())

    def lines(
        self, queue: QueueName, me: UserId, now: datetime, order: Order, search: str = ""
    ) -> tuple[QueueLine, ...]:
        """Return one queue's cases that match the search, in the order asked for."""
        belongs, words = _BELONGS[queue], _words(search)
        by_gateway = self._found if words == self._words else frozenset()
        found = [
            line
            for line in self._lines.values()
            if belongs(line, me, now) and (line.id in by_gateway or _matches(line, words))
        ]
        key = _urgency if order.column is None else _SORT[order.column]
        found.sort(key=lambda line: (line.ref, line.id))
        found.sort(key=key, reverse=order.descending)
        return tuple(found)

    def clear(self) -> None:
        self._lines.clear()
        self._words, self._found = [], frozenset()


def gateway_queue(queue: QueueName) -> Queue:
    return Queue(queue.value)


def _words(search: str) -> list[str]:
    return search.casefold().split()


def _matches(line: QueueLine, words: list[str]) -> bool:
    if not words:
        return True
    claimed = line.claim.name if line.claim else ""
    text = " ".join(
        (line.ref, line.shop_number or "", line.customer, line.shop, claimed)
    ).casefold()
    return all(word in text for word in words)


def _deadline(line: QueueLine) -> datetime:
    return line.deadline.at if line.deadline else FAR


def _urgency(line: QueueLine) -> tuple[int, datetime, int, datetime]:
    """Loudest first, then the nearest deadline, then the most money, then the oldest flag."""
    return (-line.level, _deadline(line), -line.at_risk.amount_minor, line.flagged_at)


_SORT: dict[Column, Callable[[QueueLine], Any]] = {
    Column.ORDER: lambda line: line.ref,
    Column.CUSTOMER: lambda line: line.customer,
    Column.STATE: lambda line: (line.verdict, line.stage),
    # Sums of different currencies are not comparable: one currency after the other.
    Column.AT_RISK: lambda line: (line.at_risk.currency, line.at_risk.amount_minor),
    Column.AGE: lambda line: line.placed_at,
    Column.DEADLINE: _deadline,
    Column.NEXT: lambda line: line.remedy,
    Column.CLAIMED: lambda line: line.claim.name if line.claim else "\U0010ffff",
}
