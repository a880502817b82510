"""Hand-made cases: every row of the decision table, and what each lock and invariant is there for.

Chance need not find them: every proof about a `CaseView` looks at all of `TELLING` (`controls`),
and `strategies` lays its nuisances over `STORIES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.case import CaseState, CaseView, Claim
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import EvidenceKind
from agent_app.domain.ids import ActionId, CaseId, CustomerId, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import fold_truth
from tests.domain.scene import ABLE, BUYER, ME, NOW, PLACED, REF, SHOP, STRANGER, fact, look

K = ActionKind
DUE = Money(10_000, "EUR")
P = Source.PROVIDER
WINDOW = Deadline(DeadlineKind.LATE_WINDOW_CLOSES, NOW + timedelta(hours=1))
SHUT = Deadline(DeadlineKind.LATE_WINDOW_CLOSES, NOW - timedelta(minutes=1))


def pay(
    *kinds: EventKind, name: str = "p", amount: Money | None = DUE, who: CustomerId = BUYER
) -> list[OrderEvent]:
    return [
        fact(kind, P, NOW - timedelta(seconds=300 - n), payment=name, amount=amount, customer=who)
        for n, kind in enumerate(kinds)
    ]


def back(kind: EventKind, *, automatic: bool = False, minor: int = 10_000) -> list[OrderEvent]:
    at = NOW - timedelta(seconds=100)
    amount = Money(minor, "EUR")
    return [fact(kind, P, at, payment="p", refund="r", amount=amount, automatic=automatic)]


def by_shop(kind: EventKind, refund: str | None = None) -> list[OrderEvent]:
    """Return what the shop says of the payment, later than what the provider says."""
    at = NOW - timedelta(seconds=50)
    return [fact(kind, Source.PLATFORM, at, payment="p", refund=refund, amount=DUE)]


CAPTURED = pay(EventKind.PAYMENT_CAPTURED)
AUTHORISED = pay(EventKind.PAYMENT_AUTHORISED)
FAILED = pay(EventKind.PAYMENT_FAILED)
SOFT = pay(EventKind.PAYMENT_FAILED_SOFT)
TWICE = [*CAPTURED, *pay(EventKind.PAYMENT_STARTED, EventKind.PAYMENT_CAPTURED, name="q")]


@dataclass(frozen=True)
class Story:
    """An order, and what happened to it; who looks at it is up to the case."""

    order: Order
    events: tuple[OrderEvent, ...]


def story(
    events: Sequence[OrderEvent],
    stage: Stage = Stage.ABSENT,
    *deadlines: Deadline,
    fulfillable: bool | None = True,
    input_problem: str | None = None,
) -> Story:
    order = Order(
        SHOP, REF, Customer(BUYER, "Ana", "ana@example.org"), DUE, PaymentMethod.CARD, PLACED,
        fulfillable=fulfillable, deadlines=deadlines, input_problem=input_problem,
    )  # fmt: skip
    said = [] if stage is Stage.ABSENT else [
        fact(EventKind.STAGE_REPORTED, Source.PLATFORM, NOW - timedelta(seconds=200), stage=stage)
    ]  # fmt: skip
    return Story(order, (*events, *said))


def seen(told: Story, **changes: object) -> CaseView:
    """Return the case that its claimant, a lead, looks at right after a recheck."""
    evidence = (look(P, EvidenceKind.PAYMENTS, NOW), look(Source.PLATFORM, EvidenceKind.ORDER, NOW))
    found = CaseView(
        id=CaseId("case"),
        order=told.order,
        stage=fold_stage(told.events),
        truth=fold_truth(told.order, told.events, evidence),
        evidence=evidence,
        flags=(),
        state=CaseState.CLAIMED,
        actor=Actor(ME, "Me", Role.LEAD),
        capabilities=ABLE,
        now=NOW,
        claim=Claim(ME, "Me", NOW + timedelta(seconds=60)),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def case(
    events: Sequence[OrderEvent],
    stage: Stage = Stage.ABSENT,
    *deadlines: Deadline,
    fulfillable: bool | None = True,
    **changes: object,
) -> CaseView:
    """Return the case of a story told in place."""
    return seen(story(events, stage, *deadlines, fulfillable=fulfillable), **changes)


def record(kind: ActionKind, state: ActionState, payment: str = "p") -> ActionRecord:
    return ActionRecord(ActionId("a"), kind, state, "aa-1", ME, NOW, PaymentId(payment), DUE)


def a_minute_later(found: CaseView) -> CaseView:
    """Return the case when its reads are just too old, the claim renewed meanwhile."""
    now = found.now + timedelta(seconds=61)
    return replace(found, now=now, claim=Claim(ME, "Me", now + timedelta(seconds=60)))


Row = tuple[Story, ActionKind, RemedyWhy, set[ActionKind]]
TABLE: list[Row] = [
    (story(pay(EventKind.PAYMENT_PENDING)), K.RECHECK, RemedyWhy.UNKNOWN, set()),
    (story(CAPTURED), K.RESUBMIT, RemedyWhy.CAPTURED_NO_ORDER, {K.RESUBMIT, K.REFUND}),
    (story(CAPTURED, fulfillable=False), K.REFUND, RemedyWhy.CAPTURED_UNFULFILLABLE, {K.REFUND}),
    (story(CAPTURED, Stage.PAYING), K.RESYNC, RemedyWhy.CAPTURED_STALE_STAGE, {K.RESYNC}),
    (story(TWICE, Stage.CONFIRMED), K.REFUND, RemedyWhy.PAID_TWICE, {K.REFUND}),
    (story(CAPTURED, Stage.CANCELLED), K.RESUBMIT, RemedyWhy.CAPTURED_ENDED,
     {K.RESUBMIT, K.REFUND}),
    (story(CAPTURED, Stage.CANCELLED, fulfillable=False), K.REFUND,
     RemedyWhy.CAPTURED_UNFULFILLABLE, {K.REFUND}),
    (story(AUTHORISED), K.CAPTURE, RemedyWhy.AUTHORISED_ONLY, {K.CAPTURE, K.VOID}),
    (story(AUTHORISED, fulfillable=False), K.VOID, RemedyWhy.AUTHORISED_UNFULFILLABLE, {K.VOID}),
    (story(pay(EventKind.PAYMENT_FAILED)), K.NOTIFY, RemedyWhy.UNPAID, set()),
    (story(SOFT, Stage.PAYING, WINDOW), K.RECHECK, RemedyWhy.UNKNOWN, set()),
    (story(SOFT, Stage.PAYING, SHUT), K.NOTIFY, RemedyWhy.UNPAID, set()),
    (story(SOFT, Stage.PAYING), K.RECHECK, RemedyWhy.UNKNOWN, set()),
    (story(pay(EventKind.PAYMENT_CAPTURED, amount=Money(9_000, "EUR"))), K.ESCALATE,
     RemedyWhy.AMOUNT, set()),
    (story(pay(EventKind.PAYMENT_CAPTURED, amount=Money(10_000, "USD"))), K.ESCALATE,
     RemedyWhy.AMOUNT, set()),
    (story(pay(EventKind.PAYMENT_AUTHORISED, amount=Money(1, "EUR"))), K.ESCALATE,
     RemedyWhy.AMOUNT, {K.VOID}),
    (story(pay(EventKind.PAYMENT_CAPTURED, who=STRANGER)), K.ESCALATE,
     RemedyWhy.IDENTITY, set()),
    (story([*CAPTURED, *back(EventKind.REFUND_PENDING)]), K.RECHECK,
     RemedyWhy.REFUND_OPEN, set()),
    (story([*CAPTURED, *back(EventKind.REFUND_UNKNOWN)]), K.RECHECK,
     RemedyWhy.REFUND_OPEN, set()),
    (story([*CAPTURED, *back(EventKind.REFUND_PENDING, automatic=True)]), K.RECHECK,
     RemedyWhy.PLATFORM_REFUNDS, set()),
    (story([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED)]), K.RESOLVE,
     RemedyWhy.REFUNDED, set()),
    (story([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED, minor=4_000)], Stage.CANCELLED),
     K.ESCALATE, RemedyWhy.AMOUNT, {K.REFUND}),
    (story([*CAPTURED, *pay(EventKind.PAYMENT_DISPUTED)]), K.ESCALATE,
     RemedyWhy.DISPUTED, set()),
    (story(CAPTURED, Stage.CONFIRMED), K.RESOLVE, RemedyWhy.ALL_WELL, set()),
    (story([*CAPTURED, *pay(EventKind.PAYMENT_AUTHORISED, name="q")], Stage.CONFIRMED),
     K.VOID, RemedyWhy.EXTRA_AUTHORISATION, {K.VOID}),
    (story(CAPTURED, Stage.NOT_VISIBLE), K.ESCALATE, RemedyWhy.NOT_VISIBLE, set()),
    (story([], Stage.CONFIRMED), K.ESCALATE, RemedyWhy.CONFLICT, set()),
    (story([], Stage.SUBMITTED, input_problem="phone"), K.CORRECT_INPUT, RemedyWhy.INPUT_REFUSED,
     set()),
]  # fmt: skip
"""A story, what is right, by which row, and which of the moves are open meanwhile."""

_CONTRADICTIONS = (
    story([*CAPTURED, replace(CAPTURED[0], amount=Money(3, "EUR"))]),
    story(pay(EventKind.PAYMENT_CAPTURED, EventKind.PAYMENT_FAILED)),
    story([*FAILED, *by_shop(EventKind.PAYMENT_CAPTURED)]),
    story([*CAPTURED, *by_shop(EventKind.PAYMENT_FAILED)]),
    story([*CAPTURED, *by_shop(EventKind.REFUND_SUCCEEDED, "r")]),
    story([*AUTHORISED, *pay(EventKind.PAYMENT_CAPTURED, amount=Money(10_000, "USD"))]),
    story(pay(EventKind.PAYMENT_CAPTURED, amount=None)),
)
HALF_GONE = story([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED, minor=4_000)])
RESERVED_BESIDE = [*CAPTURED, *pay(EventKind.PAYMENT_AUTHORISED, name="q")]
TIMED_OUT_BESIDE = [*AUTHORISED, *pay(EventKind.PAYMENT_FAILED_SOFT, name="q")]

STORIES: tuple[Story, ...] = (
    *(row[0] for row in TABLE),
    *_CONTRADICTIONS,
    HALF_GONE,
    story(RESERVED_BESIDE),
    story(TIMED_OUT_BESIDE, Stage.ABSENT, WINDOW),
    story(TWICE),
    story(pay(EventKind.PAYMENT_CAPTURED, amount=Money(10_001, "EUR"))),
    story(pay(EventKind.PAYMENT_AUTHORISED, EventKind.PAYMENT_VOIDED)),
    story([*CAPTURED, *back(EventKind.REFUND_REQUESTED)], Stage.CANCELLED),
    story([*CAPTURED, *back(EventKind.REFUND_FAILED)]),
    story([*CAPTURED, *back(EventKind.REFUND_PENDING, minor=4_000)], Stage.CONFIRMED),
)
"""Every verdict, amount, conflict and row, and what each money lock holds back."""

_WITH_ACTIONS = tuple(
    case(CAPTURED, stage, actions=(record(kind, state),))
    for kind in (K.REFUND, K.RESUBMIT, K.CAPTURE)
    for state in ActionState
    for stage in (Stage.ABSENT, Stage.CONFIRMED, Stage.CANCELLED)
)
_AT_THE_PROVIDER = tuple(
    case(CAPTURED, stage, fulfillable=False, capabilities=can)
    for stage in (Stage.ABSENT, Stage.CANCELLED)
    for can in (replace(ABLE, can_refund_cart=False), replace(ABLE, can_refund_unrecorded=False))
)
_BY_LEAD = (
    *(seen(told) for told in STORIES),
    *(a_minute_later(seen(told)) for told in STORIES),
    *_WITH_ACTIONS,
    *_AT_THE_PROVIDER,
)
TELLING: tuple[CaseView, ...] = (
    *_BY_LEAD,
    *(
        replace(seen(told), actor=Actor(ME, "Me", role))
        for told in STORIES
        for role in Role
        if role is not Role.LEAD
    ),
)
"""The cases that every proof about a case looks at: the stories by each role, old and acted on."""
