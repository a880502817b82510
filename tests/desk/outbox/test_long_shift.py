"""Eight hours off line: everything is delivered within a minute of reconnecting, conflicts listed.

And random faults: whatever is lost, refused or killed in between, each note ends once, in order.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_app.desk.work import outbox_clicks as clicks
from agent_app.desk.work import refusals
from agent_app.desk.work.errors import ClaimLost, OutcomeUnknown, Throttled, Unreachable
from agent_app.desk.work.local import ClickKind, ClickState
from agent_app.desk.work.wishes import Answer
from agent_app.domain.case import Claim
from agent_app.domain.guide import StepState
from agent_app.domain.ids import CaseId
from tests.desk.outbox.shift import Shift
from tests.fakes.platform import AMINA, FakePlatform

HOURS, ENTRIES, CASES, LOST = 8, 300, 50, 5
WITHIN_S = 60.0


def test_a_shift_off_line_is_delivered_within_a_minute(tmp_path: Path) -> None:
    platform = FakePlatform()
    for number in range(CASES):
        platform.add_captured_without_order(number)
    # Every pause as long as it may be.
    shift = Shift(tmp_path, platform)
    platform.away = Unreachable("no network")
    for entry in range(ENTRIES):
        case = CaseId(f"case-{entry % CASES}")
        if entry < CASES:
            shift.put(clicks.claim(case))
        elif entry % 3:
            shift.put(clicks.note(case, f"note {entry}"))
        else:
            shift.put(clicks.finding(case, Answer("input", StepState.DONE, "ok")))
        shift.work_for(HOURS * 3600 / ENTRIES)
        if entry % 100 == 99:
            # A desk that is restarted over the shift loses nothing of it.
            shift.crash()
    assert len(shift.outbox.pending()) == ENTRIES
    for number in range(LOST):
        until = shift.gateway_time.replace(year=2100)
        platform.held(CaseId(f"case-{number}")).claim = Claim(AMINA.user, AMINA.name, until)
    platform.away = None
    # Nobody tells the outbox that the network is back: its own pauses have to find out.
    shift.work_for(WITHIN_S)
    left = shift.outbox.pending()
    assert [(click.kind, click.state) for click in left] == (
        [(ClickKind.CLAIM, ClickState.REFUSED)] * LOST
    )
    errors = [refusals.read(click.problem) for click in left]
    assert all(isinstance(refusals.of_claim(e), ClaimLost) for e in errors if e is not None)
    keys = Counter(key for _, key in platform.sent)
    assert len(keys) == ENTRIES
    assert max(keys.values()) == 1
    for number in range(CASES):
        texts = [note.text for note in platform.held(CaseId(f"case-{number}")).notes]
        assert texts == sorted(texts, key=lambda text: int(text.split()[1]))
    shift.close()


_FAULTS = st.sampled_from(["none", "lose", "refuse_unknown", "busy", "away", "back", "crash"])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(_FAULTS, st.integers(0, 2)), max_size=14))
def test_whatever_happens_each_note_ends_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    assert _texts_after(steps) == _expected(steps)


@pytest.mark.parametrize("steps", [[("lose", 0), ("crash", 0)]])
def test_the_control_an_outbox_that_is_not_kept_loses_or_doubles(
    steps: list[tuple[str, int]],
) -> None:
    assert _texts_after(steps, new_keys=True) != _expected(steps)


def _expected(steps: list[tuple[str, int]]) -> dict[int, list[str]]:
    return {
        case: [str(place) for place, (_, its) in enumerate(steps) if its == case]
        for case in range(3)
    }


def _texts_after(steps: list[tuple[str, int]], *, new_keys: bool = False) -> dict[int, list[str]]:
    platform = FakePlatform()
    for number in range(3):
        platform.add_captured_without_order(number)
    with tempfile.TemporaryDirectory() as folder:
        shift = Shift(Path(folder), platform)
        for place, (fault, case) in enumerate(steps):
            if fault == "lose":
                platform.lose_answers = 1
            elif fault == "refuse_unknown":
                platform.refuse = OutcomeUnknown("500")
            elif fault == "busy":
                platform.refuse = Throttled("busy", 1.0)
            elif fault in {"away", "back"}:
                platform.away = Unreachable("cut") if fault == "away" else None
            shift.put(clicks.note(CaseId(f"case-{case}"), str(place)))
            shift.step()
            if fault == "crash":
                shift.crash()
            if new_keys:
                for click in shift.store.pending():
                    shift.store.done(click.number)
                    shift.put(clicks.again(click))
                shift.crash()
        platform.away, platform.lose_answers, platform.refuse = None, 0, None
        shift.work_for(120)
        assert shift.outbox.pending() == ()
        shift.close()
    return {
        case: [note.text for note in platform.held(CaseId(f"case-{case}")).notes]
        for case in range(3)
    }
