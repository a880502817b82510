"""Ages and countdowns as data: one number and one unit, for the screen to put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

URGENT = timedelta(minutes=5)
"""Under this a running deadline is bold and says so in words."""


class Unit(StrEnum):
    SECONDS = "s"
    MINUTES = "min"
    HOURS = "h"
    DAYS = "d"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time rounded down to its largest unit."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Countdown:
    """What is left of a deadline; `over` once it has passed, `left` then counts since."""

    left: timedelta
    over: bool
    urgent: bool


def span(length: timedelta) -> Span:
    """Return a length in the largest unit of which at least one has passed; never negative."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < 60:
        return Span(seconds, Unit.SECONDS)
    if seconds < 3600:
        return Span(seconds // 60, Unit.MINUTES)
    if seconds < 48 * 3600:
        return Span(seconds // 3600, Unit.HOURS)
    return Span(seconds // 86400, Unit.DAYS)


def countdown(at: datetime, now: datetime) -> Countdown:
    """Return how a deadline stands at `now`."""
    over = now >= at
    return Countdown(left=abs(at - now), over=over, urgent=over or at - now < URGENT)
