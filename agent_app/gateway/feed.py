"""The change feed, read once per process and told to every open stream.

One thread reads what is new and who looks; the streams live on the server's event loop and hold
neither a thread nor a connection. The newest rows stay in memory: who is further behind reads the
database. A number of the feed is taken under the writer's lock and so never commits after a higher
one: following the highest number seen skips nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import msgspec
import structlog
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from agent_app.contract.messages import AuditHead, CaseRow, Changes, Lookers, QueueCounts
from agent_app.domain.ids import CaseId, UserId
from agent_app.gateway.clock import Clock
from agent_app.gateway.store import audit, bell, case_lists, case_rows, lookers, queue_counts
from agent_app.gateway.store.codec import encode
from agent_app.gateway.store.database import Database
from agent_app.gateway.visibility import Sees, cursor_of, may_see, read_cursor

_log = structlog.get_logger()

KEPT = 1_000
"""Rows in memory: some minutes of a busy centre."""
STOPPING = "stopping"
MOVED = "moved"
_READ_AT_ONCE = 500
_READING = 4
_LOOK_ANYWAY_S = 2.0
"""A ring may be lost; then news comes this late."""
_LEAST_PAUSE_S = 0.05
_LISTENERS_PER_S = 2_000
"""Told at most so often in all, so that many desks and many changes do not take the processor."""


@dataclass(frozen=True, slots=True)
class Told:
    """A row as it travels, with what decides who sees it."""

    seq: int
    case: CaseId
    team: str
    claim_user: UserId | None
    row: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose numbers are wanted beside the rows."""

    sees: Sees
    user: UserId


@dataclass(frozen=True, slots=True)
class Batch:
    """What one look brought, all of one moment."""

    rows: tuple[Told, ...]
    position: int
    moves: int
    as_of: datetime
    head: AuditHead
    counts: dict[Reader, QueueCounts]
    looks: tuple[tuple[Lookers, frozenset[UserId]], ...] = ()
    """Each with who is to hear of it: who looks now, and who did."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Changes as they travel; `rows` is empty when nothing of them is for this reader."""

    cursor: str
    body: bytes
    rows: tuple[object, ...]


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream's place in the feed. Touched on the event loop alone."""

    reader: Reader
    cursor: str
    """As he was given it last."""
    position: int = 0
    """The cursor's number."""
    moves: int | None = None
    """For which the cursor is known to hold."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    looks: dict[CaseId, Lookers] = field(default_factory=dict)
    """The newest of each case that this user looks at."""
    ended: str | None = None
    """Why it must end."""

    def __post_init__(self) -> None:
        self.given(self.cursor)

    def given(self, cursor: str) -> None:
        """Go on from a cursor that the database's answer gave."""
        self.cursor = cursor
        self.position, _ = read_cursor(self.reader.sees, 0, cursor)
        self.moves = None

    def end(self, why: str) -> None:
        self.ended = self.ended or why
        self.news.set()


class Feed:
    """Follows the feed while anybody listens; its methods are for the event loop's thread."""

    def __init__(self, database: Database, clock: Clock, most: int = 1_000) -> None:
        """Follow the database's feed for at most so many streams."""
        self.most = most
        self.reading = asyncio.Semaphore(_READING)
        """Held while a stream reads the database: after a restart all of them are behind."""
        self._database = database
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._rows: deque[Told] = deque()
        self._floor = 0
        self._newest: Batch | None = None
        self._spoken: dict[tuple[Sees, int, QueueCounts], Spoken] = {}
        self._follower: Follower | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, listener: Listener) -> None:
        """Tell the listener of all that comes; reading begins with the first one."""
        self._listeners.add(listener)
        if self._follower is None:
            self._rows.clear()
            self._newest = None
            self._loop = asyncio.get_running_loop()
            self._follower = Follower(self._database, self._clock, self._loop, self._tell)
            self._follower.start()
        self._follower.readers = self._readers()
        if self.closed:
            listener.end(STOPPING)

    def leave(self, listener: Listener) -> None:
        """Tell it no more; with the last one reading ends."""
        self._listeners.discard(listener)
        if self._follower is None:
            return
        self._follower.readers = self._readers()
        if not self._listeners:
            self._follower.stop()
            self._follower = None

    def close(self) -> None:
        """End every stream, and take no new ones. May be called in any thread."""
        self.closed = True
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                # A loop that is closed has no streams.
                loop.call_soon_threadsafe(self._end, STOPPING)

    def _end(self, why: str) -> None:
        for listener in self._listeners:
            listener.end(why)

    def is_new_to(self, listener: Listener) -> bool:
        """Return whether something happened that the listener has not heard."""
        return self._newest is not None and listener.position < self._newest.position

    def since(self, listener: Listener) -> Spoken | None:
        """Return what the listener has not heard, the newest of each case, and move him there.

        Made once for all who heard as much and see the same. None: he is further behind than
        memory goes, or his numbers were not read yet, so he has to read the database.
        """
        newest = self._newest
        if newest is None or listener.position < self._floor:
            return None
        counts = newest.counts.get(listener.reader)
        if counts is None:
            return None
        sees = listener.reader.sees
        heard = (sees, listener.position, counts)
        spoken = self._spoken.get(heard)
        if spoken is None:
            changes = Changes(
                rows=cast("tuple[CaseRow, ...]", self._rows_after(listener.position, sees)),
                counts=counts,
                as_of=newest.as_of,
                cursor=cursor_of(sees, newest.moves, newest.position),
                audit_head=newest.head,
            )
            spoken = self._spoken[heard] = Spoken(changes.cursor, encode(changes), changes.rows)
        listener.position, listener.cursor = newest.position, spoken.cursor
        return spoken

    def _rows_after(self, position: int, sees: Sees) -> tuple[msgspec.Raw, ...]:
        rows: dict[CaseId, Told] = {}
        for told in reversed(self._rows):
            if told.seq <= position:
                break
            rows.setdefault(told.case, told)
        seen = [t for t in reversed(rows.values()) if may_see(sees, t.team, t.claim_user)]
        return tuple(told.row for told in seen)

    def _readers(self) -> frozenset[Reader]:
        return frozenset(listener.reader for listener in self._listeners)

    def _tell(self, follower: Follower, batch: Batch) -> None:
        if follower is not self._follower:
            return
        if self._newest is None:
            self._floor = batch.position
        self._newest = batch
        self._spoken.clear()
        for told in batch.rows:
            self._rows.append(told)
            if len(self._rows) > KEPT:
                self._floor = self._rows.popleft().seq
        for listener in self._listeners:
            self._tell_one(listener, batch)

    def _tell_one(self, listener: Listener, batch: Batch) -> None:
        if batch.moves != listener.moves:
            listener.moves = batch.moves
            if not read_cursor(listener.reader.sees, batch.moves, listener.cursor)[1]:
                # What he may see has changed; he begins anew with what he sees now.
                listener.end(MOVED)
        for look, hearers in batch.looks:
            if listener.reader.user in hearers:
                listener.looks[look.case] = look
                listener.news.set()
        if batch.position > listener.position:
            listener.news.set()


