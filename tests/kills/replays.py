"""Changing requests asked again and again, of several processes at once: one effect, one answer."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from agent_app.gateway.store import schema
from agent_app.gateway.store.database import Database
from tests.kills.nest import Nest
from tests.kills.site import Site
from tests.processes import SandboxProcess, sandbox

_CASES = 4
_NOTES = 20
_AT_ONCE = 8
"""Threads that ask."""
_CHANGED = 0.1
"""How many of the repeats have another body under the same key."""
_IN_A_BURST = 4
_FLAGGED_WITHIN_S = 30.0
_IN_PROGRESS = "urn:agent-app:problem:in-progress"


@dataclass(frozen=True, slots=True)
class Asked:
    """A changing request, and how it was answered the first time."""

    who: str
    path: str
    key: str
    body: dict[str, Any]
    status: int = 0
    content: bytes = b""


@dataclass
class Answers:
    """What the repeats were answered. Safe to use from several threads."""

    replays: int = 0
    changed: int = 0
    bursts: int = 0
    in_progress: int = 0
    """Repeats that were told to ask again: the same request was being answered."""
    wrong: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    """What happened although it had happened before."""
    seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, *, changed: bool, in_progress: bool, wrong: str | None) -> None:
        with self._lock:
            self.changed += changed
            self.replays += not changed
            self.in_progress += in_progress
            self.wrong += [] if wrong is None else [wrong]


class Desks:
    """The people's side of a site: requests to any of its gateways, under keys."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._addresses = list(site.living.values())
        self._client = httpx.Client(
            verify=False, trust_env=False, timeout=30, limits=httpx.Limits(max_connections=40)
        )

    def close(self) -> None:
        self._client.close()

    def ask(self, asked: Asked, place: int | None = None) -> httpx.Response:
        """Send the request to the gateway at this place, or to any."""
        address = random.choice(self._addresses) if place is None else self._addresses[place]
        headers = {
            "Authorization": f"Bearer {self._site.tokens[asked.who]}",
            "Idempotency-Key": asked.key,
        }
        return self._client.post(f"{address}{asked.path}", json=asked.body, headers=headers)

    def first(
        self, who: str, path: str, key: str, body: dict[str, Any], *, refused: int | None = None
    ) -> Asked:
        """Ask for the first time; return the request with its answer.

        Raises:
            AssertionError: it was refused, or not with the status `refused`.
        """
        asked = Asked(who, path, key, body)
        answer = self.ask(asked)
        right = {200, 201, 202} if refused is None else {refused}
        assert answer.status_code in right, answer.text
        return replace(asked, status=answer.status_code, content=answer.content)

    def rows(self, queue: str = "team") -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self._site.tokens['marta']}"}
        url = f"{self._addresses[0]}/v1/cases?queue={queue}&limit=200"
        found = self._client.get(url, headers=headers).json()["rows"]
        return [row for row in found if isinstance(row, dict)]


@contextlib.contextmanager
def opened(
    folder: Path, where: Path | str, gateways: int, patches: Sequence[str] = ()
) -> Iterator[tuple[Desks, Site]]:
    """Start a shop and so many gateways on one database; give the desks at them."""
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(sandbox())
        site = Site(folder, shop, where)
        for place in range(gateways):
            nest = Nest(folder / f"gateway{place}", patches)
            stack.callback(nest.close)
            site.start(nest)
        desks = Desks(site)
        stack.callback(desks.close)
        yield desks, site


def replay(desks: Desks, site: Site, count: int, seed: int = 7) -> Answers:
    """Ask for everything that can be asked for once, then so many times again."""
    originals = _originals(desks, site.shop)
    answers, chance = Answers(), random.Random(seed)
    before = _effects(site)
    begun = time.monotonic()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        jobs = [(chance.choice(originals), chance.random() < _CHANGED) for _ in range(count)]
        for done in [pool.submit(_again, desks, one, changed, answers) for one, changed in jobs]:
            done.result()
    answers.seconds = time.monotonic() - begun
    after = _effects(site)
    answers.effects += [
        f"{what}: {after[what]}, not {n}" for what, n in before.items() if after[what] != n
    ]
    return answers


def burst(desks: Desks, site: Site, count: int, answers: Answers) -> None:
    """Send so many new requests, each several times at the same moment."""
    case = desks.rows()[0]["id"]
    before = _effects(site)["notes"]
    with ThreadPoolExecutor(_IN_A_BURST) as pool:
        for number in range(count):
            asked = Asked("luis", f"/v1/cases/{case}/notes", f"b{number}", {"text": f"n{number}"})
            together = list(pool.map(desks.ask, [asked] * _IN_A_BURST))
            done = {a.content for a in together if a.status_code == 200}
            others = {a.json()["type"] for a in together if a.status_code != 200}
            answers.bursts += 1
            answers.in_progress += sum(a.status_code == 409 for a in together)
            if len(done) != 1 or not others <= {_IN_PROGRESS}:
                answers.wrong.append(f"{asked.key}: {len(done)} answers, and {others}")
    made = _effects(site)["notes"] - before
    if made != count:
        answers.effects.append(f"{made} notes of {count} requests")


