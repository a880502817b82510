"""The fake gateway's stream and first load: what it tells by `changes`, as it happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent_app.contract.messages import CaseRow, Queue, SyncHead
from agent_app.desk.work.errors import GatewayFailed, Unreachable
from agent_app.desk.work.ports import Beat, Ended, Live

if TYPE_CHECKING:
    from tests.fakes.platform import FakePlatform

PART = 2
_LOOKS_EVERY_S = 0.02


class FakeLoad:
    """Every row in parts of two; `breaks_after` parts it is cut off."""

    def __init__(self, platform: FakePlatform, breaks_after: int | None) -> None:
        self._platform, self._breaks_after = platform, breaks_after
        self._closed = False

    def __iter__(self) -> Iterator[SyncHead | tuple[CaseRow, ...]]:
        page = self._platform.cases(Queue.TEAM)
        yield SyncHead(
            total=page.total,
            cursor=page.changes,
            as_of=page.as_of,
            counts=page.counts,
            audit_head=page.audit_head,
        )
        for number, start in enumerate(range(0, len(page.rows), PART)):
            if self._closed or number == self._breaks_after:
                raise GatewayFailed("the load was cut off")
            yield page.rows[start : start + PART]

    def close(self) -> None:
        self._closed = True


class FakeStream:
    """What changes, as soon as it does; breaks while the gateway is away."""

    def __init__(self, platform: FakePlatform, cursor: str) -> None:
        self._platform, self._cursor = platform, cursor
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Live]:
        if self._platform.mute:
            self._closed.wait(30)
            raise Unreachable("hung up")
        # As the gateway does: what changed since then comes first, be it nothing.
        first = self._platform.changes(self._cursor)
        self._cursor = first.cursor
        yield first
        while not self._closed.wait(_LOOKS_EVERY_S):
            ended, self._platform.stream_ends = self._platform.stream_ends, None
            if ended is not None:
                yield Ended(ended)
                return
            changes = self._platform.changes(self._cursor)
            self._cursor = changes.cursor
            if changes.rows or changes.reload:
                yield changes
            elif time.monotonic() - self._platform.beat_at > self._platform.beats_s:
                self._platform.beat_at = time.monotonic()
                yield Beat(self._cursor)
        raise Unreachable("hung up")

    def close(self) -> None:
        self._closed.set()
