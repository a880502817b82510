"""Promise: a gateway that is killed again and again pays nothing twice and forgets nothing.

Real processes: `kill -9` at random moments while two people work on many orders over HTTP; the
sandbox provider's ledger says what really happened.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.processes import Program, SandboxProcess, sandbox

SEED = 20261122
ORDERS = 6


@dataclass
class Site:
    """A gateway that comes and goes on one database, and two people who do not give up."""

    folder: Path
    shop: SandboxProcess
    gateway: Program | None = None
    tokens: dict[Role, str] = field(default_factory=dict)
    client: httpx.Client = field(
        default_factory=lambda: httpx.Client(verify=False, trust_env=False, timeout=10)
    )

    def set_up(self) -> None:
        (self.folder / "gateway.toml").write_text(
            'port = 0\ndatabase = "gateway.db"\nwatch_every_s = 0.2\n\n[[shops]]\n'
            f'id = "sandbox"\nengine = "sandbox"\nurl = "{self.shop.base_url}"\n',
            "utf-8",
        )
        database = Database(self.folder / "gateway.db")
        with contextlib.closing(database), database.write() as connection:
            for role in (Role.FINANCE, Role.LEAD):
                user = accounts.User(UserId(role), role.title(), role, disabled=False)
                accounts.save_user(connection, user)
                self.tokens[role] = accounts.issue_token(connection, user.id, datetime.now(UTC))

    def start(self) -> None:
        config = str(self.folder / "gateway.toml")
        self.gateway = Program(
            "agent_app.gateway", "--config", config, "serve", "--with-parent", ready="gateway "
        )

    def kill(self) -> None:
        assert self.gateway is not None
        self.gateway.kill()

    def ask(
        self, role: Role, method: str, path: str, key: str, body: object = None
    ) -> httpx.Response:
        assert self.gateway is not None
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Idempotency-Key": key}
        url = f"{self.gateway.ready}{path}"
        return self.client.request(method, url, json=body, headers=headers)


def work_on(site: Site, role: Role, kind: str, stop: threading.Event) -> None:
    """Claim and ask for the action on every case whose remedy it is, until told to stop.

    The key of a request is the case's own, so a request whose answer the kill took is repeated.
    """
    unique = itertools.count()
    while not stop.is_set():
        with contextlib.suppress(httpx.HTTPError):
            page = site.ask(role, "GET", "/v1/cases?limit=200", "")
            for row in page.json().get("rows", []):
                if row["remedy"] != kind or row["open_action"]:
                    continue
                case = f"/v1/cases/{row['id']}"
                site.ask(role, "POST", f"{case}/claim", f"{role}{next(unique)}")
                site.ask(role, "POST", f"{case}/recheck", f"{role}{next(unique)}")
                body = {"kind": kind, "reason": "by the decision table"}
                site.ask(role, "POST", f"{case}/actions", f"{kind}-{row['id']}", body)
        stop.wait(0.1)


def approve(site: Site, stop: threading.Event) -> None:
    """Say yes to whatever waits for a second person, until told to stop."""
    while not stop.is_set():
        with contextlib.suppress(httpx.HTTPError):
            page = site.ask(Role.FINANCE, "GET", "/v1/cases?queue=approvals&limit=200", "")
            for row in page.json().get("rows", []):
                case = site.ask(Role.FINANCE, "GET", f"/v1/cases/{row['id']}", "").json()
                for action in case["actions"]:
                    of = action["record"]
                    if of["state"] == "awaiting_approval":
                        path = f"/v1/actions/{of['id']}/approval"
                        site.ask(Role.FINANCE, "POST", path, of["id"], {"approve": True})
        stop.wait(0.1)


def open_actions(site: Site) -> int:
    rows = site.ask(Role.LEAD, "GET", "/v1/cases?limit=200", "").json()["rows"]
    left = sum(row["open_action"] is not None for row in rows)
    return left + sum(row["remedy"] in {"refund", "resubmit"} for row in rows)


@contextlib.contextmanager
def survived(folder: Path, shop: SandboxProcess, kills: int) -> Iterator[Site]:
    """Work while the gateway is killed, then let it finish; give the site while it still runs."""
    site = Site(folder, shop)
    site.set_up()
    site.start()
    chance, stop = random.Random(SEED), threading.Event()
    people = [
        threading.Thread(target=work_on, args=(site, role, kind, stop))
        for role, kind in ((Role.LEAD, "refund"), (Role.LEAD, "resubmit"))
    ]
    people.append(threading.Thread(target=approve, args=(site, stop)))
    for person in people:
        person.start()
    try:
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.7))
            site.kill()
            site.start()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if open_actions(site) == 0:
                    break
            time.sleep(0.2)
        yield site
    finally:
        stop.set()
        for person in people:
            person.join()
        site.client.close()
        assert site.gateway is not None
        site.gateway.stop()


def moves(shop: SandboxProcess, references: list[str], what: str) -> Counter[int]:
    """Return how many orders had the movement how often."""
    return Counter(len(shop.ledger(ref, what)) for ref in references)


@pytest.mark.slow
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no-keys"])
def test_killed_again_and_again_it_pays_nothing_twice(tmp_path: Path, keys: bool) -> None:
    with sandbox(seed=SEED) as shop:
        lag_s = 0.0 if keys else 0.3
        settings = {"keys": keys, "query_lag_s": lag_s, "processing_s": 0.2, "requests_per_s": 500}
        shop.faults(
            {"what": "drop_after", "method": "POST", "path": "/orders/*", "times": 4},
            settings=settings,
        )
        refunds = [t.reference for t in shop.seed("S5", count=ORDERS)]
        restored = [t.reference for t in shop.seed("S1", count=ORDERS)]
        with survived(tmp_path, shop, kills=5) as site:
            database = Database(site.folder / "gateway.db")
        with contextlib.closing(database), database.read() as connection:
            rows = connection.exec_driver_sql("SELECT kind FROM actions").scalars()
            recorded = Counter(rows)
        assert moves(shop, refunds, "refund_accepted") == {1: ORDERS}
        assert {shop.books(ref).stage for ref in restored} == {"confirmed"}
        assert moves(shop, restored, "capture") == {1: ORDERS}
        assert recorded == {"refund": ORDERS, "resubmit": ORDERS}
