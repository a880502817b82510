"""Promise: a run over many cases clicks each once, stops when it is told to, and hides no case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent_app.desk.work import bulk
from agent_app.desk.work.bulk import AHEAD, MOST, Became, LeftOut, Run
from agent_app.desk.work.delivery import Delivery, End
from agent_app.desk.work.errors import Conflict
from agent_app.desk.work.local import Click, ClickKind, ClickState
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.desk.work.queue_rows import QueueLine, line_of
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.ids import CaseId
from tests.fakes.platform import AMINA, LEAD, ME, FakePlatform

NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def line(platform: FakePlatform) -> QueueLine:
    return replace(line_of(platform.held(CaseId("case-1")).row(ME)), claim=None)


def many(line: QueueLine, count: int) -> list[QueueLine]:
    return [replace(line, id=CaseId(f"many-{number}")) for number in range(count)]


def told(new: NewClick, end: End, error: Conflict | None = None) -> Delivery:
    click = Click(
        number=1, key=new.key, kind=new.kind, case=new.case, subject=new.subject, body=new.body,
        made_at=NOW, state=ClickState.SENT, is_money=new.is_money,
    )  # fmt: skip
    return Delivery(click, end, error=error)


def test_every_marked_case_takes_part_or_is_left_out_with_its_reason(line: QueueLine) -> None:
    lines = [
        replace(line, id=CaseId("free")),
        replace(line, id=CaseId("lapsed"), claim=Claim(AMINA.user, AMINA.name, NOW)),
        replace(line, id=CaseId("theirs"), claim=Claim(AMINA.user, AMINA.name, LATER)),
        replace(line, id=CaseId("mine"), claim=Claim(ME.user, ME.name, LATER)),
        replace(line, id=CaseId("over"), state=CaseState.RESOLVED),
        replace(line, id=CaseId("clicked")),
    ]
    plan = bulk.plan_claim(lines, ME, NOW, frozenset({CaseId("clicked")}))
    assert [click.case for click in plan.clicks] == ["free", "lapsed"]
    assert plan.left_out == {
        "theirs": LeftOut.ANOTHERS,
        "mine": LeftOut.HAS_IT,
        "over": LeftOut.ENDED,
        "clicked": LeftOut.WAITS,
    }
    assert sum(plan.reasons.values()) + len(plan.clicks) == len(lines)


def test_a_lead_assigns_what_another_has_and_not_what_the_person_has_already(
    line: QueueLine,
) -> None:
    theirs = replace(line, id=CaseId("theirs"), claim=Claim(AMINA.user, AMINA.name, LATER))
    mine = replace(line, id=CaseId("mine"), claim=Claim(ME.user, ME.name, LATER))
    plan = bulk.plan_assign([theirs, mine], LEAD, ME.user, NOW)
    assert [click.case for click in plan.clicks] == ["theirs"]
    assert plan.left_out == {"mine": LeftOut.HAS_IT}
    with pytest.raises(PermissionError):
        bulk.plan_assign([theirs], ME, AMINA.user, NOW)


def test_no_case_is_clicked_twice_and_each_click_has_its_own_key(line: QueueLine) -> None:
    lines = many(line, 20)
    plan = bulk.plan_claim(lines + lines, ME, NOW)
    assert len(plan.clicks) == len({click.key for click in plan.clicks}) == 20
    run, given = Run(plan), list[NewClick]()
    while batch := run.take():
        given += batch
        for new in batch:
            run.hear(told(new, End.DONE))
    assert [new.case for new in given] == [each.id for each in lines]
    assert run.is_over


def test_there_is_a_limit_and_what_is_beyond_it_is_said(line: QueueLine) -> None:
    plan = bulk.plan_claim(many(line, MOST + 7), ME, NOW)
    assert len(plan.clicks) == MOST
    assert plan.reasons == {LeftOut.TOO_MANY: 7}
    twice = bulk.plan_claim(many(line, MOST) * 2, ME, NOW)
    assert len(twice.clicks) == MOST
    assert not twice.left_out, "a case marked twice is not one too many"


def test_nothing_is_ever_money(line: QueueLine) -> None:
    plans = [
        bulk.plan_claim(many(line, 3), ME, NOW),
        bulk.plan_assign(many(line, 3), LEAD, ME.user, NOW),
    ]
    made = [click for plan in plans for click in plan.clicks]
    assert len(made) == 6
    assert not any(click.is_money for click in made)
    assert {click.kind for click in made} == {ClickKind.CLAIM, ClickKind.ASSIGN}


def test_paused_means_paused_and_it_goes_on_where_it_was(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 20), ME, NOW))
    first = run.take()
    assert len(first) == AHEAD
    assert run.take() == (), "no more than these wait in the outbox"
    run.is_paused = True
    for new in first:
        run.hear(told(new, End.DONE))
    assert run.take() == ()
    assert (run.settled, run.many(Became.TO_COME)) == (AHEAD, 20 - AHEAD)
    run.is_paused = False
    assert run.take()[0].case == f"many-{AHEAD}"


def test_stopped_leaves_the_rest_alone_and_says_which(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 20), ME, NOW))
    first = run.take()
    run.stop()
    assert run.take() == ()
    assert run.many(Became.STOPPED) == 20 - AHEAD
    assert not run.is_over, "what is in the outbox goes its way"
    for new in first:
        run.hear(told(new, End.DONE))
    assert run.is_over


def test_a_refusal_a_full_disk_and_a_wait_are_each_told(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 3), ME, NOW))
    refused, unwritten, waits = run.take()
    error = Conflict("Amina is working on this case.", AMINA.name)
    run.hear(told(refused, End.REFUSED, error))
    run.not_written(unwritten.key)
    run.hear(told(waits, End.WAITS))
    told_of = [each.became for each in run.results]
    assert told_of == [Became.REFUSED, Became.NOT_WRITTEN, Became.WAITS]
    assert run.results[0].error is error
    run.hear(told(refused, End.DONE))
    assert run.results[0].became is Became.REFUSED, "a late word changes nothing that is settled"
    run.hear(told(waits, End.DONE))
    assert run.results[2].became is Became.DONE


def test_off_line_all_waits_at_once_and_what_is_taken_back_is_said(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 20), ME, NOW))
    first = run.take()
    run.show_away(away=True)
    assert run.many(Became.WAITS) == AHEAD
    assert len(run.take()) == 20 - AHEAD
    assert run.many(Became.WAITS) == 20
    run.taken_back(first[0].key)
    assert run.results[0].became is Became.STOPPED
    run.show_away(away=False)
    assert (run.many(Became.UNDER_WAY), run.settled) == (19, 1)


def test_a_throttled_run_does_not_pour_the_rest_into_the_outbox(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 20), ME, NOW))
    for new in run.take():
        run.hear(told(new, End.WAITS))
    assert run.take() == ()


def test_a_click_of_somebody_else_is_not_the_runs(line: QueueLine) -> None:
    run = Run(bulk.plan_claim(many(line, 1), ME, NOW))
    other = bulk.plan_claim(many(line, 1), ME, NOW).clicks[0]
    run.take()
    assert not run.hear(told(other, End.DONE)), "the same case, another click"
    assert run.many(Became.UNDER_WAY) == 1


def test_undo_gives_back_what_the_run_claimed_and_nothing_else(line: QueueLine) -> None:
    lines = many(line, 4)
    run = Run(bulk.plan_claim(lines, ME, NOW))
    done, lost, refused, _ = run.take()
    run.hear(told(done, End.DONE))
    run.hear(told(lost, End.DONE))
    run.hear(told(refused, End.REFUSED))
    mine = Claim(ME.user, ME.name, LATER)
    stands = [replace(each, claim=mine) for each in lines]
    stands[1] = replace(lines[1], claim=Claim(AMINA.user, AMINA.name, LATER))
    back = bulk.undo(run, stands, ME.user, NOW)
    assert [(each.kind, each.case) for each in back] == [(ClickKind.RELEASE, done.case)]
    assigned = Run(bulk.plan_assign(lines, LEAD, ME.user, NOW))
    for new in assigned.take():
        assigned.hear(told(new, End.DONE))
    assert bulk.undo(assigned, stands, ME.user, NOW) == ()
