"""A run over several cases through the real outbox: off line, and killed half-way."""

from __future__ import annotations

from datetime import timedelta

from agent_app.desk.work import bulk
from agent_app.desk.work.bulk import Became, Run
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.local import ClickState
from agent_app.desk.work.queue_rows import QueueLine, line_of
from agent_app.domain.case import Claim
from agent_app.domain.ids import CaseId
from tests.desk.outbox.shift import Shift
from tests.fakes.platform import AMINA, ME

CASES = tuple(CaseId(f"case-{number}") for number in range(1, 6))


def _lines(shift: Shift) -> list[QueueLine]:
    return [line_of(shift.platform.held(case).row(ME)) for case in CASES]


def _run(shift: Shift) -> Run:
    return Run(bulk.plan_claim(_lines(shift), ME, shift.gateway_time))


def _go(shift: Shift, run: Run, seconds: float = 1.0) -> None:
    for new in run.take():
        shift.put(new)
    shift.work_for(seconds)
    while shift.delivered:
        assert run.hear(shift.delivered.pop(0))


def _claimed(shift: Shift) -> set[CaseId]:
    claims = {case: shift.platform.held(case).claim for case in CASES}
    return {case for case, claim in claims.items() if claim is not None and claim.user == ME.user}


def test_a_case_that_another_took_meanwhile_is_refused_and_the_others_are_done(
    shift: Shift,
) -> None:
    run = _run(shift)
    until = shift.gateway_time + timedelta(hours=1)
    shift.platform.held(CASES[1]).claim = Claim(AMINA.user, AMINA.name, until)
    _go(shift, run)
    assert run.is_over
    assert [each.case for each in run.results if each.became is Became.REFUSED] == [CASES[1]]
    assert run.results[1].error is not None
    assert _claimed(shift) == set(CASES) - {CASES[1]}


def test_off_line_all_waits_on_the_disk_and_is_done_when_the_gateway_is_back(shift: Shift) -> None:
    shift.platform.away = Unreachable("no network")
    run = _run(shift)
    run.show_away(away=True)
    _go(shift, run)
    assert run.many(Became.WAITS) == len(CASES)
    assert run.settled == 0
    shift.crash()
    assert [click.case for click in shift.store.pending()] == list(CASES)
    shift.platform.away = None
    run.show_away(away=False)
    _go(shift, run, 60)
    assert run.is_over
    assert run.many(Became.DONE) == len(CASES)
    assert _claimed(shift) == set(CASES)


def test_killed_half_way_each_case_was_clicked_or_is_as_it_was(shift: Shift) -> None:
    run = _run(shift)
    first, second, *_rest = run.take()
    shift.put(first)
    shift.put(second)
    shift.crash()
    assert [click.state for click in shift.store.pending()] == [ClickState.WAITING] * 2
    shift.work_for(1)
    assert _claimed(shift) == {first.case, second.case}
    # Begun again with the same marks, only the rest is left to do.
    claim = shift.platform.held(first.case).claim
    assert claim is not None
    anew = bulk.plan_claim(_lines(shift), ME, claim.until - timedelta(seconds=60))
    assert {click.case for click in anew.clicks} == set(CASES) - {first.case, second.case}
    assert sum(anew.reasons.values()) == 2
