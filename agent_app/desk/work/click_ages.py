"""How old a click is: too old rather than too young, whatever the clocks of this machine say.

One of this run by two clocks, because the one stands still while the machine sleeps and the other
can be set. One of an earlier run by the gateway's time alone, which nobody here sets back. Not safe
for several threads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.local import Click

CLOCK_SLACK_S = 10.0
"""How far two words of the gateway's time may lie apart by their ways: more is a clock set back."""


class ClickAges:
    """Remembers when the clicks of this run were made.

    `ticks` counts seconds and never jumps; `wall` is this machine's time.
    """

    def __init__(self, ticks: Callable[[], float], wall: Callable[[], datetime]) -> None:
        self._ticks, self._wall = ticks, wall
        self._made: dict[int, tuple[float, datetime]] = {}

    def begin(self, number: int) -> None:
        """Count a click's age from now."""
        self._made[number] = (self._ticks(), self._wall())

    def end(self, number: int) -> None:
        """Forget a click that is done."""
        self._made.pop(number, None)

    def needs_time(self, number: int, clock: GatewayClock) -> bool:
        """Return whether only the gateway's time tells how old it is, and is not known yet."""
        return number not in self._made and not clock.is_heard

    def waited_s(self, click: Click, clock: GatewayClock) -> float:
        """Return how long ago a click was made; infinity where nothing tells."""
        made = self._made.get(click.number)
        if made is not None:
            ticks, wall = made
            return max(self._ticks() - ticks, (self._wall() - wall).total_seconds())
        waited = (clock.now() - click.made_at).total_seconds()
        return waited if clock.is_heard and waited > -CLOCK_SLACK_S else float("inf")
