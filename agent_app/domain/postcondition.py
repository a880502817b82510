"""Postconditions: what a re-read must show before an action counts as done (I12, field.md 6.4).

The gateway's ledger asks after every accepted action; nothing is reported as a success before.
"""

from __future__ import annotations

from enum import StrEnum

from agent_app.domain.actions import ActionKind, ActionRecord
from agent_app.domain.order import Order
from agent_app.domain.payment import RefundState
from agent_app.domain.stage import Stage, StageView
from agent_app.domain.truth import MONEY_HELD, PaymentTruth, Verdict


class Seen(StrEnum):
    """What the re-read shows of an action."""

    MET = "met"
    NOT_YET = "not_yet"
    FAILED = "failed"
    """The books say definitely that it did not come about."""


def postcondition(
    action: ActionRecord, order: Order, stage: StageView, truth: PaymentTruth
) -> Seen:
    """Return whether fresh reads of shop and provider show what the action was for."""
    if action.kind is ActionKind.CAPTURE:
        # The order may have to be completed next; an open capture would lock that for good.
        taken = any(p.id == action.payment and p.verdict in MONEY_HELD for p in truth.payments)
        return Seen.MET if taken and not truth.conflicts else Seen.NOT_YET
    if action.kind in {ActionKind.RESUBMIT, ActionKind.RESYNC}:
        carried = stage.stage is Stage.CONFIRMED and truth.verdict in MONEY_HELD
        return Seen.MET if carried else Seen.NOT_YET
    if action.kind is ActionKind.VOID:
        of = next((p for p in truth.payments if p.id == action.payment), None)
        return Seen.MET if of is not None and of.verdict is Verdict.VOIDED else Seen.NOT_YET
    if action.kind is ActionKind.REFUND:
        return _refund(action, truth)
    if action.kind is ActionKind.CORRECT_INPUT:
        return Seen.MET if order.input_problem is None else Seen.NOT_YET
    return Seen.MET


def _refund(action: ActionRecord, truth: PaymentTruth) -> Seen:
    """A refund is done when the provider shows it as succeeded under our own key."""
    refund = next((r for p in truth.payments for r in p.refunds if r.id == action.key), None)
    if refund is None or refund.state in {RefundState.PENDING, RefundState.REQUESTED}:
        return Seen.NOT_YET
    if refund.state is RefundState.FAILED:
        return Seen.FAILED
    return Seen.MET if refund.state is RefundState.SUCCEEDED else Seen.NOT_YET
