"""A click is written before its first byte leaves, and ends exactly once at the gateway."""

from __future__ import annotations

import pytest

from agent_app.contract.messages import CaseDetail, NoteRequest
from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work import refusals
from agent_app.desk.work.delivery import End
from agent_app.desk.work.errors import (
    ClaimLost,
    Conflict,
    Forbidden,
    Locked,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from agent_app.desk.work.local import ClickKind, ClickState, LocalStoreFailed
from agent_app.desk.work.outbox import AT_ONCE
from agent_app.desk.work.wishes import Answer, Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.case import Claim
from agent_app.domain.guide import StepState
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Role
from tests.desk.outbox.shift import Shift
from tests.fakes.platform import AMINA, LEAD

CASE, OTHER = CaseId("case-1"), CaseId("case-2")


def _notes(shift: Shift, case: CaseId = CASE) -> list[str]:
    return [note.text for note in shift.platform.held(case).notes]


def _states(shift: Shift) -> list[ClickState]:
    return [click.state for click in shift.store.pending()]


def test_a_click_is_on_the_disk_as_sent_before_the_gateway_hears_of_it(shift: Shift) -> None:
    seen: list[ClickState] = []
    arrive = shift.platform.add_note

    def look(case: CaseId, request: NoteRequest, key: str) -> CaseDetail:
        seen.extend(_states(shift))
        return arrive(case, request, key)

    shift.platform.add_note = look  # type: ignore[method-assign]
    shift.put(clicks.note(CASE, "asked the customer"))
    assert _states(shift) == [ClickState.WAITING]
    shift.work_for(1)
    assert seen == [ClickState.SENT]
    assert shift.store.pending() == ()
    assert _notes(shift) == ["asked the customer"]


def test_what_was_done_is_kept_for_the_screen_before_the_click_goes(shift: Shift) -> None:
    shift.put(clicks.note(CASE, "asked the customer"))
    shift.work_for(1)
    kept = shift.store.detail(CASE)
    assert kept is not None
    assert [note.text for note in kept.detail.notes] == ["asked the customer"]


@pytest.mark.parametrize("lost", [1, 3])
def test_a_lost_answer_is_asked_for_again_under_the_same_key(shift: Shift, lost: int) -> None:
    shift.platform.lose_answers = lost
    shift.put(clicks.note(CASE, "once"))
    shift.work_for(60)
    assert _notes(shift) == ["once"]
    assert len(shift.platform.sent) == lost + 1
    assert len({key for _, key in shift.platform.sent}) == 1


def test_a_crash_after_the_sending_does_nothing_twice(shift: Shift) -> None:
    shift.platform.lose_answers = 1
    shift.put(clicks.note(CASE, "once"))
    shift.step()
    shift.crash()
    shift.work_for(60)
    assert _notes(shift) == ["once"]


def test_the_control_a_key_made_anew_after_a_crash_doubles(shift: Shift) -> None:
    shift.platform.lose_answers = 1
    shift.put(clicks.note(CASE, "once"))
    shift.step()
    (left,) = shift.store.pending()
    shift.store.done(left.number)
    shift.crash()
    shift.put(clicks.again(left))
    shift.work_for(60)
    assert _notes(shift) == ["once", "once"]


def test_clicks_of_a_case_go_in_their_order_and_cases_side_by_side(shift: Shift) -> None:
    for text in ("first", "second"):
        for number in (1, 2, 3, 4, 5):
            shift.put(clicks.note(CaseId(f"case-{number}"), text))
    due = shift.outbox.take()
    assert len(due) == AT_ONCE
    assert len({click.case for click in due}) == AT_ONCE
    assert shift.outbox.take() == ()
    for click in reversed(due):
        shift.outbox.deliver(click)
    shift.work_for(10)
    assert all(
        _notes(shift, CaseId(f"case-{number}")) == ["first", "second"] for number in (1, 2, 3, 4, 5)
    )


def test_a_click_that_waits_holds_up_its_own_case_only(shift: Shift) -> None:
    shift.platform.refuse = Throttled("busy", 20.0)
    shift.put(clicks.note(CASE, "held up"))
    shift.step()
    shift.put(clicks.note(CASE, "behind it"))
    shift.put(clicks.note(OTHER, "elsewhere"))
    shift.work_for(5)
    assert (_notes(shift), _notes(shift, OTHER)) == ([], ["elsewhere"])
    shift.work_for(20)
    assert _notes(shift) == ["held up", "behind it"]


def test_while_the_gateway_is_away_one_click_asks_and_none_counts_as_sent(shift: Shift) -> None:
    shift.platform.away = Unreachable("no network")
    for number in (1, 2, 3):
        shift.put(clicks.note(CaseId(f"case-{number}"), "waits"))
    shift.work_for(3600)
    assert _states(shift) == [ClickState.WAITING] * 3
    assert len(shift.delivered) < 200
    shift.now_s += 60
    assert len(shift.outbox.take()) == 1, "one asks whether the gateway is back"


def test_back_on_line_everything_goes_at_once(shift: Shift) -> None:
    shift.platform.away = Unreachable("no network")
    shift.put(clicks.note(CASE, "waits"))
    shift.work_for(3600)
    shift.platform.away = None
    shift.outbox.wake()
    shift.work_for(0)
    assert _notes(shift) == ["waits"]


def test_pauses_grow_and_are_jittered(shift: Shift) -> None:
    shift.platform.away = Unreachable("no network")
    shift.put(clicks.note(CASE, "waits"))
    pauses = []
    for _ in range(10):
        shift.step()
        pause = shift.outbox.pause_s
        assert pause is not None
        pauses.append(pause)
        shift.now_s += pause + 0.001
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30]


