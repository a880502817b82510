"""The guide fills itself in from evidence, keeps what people found, and never wavers."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_app.domain.case import CaseView
from agent_app.domain.causes import Cause
from agent_app.domain.events import EventKind, Source
from agent_app.domain.evidence import EvidenceKind
from agent_app.domain.guide import (
    Finding,
    Guide,
    GuideProgress,
    StepKind,
    StepOutcome,
    StepState,
)
from agent_app.domain.probes import PROBES
from agent_app.domain.progress import (
    MOST_SUSPECTED,
    FindingRefused,
    check_finding,
    progress,
)
from agent_app.guides import load_guide
from tests.domain.guide_worlds import NOW, WORLDS, case, event, look, provider_look, shop_look
from tests.domain.strategies import case_views

GUIDE = load_guide()
FRESH = case()
ANSWERED = {StepState.DONE, StepState.OVERRIDDEN}
SEEN = st.one_of(case_views(), st.sampled_from([world.case() for world in WORLDS.values()]))


def finding(
    step: str,
    state: StepState,
    outcome: str | None = None,
    *,
    minutes_ago: float = 1,
    by: str | None = "u-1",
    note: str | None = None,
) -> Finding:
    return Finding(step, state, NOW - timedelta(minutes=minutes_ago), outcome, by, note)


def states(result: GuideProgress) -> dict[str, StepState]:
    return {f.step: f.state for f in result.findings}


def outcomes(result: GuideProgress) -> dict[str, str | None]:
    return {f.step: f.outcome for f in result.findings}


@st.composite
def by_people(draw: st.DrawFn) -> Finding:
    """Findings, fitting and not: of any step, also an unknown one, in any state."""
    step = draw(st.sampled_from([*GUIDE.steps, None]))
    ids = [o.id for o in step.outcomes] if step else []
    return finding(
        step.id if step else "no_such_step",
        draw(st.sampled_from(StepState)),
        draw(st.sampled_from([None, "no_such_outcome", *ids])),
        minutes_ago=draw(st.integers(0, 5)),
        by=draw(st.sampled_from([None, "u-1", "u-2"])),
        note=draw(st.sampled_from([None, " ", "customer sent a receipt"])),
    )


@pytest.mark.parametrize("cause", WORLDS, ids=lambda c: c.value)
def test_evidence_alone_leads_to_the_cause(cause: Cause) -> None:
    assert progress(GUIDE, WORLDS[cause].case(), ()).suspected[0] is cause


def test_the_worlds_leave_out_only_what_nobody_can_see_from_here() -> None:
    assert set(Cause) - set(WORLDS) == {Cause.ROLLED_BACK, Cause.OTHER_IDENTITY}


@pytest.mark.parametrize(
    ("world", "step", "outcome", "cause"),
    [
        (Cause.RETURN_NEEDED, "database", "rolled_back", Cause.ROLLED_BACK),
        (Cause.REFERENCE_REUSED, "account", "other_account", Cause.OTHER_IDENTITY),
    ],
)
def test_a_persons_answer_finds_what_evidence_cannot(
    world: Cause, step: str, outcome: str, cause: Cause
) -> None:
    before = progress(GUIDE, WORLDS[world].case(), ())
    answer = finding(step, StepState.DONE, outcome)
    after = progress(GUIDE, WORLDS[world].case(), [answer])
    assert before.suspected[0] is world
    assert after.suspected[0] is cause


def test_an_answer_can_rule_a_cause_out() -> None:
    world = WORLDS[Cause.RELEASE_REGRESSION].case()
    single = finding("recent_change", StepState.DONE, "single")
    assert Cause.RELEASE_REGRESSION not in progress(GUIDE, world, [single]).suspected


def test_a_time_out_is_told_from_a_payment_that_is_still_pending() -> None:
    pending = event(EventKind.PAYMENT_PENDING, 5, payment="p-1")
    looks = [shop_look(), provider_look()]
    assert outcomes(progress(GUIDE, case([pending], looks), ()))["payment"] == "undecided"
    late = WORLDS[Cause.LATE_AUTHORISATION].case()
    assert outcomes(progress(GUIDE, late, ()))["payment"] == "timed_out"


def test_without_any_look_nothing_is_known_of_shop_or_money() -> None:
    result = progress(GUIDE, FRESH, ())
    assert result.next_step == "visible"
    assert not {"visible", "shop_stage", "payment", "payer", "refund"} & states(result).keys()
    assert result.suspected == ()


def test_a_source_that_does_not_answer_fails_its_steps_and_keeps_its_words() -> None:
    result = progress(GUIDE, case((), [shop_look(), provider_look("no_answer")]), ())
    assert states(result)["payment"] is StepState.FAILED
    assert result.next_step == "payment"
    failed = next(f for f in result.findings if f.step == "payment")
    assert failed.outcome is None
    assert failed.note == "provider says no_answer"


def test_an_older_answer_stands_when_the_provider_stops_answering() -> None:
    world = WORLDS[Cause.CALLBACK_RACE].case()
    silent = look(Source.PROVIDER, EvidenceKind.PAYMENTS, "no_answer", seconds_ago=1)
    events = WORLDS[Cause.CALLBACK_RACE].events
    assert (
        outcomes(progress(GUIDE, case(events, [*world.evidence, silent]), ()))["payment"]
        == "captured"
    )


def test_an_unknown_word_in_the_callback_log_answers_nothing() -> None:
    odd = look(Source.CALLBACK_LOG, EvidenceKind.CALLBACKS, "teapot")
    assert "callbacks" not in states(progress(GUIDE, case((), [odd]), ()))


def test_an_override_counts_instead_of_the_evidence_and_keeps_its_reason() -> None:
    world = WORLDS[Cause.RELEASE_REGRESSION].case()
    override = finding("callbacks", StepState.OVERRIDDEN, "blocked", note="saw the firewall log")
    result = progress(GUIDE, world, [override])
    assert override in result.findings
    assert Cause.CALLBACK_BLOCKED in result.suspected
    assert Cause.RELEASE_REGRESSION not in result.suspected


def test_opening_a_step_again_gives_it_back_to_the_evidence() -> None:
    world = WORLDS[Cause.RELEASE_REGRESSION].case()
    override = finding("callbacks", StepState.OVERRIDDEN, "blocked", minutes_ago=2, note="log")
    again = finding("callbacks", StepState.TODO, minutes_ago=1)
    assert progress(GUIDE, world, [override, again]) == progress(GUIDE, world, ())


def test_a_deferred_step_comes_last_and_evidence_still_answers_it() -> None:
    put_off = [
        finding(step, StepState.DEFERRED, note="system is away")
        for step in ("visible", "recent_change")
    ]
    waiting = progress(GUIDE, FRESH, put_off)
    assert states(waiting)["visible"] is StepState.DEFERRED
    assert waiting.next_step == "shop_stage"
    answered = progress(GUIDE, WORLDS[Cause.FALSE_ALARM].case(), put_off)
    assert states(answered)["visible"] is StepState.DONE
    assert states(answered)["recent_change"] is StepState.DEFERRED


def test_when_only_deferred_steps_are_left_the_first_of_them_is_next() -> None:
    findings = [_any_answer(step.id) for step in GUIDE.steps]
    findings += [
        finding(step, StepState.DEFERRED, minutes_ago=0, note="customer calls back")
        for step in ("stock", "account")
    ]
    assert progress(GUIDE, FRESH, findings[: len(GUIDE.steps)]).next_step is None
    # FRESH knows its stock from the order itself, so that only the account is left.
    assert progress(GUIDE, FRESH, findings).next_step == "account"


def _any_answer(step_id: str) -> Finding:
    step = GUIDE.step(step_id)
    assert step is not None
    probe = step.kind is StepKind.PROBE
    state = StepState.OVERRIDDEN if probe else StepState.DONE
    return finding(step.id, state, step.outcomes[0].id, note="seen" if probe else None)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (finding("nope", StepState.DONE, "x"), "unknown_step"),
        (finding("worker", StepState.DONE, "x"), "unknown_outcome"),
        (finding("worker", StepState.DONE), "unknown_outcome"),
        (finding("worker", StepState.DEFERRED, "stuck", note="later"), "outcome_not_wanted"),
        (finding("worker", StepState.DEFERRED), "note_needed"),
        (finding("worker", StepState.FAILED), "not_by_person"),
        (finding("payment", StepState.DONE, "captured"), "not_by_person"),
        (finding("worker", StepState.OVERRIDDEN, "stuck", note="why"), "only_probes"),
        (finding("payment", StepState.OVERRIDDEN, "captured"), "note_needed"),
        (finding("payment", StepState.OVERRIDDEN, "captured", note="  "), "note_needed"),
        (finding("worker", StepState.DONE, "stuck", by=None), "no_person"),
    ],
)
def test_a_finding_that_does_not_fit_is_refused_and_does_not_count(
    refused: Finding, code: str
) -> None:
    with pytest.raises(FindingRefused) as caught:
        check_finding(GUIDE, refused)
    assert caught.value.code == code
    assert progress(GUIDE, FRESH, [refused]) == progress(GUIDE, FRESH, ())


@given(case=SEEN, findings=st.lists(by_people(), max_size=12), seed=st.integers(0, 99))
def test_progress_is_the_same_for_every_order_and_repetition_of_findings(
    case: CaseView, findings: list[Finding], seed: int
) -> None:
    shuffled = findings + findings[: len(findings) // 2]
    random.Random(seed).shuffle(shuffled)
    assert progress(GUIDE, case, findings) == progress(GUIDE, case, shuffled)


@given(case=SEEN, findings=st.lists(by_people(), max_size=12))
def test_progress_keeps_its_rules_for_every_case(case: CaseView, findings: list[Finding]) -> None:
    assert broken_rules(GUIDE, progress(GUIDE, case, findings)) == []


def broken_rules(guide: Guide, result: GuideProgress) -> list[str]:
    """Return which of the rules of progress the result breaks."""
    broken = []
    order = [s.id for s in guide.steps]
    positions = [order.index(f.step) for f in result.findings]
    if positions != sorted(set(positions)):
        broken.append("author's order")
    found = {f.step: f for f in result.findings}
    answered = {s for s, f in found.items() if f.state in ANSWERED}
    deferred = {s for s, f in found.items() if f.state is StepState.DEFERRED}
    plain = [s for s in order if s not in answered | deferred]
    left = plain or [s for s in order if s in deferred]
    if result.next_step != (left[0] if left else None):
        broken.append("next step")
    chosen = [o for f in result.findings if (o := _chosen(guide, f)) is not None]
    pointed = {c for o in chosen for c in o.points_to}
    excluded = {c for o in chosen for c in o.rules_out}
    if len(result.suspected) != min(MOST_SUSPECTED, len(pointed - excluded)):
        broken.append("number of suspects")
    if not set(result.suspected) <= pointed - excluded:
        broken.append("suspects without reason")
    if any(f.state is StepState.OVERRIDDEN and not (f.note or "").strip() for f in found.values()):
        broken.append("override without reason")
    return broken


def _chosen(guide: Guide, f: Finding) -> StepOutcome | None:
    step = guide.step(f.step)
    return step.outcome(f.outcome) if step and f.outcome and f.state in ANSWERED else None


def test_the_rules_see_a_progress_that_breaks_them() -> None:
    override = finding("payment", StepState.OVERRIDDEN, "captured", note="")
    broken = GuideProgress(
        GUIDE.id,
        GUIDE.version,
        (override, finding("visible", StepState.DEFERRED)),
        "visible",
        (Cause.FALSE_ALARM,),
    )
    assert broken_rules(GUIDE, broken) == [
        "author's order",
        "next step",
        "number of suspects",
        "suspects without reason",
        "override without reason",
    ]


@given(case=SEEN)
def test_a_probe_answers_nothing_but_its_own_outcomes(case: CaseView) -> None:
    for name, probe in PROBES.items():
        answer = probe.answer(case)
        assert answer is None or answer in probe.outcomes, name


def _answers(seen: Sequence[CaseView], probe: str) -> set[str]:
    return {a for c in seen if (a := PROBES[probe].answer(c)) is not None}


@pytest.mark.parametrize(
    "probe", ["order.visible", "shop.stage", "payment.refund", "payment.payer"]
)
def test_the_worlds_reach_several_outcomes_of_a_probe(probe: str) -> None:
    assert len(_answers([w.case() for w in WORLDS.values()], probe)) >= 3
