"""A relay before the shop that counts what goes through, changes what is asked, loses a POST."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

import httpx


@dataclass(frozen=True, slots=True)
class Passed:
    """One request that went through: its line, and the size of the answer's body in bytes."""

    line: str
    size: int


@dataclass(slots=True)
class Relay:
    """Forwards to `target` on a port of its own while in a `with` block."""

    target: str
    change: Callable[[str], str] = str
    """Applied to the path and query of each request."""
    passed: list[Passed] = field(default_factory=list)
    lose: str | None = None
    """Lose the next POST: its `answer` after the shop gave it, or the `request` before."""
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Relay:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                relay._forward(self)

            def do_POST(self) -> None:
                relay._forward(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _forward(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        lose, self.lose = (self.lose, None) if handler.command == "POST" else (None, self.lose)
        handler.close_connection = True
        if lose == "request":
            return
        kept = {k: v for k, v in handler.headers.items() if k.lower() not in {"host", "connection"}}
        answer = httpx.request(
            handler.command,
            self.target + self.change(handler.path),
            headers={**kept, "Accept-Encoding": "identity"},
            content=body,
            timeout=60,
            trust_env=False,
        )
        self.passed.append(Passed(f"{handler.command} {handler.path}", len(answer.content)))
        if lose == "answer":
            return
        handler.send_response_only(answer.status_code)
        for name in ("Content-Type", "Date"):
            if name in answer.headers:
                handler.send_header(name, answer.headers[name])
        handler.send_header("Content-Length", str(len(answer.content)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(answer.content)