class Follower:
    """The thread that reads for a feed; `tell` is called on the loop."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[Follower, Batch], None],
    ) -> None:
        self.readers: Collection[Reader] = frozenset()
        self._database = database
        self._clock = clock
        self._loop = loop
        self._tell = tell
        self._rung = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._looked_at: set[CaseId] = set()
        self._lookers: dict[CaseId, frozenset[UserId]] = {}
        self._position: int | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        self._unsubscribe = self._database.bell.subscribe(self._heard)
        threading.Thread(target=self._run, name="feed", daemon=True).start()

    def stop(self) -> None:
        """Stop without waiting: what is being read is told to nobody."""
        self._stopping.set()
        self._rung.set()
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _heard(self, topic: str) -> None:
        if topic.startswith(bell.LOOKING):
            with self._lock:
                self._looked_at.add(CaseId(topic.removeprefix(bell.LOOKING)))
        elif topic != bell.CHANGES:
            return
        self._rung.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._rung.clear()
            try:
                batch = self._read()
            except SQLAlchemyError as error:
                # The streams stay open; what they missed is read when the database is back.
                _log.warning("feed_not_read", error=type(error).__name__)
                self._stopping.wait(_LOOK_ANYWAY_S)
                continue
            except Exception:  # noqa: BLE001 - the streams must outlive any one look
                _log.exception("feed_not_read")
                self._stopping.wait(_LOOK_ANYWAY_S)
                continue
            if self._stopping.is_set():
                return
            try:
                self._loop.call_soon_threadsafe(self._tell, self, batch)
            except RuntimeError:
                # The loop is closed: nobody listens any more.
                return
            self._stopping.wait(max(_LEAST_PAUSE_S, len(self.readers) / _LISTENERS_PER_S))
            if len(batch.rows) < _READ_AT_ONCE:
                self._rung.wait(_LOOK_ANYWAY_S)

    def _read(self) -> Batch:
        now = self._clock.now()
        with self._database.read() as connection:
            rows: tuple[Told, ...] = ()
            latest, moves = case_rows.latest_change(connection), case_rows.moves(connection)
            if self._position is None or latest < self._position:
                # Before where we were: the database was set back, and nothing told holds.
                moves = moves if self._position is None else -1
                self._position = latest
            else:
                changes = case_lists.feed(connection, self._position, _READ_AT_ONCE)
                rows = tuple(
                    Told(c.seq, c.row.id, c.team, c.claim_user, msgspec.Raw(encode(c.row)))
                    for c in changes
                )
                self._position = rows[-1].seq if rows else self._position
            readers = list(self.readers)
            return Batch(
                rows,
                self._position,
                moves,
                now,
                audit.told_head(connection),
                _counts(connection, readers, now),
                self._looks(connection, now),
            )

    def _looks(
        self, connection: Connection, now: datetime
    ) -> tuple[tuple[Lookers, frozenset[UserId]], ...]:
        with self._lock:
            cases, self._looked_at = self._looked_at, set()
        looks = []
        for case in sorted(cases):
            found = lookers.of_case(connection, case, now)
            users = frozenset(looker.user for looker in found)
            before = self._lookers.pop(case, frozenset())
            if users:
                self._lookers[case] = users
            looks.append((Lookers(case=case, lookers=found), users | before))
        return tuple(looks)


def _counts(
    connection: Connection, readers: Collection[Reader], now: datetime
) -> dict[Reader, QueueCounts]:
    """Return each reader's numbers; those of a team are read once, however many see it."""
    shared: dict[Sees, QueueCounts] = {}
    mine = queue_counts.mine_of(connection, {reader.user for reader in readers}, now)
    counts = {}
    for reader in readers:
        sees = reader.sees
        if sees.claimed_by is not None:
            counts[reader] = queue_counts.of_reader(connection, sees, reader.user, now)
            continue
        if sees not in shared:
            shared[sees] = queue_counts.of_reader(connection, sees, UserId(""), now)
        own = mine.get(reader.user, {})
        n = sum(own[team] for team in own if sees.teams is None or team in sees.teams)
        counts[reader] = msgspec.structs.replace(shared[sees], mine=n)
    return counts
