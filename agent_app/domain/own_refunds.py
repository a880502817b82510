"""Which refund in the books is the doing of which of our actions (I2, I4, N7).

Most books carry our key. Where the answer between shop and provider was lost there is a payout
that no row of the shop explains: it is taken for ours if we have a refund of that payment and
amount in the open. Paying again would be worse than taking a stranger's refund for our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.events import Source
from agent_app.domain.truth import Payment, Refund

SKEW = timedelta(minutes=5)
"""How far the provider's clock may be behind ours."""
_MAY_HAVE_PAID = frozenset(
    {
        ActionState.UNKNOWN,
        ActionState.ACCEPTED,
        ActionState.NEEDS_PERSON,
        ActionState.CONFIRMED,
    }
)


def own_refunds(
    actions: Iterable[ActionRecord], payments: Iterable[Payment]
) -> Mapping[str, Refund]:
    """Return the refund of each of our actions by the action's key, where the books show one.

    No refund is two actions'. What carries a key is that action's alone; the rest is adopted by
    the action that was asked for first.
    """
    refunds = {(p.id, r.id): r for p in payments for r in p.refunds}
    ours = sorted(
        (a for a in actions if a.kind is ActionKind.REFUND),
        key=lambda a: (a.requested_at, a.id),
    )
    found: dict[str, Refund] = {}
    for action in ours:
        named = next((k for k, r in refunds.items() if action.key in {r.key, str(r.id)}), None)
        if named is not None:
            found[action.key] = refunds.pop(named)
    for action in ours:
        if action.key in found or action.state not in _MAY_HAVE_PAID:
            continue
        adopted = min(
            (k for k, r in refunds.items() if k[0] == action.payment and _explains(r, action)),
            key=lambda k: (refunds[k].since, k),
            default=None,
        )
        if adopted is not None:
            found[action.key] = refunds.pop(adopted)
    return found


def _explains(refund: Refund, action: ActionRecord) -> bool:
    return (
        refund.source is Source.PROVIDER
        and not refund.recorded
        and refund.key is None
        and not refund.automatic
        and refund.amount == action.amount
        and refund.since >= action.requested_at - SKEW
    )
