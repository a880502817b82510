"""How soon the work goes on after a kill: at a restart, or when another process takes over.

The gateways are as people run them: usual time-outs, usual leases.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent_app.domain.actions import ActionState
from tests.kills.ledger import Row
from tests.kills.nest import Nest
from tests.kills.site import Site
from tests.processes import sandbox

_ANSWERED_AFTER_S = 3.0
"""How long the shop takes for the command in which the gateway is killed."""
_WITHIN_S = 60.0


class NotRecoveredError(Exception):
    """What was to happen did not, in time."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from a kill until the gateway answered again, and until its action was taken up."""

    ready_s: float
    resumed_s: float


def restarted(folder: Path, where: Path | str, times: int) -> list[Recovery]:
    """Kill the one gateway in the middle of a refund and start it again at once, so many times.

    Raises:
        NotRecoveredError: the action was not taken up within a minute.
    """
    return _recovered(folder, where, times, _restart)


def taken_over(folder: Path, where: str, times: int) -> list[Recovery]:
    """Kill the gateway that is in the middle of a refund, while another lives.

    Raises:
        NotRecoveredError: the other did not take the action up within a minute.
    """
    return _recovered(folder, where, times, _leave_to_the_other)


def _recovered(
    folder: Path,
    where: Path | str,
    times: int,
    kill: Callable[[Site, list[Nest], Row], Recovery],
) -> list[Recovery]:
    with contextlib.ExitStack() as stack:
        nests = [Nest(folder / name) for name in ("one", "other")]
        for nest in nests:
            stack.callback(nest.close)
        shop = stack.enter_context(sandbox())
        site = Site(folder, shop, where, call_s=None)
        site.start(nests[0])
        stack.enter_context(site.at_work())
        found = []
        for _ in range(times):
            slow = {"what": "late", "path": "/orders/*/refund", "seconds": _ANSWERED_AFTER_S}
            shop.faults(slow, clear=True)
            (truth,) = shop.seed("S5")
            sent = _wait_for(lambda ref=truth.reference: _in_a_call(site, ref))  # type: ignore[misc]
            found.append(kill(site, nests, sent))
        return found


def _restart(site: Site, nests: list[Nest], sent: Row) -> Recovery:
    killed_at = _kill(site, nests[0])
    ready_s = site.start(nests[0]).at - killed_at
    return Recovery(ready_s, _until_taken_up(site, sent) - killed_at)


def _leave_to_the_other(site: Site, nests: list[Nest], sent: Row) -> Recovery:
    one, other = nests
    site.start(other)
    killed_at = _kill(site, one)
    resumed_s = _until_taken_up(site, sent) - killed_at
    # The next refund falls to the one that is alone.
    nests.reverse()
    return Recovery(0.0, resumed_s)


def _kill(site: Site, nest: Nest) -> float:
    del site.living[nest]
    return nest.kill().at


def _in_a_call(site: Site, ref: str) -> Row | None:
    rows = site.ledger.all()
    return next(
        (r for r in rows if r.ref == ref and r.held and r.state is ActionState.UNKNOWN), None
    )


def _until_taken_up(site: Site, sent: Row) -> float:
    def taken() -> Row | None:
        rows = site.ledger.all()
        return next((r for r in rows if r.id == sent.id and r.fence > sent.fence), None)

    _wait_for(taken)
    return time.monotonic()


def _wait_for(found: Callable[[], Row | None]) -> Row:
    end = time.monotonic() + _WITHIN_S
    while time.monotonic() < end:
        row = found()
        if row is not None:
            return row
        time.sleep(0.02)
    raise NotRecoveredError(f"not within {_WITHIN_S:g} s")
