"""A whole small world for trying the product: sandbox shop, gateway with users, sample orders.

Used by `dev.py demo`, the tour and the end-to-end tests; everything lives in one folder and on
loopback.
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from agent_app.tryout.processes import NotStarted, running

SEED = 7
_FILLED_WITHIN_S = 180.0

PEOPLE: dict[Role, tuple[UserId, str]] = {
    Role.AGENT: (UserId("chen.li"), "Chen Li"),
    Role.SENIOR: (UserId("amina.diallo"), "Amina Diallo"),
    Role.LEAD: (UserId("marta.silva"), "Marta Silva"),
    Role.FINANCE: (UserId("jonas.weber"), "Jonas Weber"),
    Role.AUDITOR: (UserId("grace.kim"), "Grace Kim"),
}
"""Invented people, one for each role that a first look needs."""


@dataclass(frozen=True, slots=True)
class Orders:
    """A folder of order histories to work beside the sandbox's own orders."""

    folder: Path
    label: str


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is, while it runs."""

    folder: Path
    gateway: str
    sandbox: str
    token_files: dict[Role, Path]

    def token(self, role: Role) -> str:
        return self.token_files[role].read_text("utf-8").strip()


@contextlib.contextmanager
def running_world(
    folder: Path,
    *,
    orders: Sequence[Orders] = (),
    seed: dict[str, object] | None = None,
    keys: bool = True,
) -> Iterator[World]:
    """Start everything, fill it, and stop it all when the block ends.

    `seed` is the body of the sandbox's `/seed`; with `keys` off its shop knows no action keys.

    Raises:
        NotStarted: a part did not come up, or the first orders did not arrive.
    """
    with running(
        "agent_app.engines.sandbox",
        ["--port", "0", "--seed", str(SEED), "--with-parent"],
        "sandbox",
        folder / "sandbox.log",
    ) as sandbox:
        if not keys:
            post(f"{sandbox}/faults", {"settings": {"keys": False}})
        if seed is not None:
            post(f"{sandbox}/seed", seed)
        with serving(folder, _config(sandbox, orders)) as world:
            yield replace(world, sandbox=sandbox)


@contextlib.contextmanager
def serving(folder: Path, config: str) -> Iterator[World]:
    """Run a gateway with people on a configuration of one's own: TOML with `database` gateway.db.

    The world has no sandbox then.

    Raises:
        NotStarted: the gateway did not come up.
    """
    file = folder / "gateway.toml"
    file.write_text(config, "utf-8")
    tokens = _add_people(folder)
    with running(
        "agent_app.gateway",
        ["--config", str(file), "serve", "--with-parent"],
        "gateway",
        folder / "gateway.log",
    ) as gateway:
        yield World(folder, gateway, "", tokens)


def post(url: str, body: dict[str, object]) -> dict[str, object]:
    """Send JSON to a part of the world and return its JSON answer."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, object] = json.load(response)
    return answer


def wait_until_filled(world: World, role: Role, at_least: int = 1) -> int:
    """Wait until the gateway has flagged `at_least` orders and reads nothing more; return how many.

    Raises:
        NotStarted: too few orders were flagged in time.
    """
    deadline = time.monotonic() + _FILLED_WITHIN_S
    flagged = -1
    while time.monotonic() < deadline:
        before, flagged = flagged, _flagged(world, role)
        if flagged >= at_least and flagged == before:
            return flagged
        time.sleep(1.0)
    raise NotStarted(f"only {flagged} orders were flagged; see {world.folder / 'gateway.log'}")


def _flagged(world: World, role: Role) -> int:
    request = urllib.request.Request(
        f"{world.gateway}/v1/cases?limit=1",
        headers={"Authorization": f"Bearer {world.token(role)}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return int(json.load(response)["total"])


def _add_people(folder: Path) -> dict[Role, Path]:
    database = Database(folder / "gateway.db")
    files: dict[Role, Path] = {}
    try:
        with database.write() as connection:
            for role, (user, name) in PEOPLE.items():
                accounts.save_user(connection, accounts.User(user, name, role, disabled=False))
                token = accounts.issue_token(connection, user, datetime.now(UTC), label="tryout")
                files[role] = folder / f"{role}.token"
                files[role].touch(mode=0o600)
                files[role].write_text(token, "utf-8")
    finally:
        database.close()
    return files


def _config(sandbox: str, orders: Sequence[Orders]) -> str:
    """Return the gateway's TOML; JSON strings are valid TOML strings."""
    lines = ["port = 0", 'database = "gateway.db"', ""]
    lines += ["[[shops]]", 'id = "sandbox"', 'engine = "sandbox"', f"url = {json.dumps(sandbox)}"]
    for number, history in enumerate(orders, 1):
        lines += [
            "",
            "[[shops]]",
            f'id = "history{number}"',
            'engine = "history"',
            f"folder = {json.dumps(str(history.folder.resolve()))}",
            f"label = {json.dumps(history.label)}",
        ]
    return "\n".join(lines) + "\n"
