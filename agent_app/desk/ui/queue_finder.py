"""Finds which cases the queue in view has, off the Qt thread; used by the window.

One look at a time: what is asked meanwhile is one more look afterwards, however often it was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.local import CaseCache
from agent_app.desk.work.queue_rows import Order, QueueName
from agent_app.domain.ids import CaseId, UserId

AT_ONCE = 200
"""So many are shown before all are known: some milliseconds, on the Qt thread."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for. `also`: cases that the gateway found for the same words."""

    queue: QueueName
    me: UserId
    order: Order
    search: str = ""
    also: frozenset[CaseId] = frozenset()


class QueueFinder(QObject):
    """Looks a queue up in the store.

    Signals:
        found: what was sought (`Sought`), its numbers, and the store that they are of.
        failed: the store could not be read (the error).
    """

    found = Signal(object, object, object)
    failed = Signal(object)

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._wanted: tuple[CaseCache, Sought, datetime] | None = None
        self._looks = False

    def at_once(self, store: CaseCache, sought: Sought, now: datetime) -> tuple[Sequence[int], int]:
        """Return the top of a queue that nothing is looked for in, and how many it has."""
        return store.first(sought.queue, sought.me, now, sought.order, AT_ONCE)

    def look(self, store: CaseCache, sought: Sought, now: datetime) -> None:
        """Look the queue up; the newest wish counts."""
        self._wanted = (store, sought, now)
        if not self._looks:
            self._next()

    def forget(self) -> None:
        """Want nothing any more: the store is shut."""
        self._wanted = None
        self._looks = False
        self._runner.forget_owner(self)

    def _next(self) -> None:
        if self._wanted is None:
            return
        (store, sought, now), self._wanted = self._wanted, None
        self._looks = True
        also: Collection[CaseId] = sought.also

        def job() -> Sequence[int]:
            return store.numbers(sought.queue, sought.me, now, sought.order, sought.search, also)

        def done(numbers: Sequence[int]) -> None:
            self._looks = False
            self.found.emit(sought, numbers, store)
            self._next()

        self._runner.run(job, done, self._on_failed, owner=self)

    def _on_failed(self, error: Exception) -> None:
        self._looks = False
        self.failed.emit(error)
