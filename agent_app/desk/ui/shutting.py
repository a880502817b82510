"""Shuts what was open at a lock or a sign-out, on a thread of its own; used by the connection.

Not on the runner's workers: all of them may wait for a gateway that hangs, and the desk's end drops
what is queued there. A key that has to be destroyed can wait for neither.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent_app.desk.work.local import LocalStoreFailed


class Shutting:
    """One store after another; `failed` gets what a store or keyring refused, on that thread."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._done = threading.Event()
        self._done.set()

    def begin(self, *steps: Callable[[], None]) -> None:
        """Take the steps, one after the other, whatever else waits; the first begins at once."""
        done, before = threading.Event(), self._done
        self._done = done

        def run() -> None:
            try:
                for step in steps:
                    step()
            except (LocalStoreFailed, OSError) as error:
                self._failed(error)
            finally:
                before.wait()
                done.set()

        threading.Thread(target=run, name="desk-shut").start()

    @property
    def wait(self) -> Callable[[], object]:
        """Return what waits until everything begun so far is shut."""
        return self._done.wait
