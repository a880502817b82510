"""The sync against the real gateway over HTTP: load, stream, restart, cut, end of a sign-in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.network import Network
from agent_app.desk.store.folder import StoreFolder
from agent_app.desk.work import sync as engine
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.local import LocalStore, StoreName
from agent_app.desk.work.queue_rows import Order, QueueName
from agent_app.desk.work.sync import Sync, Told
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.tryout.world import World, running_world, wait_until_filled

ME = UserId("chen.li")
SEED: dict[str, object] = {"orders": [{"cause": "S1", "count": 12}], "healthy": 6}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("world"), seed=SEED) as running:
        wait_until_filled(running, Role.AGENT, at_least=5)
        yield running


@pytest.fixture
def store(world: World, tmp_path: Path) -> Iterator[LocalStore]:
    opened = StoreFolder(tmp_path).in_memory(StoreName.of(world.gateway, ME))
    yield opened
    opened.close()


class Asked:
    """What the desk asked the gateway for, by method and path."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def client(self, base: str) -> httpx.Client:
        client = Network().client(base)
        client.event_hooks = {"request": [lambda r: self.paths.append(r.url.path)]}
        return client

    def count(self, path: str) -> int:
        return self.paths.count(f"/v1{path}")


@contextmanager
def following(
    world: World, store: LocalStore, role: Role = Role.AGENT
) -> Iterator[tuple[Sync, list[Told], Asked]]:
    asked, told = Asked(), list[Told]()
    with ExitStack() as stack:
        platform = HttpPlatform(
            world.gateway, world.token(role), new_client=lambda: asked.client(world.gateway)
        )
        stack.callback(platform.close)
        sync = Sync(platform, store, GatewayClock(), told.append)
        thread = threading.Thread(target=sync.run)
        thread.start()

        def end() -> None:
            sync.stop()
            thread.join(5)
            assert not thread.is_alive(), "it does not end at once"

        stack.callback(end)
        yield sync, told, asked


def until(holds: Callable[[], bool], within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def here(store: LocalStore) -> dict[str, int]:
    now = GatewayClock().now()
    numbers = [
        number
        for queue in (QueueName.TEAM, QueueName.RESOLVED)
        for number in store.numbers(queue, ME, now, Order())
    ]
    return {line.id: line.version for line in store.lines(numbers)}


def there(world: World, role: Role = Role.AGENT) -> dict[str, int]:
    found: dict[str, int] = {}
    with httpx.Client(
        base_url=world.gateway,
        headers={"Authorization": f"Bearer {world.token(role)}"},
        trust_env=False,
    ) as client:
        for queue in ("team", "resolved"):
            cursor = ""
            while True:
                asked = {"queue": queue, "limit": "200"} | ({"cursor": cursor} if cursor else {})
                page = client.get("/v1/cases", params=asked).raise_for_status().json()
                found |= {row["id"]: row["version"] for row in page["rows"]}
                cursor = page.get("next") or ""
                if not cursor:
                    break
    return found


def note(world: World, case: str, text: str) -> None:
    """Claim the case and let it go, as somebody else's desk would: its row changes."""
    with httpx.Client(
        base_url=world.gateway,
        headers={"Authorization": f"Bearer {world.token(Role.LEAD)}"},
        trust_env=False,
    ) as client:
        for what in ("claim", "release"):
            client.post(
                f"/v1/cases/{case}/{what}", headers={"Idempotency-Key": f"{text}-{what}"}
            ).raise_for_status()


def test_load_then_live_then_only_what_changed(world: World, store: LocalStore) -> None:
    with following(world, store) as (_, told, asked):
        until(lambda: bool(here(store)) and here(store) == there(world))
        until(lambda: asked.count("/stream") == 1)
        assert asked.count("/sync") == 1
        assert any(one.loading is not None for one in told)
        case = next(iter(here(store)))
        before = here(store)[case]
        note(world, case, "live")
        until(lambda: here(store)[case] > before)
        assert asked.count("/sync") == asked.count("/stream") == 1
        assert asked.count("/changes") == asked.count("/cases") == 0
    note(world, case, "while-away")
    with following(world, store) as (_, told, asked):
        until(lambda: here(store) == there(world))
        until(lambda: any(one.live for one in told))
        assert asked.paths == ["/v1/stream"], "one request brings what changed meanwhile"


def test_waking_opens_the_stream_again_and_nothing_is_read_anew(
    world: World, store: LocalStore
) -> None:
    with following(world, store) as (sync, _, asked):
        until(lambda: asked.count("/stream") == 1)
        sync.wake()
        until(lambda: asked.count("/stream") == 2)
        assert asked.count("/sync") == 1


def test_a_load_that_is_hung_up_is_not_taken_for_whole(
    world: World, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(engine, "LONGEST_PAUSE_S", 0.1)
    take, cut = store.take_loaded, threading.Event()

    def once(load: int, rows: object) -> None:
        if not cut.is_set():
            cut.set()
            sync.wake()
        take(load, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "take_loaded", once)
    with following(world, store) as (sync, told, asked):
        until(lambda: asked.count("/stream") == 1)
        assert cut.is_set()
        assert here(store) == there(world)
        position = store.position()
        assert position is not None
        assert position.complete
    del told


def test_a_gateway_that_is_not_there_is_told_and_tried_again(
    world: World, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(engine, "LONGEST_PAUSE_S", 0.05)
    told: list[Told] = []
    platform = HttpPlatform("http://127.0.0.1:1", "token")
    sync = Sync(platform, store, GatewayClock(), told.append)
    thread = threading.Thread(target=sync.run)
    thread.start()
    until(lambda: sum(one.away is not None for one in told) >= 3)
    sync.stop()
    thread.join(5)
    platform.close()
    assert not thread.is_alive()


def test_search_finds_by_what_the_store_does_not_hold(world: World, store: LocalStore) -> None:
    with following(world, store) as (sync, _, asked):
        until(lambda: asked.count("/stream") == 1)
        line = store.lines(list(store.numbers(QueueName.TEAM, ME, GatewayClock().now(), Order())))
        found = sync.search(str(line[0].ref))
        assert line[0].id in found.cases
