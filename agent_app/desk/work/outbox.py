"""The outbox: every click is written down before its first byte leaves, and sent until answered.

Clicks of one case go in their order, cases side by side. `take` says what is due, `deliver` sends
one of them on a worker thread; the caller decides when (`pause_s`). What the gateway refused, and
what grew too old to be carried out unasked, waits for the agent. Safe for several threads.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from agent_app.contract.messages import ActionStatus, CaseDetail
from agent_app.desk.work import outbox_clicks, refusals
from agent_app.desk.work.action_progress import progress_of
from agent_app.desk.work.case_file import case_file, ledger_line
from agent_app.desk.work.click_ages import ClickAges
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.delivery import Delivery, End
from agent_app.desk.work.errors import (
    OutcomeUnknown,
    PlatformError,
    Refused,
    Throttled,
    Unauthenticated,
    Unreachable,
)
from agent_app.desk.work.local import Click, ClickKind, ClickState, LocalStore, LocalStoreFailed
from agent_app.desk.work.outbox_clicks import TIMELY, Fate, NewClick
from agent_app.desk.work.pauses import Pauses
from agent_app.desk.work.ports import Platform
from agent_app.domain.ids import CaseId, UserId

TIMELY_S = 120.0
"""How long a click of `TIMELY` is sent by itself."""
AT_ONCE = 3
"""Cases side by side: half of the desk's workers stay free for what the agent opens."""
STORE_PAUSE_S = 15.0
"""After a click of which nothing could be written down."""
RELEASED_LATE_S = 30.0
"""A release that is older ends the claim of whoever has the case by then, if a lead sends it."""
_SENDABLE = frozenset({ClickState.WAITING, ClickState.SENT})


