"""The strategies reach what the properties are about: a property over nothing proves nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from agent_app.domain.actions import ActionKind
from agent_app.domain.case import CaseView
from agent_app.domain.decide import decide
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.truth import AmountMatch, Conflict, Verdict
from agent_app.domain.wording import Template
from tests.domain.strategies import case_views


@pytest.fixture(scope="module")
def reached() -> set[object]:
    """Everything that some of the generated cases show, in one pass over them."""
    found: set[object] = set()

    @settings(
        max_examples=3000,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case_views())
    def look_at(case: CaseView) -> None:
        decisions = decide(case)
        found.update(("allowed", kind) for kind in ActionKind if decisions[kind].allowed)
        truth, why = case.truth, decisions.remedy.why
        values = (truth.verdict, truth.amount_match, *truth.conflicts, why, *decisions.templates)
        # With its type: a StrEnum equals the word in every other one.
        found.update((type(value), value) for value in values)

    look_at()
    return found


@pytest.mark.parametrize("kind", ActionKind)
def test_every_action_is_allowed_in_some_generated_case(
    kind: ActionKind, reached: set[object]
) -> None:
    assert ("allowed", kind) in reached


@pytest.mark.parametrize("value", [*Verdict, *AmountMatch, *Conflict, *RemedyWhy, *Template])
def test_every_verdict_conflict_and_row_is_generated(value: object, reached: set[object]) -> None:
    assert (type(value), value) in reached
