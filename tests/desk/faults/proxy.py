"""A network that goes wrong between a desk and its gateway: an HTTP proxy with faults on demand.

It passes answers on as they come, so the live stream works through it. Every fault happens on real
sockets. Beside tests/engines/real/proxy.py, which counts what shops are asked, this one knows what
only a client's patience meets: silence, drops, and requests that arrive after he has given up.
"""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    "content-length", "host",
}  # fmt: skip
_UPSTREAM_S = 60.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_HELD_S = 45.0
"""A half-open connection is let go of after that; every client gave up long before."""


class Fault(StrEnum):
    """What happens to a request."""

    LOST = "request lost"
    """Read and thrown away; the client sees a closed socket."""
    ANSWER_LOST = "answer lost"
    """Carried out; the client sees a closed socket."""
    RESET = "reset"
    """Carried out; the client sees a reset."""
    HALF_OPEN = "half-open"
    """Carried out; the client hears nothing more, and the connection stays open."""
    CUT = "cut off"
    """Carried out; the answer ends in its middle."""
    DRIP = "1 B/s"
    """Carried out; the answer comes at a byte a second, headers too."""
    LATE = "late answer"
    """Carried out at once; the answer comes after `late_s`."""
    LATE_REQUEST = "late request"
    """The client sees a reset at once; the request arrives after `late_s`."""
    TWICE = "delivered twice"
    """Delivered twice, one after the other; the client sees the second answer."""
    TWICE_AT_ONCE = "delivered twice at once"
    """Delivered twice at the same time; the client sees one of the answers."""
    BAD_GATEWAY = "502"
    """Carried out; the client sees what a proxy in between says."""


class FaultyNetwork:
    """Forwards to `target` (an http address) while in a `with` block.

    `chances`: of each fault, for requests below /v1; what is left goes through unharmed.
    """

    def __init__(
        self, target: str, chances: Mapping[Fault, float], *, late_s: float = 1.0, seed: int = 0
    ) -> None:
        self._to = urlsplit(target)
        self._chances = dict(chances)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._stray: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()
        self.late_s = late_s
        self.over = threading.Event()
        self.counted: Counter[str] = Counter()
        self.by_key: dict[str, list[str]] = {}
        """What happened to each sending under a key, in order."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def set(self, chances: Mapping[Fault, float]) -> None:
        """Let these faults happen from now on, and no others."""
        with self._lock:
            self._chances = dict(chances)

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self.settle()
        # Live streams would otherwise be waited for until their next beat.
        with self._lock:
            for each in self._sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self._server.server_close()

    @contextlib.contextmanager
    def holding(self, open_socket: socket.socket | None) -> Iterator[None]:
        """Have a socket shut down at the end, whoever waits for it; None: it is closed already."""
        if open_socket is None:
            yield
            return
        with self._lock:
            self._sockets.add(open_socket)
        try:
            yield
        finally:
            with self._lock:
                self._sockets.discard(open_socket)

    def settle(self) -> None:
        """Wait until every request that was held back has arrived."""
        while True:
            with self._lock:
                stray, self._stray = self._stray, []
            if not stray:
                return
            for thread in stray:
                thread.join()

    def choose(self, key: str = "") -> Fault | None:
        """Choose what happens to a request, and count it."""
        with self._lock:
            dice = self._random.random()
            chosen = None
            for fault, chance in self._chances.items():
                dice -= chance
                if dice < 0:
                    chosen = fault
                    break
            name = chosen.value if chosen else "unharmed"
            self.counted[name] += 1
            if key:
                self.by_key.setdefault(key, []).append(name)
            return chosen

    def wait_for(self, fault: Fault, times: int, within_s: float = 60.0) -> None:
        """Wait until a fault has begun so often.

        Raises:
            AssertionError: it did not.
        """
        end = time.monotonic() + within_s
        while self.counted[fault.value] < times:
            assert time.monotonic() < end, f"{fault.value} not {times} times within {within_s:g} s"
            time.sleep(0.05)

    def later(self, asked: Asked) -> None:
        """Have a request arrive after `late_s`, when nobody waits for it any more."""

        def deliver() -> None:
            self.over.wait(self.late_s)
            self.forget(asked)

        thread = threading.Thread(target=deliver)
        with self._lock:
            self._stray.append(thread)
        thread.start()

    def forget(self, asked: Asked) -> None:
        """Deliver a request and throw its answer away."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection, answer = self.deliver(asked)
            with contextlib.closing(connection):
                # A live stream would be read until it ends.
                if answer.headers.get_content_type() != "text/event-stream":
                    answer.read()

    def deliver(self, asked: Asked) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """Ask the target; the caller closes the connection.

        Raises:
            OSError, http.client.HTTPException: it gave no answer.
        """
        assert self._to.hostname is not None
        there = http.client.HTTPConnection(self._to.hostname, self._to.port, timeout=_UPSTREAM_S)
        try:
            there.request(asked.method, asked.path, asked.body or None, asked.headers)
            return there, there.getresponse()
        except BaseException:
            there.close()
            raise


