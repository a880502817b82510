"""People's requests to a gateway over HTTP, timed: one after the other, and several at once."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_IDLE_S = 2.0
"""The gateway closes connections that are idle for longer; this one is then made anew."""


class UnexpectedAnswer(Exception):
    """The gateway refused; a benchmark of refusals would be quick and worthless."""


class Person:
    """One signed-in person with a connection that is kept open."""

    def __init__(self, address: str, token: str | None = None) -> None:
        parts = urllib.parse.urlsplit(address)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._keys = itertools.count()
        self._asked_at = 0.0
        self._me = uuid.uuid4().hex

    def get(self, path: str) -> bytes:
        """Return the answer's body.

        Raises:
            UnexpectedAnswer: it is not 200.
        """
        return self._ask("GET", path, None, {})

    def post(self, path: str, body: object = None) -> bytes:
        """Send a change under a key of its own.

        Raises:
            UnexpectedAnswer: it is neither 200 nor 202.
        """
        sent = json.dumps(body).encode() if body is not None else b""
        headers = {"Idempotency-Key": f"{self._me}:{next(self._keys)}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._ask("POST", path, sent, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if time.monotonic() - self._asked_at > _IDLE_S:
            self._connection.close()
        self._asked_at = time.monotonic()
        self._connection.request(method, path, body, {**self._headers, **headers})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 202):
            raise UnexpectedAnswer(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def close(self) -> None:
        self._connection.close()


@dataclass(slots=True)
class Timed:
    """The times of one operation, in milliseconds."""

    ms: list[float] = field(default_factory=list)

    def at(self, part: float) -> float:
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    @property
    def p50(self) -> float:
        return self.at(0.50)

    @property
    def p95(self) -> float:
        return self.at(0.95)


def one_by_one(ask: Callable[[int], object], times: int, warm: int = 5) -> Timed:
    """Do it so many times, each with its number, and time each."""
    timed = Timed()
    for number in range(-warm, times):
        began = time.perf_counter()
        ask(number + warm)
        if number >= 0:
            timed.ms.append(1000 * (time.perf_counter() - began))
    return timed


def per_second(asks: Sequence[Callable[[int], object]], seconds: float) -> float:
    """Let everybody ask at once for so long; return the requests a second of all together.

    Raises:
        UnexpectedAnswer: one was refused.
    """
    done = [0] * len(asks)
    failed: list[Exception] = []
    end = time.perf_counter() + seconds

    def work(who: int) -> None:
        try:
            for number in itertools.count(who, len(asks)):
                if time.perf_counter() >= end or failed:
                    return
                asks[who](number)
                done[who] += 1
        except (UnexpectedAnswer, OSError, http.client.HTTPException) as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(len(asks))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - began)


def decoded(body: bytes) -> Any:
    return json.loads(body)
