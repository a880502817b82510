"""How many desks one gateway process tells of a change, how soon, and at what cost.

A real gateway process on each database; the desks are sockets in this process, which share the
machine with it.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests import postgres
from tests.bench.figures import Figure, Skip
from tests.gateway.world import World
from tests.processes import Program

NAME = "streams"
SUMMARY = (
    "open live streams of one gateway process: how soon all hear of a change, and what it costs"
)
_CHANGES = 20
_SOON_MS = 1_000.0
_MOST_THREADS = 64
"""Of the whole process, however many streams: the answers' own threads among them."""
_MOST_FILES = 64
_STOPS_S = 30.0
_MOST_KIB = 100.0


@dataclass(slots=True)
class Site:
    """A gateway process with one case, and tokens for those who listen and who work."""

    program: Program
    case: CaseId
    tokens: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.program.ready.split()[-1]

    def status(self) -> dict[str, int]:
        """Return the process's threads and its memory in KiB."""
        text = Path(f"/proc/{self.program.process.pid}/status").read_text("utf-8")
        found = re.findall(r"^(Threads|VmRSS):\s+(\d+)", text, re.MULTILINE)
        return {name: int(value) for name, value in found}

    def processor_s(self) -> float:
        fields = Path(f"/proc/{self.program.process.pid}/stat").read_text("utf-8").split()
        return (int(fields[13]) + int(fields[14])) / 100


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench streams` takes."""
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")


def run(options: argparse.Namespace) -> list[Figure]:
    """Open the streams, change a case again and again, and count who heard when."""
    if not Path("/proc/self/status").exists():
        raise Skip("threads and memory are read from /proc, which this system does not have")
    figures: list[Figure] = []
    for name in [options.database] if options.database else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="agent-app-streams-") as folder:
            figures += _on(name, Path(folder), options.streams)
    return figures


def _on(name: str, folder: Path, streams: int) -> list[Figure]:
    place: Path | str = folder / "gateway.db"
    if name == "postgresql":
        try:
            place = postgres.server().database()
        except postgres.NoPostgresError as error:
            raise Skip(str(error)) from error
    site = _site(place, folder, streams)
    try:
        before = site.status()
        heard = asyncio.run(_listen_and_change(site, streams))
        after = heard.status
        code = site.program.process.wait(_STOPS_S)
        stopped_in = time.perf_counter() - heard.stopped_at
    finally:
        site.program.stop()
    waits = sorted(1000 * wait for wait in heard.waits)
    kib = (after["VmRSS"] - before["VmRSS"]) / streams
    return [
        Figure(f"{name}: streams", streams, ""),
        Figure.at_least("  events that arrived", len(waits), "", streams * _CHANGES),
        Figure("  click to event, half of them", _part(waits, 0.5), "ms"),
        Figure.at_most("  95 in 100", _part(waits, 0.95), "ms", _SOON_MS),
        Figure("  the last of all", waits[-1] if waits else 0.0, "ms"),
        Figure("  processor time per event", 1e6 * heard.processor_s / len(waits), "µs"),
        Figure.at_most("  memory per stream", kib, "KiB", _MOST_KIB),
        Figure.at_most("  threads of the process", after["Threads"], "", _MOST_THREADS),
        Figure.at_most("  files and sockets beside them", heard.other_files, "", _MOST_FILES),
        Figure.at_least("  streams ended with a word", heard.ended, "", streams),
        Figure.at_most("  exit code", code, "", 0),
        Figure("  time to stop with all of them open", stopped_in, "s"),
    ]


def _part(waits: Sequence[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0


def _site(place: Path | str, folder: Path, streams: int) -> Site:
    with closing(Database(place)) as database:
        world = World(folder, database=database)
        world.shop.stuck("PG-1")
        world.watch()
        case = world.case_of(world.shop.stuck("PG-1"))
        assert case is not None
        people = [world.person(f"p{number}", Role.AGENT) for number in range(streams)]
        with database.write() as connection:
            now = database.clock.now()
            tokens = [accounts.issue_token(connection, p.user, now) for p in people]
    file = folder / "gateway.toml"
    file.write_text(
        f'port = 0\ndatabase = "{place}"\n'
        # Nobody answers there: the shop has no part in this.
        '[[shops]]\nid = "fake"\nengine = "sandbox"\nurl = "http://127.0.0.1:9"\n',
        "utf-8",
    )
    arguments = ("--config", str(file), "serve", "--with-parent")
    return Site(Program("agent_app.gateway", *arguments, ready="gateway "), case, tokens)


@dataclass(slots=True)
class Heard:
    """What arrived: seconds from a click to each event of it, and what the process was like."""

    waits: list[float] = field(default_factory=list)
    arrived: list[dict[str, float]] = field(default_factory=list)
    """Of each click, when each desk heard of it."""
    opened: int = 0
    ended: int = 0
    status: dict[str, int] = field(default_factory=dict)
    processor_s: float = 0.0
    other_files: int = 0
    stopped_at: float = 0.0


async def _listen_and_change(site: Site, streams: int) -> Heard:
    heard = Heard()
    desks = [asyncio.create_task(_desk(site, token, heard)) for token in site.tokens]
    while heard.opened < streams:
        await asyncio.sleep(0.1)
        for desk in desks:
            if desk.done():
                desk.result()
    await asyncio.sleep(3)
    begun = site.processor_s()
    headers = {"Authorization": f"Bearer {site.tokens[0]}"}
    keys = itertools.count()
    async with httpx.AsyncClient(base_url=site.address, headers=headers, trust_env=False) as agent:
        for click in range(_CHANGES):
            use = "release" if click % 2 else "claim"
            # What the gateway itself finds out about the case is not to be taken for the click.
            await asyncio.sleep(0.5)
            heard.arrived.append({})
            at = time.perf_counter()
            answer = await agent.post(
                f"/v1/cases/{site.case}/{use}", headers={"Idempotency-Key": f"k{next(keys)}"}
            )
            answer.raise_for_status()
            for _ in range(100):
                if len(heard.arrived[-1]) >= streams:
                    break
                await asyncio.sleep(0.05)
            heard.waits += [moment - at for moment in heard.arrived[-1].values()]
    heard.processor_s = site.processor_s() - begun
    heard.status = site.status()
    heard.other_files = _other_files(site, streams)
    heard.stopped_at = time.perf_counter()
    site.program.process.terminate()
    await asyncio.gather(*desks)
    return heard


async def _desk(site: Site, token: str, heard: Heard) -> None:
    parts = urlsplit(site.address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    first = True
    async for line in reader:
        if line.startswith(b"HTTP/1.1") and b" 200 " not in line:
            raise RuntimeError(line.decode())
        if line == b"event: end\n":
            heard.ended += 1
        if line != b"event: changes\n":
            continue
        if first:
            first = False
            heard.opened += 1
        elif heard.arrived:
            heard.arrived[-1].setdefault(token, time.perf_counter())
    writer.close()


def _other_files(site: Site, streams: int) -> int:
    """Return how many files and sockets the process holds beside one for each stream."""
    return len(list(Path(f"/proc/{site.program.process.pid}/fd").iterdir())) - streams
