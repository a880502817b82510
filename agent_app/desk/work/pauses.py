"""How long the outbox waits before it sends again: for each case, and for all when nothing answers.

Not safe for several threads: the outbox asks under its lock.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from agent_app.domain.ids import CaseId

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class _Lane:
    failures: int = 0
    not_before: float = 0.0


class Pauses:
    """Grows by doubling, and takes any length up to that (full jitter).

    Desks that lost the gateway together do not come back together. `ticks` counts seconds;
    `chance` gives numbers from 0 to 1.
    """

    def __init__(
        self, ticks: Callable[[], float], chance: Callable[[], float] = random.random
    ) -> None:
        self._ticks, self._chance = ticks, chance
        self._all = _Lane()
        self._cases: dict[CaseId, _Lane] = {}

    @property
    def is_away(self) -> bool:
        """Return whether the last thing sent reached nobody."""
        return self._all.failures > 0

    def until(self, case: CaseId) -> float:
        """Return the tick from which a case's clicks may be sent."""
        lane = self._cases.get(case)
        return max(self._all.not_before, lane.not_before if lane else 0.0)

    def reached(self, case: CaseId) -> None:
        """Learn that the gateway answered about this case."""
        self._all = _Lane()
        self._cases.pop(case, None)

    def unreached(self) -> None:
        """Learn that nothing could be sent at all."""
        self._grow(self._all, None)

    def hold(self, case: CaseId, pause_s: float | None = None) -> None:
        """Hold one case's clicks back, for so long if that is given."""
        self._grow(self._cases.setdefault(case, _Lane()), pause_s)

    def end(self) -> None:
        """End all pauses."""
        self._all = _Lane()
        self._cases.clear()

    def _grow(self, lane: _Lane, pause_s: float | None) -> None:
        lane.failures += 1
        if pause_s is None:
            # 2**20 is far beyond the longest; more would only grow the number.
            longest = min(FIRST_PAUSE_S * 2.0 ** min(lane.failures - 1, 20), LONGEST_PAUSE_S)
            pause_s = longest * self._chance()
        lane.not_before = self._ticks() + min(pause_s, LONGEST_PAUSE_S)
