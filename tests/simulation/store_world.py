"""A seed over the gateway's own store: SQLite, cases, `decide`, use cases; only the shop is a fake.

Slower than `world` by three orders, so that some hundred seeds show what a million show there.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from unittest import mock

import sqlalchemy as sa

from agent_app.contract.messages import ActionRequest, ApprovalRequest
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.events import Source
from agent_app.domain.ids import ActionId, CaseId, OrderRef, ShopId, UserId
from agent_app.domain.money import Money
from agent_app.domain.postcondition import Seen
from agent_app.domain.roles import Actor, Role
from agent_app.engines.port import Outcome, Reading
from agent_app.gateway import acting, handling
from agent_app.gateway.carrier import Carrier, Held, Judged
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.sql_ledger import SqlLedger
from agent_app.gateway.store import accounts, action_rows, audit, case_rows, schema
from agent_app.gateway.store.action_rows import StoredAction
from agent_app.gateway.store.codec import read_optional_time
from agent_app.gateway.store.database import Database
from agent_app.guides import load_guide
from tests.fakes.shop import CAPABILITIES, FakeShop
from tests.simulation.engine import Engine, Request
from tests.simulation.gateway_process import GatewayProcess, Roughness, WriteFailed
from tests.simulation.line import SimulatedLine
from tests.simulation.timeline import Timeline, sleep
from tests.simulation.world import Verdict
from tests.simulation.world_parts import ALL_RULES, Rules

CALM_AT_S = 400.0
_ENDS_BY_S = 4 * 86400.0
_MOST_EVENTS = 3_000
_MINOR = 4_200
_GUIDE = load_guide()
_PEOPLE = {
    "chen": Role.LEAD,
    "amina": Role.LEAD,
    "marta": Role.FINANCE,
    "luis": Role.FINANCE,
}


def make_template(folder: Path) -> Path:
    """Make the database that every seed begins with; return its file."""
    path = folder / "template.db"
    with contextlib.closing(Database(path)) as database, database.write() as connection:
        for name, role in _PEOPLE.items():
            accounts.save_user(
                connection, accounts.User(UserId(name), name.title(), role, disabled=False)
            )
    return path


class StoreEngine(Engine):
    """Lets what arrives happen at the fake shop, whose books are the truth here."""

    fake: FakeShop

    def arrive(self, request: Request) -> None:
        if request.arrived:
            return
        request.arrived = True
        self._in_transit.remove(request)
        command = request.action.command
        request.answer = self.fake.perform(replace(command, key=request.key))

    def outcome(self, action: StoredAction) -> Outcome:
        return self.fake.outcome(action.command)

    def look(self, order: OrderRef, *, silent: bool) -> Reading:  # type: ignore[override]
        self.fake.silent = {Source.PROVIDER} if silent else set()
        try:
            return self.fake.read(order)
        finally:
            self.fake.silent = set()


class StoreLedger:
    """Implements `carrier.Ledger`: the gateway's own, reached by a process that may die."""

    def __init__(self, world: StoreWorld, process: GatewayProcess) -> None:
        gateway = world.gateway
        self._world = world
        self._process = process
        self._ledger = SqlLedger(world.database, gateway.desk, world, world.monotonic)

    async def take(self, shops: Collection[ShopId]) -> Held | None:
        held = await self._ledger.take(shops)
        if held is not None:
            self._world.say(self._process.name, f"takes {held.action.id}")
            await self._process.passes(0.005)
        return held

    async def save(self, action: StoredAction, before: StoredAction, *, keep_lease: bool) -> None:
        await self._process.passes(0.005)
        if keep_lease and not self._world.rules.intent_first:
            return
        self._may_fail()
        await self._ledger.save(action, before, keep_lease=keep_lease)
        self._world.say(self._process.name, f"writes {action.id} {action.record.state}")
        self._world.woken()
        self._may_fail()
        if keep_lease:
            await self._process.passes(0.001)

    async def judge(self, action: StoredAction, look: Reading) -> Judged | None:
        await self._process.passes(0.005)
        return await self._ledger.judge(action, look)

    async def seen(self, action: StoredAction, look: Reading) -> Seen | None:
        await self._process.passes(0.005)
        return await self._ledger.seen(action, look)

    def _may_fail(self) -> None:
        world = self._world
        if world.is_rough and world.chance.random() < world.roughness.write_fails / 2:
            raise WriteFailed


