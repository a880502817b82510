"""A real gateway over the real sandbox process, and an agent's hands on it, in one clock."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from agent_app.contract.messages import ActionRequest, ActionStatus, ApprovalRequest, CaseDetail
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, ShopId, UserId
from agent_app.domain.roles import Actor, Role
from agent_app.engines.http import Bounds
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway import acting, casefile, handling
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts, action_rows, case_rows
from agent_app.gateway.store.database import Database
from tests.processes import SandboxProcess

_WORK_AT_MOST_S = 900


class SandboxClock:
    """The sandbox's own time, so that both move together when a test pushes it forward."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.now()


class Handling:
    """One gateway, one agent, one lead. Rounds are run by the test, so nothing is left to luck."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, bounds: Bounds | None = None) -> None:
        self.sandbox = sandbox
        clock = SandboxClock(sandbox)
        self.shop = SandboxShop(sandbox.base_url, ShopId("sandbox"), clock=clock.now, bounds=bounds)
        self.gateway = Gateway(Database(folder / "gateway.db"), [self.shop], clock=clock)
        self.agent = self._person("chen", Role.AGENT)
        self.lead = self._person("marta", Role.LEAD)
        self._requests = 0

    def close(self) -> None:
        self.gateway.stop()

    def watch(self) -> None:
        self.gateway.watchers[self.shop.id].run_once()

    def case_of(self, reference: str) -> CaseId | None:
        with self.gateway.database.read() as connection:
            found = case_rows.of_order(connection, self.shop.id, OrderRef(reference))
        return found.id if found else None

    def claim(self, case: CaseId) -> None:
        handling.claim(self.gateway, self.agent, case)

    def look(self, case: CaseId) -> CaseDetail:
        """Claim or keep the claim, recheck, and return the case as it then stands."""
        detail = casefile.detail(self.gateway, self.agent, case)
        if detail.decisions[ActionKind.RECHECK].allowed:
            self.claim(case)
            handling.recheck(self.gateway, self.agent, case)
        return casefile.detail(self.gateway, self.agent, case)

    def act(self, case: CaseId, kind: ActionKind, **more: object) -> ActionState:
        """Request the action, let a lead approve what needs it, work it off; return its state."""
        self._requests += 1
        asked = ActionRequest(kind=kind, **more)  # type: ignore[arg-type]
        status = acting.request_action(
            self.gateway, self.agent, case, asked, f"test:{self._requests}"
        )
        if status.action.record.state is ActionState.AWAITING_APPROVAL:
            yes = ApprovalRequest(approve=True)
            acting.answer_approval(self.gateway, self.lead, status.id, yes)
        return self.work_off(status.id)

    def work_off(self, action: ActionId) -> ActionState:
        """Let the worker go on, pushing time to the next thing that is due, until it is settled."""
        waited = 0.0
        while True:
            self.gateway.worker.run_once()
            state = self.status(action).action.record.state
            if state in {ActionState.CONFIRMED, ActionState.REJECTED, ActionState.NEEDS_PERSON}:
                return state
            with self.gateway.database.read() as connection:
                due = action_rows.next_due(connection)
            assert due is not None, f"{action} is {state} and never due again"
            pause = max((due - self.sandbox.now()).total_seconds(), 0.0) + 0.01
            waited += pause
            assert waited < _WORK_AT_MOST_S, f"{action} is still {state}"
            self.sandbox.advance(pause)

    def status(self, action: ActionId) -> ActionStatus:
        return acting.action_status(self.gateway, self.agent, action)

    def _person(self, user: str, role: Role) -> Actor:
        with self.gateway.database.write() as connection:
            stored = accounts.User(UserId(user), user.title(), role, disabled=False)
            accounts.save_user(connection, stored)
        return Actor(UserId(user), user.title(), role)
