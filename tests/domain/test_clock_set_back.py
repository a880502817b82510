"""A read from the future is no fresh read: when a clock was set back, ages are unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_app.domain.events import Source
from agent_app.domain.evidence import Evidence, EvidenceKind, has_fresh_provider_read
from agent_app.domain.ids import EvidenceId, OrderRef

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds_ago", "fresh"), [(0, True), (60, True), (61, False), (-5, True), (-3600, False)]
)
def test_only_reads_from_about_now_are_fresh(seconds_ago: int, fresh: bool) -> None:
    at = NOW - timedelta(seconds=seconds_ago)
    read = Evidence(
        EvidenceId("e"),
        OrderRef("r"),
        Source.PROVIDER,
        EvidenceKind.PAYMENTS,
        at,
        at + timedelta(seconds=60),
        "captured",
    )
    assert has_fresh_provider_read([read], NOW) is fresh