class Asked:
    """One request as it came."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 256

    def __init__(self, network: FaultyNetwork) -> None:
        self.network = network
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that gave up: nothing of ours went wrong.
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def handle(self) -> None:
        with self.server.network.holding(self.connection):
            super().handle()

    def do_GET(self) -> None:
        network = self.server.network
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
        asked = Asked(self.command, self.path, headers, body)
        fault = network.choose(self.headers.get("Idempotency-Key", ""))
        if fault is Fault.LOST:
            self._hang_up()
        elif fault is Fault.LATE_REQUEST:
            network.later(asked)
            self._hang_up(reset=True)
        elif fault in {Fault.ANSWER_LOST, Fault.RESET, Fault.HALF_OPEN, Fault.BAD_GATEWAY}:
            network.forget(asked)
            self._after(fault)
        else:
            self._pass_on(asked, fault)

    def do_POST(self) -> None:
        self.do_GET()

    def _after(self, fault: Fault) -> None:
        if fault is Fault.BAD_GATEWAY:
            self.send_response_only(502, "Bad Gateway")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"bad")
            return
        if fault is Fault.HALF_OPEN:
            self._until_given_up(_HELD_S)
        self._hang_up(reset=fault is Fault.RESET)

    def _pass_on(self, asked: Asked, fault: Fault | None) -> None:
        network = self.server.network
        if fault is Fault.TWICE:
            network.forget(asked)
        beside = threading.Thread(target=network.forget, args=(asked,))
        if fault is Fault.TWICE_AT_ONCE:
            beside.start()
        try:
            connection, answer = network.deliver(asked)
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return
        finally:
            if fault is Fault.TWICE_AT_ONCE:
                beside.join()
        with contextlib.closing(connection), network.holding(connection.sock):
            if fault is Fault.LATE:
                network.over.wait(network.late_s)
            if fault is Fault.DRIP:
                self._drip(answer)
            elif fault is Fault.CUT:
                self._cut(answer)
            else:
                self._stream(answer)

    def _head(self, answer: http.client.HTTPResponse, *more: tuple[str, str]) -> bytes:
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP]
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in (*kept, *more)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _stream(self, answer: http.client.HTTPResponse) -> None:
        """Pass an answer on as it comes; it may never end."""
        if answer.length is not None:
            body = answer.read()
            self.wfile.write(self._head(answer, ("Content-Length", str(len(body)))) + body)
            return
        self.wfile.write(self._head(answer, ("Transfer-Encoding", "chunked")))
        while part := answer.read1(65_536):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            if self.server.network.over.is_set():
                self._hang_up()
                return
        self.wfile.write(b"0\r\n\r\n")

    def _cut(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read() if answer.length is not None else answer.read1(4096)
        head = self._head(answer, ("Content-Length", str(len(body) + 1)))
        self.wfile.write(head + body[: len(body) // 2])
        self._hang_up()

    def _drip(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read() if answer.length is not None else b""
        whole = self._head(answer, ("Content-Length", str(len(body)))) + body
        for place in range(len(whole)):
            self.wfile.write(whole[place : place + 1])
            if self._until_given_up(1.0):
                break
        self._hang_up()

    def _until_given_up(self, most_s: float) -> bool:
        """Wait until the client closes, `most_s` at most; return whether he did."""
        end = time.monotonic() + most_s
        while time.monotonic() < end and not self.server.network.over.is_set():
            self.connection.settimeout(0.1)
            try:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
            finally:
                with contextlib.suppress(OSError):
                    self.connection.settimeout(self.timeout)
        return self.server.network.over.is_set()

    def _hang_up(self, *, reset: bool = False) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            else:
                self.connection.shutdown(socket.SHUT_RDWR)
            self.connection.close()

    def log_message(self, *_: object) -> None:
        pass
