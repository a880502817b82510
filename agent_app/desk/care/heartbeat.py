"""How long the Qt thread was ever held up, by beats that ought to come at even intervals.

The clock of the beats stands still while the machine sleeps (Linux, macOS): that is no hold-up.
"""

from __future__ import annotations

from dataclasses import dataclass

BOUNDS_MS = (16, 50, 100, 250, 1_000)


@dataclass(frozen=True, slots=True)
class Beats:
    """What was seen so far. `late[i]`: beats that came more than `BOUNDS_MS[i]` late."""

    beats: int
    longest_ms: float
    late: tuple[int, ...]


class Heartbeat:
    """Hears the beats; for one thread. `interval_s` is what should lie between two."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._last: float | None = None
        self._beats = 0
        self._longest_s = 0.0
        self._late = [0] * len(BOUNDS_MS)

    def beat(self, at_s: float) -> None:
        """Hear a beat; `at_s` by a clock that never goes back."""
        if self._last is not None:
            late_s = max(at_s - self._last - self._interval_s, 0.0)
            self._longest_s = max(self._longest_s, late_s)
            for place, bound_ms in enumerate(BOUNDS_MS):
                self._late[place] += late_s * 1000 > bound_ms
        self._last = at_s
        self._beats += 1

    def start_anew(self) -> None:
        """Forget what was: what follows is measured by itself."""
        self._last = None
        self._beats = 0
        self._longest_s = 0.0
        self._late = [0] * len(BOUNDS_MS)

    def seen(self) -> Beats:
        """Return what was seen."""
        return Beats(self._beats, round(self._longest_s * 1000, 1), tuple(self._late))
