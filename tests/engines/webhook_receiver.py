"""A company's receiver of text messages, real HTTP, which checks signatures by itself.

Written from the convention's text, not with our own code: OpenSSL's HMAC over the raw request.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_S = 300


@dataclass
class Receiver:
    """Its secret, how it answers, and what it sent out to phones."""

    secret: bytes
    url: str = ""
    honours_keys: bool = False
    answers: list[int | str] = field(default_factory=list)
    """Used up, one each: a status, or "lost" (sent out, no answer), "lost_before", "drip",
    "tamper" (as if someone had changed the body on its way)."""
    sent: list[dict[str, str]] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    """Headers of all requests, by lower-case name."""
    refused: int = 0
    now: float | None = None

    def is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        """Check the signature as a receiver does."""
        message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not at.isdigit() or abs((self.now or time.time()) - int(at)) > TOLERANCE_S:
            return False
        signed = b"%s.%s.%s" % (message.encode(), at.encode(), body)
        wanted = base64.b64encode(hmac.digest(self.secret, signed, "sha256"))
        given = [
            part.partition(",")[2].encode()
            for part in headers.get("webhook-signature", "").split(" ")
            if part.startswith("v1,")
        ]
        return any(hmac.compare_digest(one, wanted) for one in given)

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Send the message out to a phone, or refuse it."""
        self.seen.append(headers)
        if not self.is_signed(headers, body):
            self.refused += 1
            return 401, "bad signature"
        told = json.loads(body)
        repeated = any(one["id"] == told["id"] for one in self.sent)
        if not (self.honours_keys and repeated):
            self.sent.append(told)
        return 202, "sms-17"


class _Handler(BaseHTTPRequestHandler):
    """One connection to a receiver."""

    protocol_version = "HTTP/1.1"
    made: Receiver

    def do_HEAD(self) -> None:
        self._say(405, "")

    def do_GET(self) -> None:
        self._say(200, "moved here")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.made.answers.pop(0) if self.made.answers else None
        if answer == "lost_before":
            return self._break_off()
        if answer == "tamper":
            body = body.replace(b"PG-1", b"PG-2")
        if isinstance(answer, int):
            self.made.seen.append(headers)
            return self._say(answer, "as told")
        status, words = self.made.take(headers, body)
        if answer == "lost":
            return self._break_off()
        if answer == "drip":
            return self._drip()
        return self._say(status, words)

    def _say(self, status: int, words: str) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{self.made.url}/elsewhere")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def _drip(self) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 202 Accepted\r\nX-Long: ")
            for _ in range(300):
                self.wfile.write(b"x")
                time.sleep(0.1)
        self._break_off()

    def _break_off(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that are gone."""


@contextlib.contextmanager
def receiver(secret: bytes, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port of loopback."""
    made = Receiver(secret)
    handler = type("Handler", (_Handler,), {"made": made})
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls is not None else "http"
    made.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/messages"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
