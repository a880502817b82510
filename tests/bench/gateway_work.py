"""What people do at a gateway that serves very many cases, each as one timed operation."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from agent_app.gateway.store.codec import time_text
from tests.bench.gateway_load import Person, decoded
from tests.bench.gateway_seed import SHOPS, Filled
from tests.processes import Program

Ask = Callable[[int], object]


@dataclass(slots=True)
class Site:
    """A gateway process over one database, and what is known of its cases."""

    address: str
    filled: Filled
    process: Program
    _used: itertools.count[int]

    def person(self, user: str = "chen") -> Person:
        return Person(self.address, self.filled.tokens[user])

    def fresh_case(self) -> str:
        """Return a case that was not asked for before, as long as there are some."""
        return self.filled.logged[next(self._used) % len(self.filled.logged)]

    def peak_mb(self) -> float:
        """Return the most memory that the process ever had."""
        status = Path(f"/proc/{self.process.process.pid}/status")
        if not status.exists():
            return float("nan")
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("utf-8"))
        return int(found[1]) / 1000 if found else float("nan")


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that people do; `by` makes one more person who does it at a site."""

    name: str
    by: Callable[[Site], Ask]


@contextlib.contextmanager
def serving(folder: Path, name: str, filled: Filled, shop: str) -> Iterator[Site]:
    """Run a gateway process over the database for the block."""
    config = folder / f"{name}.toml"
    lines = ["port = 0", f"database = {json.dumps(filled.where)}", ""]
    # A shop's round costs the gateway little, and these shops have nothing new.
    for number, team in SHOPS.items():
        lines += ["[[shops]]", f"id = {json.dumps(number)}", 'engine = "sandbox"']
        lines += [f"url = {json.dumps(shop)}", f"team = {json.dumps(team)}", ""]
    lines += ["[log]", 'level = "error"', "requests = false"]
    config.write_text("\n".join(lines) + "\n", "utf-8")
    process = Program(
        "agent_app.gateway", "--config", str(config), "serve", "--with-parent", ready="gateway "
    )
    try:
        yield Site(process.ready, filled, process, itertools.count())
    except (OSError, http.client.HTTPException):
        print(f"the gateway over {filled.cases:,} cases wrote:\n{process.errors()[-3000:]}")
        raise
    finally:
        process.stop()


def _listing(query: str, user: str = "chen") -> Callable[[Site], Ask]:
    def by(site: Site) -> Ask:
        person = site.person(user)
        return lambda _: person.get(f"/v1/cases?{query}")

    return by


def _searching(words: Callable[[random.Random, Site], str]) -> Callable[[Site], Ask]:
    def by(site: Site) -> Ask:
        person, chance = site.person(), random.Random(1)
        return lambda _: person.get(f"/v1/cases?q={quote(words(chance, site))}")

    return by


def _deep(site: Site) -> Ask:
    """Go on from the middle of the queue, page by page, as a desk does that fetches all."""
    person = site.person()
    # As a page's `next` would be that ended with a deadline in two days; they are within five.
    place = time_text(datetime.now(UTC) + timedelta(days=2))
    middle = f"6|{place}|{place}|C000001"
    after = [middle]

    def ask(_: int) -> None:
        page = decoded(person.get(f"/v1/cases?cursor={quote(after[0])}"))
        assert len(page["rows"]) == 50 or page["next"] is None
        after[0] = page["next"] or middle

    return ask


def _idle(site: Site) -> Ask:
    person = site.person()
    cursor = decoded(person.get("/v1/cases?limit=1"))["changes"]
    return lambda _: person.get(f"/v1/changes?cursor={cursor}")


def _delta(site: Site) -> Ask:
    """Ask for what changed since a while ago: fifty or so rows of one's own team."""
    person = site.person()
    latest = int(decoded(person.get("/v1/cases?limit=1"))["changes"].split(".")[0])
    return lambda _: person.get(f"/v1/changes?cursor={latest - 100}")


def _opening(site: Site) -> Ask:
    person = site.person()
    return lambda _: person.get(f"/v1/cases/{site.fresh_case()}")


def _claiming(site: Site) -> Ask:
    person = site.person("marta")
    return lambda _: person.post(f"/v1/cases/{site.fresh_case()}/claim")


def _noting(site: Site) -> Ask:
    person = site.person()
    return lambda _: person.post(f"/v1/cases/{site.fresh_case()}/notes", {"text": "called back"})


def _acting(site: Site) -> Ask:
    """Claim a case and escalate it: two requests that belong together."""
    person = site.person("marta")

    def ask(_: int) -> None:
        case = site.fresh_case()
        person.post(f"/v1/cases/{case}/claim")
        person.post(f"/v1/cases/{case}/actions", {"kind": "escalate", "reason": "bench"})

    return ask


_LIST = Operation("list 50", _listing("queue=team"))
_LIST_ALL = Operation("list 50 of all teams (auditor)", _listing("queue=team", "grace"))
_LIST_THREE = Operation("list 50 of three teams", _listing("queue=team", "wide"))
_APPROVALS = Operation("list 50 that wait for approval", _listing("queue=approvals"))
_FILTER = Operation("list 50 of a shop, critical", _listing("queue=team&shop=east&level=3"))
_DEEP = Operation("list 50 from the middle", _deep)
_IDLE = Operation("changes, none", _idle)
_DELTA = Operation("changes, about 50 rows", _delta)
READING = (
    _LIST,
    _LIST_ALL,
    _LIST_THREE,
    _APPROVALS,
    _FILTER,
    _DEEP,
    _IDLE,
    _DELTA,
    Operation("search an e-mail", _searching(lambda c, s: c.choice(s.filled.seen).email)),
    Operation(
        "search a phone's last 6", _searching(lambda c, s: c.choice(s.filled.seen).phone[-6:])
    ),
    Operation("search a full name", _searching(lambda c, s: c.choice(s.filled.seen).name)),
    Operation("search a common name", _searching(lambda _c, _s: "maria")),
    Operation("open a case", _opening),
)
CHANGING = (
    Operation("claim", _claiming),
    Operation("note", _noting),
    Operation("claim and escalate", _acting),
)
GROWTH_HELD = (_LIST, _LIST_ALL, _LIST_THREE, _APPROVALS, _FILTER, _DEEP, _IDLE, _DELTA)
CONTROLLED = (_LIST_ALL, _DELTA)
