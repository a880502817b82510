"""A gateway over a fake shop, driven step by step with a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_app.contract.messages import ActionRequest, ActionStatus
from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.ids import CaseId, OrderRef, ShopId, UserId
from agent_app.domain.limits import RefundLimits
from agent_app.domain.roles import LIMITS, MAIN_TEAM, Actor, Role
from agent_app.engines.port import Shop
from agent_app.gateway import acting, handling
from agent_app.gateway.clock import Clock
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts, case_rows
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, FakeShop

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class TurnedClock:
    """Stands still until it is turned."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class World:
    """One gateway whose threads are not started: each round is run by the test."""

    def __init__(
        self,
        folder: Path,
        capabilities: Capabilities = CAPABILITIES,
        *,
        make_shop: Callable[[Clock, Capabilities], FakeShop] = FakeShop,
        database: Database | None = None,
        limits: Mapping[Role, RefundLimits] = LIMITS,
        teams: Mapping[ShopId, str] | None = None,
        around: Callable[[FakeShop, Database], Shop] | None = None,
    ) -> None:
        """Put it together; `around` is what the gateway gets instead of the bare shop."""
        self.clock = TurnedClock()
        self.shop = make_shop(self.clock, capabilities)
        self.database = database or Database(folder / "gateway.db")
        shop = around(self.shop, self.database) if around is not None else self.shop
        self.gateway = Gateway(self.database, [shop], clock=self.clock, limits=limits, teams=teams)
        self.agent = self.person("chen", Role.AGENT)
        self.other = self.person("amina", Role.AGENT)
        self.lead = self.person("marta", Role.LEAD)
        self.second_lead = self.person("luis", Role.LEAD)
        self._requests = 0

    def person(self, user: str, role: Role, *teams: str) -> Actor:
        """Add the user; without `teams` he is of the main team."""
        of = teams or (MAIN_TEAM,)
        with self.database.write() as connection:
            stored = accounts.User(UserId(user), user.title(), role, disabled=False, teams=of)
            accounts.save_user(connection, stored)
        return Actor(UserId(user), user.title(), role, of)

    def watch(self) -> int:
        """Run one round of detection; return how many orders it looked at."""
        return self.gateway.watchers[self.shop.id].run_once()

    def work(self, seconds: float = 0) -> None:
        """Let the worker do all that is due, second by second for so long."""
        self.gateway.worker.run_once()
        for _ in range(int(seconds)):
            self.clock.turn(1)
            self.gateway.worker.run_once()

    def case_of(self, ref: OrderRef) -> CaseId | None:
        with self.database.read() as connection:
            found = case_rows.of_order(connection, self.shop.id, ref)
        return found.id if found else None

    def claimed(self, ref: OrderRef, actor: Actor | None = None) -> CaseId:
        """Detect the order, claim its case and look again, as an agent does."""
        self.watch()
        case = self.case_of(ref)
        assert case is not None, f"{ref} was not flagged"
        handling.claim(self.gateway, actor or self.agent, case)
        handling.recheck(self.gateway, actor or self.agent, case)
        return case

    def request(
        self, case: CaseId, kind: ActionKind, actor: Actor | None = None, **more: object
    ) -> ActionStatus:
        self._requests += 1
        asked = ActionRequest(kind=kind, **more)  # type: ignore[arg-type]
        key = f"test:{self._requests}"
        return acting.request_action(self.gateway, actor or self.agent, case, asked, key)

    def close(self) -> None:
        self.gateway.stop()
