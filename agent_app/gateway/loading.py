"""How many desks make their first load at a time, and how many of those read at the same moment."""

from __future__ import annotations

import asyncio

MOST = 32
"""Loads of one process; who comes then asks again."""
_READING = 2


class Loads:
    """The first loads of one process. Touched on the event loop alone."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.running = 0
        self.reading = asyncio.Semaphore(_READING)
        """Held for each page that is read: other requests get their turn between."""
