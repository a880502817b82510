"""A network that goes wrong on demand: an HTTP proxy before a real shop or provider.

What goes through is counted by request and bytes, so that it also tells what a question costs.
Every fault happens on real connections: what the client sees is a closed or reset socket, a late
answer, or a gateway's 502.
"""

from __future__ import annotations

import http.client
import random
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    "content-length", "host",
}  # fmt: skip
_PATIENCE_S = 120.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Fault(StrEnum):
    """What happens to a request."""

    LOSE_REQUEST = "lose_request"
    """Read and thrown away: the shop never hears of it, and the client sees a closed socket."""
    LOSE_ANSWER = "lose_answer"
    """Carried out by the shop; the client sees a closed socket."""
    RESET = "reset"
    """As LOSE_ANSWER, with a reset."""
    BAD_GATEWAY = "bad_gateway"
    """Carried out by the shop; the client sees 502."""
    LATE = "late"
    """Carried out at once; the answer comes `delay_s` later."""
    TWICE = "twice"
    """Delivered twice, one after the other; the client sees the second answer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a fault happens. `path` and `body` are searched for as regular expressions."""

    what: Fault
    method: str = ""
    path: str = ""
    body: str = ""
    chance: float = 1.0
    times: int | None = None
    """How often at most; None: as long as the rule stands."""
    delay_s: float = 0.0

    def fits(self, method: str, path: str, body: bytes) -> bool:
        return (
            self.method in ("", method)
            and re.search(self.path, path) is not None
            and re.search(self.body.encode(), body) is not None
        )


@dataclass(frozen=True, slots=True)
class Passed:
    """One request. `status` is the shop's own answer's, 0 where it gave none."""

    method: str
    path: str
    asked: bytes
    status: int
    answered: int
    """Bytes of the body."""
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class FaultProxy:
    """Forwards to `target` (an http URL) from a port of its own while in a `with` block.

    `seed` decides which requests a rule with a chance hits.
    """

    target: str
    seed: int = 0
    passed: list[Passed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rules: list[tuple[Rule, list[int]]] = []
        self._chance, self._lock = random.Random(self.seed), threading.Lock()
        self._to = urlsplit(self.target)
        self._flying: dict[int, tuple[str, bytes]] = {}

    def flies(self, path: str = "", body: str = "") -> bool:
        """Tell whether such a request has come and is not answered yet."""
        with self._lock:
            flying = list(self._flying.values())
        return any(Rule(Fault.LATE, path=path, body=body).fits("", *one) for one in flying)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def set(self, *rules: Rule) -> None:
        """Let these rules hold from now on, and no others; the first that fits counts."""
        with self._lock:
            self._rules = [(rule, [0]) for rule in rules]

    def take(self) -> list[Passed]:
        """Return what has gone through since the last time."""
        with self._lock:
            taken, self.passed = self.passed, []
        return taken

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fault_for(self, method: str, path: str, body: bytes) -> Rule | None:
        """Choose what happens to a request; a rule's count goes down by it."""
        with self._lock:
            for rule, used in self._rules:
                if rule.times is not None and used[0] >= rule.times:
                    continue
                if rule.fits(method, path, body) and self._chance.random() < rule.chance:
                    used[0] += 1
                    return rule
        return None

    def came(self, path: str, body: bytes) -> None:
        with self._lock:
            self._flying[threading.get_ident()] = (path, body)

    def went(self) -> None:
        with self._lock:
            self._flying.pop(threading.get_ident(), None)

    def note(self, passed: Passed) -> None:
        with self._lock:
            self.passed.append(passed)

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        """Ask the target.

        Raises:
            OSError, http.client.HTTPException: it gave no answer.
        """
        assert self._to.hostname is not None
        there = http.client.HTTPConnection(self._to.hostname, self._to.port, timeout=_PATIENCE_S)
        try:
            there.request(method, path, body or None, headers)
            answer = there.getresponse()
            kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP]
            return _Answer(answer.status, answer.reason, kept, answer.read())
        finally:
            there.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that was killed, or gave up: nothing of ours went wrong.
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        proxy.came(self.path, body)
        try:
            self._answer(proxy, body)
        finally:
            proxy.went()

    def _answer(self, proxy: FaultProxy, body: bytes) -> None:
        rule = proxy.fault_for(self.command, self.path, body)
        fault = rule.what if rule else None
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        answer = None
        if fault is not Fault.LOSE_REQUEST:
            try:
                if fault is Fault.TWICE:
                    proxy.forward(self.command, self.path, headers, body)
                answer = proxy.forward(self.command, self.path, headers, body)
            except (OSError, http.client.HTTPException):
                answer = None
        status, size = (answer.status, len(answer.body)) if answer else (0, 0)
        proxy.note(Passed(self.command, self.path, body, status, size, fault))
        if answer is None or fault in {Fault.LOSE_ANSWER, Fault.RESET}:
            self._hang_up(reset=fault is Fault.RESET)
            return
        if rule is not None and fault is Fault.LATE:
            time.sleep(rule.delay_s)
        if fault is Fault.BAD_GATEWAY:
            answer = _Answer(502, "Bad Gateway", [("Content-Type", "text/plain")], b"bad gateway")
        self._give(answer)

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def _give(self, answer: _Answer) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.connection.close()

    def log_message(self, *_: object) -> None:
        pass
