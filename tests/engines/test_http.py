"""HTTP as the connectors use it: whatever a server does, the error says what may follow.

The server is a real one that writes the bytes it is told to, valid or not.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from agent_app.engines.http import Bounds, ShopHttp
from agent_app.engines.port import (
    Conflict,
    EngineError,
    Forbidden,
    NotVisible,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unreachable,
)
from tests.gateway.oidc.certificates import server_context

QUICK = Bounds(connect_s=1, read_s=0.5, whole_s=1.0, max_bytes=2_000)


class Thing(msgspec.Struct, frozen=True):
    name: str


@contextmanager
def server(write: Callable[[socket.socket], None], bounds: Bounds = QUICK) -> Iterator[ShopHttp]:
    """Serve every connection by `write`, after its request was read."""
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            connection, _ = listening.accept()
            with connection:
                if not done.is_set() and connection.recv(65_536):
                    write(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    host, port = listening.getsockname()
    http = ShopHttp(f"http://{host}:{port}", bounds=bounds, use_proxies=False)
    try:
        yield http
    finally:
        http.close()
        done.set()
        socket.create_connection((host, port)).close()
        thread.join()
        listening.close()


def answering(status: int, body: bytes = b"{}", *headers: str) -> Callable[[socket.socket], None]:
    lines = [f"HTTP/1.1 {status} Said", "Connection: close", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *headers, "", ""]).encode()
    return lambda connection: connection.sendall(head + body)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, Forbidden),
        (403, Forbidden),
        (404, NotVisible),
        (409, Conflict),
        (410, Rejected),
        (422, Rejected),
        (429, Throttled),
    ],
)
def test_a_refusal_is_definite_for_command_and_query(status: int, error: type[EngineError]) -> None:
    with server(answering(status, b'{"code": "so_it_is", "detail": "because"}')) as http:
        with pytest.raises(error, match="so_it_is: because"):
            http.post("/things", {}, Thing, key="k")
        with pytest.raises(error):
            http.get("/things", Thing)


@pytest.mark.parametrize("status", [302, 307, 408, 500, 502, 503, 504])
def test_what_may_have_been_done_is_unknown(status: int) -> None:
    with server(answering(status, b"", "Location: http://127.0.0.1:9/")) as http:
        with pytest.raises(OutcomeUnknown):
            http.post("/things", {}, Thing, key="k")
        with pytest.raises(EngineError) as refusal:
            http.get("/things", Thing)
    assert type(refusal.value) is EngineError


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"name": 5}', b'{"name": "\xff"}', b"[]"])
def test_nonsense_is_unknown_for_a_command(body: bytes) -> None:
    with server(answering(200, body)) as http:
        with pytest.raises(OutcomeUnknown, match="not the expected answer"):
            http.post("/things", {}, Thing, key="k")
        with pytest.raises(EngineError):
            http.get("/things", Thing)


def test_an_answer_comes_with_its_hash() -> None:
    with server(answering(200, b'{"name": "a"}')) as http:
        first = http.get("/things", Thing)
        assert first == http.post("/things", {}, Thing, key="aa-1")
    assert first.value == Thing("a")
    assert first.payload_hash == hashlib.sha256(b'{"name": "a"}').hexdigest()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("12", 12), ("0.5", 0.5), ("-3", 1), ("soon", 1), ("nan", 1), ("inf", 3600), ("1e9", 3600)],
)
def test_retry_after_is_bounded_and_never_nonsense(header: str, seconds: float) -> None:
    write = answering(429, b"{}", f"Retry-After: {header}")
    with server(write) as http, pytest.raises(Throttled) as refusal:
        http.post("/things", {}, Thing, key="k")
    assert refusal.value.retry_after_s == seconds


def test_an_endless_body_is_given_up() -> None:
    body = b'{"name": "' + b"a" * 5_000 + b'"}'
    with server(answering(200, body)) as http, pytest.raises(OutcomeUnknown, match="2000 bytes"):
        http.post("/things", {}, Thing, key="k")


def test_a_drip_that_never_pauses_long_enough_is_given_up() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        try:
            for _ in range(100):
                connection.sendall(b" ")
                time.sleep(0.05)
        except OSError:
            # The client has given up, as it should.
            return

    begun = time.monotonic()
    with server(drip) as http, pytest.raises(OutcomeUnknown, match="not finished within 1 s"):
        http.post("/things", {}, Thing, key="k")
    assert time.monotonic() - begun < 4


def test_silence_is_unknown() -> None:
    def nothing(connection: socket.socket) -> None:
        connection.settimeout(3)
        connection.recv(1)

    with server(nothing) as http, pytest.raises(OutcomeUnknown, match="no whole answer"):
        http.post("/things", {}, Thing, key="k")


def test_a_closed_connection_is_unknown() -> None:
    with server(lambda _: None) as http, pytest.raises(OutcomeUnknown):
        http.post("/things", {}, Thing, key="k")


def test_only_a_connection_that_was_never_made_counts_as_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    http = ShopHttp(f"http://127.0.0.1:{port}", bounds=QUICK, use_proxies=False)
    with pytest.raises(Unreachable):
        http.post("/things", {}, Thing, key="k")
    http.close()


def test_urls_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), server(answering(200, b'{"name": "a"}')) as http:
        http.get("/things", Thing, {"reference": "PG-20418377"})
    assert "PG-20418377" not in "".join(r.getMessage() for r in caplog.records if r.levelno >= 20)


def drip_headers(connection: socket.socket) -> None:
    """Send a header a byte at a time, each well within the longest silence."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    try:
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)
    except OSError:
        return


def test_a_command_whose_headers_drip_is_hung_up_on() -> None:
    """An action's lease follows from the longest call: nothing may outlast it."""
    with server(drip_headers) as http:
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            http.post("/x", {}, Thing, key="k")
        assert time.monotonic() - began < QUICK.longest_s


def test_a_shop_of_the_houses_own_authority_is_trusted_by_its_file_alone(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        context = server_context(tmp_path)
        thread = threading.Thread(target=_greet, args=(plain, context, 3))
        thread.start()
        url = f"https://127.0.0.1:{plain.getsockname()[1]}"
        for ca_file in (None, str(tmp_path / "other.pem")):
            http = ShopHttp(url, bounds=QUICK, use_proxies=False, ca_file=ca_file)
            with closing(http), pytest.raises(Unreachable, match=r"(?i)certificate"):
                http.get("/thing", Thing)
        right = str(tmp_path / "right.pem")
        with closing(ShopHttp(url, bounds=QUICK, use_proxies=False, ca_file=right)) as http:
            assert http.get("/thing", Thing).value == Thing("vase")
        thread.join()


def _greet(plain: socket.socket, context: ssl.SSLContext, times: int) -> None:
    """Answer that many connections by TLS; one whose client does not trust us is let go."""
    for _ in range(times):
        connection, _ = plain.accept()
        with (
            connection,
            suppress(ssl.SSLError, ConnectionError),
            context.wrap_socket(connection, server_side=True) as safe,
        ):
            safe.recv(65_536)
            safe.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"name":"vase"}')
