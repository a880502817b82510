"""The desk's connection: sign-in, following the queue, losing the gateway and finding it again.

Owned by the window. Holds the shelf and the gateway's clock; everything slow runs on the runner.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.runner import Runner
from agent_app.desk.work import connect
from agent_app.desk.work.case_file import SignedIn
from agent_app.desk.work.case_work import CaseWork
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.errors import Unauthenticated, Unreachable
from agent_app.desk.work.follow import FollowQueue, News
from agent_app.desk.work.local import LocalStore, StoreMaker, StoreName
from agent_app.desk.work.ports import Connector, Platform, SealStore, TokenVault
from agent_app.desk.work.queue_rows import Counts, QueueLine, QueueName, Shelf
from agent_app.desk.work.seals import Seal, Setback

SIGN_IN_AGAIN_MS = 5_000
"""Between two tries to sign in to a gateway that cannot be reached."""


class DeskConnection(QObject):
    """One gateway at a time.

    Signals:
        signed_in: a gateway accepted the token (`SignedIn`).
        sign_in_failed: it did not, or could not be asked (the error).
        token_refused: the gateway no longer accepts the token (the error).
        queue_changed: the shelf holds something new.
        away: the gateway stopped answering (the error); what is on screen stays.
        back: it answers again.
        log_set_back: its audit log no longer holds what it held (`Setback`); told once.
    """

    signed_in = Signal(object)
    sign_in_failed = Signal(object)
    token_refused = Signal(object)
    queue_changed = Signal()
    away = Signal(object)
    back = Signal()
    log_set_back = Signal(object)

    def __init__(
        self,
        connector: Connector,
        vault: TokenVault,
        runner: Runner,
        parent: QObject | None = None,
        *,
        seals: SealStore | None = None,
        stores: StoreMaker,
    ) -> None:
        super().__init__(parent)
        self.clock = GatewayClock()
        self.shelf = Shelf()
        self.counts: Counts | None = None
        self.news: News | None = None
        self.is_away = False
        self.synced_at: datetime | None = None
        self.case_work: CaseWork | None = None
        self.user: SignedIn | None = None
        self._connector = connector
        self._vault = vault
        self._runner = runner
        self._seals = seals
        self._stores = stores
        self.store: LocalStore | None = None
        self._told_of_setback = False
        self._connection: connect.Connection | None = None
        self._opened: list[Platform] = []
        self._follow: FollowQueue | None = None
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._on_next_due)
        self._again = QTimer(self, singleShot=True, interval=SIGN_IN_AGAIN_MS)
        self._again.timeout.connect(self._on_again_due)
        self._asked: tuple[str, str | None] = ("", None)
        self._pending_clock = self.clock

    @property
    def keeps_tokens(self) -> bool:
        """Return whether an accepted token outlasts this session."""
        return self._vault.keeps

    def sign_in(self, gateway_url: str, token: str | None = None) -> None:
        """Connect; without a token, with the one kept for this gateway."""
        self._again.stop()
        self._asked = (gateway_url, token)
        clock, opened = GatewayClock(), self._opened

        def job() -> connect.Connection:
            known = token or self._vault.token(gateway_url)
            if not known:
                raise Unauthenticated("no token is kept for this gateway")
            made = connect.sign_in(self._connector, gateway_url, known, clock)
            # Even if nobody waits for it any more: its connections must be closed.
            opened.append(made.platform)
            connect.remember(self._vault, gateway_url, known)
            return made

        self._pending_clock = clock
        self._runner.run(
            job, self._on_signed_in, self._on_sign_in_failed, owner=self, lane="sign-in"
        )

    def sign_out(self) -> None:
        """Leave the gateway and forget what it told."""
        self._next.stop()
        self._again.stop()
        self._runner.forget_owner(self)
        if self._connection is not None:
            self._connection.platform.close()
            self._opened.remove(self._connection.platform)
        if self.store is not None:
            self.store.close()
        self._connection = self._follow = self.case_work = self.user = self.store = None
        self.news = self.counts = self.synced_at = None
        self.is_away = False
        self.shelf.clear()

    def close(self) -> None:
        """Let go of the gateway; nothing is asked any more."""
        self._next.stop()
        self._again.stop()
        for platform in self._opened:
            platform.close()

    def want(self, queue: QueueName) -> None:
        """See that a queue is fetched."""
        if self._follow is not None:
            self._follow.want(queue)
            if not self._next.isActive() and not self.is_away:
                return
            self._next.start(0)

    def try_now(self) -> None:
        """Ask the gateway at once instead of waiting out the pause."""
        if self._follow is not None and self._next.isActive():
            self._next.start(0)

    def search(self, text: str) -> None:
        """Ask the gateway for cases beyond those fetched."""
        follow = self._follow
        if follow is not None:
            self._runner.run(
                lambda: follow.search(text),
                self._on_found,
                self._on_step_failed,
                owner=self,
                lane="search",
            )

    def learn(self, line: QueueLine) -> None:
        """Take what an opened case tells about its own row."""
        if self.shelf.line(line.id) != line:
            self.shelf.put([line])
            self.queue_changed.emit()

    def _on_signed_in(self, connection: connect.Connection) -> None:
        self.sign_out()
        self.clock = self._pending_clock
        self._connection = connection
        self.user = connection.signed_in
        me = connection.signed_in.actor.user
        self.store = self._stores.in_memory(StoreName.of(self._asked[0], me))
        self.case_work = CaseWork(connection.platform, self.clock, self.store, me)
        self._follow = FollowQueue(connection.platform, self.clock, self._keeper())
        self._told_of_setback = False
        self.signed_in.emit(connection.signed_in)
        self._next.start(0)

    def _keeper(self) -> Callable[[Seal], Setback | None]:
        """Return how seals of this gateway's audit log are kept; runs on a worker thread."""
        seals, gateway_url = self._seals, self._asked[0]
        if seals is None:
            return lambda _seal: None
        return partial(seals.keep, gateway_url)

    def _on_sign_in_failed(self, error: Exception) -> None:
        self.sign_in_failed.emit(error)
        if isinstance(error, Unreachable):
            self._again.start()

    @Slot()
    def _on_again_due(self) -> None:
        self.sign_in(*self._asked)

    @Slot()
    def _on_next_due(self) -> None:
        follow = self._follow
        if follow is not None:
            self._runner.run(
                follow.step, self._on_news, self._on_step_failed, owner=self, lane="follow"
            )

    def _on_news(self, news: News) -> None:
        self._take(news)
        self.news = news
        self.synced_at = self.clock.now()
        if self.is_away:
            self.is_away = False
            self.back.emit()
        self._wait()

    def _on_found(self, news: News) -> None:
        self._take(news)

    def _take(self, news: News) -> None:
        if news.forget:
            self.shelf.clear()
        if news.setback is not None and not self._told_of_setback:
            self._told_of_setback = True
            self.log_set_back.emit(news.setback)
        if news.searched is not None:
            self.shelf.put_found(news.searched, news.lines)
        else:
            self.shelf.put(news.lines)
        self.counts = news.counts
        self.queue_changed.emit()

    def _on_step_failed(self, error: Exception) -> None:
        if isinstance(error, Unauthenticated):
            self.token_refused.emit(error)
            return
        if not self.is_away:
            self.is_away = True
            self.away.emit(error)
        self._wait()

    def _wait(self) -> None:
        if self._follow is not None:
            self._next.start(round(self._follow.pause_s * 1000))
