"""Which case stands in which queue, and in which order: what the store's SQL is held to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from agent_app.desk.work.queue_rows import Column, QueueLine, QueueName
from agent_app.domain.actions import ActionState
from agent_app.domain.case import ENDED, WAITING
from agent_app.domain.ids import UserId
from agent_app.domain.stage import Stage

FAR = datetime.max.replace(tzinfo=UTC)
_Belongs = Callable[[QueueLine, UserId, datetime], bool]


def _open(line: QueueLine) -> bool:
    return line.state not in ENDED


def _mine(line: QueueLine, me: UserId, now: datetime) -> bool:
    claim = line.claimed_by(now)
    return _open(line) and claim is not None and claim.user == me


BELONGS: dict[QueueName, _Belongs] = {
    QueueName.MINE: _mine,
    QueueName.TEAM: lambda line, _me, _now: _open(line),
    QueueName.ORPHANS: lambda line, _me, _now: (
        _open(line) and line.stage is Stage.ABSENT and not line.at_risk.is_zero
    ),
    QueueName.WAITING: lambda line, _me, _now: line.state in WAITING,
    QueueName.APPROVALS: lambda line, _me, _now: line.action_state is ActionState.AWAITING_APPROVAL,
    QueueName.RESOLVED: lambda line, _me, _now: line.state in ENDED,
}


def _deadline(line: QueueLine) -> datetime:
    return line.deadline.at if line.deadline else FAR


def urgency(line: QueueLine) -> tuple[int, datetime, int, datetime]:
    """Loudest first, then the nearest deadline, then the most money, then the oldest flag."""
    return (-line.level, _deadline(line), -line.at_risk.amount_minor, line.flagged_at)


SORT: dict[Column, Callable[[QueueLine], Any]] = {
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
