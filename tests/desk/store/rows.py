"""Rows of cases for the store's tests: one that is told in full, and what changes in others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from agent_app.contract.messages import CaseDetail, CaseRow, Queue, QueueCounts
from agent_app.desk.work.local import Position, StoreName
from agent_app.domain.ids import CaseId, OrderRef, UserId
from tests.fakes.platform import FakePlatform

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ME = UserId("me")
NAME = StoreName.of("https://gateway.test", ME)
COUNTS = QueueCounts(mine=1, team=2, orphans=3, waiting=4, approvals=5, resolved=6)

_PLATFORM = FakePlatform()
_CASE = _PLATFORM.add_captured_without_order(1)
DETAIL: CaseDetail = _PLATFORM.case(_CASE)
ROW: CaseRow = _PLATFORM.cases(Queue.TEAM).rows[0]


def row(number: int, **changes: Any) -> CaseRow:
    """Return a row of a case of its own, flagged a second after the one before."""
    usual = {
        "id": CaseId(f"C{number:06d}"),
        "ref": OrderRef(f"PG-{number:08d}"),
        "flagged_at": NOW - timedelta(hours=1) + timedelta(seconds=number),
    }
    changed: CaseRow = msgspec.structs.replace(ROW, **(usual | changes))
    return changed


def position(cursor: str = "c", *, complete: bool = True) -> Position:
    return Position(cursor, NOW, complete)
