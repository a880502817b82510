"""What the action bar shows: the remedy first, the rest in a fixed place, locked ones included.

Pure view data; every locked button carries its reason (desk.md). Tested without Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.domain.actions import ActionKind
from agent_app.domain.decide import Decisions
from agent_app.domain.reasons import Reason

ALWAYS = (
    ActionKind.RESUBMIT,
    ActionKind.REFUND,
    ActionKind.NOTIFY,
    ActionKind.RECHECK,
    ActionKind.ESCALATE,
    ActionKind.RESOLVE,
)
"""In the bar for every case; a locked one keeps its place."""
BY_NEED = (
    ActionKind.RESYNC,
    ActionKind.CAPTURE,
    ActionKind.VOID,
    ActionKind.CORRECT_INPUT,
)
"""In the bar where the case calls for it, otherwise under "More"."""
COMPLETES = (ActionKind.RESYNC, ActionKind.CAPTURE, ActionKind.RESUBMIT)
"""Ways of completing the order: one key does the one that the case calls for."""


@dataclass(frozen=True, slots=True)
class BarItem:
    """One button. `reasons` empty means that it may be pressed."""

    kind: ActionKind
    reasons: tuple[Reason, ...]
    is_remedy: bool
    needs_approval: bool

    @property
    def allowed(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Bar:
    """The buttons in view, and those under "More"."""

    shown: tuple[BarItem, ...]
    more: tuple[BarItem, ...]

    def item(self, kind: ActionKind) -> BarItem:
        return next(i for i in (*self.shown, *self.more) if i.kind is kind)

    @property
    def completing(self) -> BarItem:
        """Return what the key for completing the order does in this case."""
        items = [self.item(kind) for kind in COMPLETES]
        by_remedy = next((i for i in items if i.is_remedy), None)
        by_lock = next((i for i in items if i.allowed), None)
        return by_remedy or by_lock or self.item(ActionKind.RESUBMIT)


def action_bar(decisions: Decisions) -> Bar:
    """Arrange the actions of one case."""
    items = {
        kind: BarItem(
            kind=kind,
            reasons=decision.locks,
            is_remedy=kind is decisions.remedy.action,
            needs_approval=decision.needs_approval,
        )
        for kind, decision in decisions.by_kind.items()
    }
    remedy = decisions.remedy.action
    # One way of completing an order is in view: two side by side invite the wrong one.
    replaced = {ActionKind.RESUBMIT} if remedy in COMPLETES else set()
    shown = [remedy, *(kind for kind in ALWAYS if kind is not remedy and kind not in replaced)]
    more = [kind for kind in (*ALWAYS, *BY_NEED) if kind not in shown]
    return Bar(tuple(items[k] for k in shown), tuple(items[k] for k in more))
