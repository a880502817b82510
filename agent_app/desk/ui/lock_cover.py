"""Locks the window: covers it whole, shuts the store, and opens both again.

Owned by `entrance`. While it is locked no command acts, nothing under the cover can be reached by
keyboard, mouse or screen reader, and sheets that were open are gone; drafts are in the store.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QMainWindow

from agent_app.desk.ui.commands import Command, Commands
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.lock_page import LockPage
from agent_app.desk.ui.lock_watch import LockWatch
from agent_app.desk.work.local import KeyPlace


class LockCover(QObject):
    """The lock of one window.

    Signals:
        changed: it is locked now, or open again (`bool`).
        sign_out_requested: from the cover, with the store still open in memory.
    """

    changed = Signal(bool)
    sign_out_requested = Signal()

    def __init__(
        self,
        window: QMainWindow,
        connection: DeskConnection,
        commands: Commands,
        leave: Callable[[], None],
    ) -> None:
        """Lock `window`; `leave` writes what is being typed, before the store is shut."""
        super().__init__(window)
        self._window = window
        self._connection = connection
        self._commands = commands
        self._leave = leave
        self._place: KeyPlace | None = None
        self.is_locked = False
        self._follows = False
        self.page = LockPage(window)
        self.page.hide()
        self.watch = LockWatch(self)
        self.watch.due.connect(self.lock)
        commands[Command.LOCK].triggered.connect(self.lock)
        self.page.unlock_requested.connect(self._on_unlock_asked)
        self.page.sign_out_requested.connect(self._on_sign_out_asked)
        connection.signed_in.connect(self._on_signed_in)
        connection.sign_in_failed.connect(self._on_sign_in_failed)
        connection.key_wanted.connect(self._on_key_wanted)

    @Slot()
    def lock(self) -> None:
        """Lock now; nothing happens while nobody is signed in."""
        if self.is_locked or self._connection.user is None:
            return
        self._place = self._connection.place
        self._cover()
        self.page.show_place(self._place)
        if self._place is not KeyPlace.MEMORY:
            self._leave()
            self._connection.lock()

    def _cover(self) -> None:
        self.watch.stop()
        if self.is_locked:
            return
        self.is_locked = True
        for sheet in self._window.findChildren(QDialog):
            sheet.reject()
        self._commands.show_locked(locked=True)
        self._show_parts(shown=False)
        self._follow_size()
        self.page.show()
        self.page.raise_()
        self.changed.emit(True)

    def _uncover(self) -> None:
        if self._connection.user is not None:
            self.watch.begin()
        if not self.is_locked:
            return
        self.is_locked = False
        self.page.hide()
        self._show_parts(shown=True)
        self._commands.show_locked(locked=False)
        self.changed.emit(False)

    def _show_parts(self, *, shown: bool) -> None:
        parts = (self._window.menuBar(), self._window.centralWidget(), self._window.statusBar())
        for part in parts:
            if part is not None:
                part.setVisible(shown)

    def _follow_size(self) -> None:
        """Stay as large as the window; by its signals, as it has no layout for a cover."""
        if not self._follows:
            self._follows = True
            handle = self._window.windowHandle()
            handle.widthChanged.connect(self._fit)
            handle.heightChanged.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        self.page.setGeometry(self._window.rect())

    @Slot(str)
    def _on_unlock_asked(self, passphrase: str) -> None:
        if self._place is KeyPlace.MEMORY:
            self._uncover()
            return
        self.page.show_busy()
        self._connection.unlock(passphrase or None)

    @Slot()
    def _on_sign_out_asked(self) -> None:
        if self._connection.user is None:
            # The store is shut, and is forgotten without being opened.
            self.page.anew_requested.emit()
            return
        self._uncover()
        self.sign_out_requested.emit()

    @Slot(object)
    def _on_signed_in(self, _user: object) -> None:
        self._uncover()

    @Slot(object)
    def _on_sign_in_failed(self, _error: Exception) -> None:
        # Nothing is kept any more: the connect page says the rest.
        self._uncover()

    @Slot(object)
    def _on_key_wanted(self, error: Exception) -> None:
        if not self.is_locked:
            self._cover()
            self.page.show_place(self._connection.place)
        self._place = None
        self.page.show_error(error)