def test_a_refusal_is_kept_with_its_reason_over_a_restart(shift: Shift) -> None:
    shift.platform.refuse = Forbidden("no", scope="pii:reveal", roles=(Role.LEAD,))
    shift.put(clicks.note(CASE, "typed with care"))
    shift.work_for(5)
    shift.crash()
    (click,) = shift.outbox.pending()
    assert click.state is ClickState.REFUSED
    error = refusals.read(click.problem)
    assert isinstance(error, Forbidden)
    assert (error.scope, error.roles) == ("pii:reveal", (Role.LEAD,))
    assert clicks.typed_text(click) == "typed with care"
    shift.work_for(3600)
    assert len(shift.platform.sent) == 1, "what was refused is not sent again by itself"


@pytest.mark.parametrize(
    "error",
    [
        Locked("no", (Why.STALE_READ, Why.DISPUTED)),
        Conflict("no", "Amina"),
        Rejected("no", field="user"),
    ],
)
def test_every_refusal_reads_back_as_what_it_was(error: Locked | Conflict | Rejected) -> None:
    back = refusals.read(refusals.kept(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_refused_text_can_be_sent_again_as_a_new_click(shift: Shift) -> None:
    shift.platform.refuse = Conflict("the case has changed")
    shift.put(clicks.note(CASE, "typed with care"))
    shift.work_for(5)
    (click,) = shift.outbox.pending()
    shift.outbox.again(click.number)
    shift.work_for(5)
    assert _notes(shift) == ["typed with care"]
    assert shift.outbox.pending() == ()
    assert len({key for _, key in shift.platform.sent}) == 2


def test_a_case_lost_to_another_is_said_and_its_notes_still_go(shift: Shift) -> None:
    until = shift.gateway_time.replace(year=2100)
    shift.platform.held(CASE).claim = Claim(AMINA.user, AMINA.name, until)
    shift.put(clicks.claim(CASE))
    shift.put(clicks.note(CASE, "found out off line"))
    shift.work_for(5)
    (refused,) = shift.outbox.pending()
    told = refusals.read(refused.problem)
    assert told is not None
    error = refusals.of_claim(told)
    assert isinstance(error, ClaimLost)
    assert error.holder == AMINA.name
    assert _notes(shift) == ["found out off line"]


def test_giving_back_a_case_that_was_never_had_ends_nobody_elses_claim(shift: Shift) -> None:
    shift.platform.actor = LEAD
    claim = Claim(AMINA.user, AMINA.name, shift.gateway_time.replace(year=2100))
    shift.platform.held(CASE).claim = claim
    shift.put(clicks.claim(CASE))
    shift.put(clicks.release(CASE))
    shift.work_for(5)
    assert shift.platform.held(CASE).claim == claim
    assert [c.kind for c in shift.outbox.pending()] == [ClickKind.CLAIM]


def test_a_release_that_comes_late_ends_nobody_elses_claim(shift: Shift) -> None:
    shift.platform.claim(CASE, "k")
    shift.platform.away = Unreachable("no network")
    shift.put(clicks.release(CASE))
    shift.work_for(600)
    claim = Claim(AMINA.user, AMINA.name, shift.gateway_time.replace(year=2100))
    shift.platform.held(CASE).claim = claim
    shift.platform.away = None
    shift.work_for(60)
    assert shift.platform.held(CASE).claim == claim
    assert shift.outbox.pending() == ()


def test_a_release_in_time_is_carried_out(shift: Shift) -> None:
    shift.platform.claim(CASE, "k")
    shift.put(clicks.release(CASE))
    shift.work_for(5)
    assert shift.platform.held(CASE).claim is None


def test_a_refused_token_holds_all_until_somebody_has_signed_in_again(shift: Shift) -> None:
    shift.platform.refuse = Unauthenticated("over")
    shift.put(clicks.note(CASE, "kept"))
    shift.work_for(3600)
    assert [d.end for d in shift.delivered] == [End.SIGN_IN]
    assert _states(shift) == [ClickState.WAITING]
    assert shift.outbox.pause_s is None
    shift.outbox.use(shift.platform, None, shift.clock)
    shift.work_for(5)
    assert _notes(shift) == ["kept"]
    assert len({key for _, key in shift.platform.sent}) == 1


def test_clicks_accepted_in_order_are_written_in_order_whoever_writes_first(shift: Shift) -> None:
    first, second = clicks.note(CASE, "first"), clicks.note(CASE, "second")
    shift.outbox.accept(first)
    shift.outbox.accept(second)
    assert shift.outbox.write(second.key).number > shift.outbox.write(first.key).number


def test_a_click_that_could_not_be_written_is_not_sent_and_says_so(shift: Shift) -> None:
    shift.store.close()
    with pytest.raises(LocalStoreFailed):
        shift.put(clicks.note(CASE, "nowhere to keep it"))
    shift.crash()
    assert shift.outbox.pending() == ()
    shift.put(clicks.note(CASE, "again"))
    shift.work_for(5)
    assert _notes(shift) == ["again"]


def test_every_kind_of_click_reaches_its_address_with_what_was_typed(shift: Shift) -> None:
    shift.platform.people[UserId("amina")] = "Amina"
    shift.platform.recheck(CASE, "k")
    shift.put(clicks.claim(CASE))
    shift.put(clicks.finding(CASE, Answer("input", StepState.DONE, "ok")))
    shift.put(clicks.act(CASE, Wish(ActionKind.RESUBMIT)))
    shift.put(clicks.reopen(OTHER))
    shift.put(clicks.assign(OTHER, UserId("amina")))
    shift.work_for(5)
    assert {what for what, _ in shift.platform.sent[1:]} == {
        "claim", "finding input ok", "act resubmit", "reopen", "assign amina"}  # fmt: skip
    assert [delivery.end for delivery in shift.delivered] == [End.DONE] * 5
    assert any(delivery.progress is not None for delivery in shift.delivered)


def test_an_error_in_the_outcome_is_no_refusal(shift: Shift) -> None:
    shift.platform.refuse = OutcomeUnknown("500")
    shift.put(clicks.note(CASE, "once"))
    shift.step()
    assert _states(shift) == [ClickState.SENT]
    shift.work_for(5)
    assert _notes(shift) == ["once"]


def test_the_store_and_the_memory_say_the_same(shift: Shift) -> None:
    shift.platform.lose_answers = 1
    shift.put(clicks.note(CASE, "a"))
    shift.step()
    shift.platform.refuse = Conflict("no")
    shift.put(clicks.note(OTHER, "b"))
    shift.step()

    assert shift.store.pending() == shift.outbox.pending()


def test_what_was_never_sent_can_be_taken_back(shift: Shift) -> None:
    shift.platform.away = Unreachable("no network")
    shift.put(clicks.note(CASE, "not after all"))
    shift.put(clicks.note(CASE, "but this"))
    shift.work_for(60)
    assert shift.outbox.drop(shift.outbox.pending()[0].number)
    shift.crash()
    shift.platform.away = None
    shift.work_for(60)
    assert _notes(shift) == ["but this"]


def test_what_may_be_on_its_way_cannot_be_taken_back(shift: Shift) -> None:
    shift.platform.lose_answers = 1
    shift.put(clicks.note(CASE, "sent"))
    (under_way,) = shift.outbox.take()
    assert not shift.outbox.drop(under_way.number), "not while it is being sent"
    shift.outbox.deliver(under_way)
    assert not shift.outbox.drop(under_way.number), "not while nobody knows what it did"
    shift.work_for(60)
    assert _notes(shift) == ["sent"]
