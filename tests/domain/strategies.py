"""Hypothesis strategies for the domain: plausible lives of orders, and everything around a case.

A case starts from a state in which its action is right, drawn or one of the stories of `rows`, and
a few nuisances are laid over it. Pure noise would almost never reach an allowed money action, and
a property about those would prove nothing; `test_strategies` shows what is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from agent_app.domain.actions import MONEY, ActionKind, ActionRecord, ActionState
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseState, CaseView, Claim, SentMessage
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import Evidence, EvidenceKind
from agent_app.domain.flags import FlagPolicy, Watched, raise_flags
from agent_app.domain.ids import (
    ActionId,
    CaseId,
    PaymentId,
)
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import fold_truth
from tests.domain.rows import STORIES
from tests.domain.scene import ABLE, BUYER, ME, NOW, OTHER, PLACED, REF, SHOP, STRANGER, fact, look

MAIN_PATHS: tuple[tuple[EventKind, ...], ...] = (
    (EventKind.PAYMENT_CAPTURED,),
    (EventKind.PAYMENT_AUTHORISED, EventKind.PAYMENT_CAPTURED),
    (EventKind.PAYMENT_AUTHORISED,),
    (EventKind.PAYMENT_FAILED_SOFT, EventKind.PAYMENT_CAPTURED),
    (EventKind.PAYMENT_FAILED,),
    (EventKind.PAYMENT_FAILED_SOFT,),
    (),
)
ODD_PATHS: tuple[tuple[EventKind, ...], ...] = (
    (EventKind.PAYMENT_PENDING,),
    (EventKind.PAYMENT_AUTHORISED, EventKind.PAYMENT_VOIDED),
    (EventKind.PAYMENT_FAILED, EventKind.PAYMENT_CAPTURED),
    (EventKind.PAYMENT_CAPTURED, EventKind.PAYMENT_FAILED),
    (EventKind.PAYMENT_CAPTURED, EventKind.PAYMENT_DISPUTED),
)
REFUND_PATHS: tuple[tuple[EventKind, ...], ...] = (
    (EventKind.REFUND_REQUESTED,),
    (EventKind.REFUND_REQUESTED, EventKind.REFUND_PENDING),
    (EventKind.REFUND_REQUESTED, EventKind.REFUND_UNKNOWN),
    (EventKind.REFUND_PENDING, EventKind.REFUND_SUCCEEDED),
    (EventKind.REFUND_SUCCEEDED,),
    (EventKind.REFUND_PENDING, EventKind.REFUND_FAILED),
)
STAGES: tuple[tuple[Stage, ...], ...] = (
    (),
    (Stage.SUBMITTED,),
    (Stage.SUBMITTED, Stage.PAYING),
    (Stage.SUBMITTED, Stage.PAID),
    (Stage.SUBMITTED, Stage.PAID, Stage.CONFIRMED),
    (Stage.SUBMITTED, Stage.CANCELLED),
    (Stage.SUBMITTED, Stage.PAYING, Stage.EXPIRED),
)


def moments(
    before: datetime = NOW, within: timedelta = timedelta(days=2)
) -> st.SearchStrategy[datetime]:
    return st.integers(0, int(within.total_seconds())).map(lambda s: before - timedelta(seconds=s))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    deadlines = draw(st.lists(st.sampled_from(DeadlineKind), unique=True, max_size=2))
    offsets = st.integers(-7200, 7200)
    odd = draw(st.integers(0, 9))
    return Order(
        shop=SHOP,
        ref=REF,
        customer=Customer(BUYER, "Ana", "" if odd == 0 else "ana@example.org"),
        total=Money(draw(st.sampled_from((10_000, 10_000, 10_000, 2, 0))), "EUR"),
        method=draw(st.sampled_from(PaymentMethod)),
        placed_at=PLACED,
        fulfillable=draw(st.sampled_from((True, True, True, False, None))),
        input_problem="phone" if odd == 1 else None,
        deadlines=tuple(Deadline(k, NOW + timedelta(seconds=draw(offsets))) for k in deadlines),
    )


@st.composite
def amounts(draw: st.DrawFn, order: Order) -> Money | None:
    """Mostly the order's total; else half, more, another currency, or none named."""
    due = order.total
    other = (Money(due.amount_minor // 2, "EUR"), due + Money(1, "EUR"), Money(7, "USD"), None)
    return draw(st.sampled_from((due, due, due, due, due, due, *other)))


@st.composite
def payment_lives(draw: st.DrawFn, order: Order, name: str) -> list[OrderEvent]:
    """What provider and shop say of one payment, the shop less and later."""
    paths = MAIN_PATHS + (ODD_PATHS if draw(st.integers(0, 3)) == 0 else ())
    path, amount = draw(st.sampled_from(paths)), draw(amounts(order))
    payer = draw(st.sampled_from((BUYER, BUYER, BUYER, BUYER, STRANGER, None)))
    begun = draw(moments(NOW - timedelta(seconds=10), timedelta(hours=2)))
    events = []
    for step, kind in enumerate(path):
        at = begun + timedelta(seconds=step)
        events.append(fact(kind, Source.PROVIDER, at, payment=name, amount=amount, customer=payer))
    shop_says = draw(st.sampled_from(((), (), path[:1], path)))
    wrong = draw(st.sampled_from((*ODD_PATHS, *MAIN_PATHS)))
    for step, kind in enumerate(wrong if draw(st.integers(0, 9)) == 0 else shop_says):
        at = begun + timedelta(seconds=step + 1)
        events.append(fact(kind, Source.PLATFORM, at, payment=name, amount=amount))
    if EventKind.PAYMENT_CAPTURED in path and draw(st.integers(0, 2)) == 0:
        events += draw(refund_lives(order, name, begun + timedelta(seconds=5)))
    return events


@st.composite
def refund_lives(draw: st.DrawFn, order: Order, payment: str, begun: datetime) -> list[OrderEvent]:
    events = []
    for index in range(draw(st.integers(1, 2))):
        part = draw(st.sampled_from((1, 1, 2)))
        automatic = draw(st.booleans())
        source = draw(st.sampled_from((Source.PROVIDER, Source.PROVIDER, Source.PLATFORM)))
        named = draw(st.integers(0, 9)) > 0
        amount = Money(order.total.amount_minor // part, "EUR") if named else None
        for step, kind in enumerate(draw(st.sampled_from(REFUND_PATHS))):
            at = begun + timedelta(seconds=step + index)
            name = f"{payment}-r{index}"
            events.append(
                fact(kind, source, at, payment=payment, refund=name, amount=amount,
                     automatic=automatic)
            )  # fmt: skip
    return events


@st.composite
def statements(draw: st.DrawFn) -> OrderEvent:
    """What a customer, an agent, a callback log or a monitor says, of anything."""
    source = draw(
        st.sampled_from((Source.CUSTOMER, Source.AGENT, Source.CALLBACK_LOG, Source.MONITOR))
    )
    return fact(
        draw(st.sampled_from(EventKind)),
        source,
        draw(moments()),
        payment=draw(st.sampled_from(("p-0", "p-9", None))),
        refund=draw(st.sampled_from(("p-0-r0", "r-9", None))),
        amount=Money(10_000, "EUR"),
        customer=BUYER,
        stage=draw(st.sampled_from(Stage)),
    )


@st.composite
def histories(draw: st.DrawFn, order: Order) -> list[OrderEvent]:
    """The events of one order: its stages, up to three payments with refunds, and hearsay."""
    events: list[OrderEvent] = []
    for index in range(draw(st.sampled_from((0, 1, 1, 1, 1, 2, 2, 3)))):
        events += draw(payment_lives(order, f"p-{index}"))
    for step, stage in enumerate(draw(st.sampled_from(STAGES))):
        at = PLACED + timedelta(minutes=step)
        automatic = draw(st.booleans())
        event = fact(EventKind.STAGE_REPORTED, Source.PLATFORM, at, stage=stage,
                     automatic=automatic)  # fmt: skip
        events.append(event)
    if draw(st.integers(0, 4)) == 0:
        events.append(draw(statements()))
    if events and draw(st.integers(0, 19)) == 0:
        twin = draw(st.sampled_from(events))
        events.append(replace(twin, amount=Money(3, "EUR"), stage=Stage.PAID))
    return events


@st.composite
def lives(draw: st.DrawFn) -> tuple[Order, Sequence[OrderEvent]]:
    """An order with its events: half of them drawn, half a story that some rule is about."""
    if draw(st.booleans()):
        story = draw(st.sampled_from(STORIES))
        return story.order, story.events
    order = draw(orders())
    return order, draw(histories(order))


@st.composite
def looks(draw: st.DrawFn) -> tuple[Evidence, ...]:
    """Looks at provider and shop, mostly fresh and answered."""
    ages = st.sampled_from((0, 5, 30, 60, 60, 61, 3600))
    found = []
    for source, kind in (
        (Source.PROVIDER, EvidenceKind.PAYMENTS),
        (Source.PLATFORM, EvidenceKind.ORDER),
    ):
        for _ in range(draw(st.sampled_from((1, 1, 1, 2, 0)))):
            verdict = draw(st.sampled_from(("ok",) * 9 + ("no_answer", "not_visible", "forbidden")))
            found.append(look(source, kind, NOW - timedelta(seconds=draw(ages)), verdict))
    return tuple(found)


@st.composite
def records(draw: st.DrawFn, order: Order, payments: Sequence[PaymentId]) -> ActionRecord:
    """One action as the ledger may hold it; a refund sometimes under a key that the books show."""
    payment = draw(st.sampled_from([*payments, PaymentId("p-0")]))
    number = draw(st.integers(0, 10**6))
    shown = draw(st.booleans())
    return ActionRecord(
        id=ActionId(f"a-{number}"),
        kind=draw(st.sampled_from((*sorted(MONEY), ActionKind.RESYNC, ActionKind.NOTIFY))),
        state=draw(st.sampled_from(ActionState)),
        key=f"{payment}-r0" if shown else f"aa-{number}",
        requested_by=ME,
        requested_at=NOW - timedelta(minutes=5),
        payment=payment,
        amount=Money(draw(st.sampled_from((order.total.amount_minor, 1))), "EUR"),
    )


actors = st.sampled_from(Role).map(lambda role: Actor(ME, "Me", role))

CAN = tuple(name for name in Capabilities.__slots__ if name.startswith("can_"))


@st.composite
def capabilities(draw: st.DrawFn) -> Capabilities:
    """A shop that lacks one or two things, or keys, or whose books lag."""
    lacks = draw(st.lists(st.sampled_from((*CAN, "reads_provider")), max_size=2))
    able = replace(
        ABLE,
        action_key_lifetime_s=draw(st.sampled_from((None, 120.0, 86_400.0))),
        query_lag_s=draw(st.sampled_from((0.0, 0.4, 60.0))),
        processing_s=draw(st.sampled_from((0.0, 10.0))),
    )
    lacking: dict[str, Any] = dict.fromkeys(lacks, False)
    return replace(able, **lacking)


def _claims() -> st.SearchStrategy[Claim | None]:
    late, soon = NOW - timedelta(seconds=1), NOW + timedelta(seconds=60)
    return st.sampled_from(
        (None, Claim(OTHER, "Other", soon), Claim(ME, "Me", late), Claim(ME, "Me", soon))
    )


@st.composite
def case_views(draw: st.DrawFn, *always: str) -> CaseView:
    """A case that its claimant, a lead on line, looks at; up to three nuisances laid over it.

    `always` names nuisances that every case has.
    """
    order, events = draw(lives())
    nuisances = {*always, *draw(st.sets(st.sampled_from(tuple(_NUISANCES)), max_size=3))}
    able = draw(capabilities()) if "capabilities" in nuisances else ABLE
    evidence = (
        draw(looks())
        if "looks" in nuisances
        else (
            look(Source.PROVIDER, EvidenceKind.PAYMENTS, NOW),
            look(Source.PLATFORM, EvidenceKind.ORDER, NOW),
        )
    )
    lag = timedelta(seconds=able.query_lag_s)
    truth, stage = fold_truth(order, events, evidence, query_lag=lag), fold_stage(events)
    case = CaseView(
        id=CaseId("case"),
        order=order,
        stage=stage,
        truth=truth,
        evidence=evidence,
        flags=raise_flags(Watched(order, stage, truth), FlagPolicy(), NOW),
        state=CaseState.CLAIMED,
        actor=Actor(ME, "Me", Role.LEAD),
        capabilities=able,
        now=NOW,
        claim=Claim(ME, "Me", NOW + timedelta(seconds=60)),
    )
    for nuisance in sorted(nuisances & _NUISANCES.keys()):
        case = _NUISANCES[nuisance](draw, case)
    return case


def _with_actions(draw: st.DrawFn, case: CaseView) -> CaseView:
    ids = [p.id for p in case.truth.payments]
    return replace(case, actions=tuple(draw(st.lists(records(case.order, ids), max_size=3))))


def _with_messages(draw: st.DrawFn, case: CaseView) -> CaseView:
    template = draw(st.sampled_from(("checking", "confirmed", "refunded", "pay_again", "voided")))
    return replace(case, messages=(SentMessage(template, "en", draw(moments())),))


_NUISANCES: dict[str, Callable[[st.DrawFn, CaseView], CaseView]] = {
    "actions": _with_actions,
    "actor": lambda draw, case: replace(case, actor=draw(actors)),
    "capabilities": lambda draw, case: case,
    "claim": lambda draw, case: replace(case, claim=draw(_claims())),
    "looks": lambda draw, case: case,
    "messages": _with_messages,
    "offline": lambda draw, case: replace(case, online=False),
    "state": lambda draw, case: replace(case, state=draw(st.sampled_from(CaseState))),
}
