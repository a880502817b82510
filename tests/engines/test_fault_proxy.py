"""The fault proxy does to a request what it was told, and counts what really went through."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from tests.engines.real.proxy import Fault, FaultProxy, Rule

HEARD: list[tuple[str, bytes]] = []


class _Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        HEARD.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(201)
        self.send_header("Content-Length", "5")
        self.send_header("X-Count", str(len(HEARD)))
        self.end_headers()
        self.wfile.write(b"taken")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    HEARD.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        with FaultProxy(f"http://127.0.0.1:{server.server_address[1]}", seed=1) as running:
            yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=proxy.url, trust_env=False, timeout=5) as opened:
        yield opened


def test_what_no_rule_fits_goes_through_and_is_counted(
    proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.set(Rule(Fault.LOSE_REQUEST, path="/refund"))
    for _ in range(2):
        assert client.post("/orders", content=b"one").text == "taken"
    assert [(p.status, p.asked, p.answered, p.fault) for p in proxy.take()] == [
        (201, b"one", 5, None)
    ] * 2
    assert proxy.take() == []


@pytest.mark.parametrize(
    ("fault", "heard", "seen"),
    [
        (Fault.LOSE_REQUEST, 0, httpx.RemoteProtocolError),
        (Fault.LOSE_ANSWER, 1, httpx.RemoteProtocolError),
        (Fault.RESET, 1, httpx.ReadError),
    ],
)
def test_a_lost_answer_and_a_lost_request_look_alike_to_the_client(
    fault: Fault, heard: int, seen: type[Exception], proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.set(Rule(fault, method="POST", body="amount", times=1))
    with pytest.raises(seen):
        client.post("/refund", content=b"amount=1")
    assert len(HEARD) == heard
    # The rule is used up.
    assert client.post("/refund", content=b"amount=1").status_code == 201


def test_a_bad_gateway_stands_for_an_answer_that_was_given(
    proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.set(Rule(Fault.BAD_GATEWAY))
    assert client.post("/refund", content=b"").status_code == 502
    assert (len(HEARD), proxy.take()[0].status) == (1, 201)


def test_a_doubled_delivery_reaches_the_shop_twice(proxy: FaultProxy, client: httpx.Client) -> None:
    proxy.set(Rule(Fault.TWICE))
    assert client.post("/refund", content=b"x").headers["X-Count"] == "2"
    assert HEARD == [("/refund", b"x")] * 2


def test_a_late_answer_is_given_up_by_a_client_with_less_patience(
    proxy: FaultProxy, client: httpx.Client
) -> None:
    proxy.set(Rule(Fault.LATE, delay_s=0.5))
    with pytest.raises(httpx.ReadTimeout):
        client.post("/refund", content=b"", timeout=0.1)
    assert len(HEARD) == 1


def test_a_chance_is_decided_by_the_seed(proxy: FaultProxy) -> None:
    def hits(seed: int) -> list[bool]:
        drawn = FaultProxy(proxy.target, seed)
        drawn.set(Rule(Fault.LATE, chance=0.3))
        return [drawn.fault_for("GET", "/", b"") is not None for _ in range(100)]

    assert hits(5) == hits(5) != hits(6)
    assert 15 < sum(hits(5)) < 45
