"""The guide: the checklist by which an agent finds the cause, and how far a case has come in it.

Content is `resources/guides/*.yaml` (read by `agent_app.guides`); this module knows only its
shape and the rules of progress. The order of steps is the author's for now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.causes import Cause

Texts = Mapping[str, str]
"""Language tag (`en`, `zh_CN`) to text; every language of the product is present."""


class StepKind(StrEnum):
    """Who finds the answer."""

    PROBE = "probe"
    """Closed loop: answers itself from evidence; the agent may override with a reason."""
    QUESTION = "question"
    """Open loop: the agent asks the customer and answers."""
    CHECK = "check"
    """Open loop: the agent looks at something himself."""


class StepState(StrEnum):
    """How far a step has come; overridden and deferred ones stay visible as such."""

    TODO = "todo"
    DONE = "done"
    OVERRIDDEN = "overridden"
    DEFERRED = "deferred"
    FAILED = "failed"
    """A probe got no answer."""


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One answer to a step, and what it says of the causes."""

    id: str
    text: Texts
    points_to: tuple[Cause, ...] = ()
    rules_out: tuple[Cause, ...] = ()
    """Causes that are impossible, or beside the point, with this answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to find out."""

    id: str
    kind: StepKind
    text: Texts
    why: Texts
    outcomes: tuple[StepOutcome, ...]
    say: Texts | None = None
    """For QUESTION: the words to say to the customer."""
    probe: str | None = None
    mandatory: bool = False
    cost_s: int = 30

    def outcome(self, outcome_id: str) -> StepOutcome | None:
        """Return the outcome with this id, None when the step has none."""
        return next((o for o in self.outcomes if o.id == outcome_id), None)


@dataclass(frozen=True, slots=True)
class CauseCard:
    """One cause as an agent reads it; also the off-line reference."""

    cause: Cause
    title: Texts
    symptom: Texts
    supports: Texts
    refutes: Texts
    owner: Texts
    remedy: Texts
    tell_customer: Texts
    source: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A published guide; a version never changes, and a case keeps the one it started with."""

    id: str
    version: int
    title: Texts
    steps: tuple[Step, ...]
    causes: tuple[CauseCard, ...]

    def step(self, step_id: str) -> Step | None:
        """Return the step with this id, None when the guide has none."""
        return next((s for s in self.steps if s.id == step_id), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer to one step, by a person (`by`) or by evidence (`by` is None)."""

    step: str
    state: StepState
    at: datetime
    outcome: str | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GuideProgress:
    """How far the case has come: a finding per step that has one, and the step to take next."""

    guide: str
    version: int
    findings: tuple[Finding, ...]
    next_step: str | None
    suspected: tuple[Cause, ...] = ()