class Deliverer:
    """The clicks of one person at one gateway.

    `ticks` counts seconds and never jumps; `wall` is this machine's time. `chance` gives numbers
    from 0 to 1.
    """

    def __init__(
        self,
        store: LocalStore,
        me: UserId | None,
        clock: GatewayClock,
        *,
        ticks: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._ticks = ticks
        self._me, self._clock = me, clock
        self._platform: Platform | None = None
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._intake: deque[NewClick] = deque()
        self._written: dict[str, Click | LocalStoreFailed] = {}
        self._clicks = {click.number: click for click in store.pending()}
        self._ages = ClickAges(ticks, wall)
        self._under_way: set[CaseId] = set()
        self._pauses = Pauses(ticks, chance)
        self._signed_out = True

    def use(self, platform: Platform | None, me: UserId | None, clock: GatewayClock) -> None:
        """Send through this platform from now on; None: nobody is signed in."""
        with self._lock:
            self._platform, self._clock = platform, clock
            self._me = me if me is not None else self._me
            self._signed_out = platform is None
        self.wake()

    def wake(self) -> None:
        """Forget all pauses: the gateway is back."""
        with self._lock:
            self._pauses.end()

    def pending(self) -> tuple[Click, ...]:
        """Return every click that is not done, oldest first."""
        with self._lock:
            return tuple(self._clicks[number] for number in sorted(self._clicks))

    def of_case(self, case: CaseId) -> tuple[Click, ...]:
        """Return the clicks of a case that are not done, oldest first."""
        return tuple(click for click in self.pending() if click.case == case)

    def accept(self, new: NewClick) -> None:
        """Give a click its place behind those before it. For the Qt thread; `write` follows."""
        with self._lock:
            self._intake.append(new)

    def write(self, key: str) -> Click:
        """Write an accepted click and those before it; it is on the disk when this returns.

        Raises:
            LocalStoreFailed: it is not written, and will not be sent.
        """
        with self._writing:
            while key not in self._written:
                self._write_next()
            written = self._written.pop(key)
        if isinstance(written, LocalStoreFailed):
            raise written
        return written

    def put(self, new: NewClick) -> Click:
        """Accept a click and write it."""
        self.accept(new)
        return self.write(new.key)

    def _write_next(self) -> None:
        with self._lock:
            new = self._intake.popleft()
        made_at = self._clock.now()
        try:
            click = self._store.put(
                new.key,
                new.kind,
                new.case,
                new.subject,
                new.body,
                made_at,
                is_money=new.is_money,
                basis=new.basis,
            )
        except LocalStoreFailed as error:
            self._written[new.key] = error
            return
        with self._lock:
            self._ages.begin(click.number)
            self._clicks[click.number] = click
        self._written[new.key] = click

    def take(self) -> tuple[Click, ...]:
        """Return the clicks that are due now; each has to be given to `deliver`."""
        with self._lock:
            due: list[Click] = []
            now = self._ticks()
            # While the gateway is away, one click finds out about it as well as three.
            most = 1 if self._pauses.is_away else AT_ONCE
            if self._signed_out:
                return ()
            for click in self._heads():
                if len(self._under_way) >= most:
                    break
                if now >= self._pauses.until(click.case):
                    self._under_way.add(click.case)
                    due.append(click)
            return tuple(due)

    @property
    def pause_s(self) -> float | None:
        """Return the seconds until `take` has something; None: a delivery has to end first."""
        with self._lock:
            most = 1 if self._pauses.is_away else AT_ONCE
            if self._signed_out or len(self._under_way) >= most:
                return None
            now = self._ticks()
            ends = [self._pauses.until(click.case) for click in self._heads()]
            return max(min(ends) - now, 0.0) if ends else None

    def _heads(self) -> list[Click]:
        """Return the oldest click of every case that is not under way."""
        heads: dict[CaseId, Click] = {}
        for number in sorted(self._clicks):
            click = self._clicks[number]
            if click.state in _SENDABLE and click.case not in self._under_way:
                heads.setdefault(click.case, click)
        return list(heads.values())

    def deliver(self, click: Click) -> Delivery:
        """Send a click that was taken, once, and write down what came of it.

        Raises:
            LocalStoreFailed: it could not be written down; the click is sent again later.
        """
        try:
            with self._lock:
                platform = self._platform
            if platform is None:
                return Delivery(click, End.SIGN_IN)
            try:
                is_old = self._is_old(platform, click)
            except PlatformError as error:
                self._hold_all()
                return Delivery(click, End.WAITS, error=error)
            return (self._ask if is_old else self._send)(platform, click)
        except LocalStoreFailed:
            self._hold(click, STORE_PAUSE_S)
            raise
        finally:
            with self._lock:
                self._under_way.discard(click.case)

    def _send(self, platform: Platform, click: Click) -> Delivery:
        never_left = click.state is ClickState.WAITING
        self._mark(click, ClickState.SENT)
        try:
            if click.kind is ClickKind.RELEASE and self._waited_s(click) > RELEASED_LATE_S:
                answer = self._release_late(platform, click)
            else:
                answer = outbox_clicks.send(platform, click)
        except Unreachable as error:
            if never_left:
                self._mark(click, ClickState.WAITING)
            self._hold_all()
            return Delivery(click, End.WAITS, error=error)
        except OutcomeUnknown as error:
            self._hold(click)
            return Delivery(click, End.WAITS, error=error)
        except Unauthenticated as error:
            if never_left:
                self._mark(click, ClickState.WAITING)
            with self._lock:
                self._signed_out = True
            return Delivery(click, End.SIGN_IN, error=error)
        except Throttled as error:
            self._hold(click, error.retry_after_s)
            return Delivery(click, End.WAITS, error=error)
        except Refused as error:
            return self._refused(click, error)
        except PlatformError as error:
            self._hold(click)
            return Delivery(click, End.WAITS, error=error)
        return self._answered(click, answer)

    def _release_late(self, platform: Platform, click: Click) -> CaseDetail | ActionStatus:
        """Give a case back long after the click, if it is still this person's."""
        detail = platform.case(click.case)
        claim = detail.row.claim
        mine = claim is not None and claim.user == self._me and claim.until > detail.as_of
        return outbox_clicks.send(platform, click) if mine else detail

    def _answered(self, click: Click, answer: CaseDetail | ActionStatus) -> Delivery:
        with self._lock:
            self._pauses.reached(click.case)
        if isinstance(answer, ActionStatus):
            self._forget(click)
            return Delivery(click, End.DONE, progress=progress_of(ledger_line(answer.action)))
        self._clock.hear(answer.as_of)
        # Kept before the click goes: what was done is on screen after a crash in between, too.
        with suppress(LocalStoreFailed):
            self._store.keep_detail(answer)
        self._forget(click)
        return Delivery(click, End.DONE, file=case_file(answer))

    def _refused(self, click: Click, error: Refused) -> Delivery:
        with self._lock:
            self._pauses.reached(click.case)
        if click.kind is ClickKind.CLAIM:
            error = refusals.of_claim(error)
            self._forget_release(click)
        self._mark(click, ClickState.REFUSED, problem=refusals.kept(error))
        return Delivery(click, End.REFUSED, error=error)

    def _forget_release(self, claim: Click) -> None:
        """Drop the giving back of a claim that never came about: a lead would end another's."""
        for click in self.of_case(claim.case):
            if click.number > claim.number and click.kind is ClickKind.CLAIM:
                return
            if click.number > claim.number and click.kind is ClickKind.RELEASE:
                self._forget(click)
                return

    def _ask(self, platform: Platform, click: Click) -> Delivery:
        """Ask what became of a click that is too old to be sent by itself."""
        may_have_left = click.state is ClickState.SENT
        try:
            fate = outbox_clicks.fate(platform, click)
        except (Unreachable, Unauthenticated, Throttled, OutcomeUnknown) as error:
            self._hold_all()
            return Delivery(click, End.WAITS, error=error)
        except PlatformError:
            # An older gateway, which cannot be asked.
            fate = Fate.UNKNOWN if may_have_left else Fate.NOT_DONE
        if fate is Fate.RUNNING:
            self._hold(click)
            return Delivery(click, End.WAITS)
        if not isinstance(fate, Fate):
            return self._answered(click, fate)
        if fate is Fate.DONE:
            self._forget(click)
            return Delivery(click, End.DONE)
        self._mark(click, ClickState.STALE, problem=fate.value.encode())
        return Delivery(click, End.STALE)

    def _is_old(self, platform: Platform, click: Click) -> bool:
        """Return whether it is not sent by itself any more; may ask the gateway for its time."""
        if click.kind not in TIMELY:
            return False
        with self._lock:
            needs_time = self._ages.needs_time(click.number, self._clock)
        if needs_time:
            self._clock.hear(platform.session().server_time)
        return self._waited_s(click) > TIMELY_S

    def _waited_s(self, click: Click) -> float:
        with self._lock:
            return self._ages.waited_s(click, self._clock)

    def again(self, number: int) -> Click | None:
        """Send a click again because the agent says so; returns what is pending for it now.

        One that grew old under its own key, so that it still happens once; one that was refused
        as a new click. None: it is gone meanwhile.
        """
        with self._lock:
            click = self._clicks.get(number)
        if click is None or click.state in _SENDABLE:
            return click
        if click.state is ClickState.REFUSED:
            new = self.put(outbox_clicks.again(click))
            self._forget(click)
            return new
        with self._lock:
            self._ages.begin(number)
        # What is known of it: it may have left before.
        return self._mark(click, ClickState.SENT)

    def drop(self, number: int) -> bool:
        """Let a click go: the agent has seen what became of it, or no longer wants it.

        Returns False for one that may be on its way: what it does cannot be taken back here.
        """
        with self._lock:
            click = self._clicks.get(number)
            may_be_under_way = click is not None and click.case in self._under_way
            if click is None or click.state is ClickState.SENT:
                return False
            if click.state is ClickState.WAITING and may_be_under_way:
                return False
            # Nothing of its case is sent meanwhile.
            self._under_way.add(click.case)
        try:
            self._forget(click)
        finally:
            if not may_be_under_way:
                with self._lock:
                    self._under_way.discard(click.case)
        return True

    def _mark(self, click: Click, state: ClickState, *, problem: bytes = b"") -> Click:
        is_sent = state is ClickState.SENT
        at = self._clock.now() if is_sent else None
        self._store.mark(click.number, state, at=at, problem=problem)
        with self._lock:
            known = self._clicks.get(click.number, click)
            marked = replace(
                known,
                state=state,
                problem=problem,
                tries=known.tries + is_sent,
                sent_at=at or known.sent_at,
            )
            if click.number in self._clicks:
                self._clicks[click.number] = marked
        return marked

    def _forget(self, click: Click) -> None:
        self._store.done(click.number)
        with self._lock:
            self._clicks.pop(click.number, None)
            self._ages.end(click.number)

    def _hold(self, click: Click, pause_s: float | None = None) -> None:
        with self._lock:
            self._pauses.hold(click.case, pause_s)

    def _hold_all(self) -> None:
        with self._lock:
            self._pauses.unreached()
