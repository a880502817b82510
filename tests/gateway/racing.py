"""Two people at the same click, again and again: who won, who was told what, what the shop did.

Two threads meet at a barrier before each round. On PostgreSQL each of them has a gateway and a
database of its own, as two processes have.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec

from agent_app.contract.messages import ActionStatus, ApprovalRequest, CaseDetail
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import acting, casefile, casework, handling
from agent_app.gateway.errors import Refused, conflict
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts, action_rows
from agent_app.gateway.store.database import Database
from tests.fakes.shop import CAPABILITIES
from tests.gateway.served import served
from tests.gateway.world import World

_YES = ApprovalRequest(approve=True)
CLAIM = "/v1/cases/{}/claim"
APPROVAL = "/v1/actions/{}/approval"
APPROVED = msgspec.json.encode(_YES)
_CASES = 20
# A shop that pays as often as it is told to: nothing beside the gateway saves the money.
NO_KEYS = replace(CAPABILITIES, action_key_lifetime_s=None)


@dataclass(frozen=True, slots=True)
class Told:
    """What one of the two got: he won, or he was told who did."""

    won: bool
    holder: str = ""


@dataclass(slots=True)
class Tally:
    """How the rounds ended."""

    rounds: int = 0
    one_winner: int = 0
    loser_knows: int = 0
    """Rounds with one winner whose name the loser was told."""
    paid_once: int = 0
    """Of approvals: rounds whose refund the shop paid exactly once."""
    paid_twice: int = 0

    def count(self, first: Told, second: Told, names: tuple[str, str]) -> None:
        self.rounds += 1
        if first.won is second.won:
            return
        self.one_winner += 1
        loser = second if first.won else first
        self.loser_knows += loser.holder == names[0 if first.won else 1]


Click = Callable[[Gateway, Actor, str], Told]


@dataclass(frozen=True, slots=True)
class Ring:
    """The world of a race, and the gateway that each of the two asks."""

    world: World
    gateways: tuple[Gateway, Gateway]

    def refresh(self) -> None:
        """Let every gateway know the shop: each process asks it itself."""
        for gateway in self.gateways:
            for shop in gateway.desk.shops.values():
                shop.refresh()


@contextmanager
def ring(where: Path | str, folder: Path) -> Iterator[Ring]:
    """Make a world at the database for the block."""
    world = World(folder, NO_KEYS, database=Database(where))
    second = world.gateway
    if world.database.shared:
        second = Gateway(Database(where), [world.shop], clock=world.clock)
    try:
        made = Ring(world, (world.gateway, second))
        made.refresh()
        yield made
    finally:
        if second is not world.gateway:
            second.stop()
        world.close()


class Pair:
    """Two threads that click at the same moment, round after round."""

    def __init__(self, ring: Ring, actors: tuple[Actor, Actor], click: Click) -> None:
        self._ring, self._actors, self._click = ring, actors, click
        self._begin, self._end = threading.Barrier(3), threading.Barrier(3)
        self._target: str | None = None
        self._told: list[Told | BaseException] = [Told(False)] * 2
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True) for number in (0, 1)
        ]
        for thread in self._threads:
            thread.start()

    def race(self, target: str) -> tuple[Told, Told]:
        """Let both click on it; raise what one of them raised."""
        self._target = target
        self._begin.wait()
        self._end.wait()
        first, second = self._told
        for told in (first, second):
            if isinstance(told, BaseException):
                raise told
        assert isinstance(first, Told)
        assert isinstance(second, Told)
        return first, second

    def close(self) -> None:
        self._target = None
        self._begin.wait()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        while True:
            self._begin.wait()
            if self._target is None:
                return
            try:
                actor, gateway = self._actors[number], self._ring.gateways[number]
                self._told[number] = self._click(gateway, actor, self._target)
            except BaseException as error:  # noqa: BLE001 - told to the thread that asked
                self._told[number] = error
            self._end.wait()


def claim(gateway: Gateway, actor: Actor, target: str) -> Told:
    """Claim by the use case."""
    return told_by(lambda: handling.claim(gateway, actor, CaseId(target)))


def approve(gateway: Gateway, actor: Actor, target: str) -> Told:
    """Approve by the use case, and let this gateway's worker do what is due."""
    told = told_by(lambda: acting.answer_approval(gateway, actor, ActionId(target), _YES))
    gateway.worker.run_once()
    return told


def told_by(use: Callable[[], CaseDetail | ActionStatus]) -> Told:
    """Return what a use case says; any refusal but that another was first is raised."""
    try:
        use()
    except Refused as refused:
        if refused.problem.kind is not ProblemType.CONFLICT:
            raise
        return Told(False, refused.problem.holder)
    return Told(True)


