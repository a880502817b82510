"""What the connection tells that concerns every screen: bars above it, the line at the foot.

Owned by the window.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from agent_app.desk.ui.audit_bar import AuditBar
from agent_app.desk.ui.away_bar import AwayBar
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.notice import NoticeBar
from agent_app.desk.ui.queue_panel import QueuePanel
from agent_app.desk.ui.status import DeskStatus
from agent_app.desk.ui.words import problems, rescue
from agent_app.desk.ui.words.freshness import Freshness
from agent_app.desk.work.local import Rescued


class DeskNews(QObject):
    """Says whether the gateway answers, how old all is, and what this machine's disk does.

    Signals:
        online_changed: the gateway answers, or does not (`bool`).
    """

    online_changed = Signal(bool)

    def __init__(
        self, connection: DeskConnection, queue: QueuePanel, notice: NoticeBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._connection, self._queue, self._notice = connection, queue, notice
        self._rescued: Rescued | None = None
        self.status = DeskStatus()
        self.away_bar = AwayBar()
        self.audit_bar = AuditBar()
        self.rescue_bar = NoticeBar("warning", "info")
        """Stays until it is closed: what it says may cost somebody work."""
        connection.away.connect(self._on_away)
        connection.back.connect(self.show_back)
        connection.loading_changed.connect(self.show_age)
        connection.log_set_back.connect(self.audit_bar.show_setback)
        connection.store_failed.connect(self._on_store_failed)
        connection.rescued.connect(self._on_rescued)
        self.away_bar.acted.connect(connection.try_now)

    @property
    def bars(self) -> tuple[NoticeBar, ...]:
        """Return the bars, as they stand above each other."""
        return (self.away_bar, self.audit_bar, self.rescue_bar)

    @Slot()
    def show_age(self) -> None:
        """Say how many cases are in view, and how old they are."""
        desk = self._connection
        fresh = Freshness(desk.synced_at, desk.loading, desk.is_away)
        self._queue.show_freshness(fresh)
        self.status.show_sync(self._queue.model.rowCount(), fresh, desk.clock.now())

    @Slot(int)
    def show_unsent(self, count: int) -> None:
        """Say how many clicks wait."""
        self.status.show_unsent(count)
        self.away_bar.show_unsent(count)

    def tick(self) -> None:
        """Count the ages on."""
        self.away_bar.tick(self._connection.clock.now())
        self.show_age()

    @Slot()
    def show_back(self) -> None:
        """The gateway answers, or another person begins."""
        self.away_bar.show_back()
        self.show_age()
        self.online_changed.emit(True)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.status.show_user(self._connection.user)
        self.show_age()
        if self._rescued is not None and not self.rescue_bar.isHidden():
            self.rescue_bar.say(rescue.rescued(self._rescued), aloud=False)

    @Slot(object)
    def _on_away(self, error: Exception) -> None:
        desk = self._connection
        self.away_bar.show_away(error, desk.clock.now(), desk.synced_at)
        self.show_age()
        self.online_changed.emit(False)

    @Slot(object)
    def _on_store_failed(self, error: Exception) -> None:
        self._notice.say(problems.sentence(error))

    @Slot(object)
    def _on_rescued(self, what: Rescued) -> None:
        self._rescued = what
        self.rescue_bar.say(rescue.rescued(what))
