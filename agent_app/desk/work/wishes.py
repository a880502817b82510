"""What an agent wants, as he confirmed it on screen; a click carries it to the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent_app.domain.actions import ActionKind
from agent_app.domain.guide import StepState
from agent_app.domain.ids import ActionId, PaymentId
from agent_app.domain.money import Money


@dataclass(frozen=True, slots=True)
class Wish:
    """An action that is to be carried out."""

    kind: ActionKind
    payment: PaymentId | None = None
    amount: Money | None = None
    template: str | None = None
    language: str | None = None
    reason: str = ""
    correction: Mapping[str, str] = field(default_factory=dict)
    false_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a step of the guide; an override or deferral needs a `note`."""

    step: str
    state: StepState
    outcome: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What a person found out about an action that the books never told of.

    `reference` names the provider's proof, or the ticket under which the provider was asked.
    """

    action: ActionId
    done: bool
    reason: str
    reference: str = ""