def claim_races(ring: Ring, rounds: int, click: Click = claim) -> Tally:
    """Let two agents claim one case at once, so many times; each claim then runs out."""
    world = ring.world
    for number in range(_CASES):
        world.shop.stuck(f"PG-{number}")
    world.watch()
    cases = [world.case_of(world.shop.stuck(f"PG-{number}")) for number in range(_CASES)]
    tally, pair = Tally(), Pair(ring, (world.agent, world.other), click)
    try:
        for number in range(rounds):
            case = cases[number % _CASES]
            assert case is not None
            tally.count(*pair.race(case), (world.agent.name, world.other.name))
            world.clock.turn(91 / _CASES + 1)
    finally:
        pair.close()
    return tally


def double_approvals(ring: Ring, rounds: int, click: Click = approve, *, first: int = 100) -> Tally:
    """Let two leads approve one refund at once, so many times; the shop counts what it paid.

    The orders are numbered from `first`, which no other race of the ring has used.
    """
    world = ring.world
    tally, pair = Tally(), Pair(ring, (world.lead, world.second_lead), click)
    try:
        for number in range(first, first + rounds):
            ref = world.shop.stuck(f"PG-{number}", 60_000)
            case = world.claimed(ref)
            asked = world.request(case, ActionKind.REFUND, reason="wants it back")
            tally.count(*pair.race(asked.id), (world.lead.name, world.second_lead.name))
            world.work(3)
            paid = world.shop.books.count(ActionKind.REFUND, ref)
            tally.paid_once += paid == 1
            tally.paid_twice += paid > 1
    finally:
        pair.close()
    return tally


def unguarded_claim(gateway: Gateway, actor: Actor, target: str) -> Told:
    """The control: what is true when one looks may no longer be when one writes."""

    def use() -> CaseDetail:
        case = CaseId(target)
        with gateway.database.read() as connection:
            stored, view = casefile.open_case(gateway, connection, actor, case)
        held = view.claim_in_force
        if held is not None and held.user != actor.user:
            raise conflict("taken", held.name)
        now = gateway.clock.now()
        lease = Claim(actor.user, actor.name, now + handling.CLAIM_LASTS)
        with gateway.database.write() as connection:
            claimed = replace(stored, state=CaseState.CLAIMED, claim=lease)
            casework.update(connection, gateway.desk, claimed, now)
        return casefile.detail(gateway, actor, case)

    return told_by(use)


def unguarded_approval(gateway: Gateway, actor: Actor, target: str) -> Told:
    """The control: the same for an approval, which then sets back what was sent already."""

    def use() -> ActionStatus:
        with gateway.database.read() as connection:
            action, _ = acting.visible_action(gateway, connection, actor, ActionId(target))
        if action.record.state is not ActionState.AWAITING_APPROVAL:
            raise acting.answered(action)
        time.sleep(random.uniform(0, 0.03))
        now = gateway.clock.now()
        attempt = replace(action.attempt, state=ActionState.PREPARED)
        action = replace(action.moved(attempt, now), next_try_at=now)
        action = replace(action, record=replace(action.record, approved_by=actor.user))
        with gateway.database.write() as connection:
            action_rows.save(connection, action, fenced=False)
        return acting.status(action)

    told = told_by(use)
    gateway.worker.run_once()
    return told


@contextmanager
def over_http(ring: Ring, path: str, body: bytes = b"") -> Iterator[Click]:
    """Serve both gateways for the block; give the click that posts to `path` there."""
    keys = itertools.count()
    with ExitStack() as stack:
        desks: dict[tuple[int, str], httpx.Client] = {}
        for gateway in dict.fromkeys(ring.gateways):
            address = stack.enter_context(served(gateway))
            world = ring.world
            for actor in (world.agent, world.other, world.lead, world.second_lead):
                with gateway.database.write() as connection:
                    token = accounts.issue_token(connection, actor.user, world.clock.now())
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                client = httpx.Client(
                    base_url=address, headers=headers, timeout=60, trust_env=False
                )
                desks[id(gateway), actor.user] = stack.enter_context(client)

        def click(gateway: Gateway, actor: Actor, target: str) -> Told:
            answer = desks[id(gateway), actor.user].post(
                path.format(target),
                content=body or None,
                headers={"Idempotency-Key": f"{actor.user}-{next(keys)}"},
            )
            gateway.worker.run_once()
            if answer.status_code == 200:
                return Told(True)
            problem = msgspec.json.decode(answer.content, type=Problem)
            assert problem.kind is ProblemType.CONFLICT, problem
            return Told(False, problem.holder)

        yield click
