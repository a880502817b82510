"""Keeps the queue on screen in step with the store; used by the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.queue_finder import QueueFinder, Sought
from agent_app.desk.ui.queue_model import NO_LINES
from agent_app.desk.ui.queue_panel import QueuePanel
from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.local import LocalStore, LocalStoreFailed
from agent_app.desk.work.queue_rows import QueueName

NEWS_MS = 250
LOADING_MS = 2000
"""Least between two looks at news. While all is fetched each look sorts everything anew, and takes
from the fetching what it takes itself."""


class QueueView(QObject):
    """Shows one queue of the store that is open.

    Signals:
        shown: the panel holds what the store has now.
    """

    shown = Signal()

    def __init__(
        self,
        connection: DeskConnection,
        panel: QueuePanel,
        runner: Runner,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connection, self._panel, self._now = connection, panel, now
        self._queue: QueueName | None = None
        self._on_screen: Sought | None = None
        self._behind = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._on_pause_over)
        self._finder = QueueFinder(runner, self)
        self._finder.found.connect(self._on_found)
        self._finder.failed.connect(connection.fail)
        panel.view_changed.connect(self.refresh)
        panel.model.unreadable.connect(connection.fail)
        connection.queue_changed.connect(self._on_news)
        connection.loading_changed.connect(self._on_loading_changed)
        connection.closing.connect(self._on_closing)

    @property
    def is_loaded(self) -> bool:
        """Return whether all cases have come, now or in a former session."""
        store = self._connection.store
        return store is not None and store.position() is not None

    def turn_to(self, queue: QueueName) -> None:
        """Show another queue."""
        self._queue = queue
        self.refresh()

    @Slot()
    def _on_news(self) -> None:
        """Show news at once; what comes right after it is one more look a little later."""
        if self._pause.isActive():
            self._behind = True
            return
        self._behind = False
        self._pause.start(NEWS_MS if self._connection.loading is None else LOADING_MS)
        self.refresh()

    @Slot()
    def _on_pause_over(self) -> None:
        if self._behind:
            self._on_news()

    @Slot()
    def _on_loading_changed(self) -> None:
        if self._connection.loading is None:
            # The news that all has come follows: it is shown at once.
            self._pause.stop()

    @Slot()
    def refresh(self) -> None:
        """Show what the store has now."""
        store, sought = self._connection.store, self._sought()
        if store is None or sought is None:
            return
        try:
            whole = self._show_top(store, sought)
        except LocalStoreFailed as error:
            self._connection.fail(error)
            return
        if not whole:
            self._finder.look(store, sought, self._now())

    def _show_top(self, store: LocalStore, sought: Sought) -> bool:
        """Show the top of a queue at once where an index has it; return whether that is all."""
        if sought.search or sought.order.column is not None:
            return False
        if self._connection.loading is not None:
            # No index says it quickly now.
            return False
        numbers, many = self._finder.at_once(store, sought, self._now())
        whole = len(numbers) >= many
        if whole or sought != self._on_screen:
            self._show(sought, numbers, store)
        return whole

    def _sought(self) -> Sought | None:
        user, panel = self._connection.user, self._panel
        if self._queue is None or user is None:
            return None
        text = " ".join(panel.search.text().split())
        found = self._connection.found
        same = found is not None and " ".join(found.text.split()) == text
        also = found.cases if found is not None and same else frozenset()
        return Sought(self._queue, user.actor.user, panel.order, text, also)

    @Slot(object, object, object)
    def _on_found(self, sought: Sought, numbers: Sequence[int], store: LocalStore) -> None:
        # Another person's store, or another queue by now: the next look brings that one.
        if store is self._connection.store and sought == self._sought():
            self._show(sought, numbers, store)

    def _show(self, sought: Sought, numbers: Sequence[int], store: LocalStore) -> None:
        self._on_screen = sought
        self._panel.show_numbers(numbers, store, loading=not self.is_loaded)
        self.shown.emit()

    @Slot()
    def _on_closing(self) -> None:
        self._pause.stop()
        self._behind = False
        self._finder.forget()
        self._on_screen = None
        self._panel.show_numbers((), NO_LINES, loading=True)
