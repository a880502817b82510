"""A desk that closes does not wait for answers that hang; what answers is let answer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pytestqt.qtbot import QtBot

from agent_app.desk import main
from agent_app.desk.adapters import adapters_in
from agent_app.desk.main import Desk
from agent_app.desk.platform.network import Network
from agent_app.desk.work.network import NetworkChoice
from agent_app.desk.work.preferences import Language, Theme
from tests.gateway.oidc.certificates import server_context

READ_S = 60.0
LETS_GO_S = 3.0


class Silent:
    """Takes requests and answers none of them, by TLS where a context is given."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.asked = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def url(self) -> str:
        port = self._listening.getsockname()[1]
        return f"{'https' if self._context else 'http'}://127.0.0.1:{port}"

    def let_go(self) -> None:
        """Close what is open, as a gateway that comes to its senses."""
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()
        self.let_go()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            connection.recv(65_536)
            self.asked.release()


@pytest.fixture(params=["plain", "TLS"])
def silent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Silent]:
    server = Silent(server_context(tmp_path) if request.param == "TLS" else None)
    yield server
    server.close()


class Waiting:
    """A thread that waits for an answer."""

    def __init__(self, client: httpx.Client, url: str) -> None:
        self.error: Exception | None = None
        self._client, self._url = client, url
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._client.get(self._url)
        except httpx.HTTPError as error:
            self.error = error

    def ends_within(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()


def test_hanging_up_wakes_whoever_waits_for_an_answer(silent: Silent, tmp_path: Path) -> None:
    file = tmp_path / "right.pem"
    network = Network(NetworkChoice(ca_file=str(file) if file.exists() else ""))
    with network.client(silent.url, read_s=READ_S) as client:
        waiting = Waiting(client, silent.url)
        assert silent.asked.acquire(timeout=10)
        assert not waiting.ends_within(0.3), "control: it waits"
        network.hang_up()
        assert waiting.ends_within(READ_S / 4)
        assert isinstance(waiting.error, httpx.TransportError)
        with pytest.raises(httpx.ConnectError, match="hung up"):
            client.get(silent.url)


def test_another_network_is_left_alone(silent: Silent, tmp_path: Path) -> None:
    file = tmp_path / "right.pem"
    network = Network(NetworkChoice(ca_file=str(file) if file.exists() else ""))
    with network.client(silent.url, read_s=READ_S) as client:
        waiting = Waiting(client, silent.url)
        assert silent.asked.acquire(timeout=10)
        Network().hang_up()
        assert not waiting.ends_within(0.3)
        network.hang_up()
        assert waiting.ends_within(READ_S / 4)


def _closing_took(desk: Desk, silent: Silent) -> float:
    desk.start(silent.url, "token")
    assert silent.asked.acquire(timeout=10)
    began = time.monotonic()
    release = threading.Timer(LETS_GO_S, silent.let_go)
    release.start()
    desk.window.close()
    took = time.monotonic() - began
    release.cancel()
    release.join()
    desk.window.deleteLater()
    desk.deleteLater()
    return took


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_desk_closes_while_its_gateway_hangs(
    hangs_up: bool,
    qtbot: QtBot,
    qapp: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del qtbot
    monkeypatch.setattr(main, "LAST_ANSWERS_S", 0.2)
    adapters = adapters_in(tmp_path)
    if not hangs_up:
        # The control: closing takes as long as the gateway likes.
        adapters = replace(adapters, hang_up=lambda: None)
    desk = Desk(qapp, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)  # type: ignore[arg-type]
    silent = Silent()
    try:
        assert (_closing_took(desk, silent) < LETS_GO_S) is hangs_up
    finally:
        silent.close()
