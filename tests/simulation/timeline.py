"""Virtual time: coroutines that wait, calls that are due, one after the other, no real clock.

What happens at one moment happens in the order in which it was asked for, so that a run depends
on nothing but what the coroutines draw from their seed.
"""

from __future__ import annotations

import heapq
import types
from collections.abc import Callable, Coroutine, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
FOR_EVER = float("inf")


@types.coroutine
def sleep(seconds: float) -> Generator[float, None, None]:
    """Let so many virtual seconds pass, and whatever else is due in them happen."""
    yield seconds


class Task:
    """One coroutine on the timeline. Killed, it is never resumed: as if its process was gone."""

    __slots__ = ("alive", "steps", "turn")

    def __init__(self, steps: Coroutine[float, None, None]) -> None:
        self.steps = steps
        self.alive = True
        self.turn = 0
        """Counts how often it was resumed: an alarm for an earlier wait is void."""


class Timeline:
    """Runs tasks and calls in the order of their moments. `now` is in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Task | Callable[[], None], int]] = []
        self._count = 0
        self._running: Task | None = None
        self._tasks: list[Task] = []
        self._time = (0.0, BEGINNING)

    def time(self) -> datetime:
        """Return the moment as the ledger stores it."""
        if self._time[0] != self.now:
            self._time = (self.now, BEGINNING + timedelta(seconds=self.now))
        return self._time[1]

    def start(self, steps: Coroutine[Any, None, None]) -> Task:
        task = Task(steps)
        self._tasks.append(task)
        self._push(self.now, task, task.turn)
        return task

    def call(self, after_s: float, what: Callable[[], None]) -> None:
        self._push(self.now + after_s, what, 0)

    def wake(self, task: Task) -> None:
        """End its wait now, if it waits."""
        if task is not self._running:
            self._push(self.now, task, task.turn)

    def kill(self, task: Task) -> None:
        task.alive = False
        if task is not self._running:
            task.steps.close()

    def run(self, until: float, most: int, ended: Callable[[], bool]) -> None:
        """Go on until that moment, after so many events at most, or until all has ended."""
        due = self._due
        while due and self._count < most and not ended():
            at, _, what, turn = heapq.heappop(due)
            if at > until:
                return
            if isinstance(what, Task):
                if what.alive and what.turn == turn:
                    self.now = at
                    self._resume(what)
            else:
                self.now = at
                what()

    def close(self) -> None:
        """End whatever still waits."""
        for task in self._tasks:
            task.alive = False
            task.steps.close()

    def _resume(self, task: Task) -> None:
        task.turn += 1
        self._running = task
        try:
            seconds = task.steps.send(None)
        except StopIteration:
            task.alive = False
            return
        finally:
            self._running = None
        if not task.alive:
            task.steps.close()
        elif seconds != FOR_EVER:
            self._push(self.now + seconds, task, task.turn)

    def _push(self, at: float, what: Task | Callable[[], None], turn: int) -> None:
        self._count += 1
        heapq.heappush(self._due, (at, self._count, what, turn))
