"""Agents, a bad wire and a careless shop play against the rules: money moves once, and rightly.

`decide` and `next_move` are the only guards; the shop of `world` has none of its own. What no rule
on our side can prevent is left out: the platform's own timer does not pay back within the minute
for which a read may be relied upon, or while an action of ours is under way (there only the
provider's own limit helps). For `test_play`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent_app.domain.actions import (
    ActionKind,
    ActionRecord,
    ActionState,
    check_transition,
    open_money,
)
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseState, CaseView, Claim
from agent_app.domain.decide import decide, objection
from agent_app.domain.events import OrderEvent
from agent_app.domain.evidence import Evidence, has_fresh_provider_read
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.ledger import (
    Attempt,
    Outcome,
    Step,
    after_asking,
    after_judging,
    after_sending,
    before_sending,
    next_move,
)
from agent_app.domain.locks import LOCKS, Lock
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Order, PaymentMethod
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import fold_stage
from agent_app.domain.truth import fold_truth
from tests.domain.scene import ABLE, BUYER, ME, NOW, PLACED, REF, SHOP
from tests.domain.world import Fault, World

_SEEN = {Seen.MET: Outcome.DONE, Seen.NOT_YET: Outcome.PENDING, Seen.FAILED: Outcome.REFUSED}
FAULTS = st.sampled_from(Fault)


@dataclass
class Open:
    record: ActionRecord
    attempt: Attempt


class Play(RuleBasedStateMachine):
    """One order at one shop. Subclasses say which shop, and which rule is taken out."""

    shop: ClassVar[Capabilities] = ABLE
    believed: ClassVar[Capabilities | None] = None
    """What the worker takes the shop to be; None: what it is."""
    locks: ClassVar[Mapping[ActionKind, tuple[Lock, ...]]] = LOCKS
    fresh_key_each_time: ClassVar[bool] = False
    old_reads_pass: ClassVar[bool] = False
    """What is clicked counts as judged at the click, however old the read."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.shop, NOW)
        self.world.customer_pays(10_000)
        self.ledger: list[Open] = []
        self.events: list[OrderEvent] = []
        self.evidence: tuple[Evidence, ...] = ()
        self.fulfillable = True
        self.sent = 0
        self.recheck()

    @rule(seconds=st.sampled_from((1, 5, 11, 31, 61, 125, 3600)))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule()
    def recheck(self) -> None:
        events, seen = self.world.read()
        self.events += events
        self.evidence = seen

    @rule()
    def customer_pays_again(self) -> None:
        if len(self.world.captured) < 3:
            self.world.customer_pays(10_000)

    @rule(chance=st.integers(0, 5))
    def stock_runs_out(self, chance: int) -> None:
        self.fulfillable = self.fulfillable and chance > 0

    @rule()
    def platform_pays_back(self) -> None:
        payment = sorted(self.world.captured)[-1]
        relied_upon = has_fresh_provider_read(self.evidence, self.world.now)
        busy = open_money(o.record for o in self.ledger) or self.world.late
        touched = any(e.payment == payment for e in self.world.effects)
        if not (relied_upon or busy or touched or payment in self.world.platform_refunds):
            self.world.platform_pays_back(payment)

    @rule(
        kind=st.sampled_from((ActionKind.REFUND, ActionKind.RESUBMIT)),
        half=st.booleans(),
        which=st.integers(0, 2),
    )
    def agent_clicks(self, kind: ActionKind, half: bool, which: int) -> None:
        decision = decide(self._view(), self.locks)[kind]
        if not decision.allowed or not decision.targets:
            return
        target = decision.targets[which % len(decision.targets)]
        limit = target.limit.amount_minor
        number = ActionId(f"{len(self.ledger)}")
        record = ActionRecord(
            id=number,
            kind=kind,
            state=ActionState.PREPARED,
            key=f"aa-{number}",
            requested_by=ME,
            requested_at=self.world.now,
            payment=target.payment,
            amount=Money(max(limit // 2, 1) if half else limit, "EUR"),
        )
        read_at = max((e.observed_at for e in self.evidence), default=self.world.now)
        judged_at = self.world.now if self.old_reads_pass else read_at
        self.ledger.append(Open(record, Attempt(kind, ActionState.PREPARED, judged_at)))

    @rule(fault=FAULTS)
    def worker_works(self, fault: Fault) -> None:
        for item in self.ledger:
            move = next_move(item.attempt, self.believed or self.shop, self.world.now)
            self._step(item, move.step, fault)
            check_transition_or_same(item.record.state, item.attempt.state)
            item.record = replace(item.record, state=item.attempt.state)

    @invariant()
    def money_moved_rightly(self) -> None:
        self.world.check()

    def _step(self, item: Open, step: Step, fault: Fault) -> None:
        now, shop = self.world.now, self.believed or self.shop
        if step is Step.SEND:
            item.attempt = before_sending(item.attempt, now)
            self.sent += 1
            key = f"{item.record.key}-{self.sent}" if self.fresh_key_each_time else item.record.key
            said = self.world.perform(item.record, key, fault)
            item.attempt = after_sending(item.attempt, said, now)
        elif step is Step.ASK:
            found = None if fault is Fault.DROPPED else self.world.outcome(item.record)
            if found is Outcome.DONE:
                # As the worker does: it counts as done only when a look shows what it was for.
                found = Outcome.PENDING
            item.attempt = after_asking(item.attempt, found, now, shop)
        elif step is Step.CONFIRM:
            self.recheck()
            view = self._view()
            seen = postcondition(item.record, view.order, view.stage, view.truth, view.actions)
            item.attempt = after_asking(item.attempt, _SEEN[seen], now, shop)
        elif step is Step.JUDGE:
            self.recheck()
            item.attempt = after_judging(item.attempt, self._still_right(item), now)
        elif step is Step.PERSON:
            item.attempt = replace(item.attempt, state=ActionState.NEEDS_PERSON)

    def _still_right(self, item: Open) -> bool:
        """Judge what was asked for, not its kind alone: this payment, and as much as is left."""
        view = self._view(item)
        return objection(view, item.record, decide(view, self.locks)) is None

    def _view(self, apart_from: Open | None = None) -> CaseView:
        now = self.world.now
        order = Order(
            SHOP, REF, Customer(BUYER), Money(10_000, "EUR"), PaymentMethod.CARD, PLACED,
            fulfillable=self.fulfillable,
        )  # fmt: skip
        lag = timedelta(seconds=self.shop.query_lag_s)
        return CaseView(
            id=CaseId("case"),
            order=order,
            stage=fold_stage(self.events),
            truth=fold_truth(order, self.events, self.evidence, query_lag=lag),
            evidence=self.evidence,
            flags=(),
            state=CaseState.CLAIMED,
            actor=Actor(ME, "Me", Role.LEAD),
            capabilities=self.shop,
            now=now,
            claim=Claim(ME, "Me", now + timedelta(seconds=90)),
            actions=tuple(o.record for o in self.ledger if o is not apart_from),
        )


def check_transition_or_same(before: ActionState, after: ActionState) -> None:
    """Let one step of the worker pass through several states, each change a legal one."""
    if before is after:
        return
    if before is ActionState.PREPARED and after is not ActionState.REJECTED:
        check_transition(before, ActionState.UNKNOWN)
        before = ActionState.UNKNOWN
    if before is not after:
        check_transition(before, after)


KEYED = replace(ABLE, query_lag_s=60.0, processing_s=10.0)
FORGETFUL = replace(KEYED, action_key_lifetime_s=120.0, query_lag_s=10.0)
KEYLESS = replace(KEYED, action_key_lifetime_s=None, query_lag_s=20.0)
