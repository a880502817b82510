"""Requests keep to their bounds whatever drips, and go by the proxy and the authorities chosen."""

from __future__ import annotations

import contextlib
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from agent_app.desk.platform import streams
from agent_app.desk.platform.network import Network, within, without_password
from agent_app.desk.platform.streams import BoundedBackend
from agent_app.desk.store.preference_file import PreferenceFile
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.network import NetworkChoice, ProxyUse, checked_proxy
from agent_app.desk.work.preferences import Preferences
from tests.gateway.oidc.certificates import server_context

GATEWAY = "https://gateway.example"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Serve = Callable[[socket.socket], None]


@contextlib.contextmanager
def served(serve: Serve) -> Iterator[str]:
    """Give the address of a server that handles each connection by `serve`."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    over = threading.Event()

    def carry(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            serve(connection)

    def accept() -> None:
        while True:
            connection, _ = listening.accept()
            if over.is_set():
                connection.close()
                return
            threads.append(threading.Thread(target=carry, args=(connection,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    host, port = listening.getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        over.set()
        socket.create_connection((host, port)).close()
        accepting.join()
        for thread in threads:
            thread.join()
        listening.close()


def _drip(connection: socket.socket, what: bytes) -> None:
    for place in range(len(what)):
        connection.sendall(what[place : place + 1])
        time.sleep(0.05)


@pytest.mark.parametrize("dripped", ["head", "body"])
def test_an_answer_that_drips_on_a_kept_connection_is_given_up_in_time(dripped: str) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(OK)
        connection.recv(65_536)
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n"
        if dripped == "head":
            _drip(connection, head + b"x" * 200)
        connection.sendall(head)
        _drip(connection, b"x" * 200)

    with served(serve) as url, Network().client(url) as client:
        assert client.get(url).text == "ok"
        with pytest.raises(httpx.ReadTimeout), within(0.5):
            client.get(url)


def test_without_a_bound_the_same_drip_is_read_to_its_end() -> None:
    """The control: no time-out of httpx's own ends it."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        _drip(connection, OK)

    with served(serve) as url, Network().client(url, read_s=0.5) as client:
        begun = time.monotonic()
        assert client.get(url).text == "ok"
        assert time.monotonic() - begun > 2 * 0.5


def test_a_bound_ends_with_its_block_and_an_inner_one_only_shortens() -> None:
    def serve(connection: socket.socket) -> None:
        while connection.recv(65_536):
            time.sleep(0.3)
            connection.sendall(OK)

    with served(serve) as url, Network().client(url) as client:
        with within(0.1), within(60), pytest.raises(httpx.ReadTimeout):
            client.get(url)
        assert client.get(url).text == "ok"


def test_the_backend_is_in_every_pool() -> None:
    """Guards the one private name of httpx that is used."""
    manual = NetworkChoice(ProxyUse.MANUAL, "http://127.0.0.1:9")
    for choice in (NetworkChoice(ProxyUse.NONE), manual):
        with Network(choice).client(GATEWAY) as client:
            transport = client._transport
            assert isinstance(transport, httpx.HTTPTransport)
            assert isinstance(transport._pool._network_backend, BoundedBackend)
            kind = httpcore.HTTPProxy if choice is manual else httpcore.ConnectionPool
            assert type(transport._pool) is kind


def test_a_name_service_that_hangs_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        answer.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        with pytest.raises(httpcore.ConnectTimeout, match="name service"):
            BoundedBackend().connect_tcp("gateway.example", 443, 0.1)
    finally:
        answer.set()


