"""Work off the Qt thread: one pool, one bridge back, no answer unread and none too late.

The Qt thread never waits. A job runs on a worker thread and touches no QObject; its frozen result
comes back through one queued signal. A `Ticket` that was dropped, or whose lane has taken a newer
job, makes its answer disappear.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from agent_app.desk.work.errors import PlatformError
from agent_app.desk.work.local import LocalStoreFailed

T = TypeVar("T")

WORKERS = 6


@dataclass(frozen=True, slots=True)
class _Answer:
    token: int
    value: Any = None
    error: BaseException | None = None
    is_last: bool = True


@dataclass(slots=True)
class _Waiting:
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    lane: str | None
    told: Callable[[Any], None] | None = None


class Ticket:
    """One job under way; `drop` makes its answer disappear, the job itself runs to its end."""

    def __init__(self, runner: Runner, token: int) -> None:
        self._runner = runner
        self._token = token

    def drop(self) -> None:
        """Have the answer thrown away when it comes."""
        self._runner.forget(self._token)


class Runner(QObject):
    """Runs jobs for the widgets and controllers of one desk.

    Known errors (`PlatformError`, `LocalStoreFailed`, `OSError`) go to the job's `failed`; anything
    else is a bug of ours and is raised on the Qt thread, where the program's hook reports it.
    """

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="desk-job")
        self._tokens = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._open = True
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        owner: QObject,
        lane: str | None = None,
    ) -> Ticket:
        """Run `job` on a worker and give its result to `done` on the Qt thread.

        Args:
            job: blocking work without any QObject.
            done: takes the result.
            failed: takes a known error.
            owner: nothing is delivered once it is gone.
            lane: of the owner's jobs in one lane only the newest is delivered.
        """
        token = next(self._tokens)
        if not self._open:
            return Ticket(self, token)
        if lane is not None:
            self._clear_lane(owner, lane)
        self._waiting[token] = _Waiting(owner, done, failed, lane)
        self._pool.submit(self._carry_out, token, job)
        return Ticket(self, token)

    def run_telling(
        self,
        job: Callable[[Callable[[Any], None]], T],
        told: Callable[[Any], None],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        *,
        owner: QObject,
    ) -> Ticket:
        """Run a job that tells how it goes on: what it passes to its argument reaches `told`."""
        token = next(self._tokens)
        if self._open:
            self._waiting[token] = _Waiting(owner, done, failed, None, told)
            self._pool.submit(self._carry_out, token, lambda: job(self._teller(token)))
        return Ticket(self, token)

    def _teller(self, token: int) -> Callable[[Any], None]:
        def tell(news: Any) -> None:
            if self._open:
                self._arrived.emit(_Answer(token, value=news, is_last=False))

        return tell

    def forget(self, token: int) -> None:
        """Throw a job's answer away when it comes."""
        self._waiting.pop(token, None)

    def forget_owner(self, owner: QObject) -> None:
        """Throw away every answer that an owner still waits for."""
        for token in [t for t, w in self._waiting.items() if w.owner is owner]:
            self.forget(token)

    def close(self) -> None:
        """Take no more jobs, throw away what is still to come, and wait for the workers."""
        self._open = False
        self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _clear_lane(self, owner: QObject, lane: str) -> None:
        for token in [t for t, w in self._waiting.items() if w.owner is owner and w.lane == lane]:
            self.forget(token)

    def _carry_out(self, token: int, job: Callable[[], Any]) -> None:
        try:
            answer = _Answer(token, value=job())
        except BaseException as error:  # noqa: BLE001  (read on the Qt thread, never lost)
            answer = _Answer(token, error=error)
        if self._open:
            self._arrived.emit(answer)

    @Slot(object)
    def _on_arrived(self, answer: _Answer) -> None:
        if not answer.is_last:
            self._pass_on(answer)
            return
        waiting = self._waiting.pop(answer.token, None)
        error = answer.error
        known = error is None or isinstance(error, PlatformError | LocalStoreFailed | OSError)
        if error is not None and not known:
            raise error
        if waiting is None or not isValid(waiting.owner):
            return
        if isinstance(error, Exception):
            waiting.failed(error)
        else:
            waiting.done(answer.value)

    def _pass_on(self, answer: _Answer) -> None:
        waiting = self._waiting.get(answer.token)
        if waiting is not None and waiting.told is not None and isValid(waiting.owner):
            waiting.told(answer.value)
