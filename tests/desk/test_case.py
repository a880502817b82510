"""The case between two answers: locks close as time passes, the gateway's word counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.desk.work.action_bar import action_bar
from agent_app.desk.work.action_progress import ActionProgress, Phase, progress_of
from agent_app.desk.work.ageing import Unit, countdown, span
from agent_app.desk.work.case_file import CaseFile, LedgerLine, case_file
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.known import known
from agent_app.desk.work.pending import NOTHING, Pending, locked_by
from agent_app.desk.work.timeline import timeline
from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.decide import Decision, Decisions
from agent_app.domain.events import Source
from agent_app.domain.ids import ActionId, RefundId, UserId
from agent_app.domain.money import Money
from agent_app.domain.payment import RefundState, Verdict
from agent_app.domain.reasons import Reason, Unlock, Why
from agent_app.domain.stage import Stage
from agent_app.domain.truth import Refund
from tests.fakes.platform import ME, FakePlatform


@pytest.fixture
def file() -> CaseFile:
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    platform.claim(case, "k1")
    return case_file(platform.recheck(case, "k2"))


def _at(file: CaseFile, seconds: float, *, online: bool = True) -> Decisions:
    return file.decisions_at(ME, file.as_of + timedelta(seconds=seconds), online=online)


def test_what_grows_stale_locks_itself_on_screen(file: CaseFile) -> None:
    assert _at(file, 1)[ActionKind.RESUBMIT].allowed
    later = _at(file, 75)[ActionKind.RESUBMIT]
    assert [reason.why for reason in later.locks] == [Why.STALE_READ]


def test_a_claim_that_runs_out_locks(file: CaseFile) -> None:
    whys = [reason.why for reason in _at(file, 95)[ActionKind.RESUBMIT].locks]
    assert Why.NOT_CLAIMED in whys


def test_without_the_gateway_nothing_at_the_shop_may_be_started(file: CaseFile) -> None:
    decisions = _at(file, 1, online=False)
    assert not any(decisions[kind].allowed for kind in ActionKind)


def test_a_claim_that_waits_to_be_sent_is_not_called_missing(file: CaseFile) -> None:
    late = _at(file, 95, online=False)
    locks = late[ActionKind.RESUBMIT].locks
    assert Why.NOT_CLAIMED in {reason.why for reason in locks}
    assert locked_by(NOTHING, late) == late
    waiting = locked_by(Pending(wants_claim=True), late)[ActionKind.RESUBMIT].locks
    assert [reason.why for reason in waiting] == [
        Why.CLAIM_UNSENT if reason.why is Why.NOT_CLAIMED else reason.why for reason in locks
    ]


def test_what_the_gateway_locks_stays_locked_here(file: CaseFile) -> None:
    reason = Reason(Why.DISPUTED, Unlock.ESCALATE)
    by_kind = dict(file.decisions.by_kind)
    by_kind[ActionKind.RESUBMIT] = Decision(ActionKind.RESUBMIT, (reason,))
    stricter = replace(file, decisions=replace(file.decisions, by_kind=by_kind))
    assert _at(stricter, 1)[ActionKind.RESUBMIT].locks == (reason,)


def test_the_remedy_stands_first_and_locked_ones_keep_their_place(file: CaseFile) -> None:
    bar = action_bar(_at(file, 1))
    assert bar.shown[0].kind is ActionKind.RESUBMIT
    assert bar.shown[0].is_remedy
    assert bar.completing.kind is ActionKind.RESUBMIT
    locked = action_bar(_at(file, 75))
    assert [item.kind for item in locked.shown] == [item.kind for item in bar.shown]
    both = {item.kind for item in (*bar.shown, *bar.more)}
    assert both == set(ActionKind)


@pytest.mark.parametrize("state", list(ActionState))
def test_success_is_one_state_and_no_other(state: ActionState) -> None:
    record = ActionRecord(
        ActionId("a"), ActionKind.REFUND, state, "k", UserId("me"), datetime.now(UTC)
    )
    progress = progress_of(LedgerLine(record, "Me", None, 0, None, None))
    assert progress.succeeded is (state is ActionState.CONFIRMED)


@pytest.mark.parametrize("phase", list(Phase))
def test_no_phase_but_confirmed_says_success(phase: Phase, qapp: object) -> None:
    from agent_app.desk.ui.words import actions

    text = actions.progress(ActionProgress(ActionKind.RESUBMIT, phase))
    assert ("Confirmed" in text) is (phase is Phase.CONFIRMED)
    if phase in {Phase.UNKNOWN, Phase.ANSWER_LOST, Phase.NEEDS_PERSON}:
        assert "do not send it again" in text


def test_an_action_is_never_shown_going_back() -> None:
    def at(phase: Phase, action: str = "a") -> ActionProgress:
        return ActionProgress(ActionKind.REFUND, phase, action=ActionId(action))

    assert at(Phase.UNKNOWN).is_before(at(Phase.CONFIRMED))
    assert not at(Phase.CONFIRMED).is_before(at(Phase.UNKNOWN))
    assert not at(Phase.UNKNOWN, "b").is_before(at(Phase.CONFIRMED))
    assert not at(Phase.UNKNOWN).is_before(None)
    for phase in Phase:
        assert not at(phase).is_before(at(phase))


def test_both_sources_are_shown_with_their_age(file: CaseFile) -> None:
    panel = known(file, file.as_of)
    assert panel.shop.stage is Stage.ABSENT
    assert panel.provider.verdict is Verdict.CAPTURED
    assert panel.shop.asked_at is not None
    assert panel.provider.asked_at is not None


def test_of_repeated_looks_the_timeline_shows_the_newest() -> None:
    platform = FakePlatform()
    case = platform.add_captured_without_order(1)
    for number in range(5):
        detail = platform.recheck(case, f"k{number}")
    lines = timeline(case_file(detail))
    assert len([line for line in lines if line.look is not None]) == 2
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def test_a_wrong_clock_of_this_machine_does_not_make_a_stale_read_fresh() -> None:
    ticks = [100.0]
    clock = GatewayClock(ticks=lambda: ticks[0])
    said = datetime(2031, 1, 1, tzinfo=UTC)
    clock.hear(said)
    ticks[0] += 30
    assert clock.now() == said + timedelta(seconds=30)
    clock.hear(said + timedelta(seconds=10))
    assert clock.now() == said + timedelta(seconds=30), "a late answer sets no clock back"


@pytest.mark.parametrize(
    ("seconds", "count", "unit"),
    [(-3, 0, Unit.SECONDS), (59, 59, Unit.SECONDS), (60, 1, Unit.MINUTES), (3600, 1, Unit.HOURS),
     (47 * 3600, 47, Unit.HOURS), (48 * 3600, 2, Unit.DAYS)],
)  # fmt: skip
def test_lengths_are_told_in_their_largest_unit(seconds: int, count: int, unit: Unit) -> None:
    assert span(timedelta(seconds=seconds)) == span(timedelta(seconds=seconds))
    found = span(timedelta(seconds=seconds))
    assert (found.count, found.unit) == (count, unit)


def test_a_deadline_grows_urgent_and_then_is_over() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    calm, near, over = (countdown(at, at - timedelta(seconds=s)) for s in (301, 299, -1))
    assert (calm.urgent, near.urgent, over.over) == (False, True, True)


@pytest.mark.parametrize("recorded", [False, True])
def test_a_payout_that_the_shop_does_not_know_is_told(file: CaseFile, recorded: bool) -> None:
    (payment, *_), now = file.truth.payments, file.as_of
    back = Money(700, payment.captured.currency)
    refund = Refund(
        RefundId("re_1"), back, RefundState.SUCCEEDED, False, now, Source.PROVIDER,
        recorded=recorded,
    )  # fmt: skip
    paid_back = replace(payment, refunds=(refund,))
    panel = known(replace(file, truth=replace(file.truth, payments=(paid_back,))), now)
    assert panel.provider.unrecorded == (None if recorded else back)
