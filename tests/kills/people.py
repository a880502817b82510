"""People at their desks who do not give up: they claim, ask for actions, approve, and repeat.

Each is a thread that talks HTTP to whichever gateway lives. A request whose answer a kill took is
repeated under its key until it is answered, as the desk does.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

_PAUSE_S = 0.05
_REPEATED = 0.2
"""How often a person asks again although he was answered: a click too many, a desk restarted."""
_DOES = frozenset(
    {"refund", "resubmit", "capture", "void", "resync", "correct_input", "notify", "resolve"}
)
"""What a person does when it is the remedy; the rest is for others, or only waits."""


@dataclass
class Told:
    """What people were told by the gateways. Safe to use from several threads."""

    promised: dict[str, str] = field(default_factory=dict)
    """Actions that were acknowledged with 202, to what was asked."""
    refusals: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Answers that must not be: another one to the same request, or a server's failure."""
    resolved: int = 0
    """Cases that people are through with."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def promise(self, action: str, kind: str, case: str) -> None:
        with self._lock:
            self.resolved += kind == "resolve" and action not in self.promised
            self.promised[action] = f"{kind} of case {case}"

    def refuse(self, code: str) -> None:
        with self._lock:
            self.refusals[code] += 1

    def complain(self, sentence: str) -> None:
        with self._lock:
            self.broken.append(sentence)


class Person(threading.Thread):
    """Does the remedy of every case he can get, and approves what others asked for.

    `address` gives that of a living gateway, None when there is none now.
    """

    def __init__(
        self,
        name: str,
        token: str,
        address: Callable[[], str | None],
        told: Told,
        *,
        approves: bool,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._token, self._address, self._told = token, address, told
        self._approves = approves
        self._chance = random.Random(name)
        self._numbers = itertools.count()
        self._keys: dict[tuple[str, str], str] = {}
        self._client = httpx.Client(verify=False, trust_env=False, timeout=5)
        self._done = threading.Event()

    def stop(self) -> None:
        self._done.set()
        self.join()
        self._client.close()

    def run(self) -> None:
        while not self._done.wait(_PAUSE_S):
            # Gone in the middle, or answered by the end of a process: the next round goes on.
            with contextlib.suppress(httpx.HTTPError, _NoGatewayError):
                self._approve() if self._approves else self._work()

    def _work(self) -> None:
        rows = self._rows("team")
        rows = [row for row in rows if row["remedy"] in _DOES and row["open_action"] is None]
        self._chance.shuffle(rows)
        for row in rows[:5]:
            if self._done.is_set():
                return
            self._take_up(row["id"])

    def _take_up(self, case: str) -> None:
        if self._once("POST", f"/v1/cases/{case}/claim").status_code != 200:
            return
        seen = self._once("POST", f"/v1/cases/{case}/recheck")
        if seen.status_code != 200:
            return
        kind, more = _next_step(seen.json()["decisions"])
        if kind not in _DOES:
            return
        body = {"kind": kind, "reason": "by the decision table", **more}
        key = self._keys.setdefault((case, kind), self._new_key())
        answer = self._until_answered("POST", f"/v1/cases/{case}/actions", body, key)
        if answer is None:
            return
        del self._keys[case, kind]
        if answer.status_code != 202:
            self._told.refuse(f"{kind} {_code(answer)}")
            return
        action = answer.json()["id"]
        self._told.promise(action, kind, case)
        if self._chance.random() < _REPEATED:
            again = self._until_answered("POST", f"/v1/cases/{case}/actions", body, key)
            if again is not None and again.content != answer.content:
                self._told.complain(f"{kind} of case {case}: the repeat was answered otherwise")

    def _approve(self) -> None:
        for row in self._rows("approvals"):
            case = self._once("GET", f"/v1/cases/{row['id']}")
            for action in case.json().get("actions", ()):
                record = action["record"]
                if record["state"] == "awaiting_approval":
                    path = f"/v1/actions/{record['id']}/approval"
                    key = f"yes-{record['id']}"
                    answer = self._until_answered("POST", path, {"approve": True}, key)
                    if answer is not None and answer.status_code != 200:
                        self._told.refuse(f"approval {_code(answer)}")

    def _rows(self, queue: str) -> list[dict[str, Any]]:
        page = self._once("GET", f"/v1/cases?queue={queue}&limit=200")
        rows = page.json()["rows"] if page.status_code == 200 else []
        return [row for row in rows if isinstance(row, dict)]

    def _until_answered(
        self, method: str, path: str, body: object, key: str
    ) -> httpx.Response | None:
        """Repeat the request under its key until it is answered; None: the day is over."""
        while not self._done.is_set():
            with contextlib.suppress(httpx.HTTPError, _NoGatewayError):
                answer = self._once(method, path, body, key)
                if answer.status_code < 500 and _code(answer) != "in-progress":
                    return answer
            self._done.wait(_PAUSE_S)
        return None

    def _once(self, method: str, path: str, body: object = None, key: str = "") -> httpx.Response:
        address = self._address()
        if address is None:
            raise _NoGatewayError
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": key or self._new_key(),
        }
        answer = self._client.request(method, f"{address}{path}", json=body, headers=headers)
        if answer.status_code == 500:
            self._told.complain(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return answer

    def _new_key(self) -> str:
        return f"{self.name}-{next(self._numbers)}"


class _NoGatewayError(Exception):
    """No gateway lives at this moment."""


def _next_step(decisions: dict[str, Any]) -> tuple[str, dict[str, object]]:
    """Return the kind of the right action now, and what else its request says."""
    remedy = decisions["remedy"]
    kind = str(remedy["action"])
    told = all(lock["why"] != "customer_not_told" for lock in decisions["by_kind"][kind]["locks"])
    if kind == "notify" or not told:
        return "notify", {"template": remedy["message"], "language": "en"}
    if kind == "correct_input":
        return kind, {"correction": {"phone": "+44 7700 900123"}}
    return kind, {}


def _code(answer: httpx.Response) -> str:
    if answer.status_code < 400:
        return ""
    problem = answer.json()
    return " ".join([str(problem["type"]).rpartition(":")[2], *problem.get("why", ())])
