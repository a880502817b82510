"""Who is waiting hears at once that something was written, in this process or in another.

A ring is a hint and no message: it says only that a look is worth while. Whoever waits looks again
by itself from time to time, so a ring that is lost costs time and nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.engine import Connection

CHANGES = "changes"
"""Cases changed: the change feed has something new."""
ACTIONS = "actions"
"""An action is to be carried out."""
LOOKING = "looking:"
"""Somebody began or ceased to look at a case; its id follows."""
_MARKED = "topics"


class Bell:
    """Passes rings on to whoever subscribed. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hearers: dict[object, Callable[[str], None]] = {}

    def subscribe(self, heard: Callable[[str], None]) -> Callable[[], None]:
        """Call `heard` with the topic of every ring, until the function returned is called.

        It is called in whichever thread rings, and must not block.
        """
        key = object()
        with self._lock:
            self._hearers[key] = heard

        def unsubscribe() -> None:
            with self._lock:
                self._hearers.pop(key, None)

        return unsubscribe

    def ring(self, topic: str) -> None:
        with self._lock:
            hearers = list(self._hearers.values())
        for heard in hearers:
            heard(topic)


def mark(connection: Connection, topic: str) -> None:
    """Let the bell ring when this write is committed, in every process."""
    connection.info.setdefault(_MARKED, set()).add(topic)


def marked(connection: Connection) -> set[str]:
    """Return what was marked in this write, and forget it: connections are used again."""
    topics: set[str] = connection.info.pop(_MARKED, set())
    return topics