def in_flight(desks: Desks, site: Site) -> list[httpx.Response]:
    """Ask for something slow, and meanwhile again at each gateway; return those answers.

    The gateways are to be opened with the patch `slow_to_finish`.
    """
    case = desks.rows()[0]["id"]
    asked = Asked("luis", f"/v1/cases/{case}/notes", "slow", {"text": "slow"})
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(desks.ask, asked, 0)
        time.sleep(0.5)
        meanwhile = [desks.ask(asked, place) for place in range(len(site.living))]
        assert not first.done(), "it was not slow"
        answer = first.result()
    afterwards = [desks.ask(asked, place) for place in range(len(site.living))]
    assert answer.status_code == 200, answer.text
    assert {a.content for a in afterwards} == {answer.content}
    return meanwhile


def flagged(desks: Desks, shop: SandboxProcess, count: int) -> list[str]:
    """Make so many orders that want a refund; return their cases."""
    shop.seed("S5", count=count)
    end = time.monotonic() + _FLAGGED_WITHIN_S
    while len(rows := desks.rows()) < count:
        assert time.monotonic() < end, "the orders were not flagged"
        time.sleep(0.1)
    return [row["id"] for row in rows]


def _originals(desks: Desks, shop: SandboxProcess) -> list[Asked]:
    cases = flagged(desks, shop, _CASES)
    made = []
    for number, case in enumerate(cases):
        finding = {"step": "visible", "state": "deferred", "note": "later"}
        path = f"/v1/cases/{case}/findings"
        # Nobody has the case yet. What is asked again meets a claim, and is refused all the same.
        made.append(desks.first("marta", path, f"early{number}", finding, refused=409))
        for step in ("claim", "recheck"):
            desks.first("marta", f"/v1/cases/{case}/{step}", f"{step}{number}", {})
        body = {"kind": "refund", "reason": "out of stock"}
        refund = desks.first("marta", f"/v1/cases/{case}/actions", f"refund{number}", body)
        made.append(refund)
    for row in desks.rows("approvals"):
        _approve(desks, row["id"], made)
    for number in range(_NOTES):
        path = f"/v1/cases/{cases[number % len(cases)]}/notes"
        made.append(desks.first("luis", path, f"note{number}", {"text": f"note {number}"}))
    shop.wait_until(lambda: not any(row["open_action"] for row in desks.rows()), 60)
    return made


def _approve(desks: Desks, case: str, made: list[Asked]) -> None:
    for asked in list(made):
        if asked.path == f"/v1/cases/{case}/actions":
            action = httpx.Response(200, content=asked.content).json()["id"]
            path = f"/v1/actions/{action}/approval"
            made.append(desks.first("amina", path, f"yes{action}", {"approve": True}))


def _again(desks: Desks, one: Asked, changed: bool, answers: Answers) -> None:
    what = next((name for name in ("text", "note") if name in one.body), "reason")
    asked = replace(one, body={**one.body, what: "another"}) if changed else one
    answer = desks.ask(asked)
    told_to_wait = answer.status_code == 409 and answer.json()["type"] == _IN_PROGRESS
    # Another thread asks for the same at this moment; the answer is there when that is done.
    while answer.status_code == 409 and answer.json()["type"] == _IN_PROGRESS:
        answer = desks.ask(asked)
    wrong = None
    if changed:
        kind = answer.json()["type"] if answer.status_code == 422 else answer.status_code
        if kind != "urn:agent-app:problem:idempotency-key-reused":
            wrong = f"{one.path}: another body under the same key was answered {kind}"
    elif (answer.status_code, answer.content) != (one.status, one.content):
        wrong = f"{one.path}: the repeat was answered {answer.status_code}, other than {one.status}"
    answers.note(changed=changed, in_progress=told_to_wait, wrong=wrong)


def _effects(site: Site) -> Counter[str]:
    """Count what requests leave behind: rows that people made, and what the shop did."""
    database = Database(site.where)
    found = Counter({"movements": len(site.shop.get("/provider/ledger")["entries"])})
    with contextlib.closing(database), database.read() as connection:
        for table in (schema.notes, schema.findings, schema.actions, schema.messages):
            count = sa.select(sa.func.count()).select_from(table)
            found[table.name] = connection.execute(count).scalar_one()
        people = schema.audit.c.who.in_(site.tokens)
        count = sa.select(sa.func.count()).select_from(schema.audit).where(people)
        found["audit"] = connection.execute(count).scalar_one()
    return found
