"""The main window: puts the screens together and connects what they want with what is done.

main.py makes it. It holds no port: the connection and the open case do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from agent_app.desk.ui import design, help_menu, icons
from agent_app.desk.ui.case_sheets import CaseSheets
from agent_app.desk.ui.commands import Command, Commands
from agent_app.desk.ui.connect_page import ConnectPage
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.desk_news import DeskNews
from agent_app.desk.ui.guide_page import GuidePage
from agent_app.desk.ui.notice import NoticeBar
from agent_app.desk.ui.open_case import OpenCase
from agent_app.desk.ui.outbox_sender import OutboxSender
from agent_app.desk.ui.outbox_view import OutboxView
from agent_app.desk.ui.queue_view import QueueView
from agent_app.desk.ui.rail import Place, Rail
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.settings_page import SettingsPage
from agent_app.desk.ui.team_sheets import TeamSheets
from agent_app.desk.ui.words import problems
from agent_app.desk.ui.work_page import WorkPage
from agent_app.desk.work.case_file import CaseFile, SignedIn
from agent_app.desk.work.preferences import Preferences
from agent_app.domain.guide import Guide
from agent_app.domain.ids import CaseId

TICK_MS = 1000
FIRST_SIZE = (1366, 728)


class DeskWindow(QMainWindow):
    """One window, one gateway, one open case.

    Signals:
        preferences_changed: to be kept and applied (`Preferences`).
        closing: the window is about to go; everything must stop.
        queue_painted: the first queue is complete and on screen.
    """

    preferences_changed = Signal(object)
    closing = Signal()
    queue_painted = Signal()

    def __init__(
        self, connection: DeskConnection, runner: Runner, preferences: Preferences
    ) -> None:
        super().__init__()
        self.connection = connection
        self.outbox = OutboxSender(runner, self)
        self.case = OpenCase(runner, self.outbox, self)
        self.drafts = self.case.drafts
        self._preferences = preferences
        self._place = Place.TEAM
        self._places: dict[Place, tuple[QWidget, Callable[[], object]]] = {}
        self._painted_once = False
        self.rail = Rail()
        self.work = WorkPage(self._now)
        self.guide_page = GuidePage()
        self.outbox_view = OutboxView(connection, self.outbox, self.work.queue, self)
        self.outbox_page = self.outbox_view.page
        self.settings = SettingsPage()
        self.connect_page = ConnectPage()
        self.notice = NoticeBar("danger", "info")
        self.news = DeskNews(connection, self.work.queue, self.notice, self)
        self.away_bar, self.audit_bar = self.news.away_bar, self.news.audit_bar
        self.status = self.news.status
        self.commands = Commands(self, self.menuBar())
        self.sheets = CaseSheets(self.work.case, self.case, self)
        self.team_sheets = TeamSheets(self.work.case, self.case, connection, self)
        self.queue_view = QueueView(connection, self.work.queue, runner, self._now, self)
        self._tick = QTimer(self, interval=TICK_MS)
        # After the paint that the first queue causes, so that a picture shows the rows.
        self._paints = QTimer(self, singleShot=True, interval=0)
        self._paints.timeout.connect(self.queue_painted)
        self._build()
        self._connect_screens()
        self._serve_commands()
        self._connect_desk()
        self._restore(preferences)
        self.retranslate()
        self._tick.start()

    def _now(self) -> datetime:
        return self.connection.clock.now()

    def _build(self) -> None:
        self.screens = QStackedWidget()
        for page in (self.work, self.connect_page):
            self.screens.addWidget(page)
        self.add_place(Place.OUTBOX, self.outbox_page, self.outbox_view.enter)
        self.add_place(Place.GUIDE, self.guide_page, lambda: None)
        self.add_place(Place.SETTINGS, self.settings, lambda: None)
        right = QVBoxLayout()
        right.setSpacing(0)
        for part in (*self.news.bars, self.notice):
            right.addWidget(part)
        right.addWidget(self.screens, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(whole)
        self.setStatusBar(self.status)
        self.setMinimumSize(960, 600)
        self.resize(*FIRST_SIZE)
        self.setWindowIcon(icons.icon("app"))
        self._show_screen(self.connect_page)

    def _connect_screens(self) -> None:
        queue = self.work.queue
        self.work.follow(self.case)
        self.rail.place_chosen.connect(self.go)
        queue.case_opened.connect(self.open_case)
        queue.case_chosen.connect(self._on_case_chosen)
        queue.search_asked.connect(self.connection.search)
        self.work.case.header.back_requested.connect(self.close_case)
        self.drafts.failed.connect(self._on_case_failed)
        self.outbox.failed.connect(self._on_case_failed)
        self.outbox_view.counted.connect(self.rail.show_unsent)
        self.outbox_view.counted.connect(self.news.show_unsent)
        self.outbox_page.open_requested.connect(self._on_case_of_click_wanted)
        self.case.file_changed.connect(self._on_file_changed)
        self.case.began.connect(self.notice.hide)
        self.case.failed.connect(self._on_case_failed)

    def _serve_commands(self) -> None:
        self.commands.serve(
            {
                **self.sheets.commands(),
                **self.team_sheets.commands(),
                Command.OPEN: self._open_current,
                Command.BACK: self._go_back,
                Command.SEARCH: self._go_to_search,
                Command.REFRESH: self.connection.try_now,
                Command.QUIT: self.close,
                **{sheet: partial(help_menu.show, self, sheet) for sheet in help_menu.SHEETS},
                **{Command(f"go_{place.value}"): partial(self.go, place) for place in Place},
            }
        )

    def _connect_desk(self) -> None:
        self.connection.signed_in.connect(self._on_signed_in)
        self.connection.sign_in_failed.connect(self._on_sign_in_failed)
        self.connection.token_refused.connect(self._on_token_refused)
        self.queue_view.shown.connect(self._on_queue_shown)
        self.connection.back.connect(self._on_back)
        self.news.online_changed.connect(self._on_online_changed)
        self.connect_page.connect_requested.connect(self.sign_in)
        self.connect_page.guide_requested.connect(partial(self.go, Place.GUIDE))
        self.settings.preferences_chosen.connect(self.choose)
        self._tick.timeout.connect(self._on_tick)

    def start(self, gateway_url: str, token: str = "") -> None:
        """Open what is kept for a gateway, or sign in with a token that was handed over."""
        self.show_signing_in(gateway_url)
        self.connection.start(gateway_url, token or None)

    def sign_in(self, gateway_url: str, token: str = "") -> None:
        """Connect to a gateway; without a token, with what is kept for it."""
        self.show_signing_in(gateway_url)
        if token:
            page = self.connect_page
            place, passphrase = page.chosen_place(), page.chosen_passphrase()
            self.connection.sign_in(gateway_url, token, place, passphrase)
        else:
            self.connection.start(gateway_url)

    def show_signing_in(self, gateway_url: str, *, in_browser: bool = False) -> None:
        """Show that somebody signs in at a gateway, which is the one to start with from now on."""
        self._preferences = replace(self._preferences, gateway_url=gateway_url)
        self.connect_page.show_gateway(gateway_url)
        self.connect_page.show_busy(busy=True, in_browser=in_browser)

    def show_guide(self, guide: Guide) -> None:
        """Take the guide that cases are worked by and that the reference shows."""
        self.work.case.guide.show_guide(guide)
        self.guide_page.show_guide(guide)

    def show_complaint(self, text: str) -> None:
        """Say something that went wrong outside of a case."""
        self.notice.say(text)

    def add_place(self, place: Place, screen: QWidget, shown: Callable[[], object]) -> None:
        """Have a place show a screen; `shown` then fills it and takes the focus."""
        self.screens.addWidget(screen)
        self._places[place] = (screen, shown)

    @Slot(object)
    def go(self, place: Place) -> None:
        """Go to a place."""
        self._place = place
        self.rail.show_place(place)
        if place in self._places:
            screen, shown = self._places[place]
            self._show_screen(screen)
            shown()
        elif self.connection.user is None:
            self._show_screen(self.connect_page)
        else:
            assert place.queue is not None
            self.work.queue.show_place(place)
            self._show_screen(self.work)
            self.queue_view.turn_to(place.queue)
            self.work.queue.table.setFocus()

    @property
    def preferences(self) -> Preferences:
        """Return what is chosen."""
        return self._preferences

    @Slot(object)
    def choose(self, preferences: Preferences) -> None:
        """Take what a person chose: it is shown, kept and applied."""
        self._preferences = replace(preferences, gateway_url=self._preferences.gateway_url)
        self.settings.show_preferences(self._preferences)
        self.commands.use_letters(letters=preferences.letter_keys)
        self.preferences_changed.emit(self._preferences)

    @Slot(object)
    def open_case(self, case: CaseId) -> None:
        """Open a case beside the queue."""
        if self.case.case != case:
            self.notice.hide()
            self.work.case.show_loading()
        self.work.show_case(shown=True)
        self.case.open(case)
        self.work.queue.select(case)
        self.commands.show_place(in_list=True, case_open=True)

    @Slot()
    def close_case(self) -> None:
        """Go back to the queue."""
        self.case.close()
        self.work.show_case(shown=False)
        self.commands.show_place(in_list=True, case_open=False)

    def leave(self) -> None:
        """Write what is being typed and let go of the store: it is about to be shut."""
        self.close_case()
        self.case.use(None, None)
        self.outbox.use(None)
        self.drafts.use(None)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.setWindowTitle(QCoreApplication.translate("DeskWindow", "Unreturned orders"))
        self.commands.retranslate()
        self.news.retranslate()

    def _show_screen(self, screen: QWidget) -> None:
        self.screens.setCurrentWidget(screen)
        at_work = screen is self.work
        self.commands.show_place(in_list=at_work, case_open=at_work and self.work.case_shown)

    @Slot()
    def _on_queue_shown(self) -> None:
        self.rail.show_counts(self.connection.counts)
        self.news.show_age()
        store = self.connection.store
        if self.case.case is not None and store is not None:
            self.work.queue.select(self.case.case)
            line = store.line(self.case.case)
            if line is not None:
                self.case.hear(line.version)
        if not self._painted_once and self.queue_view.is_loaded:
            self._painted_once = True
            self._paints.start()

    @Slot(object)
    def _on_case_of_click_wanted(self, case: CaseId) -> None:
        self.go(Place.TEAM)
        self.open_case(case)

    def _restore(self, preferences: Preferences) -> None:
        if preferences.window:
            self.restoreGeometry(QByteArray.fromBase64(preferences.window.encode()))
        self.commands.use_letters(letters=preferences.letter_keys)
        self.settings.show_preferences(preferences)
        self.connect_page.show_gateway(preferences.gateway_url)

    @Slot(object)
    def _on_signed_in(self, user: SignedIn) -> None:
        self.connect_page.show_error(None)
        self.connect_page.token.clear()
        self.outbox.use(self.connection.case_work)
        self.drafts.use(self.connection.case_work)
        self.case.use(self.connection.case_work, user.actor.user)
        self.work.case.show_actor(user.actor)
        self.settings.show_session(user, self._preferences.gateway_url, self.connection.place)
        self.preferences_changed.emit(self._preferences)
        self.news.show_back()
        self.status.show_user(self.connection.user)
        self.go(self._place if self._place.queue is not None else Place.TEAM)

    @Slot(object)
    def _on_sign_in_failed(self, error: Exception) -> None:
        self.connect_page.show_error(error)
        self._show_screen(self.connect_page)

    @Slot(object)
    def _on_token_refused(self, error: Exception) -> None:
        self.close_case()
        self._on_sign_in_failed(error)

    @Slot(bool)
    def _on_online_changed(self, online: bool) -> None:
        self.work.case.show_online(online=online)
        self.case.show_online(online=online)

    @Slot()
    def _on_back(self) -> None:
        self.outbox.show_online(online=True)
        self.case.reload()

    def sign_out(self) -> None:
        """Forget this person, and show how to come in."""
        self.leave()
        self.connection.sign_out()
        self.news.show_back()
        self.settings.show_session(None, "")
        self.rail.show_counts(None)
        self.status.show_user(self.connection.user)
        self._show_screen(self.connect_page)

    @Slot(object)
    def _on_case_chosen(self, case: CaseId) -> None:
        if self.work.case_shown and case != self.case.case:
            self.open_case(case)

    @Slot(object)
    def _on_file_changed(self, file: CaseFile) -> None:
        self.work.case.show_case(file)
        # The store has the case's row by now; the queue beside it shows that at once.
        self.queue_view.refresh()

    @Slot(object)
    def _on_case_failed(self, error: Exception) -> None:
        self.work.case.show_failure(error)
        self.notice.say(problems.sentence(error))

    @Slot()
    def _on_tick(self) -> None:
        self.work.queue.tick()
        self.work.case.tick()
        self.news.tick()

    def _open_current(self) -> None:
        case = self.work.queue.current_case()
        if case is not None:
            self.open_case(case)

    def _go_back(self) -> None:
        search = self.work.queue.search
        if search.hasFocus() and search.text():
            search.clear()
        elif self.work.case_shown:
            self.close_case()
        else:
            self.work.queue.table.setFocus()

    def _go_to_search(self) -> None:
        field = self.guide_page.search if self._place is Place.GUIDE else self.work.queue.search
        field.setFocus()
        field.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rail.set_narrow(narrow=self.width() < design.RAIL_NARROW_UNDER)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop intake, keep the window's place; what is on its way is waited for without it."""
        self._tick.stop()
        place = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences_changed.emit(replace(self._preferences, window=place))
        self.leave()
        self.hide()
        self.closing.emit()
        super().closeEvent(event)
