"""The gateway's time as this desk knows it: deadlines and freshness count by it.

A desk whose own clock is wrong must not show a stale payment read as fresh, so every answer's
time corrects the difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class GatewayClock:
    """Counts on from the gateway's last word by a clock that nobody can set back.

    `ticks` counts seconds from any start and never jumps.
    """

    ticks: Callable[[], float] = time.monotonic
    _word: tuple[datetime, float] | None = field(default=None)

    def hear(self, said: datetime) -> None:
        """Take a time that the gateway has just stated.

        An answer that was long on its way would set the clock back, so only a later time counts.
        """
        if self._word is None or said > self.now():
            self._word = (said, self.ticks())

    @property
    def is_heard(self) -> bool:
        """Return whether the gateway has told its time: before, this machine's own may be wrong."""
        return self._word is not None

    def now(self) -> datetime:
        """Return the gateway's time; before its first word, this machine's."""
        if self._word is None:
            return datetime.now(UTC)
        said, at = self._word
        return said + timedelta(seconds=self.ticks() - at)
