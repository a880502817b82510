"""A gateway that is killed and started again, and the people at their desks before it.

What a storm (`storming`) and a search for stuck orders (`finding`) have in common.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from agent_app.domain.ids import OrderRef, UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.engines.real.background import free_port
from tests.processes import Program

_CALL_S, _PATIENCE_S = 10.0, 30.0


@dataclass
class Seen:
    """What the storm was like. Safe to use from several threads."""

    kills: int = 0
    in_flight: int = 0
    """Kills while a refund was on its way to the shop or back."""
    answers: Counter[str] = field(default_factory=Counter)
    """What people were told, by the problem's kind or `202`."""
    faults: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    """What the gateways logged as an error, and answers that must not be."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, what: str) -> None:
        with self.lock:
            self.answers[what] += 1


class Life:
    """A gateway process that is killed and started again at the same address and database."""

    def __init__(self, folder: Path, config: str, people: Sequence[str], seen: Seen) -> None:
        self.port, self._seen, self._folder = free_port(), seen, folder
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "gateway.toml").write_text(
            config.replace("port = 0", f"port = {self.port}"), "utf-8"
        )
        self.tokens = _people(folder / "gateway.db", people)
        self._program: Program | None = None

    def start(self) -> None:
        self._program = Program(
            "agent_app.gateway",
            "--config", str(self._folder / "gateway.toml"), "serve", "--with-parent",
            ready="gateway ",
        )  # fmt: skip

    def kill(self) -> None:
        assert self._program is not None
        self._note_errors(self._program)
        self._program.kill()

    def stop(self) -> None:
        if self._program is not None and self._program.process.poll() is None:
            self._note_errors(self._program)
            self._program.stop()

    def _note_errors(self, program: Program) -> None:
        told = [line for line in program.errors().splitlines() if '"level":"error"' in line]
        with self._seen.lock:
            self._seen.errors += told


def _people(database: Path, names: Sequence[str]) -> dict[str, str]:
    opened, tokens = Database(database), {}
    with contextlib.closing(opened), opened.write() as connection:
        for name in names:
            user = accounts.User(UserId(name), name.title(), Role.LEAD, disabled=False)
            accounts.save_user(connection, user)
            tokens[name] = accounts.issue_token(connection, user.id, datetime.now(UTC))
    return tokens


class Client:
    """One window of one person's desk; its requests are repeated until they are answered."""

    _numbers = itertools.count(1)

    def __init__(self, url: str, token: str, seen: Seen) -> None:
        self._seen = seen
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_CALL_S * 3,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask until it is answered, under one key.

        Raises:
            TimeoutError: nobody answered for so long.
        """
        key = f"storm-{next(self._numbers)}"
        end = time.monotonic() + _PATIENCE_S * 2
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                answer = self._http.request(
                    method, path, json=body, headers={"Idempotency-Key": key}
                )
                if answer.status_code == 500:
                    with self._seen.lock:
                        self._seen.errors.append(f"{method} {path}: 500 {answer.text[:200]}")
                if answer.status_code < 500 and "in-progress" not in answer.text[:200]:
                    return answer
            time.sleep(0.2)
        raise TimeoutError(f"{method} {path} was not answered for {2 * _PATIENCE_S:g} s")

    def cases(self, shop: str) -> dict[OrderRef, str]:
        """Return the open cases of a shop: order to case."""
        found: dict[OrderRef, str] = {}
        path: str | None = "/v1/cases?queue=team&limit=200"
        while path is not None:
            page = self.ask("GET", path).json()
            found |= {OrderRef(r["ref"]): r["id"] for r in page["rows"] if r["shop"] == shop}
            following = page.get("next")
            path = f"/v1/cases?queue=team&limit=200&cursor={following}" if following else None
        return found

    def refund(self, case: str) -> None:
        """Claim and ask for all the money back, as one who does not believe the first answer."""
        self.ask("POST", f"/v1/cases/{case}/claim")
        body = {"kind": "refund", "reason": "wants it back"}
        for _ in range(2):
            answer = self.ask("POST", f"/v1/cases/{case}/actions", body)
            told = _told(answer)
            self._seen.tell(told)
            if "stale" not in told and "verif" not in told:
                return
            self.ask("POST", f"/v1/cases/{case}/recheck")

    def refunds(self, case: str) -> tuple[str, ...]:
        """Return the states of the refunds that the gateway recorded."""
        said = self.ask("GET", f"/v1/cases/{case}").json()
        records = [action["record"] for action in said.get("actions", ())]
        return tuple(r["state"] for r in records if r["kind"] == "refund")


def _told(answer: httpx.Response) -> str:
    if answer.status_code < 400:
        return str(answer.status_code)
    problem = answer.json()
    return " ".join([str(problem["type"]).rpartition(":")[2], *problem.get("why", ())])
