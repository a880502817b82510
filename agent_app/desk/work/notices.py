"""What a person is told while he looks elsewhere: what is new, once each, many as one. Pure.

Nothing in a notice says which case or customer it is about: it may be read over a shoulder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent_app.desk.work.ageing import URGENT
from agent_app.desk.work.queue_rows import QueueLine
from agent_app.domain.ids import CaseId


class NoticeKind(StrEnum):
    """What may be told, the most pressing first."""

    SIGN_IN = "sign_in"
    DEADLINE = "deadline"
    APPROVAL = "approval"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """Which kinds a person wants to be told."""

    sign_in: bool = True
    deadline: bool = True
    approval: bool = True
    assigned: bool = True

    def wants(self, kind: NoticeKind) -> bool:
        """Tell whether a kind is wanted."""
        return bool(getattr(self, kind.value))


@dataclass(frozen=True, slots=True)
class Notice:
    """How many cases a kind is about; 0 where it is about none."""

    kind: NoticeKind
    count: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in the queues that concern a person."""

    mine: frozenset[CaseId] = frozenset()
    near: frozenset[tuple[CaseId, datetime]] = frozenset()
    """His cases whose deadline is under `URGENT` away, with the deadline."""
    approvals: frozenset[CaseId] = frozenset()


def look_at(mine: Iterable[QueueLine], approvals: Iterable[QueueLine], now: datetime) -> Look:
    """Return what concerns a person at the gateway's time `now`."""
    mine = tuple(mine)
    near = frozenset(
        (line.id, line.deadline.at)
        for line in mine
        if line.deadline is not None and now < line.deadline.at <= now + URGENT
    )
    return Look(frozenset(line.id for line in mine), near, frozenset(each.id for each in approvals))


@dataclass
class Notices:
    """What one person was told already; another person gets another one."""

    before: Look | None = None
    _told_near: set[tuple[CaseId, datetime]] = field(default_factory=set)

    def new_in(self, look: Look, own: frozenset[CaseId] = frozenset()) -> tuple[Notice, ...]:
        """Return what is new since the last look; a person's first one is where he begins.

        `own`: cases that he took himself. A deadline is told at the first look too, and once.
        """
        before, self.before = self.before, look
        near = look.near - self._told_near
        self._told_near |= near
        found = {NoticeKind.DEADLINE: len(near)}
        if before is not None:
            found[NoticeKind.APPROVAL] = len(look.approvals - before.approvals)
            found[NoticeKind.ASSIGNED] = len(look.mine - before.mine - own)
        return tuple(Notice(kind, found[kind]) for kind in NoticeKind if found.get(kind))
