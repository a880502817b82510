"""The cases that the fake gateway holds, and what becomes of their actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from agent_app.contract.messages import ActionView, CaseDetail, QueueCounts
from agent_app.desk.work.errors import NotVisible
from agent_app.domain.actions import ActionState
from agent_app.domain.case import CaseState
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.ids import ActionId, CaseId, EventId
from agent_app.domain.roles import Actor
from tests.fakes.held_case import HeldCase


class CaseBook:
    """Cases in memory, seen by one actor; `_changed` is the feed of what changed."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._cases: dict[CaseId, HeldCase] = {}
        self._changed: list[CaseId] = []

    def _touch(self, case: CaseId) -> HeldCase:
        held = self._cases[case]
        held.version += 1
        self._changed.append(case)
        return held

    def _find(self, action: ActionId) -> tuple[CaseId, int]:
        for case, held in self._cases.items():
            for place, view in enumerate(held.ledger):
                if view.record.id == action:
                    return case, place
        raise NotVisible("no such action")

    def _advance(self, case: CaseId, place: int) -> None:
        state = self._cases[case].ledger[place].record.state
        if state is ActionState.UNKNOWN:
            self._set(case, place, ActionState.ACCEPTED)
        elif state is ActionState.ACCEPTED:
            self._confirm_order(case)
            self._set(case, place, ActionState.CONFIRMED)

    def _set(
        self,
        case: CaseId,
        place: int,
        state: ActionState,
        *,
        problem: str | None = None,
        approver: Actor | None = None,
    ) -> None:
        held = self._touch(case)
        view = held.ledger[place]
        record = replace(view.record, state=state, updated_at=datetime.now(UTC))
        if approver is not None:
            record = replace(record, approved_by=approver.user)
        held.ledger[place] = ActionView(
            record=record,
            requested_by_name=view.requested_by_name,
            problem=problem,
            approved_by_name=approver.name if approver is not None else view.approved_by_name,
            sent_at=view.sent_at,
        )

    def _confirm_order(self, case: CaseId) -> None:
        held, now = self._cases[case], datetime.now(UTC)
        held.events.append(
            OrderEvent(
                EventId(f"confirmed-{case}"),
                held.order.ref,
                EventKind.ORDER_CONFIRMED,
                Source.PLATFORM,
                now,
                now,
            )
        )
        held.look(now)

    def _counts(self) -> QueueCounts:
        open_cases = sum(1 for held in self._cases.values() if held.state is not CaseState.RESOLVED)
        return QueueCounts(
            mine=0, team=open_cases, orphans=open_cases, waiting=0, approvals=0, resolved=0
        )

    def _detail(self, case: CaseId) -> CaseDetail:
        if case not in self._cases:
            raise NotVisible("no such case")
        return self._cases[case].detail(self.actor)
