"""The cases reach what the properties are about: a property over nothing proves nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agent_app.domain.actions import MONEY, ActionKind
from agent_app.domain.case import CaseView
from agent_app.domain.decide import decide
from agent_app.domain.remedy import RemedyWhy
from agent_app.domain.truth import AmountMatch, Conflict, Verdict
from agent_app.domain.wording import Template
from tests.domain.controls import PROOF, on_every
from tests.domain.rows import TELLING
from tests.domain.strategies import case_views

DRAWS = 600
VALUES = [*Verdict, *AmountMatch, *Conflict, *RemedyWhy, *Template]


def shown_by(case: CaseView) -> Iterable[tuple[object, object]]:
    """Return what a case shows, each with its type: a StrEnum equals the word in every other."""
    decisions, truth = decide(case), case.truth
    yield from (("allowed", kind) for kind in ActionKind if decisions[kind].allowed)
    values = (truth.verdict, truth.amount_match, *truth.conflicts, decisions.remedy.why)
    yield from ((type(value), value) for value in (*values, *decisions.templates))


@pytest.fixture(scope="module")
def told() -> set[object]:
    return {shown for case in TELLING for shown in shown_by(case)}


@pytest.mark.parametrize("kind", ActionKind)
def test_every_action_is_allowed_in_some_case_that_every_proof_looks_at(
    kind: ActionKind, told: set[object]
) -> None:
    assert ("allowed", kind) in told


@pytest.mark.parametrize("value", VALUES)
def test_every_verdict_conflict_and_row_is_in_some_case_that_every_proof_looks_at(
    value: object, told: set[object]
) -> None:
    assert (type(value), value) in told


def test_drawn_cases_are_not_noise() -> None:
    """Rare values may be missed, and are told; most are drawn, and often money may be moved."""
    found: set[object] = set()
    moves = 0

    @settings(
        max_examples=DRAWS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case_views())
    def look_at(case: CaseView) -> None:
        nonlocal moves
        shown = set(shown_by(case))
        found.update(shown)
        moves += any(("allowed", kind) in shown for kind in MONEY)

    look_at()
    assert len(found) >= 0.8 * (len(ActionKind) + len(VALUES))
    assert moves >= DRAWS // 50


def test_a_proof_goes_red_by_drawn_values_alone_and_by_told_ones_alone() -> None:
    def holds(value: int) -> None:
        assert value < 1000

    drawn, named = st.just(5), st.just(5000)
    PROOF(given(drawn)(on_every([5])(holds)))()
    with pytest.raises(AssertionError):
        PROOF(given(drawn)(on_every([5000])(holds)))()
    with pytest.raises(AssertionError):
        PROOF(given(named)(on_every([5])(holds)))()
