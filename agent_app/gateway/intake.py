"""Detection: take in what changed at the shops, and ask again about what fell due.

One watcher thread per shop. Its cost follows what moved: the shop's change list since a cursor,
and the orders whose `due_at` has passed; never everything that exists.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.engine import Connection

from agent_app.domain.events import Source
from agent_app.domain.evidence import NO_ANSWER, Evidence, EvidenceKind
from agent_app.domain.ids import CaseId, EvidenceId, OrderRef
from agent_app.engines.port import EngineError, Reading, Shop
from agent_app.gateway import casework
from agent_app.gateway.clock import Clock
from agent_app.gateway.store import order_log, shop_rows
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()

PAGE = 200
"""Orders taken in per transaction: a longer one would keep agents' clicks waiting."""
ASK_AGAIN_AFTER_FAILURE = timedelta(seconds=30)


def absorb(
    connection: Connection,
    desk: casework.Desk,
    shop: Shop,
    reading: Reading,
    now: datetime,
    ref: OrderRef | None = None,
) -> CaseId | None:
    """Store what one look brought and judge the order anew; return its case, if it has one.

    A look that could not even tell the order (the shop refuses to show it) still counts as
    evidence for the order `ref` that we know of.
    """
    order = reading.order
    ref = order.ref if order is not None else ref
    if ref is not None and (order is None or _is_hidden(reading)):
        # What the shop told while it still showed the order is more than its payment tells now.
        known = order_log.known(connection, shop.id, ref)
        order = known.order if known else order
    if order is None:
        return None
    looks = (*reading.evidence, *_health(order.ref, reading))
    order_log.append(connection, order, reading.events, looks)
    return casework.refresh(connection, desk, shop.id, order.ref, now)


def _health(ref: OrderRef, reading: Reading) -> tuple[Evidence, ...]:
    """Return what a look tells of the systems themselves: whether each that was asked answered.

    A refusal is an answer; only silence says that something is down.
    """
    asked = [e for e in reading.evidence if e.kind in _ASKED_DIRECTLY]
    if not {e.source for e in asked} >= {Source.PLATFORM, Source.PROVIDER}:
        return ()
    latest = max(asked, key=lambda e: e.observed_at)
    silent = sorted(e.source for e in asked if e.verdict == "no_answer")
    return (
        Evidence(
            id=EvidenceId(f"monitor:{ref}:{latest.observed_at.isoformat()}"),
            order=ref,
            source=Source.MONITOR,
            kind=EvidenceKind.HEALTH,
            observed_at=latest.observed_at,
            fresh_until=latest.observed_at + HEALTH_FRESH,
            verdict="silent:" + ",".join(silent) if silent else "ok",
        ),
    )


_ASKED_DIRECTLY = frozenset({EvidenceKind.ORDER, EvidenceKind.PAYMENTS})
HEALTH_FRESH = timedelta(minutes=5)


def _is_hidden(reading: Reading) -> bool:
    return any(
        look.source is Source.PLATFORM
        and look.kind is EvidenceKind.ORDER
        and look.verdict in NO_ANSWER
        for look in reading.evidence
    )


class Watcher:
    """Follows one shop. `run_once` does one round; `start` repeats it in a thread of its own."""

    def __init__(
        self,
        database: Database,
        desk: casework.Desk,
        shop: Shop,
        clock: Clock,
        *,
        every_s: float,
        on_change: Callable[[], None],
    ) -> None:
        self._database = database
        self._desk = desk
        self._shop = shop
        self._clock = clock
        self._every_s = every_s
        self._on_change = on_change
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: str | None = None
        """Why the shop could not be read in the last round, for the session's shop list."""

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._run, name=f"watch-{self._shop.id}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop after the round that is running; returns when it has ended."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def run_once(self) -> int:
        """Take in all changes and ask about all that fell due; return how many orders that was.

        Raises:
            EngineError: the shop could not be read; what was taken in before stays.
        """
        return self._take_changes() + self._ask_due()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self.run_once()
                self.problem, failures = None, 0
            except EngineError as error:
                self.problem, failures = str(error), failures + 1
                _log.warning("shop_not_read", shop=self._shop.id, error=type(error).__name__)
            except Exception:  # noqa: BLE001 - detection must outlive any one round
                # A fault of ours must not end detection for good; it is logged with its trace.
                failures += 1
                _log.exception("watch_round_failed", shop=self._shop.id)
            self._stopping.wait(self._every_s * min(2**failures, 30))

    def _take_changes(self) -> int:
        taken, more = 0, True
        with self._database.read() as connection:
            cursor = shop_rows.cursor(connection, self._shop.id)
        while more and not self._stopping.is_set():
            page = self._shop.changes(cursor, PAGE)
            now = self._clock.now()
            with self._database.write() as connection:
                for reading in page.readings:
                    absorb(connection, self._desk, self._shop, reading, now)
                shop_rows.save_cursor(connection, self._shop.id, page.cursor, now)
            taken, cursor, more = taken + len(page.readings), page.cursor, page.more
            if page.readings:
                self._on_change()
        return taken

    def _ask_due(self) -> int:
        now = self._clock.now()
        # Half of what the shop allows: agents' own rechecks need the other half.
        limit = max(1, int(self._shop.capabilities.max_requests_per_s * self._every_s / 2))
        with self._database.read() as connection:
            refs = order_log.due(connection, self._shop.id, now, min(limit, PAGE))
        for ref in refs:
            if self._stopping.is_set():
                break
            self._ask(ref)
        if refs:
            self._on_change()
        return len(refs)

    def _ask(self, ref: OrderRef) -> None:
        try:
            reading = self._shop.read(ref)
        except EngineError:
            with self._database.write() as connection:
                later = self._clock.now() + ASK_AGAIN_AFTER_FAILURE
                order_log.set_due(connection, self._shop.id, ref, later)
            raise
        with self._database.write() as connection:
            absorb(connection, self._desk, self._shop, reading, self._clock.now(), ref)


def look_now(
    database: Database, desk: casework.Desk, shop: Shop, ref: OrderRef, clock: Clock
) -> None:
    """Ask shop and provider about one order and take the answer in.

    Raises:
        EngineError: neither could be asked; nothing was changed.
    """
    reading = shop.read(ref)
    with database.write() as connection:
        absorb(connection, desk, shop, reading, clock.now(), ref)
