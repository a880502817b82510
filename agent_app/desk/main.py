"""Start the desk: read the options, wire adapters and windows, run. Only this knows them all."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from agent_app.desk.adapters import Adapters, adapters_in
from agent_app.desk.platform.client import gateway_address
from agent_app.desk.ui import design
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.entrance import Entrance
from agent_app.desk.ui.guide_print import GuidePaper
from agent_app.desk.ui.keys import OwnKeys
from agent_app.desk.ui.language import LanguageSwitch
from agent_app.desk.ui.links import Links
from agent_app.desk.ui.notices import DeskNotices
from agent_app.desk.ui.palette import Palette
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.tray import outlet
from agent_app.desk.ui.undo import UndoLast
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import filled, problems
from agent_app.desk.upkeep import Upkeep
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.links import SCHEME, case_of
from agent_app.desk.work.preferences import Language, Preferences, Theme
from agent_app.domain.guide import Guide

TOKEN_VARIABLE = "AGENT_APP_TOKEN"  # noqa: S105  (a variable's name)
FIRST_QUEUE_WITHIN_MS = 60_000
LAST_ANSWERS_S = 1.0
"""So long a closing desk waits for what is on its way; its window is gone already."""
_M_ARENA_MAX = -8
_log = logging.getLogger("agent_app.desk")


class Desk(QObject):
    """The running desk: window, connection, preferences in force."""

    def __init__(
        self,
        application: QApplication,
        adapters: Adapters,
        *,
        language: Language | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__()
        self._application = application
        self._adapters = adapters
        kept = adapters.store.load()
        # What the command line chose holds for this run and is not kept.
        self._forced: dict[str, Any] = {
            name: choice
            for name, choice in (("language", language), ("theme", theme))
            if choice is not None
        }
        self._applied = replace(kept, **self._forced)
        self._kept = kept
        self.languages = LanguageSwitch()
        self.languages.use(self._applied.language)
        design.apply(application, self._applied.theme)
        self.runner = Runner(self)
        self.connection = DeskConnection(
            adapters.entry, self.runner, self, seals=adapters.seals, place=adapters.place
        )
        self.window = DeskWindow(self.connection, self.runner, self._applied)
        self.keys = OwnKeys(self.window)
        self.notices = DeskNotices(self.window, self.runner, outlet(self.window))
        self.undo = UndoLast(self.window)
        self.palette = Palette(self.window, self.runner)
        self.entrance = Entrance(adapters.entry, self.runner, self.window, self._applied)
        self._links = Links(self.window, self.entrance.lock)
        self.paper = GuidePaper(self.window, self.runner)
        self.window.preferences_changed.connect(self._on_preferences_changed)
        self.window.closing.connect(self._on_closing)
        application.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._load_guide()
        if adapters.store.complaint is not None:
            text = self.tr("The settings could not be read and start anew; the old file is {file}.")
            self.window.show_complaint(filled(text, file=adapters.store.complaint))
        elif adapters.complaint is not None:
            self.window.show_complaint(problems.sentence(adapters.complaint))

    @property
    def preferences(self) -> Preferences:
        """Return the preferences in force."""
        return self._applied

    def start(self, gateway_url: str | None, token: str | None) -> None:
        """Show the window and sign in where that is possible without asking."""
        self.window.show()
        url = gateway_url or self._applied.gateway_url
        if url:
            self.window.start(url, token or "")

    def follow(self, link: str) -> None:
        """Open the case of a link, now or when somebody has signed in."""
        self._links.follow(link)

    def _load_guide(self) -> None:
        self.runner.run(
            self._adapters.guide, self._on_guide, self._on_guide_failed, owner=self, lane="guide"
        )

    def _on_guide(self, guide: Guide) -> None:
        self.window.show_guide(guide)

    def _on_guide_failed(self, error: Exception) -> None:
        _log.error("no guide: %s", error)

    @Slot(object)
    def _on_preferences_changed(self, preferences: Preferences) -> None:
        before, self._applied = self._applied, preferences
        if preferences.language is not before.language:
            self.languages.use(preferences.language)
            self._forced.pop("language", None)
        if preferences.theme is not before.theme:
            design.apply(self._application, preferences.theme)
            self._forced.pop("theme", None)
        unforced = {name: getattr(self._kept, name) for name in self._forced}
        self._kept = replace(preferences, **unforced)
        try:
            self._adapters.store.save(self._kept)
        except OSError as error:
            self.window.show_complaint(problems.sentence(error))

    @Slot()
    def _on_scheme_changed(self) -> None:
        design.apply(self._application, self._applied.theme)

    @Slot()
    def _on_closing(self) -> None:
        self.languages.fall_silent()
        # What answers at all has answered by then; what hangs would keep the process for half a
        # minute. A click that is cut off goes out again at the next start, under its key.
        patience = threading.Timer(LAST_ANSWERS_S, self._adapters.hang_up)
        patience.start()
        try:
            self.runner.close()
            # After the workers: a request on its way would leave its connection open.
            self.connection.close()
        finally:
            patience.cancel()
            patience.join()


class FirstQueue(QObject):
    """For the demo and the frozen check: one picture of the first queue, then the end."""

    def __init__(self, desk: Desk, picture: Path | None, find: str, *, ends: bool) -> None:
        super().__init__(desk)
        self._desk = desk
        self._picture = picture
        self._ends = ends
        self.failure: str | None = None
        self._limit = QTimer(self, singleShot=True, interval=FIRST_QUEUE_WITHIN_MS)
        self._limit.timeout.connect(self._on_too_late)
        if find:
            desk.window.work.queue.search.setText(find)
        desk.window.queue_painted.connect(self._on_queue_painted)
        if ends:
            desk.connection.sign_in_failed.connect(self._on_failed)
            desk.connection.token_refused.connect(self._on_failed)
            self._limit.start()

    @Slot()
    def _on_queue_painted(self) -> None:
        self._limit.stop()
        window = self._desk.window
        if self._ends and window.work.queue.model.rowCount() == 0:
            self._fail("the queue is empty")
            return
        if self._picture is not None and not window.grab().save(str(self._picture)):
            self._fail(f"the picture could not be written to {self._picture}")
            return
        if self._ends:
            window.close()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._fail(problems.sentence(error))

    @Slot()
    def _on_too_late(self) -> None:
        self._fail(f"no queue arrived within {FIRST_QUEUE_WITHIN_MS // 1000} s")

    def _fail(self, text: str) -> None:
        self.failure = text
        self._desk.window.close()


def main(words: Sequence[str] | None = None) -> int:
    """Run the desk and return its exit code."""
    _leave_no_core_dump()
    options = _parser().parse_args(words)
    try:
        token = _given_token(options.token_file)
        if options.gateway:
            gateway_address(options.gateway)
        if options.link:
            case_of(options.link)
    except (OSError, Rejected) as problem:
        sys.stderr.write(f"agent-app: {problem}\n")
        return 2
    _keep_memory_together()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("agent-app")
    application.setApplicationDisplayName("")
    upkeep = Upkeep(options.profile)
    if not upkeep.claim(options.link):
        return 0
    try:
        return _run(application, upkeep, options, token)
    finally:
        upkeep.release()


def _run(
    application: QApplication, upkeep: Upkeep, options: argparse.Namespace, token: str | None
) -> int:
    desk = Desk(
        application,
        adapters_in(options.profile),
        language=Language(options.language) if options.language else None,
        theme=Theme(options.theme) if options.theme else None,
    )
    upkeep.attend(desk)
    first = FirstQueue(
        desk, options.screenshot, options.find or "", ends=options.exit_after_first_queue
    )
    desk.start(options.gateway, token)
    if options.link:
        desk.follow(options.link)
    code = application.exec()
    desk.runner.close()
    if first.failure is not None:
        sys.stderr.write(f"agent-app: {first.failure}\n")
        return 1
    return code


def _leave_no_core_dump() -> None:
    """Have a crash write no memory to the disk: customers' data and the store's key are in it."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _keep_memory_together() -> None:
    """Have all threads take memory from two places: glibc gives each its own and keeps it."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _given_token(file: Path | None) -> str | None:
    """Return the token of the file or the environment; never one from the command line.

    Raises:
        OSError: the file cannot be read.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise OSError(f"the token file {file}: {error.strerror}") from error
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent-app", description="The desk for unreturned orders")
    parser.add_argument("link", nargs="?", default="", help=f"{SCHEME}://case/ID opens a case")
    parser.add_argument("--gateway", metavar="URL", help="the gateway's address")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="holds the access token")
    parser.add_argument("--language", choices=[language.value for language in Language])
    parser.add_argument("--theme", choices=[theme.value for theme in Theme])
    parser.add_argument("--profile", type=Path, metavar="DIR", help="settings of its own")
    parser.add_argument("--find", metavar="TEXT", help="start with this search")
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="picture of the first queue"
    )
    parser.add_argument("--exit-after-first-queue", action="store_true")
    return parser
