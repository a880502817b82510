"""Requests that make sense: for an operation the object and the body that it is meant for."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Role
from agent_app.gateway import casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.endpoint import About, Endpoint
from agent_app.gateway.http.examples import EXAMPLES
from tests.gateway.api.cast import HOME, Account, Cast

_ESCALATE = {"kind": "escalate", "reason": "the provider does not answer"}
_ACTIONS: tuple[dict[str, Any], ...] = (
    {"kind": "resubmit"},
    {"kind": "refund", "reason": "he asks"},
    {"kind": "refund", "reason": "he asks", "amount": {"amount_minor": 100, "currency": "CNY"}},
    {"kind": "notify", "template": "checking", "language": "en"},
    {"kind": "notify", "template": "paid_not_lost"},
    _ESCALATE,
    {"kind": "resolve", "reason": "told him"},
    {"kind": "resolve", "reason": "a test order", "false_alarm": True},
    {"kind": "correct_input", "correction": {"email": "wang@example.test"}},
)


class Sensible:
    """Paths and bodies that an agent's desk would send, over the cases of a cast."""

    def __init__(self, cast: Cast, random: Random, cases: int = 30, undecided: int = 8) -> None:
        self._cast, self._random = cast, random
        self._undecided = cast.undecided(undecided)
        self.cases = [cast.case() for _ in range(cases)]
        self.actions: list[ActionId] = [*self._undecided, cast.waiting()]
        self._keys: dict[str, list[str]] = {}

    def path(self, endpoint: Endpoint, account: Account) -> dict[str, str]:
        """Return path parameters: an object that exists, as fit for the operation as can be."""
        found = self._random.choice(self.cases)
        if endpoint.about is About.ACTION:
            return {"action": self._action(endpoint, account)}
        fit = _FITTING.get(endpoint.name)
        if fit is not None and account.team == HOME:
            try:
                found = fit(self, account)
            except Refused:
                found = self._random.choice(self.cases)
        return {
            "case": found,
            "template": self._random.choice(("checking", "paid_not_lost")),
            "key": self._random.choice(self._keys.get(account.actor.user, ["never-sent"])),
        }

    def sent(self, account: Account, key: str) -> None:
        """Know of a request that was taken, so that what became of it can be asked."""
        self._keys.setdefault(account.actor.user, []).append(key)

    def body(self, endpoint: Endpoint, *, sure: bool) -> Any:
        """Return a body that the operation can take, None where it has none.

        `sure`: one that fits every case and everybody who may work on it.
        """
        if endpoint.name == "request_action":
            return _ESCALATE if sure else self._random.choice(_ACTIONS)
        if endpoint.name == "add_finding":
            return msgspec.to_builtins(self._cast.finding())
        if endpoint.name == "assign_case":
            user = self._cast.account(self._random.choice((Role.AGENT, Role.SENIOR))).actor.user
            return {"user": user}
        if endpoint.body is None:
            return None
        return self._random.choice(list(EXAMPLES[endpoint.body].values()))

    def another(self) -> None:
        """Let time pass and a new case come, so that no run ends up with ended cases only."""
        self._cast.world.clock.turn(5)
        self.cases[self._random.randrange(len(self.cases))] = self._cast.case()
        self._cast.world.work(1)

    def _action(self, endpoint: Endpoint, account: Account) -> ActionId:
        if endpoint.name == "settle_action":
            return self._random.choice(self._undecided)
        if endpoint.name == "answer_approval":
            self.actions.append(self._cast.waiting())
            return self.actions[-1]
        if endpoint.name == "withdraw_request" and account.actor.role in _ASKERS:
            if account.team == HOME:
                self.actions.append(self._cast.waiting(account.actor))
            return self.actions[-1]
        return self._random.choice(self.actions)

    def _claimed(self, account: Account) -> CaseId:
        # A new one: another's claim would only show that he was first.
        self.cases[self._random.randrange(len(self.cases))] = case = self._cast.case()
        return self._cast.claimed(account.actor, case)

    def _ended(self, account: Account) -> CaseId:
        """Return a case that is ended as it should be: done, told, resolved."""
        world, actor = self._cast.world, account.actor
        case = self._cast.claimed(actor)
        world.request(case, ActionKind.RESUBMIT, actor)
        world.work(8)
        handling.recheck(world.gateway, actor, case)
        true = casefile.detail(world.gateway, actor, case).decisions.templates
        template = true[0].value
        world.request(case, ActionKind.NOTIFY, actor, template=template, language="en")
        world.work(8)
        world.request(case, ActionKind.RESOLVE, actor, reason="done")
        return case


_ASKERS = {Role.AGENT, Role.SENIOR, Role.LEAD}
_FITTING: dict[str, Callable[[Sensible, Account], CaseId]] = {
    "request_action": Sensible._claimed,
    "add_finding": Sensible._claimed,
    "reopen_case": Sensible._ended,
}
