"""A gateway with a case in every state and a person of every role; for the tests of the API.

People of the team "main" see its cases, those of "north" (no shop of theirs) see none of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from agent_app.contract.messages import FindingRequest
from agent_app.domain.actions import ActionKind
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.events import EventKind
from agent_app.domain.guide import StepKind, StepState
from agent_app.domain.ids import ActionId, CaseId, OrderRef
from agent_app.domain.ledger import Outcome
from agent_app.domain.roles import Actor, Role
from agent_app.engines.port import Command, EngineError, Reading
from agent_app.gateway import handling
from agent_app.gateway.clock import Clock
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES, FakeShop, Fault
from tests.gateway.world import World

HOME, AWAY = "main", "north"
NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None)
SECRETS = ("Xiaoming", "wang@")
"""Customer data of every order here, unmasked: in no refusal, and in no list."""


class ForgetfulShop(FakeShop):
    """A shop that cannot tell what became of some of its orders."""

    def __init__(self, clock: Clock, capabilities: Capabilities = CAPABILITIES) -> None:
        super().__init__(clock, capabilities)
        self.forgotten: set[OrderRef] = set()

    def outcome(self, command: Command) -> Outcome:
        if command.order in self.forgotten:
            raise EngineError("no answer")
        return super().outcome(command)

    def _reading(self, ref: OrderRef) -> Reading:
        found = super()._reading(ref)
        if ref not in self.forgotten:
            return found
        return replace(
            found, events=tuple(e for e in found.events if e.kind is not EventKind.REFUND_SUCCEEDED)
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A person with his token."""

    actor: Actor
    token: str
    team: str


class Cast:
    """The world with its people. Cases and actions are made on demand, each through use cases."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        self.world = World(folder, NO_KEYS, make_shop=ForgetfulShop, database=database)
        self.accounts = [
            self._account(f"{role.value}-{team}", role, team)
            for team in (HOME, AWAY)
            for role in Role
        ]
        self._orders = 0

    def _account(self, user: str, role: Role, team: str) -> Account:
        actor = self.world.person(user, role, team)
        with self.world.database.write() as connection:
            token = accounts.issue_token(connection, actor.user, self.world.clock.now())
        return Account(actor, token, team)

    def account(self, role: Role, team: str = HOME) -> Account:
        return next(a for a in self.accounts if a.actor.role is role and a.team == team)

    def case(self, amount_minor: int = 12_850) -> CaseId:
        """Make an order without its money's goods, and return its flagged case."""
        self._orders += 1
        ref = self.world.shop.stuck(f"PG-{self._orders}", amount_minor)
        self.world.watch()
        case = self.world.case_of(ref)
        assert case is not None
        return case

    def claimed(self, actor: Actor, case: CaseId | None = None) -> CaseId:
        """Return a case that the actor has claimed and looked at just now."""
        case = case or self.case()
        handling.claim(self.world.gateway, actor, case)
        handling.recheck(self.world.gateway, actor, case)
        return case

    def waiting(self, requester: Actor | None = None) -> ActionId:
        """Return a refund that waits for a second person."""
        asker = requester or self.account(Role.AGENT).actor
        case = self.claimed(asker, self.case(30_000))
        return self.world.request(case, ActionKind.REFUND, asker, reason="he asks").id

    def undecided(self, count: int) -> list[ActionId]:
        """Return refunds of which the shop never tells what became: they need a person."""
        assert isinstance(self.world.shop, ForgetfulShop)
        lead = self.account(Role.LEAD).actor
        found = []
        for _ in range(count):
            case = self.claimed(lead, self.case(4_200))
            self.world.shop.forgotten.add(OrderRef(f"PG-{self._orders}"))
            self.world.shop.faults = [Fault.LOST_AFTER]
            found.append(self.world.request(case, ActionKind.REFUND, lead, reason="he asks").id)
            self.world.work()
        for _ in range(60):
            self.world.clock.turn(60)
            self.world.work()
        return found

    def finding(self) -> FindingRequest:
        """Return an answer to a question of the guide in force."""
        steps = self.world.gateway.desk.guide.steps
        step = next(s for s in steps if s.outcomes and s.kind is not StepKind.PROBE)
        return FindingRequest(step=step.id, state=StepState.DONE, outcome=step.outcomes[0].id)

    def close(self) -> None:
        self.world.close()
