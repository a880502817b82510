"""One seed: a shop, gateway processes and people, rough at first, calm in the end, then judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from agent_app.domain.actions import (
    ActionKind,
    ActionRecord,
    ActionState,
    IllegalTransition,
    check_transition,
    committed_minor,
)
from agent_app.domain.capabilities import READ_ONLY, Capabilities
from agent_app.domain.ids import ActionId, OrderRef
from agent_app.engines.port import Outcome
from agent_app.gateway.carrier import Carrier
from agent_app.gateway.store.action_rows import StoredAction
from tests.simulation.engine import Engine, Look
from tests.simulation.gateway_process import GatewayProcess, Roughness
from tests.simulation.line import Careless, SimulatedLine
from tests.simulation.memory_ledger import SimulatedLedger
from tests.simulation.people import People
from tests.simulation.rows import Row, Rows
from tests.simulation.timeline import BEGINNING, Timeline
from tests.simulation.world_parts import ALL_RULES, PAYMENT, SHOP, Rules

CALM_AT_S = 600.0
_ENDS_BY_S = 12 * 86400.0
_MOST_EVENTS = 100_000
"""A usual seed needs a hundred, two refunds that never settle 10,000."""
_MOST_EVENTS_UNLEASED = 4_000
"""Processes that only hinder each other come to no end."""
_CAN_DO_ALL = replace(
    READ_ONLY,
    label="simulated",
    reads_provider=True,
    can_complete=True,
    can_refund=True,
    can_refund_part=True,
    can_correct_input=True,
    can_notify=True,
)


@dataclass(slots=True)
class Verdict:
    """What became of one seed. `faults` are sentences; an empty list is a good seed."""

    seed: int
    faults: list[str] = field(default_factory=list)
    doubled: int = 0
    actions: int = 0
    crashes: int = 0
    hangs: int = 0
    overtaken: int = 0
    needs_person: int = 0
    trace: list[str] | None = None


class World:
    """Everything of one seed; nothing in it depends on anything but the seed and the rules."""

    def __init__(self, seed: int, rules: Rules = ALL_RULES, *, trace: bool = False) -> None:
        self.chance = chance = Random(seed)
        self.rules = rules
        self.trace: list[str] | None = [] if trace else None
        self.shop = SHOP
        self.timeline = Timeline()
        self.captured = 10_000
        self.hangs = 0
        self.overtaken = 0
        self._verdict = Verdict(seed)
        self.capabilities = _drawn_shop(chance)
        hasty = replace(self.capabilities, query_lag_s=0.0, processing_s=0.0)
        self.believed = self.capabilities if rules.waits else hasty
        self.engine = Engine(
            self.timeline,
            chance,
            self.capabilities,
            longest_call_s=chance.choice((2.0, 24.0)),
            refuses_copies=chance.random() < 0.5,
            pending=chance.choice((0.0, 0.3)),
        )
        self.roughness = _drawn_roughness(chance)
        self.rows = Rows(self._commits)
        self.rows.fenced = rules.fenced
        self.orders = [OrderRef(f"R{n}") for n in range(chance.choice((1, 1, 2)))]
        self.people = People(self)
        processes = chance.choice((1, 2, 2, 3))
        self.processes = [
            GatewayProcess(self, f"gateway-{n + 1}", alone=processes == 1) for n in range(processes)
        ]

    @property
    def is_rough(self) -> bool:
        return self.timeline.now < CALM_AT_S

    def now(self) -> datetime:
        """Return the database's time, by which all processes go."""
        return self.timeline.time()

    def now_at(self, seconds: float) -> datetime:
        return BEGINNING + timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Return the seconds as they pass for a process."""
        return self.timeline.now

    def say(self, who: str, what: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.timeline.now:12.3f}  {who:10} {what}")

    def carrier(self, process: GatewayProcess) -> Carrier[Look]:
        line = SimulatedLine(self, process, self.engine, self.believed, self.rules)
        kind = Carrier if self.rules.lease_checked else Careless
        return kind(SimulatedLedger(self, process), {SHOP: line}, self, self.monotonic)

    def died(self, process: GatewayProcess) -> None:
        self.engine.sender_died(process)

    def end_leases(self) -> None:
        self.rows.end_leases(self.now())

    def next_due(self) -> datetime | None:
        return self.rows.next_due()

    def woken(self) -> None:
        """Let every process look at the ledger: something was written."""
        for process in self.processes:
            process.wake()

    def records_of(self, action: StoredAction) -> list[ActionRecord]:
        return [a.record for a in self.rows.of_order(SHOP, action.command.order)]

    def went_back(self, others: Sequence[ActionRecord]) -> bool:
        """Return whether some of the payment went back, or may."""
        return committed_minor(others, PAYMENT, set()) > 0

    def left_of(self, others: Sequence[ActionRecord], look: Look) -> int:
        """Return how much of the payment may still be refunded (I2)."""
        seen = {r.key for r in others if r.id in look.refunded}
        return self.captured - sum(look.refunded.values()) - committed_minor(others, PAYMENT, seen)

    def really_done(self, action: ActionId) -> bool | None:
        """Return what the provider says on the telephone; None while it is on its way."""
        now = self.timeline.now
        outcomes = [e.outcome(now) for e in self.engine.effects if e.action == action]
        if Outcome.PENDING in outcomes:
            return None
        return Outcome.DONE in outcomes

    def run(self) -> Verdict:
        """Let everything happen, and judge what became of it."""
        self.people.come(self.chance.choice((1, 2, 3)))
        most = _MOST_EVENTS if self.rules.leases else _MOST_EVENTS_UNLEASED
        self.timeline.run(_ENDS_BY_S, most, self._ended)
        self._judge()
        self.timeline.close()
        return self._verdict

    def _ended(self) -> bool:
        if not self.people.idle or self.engine.in_transit:
            return False
        return all(
            not row.action.record.is_open or row.action.record.state is ActionState.NEEDS_PERSON
            for row in self.rows.rows()
        )

    def _commits(self, row: Row, after: StoredAction) -> None:
        before = row.action
        if after.record.state is not before.record.state:
            try:
                check_transition(before.record.state, after.record.state)
            except IllegalTransition as error:
                self._fault(f"{after.id}: {error}")
        if after.attempt.tries < before.attempt.tries:
            self._fault(f"{after.id}: a sending was forgotten")

    def _judge(self) -> None:
        verdict = self._verdict
        verdict.actions = len(self.people.accepted)
        verdict.crashes = sum(p.crashes for p in self.processes)
        verdict.hangs, verdict.overtaken, verdict.trace = self.hangs, self.overtaken, self.trace
        for number in self.people.accepted:
            stored = self.rows.get(number)
            if stored is None:
                self._fault(f"{number}: promised and forgotten")
            else:
                self._judge_action(stored.record)
        for order in self.orders:
            back = sum(
                e.minor
                for e in self.engine.effects
                if e.order == order and e.kind is ActionKind.REFUND and not e.fails
            )
            if back > self.captured:
                self._fault(f"{order}: {back} of {self.captured} went back")

    def _judge_action(self, record: ActionRecord) -> None:
        effects = [e for e in self.engine.effects if e.action == record.id]
        if len(effects) > 1:
            self._verdict.doubled += 1
            self._fault(f"{record.id}: done {len(effects)} times")
        lasting = any(not e.fails for e in effects)
        if record.state is ActionState.CONFIRMED and not lasting:
            self._fault(f"{record.id}: confirmed, and never done")
        elif record.state in {ActionState.REJECTED, ActionState.REFUSED} and lasting:
            self._fault(f"{record.id}: {record.state}, and done all the same")
        elif record.state is ActionState.NEEDS_PERSON:
            self._verdict.needs_person += 1
        elif record.is_open:
            self._fault(f"{record.id}: still {record.state} in the end")

    def _fault(self, sentence: str) -> None:
        self._verdict.faults.append(sentence)
        self.say("FAULT", sentence)


def _drawn_shop(chance: Random) -> Capabilities:
    lifetime_s = chance.choice((None, None, 86_400.0, 86_400.0, chance.uniform(30.0, 600.0)))
    return replace(
        _CAN_DO_ALL,
        action_key_lifetime_s=lifetime_s,
        query_lag_s=chance.choice((0.0, 0.4, 5.0, 60.0)),
        processing_s=chance.choice((0.0, 2.0, 10.0, 30.0)),
    )


def _drawn_roughness(chance: Random) -> Roughness:
    return Roughness(
        fault=chance.choice((0.0, 0.1, 0.3, 0.6)),
        crash=chance.choice((0.0, 0.01, 0.05, 0.15)),
        hang=chance.choice((0.0, 0.0, 0.05, 0.2)),
        write_fails=chance.choice((0.0, 0.0, 0.05)),
    )


def simulate(seed: int, rules: Rules = ALL_RULES, *, trace: bool = False) -> Verdict:
    """Run one seed and judge it."""
    return World(seed, rules, trace=trace).run()
