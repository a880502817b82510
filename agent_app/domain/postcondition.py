"""Postconditions: what a re-read must show before an action counts as done (I12, field.md 6.4).

The gateway's ledger asks after every accepted action; nothing is reported as a success before.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from agent_app.domain.actions import ActionKind, ActionRecord
from agent_app.domain.order import Order
from agent_app.domain.own_refunds import own_refunds
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
    action: ActionRecord,
    order: Order,
    stage: StageView,
    truth: PaymentTruth,
    others: Iterable[ActionRecord] = (),
) -> Seen:
    """Return whether fresh reads of shop and provider show what the action was for.

    `others` are the order's other actions: what is their doing proves nothing of this one.
    """
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
        return _refund(action, truth, others)
    if action.kind is ActionKind.CORRECT_INPUT:
        return Seen.MET if order.input_problem is None else Seen.NOT_YET
    return Seen.MET


def _refund(action: ActionRecord, truth: PaymentTruth, others: Iterable[ActionRecord]) -> Seen:
    """A refund is done when the provider shows it as succeeded, and it is surely this action's."""
    actions = [a for a in others if a.id != action.id]
    refund = own_refunds([*actions, action], truth.payments).get(action.key)
    if refund is None or refund.state in {RefundState.PENDING, RefundState.REQUESTED}:
        return Seen.NOT_YET
    if refund.state is RefundState.FAILED:
        return Seen.FAILED
    return Seen.MET if refund.state is RefundState.SUCCEEDED else Seen.NOT_YET
