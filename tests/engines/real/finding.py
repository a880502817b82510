"""What the gateway finds in a real shop: orders made in the known ways, and what became of them.

All are made before the gateway looks for the first time: thresholds of a second would otherwise
flag an order that is only just being paid.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agent_app.domain.causes import Cause
from agent_app.domain.ids import OrderRef
from tests.engines.real.people import Client, Life, Seen
from tests.engines.real.trade import Made, Way
from tests.promises.real_session import configuration, real_shop

_LEAD = "lead"
_HEALTHY_SHARE = 0.3
_QUIET_ROUNDS = 5
SENTINEL = {"medusa": Way.PAID_TWICE, "vendure": Way.CANCELLED_PAID}
"""Made last of all, and flagged with or without the provider's news: then the rest was read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the gateway shows of one order; `case` is None where it flagged nothing."""

    made: Made
    case: str | None
    remedy: str = ""
    families: tuple[str, ...] = ()
    """Of the causes that the guide suspects, the likeliest first."""

    @property
    def right(self) -> bool:
        """Whether it is in the queue exactly if it is stuck."""
        return (self.case is not None) == self.made.stuck

    @property
    def safe(self) -> bool:
        return self.made.safe is None or self.remedy == self.made.safe.value

    @property
    def family(self) -> bool:
        return self.made.family is None or self.made.family in self.families


def mixed(ways: frozenset[Way], orders: int, seed: int) -> list[Way]:
    """Return so many ways: each at least twice, if there is room, and the rest by chance."""
    known, chance = sorted(ways), random.Random(seed)
    wanted = [*known, *known][:orders]
    while len(wanted) < orders:
        healthy = chance.random() < _HEALTHY_SHARE
        wanted.append(Way.HEALTHY if healthy else chance.choice(known))
    chance.shuffle(wanted)
    return wanted


def shown(
    state: Mapping[str, Any], folder: Path, mine: Sequence[Made], *, provider: bool = True
) -> list[Shown]:
    """Let a new gateway read the whole shop; return what it shows of these orders.

    The last of them is one in the way of `SENTINEL`.
    Without `provider` the shop's own payment rows are all that it knows of the money.

    Raises:
        TimeoutError: it did not come to an end.
    """
    name = str(state["name"])
    with _gateway(name, state, folder, provider=provider) as client:
        # What only the provider tells of is read after the shop's whole list; in the control never.
        wanted = {one.ref for one in mine if one.stuck} if provider else set()
        cases = _when_quiet(client, name, mine, wanted)
        return [_shown(client, one, cases.get(one.ref)) for one in mine]


@contextlib.contextmanager
def _gateway(
    name: str, state: Mapping[str, Any], folder: Path, *, provider: bool
) -> Iterator[Client]:
    shop = real_shop(name, state)
    if not provider:
        shop = replace(shop, provider={"kind": "books"})
    flags = "[shops.flags.F1]\nwatch_s = 0\nflag_s = 1\ncritical_s = 600\n"
    config = configuration(folder, [shop]) + flags
    # A refund that the shop's books lack counts at once; the usual hour is too long for a test.
    slow = "watch_s = 0\nflag_s = 60\n"
    assert slow in config
    config = config.replace(slow, "watch_s = 0\nflag_s = 1\n")
    seen = Seen()
    life = Life(folder, config, [_LEAD], seen)
    life.start()
    try:
        client = Client(life.url, life.tokens[_LEAD], seen)
        with contextlib.closing(client):
            yield client
    finally:
        life.stop()


def _when_quiet(
    client: Client, name: str, mine: Sequence[Made], wanted: set[OrderRef]
) -> dict[OrderRef, str]:
    """Return the cases once the last order and all wanted are among them and none is added.

    When the time is up: as they are, if the last order is among them.
    """
    end, quiet, before = time.monotonic() + 180 + 5 * len(mine), 0, -1
    cases: dict[OrderRef, str] = {}
    while time.monotonic() < end:
        cases = client.cases(name)
        quiet = quiet + 1 if len(cases) == before and mine[-1].ref in cases else 0
        if quiet >= _QUIET_ROUNDS and wanted <= cases.keys():
            return cases
        before = len(cases)
        time.sleep(3)
    if mine[-1].ref in cases:
        return cases
    raise TimeoutError(f"{name}: the queue still grows, or lacks {mine[-1]}; {before} cases")


def _shown(client: Client, made: Made, case: str | None) -> Shown:
    if case is None:
        return Shown(made, None)
    client.ask("POST", f"/v1/cases/{case}/recheck")
    said = client.ask("GET", f"/v1/cases/{case}").json()
    causes = [Cause(cause) for cause in said["guide"]["suspected"]]
    return Shown(
        made,
        case,
        str(said["row"]["remedy"]),
        tuple(dict.fromkeys(cause.family.value for cause in causes)),
    )
