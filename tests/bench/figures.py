"""What a benchmark measures: figures beside limit, peer and target; for the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass


class Skip(Exception):
    """Raised by a benchmark whose material is absent; the message says what and where."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and what it is held against.

    limit: the best that is possible at all; peer: the best seen elsewhere; both are numbers in
    `unit`, or words where a number would lie. target: what we hold ourselves to, in `unit`.
    ok: whether the target is met; None for a figure that is only told.
    """

    name: str
    value: float
    unit: str
    limit: float | str | None = None
    peer: float | str | None = None
    target: float | None = None
    ok: bool | None = None

    @classmethod
    def at_most(
        cls,
        name: str,
        value: float,
        unit: str,
        target: float,
        *,
        limit: float | str | None = None,
        peer: float | str | None = None,
    ) -> Figure:
        """Build a figure that meets its target when it is no larger."""
        return cls(name, value, unit, limit, peer, target, value <= target)

    @classmethod
    def at_least(
        cls,
        name: str,
        value: float,
        unit: str,
        target: float,
        *,
        limit: float | str | None = None,
        peer: float | str | None = None,
    ) -> Figure:
        """Build a figure that meets its target when it is no smaller."""
        return cls(name, value, unit, limit, peer, target, value >= target)
