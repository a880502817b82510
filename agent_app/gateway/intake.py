"""Detection: take in what changed at the shops, and ask again about what fell due.

One watcher thread per shop. Its cost follows what moved: the shop's change list since a cursor,
and the orders whose `due_at` has passed; never everything that exists.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection

from agent_app.domain.events import Source
from agent_app.domain.evidence import NO_ANSWER, Evidence, EvidenceKind
from agent_app.domain.ids import CaseId, EvidenceId, OrderRef
from agent_app.engines.port import ChangePage, EngineError, Reading, Shop
from agent_app.gateway import casework
from agent_app.gateway.clock import Clock
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.store import leases, order_log, shop_rows
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()

PAGE = 200
"""Orders taken in per transaction: a longer one would keep agents' clicks waiting."""
ASK_AGAIN_AFTER_FAILURE = timedelta(seconds=30)
_LONGEST_PAUSE_S = 15.0
"""Between rounds in vain: a shop that is back is seen again within this time."""
_FAILURES_PER_ROUND = 3
"""Looks in vain before the round ends: each may cost a whole time-out."""
LEASE = timedelta(seconds=30)
"""Within this time another process follows a shop whose watcher is gone."""
_PROFILE_EVERY = timedelta(seconds=10)
_REQUESTS_PER_LOOK = 4
"""Order, cart where there is none, payments, callbacks."""


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
    looks = (*reading.evidence, *health_of(order.ref, reading))
    order_log.append(connection, order, reading.events, looks)
    return casework.refresh(connection, desk, shop.id, order.ref, now)


def health_of(ref: OrderRef, reading: Reading) -> tuple[Evidence, ...]:
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


def is_silent(reading: Reading) -> bool:
    """Return whether shop or provider gave no answer, so that nothing can be judged by it."""
    return any(e.kind in _ASKED_DIRECTLY and e.verdict == "no_answer" for e in reading.evidence)


_ASKED_DIRECTLY = frozenset({EvidenceKind.ORDER, EvidenceKind.PAYMENTS})
HEALTH_FRESH = timedelta(minutes=5)


def _is_hidden(reading: Reading) -> bool:
    return any(
        look.source is Source.PLATFORM
        and look.kind is EvidenceKind.ORDER
        and look.verdict in NO_ANSWER
        for look in reading.evidence
    )


class TakenOver(Exception):
    """Another process follows the shop by now."""


