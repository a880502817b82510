"""Choose the lanes of a `Scale`: which orders are flagged at which age; for `learn_promise`.

Pure. The objective is the median age of the finds, under a floor for right flags per wrong one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations_with_replacement
from operator import neg

from agent_app.domain.promise import NO_LIMIT, Lane

SLOWEST_DAYS = 20.0
"""No approved order waits longer for its flag; a lower one evens out, and delays the median."""
AGES = tuple(i / 10 for i in range(20, 301))
"""Days after purchase that are tried."""
_GROUPS = 40
_SPARE_SHARE = 0.08
"""The quick lane must hold more than half of the past finds, for the coming ones to reach half."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One approved order of the past, its points given by a scale that was not learnt from it."""

    points: float
    handover_days: float
    unreturned: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Early:
    """Weights of what is flagged before approval: rightly, and wrongly."""

    finds: float = 0.0
    alarms: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What lanes must keep: right flags per wrong one, counting the early ones, and a last age."""

    odds: float
    early: Early = Early()
    slowest_days: float = SLOWEST_DAYS


def choose_lanes(orders: Sequence[Placed], asked: Asked) -> tuple[Lane, ...]:
    """Sort orders into a quick, a middle and a slow lane and give each an age to flag at.

    Of the lanes that keep `asked.odds`, those with the earliest median find are taken; of equals
    the ones with the earliest mean. Nothing that keeps the odds: all wait for the last age.
    """
    returned = sorted(o.points for o in orders if not o.unreturned)
    bounds = [returned[i * len(returned) // _GROUPS] for i in range(1, _GROUPS)]
    found = [0.0] * _GROUPS
    alarms = [[0.0] * (len(AGES) + 1) for _ in range(_GROUPS)]
    for order in orders:
        group = bisect_left(bounds, order.points)
        if order.unreturned:
            found[group] += order.weight
        else:
            alarms[group][bisect_left(AGES, order.handover_days)] += order.weight
    open_at = [[0.0] * len(AGES)]
    for row in alarms:
        later = list(accumulate(reversed(row)))[::-1][1:]
        open_at.append([a + b for a, b in zip(open_at[-1], later, strict=True)])
    best = min(_keeping(asked, open_at, [0.0, *accumulate(found)]), default=None)
    if best is None:
        return (Lane(NO_LIMIT, asked.slowest_days),)
    tops = [*bounds, NO_LIMIT]
    return (
        Lane(tops[best.quick - 1], best.quick_days),
        Lane(tops[best.middle - 1], best.middle_days),
        Lane(NO_LIMIT, best.slow_days),
    )


@dataclass(frozen=True, slots=True, order=True)
class _Choice:
    """Lanes that keep the odds; the smaller is the better. `quick`, `middle`: groups they take."""

    quick_days: float
    mean_days: float
    quick: int
    middle: int
    middle_days: float
    slow_days: float


def _keeping(
    asked: Asked, open_at: Sequence[Sequence[float]], found: Sequence[float]
) -> Iterator[_Choice]:
    """Yield the lanes that keep the odds.

    `open_at[g][a]`: weight of orders in the `g` quickest groups that come back, but are not with
    the carrier at the age of index `a`. `found[g]`: weight of the unreturned among them.
    """
    total = found[-1]
    allowed = (total + asked.early.finds) / asked.odds - asked.early.alarms
    enough = (0.5 + _SPARE_SHARE) * (total + asked.early.finds) - asked.early.finds
    ages = [i for i, age in enumerate(AGES) if age <= asked.slowest_days and age % 2 == 0]
    for quick in (g for g in range(1, _GROUPS + 1) if found[g] >= enough):
        for middle in range(quick, _GROUPS + 1, 2):
            for m, s in combinations_with_replacement(ages, 2):
                spent = open_at[middle][m] - open_at[quick][m]
                spent += open_at[-1][s] - open_at[middle][s]
                q = bisect_left(open_at[quick], spent - allowed, key=neg)
                if q > m:
                    continue
                days = found[quick] * AGES[q] + (found[middle] - found[quick]) * AGES[m]
                mean = (days + (total - found[middle]) * AGES[s]) / total
                yield _Choice(AGES[q], mean, quick, middle, AGES[m], AGES[s])
