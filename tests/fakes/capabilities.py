"""A shop that can do everything, for tests to take things away from."""

from __future__ import annotations

from agent_app.domain.capabilities import Capabilities

ABLE = Capabilities(
    label="Fake shop",
    reads_provider=True,
    can_resync=True,
    can_complete=True,
    can_restore=True,
    can_capture=True,
    can_void=True,
    can_refund=True,
    can_refund_part=True,
    can_correct_input=True,
    can_notify=True,
    action_key_lifetime_s=86_400.0,
    query_lag_s=0.0,
    processing_s=0.0,
    max_requests_per_s=100.0,
    late_window_s=0.0,
)
