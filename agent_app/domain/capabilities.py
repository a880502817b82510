"""What a shop and its provider can do, declared by its engine; the rest is locked with a reason.

Key semantics differ between providers (field.md 4), so the profile states them and nothing is
assumed. Engines declare, `locks` and the gateway's ledger read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One shop's profile. Durations in seconds; None means that the thing does not exist."""

    label: str
    """The shop's name on screen."""
    reads_provider: bool
    """Whether the provider can be asked directly; without it no money action is possible."""
    can_resync: bool
    can_complete: bool
    """Complete a stuck cart or order with the payment that exists, never charging anew."""
    can_restore: bool
    """Bring back an order that a timer cancelled."""
    can_capture: bool
    can_void: bool
    can_refund: bool
    can_refund_part: bool
    can_correct_input: bool
    can_notify: bool
    action_key_lifetime_s: float | None
    """How long the shop or provider recognises our key; None: it has no keys, so an unknown
    outcome is settled by waiting out `query_lag_s` and asking."""
    query_lag_s: float
    """How long a query may trail what was really done."""
    processing_s: float
    """How long a request may still be applied after we stopped waiting for its answer."""
    max_requests_per_s: float
    late_window_s: float
    """How long a timed-out payment may still turn into a captured one (N6)."""
    can_refund_cart: bool = True
    """Pay back what was paid for a cart that no order was made of."""
    can_refund_unrecorded: bool = True
    """Pay back a payment that the shop has no row of."""

    @property
    def settle_s(self) -> float:
        """Return how long after sending "not found" counts as "was not done"."""
        return self.query_lag_s + self.processing_s


READ_ONLY = Capabilities(
    label="",
    reads_provider=False,
    can_resync=False,
    can_complete=False,
    can_restore=False,
    can_capture=False,
    can_void=False,
    can_refund=False,
    can_refund_part=False,
    can_correct_input=False,
    can_notify=False,
    action_key_lifetime_s=None,
    query_lag_s=0.0,
    processing_s=0.0,
    max_requests_per_s=100.0,
    late_window_s=0.0,
)
"""The profile to start from: everything that is not declared is locked."""
