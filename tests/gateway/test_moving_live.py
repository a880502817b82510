"""Promise: moved to PostgreSQL while people work with it, a gateway loses and repeats no refund.

Real processes: gateway, shop, the command `move`, PostgreSQL. The shop's own books are the judge.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts, audit
from agent_app.gateway.store.database import Database
from tests.processes import ROOT, Program, SandboxProcess, sandbox

ORDERS = 6
CURRENCIES = ("CNY", "EUR", "USD", "GBP", "JPY", "BRL", "AED", "KRW")


@dataclass
class Work:
    """A person who asks for refunds at whichever gateway there is, and does not give up."""

    token: str
    url: str = ""
    taken: dict[str, bytes] = field(default_factory=dict)
    """The answers that were given, by key."""
    failures: int = 0

    def ask(self, method: str, path: str, key: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        with httpx.Client(trust_env=False, verify=False, timeout=20) as client:
            return client.request(method, f"{self.url}{path}", json=body, headers=headers)

    def go_on(self, stop: threading.Event) -> None:
        """Claim, look and ask for the refund of every case that needs one, until told to stop."""
        number = 0
        while not stop.wait(0.02):
            try:
                rows = self.ask("GET", "/v1/cases?limit=200", "x").json()["rows"]
                for row in rows:
                    number += 1
                    self._handle(row["id"], number)
            except (httpx.HTTPError, KeyError, ValueError):
                self.failures += 1

    def _handle(self, case: str, number: int) -> None:
        key = f"refund-{case}"
        if key in self.taken:
            return
        self.ask("POST", f"/v1/cases/{case}/claim", f"claim-{case}-{number}")
        self.ask("POST", f"/v1/cases/{case}/recheck", f"recheck-{case}-{number}")
        body = {"kind": "refund", "reason": "by the decision table"}
        answer = self.ask("POST", f"/v1/cases/{case}/actions", key, body)
        if answer.status_code == 202:
            self.taken[key] = answer.content


def configured(folder: Path, shop: SandboxProcess, database: str) -> str:
    path = folder / "gateway.toml"
    path.write_text(
        f'port = 0\ndatabase = "{database}"\nwatch_every_s = 0.2\n[[shops]]\nid = "sandbox"\n'
        f'engine = "sandbox"\nurl = "{shop.base_url}"\ntimeout_s = 1.0\n'
        "[limits.lead.alone]\n" + "".join(f'{c} = "900000"\n' for c in CURRENCIES),
        "utf-8",
    )
    return str(path)


def started(config: str) -> Program:
    words = ("--config", config, "serve", "--with-parent")
    return Program("agent_app.gateway", *words, ready="gateway ")


def signed_up(path: Path) -> str:
    with contextlib.closing(Database(path)) as database, database.write() as connection:
        user = accounts.User(UserId("marta"), "Marta", Role.LEAD, disabled=False)
        accounts.save_user(connection, user)
        return accounts.issue_token(connection, user.id, database.clock.now())


def moved(config: str, address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent_app.gateway", "--config", config, "move", "--to", address],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def states(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.execute(sa.text("SELECT state FROM actions")).scalars())


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="PostgreSQL is started for tests on Linux only")
@pytest.mark.parametrize("keys", [True, False], ids=["keys", "no-keys"])
def test_moved_at_work_nothing_is_lost_and_nothing_paid_twice(
    tmp_path: Path, postgres_url: str, keys: bool
) -> None:
    with sandbox(seed=11) as shop:
        settings = {
            "keys": keys,
            "query_lag_s": 0.0 if keys else 0.3,
            "processing_s": 0.3,
            "requests_per_s": 500,
        }
        lost = {"what": "drop_after", "method": "POST", "path": "/orders/*", "times": 3}
        late = {"what": "apply_late", "method": "POST", "path": "/orders/*", "seconds": 0.5}
        shop.faults(lost, late, settings=settings)
        references = [truth.reference for truth in shop.seed("S5", count=ORDERS)]
        token = signed_up(tmp_path / "gateway.db")
        config = configured(tmp_path, shop, "gateway.db")
        old = started(config)
        work, stop = Work(token, old.ready), threading.Event()
        person = threading.Thread(target=work.go_on, args=(stop,))
        person.start()
        new: Program | None = None
        try:
            while len(work.taken) < 3:
                time.sleep(0.02)
            done = moved(config, postgres_url)
            assert done.returncode == 0, done.stderr
            assert old.process.wait(20) == 1
            assert "was moved to postgresql://" in old.errors()
            before = dict(work.taken)
            new = started(configured(tmp_path, shop, postgres_url))
            work.url = new.ready
            finished(work, Database(postgres_url))
            for key, answer in before.items():
                case = key.removeprefix("refund-")
                body = {"kind": "refund", "reason": "by the decision table"}
                again = work.ask("POST", f"/v1/cases/{case}/actions", key, body)
                assert again.content == answer, "the key replays at the new gateway"
        finally:
            stop.set()
            person.join()
            old.kill()
            if new is not None:
                new.stop()
        with contextlib.closing(Database(postgres_url)) as database:
            assert states(database) == ["confirmed"] * ORDERS
            with database.read() as connection:
                assert audit.first_break(connection) is None
        paid = [len(shop.ledger(reference, "refund_accepted")) for reference in references]
        assert paid == [1] * ORDERS
        assert len(work.taken) == ORDERS


def finished(work: Work, database: Database) -> None:
    """Wait until every refund was asked for and confirmed."""
    end = time.monotonic() + 60
    with contextlib.closing(database):
        while len(work.taken) < ORDERS or set(states(database)) != {"confirmed"}:
            assert time.monotonic() < end, (len(work.taken), states(database))
            time.sleep(0.1)
