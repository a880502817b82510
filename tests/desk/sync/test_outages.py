"""The sync in networks that fail for hours, cut what worked, or hold what they should pass on."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent_app.contract.messages import Changes
from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.live import told_by
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work import sync as engine
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import GatewayFailed, PlatformError, Throttled, Unreachable
from agent_app.desk.work.local import DiskFull, LocalStore, StoreName
from agent_app.desk.work.ports import Live
from agent_app.desk.work.sync import Sync, Told
from agent_app.domain.ids import CaseId
from tests.desk.sync.running import here, running, there, until
from tests.fakes.live import FakeStream
from tests.fakes.platform import ME, FakePlatform

SHIFT_S = 10 * 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    opened = StoreFolder(tmp_path).in_memory(StoreName.of("http://127.0.0.1:1", ME.user))
    yield opened
    opened.close()


@pytest.fixture
def platform() -> FakePlatform:
    gateway = FakePlatform()
    for number in range(1, 8):
        gateway.add_captured_without_order(number)
    return gateway


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(engine, "LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr(engine, "POLL_S", 0.02)
    monkeypatch.setattr(engine, "MUTE_S", 0.2)


class Virtual(Sync):
    """Waits in virtual time, with the product's own pauses; ends itself after `SHIFT_S`."""

    passed_s = 0.0
    tries = 0

    def _pause(self, seconds: float) -> bool:
        self.passed_s += seconds
        self.tries += 1
        if self.passed_s >= SHIFT_S:
            self.stop()
        return False


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_is_dead_for_ten_hours_is_waited_out(
    platform: FakePlatform, store: LocalStore, seed: int
) -> None:
    platform.away = Unreachable("dead network")
    sync = Virtual(
        platform, store, GatewayClock(), lambda _: None, chance=random.Random(seed).random
    )
    sync.run()
    assert sync.passed_s >= SHIFT_S
    assert sync.tries > 1_100, "more failures than a float's exponent holds"
    # Whoever waits longer comes back late; whoever waits less is a storm of his own.
    assert sync.tries < SHIFT_S / engine.FIRST_PAUSE_S / 10


def test_a_gateway_that_says_at_once_is_not_asked_without_a_pause(
    platform: FakePlatform, store: LocalStore
) -> None:
    platform.away = Throttled("too many", 0.0)
    sync = Virtual(platform, store, GatewayClock(), lambda _: None)
    sync.passed_s = SHIFT_S - 300
    sync.run()
    assert sync.tries <= 300 / engine.FIRST_PAUSE_S + 1


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which failure in a row each pause was for."""
    failures: list[int] = []
    pause = Sync._pause_s

    def noted(self: Sync, error: PlatformError) -> float:
        failures.append(self._failures)
        return pause(self, error)

    monkeypatch.setattr(Sync, "_pause_s", noted)
    return failures


class CutStream(FakeStream):
    """Speaks, then is cut: as by a proxy that ends long answers."""

    def __iter__(self) -> Iterator[Live]:
        yield next(super().__iter__())
        raise Unreachable("reset")


@pytest.mark.usefixtures("quick")
def test_a_stream_that_worked_begins_the_pauses_anew(
    platform: FakePlatform, store: LocalStore, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "stream", lambda cursor: CutStream(platform, cursor))
    with running(platform, store):
        until(lambda: len(counted) >= 5)
    assert set(counted) == {1}


@pytest.mark.usefixtures("quick")
def test_asking_that_worked_begins_the_pauses_anew(
    platform: FakePlatform, store: LocalStore, counted: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.mute = True
    ask, calls = platform.changes, [0]

    def sometimes(cursor: str) -> Changes:
        calls[0] += 1
        if calls[0] % 4 == 0:
            raise Unreachable("cut")
        return ask(cursor)

    monkeypatch.setattr(platform, "changes", sometimes)
    with running(platform, store):
        until(lambda: len(counted) >= 4)
    assert set(counted) == {1}


@pytest.mark.usefixtures("quick")
def test_control_an_outage_makes_the_pauses_longer(
    platform: FakePlatform, store: LocalStore, counted: list[int]
) -> None:
    platform.away = Unreachable("cut")
    with running(platform, store):
        until(lambda: len(counted) >= 4)
    assert counted[:4] == [1, 2, 3, 4]


@pytest.mark.usefixtures("quick")
def test_a_full_disk_is_told_once_and_waited_out(
    platform: FakePlatform, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(platform, store) as sync:
        until(lambda: bool(platform.streams) and here(store) == there(platform))
        with monkeypatch.context() as full:
            refused = _no_room(full, store)
            platform.held(CaseId("case-2"))
            until(lambda: len(refused) >= 3)
            assert here(store) != there(platform), "control: it was not written"
        until(lambda: here(store) == there(platform))
        assert sync.error is None
        assert len([one for one in sync.told if one.full is not None]) == 1
        assert platform.loads == 1
        # A second time it is told again: there was room in between.
        with monkeypatch.context() as full:
            _no_room(full, store)
            platform.held(CaseId("case-3"))
            until(lambda: len([one for one in sync.told if one.full is not None]) == 2)


def _no_room(monkeypatch: pytest.MonkeyPatch, store: LocalStore) -> list[None]:
    refused: list[None] = []

    def no_room(*_: object) -> None:
        refused.append(None)
        raise DiskFull("the disk is full")

    monkeypatch.setattr(store, "take_changes", no_room)
    return refused


def test_nonsense_at_a_streams_end_is_a_failing_gateway() -> None:
    with pytest.raises(GatewayFailed):
        told_by("end", b"nonsense", "")


class _Mute(BaseHTTPRequestHandler):
    """Opens each stream and then says nothing, as a proxy that gathers whole answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        assert isinstance(self.server, _MuteServer)
        self.server.streams += 1
        self.server.over.wait(30)
        self.close_connection = True

    def log_message(self, *_: object) -> None: ...


class _MuteServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mute)
        self.streams, self.over = 0, threading.Event()


@pytest.fixture
def mute() -> Iterator[_MuteServer]:
    server = _MuteServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_stream_that_is_held_is_never_told_as_an_outage(
    platform: FakePlatform,
    store: LocalStore,
    mute: _MuteServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the timer hung up is asked while its thread may still be at it."""
    with running(platform, store):
        until(lambda: here(store) == there(platform))
    monkeypatch.setattr(engine, "MUTE_S", 0.01)
    real = HttpPlatform(f"http://127.0.0.1:{mute.server_port}", "token")
    told: list[Told] = []
    try:
        for _ in range(50):
            sync = Sync(real, store, GatewayClock(), told.append)
            sync._follow()
            assert sync._polled_until > 0
    finally:
        real.close()
    assert mute.streams == 50
    assert not told
