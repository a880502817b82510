"""Desks killed around "send": the run, and what the gateway's database says of every click.

Used by the test and by `dev.py bench kill-desk`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from agent_app.contract.messages import Queue
from agent_app.desk.platform.client import HttpPlatform
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts, schema
from agent_app.gateway.store.database import Database
from tests.kills.desk_life import Control, Fact
from tests.kills.desk_nest import Order
from tests.processes import ROOT, Program, sandbox

_SEEDS = {"S1": 25, "S5": 15, "S9": 5, "U1": 5}
_CASES_WITHIN_S = 60.0
_FACT = msgspec.json.Decoder(Fact)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run showed. `shown_s`: from the window until all that was kept was on screen."""

    kills: int
    seconds: float
    kept: Counter[str]
    """Acknowledged clicks by kind."""
    refused: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    shown_s: tuple[float, ...]
    wrong: tuple[str, ...]
    sent_after_a_kill: int
    """Clicks that one life acknowledged and a later one saw done."""
    left: Counter[str] = field(default_factory=Counter)
    """What waits for the person at the end, by state."""


def run(folder: Path, kills: int, desks: int, seed: int, control: Control = "") -> Report:
    """Kill `desks` real desks so many times altogether, let what is left be sent, and judge."""
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(sandbox(seed=seed))
        for cause, count in _SEEDS.items():
            shop.seed(cause, count=count)
        gateway, tokens = stack.enter_context(_gateway(folder, shop.base_url, desks))
        _wait_for_cases(gateway, tokens["agent0"])
        begun = time.monotonic()
        nests = [
            _Nest(folder, name, Order(
                profile=str(folder / name), gateway=gateway, token=token, key=os.urandom(32).hex(),
                kills=kills // desks + (place < kills % desks), seed=seed + place, control=control,
            ))
            for place, (name, token) in enumerate(tokens.items())
        ]  # fmt: skip
        facts = {nest.name: nest.facts() for nest in nests}
        seconds = time.monotonic() - begun
    return judge(folder / "gateway.db", facts, kills, seconds)


class NestFailedError(Exception):
    """The parent of a desk ended with an error; the message holds what it wrote."""


class _Nest:
    def __init__(self, folder: Path, name: str, order: Order) -> None:
        self.name = name
        (folder / name).mkdir(parents=True)
        self._facts = folder / f"{name}.jsonl"
        self._errors = folder / f"{name}.txt"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kills.desk_nest", str(self._facts)],
                cwd=ROOT,
                env={**os.environ, "PYTHONUTF8": "1", "QT_QPA_PLATFORM": "offscreen"},
                stdin=subprocess.PIPE,
                stderr=errors,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.close()

    def facts(self) -> list[Fact]:
        """Wait for its end; return everything that its desks said.

        Raises:
            NestFailedError: a desk ended by itself, or said what no desk says.
        """
        code = self._process.wait()
        if code:
            said = self._errors.read_text("utf-8", "replace")[-4000:]
            raise NestFailedError(f"{self.name} ended with {code}\n{said}")
        return [_FACT.decode(line) for line in self._facts.read_bytes().splitlines()]


@contextlib.contextmanager
def _gateway(folder: Path, shop: str, desks: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Run a gateway; return its address and a token for each desk's person."""
    tokens = {}
    database = Database(folder / "gateway.db")
    with contextlib.closing(database), database.write() as connection:
        for place in range(desks):
            user = UserId(f"agent{place}")
            accounts.save_user(
                connection, accounts.User(user, f"Agent {place}", Role.LEAD, disabled=False)
            )
            tokens[str(user)] = accounts.issue_token(connection, user, datetime.now(UTC))
    config = folder / "gateway.toml"
    config.write_text(
        f'port = 0\ndatabase = "{folder / "gateway.db"}"\nwatch_every_s = 0.5\n\n[[shops]]\n'
        f'id = "sandbox"\nengine = "sandbox"\nurl = "{shop}"\n',
        "utf-8",
    )
    words = ("--config", str(config), "serve", "--with-parent")
    running = Program("agent_app.gateway", *words, ready="gateway ")
    try:
        yield running.ready, tokens
    finally:
        running.stop()


def _wait_for_cases(gateway: str, token: str) -> None:
    platform = HttpPlatform(gateway, token)
    wanted, end = sum(_SEEDS.values()) // 2, time.monotonic() + _CASES_WITHIN_S
    with contextlib.closing(platform):
        while platform.cases(Queue.TEAM).total < wanted:
            assert time.monotonic() < end, "the gateway flagged too few orders"
            time.sleep(0.3)


def judge(database: Path, facts: dict[str, list[Fact]], kills: int, seconds: float) -> Report:
    """Hold what the desks said against what the gateway's database holds."""
    noted, requests = _recorded(database)
    lost, doubled, wrong, shown = [], [], [], []
    kept: Counter[str] = Counter()
    left: Counter[str] = Counter()
    refused_all = after = 0
    for name, told in facts.items():
        refused = {fact.key for fact in told if fact.what == "refused"}
        waiting = {fact.key: fact.text for fact in told if fact.what == "left"}
        left.update(waiting.values())
        refused_all += len(refused)
        shown += [fact.s for fact in told if fact.what == "right"]
        wrong += [f"{name}: {fact.text}" for fact in told if fact.what == "wrong"]
        for fact in {fact.key: fact for fact in told if fact.what == "kept"}.values():
            kept[fact.kind] += 1
            if fact.kind not in {"note", "finding", "act"}:
                continue
            arrived = requests[f"{name}:{fact.key}"]
            found = noted[fact.text] if fact.kind == "note" else arrived
            if found == 0 and fact.key not in refused and fact.key not in waiting:
                lost.append(f"{name}: {fact.kind} {fact.text} {fact.key}")
            if found > 1:
                doubled.append(f"{name}: {fact.kind} {fact.text} {fact.key}")
        after += _sent_after_a_kill(told)
    return Report(
        kills, seconds, kept, refused_all, tuple(lost), tuple(doubled), tuple(shown), tuple(wrong),
        after, left,
    )  # fmt: skip


def _sent_after_a_kill(told: Sequence[Fact]) -> int:
    """Count the lives that ended with a click acknowledged less than a moment before."""
    return sum(
        later.what == "window" and earlier.what == "kept"
        for earlier, later in itertools.pairwise(told)
    )


def _recorded(database: Path) -> tuple[Counter[str], Counter[str]]:
    """Return the notes by their text, and everything by the request that made it."""
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        notes = connection.execute(sa.select(schema.notes.c.text)).scalars().all()
        made = [
            request
            for table in (schema.notes, schema.findings, schema.actions)
            for request in connection.execute(sa.select(table.c.request)).scalars()
        ]
    engine.dispose()
    return Counter(notes), Counter(filter(None, made))
