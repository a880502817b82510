"""The connection to a gateway: one pool, each request with its credentials, streams that hang up.

Only `client` uses it. httpx's pool leaks when requests are cancelled, so none is, and a jammed pool
is replaced as a whole (libraries.md 5).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from agent_app.desk.platform.answers import BodyTooLargeError
from agent_app.desk.platform.network import CONNECT_S, within
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.signing_in import TRIES, Authorizer

BIGGEST_BODY = 16 * 1024 * 1024
WHOLE_S = 30.0
"""An answer that drips is given up: each drop would begin the read's time-out anew."""


class Line:
    """One open answer that is read as it comes; `hang_up` ends it from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._over = False

    @property
    def is_over(self) -> bool:
        """Return whether somebody hung up."""
        return self._over

    def hold(self, response: httpx.Response) -> None:
        """Keep a handle of the connection that outlives what TLS makes of it."""
        stream = response.extensions.get("network_stream")
        connected = stream.get_extra_info("socket") if stream is not None else None
        with self._lock:
            if connected is not None:
                # By its number: a socket under TLS cannot be duplicated as one.
                self._handle = socket.socket(fileno=socket.dup(connected.fileno()))
        if self._over:
            self.hang_up()

    def hang_up(self) -> None:
        """End the reading at once, wherever it waits; harmless when it has ended."""
        with self._lock:
            self._over = True
            if self._handle is not None:
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)

    def let_go(self) -> None:
        """Close the handle; the answer is read no more."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None


class Wire:
    """The requests of one signed-in person; safe for several threads."""

    def __init__(
        self, base: str, authorizer: Authorizer, new_client: Callable[[], httpx.Client]
    ) -> None:
        """Ask the gateway at `base`; `new_client` makes the pool, and another if it jams."""
        self._base = base
        self._authorizer = authorizer
        self._new_client = new_client
        self._lock = threading.Lock()
        self._client = new_client()
        self._jammed: list[httpx.Client] = []

    def exchange(self, method: str, path: str, **parts: Any) -> tuple[int, bytes, httpx.Headers]:
        """Send a request and read its answer whole.

        Raises:
            httpx.HTTPError: as the network failed.
            BodyTooLargeError: the answer is longer than any of a gateway.
            Unauthenticated, Unreachable: there are no credentials, and none can be had.
        """
        given = parts.pop("headers", {})
        for left in reversed(range(TRIES)):
            sent = self._authorizer.headers(method, self._base + path)
            status, body, headers = self._once(method, path, {**given, **sent}, **parts)
            if not left or not self._authorizer.heard(status, headers, sent):
                break
        return status, body, headers

    @contextlib.contextmanager
    def open(
        self, path: str, line: Line, *, params: dict[str, str], accept: str, read_s: float
    ) -> Iterator[httpx.Response]:
        """Give an answer that is read as it comes; `read_s`: the longest silence in it.

        Raises:
            As `exchange`. An answer other than 200 is given whole.
        """
        timeout = httpx.Timeout(connect=CONNECT_S, read=read_s, write=8.0, pool=4.0)
        try:
            for left in reversed(range(TRIES)):
                sent = self._authorizer.headers("GET", self._base + path)
                with self._streamed(
                    "GET",
                    path,
                    {"Accept": accept, **sent},
                    params=params,
                    timeout=timeout,
                ) as answer:
                    line.hold(answer)
                    if left and self._authorizer.heard(answer.status_code, answer.headers, sent):
                        continue
                    yield answer
                    return
        finally:
            line.let_go()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in (self._client, *self._jammed):
                client.close()

    def _once(
        self, method: str, path: str, headers: dict[str, str], **parts: Any
    ) -> tuple[int, bytes, httpx.Headers]:
        with within(WHOLE_S), self._streamed(method, path, headers, **parts) as answer:
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > BIGGEST_BODY:
                    raise BodyTooLargeError(f"more than {BIGGEST_BODY} bytes")
            return answer.status_code, bytes(body), answer.headers

    @contextlib.contextmanager
    def _streamed(
        self, method: str, path: str, headers: dict[str, str], **parts: Any
    ) -> Iterator[httpx.Response]:
        client = self._client
        try:
            with contextlib.ExitStack() as stack:
                # A live stream may go on for hours, its head may not.
                with within(WHOLE_S):
                    asked = client.stream(method, self._base + path, headers=headers, **parts)
                    answer = stack.enter_context(asked)
                yield answer
        except httpx.PoolTimeout:
            self._replace(client)
            raise
        except RuntimeError as error:
            # httpx's word for a client that was closed: what still ran at sign-out ends quietly.
            if not client.is_closed:
                raise
            raise Unreachable("the desk has signed out") from error

    def _replace(self, jammed: httpx.Client) -> None:
        with self._lock:
            if self._client is jammed:
                # Closed only at the end: other threads' requests still run in it.
                self._jammed.append(jammed)
                self._client = self._new_client()
