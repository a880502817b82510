"""An issuer whose keys the test holds: for tokens that no honest provider would sign, and outages.

What a real provider does is shown with `tests.oidc_provider`.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey, Key

from tests.oidc_provider import AUDIENCE


class FakeIssuer:
    """Serves discovery, keys and introspection on loopback; `asked` counts per path."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.issuer = f"{scheme}://127.0.0.1:{server.server_port}"
        self.asked: Counter[str] = Counter()
        self.keys: list[Key] = [ECKey.generate_key("P-256", {"kid": "first"})]
        self.down = False
        self.answers = threading.Event()
        """While cleared, it takes requests and does not answer."""
        self.answers.set()
        self.ended: set[str] = set()
        """Tokens that are no longer in force."""
        self.discovered: dict[str, object] = {}
        """What the discovery document says otherwise."""

    def rotate(self) -> None:
        """Sign with a new key from now on, and no longer publish the old one."""
        self.keys = [ECKey.generate_key("P-256", {"kid": f"key {time.monotonic_ns()}"})]

    def token(self, *, header: dict[str, Any] | None = None, **other: Any) -> str:
        """Return a good token with these claims set or, where None, left out."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "client_id": "desk",
            "jti": str(time.monotonic_ns()),
        } | other
        head = {"typ": "at+jwt", "alg": "ES256", "kid": self.keys[0].kid} | (header or {})
        return jwt.encode(head, {k: v for k, v in said.items() if v is not None}, self.keys[0])

    def answer(self, path: str, body: bytes) -> tuple[int, object]:
        self.asked[path] += 1
        self.answers.wait(30)
        if self.down:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            found = {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/jwks",
                "introspection_endpoint": f"{self.issuer}/introspect",
            }
            return 200, found | self.discovered
        if path == "/moved":
            return 302, {}
        if path == "/jwks":
            odd = [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "new"}, {"kty": "RSA", "n": 7}]
            return 200, {"keys": [*odd, *(key.as_dict(private=False) for key in self.keys)]}
        token = dict(part.split("=") for part in body.decode().split("&"))["token"]
        return 200, {"active": token not in self.ended}


@contextlib.contextmanager
def fake_issuer(tls: ssl.SSLContext | None = None) -> Iterator[FakeIssuer]:
    """Serve a fake issuer for the length of a `with` block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, said = made.answer(self.path, body)
            sent = msgspec.json.encode(said)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{made.issuer}/jwks")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def handle(self) -> None:
            # Whoever does not believe our certificate goes away in the middle.
            with contextlib.suppress(OSError):
                super().handle()

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = FakeIssuer(server, "https" if tls else "http")
    if tls is not None:
        # The handshake belongs to the connection's own thread: one that fails stops no other.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
