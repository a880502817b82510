"""What the connect page and the lock ask for, carried out: the browser, and starting anew.

Made by main.py for the window. Everything slow runs on the runner; what comes of it the connection
tells.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from agent_app.desk.ui.lock_cover import LockCover
from agent_app.desk.ui.passphrase_sheet import PassphraseChange
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import entrance
from agent_app.desk.work.entry import Entry, Opened
from agent_app.desk.work.local import KeyPlace
from agent_app.desk.work.preferences import Preferences
from agent_app.desk.work.signing_in import SignInCancelled, Ways
from agent_app.domain.ids import CaseId


class Entrance(QObject):
    """Ways in at one desk, and its lock.

    Signals:
        address_wanted: the system's browser is to open this (`str`).
    """

    address_wanted = Signal(str)

    def __init__(
        self, entry: Entry, runner: Runner, window: DeskWindow, preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._entry = entry
        self._connection = window.connection
        self._runner = runner
        self._page = window.connect_page
        self._stop: threading.Event | None = None
        self._window = window
        self._left_at: CaseId | None = None
        self.lock = LockCover(window, window.connection, window.commands, self._leave)
        self.lock.watch.set_minutes(preferences.lock_minutes)
        self._page.look_requested.connect(self.look)
        self._page.browser_requested.connect(self.sign_in)
        self._page.cancel_requested.connect(self.give_up)
        self.lock.page.anew_requested.connect(self.start_anew)
        self.passphrase = PassphraseChange(entry, runner, window.connection, window)
        window.settings.passphrase_requested.connect(self.passphrase.ask)
        window.settings.sign_out_requested.connect(window.outbox_view.ask_sign_out)
        window.outbox_view.sign_out_agreed.connect(window.sign_out)
        # At the lock it takes two clicks already, and says what it costs.
        self.lock.sign_out_requested.connect(window.sign_out)
        window.preferences_changed.connect(self._on_preferences_changed)
        window.closing.connect(self.give_up)
        window.connection.signed_in.connect(self._on_signed_in)
        # From the worker that waits for the browser.
        self.address_wanted.connect(self._on_address_wanted, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def look(self, gateway_url: str) -> None:
        """Find out how people sign in there, and where this computer keeps keys."""
        self._runner.run(self._entry.safest, self._on_safest, _no_matter, owner=self, lane="safest")

        def ask() -> Ways:
            return self._entry.ways(gateway_url)

        def told(ways: Ways) -> None:
            self._page.show_ways(gateway_url, by_browser=ways.by_browser)

        # An address that is none, or nobody there: said when somebody signs in.
        self._runner.run(ask, told, _no_matter, owner=self, lane="ways")

    @Slot(str)
    def sign_in(self, gateway_url: str) -> None:
        """Sign in by the browser; `give_up` ends the waiting for it."""
        self.give_up()
        self._stop = stop = threading.Event()
        entry, show = self._entry, self.address_wanted.emit
        page = entrance.back_page()
        place, passphrase = self._page.chosen_place(), self._page.chosen_passphrase()
        self._window.show_signing_in(gateway_url, in_browser=True)

        def job() -> Opened:
            signed = entry.in_browser(gateway_url, page, show, stop)
            if stop.is_set():
                signed.platform.close()
                raise SignInCancelled("the sign-in was given up")
            return entry.keep(signed, place or entry.safest(), passphrase)

        self._connection.enter(gateway_url, job)

    @Slot()
    def give_up(self) -> None:
        """Wait for the browser no longer; the connection tells that nothing came of it."""
        if self._stop is not None:
            self._stop.set()

    @Slot()
    def start_anew(self) -> None:
        """Forget what is kept here without opening it, and go on as whoever has signed in."""
        entry, url = self._entry, self._page.gateway.text().strip()
        self._connection.enter(url, lambda: entry.give_up(url))

    def _leave(self) -> None:
        self._left_at = self._window.case.case
        self._window.leave()

    def _on_safest(self, place: KeyPlace) -> None:
        self._page.show_keeping(keeps=place is KeyPlace.KEYRING)

    @Slot(object)
    def _on_preferences_changed(self, preferences: Preferences) -> None:
        self.lock.watch.set_minutes(preferences.lock_minutes)

    @Slot(object)
    def _on_signed_in(self, _user: object) -> None:
        self._page.forget()
        left_at, self._left_at = self._left_at, None
        if left_at is not None:
            self._window.open_case(left_at)

    @Slot(str)
    def _on_address_wanted(self, address: str) -> None:
        QDesktopServices.openUrl(QUrl(address))


def _no_matter(_error: Exception) -> None:
    """Leave the page as it is."""
