"""The decision table of field.md 4, row by row: what is right, and what is locked meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseView, SentMessage
from agent_app.domain.decide import decide
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import EvidenceKind
from agent_app.domain.money import Money
from agent_app.domain.order import PaymentMethod
from agent_app.domain.postcondition import Seen, postcondition
from agent_app.domain.reasons import Unlock, Why
from agent_app.domain.remedy import RemedyWhy, remedy
from agent_app.domain.stage import Stage
from agent_app.domain.truth import fold_truth
from agent_app.domain.wording import Template
from tests.domain.controls import PROOF, on_every
from tests.domain.rows import (
    AUTHORISED,
    CAPTURED,
    SHUT,
    TABLE,
    TELLING,
    TIMED_OUT_BESIDE,
    TWICE,
    WINDOW,
    P,
    Story,
    back,
    case,
    pay,
    record,
    seen,
)
from tests.domain.scene import ABLE, NOW, fact, look
from tests.domain.strategies import case_views

K = ActionKind
MOVES = (K.RESUBMIT, K.REFUND, K.CAPTURE, K.VOID, K.RESYNC)


@pytest.mark.parametrize(
    ("row", "right", "why", "open_moves"),
    TABLE,
)
def test_each_row_names_what_is_right_and_locks_the_rest(
    row: Story, right: ActionKind, why: RemedyWhy, open_moves: set[ActionKind]
) -> None:
    found = seen(row)
    assert (remedy(found).action, remedy(found).why) == (right, why)
    decisions = decide(found)
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
    for found, met in ((before, Seen.NOT_YET), (after, Seen.MET)):
        assert postcondition(captured, found.order, found.stage, found.truth) is met
    done = replace(after, actions=(replace(captured, state=ActionState.CONFIRMED),))
    assert decide(done)[K.RESUBMIT].allowed
    unfit = replace(done, order=replace(done.order, fulfillable=False))
    assert decide(unfit)[K.REFUND].allowed


def test_capture_waits_for_a_timed_out_payment_beside_it() -> None:
    [reason] = decide(case(TIMED_OUT_BESIDE, Stage.ABSENT, WINDOW))[K.CAPTURE].locks
    assert (reason.why, reason.unlock) == (Why.LATE_WINDOW_OPEN, Unlock.WAIT_WINDOW)
    assert decide(case(TIMED_OUT_BESIDE, Stage.ABSENT, SHUT))[K.CAPTURE].allowed


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
@on_every(TELLING)
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
@on_every(TELLING)
def test_a_message_that_the_remedy_calls_for_now_exists_as_a_template(found: CaseView) -> None:
    message = decide(found).remedy.message
    assert message is None or message in set(Template)


@PROOF
@given(case_views())
@on_every(TELLING)
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
@on_every(TELLING)
def test_the_remedy_is_never_an_action_that_nothing_can_unlock(found: CaseView) -> None:
    """The table may call for what must wait, never for what would be wrong here."""
    decisions = decide(found)
    action = decisions.remedy.action
    lasting = [r.why for r in decisions[action].locks if r.unlock is Unlock.NOTHING]
    assert not lasting, f"{decisions.remedy.why} calls for {action}, locked by {lasting}"


@pytest.mark.parametrize(
    ("cannot", "stage", "closed"),
    [
        ("can_refund_cart", Stage.ABSENT, True),
        ("can_refund_cart", Stage.CANCELLED, False),
        ("can_refund_unrecorded", Stage.CANCELLED, True),
    ],
)
def test_what_the_shop_cannot_pay_back_is_escalated_and_not_offered(
    cannot: str, stage: Stage, closed: bool
) -> None:
    """Vendure and Medusa refund what stands in their books of an order, and nothing else."""
    can = replace(
        ABLE,
        can_refund_cart=cannot != "can_refund_cart",
        can_refund_unrecorded=cannot != "can_refund_unrecorded",
    )
    found = case(CAPTURED, stage, fulfillable=False, capabilities=can)
    refund = decide(found)[K.REFUND]
    if not closed:
        assert (remedy(found).action, refund.allowed) == (K.REFUND, True)
        return
    assert (remedy(found).action, remedy(found).why) == (
        K.ESCALATE,
        RemedyWhy.PAY_BACK_AT_PROVIDER,
    )
    assert [(r.why, r.unlock) for r in refund.locks] == [(Why.SHOP_CANNOT, Unlock.AT_THE_PROVIDER)]


def test_of_two_payments_the_order_stands_on_the_one_that_the_shop_knows() -> None:
    known = fact(
        EventKind.PAYMENT_CAPTURED, Source.PLATFORM, NOW - timedelta(seconds=290), payment="q",
        amount=Money(10_000, "EUR"),
    )  # fmt: skip
    can = replace(ABLE, can_refund_unrecorded=False)
    found = case([*TWICE, known], Stage.CONFIRMED, capabilities=can)
    assert (found.truth.carrier, [p.id for p in found.truth.surplus]) == ("q", ["p"])
    assert decide(found)[K.REFUND].targets == ()
    assert (remedy(found).action, remedy(found).payment) == (K.ESCALATE, "p")
    able = replace(found, capabilities=ABLE)
    assert [t.payment for t in decide(able)[K.REFUND].targets] == ["p"]
    # The control: where the shop knows neither, the first one carries.
    assert case(TWICE, Stage.CONFIRMED).truth.carrier == "p"
