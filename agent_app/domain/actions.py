"""Actions on a case, their durable states, and the key that makes each happen once.

The gateway's ledger stores them; `locks` looks at the open ones; the desk shows their states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent_app.domain.ids import ActionId, OrderRef, PaymentId, ShopId, UserId
from agent_app.domain.money import Money


class ActionKind(StrEnum):
    RECHECK = "recheck"
    RESYNC = "resync"
    """Let the shop read the payment's result again: repairs a stale stage, moves no money."""
    RESUBMIT = "resubmit"
    """Complete or restore the same order with the payment that exists; never charges anew (I6)."""
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CORRECT_INPUT = "correct_input"
    NOTIFY = "notify"
    ESCALATE = "escalate"
    RESOLVE = "resolve"


MONEY = frozenset({ActionKind.RESUBMIT, ActionKind.CAPTURE, ActionKind.VOID, ActionKind.REFUND})
"""Actions that move money or commit it: one open at a time per order, never queued off line."""
AT_THE_SHOP = MONEY | {ActionKind.RESYNC, ActionKind.CORRECT_INPUT}
"""Actions carried out through the engine."""


class ActionState(StrEnum):
    """PREPARED → UNKNOWN → ACCEPTED → CONFIRMED | REJECTED | NEEDS_PERSON (promises.md 2)."""

    AWAITING_APPROVAL = "awaiting_approval"
    PREPARED = "prepared"
    """Recorded, not yet sent."""
    UNKNOWN = "unknown"
    """Written before the call: from here it may have happened."""
    ACCEPTED = "accepted"
    """The shop took it; not yet seen in its books."""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NEEDS_PERSON = "needs_person"
    REFUSED = "refused"
    """A second person said no, or who asked for it took it back; it was never sent."""


CLOSED = frozenset({ActionState.CONFIRMED, ActionState.REJECTED, ActionState.REFUSED})
"""NEEDS_PERSON stays open on purpose: its outcome is unknown, so nothing else may start."""

_NEXT: dict[ActionState, frozenset[ActionState]] = {
    ActionState.AWAITING_APPROVAL: frozenset({ActionState.PREPARED, ActionState.REFUSED}),
    ActionState.PREPARED: frozenset({ActionState.UNKNOWN, ActionState.REJECTED}),
    ActionState.UNKNOWN: frozenset(
        {
            ActionState.ACCEPTED,
            ActionState.CONFIRMED,
            ActionState.REJECTED,
            ActionState.NEEDS_PERSON,
        }
    ),
    ActionState.ACCEPTED: frozenset(
        {ActionState.CONFIRMED, ActionState.REJECTED, ActionState.NEEDS_PERSON}
    ),
    ActionState.NEEDS_PERSON: frozenset({ActionState.CONFIRMED, ActionState.REJECTED}),
    ActionState.CONFIRMED: frozenset(),
    ActionState.REJECTED: frozenset(),
    ActionState.REFUSED: frozenset(),
}


class IllegalTransition(ValueError):
    """An action was about to go where its state does not lead."""


def check_transition(before: ActionState, after: ActionState) -> None:
    """Refuse a state change that the ledger's machine does not have.

    Raises:
        IllegalTransition: e.g. from a final state, or UNKNOWN back to PREPARED.
    """
    if after not in _NEXT[before]:
        raise IllegalTransition(f"an action does not go from {before} to {after}")


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """One action as the ledger holds it."""

    id: ActionId
    kind: ActionKind
    state: ActionState
    key: str
    requested_by: UserId
    requested_at: datetime
    payment: PaymentId | None = None
    amount: Money | None = None
    updated_at: datetime | None = None
    template: str | None = None
    """For NOTIFY: which message."""
    reason: str | None = None
    approved_by: UserId | None = None

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED


def action_key(
    shop: ShopId,
    order: OrderRef,
    kind: ActionKind,
    payment: PaymentId | None,
    amount: Money | None,
    sequence: int,
) -> str:
    """Return the key under which this one logical action is sent, and resent (I3).

    Deterministic, so that two agents with the same view make the same key and a provider that
    knows keys pays once even if the lease failed (field.md 6.5). `sequence` counts the actions
    of this kind already recorded for the payment, so that a second part refund is another one.
    """
    amount_text = f"{amount.amount_minor} {amount.currency}" if amount else ""
    parts = (shop, order, kind.value, payment or "", amount_text, str(sequence))
    return "aa-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def open_money(actions: Iterable[ActionRecord]) -> ActionRecord | None:
    """Return the money action whose outcome is not settled yet, if any."""
    return next((a for a in actions if a.kind in MONEY and a.is_open), None)


def committed_minor(actions: Iterable[ActionRecord], payment: PaymentId, seen: set[str]) -> int:
    """Return the minor units of our own refunds of `payment` that the provider does not show yet.

    `seen` holds the keys of those that the books show (`own_refunds`): a refund counts once (I2).
    """
    return sum(
        a.amount.amount_minor
        for a in actions
        if a.kind is ActionKind.REFUND
        and a.payment == payment
        and a.amount is not None
        and a.state not in {ActionState.REJECTED, ActionState.REFUSED}
        and a.key not in seen
    )
