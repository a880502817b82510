"""The decision table of field.md 4, row by row: what is right, and what is locked meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.case import CaseState, CaseView, Claim, SentMessage
from agent_app.domain.decide import decide
from agent_app.domain.events import EventKind, OrderEvent, Source
from agent_app.domain.evidence import EvidenceKind
from agent_app.domain.ids import ActionId, CaseId, CustomerId, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.order import Customer, Deadline, DeadlineKind, Order, PaymentMethod
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.reasons import Unlock, Why
from agent_app.domain.remedy import RemedyWhy, remedy
from agent_app.domain.roles import Actor, Role
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import fold_truth
from agent_app.domain.wording import Template
from tests.domain.controls import PROOF
from tests.domain.strategies import (
    ABLE,
    BUYER,
    ME,
    NOW,
    PLACED,
    REF,
    SHOP,
    STRANGER,
    case_views,
    fact,
    look,
)

K = ActionKind
DUE = Money(10_000, "EUR")
P = Source.PROVIDER
WINDOW = Deadline(DeadlineKind.LATE_WINDOW_CLOSES, NOW + timedelta(hours=1))
SHUT = Deadline(DeadlineKind.LATE_WINDOW_CLOSES, NOW - timedelta(minutes=1))


def pay(
    *kinds: EventKind, name: str = "p", amount: Money = DUE, who: CustomerId = BUYER
) -> list[OrderEvent]:
    return [
        fact(kind, P, NOW - timedelta(seconds=300 - n), payment=name, amount=amount, customer=who)
        for n, kind in enumerate(kinds)
    ]


def back(kind: EventKind, *, automatic: bool = False, minor: int = 10_000) -> list[OrderEvent]:
    at = NOW - timedelta(seconds=100)
    amount = Money(minor, "EUR")
    return [fact(kind, P, at, payment="p", refund="r", amount=amount, automatic=automatic)]


CAPTURED = pay(EventKind.PAYMENT_CAPTURED)
AUTHORISED = pay(EventKind.PAYMENT_AUTHORISED)
SOFT = pay(EventKind.PAYMENT_FAILED_SOFT)
TWICE = [*CAPTURED, *pay(EventKind.PAYMENT_STARTED, EventKind.PAYMENT_CAPTURED, name="q")]


def case(
    events: Sequence[OrderEvent],
    stage: Stage = Stage.ABSENT,
    *deadlines: Deadline,
    fulfillable: bool | None = True,
    **changes: object,
) -> CaseView:
    """Return a case that its claimant, a lead, looks at right after a recheck."""
    order = Order(
        SHOP, REF, Customer(BUYER, "Ana", "ana@example.org"), DUE, PaymentMethod.CARD, PLACED,
        fulfillable=fulfillable, deadlines=deadlines,
    )  # fmt: skip
    said = [] if stage is Stage.ABSENT else [
        fact(EventKind.STAGE_REPORTED, Source.PLATFORM, NOW - timedelta(seconds=200), stage=stage)
    ]  # fmt: skip
    evidence = (look(P, EvidenceKind.PAYMENTS, NOW), look(Source.PLATFORM, EvidenceKind.ORDER, NOW))
    found = CaseView(
        id=CaseId("case"),
        order=order,
        stage=fold_stage([*events, *said]),
        truth=fold_truth(order, [*events, *said], evidence),
        evidence=evidence,
        flags=(),
        state=CaseState.CLAIMED,
        actor=Actor(ME, "Me", Role.LEAD),
        capabilities=ABLE,
        now=NOW,
        claim=Claim(ME, "Me", NOW + timedelta(seconds=60)),
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def record(kind: ActionKind, state: ActionState, payment: str = "p") -> ActionRecord:
    return ActionRecord(ActionId("a"), kind, state, "aa-1", ME, NOW, PaymentId(payment), DUE)


MOVES = (K.RESUBMIT, K.REFUND, K.CAPTURE, K.VOID, K.RESYNC)


@pytest.mark.parametrize(
    ("row", "right", "why", "open_moves"),
    [
        (case(pay(EventKind.PAYMENT_PENDING)), K.RECHECK, RemedyWhy.UNKNOWN, set()),
        (case(CAPTURED), K.RESUBMIT, RemedyWhy.CAPTURED_NO_ORDER, {K.RESUBMIT, K.REFUND}),
        (case(CAPTURED, fulfillable=False), K.REFUND, RemedyWhy.CAPTURED_UNFULFILLABLE, {K.REFUND}),
        (case(CAPTURED, Stage.PAYING), K.RESYNC, RemedyWhy.CAPTURED_STALE_STAGE, {K.RESYNC}),
        (case(TWICE, Stage.CONFIRMED), K.REFUND, RemedyWhy.PAID_TWICE, {K.REFUND}),
        (case(CAPTURED, Stage.CANCELLED), K.RESUBMIT, RemedyWhy.CAPTURED_ENDED,
         {K.RESUBMIT, K.REFUND}),
        (case(CAPTURED, Stage.CANCELLED, fulfillable=False), K.REFUND,
         RemedyWhy.CAPTURED_UNFULFILLABLE, {K.REFUND}),
        (case(AUTHORISED), K.CAPTURE, RemedyWhy.AUTHORISED_ONLY, {K.CAPTURE, K.VOID}),
        (case(AUTHORISED, fulfillable=False), K.VOID, RemedyWhy.AUTHORISED_UNFULFILLABLE, {K.VOID}),
        (case(pay(EventKind.PAYMENT_FAILED)), K.NOTIFY, RemedyWhy.UNPAID, set()),
        (case(SOFT, Stage.PAYING, WINDOW), K.RECHECK, RemedyWhy.UNKNOWN, set()),
        (case(SOFT, Stage.PAYING, SHUT), K.NOTIFY, RemedyWhy.UNPAID, set()),
        (case(SOFT, Stage.PAYING), K.RECHECK, RemedyWhy.UNKNOWN, set()),
        (case(pay(EventKind.PAYMENT_CAPTURED, amount=Money(9_000, "EUR"))), K.ESCALATE,
         RemedyWhy.AMOUNT, set()),
        (case(pay(EventKind.PAYMENT_CAPTURED, amount=Money(10_000, "USD"))), K.ESCALATE,
         RemedyWhy.AMOUNT, set()),
        (case(pay(EventKind.PAYMENT_AUTHORISED, amount=Money(1, "EUR"))), K.ESCALATE,
         RemedyWhy.AMOUNT, {K.VOID}),
        (case(pay(EventKind.PAYMENT_CAPTURED, who=STRANGER)), K.ESCALATE,
         RemedyWhy.IDENTITY, set()),
        (case([*CAPTURED, *back(EventKind.REFUND_PENDING)]), K.RECHECK,
         RemedyWhy.REFUND_OPEN, set()),
        (case([*CAPTURED, *back(EventKind.REFUND_UNKNOWN)]), K.RECHECK,
         RemedyWhy.REFUND_OPEN, set()),
        (case([*CAPTURED, *back(EventKind.REFUND_PENDING, automatic=True)]), K.RECHECK,
         RemedyWhy.PLATFORM_REFUNDS, set()),
        (case([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED)]), K.RESOLVE,
         RemedyWhy.REFUNDED, set()),
        (case([*CAPTURED, *back(EventKind.REFUND_SUCCEEDED, minor=4_000)], Stage.CANCELLED),
         K.ESCALATE, RemedyWhy.AMOUNT, {K.REFUND}),
        (case([*CAPTURED, *pay(EventKind.PAYMENT_DISPUTED)]), K.ESCALATE,
         RemedyWhy.DISPUTED, set()),
        (case(CAPTURED, Stage.CONFIRMED), K.RESOLVE, RemedyWhy.ALL_WELL, set()),
        (case([*CAPTURED, *pay(EventKind.PAYMENT_AUTHORISED, name="q")], Stage.CONFIRMED),
         K.VOID, RemedyWhy.EXTRA_AUTHORISATION, {K.VOID}),
        (case(CAPTURED, Stage.NOT_VISIBLE), K.ESCALATE, RemedyWhy.NOT_VISIBLE, set()),
        (case([], Stage.CONFIRMED), K.ESCALATE, RemedyWhy.CONFLICT, set()),
    ],
)  # fmt: skip
def test_each_row_names_what_is_right_and_locks_the_rest(
    row: CaseView, right: ActionKind, why: RemedyWhy, open_moves: set[ActionKind]
) -> None:
    assert (remedy(row).action, remedy(row).why) == (right, why)
    decisions = decide(row)
    assert {kind for kind in MOVES if decisions[kind].allowed} == open_moves


def test_part_of_the_money_gone_is_paid_back_whole_and_never_carries_the_order() -> None:
    events = [*CAPTURED, *back(EventKind.REFUND_SUCCEEDED, minor=4_000)]
    decision = decide(case(events))[K.REFUND]
    assert [t.limit for t in decision.targets] == [Money(6_000, "EUR")]


def test_the_surplus_is_the_payment_that_no_order_of_ours_stands_on() -> None:
    """An older capture that comes to light after we resubmitted on the newer one goes back (I7)."""
    done = (record(K.RESUBMIT, ActionState.CONFIRMED, "q"),)
    found = case(TWICE, Stage.CONFIRMED, actions=done)
    assert [t.payment for t in decide(found)[K.REFUND].targets] == ["p"]
    assert remedy(found).payment == "p"


@pytest.mark.parametrize("state", [ActionState.REJECTED, ActionState.NEEDS_PERSON])
def test_a_resync_that_came_to_nothing_opens_the_refund(state: ActionState) -> None:
    assert not decide(case(CAPTURED, Stage.PAYING))[K.REFUND].allowed
    tried = case(CAPTURED, Stage.PAYING, actions=(record(K.RESYNC, state),))
    assert decide(tried)[K.REFUND].allowed


def test_a_capture_is_done_when_the_money_is_there_and_the_order_comes_next() -> None:
    captured = record(K.CAPTURE, ActionState.ACCEPTED)
    before, after = case(AUTHORISED), case([*AUTHORISED, *CAPTURED])
    for found, seen in ((before, Seen.NOT_YET), (after, Seen.MET)):
        assert postcondition(captured, found.order, found.stage, found.truth) is seen
    done = replace(after, actions=(replace(captured, state=ActionState.CONFIRMED),))
    assert decide(done)[K.RESUBMIT].allowed
    unfit = replace(done, order=replace(done.order, fulfillable=False))
    assert decide(unfit)[K.REFUND].allowed


def test_capture_waits_for_a_timed_out_payment_beside_it() -> None:
    beside = [*AUTHORISED, *pay(EventKind.PAYMENT_FAILED_SOFT, name="q")]
    [reason] = decide(case(beside, Stage.ABSENT, WINDOW))[K.CAPTURE].locks
    assert (reason.why, reason.unlock) == (Why.LATE_WINDOW_OPEN, Unlock.WAIT_WINDOW)
    assert decide(case(beside, Stage.ABSENT, SHUT))[K.CAPTURE].allowed


def test_an_order_confirmed_on_a_reservation_keeps_it() -> None:
    assert not decide(case(AUTHORISED, Stage.CONFIRMED))[K.VOID].allowed


def test_pay_again_is_not_said_on_an_old_answer() -> None:
    fresh = case(pay(EventKind.PAYMENT_FAILED))
    old = replace(fresh, now=NOW + timedelta(seconds=61))
    assert Template.PAY_AGAIN in decide(fresh).templates
    assert Template.PAY_AGAIN not in decide(old).templates


def test_a_refund_that_only_the_shop_tells_of_is_not_told_on() -> None:
    said = replace(back(EventKind.REFUND_SUCCEEDED)[0], source=Source.PLATFORM, at=NOW)
    early = (look(P, EvidenceKind.PAYMENTS, NOW - timedelta(seconds=5)),)
    found = case([*CAPTURED, said])
    truth = fold_truth(found.order, [*CAPTURED, said], early)
    assert Template.REFUNDED not in decide(replace(found, truth=truth)).templates


def test_a_case_ends_with_the_customer_told_how_it_ended() -> None:
    done = (record(K.RESUBMIT, ActionState.CONFIRMED),)
    found = case(CAPTURED, Stage.CONFIRMED, actions=done)
    old_news = (SentMessage("pay_again", "en", NOW),)
    news = (SentMessage("confirmed", "en", NOW),)
    assert not decide(found)[K.RESOLVE].allowed
    assert not decide(replace(found, messages=old_news))[K.RESOLVE].allowed
    assert decide(replace(found, messages=news))[K.RESOLVE].allowed
    mute = replace(found, capabilities=replace(ABLE, can_notify=False))
    assert decide(mute)[K.RESOLVE].allowed


def test_a_case_does_not_end_on_an_order_that_was_not_read_again() -> None:
    found = case(CAPTURED, Stage.CONFIRMED)
    unread = replace(found, evidence=found.evidence[:1])
    assert decide(found)[K.RESOLVE].allowed
    assert [r.why for r in decide(unread)[K.RESOLVE].locks] == [Why.NEVER_READ]


@pytest.mark.parametrize(
    "changes", [{"total": Money(0, "EUR")}, {"method": PaymentMethod.STORE_CREDIT}]
)
def test_an_order_without_provider_money_is_well_when_it_is_confirmed(
    changes: dict[str, object],
) -> None:
    found = case([], Stage.CONFIRMED)
    found = replace(found, order=replace(found.order, **changes))  # type: ignore[arg-type]
    decisions = decide(found)
    assert decisions.remedy.why is RemedyWhy.ALL_WELL
    assert decisions[K.RESOLVE].allowed


@PROOF
@given(case_views())
def test_every_lock_says_why_and_the_remedy_is_never_a_crash(found: CaseView) -> None:
    decisions = decide(found)
    for kind in ActionKind:
        decision = decisions[kind]
        assert decision.allowed == (not decision.locks)
        assert not (decision.locks and decision.targets)
    assert decisions.remedy.action in ActionKind
    if decisions.remedy.payment is not None:
        assert decisions.remedy.payment in {p.id for p in found.truth.payments}


@PROOF
@given(case_views())
def test_a_message_that_the_remedy_calls_for_now_exists_as_a_template(found: CaseView) -> None:
    message = decide(found).remedy.message
    assert message is None or message in set(Template)


@PROOF
@given(case_views())
def test_what_the_remedy_tells_to_refund_is_what_may_be_refunded(found: CaseView) -> None:
    decisions = decide(found)
    refund = decisions[K.REFUND]
    if decisions.remedy.action is K.REFUND and refund.allowed:
        assert decisions.remedy.payment in {t.payment for t in refund.targets}


def test_a_refund_of_ours_that_the_books_do_not_show_is_waited_for() -> None:
    asked = case(CAPTURED, actions=(record(K.REFUND, ActionState.CONFIRMED),))
    assert (remedy(asked).action, remedy(asked).why) == (K.RECHECK, RemedyWhy.REFUND_OPEN)
    refused = case(CAPTURED, actions=(record(K.REFUND, ActionState.REFUSED),))
    assert remedy(refused).action is K.RESUBMIT


def test_a_confirmed_order_that_cannot_be_fulfilled_is_for_a_person() -> None:
    assert remedy(case(AUTHORISED, Stage.CONFIRMED, fulfillable=False)).action is K.ESCALATE


@PROOF
@given(case_views("actions"))
def test_the_remedy_is_never_an_action_that_nothing_can_unlock(found: CaseView) -> None:
    """The table may call for what must wait, never for what would be wrong here."""
    decisions = decide(found)
    action = decisions.remedy.action
    lasting = [r.why for r in decisions[action].locks if r.unlock is Unlock.NOTHING]
    assert not lasting, f"{decisions.remedy.why} calls for {action}, locked by {lasting}"