class StoreWorld:
    """One seed: two people, two gateway processes, one order or two, one SQLite file."""

    def __init__(
        self, seed: int, template: Path, rules: Rules = ALL_RULES, *, trace: bool = False
    ) -> None:
        self.chance = chance = Random(seed)
        self.rules = rules
        self.timeline = Timeline()
        self.hangs = 0
        self.verdict = Verdict(seed, trace=[] if trace else None)
        lifetime_s = chance.choice((None, 86_400.0))
        lag_s, processing_s = chance.choice((0.0, 5.0)), chance.choice((2.0, 10.0))
        capabilities = replace(
            CAPABILITIES,
            action_key_lifetime_s=lifetime_s,
            query_lag_s=lag_s,
            processing_s=processing_s,
        )
        self.fake = FakeShop(self, capabilities)
        self.fake.lag_s = lag_s
        self.shop = self.fake.id
        self.engine = StoreEngine(
            self.timeline,
            chance,
            capabilities,
            longest_call_s=self.fake.longest_call_s,
            refuses_copies=False,
            pending=0.0,
        )
        self.engine.fake = self.fake
        self.believed = capabilities
        if not rules.waits:
            self.believed = replace(capabilities, query_lag_s=0.0, processing_s=0.0)
        self.roughness = Roughness(
            fault=chance.choice((0.1, 0.3, 0.5)),
            crash=chance.choice((0.0, 0.02, 0.1)),
            hang=chance.choice((0.0, 0.05)),
            write_fails=chance.choice((0.0, 0.05)),
        )
        self._path = template.with_name(f"seed-{seed}.db")
        shutil.copy(template, self._path)
        self.database = Database(self._path)
        self.gateway = Gateway(self.database, [self.fake], clock=self, guide=_GUIDE)
        self.orders = [self.fake.stuck(f"R{n}", _MINOR) for n in range(chance.choice((1, 2)))]
        self.gateway.watchers[self.shop].run_once()
        alone = chance.random() < 0.4
        self.processes = [
            GatewayProcess(self, f"gateway-{n + 1}", alone=alone) for n in range(1 if alone else 2)
        ]
        self._asked: list[tuple[OrderRef, ActionId]] = []
        self._busy = 0

    @property
    def is_rough(self) -> bool:
        return self.timeline.now < CALM_AT_S

    def now(self) -> datetime:
        return self.timeline.time()

    def monotonic(self) -> float:
        return self.timeline.now

    def say(self, who: str, what: str) -> None:
        if self.verdict.trace is not None:
            self.verdict.trace.append(f"{self.timeline.now:12.3f}  {who:10} {what}")

    def carrier(self, process: GatewayProcess) -> Carrier[Reading]:
        line: SimulatedLine[Reading] = SimulatedLine(
            self, process, self.engine, self.believed, self.rules
        )
        return Carrier(StoreLedger(self, process), {self.shop: line}, self, self.monotonic)

    def died(self, process: GatewayProcess) -> None:
        self.engine.sender_died(process)

    def end_leases(self) -> None:
        with self.database.write() as connection:
            action_rows.end_leases(connection, self.now())

    def next_due(self) -> datetime | None:
        due = sa.select(schema.actions.c.next_try_at, schema.actions.c.lease_until).where(
            schema.actions.c.open, schema.actions.c.next_try_at.is_not(None)
        )
        with self.database.read() as connection:
            moments = [max(at, held or at) for at, held in connection.execute(due)]
        return read_optional_time(min(moments, default=None))

    def woken(self) -> None:
        for process in self.processes:
            process.wake()

    def run(self) -> Verdict:
        """Let everything happen, and judge what became of it."""
        names = Random(self.verdict.seed)
        try:
            with mock.patch("secrets.token_hex", lambda n: f"{names.getrandbits(8 * n):0{2 * n}x}"):
                self._happen()
            self._judge()
        finally:
            self.timeline.close()
            self.gateway.stop()
            for file in self._path.parent.glob(f"{self._path.name}*"):
                file.unlink()
        return self.verdict

    def _happen(self) -> None:
        for order in self.orders:
            for agent in self.chance.choice((("chen",), ("chen", "amina"))):
                self._busy += 1
                self.timeline.start(self._agent(agent, order))
        self.timeline.run(_ENDS_BY_S, _MOST_EVENTS, self._ended)

    async def _agent(self, name: str, order: OrderRef) -> None:
        """Claim, look, ask for a refund; again under the same key, and under a new one."""
        chance = self.chance
        await sleep(chance.choice((0.0, 20.0)) * chance.random())
        actor = Actor(UserId(name), name.title(), _PEOPLE[name])
        for wish in range(chance.choice((1, 2, 3))):
            kind = chance.choice((ActionKind.REFUND, ActionKind.REFUND, ActionKind.RESUBMIT))
            minor = chance.choice((_MINOR, _MINOR // 2))
            for _ in range(chance.choice((1, 2))):
                self._ask(actor, order, kind, minor, f"{name}:{order}:{wish}")
                await sleep(chance.choice((0.0, 5.0)) * chance.random())
            await sleep(chance.choice((5.0, 400.0)) * chance.random())
        self._busy -= 1

    def _ask(
        self, actor: Actor, order: OrderRef, kind: ActionKind, minor: int, request: str
    ) -> None:
        case = self._case_of(order)
        amount = Money(minor, "CNY") if kind is ActionKind.REFUND else None
        wanted = ActionRequest(kind=kind, amount=amount, reason="he asks")
        try:
            handling.claim(self.gateway, actor, case)
            handling.recheck(self.gateway, actor, case)
            status = acting.request_action(self.gateway, actor, case, wanted, request)
        except Refused as refusal:
            self.say(actor.user, f"is refused {kind} of {order}: {refusal.problem.detail}")
            return
        finally:
            with contextlib.suppress(Refused):
                handling.release(self.gateway, actor, case)
            self.woken()
        self.say(actor.user, f"asked for {kind} of {order}: {status.id}")
        if (order, status.id) not in self._asked:
            self._asked.append((order, status.id))
            if status.action.record.state is ActionState.AWAITING_APPROVAL:
                for lead in ("marta", "luis"):
                    self._busy += 1
                    self.timeline.start(self._approve(lead, status.id))

    async def _approve(self, name: str, number: ActionId) -> None:
        await sleep(self.chance.choice((0.0, 100.0)) * self.chance.random())
        actor = Actor(UserId(name), name.title(), _PEOPLE[name])
        with contextlib.suppress(Refused):
            answer = ApprovalRequest(approve=True)
            acting.answer_approval(self.gateway, actor, number, answer)
        self.woken()
        self._busy -= 1

    def _case_of(self, order: OrderRef) -> CaseId:
        with self.database.read() as connection:
            found = case_rows.of_order(connection, self.shop, order)
        assert found is not None
        return found.id

    def _ended(self) -> bool:
        if self._busy or self.engine.in_transit:
            return False
        return all(
            not a.record.is_open or a.record.state is ActionState.NEEDS_PERSON
            for a in self._stored()
        )

    def _stored(self) -> list[StoredAction]:
        with self.database.read() as connection:
            found = [action_rows.get(connection, number) for _, number in self._asked]
        return [action for action in found if action is not None]

    def _judge(self) -> None:
        verdict, stored = self.verdict, self._stored()
        verdict.actions = len(self._asked)
        verdict.crashes = sum(process.crashes for process in self.processes)
        verdict.hangs = self.hangs
        if len(stored) < len(self._asked):
            verdict.faults.append("an action that was promised is forgotten")
        # The key of a careless sender has a tail.
        done = Counter(line[3].split("/")[0] for line in self.fake.books.lines)
        for action in stored:
            self._judge_action(action, done[action.record.key])
        for order in self.orders:
            lines = self.fake.books.lines
            back = sum(m for k, o, m, _ in lines if k is ActionKind.REFUND and o == order)
            if back > _MINOR:
                verdict.faults.append(f"{order}: {back} of {_MINOR} went back")
        with self.database.read() as connection:
            wrong = audit.verify(connection).wrong
        if wrong is not None:
            verdict.faults.append(f"the audit log: {wrong}")

    def _judge_action(self, action: StoredAction, times: int) -> None:
        verdict, state = self.verdict, action.record.state
        if times > 1:
            verdict.doubled += 1
            verdict.faults.append(f"{action.id}: done {times} times")
        if state is ActionState.NEEDS_PERSON:
            verdict.needs_person += 1
        elif action.record.is_open:
            verdict.faults.append(f"{action.id}: still {state} in the end")
        elif (state is ActionState.CONFIRMED) != (times > 0):
            verdict.faults.append(f"{action.id}: {state}, and done {times} times")


def simulate_on_store(
    seeds: Iterable[int], rules: Rules = ALL_RULES, *, trace: bool = False
) -> Iterator[Verdict]:
    """Run seeds over a store of their own, one after the other, and judge each."""
    with tempfile.TemporaryDirectory() as folder:
        template = make_template(Path(folder))
        for seed in seeds:
            yield StoreWorld(seed, template, rules, trace=trace).run()
