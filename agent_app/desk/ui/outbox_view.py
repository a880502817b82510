"""Shows what is not sent yet wherever it shows: its page, the rows, the counts. Used by window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.outbox_page import Entry, OutboxPage
from agent_app.desk.ui.outbox_sender import OutboxSender
from agent_app.desk.ui.queue_panel import QueuePanel
from agent_app.desk.ui.sign_out_sheet import SignOutSheet


class OutboxView(QObject):
    """The outbox on screen.

    Signals:
        counted: how many clicks are not done (`int`).
        sign_out_agreed: nothing would be lost by a sign-out, or the person says that it may be.
    """

    counted = Signal(int)
    sign_out_agreed = Signal()

    def __init__(
        self,
        connection: DeskConnection,
        outbox: OutboxSender,
        queue: QueuePanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._connection, self._outbox, self._queue = connection, outbox, queue
        self.page = OutboxPage()
        self.page.send_requested.connect(outbox.send_again)
        self.page.drop_requested.connect(outbox.drop)
        outbox.changed.connect(self.show_all)

    @Slot()
    def enter(self) -> None:
        """Show the list, with the keyboard on it."""
        self.show_all()
        self.page.table.setFocus()

    def show_all(self) -> None:
        """Show what waits now."""
        pending = self._outbox.pending()
        self.counted.emit(len(pending))
        self._queue.show_pending(frozenset(click.case for click in pending))
        store = self._connection.store
        entries = (Entry(c, store.line(c.case) if store is not None else None) for c in pending)
        self.page.show_entries(tuple(entries))

    @Slot()
    def ask_sign_out(self) -> None:
        """Ask before a sign-out that would forget what was not sent, or is being written."""
        store, clicks = self._connection.store, len(self._outbox.pending())
        drafts = len(store.drafts()) if store is not None else 0
        if not clicks and not drafts:
            self.sign_out_agreed.emit()
            return
        sheet = SignOutSheet(clicks, drafts, self._queue.window())
        sheet.confirmed.connect(self.sign_out_agreed)
        sheet.open()
