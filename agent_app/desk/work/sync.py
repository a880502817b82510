"""sync: keep the cases on this machine in step with the gateway.

The first load is one stream; after that only what changed travels, live while the stream holds and
by asking where it does not. One thread runs it for as long as somebody is signed in; everything
that it tells goes through one callback, on that thread.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from agent_app.contract.messages import AuditHead, Changes, Lookers, SyncHead
from agent_app.desk.work.ahead import ahead, gathered, seldom_collected
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import PlatformError, Rejected, Throttled, Unauthenticated
from agent_app.desk.work.local import CaseCache, DiskFull, Position
from agent_app.desk.work.ports import Beat, Ended, FirstLoad, LiveStream, Platform
from agent_app.desk.work.queue_rows import Counts, QueueName, gateway_queue
from agent_app.desk.work.seals import Seal, Setback
from agent_app.domain.ids import CaseId

_log = logging.getLogger(__name__)
T = TypeVar("T", bound=LiveStream | FirstLoad)
Keep = Callable[[Seal], Setback | None]
"""Keeps a seal of the audit log; may raise `OSError`."""

RESOLVED_DAYS = 2
"""Ended cases of the last days are on this machine too; older ones are found by searching."""
POLL_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
MUTE_S = 10.0
"""The gateway speaks as soon as a stream is open: after so long something in between holds it."""
POLLED_FOR_S = 600.0
AHEAD = 4
"""So many parts of a first load come while one is written."""
MOST_AT_ONCE, SHOWN_EVERY_S = 5_000, 0.5
"""Rows of one transaction in a first load, and how long they wait for it at most."""
KEPT_EVERY = timedelta(seconds=60)
"""How often the age of the cases is written down while nothing changes."""
_MOVED, _SIGNED_OUT = "moved", "signed_out"


@dataclass(frozen=True, slots=True)
class Loading:
    """How far a first load has come; `total` as counted when it began."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the sync tells; what is None did not change.

    `rows`: so many cases are new or changed in the store. `away`: the gateway does not answer, and
    why; `live`: it answers (again). `full`: this machine takes no news; told once until it does.
    """

    rows: int = 0
    counts: Counts | None = None
    loading: Loading | None = None
    live: bool = False
    away: PlatformError | None = None
    lookers: Lookers | None = None
    setback: Setback | None = None
    full: DiskFull | None = None


@dataclass(frozen=True, slots=True)
class FoundThere:
    """Which cases the gateway found for these words: by contact data too, which no row shows."""

    text: str
    cases: frozenset[CaseId]


class Sync:
    """Follows one gateway into one store. `run` on a thread of its own; the rest from any."""

    def __init__(
        self,
        platform: Platform,
        store: CaseCache,
        clock: GatewayClock,
        told: Callable[[Told], None],
        keep: Keep = lambda _seal: None,
        *,
        chance: Callable[[], float] = random.random,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._platform, self._store, self._clock = platform, store, clock
        self._told, self._keep = told, keep
        self._chance, self._ticks = chance, ticks
        self._writing = threading.Lock()
        """Held while rows and position are written: a search must not set the position back."""
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._line = threading.Lock()
        self._open: LiveStream | FirstLoad | None = None
        self._position = store.position()
        self._written = self._position.as_of if self._position else None
        self._polled_until = float("-inf")
        self._failures = 0
        """Since the gateway last said anything."""
        self._is_full = False

    def run(self) -> None:
        """Follow until `stop`.

        Raises:
            Unauthenticated: the person has to sign in again.
            LocalStoreFailed: the store does not take what came, and not for want of room.
        """
        while not self._stopping.is_set():
            try:
                if self._position is None or not self._position.complete:
                    self._load()
                self._follow()
            except Unauthenticated:
                if not self._stopping.is_set():
                    raise
            except PlatformError as error:
                if self._stopping.is_set():
                    return
                self._failures += 1
                self._told(Told(away=error))
                self._pause(self._pause_s(error))
            except DiskFull as error:
                # The position stayed behind: once there is room, what is missing comes again.
                if not self._is_full:
                    self._is_full = True
                    self._told(Told(full=error))
                self._pause(LONGEST_PAUSE_S)

    def stop(self) -> None:
        """End `run` at once, wherever it waits."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """Ask the gateway at once: the network is back, the machine has slept, a person asks."""
        self._woken.set()
        with self._line:
            if self._open is not None:
                self._open.close()

    def search(self, text: str) -> FoundThere:
        """Ask the gateway for cases beyond those that are here, and take them in.

        Raises:
            PlatformError: it was not asked.
        """
        page = self._platform.cases(gateway_queue(QueueName.TEAM), text)
        self._clock.hear(page.as_of)
        if self._position is not None:
            with self._writing:
                self._store.take_changes(page.rows, self._position, page.counts)
        self._told(Told(rows=len(page.rows), counts=Counts.of(page.counts)))
        return FoundThere(text, frozenset(row.id for row in page.rows))

    def _load(self) -> None:
        """Read everything; the cases that are here stay readable until it has come whole."""
        load, head, done = self._store.begin_load(), None, 0
        with (
            seldom_collected(),
            self._opened(self._platform.first_load(RESOLVED_DAYS)) as answer,
            closing(ahead(answer, AHEAD)) as parts,
        ):
            for part in gathered(parts, MOST_AT_ONCE, SHOWN_EVERY_S, self._ticks):
                if isinstance(part, SyncHead):
                    head = part
                    self._clock.hear(head.as_of)
                    self._told(Told(live=True, loading=Loading(0, head.total)))
                    continue
                assert head is not None, "the head comes first"
                self._store.take_loaded(load, part)
                self._is_full = False
                done += len(part)
                self._told(Told(rows=len(part), loading=Loading(done, max(head.total, done))))
        if head is None:
            return
        with self._writing:
            self._position = Position(head.cursor, head.as_of, complete=True)
            self._store.end_load(load, self._position, head.counts)
            self._written = head.as_of
        # Not before: a load that is cut again and again is dear for the gateway.
        self._failures = 0
        setback = self._sealed(head.audit_head, head.as_of)
        self._told(Told(rows=done, counts=Counts.of(head.counts), setback=setback))

    def _follow(self) -> None:
        """Take in what changes until the stream ends, or, where none comes about, by asking."""
        assert self._position is not None
        self._woken.clear()
        if self._ticks() < self._polled_until:
            self._poll()
            return
        stream = self._platform.stream(self._position.cursor)
        spoke = False
        gave_up = threading.Event()

        def give_up() -> None:
            gave_up.set()
            stream.close()

        mute = threading.Timer(MUTE_S, give_up)
        mute.daemon = True
        mute.start()
        try:
            with self._opened(stream) as events:
                for event in events:
                    mute.cancel()
                    self._failures = 0
                    if not spoke:
                        spoke = True
                        self._told(Told(live=True))
                    if isinstance(event, Ended):
                        self._end(event)
                        return
                    self._hear(event)
                    if not self._position.complete:
                        return
        except Rejected:
            # The gateway does not know this position: its database is another one.
            self._forget_position()
        except PlatformError:
            if self._woken.is_set() and not self._stopping.is_set():
                # We hung up ourselves.
                return
            if spoke or not gave_up.is_set():
                raise
            self._polled_until = self._ticks() + POLLED_FOR_S
            _log.info("the live stream says nothing; changes are asked for instead")
        finally:
            mute.cancel()

    def _poll(self) -> None:
        assert self._position is not None
        while not self._stopping.is_set() and self._ticks() < self._polled_until:
            try:
                changes = self._platform.changes(self._position.cursor)
            except Rejected:
                self._forget_position()
                return
            self._failures = 0
            self._told(Told(live=True))
            self._hear(changes)
            if not self._position.complete:
                return
            if not changes.more and self._pause(POLL_S):
                return

    def _hear(self, event: Changes | Lookers | Beat) -> None:
        assert self._position is not None
        if isinstance(event, Lookers):
            self._told(Told(lookers=event))
        elif isinstance(event, Beat):
            as_of = self._clock.now() if self._clock.is_heard else self._position.as_of
            with self._writing:
                position = Position(event.cursor or self._position.cursor, as_of, complete=True)
                self._move(position, None)
            self._told(Told(live=True))
        else:
            self._take(event)

    def _take(self, changes: Changes) -> None:
        self._clock.hear(changes.as_of)
        setback = self._sealed(changes.audit_head, changes.as_of)
        if changes.reload:
            self._forget_position()
        else:
            with self._writing:
                position = Position(changes.cursor, changes.as_of, complete=True)
                self._move(position, changes)
        counts = Counts.of(changes.counts)
        self._told(Told(rows=len(changes.rows), counts=counts, setback=setback))

    def _move(self, position: Position, changes: Changes | None) -> None:
        """Write where we are, with what changed; without news only now and then."""
        counts = changes.counts if changes is not None else self._store.counts()
        due = self._written is None or position.as_of - self._written >= KEPT_EVERY
        news = changes is not None and bool(changes.rows)
        if counts is not None and (news or due):
            self._store.take_changes(changes.rows if changes else (), position, counts)
            self._is_full = False
            self._written = position.as_of
        self._position = position

    def _forget_position(self) -> None:
        """Read the list anew: another one holds, by another team or another database."""
        position = self._position
        assert position is not None
        self._position = Position(position.cursor, position.as_of, complete=False)

    def _end(self, event: Ended) -> None:
        if event.why == _SIGNED_OUT:
            raise Unauthenticated("the gateway has ended this sign-in")
        if event.why == _MOVED:
            self._forget_position()

    def _pause_s(self, error: PlatformError) -> float:
        if isinstance(error, Throttled):
            return max(FIRST_PAUSE_S, min(error.retry_after_s, LONGEST_PAUSE_S))
        # Full jitter: after an outage all desks come back, and not in the same second.
        # 2**20 is far beyond the longest; a night's failures would be more than a float holds.
        longest = min(FIRST_PAUSE_S * 2.0 ** min(self._failures, 20), LONGEST_PAUSE_S)
        return FIRST_PAUSE_S + self._chance() * (longest - FIRST_PAUSE_S)

    def _pause(self, seconds: float) -> bool:
        """Wait; return True at once when it is woken or stopped."""
        woken = self._woken.wait(seconds)
        self._woken.clear()
        return woken

    @contextmanager
    def _opened(self, answer: T) -> Iterator[T]:
        """Let `stop` and `wake` hang up while the answer is read."""
        with self._line:
            self._open = answer
        if self._stopping.is_set():
            answer.close()
        try:
            yield answer
        finally:
            with self._line:
                self._open = None

    def _sealed(self, head: AuditHead | None, at: datetime) -> Setback | None:
        if head is None:
            return None
        try:
            return self._keep(Seal(head.seq, head.hash, at))
        except OSError as error:
            _log.warning("a seal of the audit log could not be kept: %s", error)
            return None
