"""Ten thousand requests of the desk's real client through a network that goes wrong, and the judge.

Every click carries a mark of its own. What the gateway's database holds of each mark afterwards is
held against what the clicker was told: answered means exactly once, refused means never, given up
means at most once.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import sqlite3
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TypeVar

from agent_app.contract.messages import (
    ActionRequest,
    FindingRequest,
    NoteRequest,
    Queue,
)
from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.network import Network, within
from agent_app.desk.work.errors import (
    OutcomeUnknown,
    PlatformError,
    Refused,
    Throttled,
    Unreachable,
)
from agent_app.domain.actions import ActionKind
from agent_app.domain.guide import StepState
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Role
from agent_app.tryout.world import World, running_world, wait_until_filled
from tests.desk.faults.proxy import Fault, FaultyNetwork

FAULTS = {
    Fault.LOST: 0.03,
    Fault.ANSWER_LOST: 0.04,
    Fault.RESET: 0.03,
    Fault.HALF_OPEN: 0.02,
    Fault.CUT: 0.02,
    Fault.DRIP: 0.02,
    Fault.LATE: 0.02,
    Fault.LATE_REQUEST: 0.03,
    Fault.TWICE: 0.03,
    Fault.TWICE_AT_ONCE: 0.03,
    Fault.BAD_GATEWAY: 0.02,
}
"""Of a hundred requests 29 meet one."""
PATIENCE_S = 1.5
"""Shorter than a desk's, so that thousands of silences fit into minutes; the code is the same."""
LATE_S = 2.5
"""Beyond the patience: a late answer finds nobody, a late request comes after the next try."""
_TRIES = 12
_CLICKERS = 12
_CASES = 24
T = TypeVar("T")
_MARK = re.compile(rb"mark-[0-9a-f]{40}")
_EFFECTS = (
    # An action's reason is also kept as a note.
    "SELECT text FROM notes WHERE request NOT LIKE '%#reason'",
    "SELECT body FROM findings",
    "SELECT record FROM actions",
)
SEED: dict[str, object] = {"orders": [{"cause": "N1", "count": _CASES}]}


class Ended(StrEnum):
    """How a click ended for him who made it."""

    ANSWERED = "answered"
    REFUSED = "refused"
    GIVEN_UP = "given up"


@dataclass
class Report:
    """What came of the requests. `wrong`: marks whose effects are not what was told."""

    requests: int = 0
    read: Counter[str] = field(default_factory=Counter)
    clicks: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    missing: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Errors of other kinds than the tree knows: bugs of the client."""

    @property
    def wrong(self) -> int:
        return len(self.missing) + len(self.repeated) + len(self.unasked) + len(self.odd)


class Clicker:
    """Sends requests as a desk does; `key_per_sending` is the control that must go wrong."""

    def __init__(
        self, network: FaultyNetwork, token: str, *, seed: int, key_per_sending: bool = False
    ) -> None:
        reach = Network()
        self._platform = HttpPlatform(
            network.url,
            token,
            new_client=lambda: reach.client(network.url, headers={"Accept": "application/json"}),
        )
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._key_per_sending = key_per_sending
        self.run = uuid.uuid4().hex[:8]
        self.cases: list[CaseId] = []
        self.told: dict[str, Ended] = {}
        self.report = Report()

    def close(self) -> None:
        self._platform.close()

    def learn_cases(self) -> None:
        """Find the cases to work on, however often it takes."""
        page = self._again(lambda: self._platform.cases(Queue.TEAM))
        assert page is not None
        self.cases = [row.id for row in page.rows]

    def work(self, requests: int) -> None:
        """Carry out about so many requests, from several threads."""
        begun = time.monotonic()
        with ThreadPoolExecutor(_CLICKERS) as pool:
            # A thread each until the sum is reached: slow ones hold nobody up.
            for done in [pool.submit(self._one_after_another, requests) for _ in range(_CLICKERS)]:
                done.result()
        self.report.seconds = time.monotonic() - begun

    def _one_after_another(self, requests: int) -> None:
        while self.report.requests < requests:
            with self._lock:
                dice, case = self._random.random(), self._random.choice(self.cases)
            try:
                if dice < 0.35:
                    self._read(case)
                else:
                    self._click(case, dice)
            except Exception as error:  # noqa: BLE001  (told in the report)
                self.report.odd.append(f"{type(error).__name__}: {error}")

    def _read(self, case: CaseId) -> None:
        page = self._again(lambda: self._platform.case(case))
        with self._lock:
            self.report.read["whole" if page is not None else "given up"] += 1
        if page is not None and page.row.id != case:
            self.report.odd.append(f"asked for {case}, got {page.row.id}")

    def _click(self, case: CaseId, dice: float) -> None:
        mark = f"mark-{self.run}{uuid.uuid4().hex}"
        platform = self._platform
        if dice < 0.75:
            send: Callable[[str], object] = lambda key: platform.add_note(  # noqa: E731
                case, NoteRequest(text=mark), key
            )
        elif dice < 0.92:
            finding = FindingRequest(step="visible", state=StepState.DEFERRED, note=mark)
            send = lambda key: platform.add_finding(case, finding, key)  # noqa: E731
        else:
            act = ActionRequest(kind=ActionKind.ESCALATE, reason=mark)
            self._again(lambda: platform.claim(case, uuid.uuid4().hex))
            send = lambda key: platform.act(case, act, key)  # noqa: E731
        ended = self._send(send, mark)
        with self._lock:
            self.told[mark] = ended
            self.report.clicks[ended.value] += 1

    def refuse_and_hold_back(self, network: FaultyNetwork) -> None:
        """Let a finding for each case be refused while a copy of it is on its way.

        A case that nobody claimed takes none; the claim comes before the copy does.
        """
        finding = [
            FindingRequest(
                step="visible", state=StepState.DEFERRED, note=f"mark-{self.run}{n:032x}"
            )
            for n, _ in enumerate(self.cases)
        ]
        network.set({})
        for case in self.cases:
            self._platform.release(case, uuid.uuid4().hex)
        network.set({Fault.LATE_REQUEST: 1.0})
        for case, told in zip(self.cases, finding, strict=True):
            with contextlib.suppress(OutcomeUnknown, Unreachable):
                self._platform.add_finding(case, told, str(told.note))
        network.set({})
        for case, told in zip(self.cases, finding, strict=True):
            mark = str(told.note)
            self.told[mark] = self._send(partial(self._platform.add_finding, case, told), mark)
            self.report.clicks[self.told[mark].value] += 1
            self._again(partial(self._platform.claim, case, uuid.uuid4().hex))
        network.settle()

    def _send(self, send: Callable[[str], object], key: str) -> Ended:
        ended = Ended.GIVEN_UP
        for _ in range(_TRIES):
            used = uuid.uuid4().hex if self._key_per_sending else key
            self._count()
            try:
                with within(PATIENCE_S):
                    send(used)
            except Throttled as error:
                time.sleep(min(error.retry_after_s, 0.5))
            except (OutcomeUnknown, Unreachable):
                continue
            except Refused:
                return Ended.REFUSED
            else:
                return Ended.ANSWERED
        return ended

    def _again(self, ask: Callable[[], T]) -> T | None:
        for _ in range(_TRIES):
            self._count()
            with contextlib.suppress(PlatformError), within(PATIENCE_S):
                return ask()
        return None

    def _count(self) -> None:
        with self._lock:
            self.report.requests += 1


def judge(clicker: Clicker, database: Path) -> Report:
    """Hold the gateway's database against what was told."""
    effects = Counter(mark for mark in _marks(database) if mark.startswith(f"mark-{clicker.run}"))
    report = clicker.report
    for mark, ended in clicker.told.items():
        count = effects.pop(mark, 0)
        if ended is Ended.ANSWERED and count == 0:
            report.missing.append(mark)
        if count > 1:
            report.repeated.append(mark)
        if ended is Ended.REFUSED and count:
            report.unasked.append(mark)
    report.unasked += effects
    return report


