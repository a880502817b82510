"""A first load in its two halves: what comes is read while what has come is written.

Used by `sync` alone.
"""

from __future__ import annotations

import gc
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

from agent_app.contract.messages import CaseRow, SyncHead
from agent_app.desk.work.ports import FirstLoad

T = TypeVar("T")
COLLECTED_EVERY = 50_000
"""So many new objects of which none went; Python's own number is 700."""
Part = SyncHead | tuple[CaseRow, ...]


class _End:
    """The last that comes: that it is over, or why."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(parts: FirstLoad, most: int) -> Generator[Part, None, None]:
    """Give the parts while at most so many more are read on a thread of their own.

    Raises:
        What reading them raises, where it is met. Left early, it closes them and waits.
    """
    read: queue.Queue[Part | _End] = queue.Queue(most)
    over = threading.Event()

    def run() -> None:
        end = _End()
        try:
            for part in parts:
                if not _put(read, part, over):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where it is read
            end = _End(error)
        _put(read, end, over)

    thread = threading.Thread(target=run, name="desk-first-load", daemon=True)
    thread.start()
    try:
        while not isinstance(part := read.get(), _End):
            yield part
        if part.error is not None:
            raise part.error
    finally:
        over.set()
        if thread.is_alive():
            parts.close()
            thread.join()


def _put(into: queue.Queue[T], what: T, over: threading.Event) -> bool:
    """Put it where there is room; return False where nobody takes any more."""
    while not over.is_set():
        try:
            into.put(what, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def gathered(
    parts: Iterator[Part], most: int, seconds: float, ticks: Callable[[], float]
) -> Iterator[Part]:
    """Give the rows in larger parts: as many again as came so far, up to about `most`.

    The first is given as it comes, so that something is seen; none waits longer than `seconds` once
    another has come. What came before an error is given before it.
    """
    held: list[CaseRow] = []
    came, since = 0, ticks()
    try:
        for part in parts:
            if isinstance(part, SyncHead):
                yield part
                continue
            held.extend(part)
            if len(held) >= min(came, most) or ticks() - since >= seconds:
                came += len(held)
                yield tuple(held)
                held, since = [], ticks()
    except GeneratorExit:
        held = []
        raise
    finally:
        if held:
            yield tuple(held)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for rings of objects seldom meanwhile: a load makes millions of objects, and no ring."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
