"""follow_queue: fill the shelf from the gateway and keep it current.

Each `step` is one short piece of work on a worker thread; the caller decides when the next one
comes (`pause_s`). Only one step runs at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from agent_app.contract.messages import AuditHead, CasePage
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import PlatformError
from agent_app.desk.work.ports import Platform
from agent_app.desk.work.queue_rows import Counts, QueueLine, QueueName, gateway_queue, line_of
from agent_app.desk.work.seals import Seal, Setback

_log = logging.getLogger(__name__)
Keep = Callable[[Seal], Setback | None]
"""Keeps a seal of the audit log; may raise `OSError`."""

POLL_S = 2.0
LONGEST_PAUSE_S = 30.0
MOST_LINES = 5_000
"""More open cases than one person can look through; beyond it the search asks the gateway."""


@dataclass(frozen=True, slots=True)
class News:
    """What one step brought; `truncated` when a queue holds more than was fetched."""

    lines: tuple[QueueLine, ...]
    counts: Counts
    complete: bool
    """Whether every page of the queues asked for has arrived."""
    truncated: bool = False
    forget: bool = False
    """What was told before no longer holds: another list of cases comes."""
    setback: Setback | None = None
    """The gateway's audit log went backwards."""
    searched: str | None = None
    """For which words the gateway found these lines."""


class FollowQueue:
    """Reads the queues page by page, then the changes. One instance per sign-in."""

    def __init__(
        self, platform: Platform, clock: GatewayClock, keep: Keep = lambda _seal: None
    ) -> None:
        self._platform = platform
        self._clock = clock
        self._keep = keep
        self._fetched: set[QueueName] = set()
        self._failures = 0
        self._begin()

    def _begin(self) -> None:
        self._to_fetch: list[tuple[QueueName, str | None]] = [
            (queue, None) for queue in (QueueName.TEAM, *self._fetched)
        ]
        self._lines_fetched = 0
        self._changes: str | None = None
        self._truncated = False

    def want(self, queue: QueueName) -> None:
        """Fetch a queue that `TEAM` does not hold (the resolved ones) from the next step on."""
        if queue is QueueName.RESOLVED and queue not in self._fetched:
            self._fetched.add(queue)
            self._to_fetch.append((queue, None))

    @property
    def pause_s(self) -> float:
        """Return the seconds until the next step: none while pages are missing, longer in need."""
        if self._failures:
            return float(min(POLL_S * 2 ** (self._failures - 1), LONGEST_PAUSE_S))
        return 0.0 if self._to_fetch else POLL_S

    def step(self) -> News:
        """Fetch the next page, or what changed since the last step.

        Raises:
            PlatformError: nothing came; what is on the screen stays, and the pause grows.
        """
        try:
            news = self._next_page() if self._to_fetch else self._what_changed()
        except PlatformError:
            self._failures += 1
            raise
        self._failures = 0
        return news

    def search(self, text: str) -> News:
        """Ask the gateway for cases beyond those fetched."""
        page = self._platform.cases(gateway_queue(QueueName.TEAM), text)
        return replace(self._news(page), searched=text)

    def _next_page(self) -> News:
        queue, cursor = self._to_fetch[0]
        page = self._platform.cases(gateway_queue(queue), "", cursor)
        self._to_fetch.pop(0)
        # The cursor of the very first page: later ones would skip what changed meanwhile.
        if self._changes is None:
            self._changes = page.changes
        self._lines_fetched += len(page.rows)
        if page.next is not None:
            if self._lines_fetched < MOST_LINES:
                self._to_fetch.insert(0, (queue, page.next))
            else:
                self._truncated = True
        return replace(self._news(page), setback=self._sealed(page.audit_head, page.as_of))

    def _news(self, page: CasePage) -> News:
        self._clock.hear(page.as_of)
        return News(
            lines=tuple(map(line_of, page.rows)),
            counts=Counts.of(page.counts),
            complete=not self._to_fetch,
            truncated=self._truncated,
        )

    def _what_changed(self) -> News:
        assert self._changes is not None
        changes = self._platform.changes(self._changes)
        self._clock.hear(changes.as_of)
        setback = self._sealed(changes.audit_head, changes.as_of)
        if changes.reload:
            self._begin()
        else:
            self._changes = changes.cursor
        return News(
            lines=() if changes.reload else tuple(map(line_of, changes.rows)),
            counts=Counts.of(changes.counts),
            complete=not changes.more and not changes.reload,
            truncated=self._truncated,
            forget=changes.reload,
            setback=setback,
        )

    def _sealed(self, head: AuditHead | None, at: datetime) -> Setback | None:
        if head is None:
            return None
        try:
            return self._keep(Seal(head.seq, head.hash, at))
        except OSError as error:
            _log.warning("a seal of the audit log could not be kept: %s", error)
            return None
