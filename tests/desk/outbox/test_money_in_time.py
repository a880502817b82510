"""An old refund is not carried out behind the agent's back, whatever the clocks say."""

from __future__ import annotations

import pytest

from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work.errors import OutcomeUnknown, Unreachable
from agent_app.desk.work.local import ClickState
from agent_app.desk.work.outbox_clicks import Fate, NewClick
from agent_app.desk.work.wishes import Wish
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId
from tests.desk.outbox.shift import Shift

CASE = CaseId("case-1")


def _money() -> NewClick:
    return clicks.act(CASE, Wish(ActionKind.RESUBMIT))


@pytest.fixture
def ready(shift: Shift) -> Shift:
    """A case whose money may be moved now."""
    shift.platform.claim(CASE, "k")
    shift.platform.recheck(CASE, "k")
    return shift


def _sent(shift: Shift) -> int:
    return sum(1 for what, _ in shift.platform.sent if what.startswith("act"))


def _done(shift: Shift) -> int:
    return len(shift.platform.held(CASE).ledger)


def test_money_is_sent_by_itself_for_two_minutes(ready: Shift) -> None:
    ready.platform.away = Unreachable("a short cut")
    ready.put(_money())
    ready.work_for(60)
    ready.platform.away = None
    ready.work_for(30)
    assert (_done(ready), ready.outbox.pending()) == (1, ())


def test_after_two_minutes_it_is_asked_about_and_not_sent(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.work_for(121)
    ready.platform.away = None
    ready.work_for(3600)
    (click,) = ready.outbox.pending()
    assert click.state is ClickState.STALE
    assert clicks.fate_known(click) is Fate.NOT_DONE
    assert _sent(ready) == 0
    assert ready.platform.asked == [click.key]


def test_the_control_a_note_of_the_same_age_is_sent(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(clicks.note(CASE, "old"))
    ready.work_for(121)
    ready.platform.away = None
    ready.work_for(60)
    assert ready.outbox.pending() == ()


def test_what_was_done_although_its_answer_was_lost_is_found_to_be_done(ready: Shift) -> None:
    ready.platform.lose_answers = 1
    ready.put(_money())
    ready.step()
    ready.platform.away = Unreachable("no network")
    ready.work_for(600)
    ready.platform.away = None
    ready.work_for(60)
    assert (_done(ready), _sent(ready), ready.outbox.pending()) == (1, 1, ())
    assert ready.delivered[-1].progress is not None


def test_a_gateway_that_cannot_be_asked_leaves_it_open(ready: Shift) -> None:
    ready.platform.knows_requests = False
    ready.platform.lose_answers = 1
    ready.put(_money())
    ready.step()
    ready.now_s += 121
    ready.work_for(60)
    (click,) = ready.outbox.pending()
    assert (click.state, clicks.fate_known(click)) == (ClickState.STALE, Fate.UNKNOWN)


@pytest.mark.parametrize("arrived", [False, True])
def test_what_the_agent_sends_again_happens_once(ready: Shift, arrived: bool) -> None:
    ready.platform.knows_requests = False
    if arrived:
        ready.platform.lose_answers = 1
    else:
        ready.platform.refuse = OutcomeUnknown("cut before it arrived")
    ready.put(_money())
    ready.step()
    ready.now_s += 121
    ready.work_for(60)
    (click,) = ready.outbox.pending()
    ready.platform.recheck(CASE, "fresh")
    ready.outbox.again(click.number)
    ready.work_for(60)
    assert (_done(ready), ready.outbox.pending()) == (1, ())
    assert len({key for what, key in ready.platform.sent if what.startswith("act")}) == 1


def test_what_the_agent_lets_go_is_not_sent(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.work_for(121)
    ready.platform.away = None
    ready.work_for(60)
    ready.outbox.drop(ready.outbox.pending()[0].number)
    ready.crash()
    ready.work_for(3600)
    assert (_done(ready), _sent(ready), ready.outbox.pending()) == (0, 0, ())


@pytest.mark.parametrize("wall_s", [-86_400.0, -3_500.0, 0.0, 3_600.0])
def test_no_clock_of_this_machine_makes_old_money_young_after_a_restart(
    ready: Shift, wall_s: float
) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.step()
    ready.wall_s = wall_s
    ready.crash(away_s=3_600)
    ready.platform.away = None
    ready.work_for(600)
    assert _sent(ready) == 0
    assert [click.state for click in ready.outbox.pending()] == [ClickState.STALE]


@pytest.mark.parametrize(("away_s", "sent"), [(3_600, 0), (3, 1)])
def test_what_an_earlier_run_left_is_judged_by_the_gateways_time_which_is_asked_for(
    ready: Shift, away_s: float, sent: int
) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.crash(away_s=away_s, hears=False)
    ready.wall_s = -away_s
    ready.platform.away = None
    ready.work_for(600)
    assert _sent(ready) == sent


def test_after_a_quick_restart_it_is_sent_by_itself(ready: Shift) -> None:
    ready.put(_money())
    ready.crash(away_s=2)
    ready.work_for(10)
    assert (_done(ready), ready.outbox.pending()) == (1, ())


def test_a_machine_that_slept_asks(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.step()
    # Its steady clock stood still, and only its own clock tells.
    ready.wall_s += 7_200
    ready.platform.away = None
    ready.outbox.wake()
    ready.work_for(30)
    assert _sent(ready) == 0


def test_a_clock_set_back_while_it_runs_makes_nothing_young(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.wall_s -= 7_200
    ready.work_for(130)
    ready.platform.away = None
    ready.work_for(60)
    assert _sent(ready) == 0


def test_a_second_persons_yes_is_money_too(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(clicks.approve(CASE, ActionId("a-1"), yes=True, reason=""))
    ready.work_for(121)
    ready.platform.away = None
    ready.work_for(60)
    assert [click.state for click in ready.outbox.pending()] == [ClickState.STALE]


def test_notes_go_on_while_money_waits_for_the_agent(ready: Shift) -> None:
    ready.platform.away = Unreachable("no network")
    ready.put(_money())
    ready.put(clicks.note(CASE, "after it"))
    ready.work_for(121)
    ready.platform.away = None
    ready.work_for(60)
    assert [note.text for note in ready.platform.held(CASE).notes] == ["after it"]
