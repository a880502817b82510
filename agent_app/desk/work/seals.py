"""The newest seal of the gateway's audit log, kept at this desk at every sync.

Each entry of that log seals all before it, so only a seal that is kept elsewhere shows that
entries were cut off its end. `agent-app-gateway audit verify --anchors FILE` reads what is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """The log's newest entry as the gateway told it."""

    seq: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Setback:
    """The log no longer holds what it held: `now` cannot follow `before`."""

    before: Seal
    now: Seal

    @property
    def is_rewritten(self) -> bool:
        """Return whether the entry is another one; otherwise the log ends earlier."""
        return self.before.seq == self.now.seq


def setback(before: Seal | None, now: Seal) -> Setback | None:
    """Return how the log went backwards; None while it only grew."""
    if before is None or now.seq > before.seq or (now.seq, now.hash) == (before.seq, before.hash):
        return None
    return Setback(before, now)
