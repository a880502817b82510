"""The desk's connection: whose store is open, and how it follows the gateway.

Owned by the window. Everything slow runs on the runner, or on the sync's own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.asked import Asked
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.shutting import Shutting
from agent_app.desk.ui.store_care import StoreCare
from agent_app.desk.ui.sync_thread import SyncThread
from agent_app.desk.work.case_file import SignedIn
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.entry import Entry, Opened, Signed
from agent_app.desk.work.errors import PlatformError, Unauthenticated, Unreachable
from agent_app.desk.work.keys import KeyFailed
from agent_app.desk.work.local import KeyPlace, LocalStore, LocalStoreFailed
from agent_app.desk.work.ports import Platform, SealStore
from agent_app.desk.work.queue_rows import Counts
from agent_app.desk.work.seals import Seal, Setback
from agent_app.desk.work.sync import FoundThere, Loading, Sync, Told

SIGN_IN_AGAIN_MS = 5_000
"""Between two tries to sign in to a gateway that cannot be reached."""


class DeskConnection(QObject):
    """One person at one gateway at a time.

    Signals:
        signed_in: whose store is open (`SignedIn`): from what is kept before any answer, and again
            when the gateway told something else of him.
        sign_in_failed: it did not come about (the error).
        token_refused: the gateway no longer takes what signs him in (the error); the store stays.
        key_wanted: the store's key needs a passphrase, or cannot be had (`KeyFailed`).
        queue_changed: the store holds something new.
        loading_changed: a first load has come further, or to its end.
        looked: who has a case open (`Lookers`).
        away: the gateway stopped answering (the error); back: it answers again.
        log_set_back: its audit log no longer holds what it held (`Setback`); told once.
        store_failed: this machine's disk or file does not do what it should (the error).
        rescued: a damaged file was made anew (`Rescued`).
        locked: the store was shut until somebody unlocks it.
        closing: the store is about to be shut: nothing must read it any more.
    """

    signed_in = Signal(object)
    sign_in_failed = Signal(object)
    token_refused = Signal(object)
    key_wanted = Signal(object)
    queue_changed = Signal()
    loading_changed = Signal()
    looked = Signal(object)
    away = Signal(object)
    back = Signal()
    log_set_back = Signal(object)
    store_failed = Signal(object)
    rescued = Signal(object)
    locked = Signal()
    closing = Signal()

    def __init__(
        self,
        entry: Entry,
        runner: Runner,
        parent: QObject | None = None,
        *,
        seals: SealStore | None = None,
        place: KeyPlace | None = None,
    ) -> None:
        """Sign in by `entry`; `place`: where keys go whatever the machine offers."""
        super().__init__(parent)
        self.clock = GatewayClock()
        self.counts: Counts | None = None
        self.is_away = False
        self.synced_at: datetime | None = None
        self.loading: Loading | None = None
        self.found: FoundThere | None = None
        self.case_work: CaseWork | None = None
        self.user: SignedIn | None = None
        self._entry = entry
        self._runner = runner
        self._seals = seals
        self._place = place
        self._told_of_setback = False
        self._opened: Opened | None = None
        self._signed: list[Signed] = []
        self._thread: SyncThread | None = None
        self._fresh = False
        self._again = QTimer(self, singleShot=True, interval=SIGN_IN_AGAIN_MS)
        self._again.timeout.connect(self._on_again_due)
        self._asked = Asked()
        self._shutting = Shutting(self.store_failed.emit)
        self._care = StoreCare(runner, self)
        self._care.failed.connect(self.store_failed)
        self._care.mend_wanted.connect(self._on_mend_due)
        # What was open before a sleep is dead, and time-outs count awake time.
        self._care.slept.connect(self.try_now)

    @property
    def store(self) -> LocalStore | None:
        """Return the open store."""
        return self._opened.store if self._opened is not None else None

    @property
    def opened(self) -> Opened | None:
        """Return the open store and whose it is."""
        return self._opened

    @property
    def platform(self) -> Platform | None:
        """Return the gateway as this person asks it; None when nobody is signed in."""
        return self._opened.platform if self._opened is not None else None

    @property
    def place(self) -> KeyPlace | None:
        """Return where the open store's key is."""
        return self._opened.place if self._opened is not None else None

    def start(self, gateway_url: str, token: str | None = None) -> None:
        """Open what is kept of this gateway's last person, or sign in with the token."""
        if token:
            self.sign_in(gateway_url, token, KeyPlace.MEMORY)
        else:
            self._reopen(gateway_url, None)

    def unlock(self, passphrase: str | None = None) -> None:
        """Open the store again that was locked, or whose key was wanted."""
        self._reopen(self._asked.url, passphrase)

    def opens_by(self, passphrase: str) -> None:
        """Hear the passphrase that opens the store from now on, should it have to be mended."""
        if self._opened is not None:
            self._asked = replace(self._asked, passphrase=passphrase)

    def sign_in(
        self,
        gateway_url: str,
        token: str,
        place: KeyPlace | None = None,
        passphrase: str | None = None,
    ) -> None:
        """Sign in with an access token of the gateway's own.

        `place`: where the key of a new store goes; None: where it is safest.
        """
        self._again.stop()
        self._asked = asked = Asked(gateway_url, token, place or self._place, passphrase)
        entry, signed = self._entry, self._signed

        def job() -> Opened:
            made = entry.by_token(gateway_url, token)
            # Even if nobody waits for it any more: its connections must be closed.
            signed.append(made)
            return entry.keep(made, asked.place or entry.safest(), passphrase)

        self._run_entry(job, self._on_entry_failed)

    def enter(self, gateway_url: str, job: Callable[[], Opened]) -> None:
        """Sign in by another way: `job` opens a store on a worker thread; it is not repeated."""
        self._asked = Asked(gateway_url, None, self._place)
        self._run_entry(job, self._on_enter_failed)

    def _run_entry(self, job: Callable[[], Opened], failed: Callable[[Exception], None]) -> None:
        self._again.stop()
        self._runner.run(job, self._use, failed, owner=self, lane="sign-in")

    def sign_out(self) -> None:
        """Forget this person on this machine: his key, his store, what signs him in."""
        self._shut_off(self._entry.forget_key, self._entry.sign_out)

    def lock(self) -> None:
        """Shut the store; a store in memory alone stays, because it would be gone."""
        if self.place is not KeyPlace.MEMORY:
            self._shut_off(lambda _opened: None, self._entry.close)
        self.locked.emit()

    def _shut_off(self, first: Callable[[Opened], None], last: Callable[[Opened], None]) -> None:
        """Shut the store: `first` at once, `last` when the sync has ended."""
        opened, thread = self._let_go(), self._thread
        self._thread = None
        # What opens it again comes from the person, not from this program's memory.
        self._asked = replace(self._asked, token=None, passphrase=None)
        if opened is None:
            return
        joined = thread.join if thread is not None else lambda: None
        self._shutting.begin(partial(first, opened), joined, partial(last, opened))

    def fail(self, error: LocalStoreFailed) -> None:
        """Say what is wrong with the store; a damaged one is made anew, with what can be saved."""
        self._care.hear(error, lasting=self.place is not KeyPlace.MEMORY)

    def close(self) -> None:
        """Shut everything for the desk's end; waits for what is being written."""
        self._again.stop()
        self._shut()
        self._shutting.wait()
        for signed in self._signed:
            signed.platform.close()

    def try_now(self) -> None:
        """Ask the gateway at once instead of waiting out the pause."""
        if self._thread is not None:
            self._thread.sync.wake()
        elif self._again.isActive():
            self._on_again_due()

    def search(self, text: str) -> None:
        """Ask the gateway for cases beyond those that are here."""
        thread = self._thread
        if thread is not None and text and not self.is_away:
            self._runner.run(
                lambda: thread.sync.search(text),
                self._on_found,
                lambda _error: None,
                owner=self,
                lane="search",
            )

    def _reopen(self, gateway_url: str, passphrase: str | None) -> None:
        self._again.stop()
        self._asked = Asked(gateway_url, None, self._place, passphrase)
        entry, signed, place, is_shut = self._entry, self._signed, self._place, self._shutting.wait

        def job() -> Opened:
            is_shut()
            opened = entry.reopen(gateway_url, passphrase)
            if opened is not None:
                return opened
            token = entry.old_token(gateway_url)
            if token is None:
                raise Unauthenticated("nothing is kept for this gateway")
            made = entry.by_token(gateway_url, token)
            signed.append(made)
            return entry.keep(made, place or entry.safest(), passphrase)

        self._run_entry(job, self._on_entry_failed)

    def _use(self, opened: Opened) -> None:
        self._shut()
        self._signed.clear()
        if opened.rescued is not None:
            self.rescued.emit(opened.rescued)
        if opened.session is None:
            self._entry.close(opened)
            self.sign_in_failed.emit(Unauthenticated("who was here last is not known"))
            return
        self.clock = clock = GatewayClock()
        if opened.is_fresh:
            clock.hear(opened.session.server_time)
        self._opened, self._fresh = opened, opened.is_fresh
        self.user = SignedIn.of(opened.session)
        counts, position = opened.store.counts(), opened.store.position()
        self.counts = Counts.of(counts) if counts is not None else None
        self.synced_at = position.as_of if position is not None else None
        self.case_work = CaseWork(opened.platform, clock, opened.store, self.user.actor.user)
        self._told_of_setback = False
        self.signed_in.emit(self.user)
        self.queue_changed.emit()
        if opened.platform is None:
            self.token_refused.emit(Unauthenticated("what signs in here is gone; sign in again"))
            return
        platform, keep = opened.platform, self._keeper()
        thread = SyncThread(lambda told: Sync(platform, opened.store, clock, told, keep), self)
        thread.told.connect(self._on_told)
        thread.failed.connect(self._on_sync_failed)
        self._thread = thread
        self._care.begin(lambda: self.store)
        thread.start()

    def _keeper(self) -> Callable[[Seal], Setback | None]:
        """Return how seals of this gateway's audit log are kept; runs on the sync's thread."""
        seals, gateway_url = self._seals, self._asked.url
        if seals is None:
            return lambda _seal: None
        return partial(seals.keep, gateway_url)

    def _let_go(self) -> Opened | None:
        """Forget what is on screen; return what was open, which the caller closes."""
        self._again.stop()
        self._care.stop()
        if self._opened is not None:
            self.closing.emit()
        self._runner.forget_owner(self)
        if self._thread is not None:
            self._thread.stop()
        opened, self._opened = self._opened, None
        self.case_work = self.user = self.counts = self.synced_at = None
        self.loading = self.found = None
        self.is_away = False
        return opened

    def _shut(self) -> None:
        opened, thread = self._let_go(), self._thread
        self._thread = None
        if thread is not None:
            thread.join()
        if opened is not None:
            self._entry.close(opened)

    def _on_entry_failed(self, error: Exception) -> None:
        self._on_enter_failed(error)
        if isinstance(error, Unreachable):
            self._again.start()

    def _on_enter_failed(self, error: Exception) -> None:
        if isinstance(error, KeyFailed):
            self.key_wanted.emit(error)
        else:
            self.sign_in_failed.emit(error)

    @Slot()
    def _on_again_due(self) -> None:
        asked = self._asked
        if asked.token is not None:
            self.sign_in(asked.url, asked.token, asked.place, asked.passphrase)
        elif asked.url:
            self._reopen(asked.url, asked.passphrase)

    @Slot(object)
    def _on_told(self, told: Told) -> None:
        if told.away is not None:
            if not self.is_away:
                self.is_away = True
                self.away.emit(told.away)
            return
        self.synced_at = self.clock.now()
        if told.counts is not None:
            self.counts = told.counts
        if told.loading != self.loading and (told.loading is not None or told.counts is not None):
            self.loading = told.loading
            self.loading_changed.emit()
        if told.setback is not None and not self._told_of_setback:
            self._told_of_setback = True
            self.log_set_back.emit(told.setback)
        if told.lookers is not None:
            self.looked.emit(told.lookers)
        if self.is_away:
            self.is_away = False
            self.back.emit()
        if told.rows or told.counts is not None or told.live:
            self.queue_changed.emit()
        if told.live and not self._fresh:
            self._fresh = True
            self._ask_who()

    def _ask_who(self) -> None:
        """Have the gateway tell anew who is signed in: roles and limits may have changed."""
        opened, clock = self._opened, self.clock
        if opened is None or opened.platform is None:
            return
        platform, store = opened.platform, opened.store

        def job() -> SignedIn:
            session = platform.session()
            clock.hear(session.server_time)
            store.keep_session(session)
            return SignedIn.of(session)

        self._runner.run(job, self._on_who, self._on_sync_failed, owner=self, lane="who")

    def _on_who(self, user: SignedIn) -> None:
        if user != self.user:
            self.user = user
            self.signed_in.emit(user)

    def _on_found(self, found: FoundThere) -> None:
        self.found = found
        self.queue_changed.emit()

    @Slot(object)
    def _on_sync_failed(self, error: Exception) -> None:
        if isinstance(error, Unauthenticated):
            self.token_refused.emit(error)
        elif isinstance(error, LocalStoreFailed):
            self.fail(error)
        elif not isinstance(error, PlatformError):
            raise error

    @Slot()
    def _on_mend_due(self) -> None:
        # Opening it again finds the damage noted, and makes a new one. Shut first: what is clicked
        # meanwhile must not go into the file that is put aside.
        opened, passphrase = self._opened, self._asked.passphrase
        if opened is not None:
            self._shut_off(lambda _opened: None, self._entry.close)
            self._reopen(opened.gateway_url, passphrase)