def _marks(database: Path) -> Iterator[str]:
    """Give the mark of every effect: a note, a finding, an action, once for each row."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as books:
        for rows in _EFFECTS:
            for (held,) in books.execute(rows):
                found = set(_MARK.findall(held if isinstance(held, bytes) else held.encode()))
                yield from (mark.decode() for mark in found)


@contextlib.contextmanager
def gateway(folder: Path, *, keeps_refusals: bool = True) -> Iterator[World]:
    """Run a gateway process with cases to work on; one that forgets its refusals is a control."""
    forgets = {} if keeps_refusals else {"AGENT_APP_GATEWAY_KEEP_REFUSALS_S": "0"}
    with variables(forgets), running_world(folder, seed=SEED) as world:
        wait_until_filled(world, Role.LEAD, _CASES)
        yield world


def known_cases(world: World) -> list[CaseId]:
    """Return the cases, asked for without any faults."""
    platform = HttpPlatform(world.gateway, world.token(Role.LEAD))
    with contextlib.closing(platform):
        return [row.id for row in platform.cases(Queue.TEAM).rows]


def clicked(
    world: World,
    requests: int,
    *,
    seed: int = 20261123,
    key_per_sending: bool = False,
    network: FaultyNetwork | None = None,
) -> Report:
    """Click through the faults, let everything arrive, and judge."""
    with contextlib.ExitStack() as stack:
        if network is None:
            network = stack.enter_context(
                FaultyNetwork(world.gateway, FAULTS, late_s=LATE_S, seed=seed)
            )
        token = world.token(Role.LEAD)
        clicker = Clicker(network, token, seed=seed, key_per_sending=key_per_sending)
        with contextlib.closing(clicker):
            clicker.learn_cases()
            clicker.work(requests)
            network.settle()
        clicker.report.faults = Counter(network.counted)
    return judge(clicker, world.folder / "gateway.db")


def held_back(world: World) -> Report:
    """Let copies of refused requests arrive when their reason is gone, and judge."""
    with FaultyNetwork(world.gateway, {}, late_s=LATE_S) as network:
        clicker = Clicker(network, world.token(Role.LEAD), seed=1)
        with contextlib.closing(clicker):
            clicker.learn_cases()
            clicker.refuse_and_hold_back(network)
    return judge(clicker, world.folder / "gateway.db")


@contextlib.contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for the processes that are started meanwhile."""
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]
