"""A sync on its thread, and what is in its store and at its gateway."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_app.contract.messages import Queue
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.local import LocalStore
from agent_app.desk.work.queue_rows import Order, QueueName
from agent_app.desk.work.seals import Seal, Setback
from agent_app.desk.work.sync import Sync, Told
from agent_app.domain.ids import CaseId
from tests.fakes.platform import ME, FakePlatform


class Running:
    """A sync on its thread, with all that it told."""

    def __init__(self, platform: FakePlatform, store: LocalStore) -> None:
        self.told: list[Told] = []
        self.error: BaseException | None = None
        self.sync = Sync(platform, store, GatewayClock(), self.told.append, self.keep)
        self.seals: list[Seal] = []
        self._thread = threading.Thread(target=self._run)

    def keep(self, seal: Seal) -> Setback | None:
        self.seals.append(seal)
        return None

    def _run(self) -> None:
        try:
            self.sync.run()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            self.error = error

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.sync.stop()
        self._thread.join(5)
        assert not self._thread.is_alive(), "it does not end at once"

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()


@contextmanager
def running(platform: FakePlatform, store: LocalStore) -> Iterator[Running]:
    made = Running(platform, store)
    made.start()
    try:
        yield made
    finally:
        made.end()


def until(holds: Callable[[], bool], within_s: float = 10) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def here(store: LocalStore) -> dict[CaseId, int]:
    """Return each case in the store with its version."""
    now = GatewayClock().now()
    numbers = [
        number
        for queue in (QueueName.TEAM, QueueName.RESOLVED)
        for number in store.numbers(queue, ME.user, now, Order())
    ]
    return {line.id: line.version for line in store.lines(numbers)}


def there(platform: FakePlatform) -> dict[CaseId, int]:
    away, platform.away = platform.away, None
    rows = platform.cases(Queue.TEAM).rows
    platform.away = away
    return {row.id: row.version for row in rows}
