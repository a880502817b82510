"""I3, I4, I5, I12: what may follow once an action was started, each with its negative control."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.actions import (
    ActionKind,
    ActionState,
    IllegalTransition,
    action_key,
    check_transition,
)
from agent_app.domain.capabilities import Capabilities
from agent_app.domain.case import CaseView
from agent_app.domain.decide import Decisions, decide
from agent_app.domain.evidence import has_fresh_provider_read
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.ledger import (
    Attempt,
    Outcome,
    Said,
    Step,
    after_asking,
    after_sending,
    before_sending,
    next_move,
)
from agent_app.domain.locks import fresh_shop_read, verified
from agent_app.domain.money import Money
from tests.domain.controls import PROOF, goes_red, on_every, without
from tests.domain.rows import TELLING
from tests.domain.scene import ABLE, NOW
from tests.domain.strategies import capabilities, case_views

KINDS = st.sampled_from((ActionKind.REFUND, ActionKind.RESUBMIT, ActionKind.RESYNC))

# I3

Key = Callable[[ShopId, OrderRef, ActionKind, PaymentId | None, Money | None, int], str]
Plan = tuple[ShopId, OrderRef, ActionKind, PaymentId | None, Money | None, int]
plans: st.SearchStrategy[Plan] = st.tuples(
    st.sampled_from(("s", "t")).map(ShopId),
    st.sampled_from(("r", "r1", "1r")).map(OrderRef),
    KINDS,
    st.sampled_from((None, PaymentId("p"), PaymentId("p1"))),
    st.sampled_from((None, Money(1, "EUR"), Money(11, "EUR"), Money(1, "JPY"))),
    st.integers(0, 12),
)


def i3(key: Key, two: tuple[Plan, Plan]) -> None:
    """The same logical action has the same key wherever it is made; another has another."""
    one, other = two
    assert key(*one) == key(*one)
    assert (key(*one) == key(*other)) == (one == other)


# The same twice; another count; and parts that run together unless something stands between them.
_PLAN: Plan = (ShopId("s"), OrderRef("r"), ActionKind.REFUND, PaymentId("p"), Money(1, "EUR"), 1)
_PAIRS: list[tuple[Plan, Plan]] = [
    (_PLAN, _PLAN),
    (_PLAN, (*_PLAN[:-1], 2)),
    ((*_PLAN[:3], PaymentId("p"), *_PLAN[4:]), (*_PLAN[:3], PaymentId("p1"), *_PLAN[4:])),
    ((ShopId("s"), OrderRef("1r"), *_PLAN[2:]), (ShopId("s1"), OrderRef("r"), *_PLAN[2:])),
]


@PROOF
@given(st.tuples(plans, plans) | plans.map(lambda plan: (plan, plan)))
@on_every(_PAIRS)
def test_i3_one_logical_action_has_one_key(two: tuple[Plan, Plan]) -> None:
    i3(action_key, two)


def test_i3_goes_red_when_the_key_holds_chance() -> None:
    chance = itertools.count()
    goes_red(
        lambda two: i3(lambda *plan: f"{action_key(*plan)}{next(chance)}", two),
        _PAIRS,
    )


def _forgetful(
    shop: ShopId,
    order: OrderRef,
    kind: ActionKind,
    payment: PaymentId | None,
    amount: Money | None,
    _: int,
) -> str:
    return action_key(shop, order, kind, payment, amount, 0)


def test_i3_goes_red_when_the_key_forgets_what_came_before() -> None:
    goes_red(lambda two: i3(_forgetful, two), _PAIRS)


# I4

Answer = Callable[[Attempt, Said], Attempt]
SENT = before_sending(Attempt(ActionKind.REFUND, ActionState.PREPARED, NOW), NOW)


@st.composite
def sent_attempts(draw: st.DrawFn) -> Attempt:
    """An action in UNKNOWN, as any history of sendings, answers and questions leaves it."""
    seconds = st.integers(0, 400)
    last = NOW - timedelta(seconds=draw(seconds))
    tries = draw(st.integers(1, 9))
    first = last if tries == 1 else last - timedelta(seconds=draw(seconds))
    asked = last + timedelta(seconds=draw(seconds)) if draw(st.booleans()) else None
    return Attempt(
        kind=draw(KINDS),
        state=ActionState.UNKNOWN,
        judged_at=NOW - timedelta(seconds=draw(st.integers(0, 90))),
        tries=tries,
        first_sent_at=first,
        sent_at=last,
        asks=draw(st.integers(0, 11)) if asked else 0,
        asked_at=asked if asked and asked <= NOW else None,
        absent_at=asked if asked and asked <= NOW and draw(st.booleans()) else None,
        withdrawn=draw(st.booleans()),
    )


def _sent(tries: int, seconds_ago: float, *, absent_ago: float | None = None) -> Attempt:
    """A refund sent every minute, last so long ago; asked for, if so, with nothing found."""
    last = NOW - timedelta(seconds=seconds_ago)
    asked = None if absent_ago is None else NOW - timedelta(seconds=absent_ago)
    return Attempt(
        kind=ActionKind.REFUND,
        state=ActionState.UNKNOWN,
        judged_at=NOW,
        tries=tries,
        first_sent_at=last - timedelta(minutes=tries - 1),
        sent_at=last,
        asks=0 if asked is None else 1,
        asked_at=asked,
        absent_at=asked,
    )


_SENT = [
    _sent(1, 0),
    _sent(1, 5),
    _sent(3, 5),
    _sent(1, 200),
    _sent(3, 200),
    _sent(1, 90, absent_ago=85),
    _sent(1, 90, absent_ago=5),
    _sent(1, 50, absent_ago=45),
]


def i4(answer: Answer, attempt: Attempt) -> None:
    """A lost answer proves nothing; a refusal proves something only of the first sending."""
    assert answer(attempt, Said.LOST).state is ActionState.UNKNOWN
    assert answer(attempt, Said.THROTTLED).state is ActionState.UNKNOWN
    if attempt.tries > 1:
        assert answer(attempt, Said.REFUSED).state is ActionState.UNKNOWN


def _answer(attempt: Attempt, said: Said) -> Attempt:
    return after_sending(attempt, said, NOW)


@PROOF
@given(sent_attempts())
@on_every(_SENT)
def test_i4_a_lost_answer_stays_unknown(attempt: Attempt) -> None:
    i4(_answer, attempt)


def _timeout_is_failure(attempt: Attempt, said: Said) -> Attempt:
    if said is Said.LOST:
        return replace(attempt, state=ActionState.REJECTED)
    return _answer(attempt, said)


def test_i4_goes_red_when_a_timeout_counts_as_a_failure() -> None:
    goes_red(lambda attempt: i4(_timeout_is_failure, attempt), _SENT)


def _refusal_is_final(attempt: Attempt, said: Said) -> Attempt:
    return _answer(replace(attempt, tries=1) if said is Said.REFUSED else attempt, said)


def test_i4_goes_red_when_the_refusal_of_a_resend_is_believed() -> None:
    goes_red(lambda attempt: i4(_refusal_is_final, attempt), _SENT)


Check = Callable[[ActionState, ActionState], None]


def never_unsent(check: Check, two: tuple[ActionState, ActionState]) -> None:
    """From what may have happened nothing leads back to "not sent", and from an end nowhere."""
    before, after = two
    try:
        check(before, after)
    except IllegalTransition:
        return
    unsent = {ActionState.AWAITING_APPROVAL, ActionState.PREPARED, ActionState.REFUSED}
    assert before in unsent or after not in unsent
    assert before not in {ActionState.CONFIRMED, ActionState.REJECTED, ActionState.REFUSED}


pairs = st.tuples(st.sampled_from(ActionState), st.sampled_from(ActionState))


_EVERY_PAIR = list(itertools.product(ActionState, ActionState))


@PROOF
@given(pairs)
@on_every(_EVERY_PAIR)
def test_i4_nothing_leads_from_unknown_back_to_not_sent(
    two: tuple[ActionState, ActionState],
) -> None:
    never_unsent(check_transition, two)


def test_i4_goes_red_when_the_machine_lets_unknown_be_prepared_again() -> None:
    def lenient(before: ActionState, after: ActionState) -> None:
        if (before, after) != (ActionState.UNKNOWN, ActionState.PREPARED):
            check_transition(before, after)

    goes_red(lambda two: never_unsent(lenient, two), _EVERY_PAIR)


# I5

situations = st.tuples(sent_attempts(), capabilities())


def i5(believed: Callable[[Capabilities], Capabilities], two: tuple[Attempt, Capabilities]) -> None:
    """Where the shop does not surely know our key, only its books' fresh "absent" lets it go again.

    `believed` is what the rule takes the shop to be; the assertion knows what it is.
    """
    attempt, shop = two
    if next_move(attempt, believed(shop), NOW).step not in {Step.SEND, Step.JUDGE}:
        return
    assert not attempt.withdrawn
    assert attempt.sent_at is not None
    assert attempt.first_sent_at is not None
    lifetime_s = shop.action_key_lifetime_s
    known_until = attempt.first_sent_at + timedelta(seconds=lifetime_s or 0.0)
    if lifetime_s is not None and known_until > NOW:
        return
    assert attempt.absent_at is not None, "sent again unasked"
    assert attempt.absent_at >= attempt.sent_at + timedelta(seconds=shop.settle_s), "asked too soon"
    assert NOW - attempt.absent_at <= timedelta(seconds=60), "an old answer"


_SITUATIONS = [
    (attempt, replace(ABLE, action_key_lifetime_s=lifetime_s, query_lag_s=lag_s))
    for attempt in _SENT
    for lifetime_s in (None, 120.0, 86_400.0)
    for lag_s in (0.0, 60.0)
]


@PROOF
@given(situations)
@on_every(_SITUATIONS)
def test_i5_past_the_key_window_the_books_are_asked_first(
    two: tuple[Attempt, Capabilities],
) -> None:
    i5(lambda shop: shop, two)


def test_i5_goes_red_when_keys_are_believed_to_live_for_ever() -> None:
    goes_red(lambda two: i5(lambda s: replace(s, action_key_lifetime_s=1e9), two), _SITUATIONS)


def test_i5_goes_red_when_the_wait_is_skipped() -> None:
    def hasty(shop: Capabilities) -> Capabilities:
        return replace(shop, query_lag_s=0.0, processing_s=0.0)

    goes_red(lambda two: i5(hasty, two), _SITUATIONS)


# I12


def i12(answer: Answer, attempt: Attempt) -> None:
    """No direct answer makes an action a success; only the books do."""
    for said in Said:
        assert answer(attempt, said).state is not ActionState.CONFIRMED


@PROOF
@given(sent_attempts())
@on_every(_SENT)
def test_i12_no_success_before_a_post_read(attempt: Attempt) -> None:
    i12(_answer, attempt)
    taken = _answer(attempt, Said.TAKEN)
    assert after_asking(taken, Outcome.DONE, NOW, ABLE).state is ActionState.CONFIRMED
    for found in (Outcome.PENDING, Outcome.ABSENT, None):
        assert after_asking(taken, found, NOW, ABLE).state is ActionState.ACCEPTED


def test_i12_goes_red_when_accepted_counts_as_done() -> None:
    def eager(attempt: Attempt, said: Said) -> Attempt:
        if said is Said.TAKEN:
            return replace(attempt, state=ActionState.CONFIRMED)
        return _answer(attempt, said)

    goes_red(lambda attempt: i12(eager, attempt), _SENT)


def i12_case(rule: Callable[[CaseView], Decisions], case: CaseView) -> None:
    """A case is resolved on fresh reads of both sides and on no open question."""
    if rule(case)[ActionKind.RESOLVE].allowed and case.capabilities.reads_provider:
        assert has_fresh_provider_read(case.evidence, case.now)
        assert fresh_shop_read(case) is None
        assert not case.truth.conflicts
        assert not case.truth.refund_open


@PROOF
@given(case_views("looks"))
@on_every(TELLING)
def test_i12_a_case_ends_on_a_post_read(case: CaseView) -> None:
    i12_case(decide, case)


def test_i12_goes_red_when_resolving_needs_no_read() -> None:
    broken = without(verified)
    goes_red(lambda case: i12_case(lambda c: decide(c, broken), case), TELLING)
