"""The address on this machine where the browser comes back to after a sign-in (RFC 8252, 7.3).

Implements `signing_in.Redirect`. Listens on 127.0.0.1 alone, at a port that the system chooses, and
answers one sign-in. One thread serves all connections: browsers open spare ones and say nothing.
"""

from __future__ import annotations

import contextlib
import html
import selectors
import socket
import time

from agent_app.desk.work.signing_in import BackPage, Question, SignInCancelled, SignInTimedOut, Stop

PATH = "/callback"
WITHIN_S = 300.0
"""For the person at the browser, second factor and all."""
_LOOK_S = 0.1
_SILENT_S = 5.0
_MOST_BYTES = 16 * 1024
_MOST_CONNECTIONS = 32


class _Connection:
    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.since = time.monotonic()
        self.heard = bytearray()


class LoopbackRedirect:
    """Waits for one answer. Used by one worker thread; `close` ends it."""

    def __init__(self, page: BackPage | None = None, *, within_s: float = WITHIN_S) -> None:
        """Begin to listen.

        Raises:
            OSError: this machine gives no port.
        """
        self._page = page or BackPage()
        self._within_s = within_s
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._listener.setblocking(False)
        self._host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.address = f"http://{self._host}{PATH}"
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._open: set[_Connection] = set()

    def wait(self, question: Question, stop: Stop) -> str:
        """Return the query of the answer to this question."""
        give_up_at = time.monotonic() + self._within_s
        while time.monotonic() < give_up_at:
            if stop.is_set():
                raise SignInCancelled("the sign-in was given up")
            for key, _ in self._selector.select(_LOOK_S):
                if key.data is None:
                    self._accept()
                elif (query := self._read(key.data, question)) is not None:
                    return query
            self._drop_silent()
        raise SignInTimedOut(f"nobody came back from the browser within {self._within_s:g} s")

    def close(self) -> None:
        """Stop listening; the port is free again."""
        for connection in list(self._open):
            self._drop(connection)
        self._selector.close()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            if len(self._open) >= _MOST_CONNECTIONS:
                connection.close()
                return
            connection.setblocking(False)
            made = _Connection(connection)
            self._open.add(made)
            self._selector.register(connection, selectors.EVENT_READ, made)

    def _read(self, connection: _Connection, question: Question) -> str | None:
        """Take what was sent, and answer once it is a whole request."""
        try:
            chunk = connection.socket.recv(4096)
        except BlockingIOError:
            return None
        except OSError:
            chunk = b""
        connection.heard += chunk
        whole = b"\r\n\r\n" in connection.heard
        if chunk and not whole and len(connection.heard) <= _MOST_BYTES:
            return None
        query = self._query(bytes(connection.heard)) if whole else None
        fits = query is not None and question.is_answered_by(query)
        with contextlib.suppress(OSError):
            connection.socket.setblocking(True)
            connection.socket.settimeout(1.0)
            connection.socket.sendall(self._answer() if fits else _NOT_FOUND)
            connection.socket.shutdown(socket.SHUT_WR)
        self._drop(connection)
        return query if fits else None

    def _query(self, request: bytes) -> str | None:
        """Return the query of a request for our path and by our name; None for any other."""
        head, _, _ = request.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        hosts = [
            value.strip()
            for name, _, value in (line.partition(":") for line in fields)
            if name.strip().lower() == "host"
        ]
        # By another name: a page that had its own name lead here (DNS rebinding).
        if len(words) != 3 or words[0] != "GET" or hosts != [self._host]:
            return None
        path, _, query = words[1].partition("?")
        return query if path == PATH else None

    def _answer(self) -> bytes:
        page = self._page
        title, text = html.escape(page.title), html.escape(page.text)
        body = (
            f'<!doctype html><html lang="{html.escape(page.language)}"><meta charset="utf-8">'
            f"<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
        ).encode()
        return _head("200 OK", len(body)) + body

    def _drop_silent(self) -> None:
        for connection in list(self._open):
            if time.monotonic() - connection.since > _SILENT_S:
                self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._open.discard(connection)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(connection.socket)
        connection.socket.close()


def _head(status: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {length}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n"
    ).encode()


_NOT_FOUND = _head("404 Not Found", 0)
