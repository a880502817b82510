"""What every simulated world has in common, and the rules that a control takes out."""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.domain.ids import PaymentId, ShopId

SHOP = ShopId("simulated")
PAYMENT = PaymentId("payment")
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Rules:
    """What keeps an action from happening twice. Each is taken out by one control."""

    waits: bool = True
    """The worker knows how long the shop may still apply, and its books trail."""
    same_key: bool = True
    """Every sending of an action carries its one key."""
    intent_first: bool = True
    """`unknown` is written before the call."""
    fenced: bool = True
    """A worker that was overtaken is refused when it writes."""
    leases: bool = True
    """An action that is held is not taken."""
    lease_checked: bool = True
    """Before it sends, a worker sees that it still holds the action."""
    doubts: bool = True
    """A refusal that may follow a payout is not taken for one."""


ALL_RULES = Rules()
