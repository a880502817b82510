"""A live stream as a desk reads it, for tests; and what else they need around it."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import msgspec

from agent_app.contract.messages import Changes
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts
from tests.gateway.served import served
from tests.gateway.world import World


@dataclass(frozen=True)
class Event:
    name: str
    data: str
    id: str | None

    @property
    def changes(self) -> Changes:
        assert self.name == "changes", self
        return msgspec.json.decode(self.data, type=Changes)


class Stream:
    """One open stream, read in a thread of its own."""

    def __init__(self, address: str, token: str, *, cursor: str = "", last: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
        self.events: queue.Queue[Event | None] = queue.Queue()
        self.comments = 0
        self._client = httpx.Client(timeout=30, trust_env=False)
        query = {"cursor": cursor} if cursor else {}
        self._answer = self._client.stream(
            "GET", f"{address}/v1/stream", headers=headers, params=query
        )
        self.response = self._answer.__enter__()
        self._thread = threading.Thread(target=self._read, daemon=True)
        if self.response.status_code == 200:
            self._thread.start()

    def _read(self) -> None:
        name, data, place = "", "", None
        with contextlib.suppress(httpx.HTTPError):
            for line in self.response.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    data = value
                elif field == "id":
                    place = value
                elif line.startswith(":"):
                    self.comments += 1
                elif not line and name:
                    self.events.put(Event(name, data, place))
                    name, data = "", ""
        self.events.put(None)

    def next(self, timeout_s: float = 10) -> Event:
        event = self.events.get(timeout=timeout_s)
        assert event is not None, "the stream ended"
        return event

    def rows(self, seconds: float) -> list[str]:
        """Return the cases of all changes that come within the time."""
        found: list[str] = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                event = self.events.get(timeout=left)
                if event is not None and event.name == "changes":
                    found += [row.id for row in event.changes.rows]
        return found

    def close(self) -> None:
        raw = self.response.extensions["network_stream"].get_extra_info("socket")
        with contextlib.suppress(OSError):
            # The other thread waits in it; closing alone would tell the gateway nothing.
            raw.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            # A socket that is closed while it is waited in may never wake the one who waits.
            self._thread.join(10)
        self.response.close()
        self._client.close()


@contextlib.contextmanager
def streaming_from(gateway: Gateway) -> Iterator[str]:
    """Serve the gateway for the block, and end its streams: they would keep it from stopping."""
    with served(gateway) as address:
        try:
            yield address
        finally:
            gateway.feed.close()


def token_of(world: World, actor: Actor) -> str:
    with world.database.write() as connection:
        return accounts.issue_token(connection, actor.user, world.clock.now())


def flagged(world: World, ref: str) -> CaseId:
    world.shop.stuck(ref)
    world.watch()
    found = world.case_of(world.shop.stuck(ref))
    assert found is not None
    return found


def ended(stream: Stream, within_s: float) -> str:
    """Return why the stream ended."""
    end = time.monotonic() + within_s
    while (left := end - time.monotonic()) > 0:
        event = stream.events.get(timeout=left)
        assert event is not None, "it ended without a word"
        if event.name == "end":
            assert stream.events.get(timeout=5) is None
            return str(json.loads(event.data)["why"])
    raise AssertionError("it did not end")


def wait_until(holds: Callable[[], bool], within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
