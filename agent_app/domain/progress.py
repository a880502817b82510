"""How far a case has come in its guide: steps that evidence ticks, what people found, what is next.

Pure. The gateway calls `check_finding` before it stores a person's finding and `progress` whenever
it shows the case; the desk shows the result. The order of steps is the author's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from agent_app.domain.case import CaseView
from agent_app.domain.causes import Cause
from agent_app.domain.evidence import NO_ANSWER
from agent_app.domain.guide import (
    Finding,
    Guide,
    GuideProgress,
    Step,
    StepKind,
    StepOutcome,
    StepState,
)
from agent_app.domain.probes import PROBES

MOST_SUSPECTED = 3
"""How many causes are named at once: more is no help to somebody on the telephone."""

_ANSWERED = frozenset({StepState.DONE, StepState.OVERRIDDEN})
_WITHOUT_OUTCOME = frozenset({StepState.TODO, StepState.DEFERRED})
_WITH_NOTE = frozenset({StepState.OVERRIDDEN, StepState.DEFERRED})

_FIELD_OF = {
    "unknown_step": "step",
    "unknown_outcome": "outcome",
    "outcome_not_wanted": "outcome",
    "not_by_person": "state",
    "only_probes": "state",
    "note_needed": "note",
    "no_person": "by",
}


class FindingRefused(ValueError):
    """A person's finding does not fit the guide.

    `code` names the rule for the screen, `field` the part of the finding that breaks it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = _FIELD_OF[code]


def check_finding(guide: Guide, finding: Finding) -> None:
    """Let a person's finding pass, or say why not.

    Raises:
        FindingRefused: `unknown_step`, `unknown_outcome`, `outcome_not_wanted` (a step that is
            put off or opened again has none), `not_by_person` (only evidence fails a probe or
            ticks it), `only_probes` (other steps are answered, not overridden), `note_needed`
            (an override or deferral keeps its reason), `no_person`.
    """
    step = guide.step(finding.step)
    if step is None:
        raise FindingRefused("unknown_step", f"the guide has no step {finding.step!r}")
    refusal = _refusal(step, finding)
    if refusal is not None:
        raise FindingRefused(*refusal)


def _refusal(step: Step, finding: Finding) -> tuple[str, str] | None:
    if finding.by is None:
        return "no_person", "a stored finding names the person who made it"
    if finding.state in _WITH_NOTE and not (finding.note or "").strip():
        return "note_needed", "an override or deferral needs its reason"
    if finding.state in _WITHOUT_OUTCOME:
        if finding.outcome is not None:
            return "outcome_not_wanted", f"{finding.state} takes no outcome"
        return None
    is_probe = step.kind is StepKind.PROBE
    if finding.state is StepState.FAILED or (is_probe and finding.state is StepState.DONE):
        return "not_by_person", f"a person cannot set {step.id} to {finding.state}"
    if finding.outcome is None or step.outcome(finding.outcome) is None:
        return "unknown_outcome", f"{step.id} has no outcome {finding.outcome!r}"
    if finding.state is StepState.OVERRIDDEN and not is_probe:
        return "only_probes", f"{step.id} is answered, not overridden"
    return None


def progress(guide: Guide, case: CaseView, findings: Sequence[Finding]) -> GuideProgress:
    """Return the findings in the author's order, the next step and the suspected causes.

    Of several findings by people on one step the newest counts, whatever order they come in.
    One that does not fit the guide (`check_finding`) does not count: a case page must not die of
    a guide that changed. Deterministic: equal input gives equal output, so nothing flickers.
    """
    by_people = _newest(guide, findings)
    found = {
        step.id: finding
        for step in guide.steps
        if (finding := _settle(step, case, by_people.get(step.id))) is not None
    }
    return GuideProgress(
        guide=guide.id,
        version=guide.version,
        findings=tuple(found.values()),
        next_step=_next_step(guide, found),
        suspected=_suspected(guide, found),
    )


def _newest(guide: Guide, findings: Sequence[Finding]) -> dict[str, Finding]:
    newest: dict[str, Finding] = {}
    for finding in findings:
        step = guide.step(finding.step)
        if step is None or _refusal(step, finding) is not None:
            continue
        known = newest.get(finding.step)
        if known is None or _age_key(finding) > _age_key(known):
            newest[finding.step] = finding
    return newest


def _age_key(finding: Finding) -> tuple[object, ...]:
    # Everything after the time only makes the choice the same for every order of arrival.
    return (
        finding.at,
        finding.state.value,
        finding.outcome or "",
        finding.by or "",
        finding.note or "",
    )


def _settle(step: Step, case: CaseView, by_person: Finding | None) -> Finding | None:
    """Return what counts for the step: a person's answer, else evidence, else his deferral."""
    if by_person is not None and by_person.state in _ANSWERED:
        return by_person
    deferral = (
        by_person if by_person is not None and by_person.state is StepState.DEFERRED else None
    )
    by_evidence = _by_evidence(step, case)
    if by_evidence is not None and (by_evidence.state is StepState.DONE or deferral is None):
        return by_evidence
    return deferral


def _by_evidence(step: Step, case: CaseView) -> Finding | None:
    probe = PROBES.get(step.probe or "")
    if probe is None:
        return None
    look = probe.look(case)
    at = look.observed_at if look is not None else case.order.placed_at
    outcome = probe.answer(case)
    if outcome is not None:
        return Finding(step.id, StepState.DONE, at, outcome)
    if look is not None and look.verdict in NO_ANSWER:
        return Finding(step.id, StepState.FAILED, at, note=look.detail)
    return None


def _next_step(guide: Guide, found: dict[str, Finding]) -> str | None:
    open_steps = [
        step.id
        for step in guide.steps
        if step.id not in found or found[step.id].state not in _ANSWERED
    ]
    return min(open_steps, key=lambda step: _is_deferred(found.get(step)), default=None)


def _is_deferred(finding: Finding | None) -> bool:
    return finding is not None and finding.state is StepState.DEFERRED


def _suspected(guide: Guide, found: dict[str, Finding]) -> tuple[Cause, ...]:
    """Return the causes that most answers point to and none rules out, best first."""
    outcomes = [outcome for f in found.values() if (outcome := _outcome(guide, f)) is not None]
    score = Counter(cause for outcome in outcomes for cause in outcome.points_to)
    ruled_out = {cause for outcome in outcomes for cause in outcome.rules_out}
    ranked = sorted(
        (card.cause for card in guide.causes if score[card.cause] and card.cause not in ruled_out),
        # sorted() is stable: equal scores keep the author's order of causes.
        key=lambda cause: -score[cause],
    )
    return tuple(ranked[:MOST_SUSPECTED])


def _outcome(guide: Guide, finding: Finding) -> StepOutcome | None:
    step = guide.step(finding.step)
    if step is None or finding.outcome is None or finding.state not in _ANSWERED:
        return None
    return step.outcome(finding.outcome)
