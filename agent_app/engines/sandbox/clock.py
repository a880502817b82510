"""The sandbox's clock: real time plus an offset that tests push forward; never backward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Gives the sandbox's time. Runs on a monotonic source, so a set wall clock moves nothing."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s
        self._started_at = datetime.now(UTC)
        self._started_mono_s = time.monotonic()

    def now(self) -> datetime:
        """Return the sandbox's time, UTC."""
        elapsed_s = time.monotonic() - self._started_mono_s
        return self._started_at + timedelta(seconds=elapsed_s + self.offset_s)

    def advance(self, seconds: float) -> None:
        """Push the time forward.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError("time does not run backward")
        self.offset_s += seconds
