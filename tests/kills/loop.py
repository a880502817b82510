"""One run of the kill loop, and what came of it; used by the test and by `dev.py bench kill`."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent_app.domain.actions import ActionState
from tests.kills.judge import Found, judge
from tests.kills.nest import Nest
from tests.kills.site import Deaths, Site
from tests.kills.trade import HURRIED, USUAL, WITHOUT_KEYS, Engine, Pace, Trade
from tests.processes import sandbox

SETTLE_S = 60.0
"""How long after the kills nothing may get on before what is left counts as lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: so many kills of `gateways` gateways that share a database."""

    kills: int
    engine: Engine
    gateways: int = 1
    seed: int = 20261122
    pace: Pace = USUAL
    patches: tuple[str, ...] = ()


def without_waiting(kills: int, gateways: int = 1, engine: Engine = WITHOUT_KEYS) -> Plan:
    """Return the negative control: gateways that do not wait before they believe "not found"."""
    return Plan(kills, engine, gateways, pace=HURRIED, patches=("without_waiting",))


@dataclass(frozen=True, slots=True)
class Report:
    """What one run showed. `seconds` is the time in which the kills fell."""

    plan: Plan
    found: Found
    deaths: Deaths
    seconds: float
    orders: int
    actions: dict[str, int]
    """By kind, those that were recorded."""
    waiting_for_a_person: int
    broken: tuple[str, ...]
    """Answers that must not be, and what the gateways logged as an error."""
    refusals: dict[str, int]

    @property
    def is_void(self) -> bool:
        """Return whether the kills missed what they were to hit: the run shows nothing then."""
        return self.deaths.calling == 0 or self.orders == 0

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was lost, doubled or told otherwise, and the run is not void."""
        found = self.found
        return not (found.lost or found.duplicated or found.disagreeing or self.is_void)

    def __str__(self) -> str:
        deaths, found = self.deaths, self.found
        lines = [
            f"{deaths.total} kills in {self.seconds:.0f} s, {self.plan.engine.label}, "
            f"{self.plan.gateways} gateway(s), seed {self.plan.seed}: {deaths.starting} while it "
            f"started, {deaths.unknown} with an action unknown, {deaths.calling} in a call, "
            f"{deaths.unrecorded} between a refund and its record; ready after "
            f"{statistics.median(deaths.starts_s or [0]):.2f} s, at most "
            f"{max(deaths.starts_s or [0]):.2f} s",
            f"{self.orders} orders; actions: {self.actions}; {self.waiting_for_a_person} left to a "
            f"person; refusals: {self.refusals}",
        ]
        for name in ("lost", "duplicated", "disagreeing"):
            sentences = getattr(found, name)
            lines += [f"{name}: {len(sentences)}", *(f"  {one}" for one in sentences[:10])]
        lines += [f"broken: {len(self.broken)}", *(f"  {one}" for one in self.broken[:10])]
        return "\n".join(lines)


def run(
    plan: Plan,
    folder: Path,
    where: Path | str,
    crashes: contextlib.AbstractContextManager[object] | None = None,
) -> Report:
    """Kill, let all settle, and judge. `crashes` of the database happen while there are kills.

    Raises:
        GatewayEndedError, NestFailedError: a gateway ended by itself, or could not be started.
    """
    with contextlib.ExitStack() as stack:
        nests = []
        # A gateway that has a database to itself ends all leases when it starts.
        patches = plan.patches if plan.gateways == 1 else (*plan.patches, "short_leases")
        for place in range(plan.gateways):
            nest = Nest(folder / f"gateway{place}", patches)
            stack.callback(nest.close)
            nests.append(nest)
        shop = stack.enter_context(sandbox(seed=plan.seed))
        site = Site(folder, shop, where)
        site.may_start_in_vain = crashes is not None
        trade = Trade(shop, plan.engine, plan.pace, plan.seed, lambda: site.told.resolved)
        trade.open()
        with site.at_work():
            begun = time.monotonic()
            with crashes or contextlib.nullcontext():
                site.kill(nests, plan.kills, plan.seed)
            seconds = time.monotonic() - begun
            trade.close()
            site.settle(trade, SETTLE_S)
        for nest in nests:
            nest.stop()
        rows = site.ledger.all()
        found = judge(trade.truths, trade.books(), rows, site.told.promised)
        return Report(
            plan=plan,
            found=found,
            deaths=site.deaths,
            seconds=seconds,
            orders=len(trade.truths),
            actions=dict(Counter(str(row.kind) for row in rows)),
            waiting_for_a_person=sum(row.state is ActionState.NEEDS_PERSON for row in rows),
            broken=(*site.told.broken, *_logged(nests)),
            refusals=dict(site.told.refusals),
        )


def _logged(nests: Sequence[Nest]) -> list[str]:
    """Return what the gateways logged as an error, each by its last line."""
    found = []
    for nest in nests:
        text = nest.errors.read_text("utf-8", "replace") if nest.errors.exists() else ""
        for line in text.splitlines():
            # A line that a kill cut short, or one of a trace, is no JSON.
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                if isinstance(told, dict) and told.get("level") == "error":
                    last = str(told.get("exception", told.get("error", ""))).splitlines()[-1:]
                    found.append(f"{told.get('event')}: {''.join(last)}")
            if line.startswith("Traceback"):
                found.append("a trace without a log entry")
    return found