def test_the_next_address_is_tried_when_the_first_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "_looked_up", lambda *_: ["::1", "127.0.0.1"])
    with served(lambda connection: connection.sendall(b"!")) as url:
        port = int(url.rpartition(":")[2])
        stream = BoundedBackend().connect_tcp("two.example", port, 2.0)
        assert stream.read(1, 2.0) == b"!"
        stream.close()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_the_systems_proxy_is_used_except_for_what_it_leaves_out(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("https_proxy", "proxy.example:3128")
    environment.setenv("no_proxy", "inside.example,.corp.example")
    network = Network()
    assert network.proxy_for(GATEWAY) == "http://proxy.example:3128"
    assert network.proxy_for("https://gw.inside.example") is None
    assert network.proxy_for("https://a.corp.example/v1") is None
    assert network.proxy_for("https://127.0.0.1:8443") is None
    assert Network(NetworkChoice(ProxyUse.NONE)).proxy_for(GATEWAY) is None
    other = Network(NetworkChoice(ProxyUse.MANUAL, "https://other.example"))
    assert other.proxy_for(GATEWAY) == "https://other.example"


def test_a_password_of_the_environment_is_used_and_never_shown(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("https_proxy", "http://me:s3cret@proxy.example:3128")
    proxy = Network().proxy_for(GATEWAY)
    assert proxy == "http://me:s3cret@proxy.example:3128"
    assert without_password(proxy) == "http://proxy.example:3128"


def test_a_socks_proxy_is_refused_and_not_passed_by(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("all_proxy", "socks5://proxy.example:1080")
    with pytest.raises(Rejected) as caught:
        Network().client(GATEWAY)
    assert caught.value.field == "proxy"


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("", "proxy"),
        ("socks5://proxy.example", "proxy"),
        ("http://proxy.example/path", "proxy"),
        ("proxy.example:port", "proxy"),
        ("http://me:secret@proxy.example", "proxy_password"),
    ],
)
def test_an_unusable_proxy_is_refused(url: str, field: str) -> None:
    with pytest.raises(Rejected) as caught:
        Network(NetworkChoice(ProxyUse.MANUAL, url))
    assert caught.value.field == field
    assert "secret" not in str(caught.value)


def test_a_proxys_address_has_one_spelling() -> None:
    assert checked_proxy(" proxy.example:3128/ ") == "http://proxy.example:3128"
    assert checked_proxy("https://[::1]:8080") == "https://[::1]:8080"


def test_requests_really_go_by_the_chosen_proxy() -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")

    with served(serve) as proxy:
        network = Network(NetworkChoice(ProxyUse.MANUAL, proxy))
        with network.client(GATEWAY) as client, pytest.raises(httpx.ProxyError):
            client.get(GATEWAY)
    assert heard[0].startswith(b"CONNECT gateway.example:443 ")


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.socket = server_context(tmp_path).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_a_companys_authority_is_trusted_in_both_forms(
    form: str, secured: str, tmp_path: Path
) -> None:
    file = tmp_path / "right.pem"
    if form == "DER":
        held = x509.load_pem_x509_certificate(file.read_bytes())
        file = tmp_path / "company.cer"
        file.write_bytes(held.public_bytes(Encoding.DER))
    with Network(NetworkChoice(ca_file=str(file))).client(secured) as client:
        assert client.get(secured).status_code == 204


@pytest.mark.parametrize("file", ["", "other.pem"])
def test_nobody_else_is_trusted(file: str, secured: str, tmp_path: Path) -> None:
    choice = NetworkChoice(ca_file=str(tmp_path / file) if file else "")
    with Network(choice).client(secured) as client, pytest.raises(httpx.ConnectError) as caught:
        client.get(secured)
    causes = [caught.value.__context__, caught.value.__cause__]
    assert any("CERTIFICATE_VERIFY_FAILED" in str(each) for each in causes)


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"no certificate",
        b"\x30\x82\x00\x01",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        None,
    ],
)
def test_a_file_without_a_certificate_is_refused(held: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "company.pem"
    if held is not None:
        file.write_bytes(held)
    with pytest.raises(Rejected) as caught:
        Network(NetworkChoice(ca_file=str(file)))
    assert caught.value.field == "ca_file"
    assert not isinstance(caught.value, ssl.SSLError)


def test_the_choice_is_kept(tmp_path: Path) -> None:
    chosen = NetworkChoice(ProxyUse.MANUAL, "http://proxy.example:3128", "/etc/company.pem")
    file = PreferenceFile(tmp_path / "desk.json")
    file.save(Preferences(network=chosen))
    assert file.load().network == chosen
    for wrong in ("[]", '{"proxy": "pac"}', '{"ca_file": 5}'):
        (tmp_path / "desk.json").write_text(f'{{"format": 1, "network": {wrong}}}', "utf-8")
        assert file.load() == Preferences()
        assert file.complaint is not None