class Watcher:
    """Follows one shop. `run_once` does one round; `start` repeats it in a thread of its own."""

    def __init__(
        self,
        database: Database,
        desk: casework.Desk,
        shop: KnownShop,
        clock: Clock,
        *,
        every_s: float,
        holder: str = "",
    ) -> None:
        """Follow the shop; `holder` names this process among those that may follow it."""
        self._database = database
        self._desk = desk
        self._shop = shop
        self._clock = clock
        self._every_s = every_s
        self._holder = holder
        self._lease = f"watch:{shop.id}"
        self._refresh_at = clock.now()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: str | None = None
        """Why the shop could not be read in the last round of this process."""
        self.told: Callable[[bool], None] = lambda _: None
        """Told after each round of ours whether the shop listed its changes."""

    def start(self) -> None:
        self._thread = threading.Thread(
            target=self._run, name=f"watch-{self._shop.id}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop after the round that is running; another process may follow the shop at once."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self._database.shared:
            with contextlib.suppress(sa.exc.SQLAlchemyError), self._database.write() as on:
                leases.let_go(on, self._lease, self._holder)

    def run_once(self) -> int:
        """Take in all changes and ask about all that fell due; return how many orders that was.

        0 while another process follows the shop.

        Raises:
            EngineError: the shop could not be read; what was taken in before stays.
        """
        if not self._is_ours():
            # To judge and to act, every process must know what the shop can do.
            if self._clock.now() >= self._refresh_at:
                self._refresh_at = self._clock.now() + _PROFILE_EVERY
                self._shop.refresh()
            return 0
        self._shop.refresh()
        try:
            taken = self._take_changes()
        except EngineError:
            self.told(False)
            # An order falls due by time, whether or not the shop lists what changed.
            self._ask_due()
            raise
        self.told(True)
        return taken + self._ask_due()

    def _is_ours(self) -> bool:
        if not self._database.shared:
            return True
        with self._database.read() as connection:
            held = leases.is_held(
                connection, self._lease, self._holder, self._clock.now() + LEASE / 2
            )
        if held:
            return True
        with self._database.write() as connection:
            return self._holds(connection)

    def _holds(self, connection: Connection) -> bool:
        return not self._database.shared or leases.hold(
            connection, self._lease, self._holder, self._clock.now(), LEASE
        )

    def _note(self, problem: str | None) -> None:
        """Keep the problem where every process can tell of it."""
        if problem == self.problem:
            return
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            with self._database.write() as connection:
                shop_rows.save_problem(connection, self._shop.id, problem)
            self.problem = problem

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self.run_once()
                failures = 0
                self._note(None)
            except TakenOver:
                _log.info("shop_followed_by_another", shop=self._shop.id)
            except EngineError as error:
                failures += 1
                self._note(str(error))
                _log.warning("shop_not_read", shop=self._shop.id, error=type(error).__name__)
            except Exception:  # noqa: BLE001 - detection must outlive any one round
                # A fault of ours must not end detection for good; it is logged with its trace.
                failures += 1
                _log.exception("watch_round_failed", shop=self._shop.id)
            pause = self._every_s * 2 ** min(failures, 10)
            self._stopping.wait(min(pause, max(self._every_s, _LONGEST_PAUSE_S)))

    def _take_changes(self) -> int:
        taken, more = 0, True
        with self._database.read() as connection:
            cursor = shop_rows.cursor(connection, self._shop.id)
        while more and not self._stopping.is_set():
            page = self._shop.changes(cursor, PAGE)
            try:
                self._take_page(page, cursor)
            except (sa.exc.SQLAlchemyError, TakenOver):
                raise
            except Exception:  # noqa: BLE001 - one order that we fail on must not end detection
                _log.exception("page_not_taken_whole", shop=self._shop.id)
                self._take_page_singly(page, cursor)
            taken, cursor, more = taken + len(page.readings), page.cursor, page.more
        return taken

    def _take_page(self, page: ChangePage, since: str | None) -> None:
        with self._taking_in(since) as connection:
            now = self._clock.now()
            for reading in page.readings:
                absorb(connection, self._desk, self._shop, reading, now)
            shop_rows.save_cursor(connection, self._shop.id, page.cursor, now)

    def _take_page_singly(self, page: ChangePage, since: str | None) -> None:
        """Take in what can be; an order that cannot be judged is kept, and asked about again."""
        with self._taking_in(since) as connection:
            now = self._clock.now()
            for reading in page.readings:
                try:
                    with connection.begin_nested():
                        absorb(connection, self._desk, self._shop, reading, now)
                except (sa.exc.SQLAlchemyError, TakenOver):
                    raise
                except Exception:  # noqa: BLE001 - as above
                    _log.exception("order_not_judged", shop=self._shop.id)
                    if reading.order is not None:
                        order = reading.order
                        order_log.append(connection, order, reading.events, reading.evidence)
                        later = now + ASK_AGAIN_AFTER_FAILURE
                        order_log.set_due(connection, self._shop.id, order.ref, later)
            shop_rows.save_cursor(connection, self._shop.id, page.cursor, now)

    @contextlib.contextmanager
    def _taking_in(self, since: str | None) -> Iterator[Connection]:
        """Write what was read from the position `since` on, and keep the lease if that can be.

        The position decides, not the lease: a page of a slow shop takes longer to read than a
        lease lasts, and processes that overtake each other would never take anything in.

        Raises:
            TakenOver: another process read on from there meanwhile; nothing was written.
        """
        with self._database.write() as connection:
            if shop_rows.cursor(connection, self._shop.id) != since:
                raise TakenOver
            self._holds(connection)
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Write as the one process that follows the shop.

        Raises:
            TakenOver: another one does by now; nothing was written.
        """
        with self._database.write() as connection:
            if not self._holds(connection):
                raise TakenOver
            yield connection

    def _ask_due(self) -> int:
        # Half of what the shop allows: agents' own rechecks need the other half.
        a_round = self._shop.capabilities.max_requests_per_s * self._every_s / 2
        limit = min(max(1, int(a_round / _REQUESTS_PER_LOOK)), PAGE)
        with self._writing() as connection:
            now = self._clock.now()
            # Due again before they are asked: one that we fail on must not stand before the rest.
            later = now + ASK_AGAIN_AFTER_FAILURE
            refs = order_log.take_due(connection, self._shop.id, now, limit, later)
        failures: list[EngineError] = []
        asked = 0
        for ref in refs:
            if self._stopping.is_set() or len(failures) == _FAILURES_PER_ROUND:
                break
            asked += 1
            try:
                self._ask(ref)
            except EngineError as error:
                failures.append(error)
            except (sa.exc.SQLAlchemyError, TakenOver):
                raise
            except Exception:  # noqa: BLE001 - as above; it is due again later
                _log.exception("order_not_judged", shop=self._shop.id)
        if failures and len(failures) == asked:
            raise failures[0]
        return asked

    def _ask(self, ref: OrderRef) -> None:
        try:
            reading = self._shop.read(ref)
        except EngineError:
            # Time alone may make it unreturned; what is known of it is judged anew.
            with self._writing() as connection:
                now = self._clock.now()
                casework.refresh(connection, self._desk, self._shop.id, ref, now)
                order_log.set_due(connection, self._shop.id, ref, now + ASK_AGAIN_AFTER_FAILURE)
            raise
        with self._writing() as connection:
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
