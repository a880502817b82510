"""How the desk is looked after: one instance, log, crash reports, heartbeat, network test, bundle.

main.py makes one before any window, has it attend the desk, and lets it go at the end. It puts the
care, the network and the sheets together, which know nothing of each other.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import platformdirs
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from agent_app.desk.care import bundle, log_file
from agent_app.desk.care.crashes import CrashReports
from agent_app.desk.care.heartbeat import Heartbeat
from agent_app.desk.care.last_good import LastGoodFile
from agent_app.desk.platform.network import Network, check_choice
from agent_app.desk.platform.selftest import SelfTest
from agent_app.desk.ui.about_sheet import own_version
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.connection import DeskConnection
from agent_app.desk.ui.diagnostics_sheet import DiagnosticsSheet, Parts
from agent_app.desk.ui.health_sheet import HealthSheet
from agent_app.desk.ui.heartbeat import INTERVAL_MS, QtBeat
from agent_app.desk.ui.one_instance import OneInstance
from agent_app.desk.ui.runner import Runner
from agent_app.desk.ui.window import DeskWindow
from agent_app.desk.ui.words import health
from agent_app.desk.work.local import LocalStoreFailed
from agent_app.desk.work.preferences import Preferences
from agent_app.desk.work.selftest import NetworkTest, Part, Verdict

_log = logging.getLogger("agent_app.desk")


class Attended(Protocol):
    """What of the desk is looked after."""

    window: DeskWindow
    connection: DeskConnection
    runner: Runner

    @property
    def preferences(self) -> Preferences: ...

    def follow(self, link: str) -> None: ...


class Upkeep(QObject):
    """Looks after one desk; `profile` is its folder, None for this person's usual one."""

    def __init__(self, profile: Path | None) -> None:
        super().__init__()
        state = platformdirs.user_state_path("agent-app", appauthor=False)
        self._folder = profile if profile is not None else state
        self._stores = (
            profile
            if profile is not None
            else platformdirs.user_data_path("agent-app", appauthor=False)
        ) / "stores"
        self._instance = OneInstance(self._folder, self)
        self._instance.raise_asked.connect(self._on_raise_asked)
        self.heartbeat = Heartbeat(INTERVAL_MS / 1000)
        self.crashes = CrashReports(self._folder / "crashes", own_version())
        self._log: Path | None = None
        self._begun = time.monotonic()
        self._desk: Attended | None = None
        self._network_test: NetworkTest | None = None
        self._tested = ""

    def claim(self, link: str = "") -> bool:
        """Begin; return False where a desk of this profile runs already: it shows itself now.

        `link`: what this start is to open; the desk that runs already opens it then.
        """
        if not self._instance.claim():
            heard = self._instance.raise_other(link)
            said = "its window is in front" if heard else "it does not answer; end it first"
            if sys.stderr:
                sys.stderr.write(f"agent-app: already running with this profile; {said}\n")
            return False
        self._log = log_file.configure(self._folder / "logs")
        self.crashes.install(QApplication.quit)
        self._beat = QtBeat(self.heartbeat.beat, self)
        return True

    def attend(self, desk: Attended) -> None:
        """Look after this desk from now on."""
        self._desk = desk
        self._network_test = NetworkTest(
            lambda: SelfTest(Network(desk.preferences.network)),
            LastGoodFile(self._folder / "network-test.json"),
        )
        desk.window.settings.network.check = check_choice
        desk.window.commands.serve(
            {Command.HEALTH: self.show_health, Command.DIAGNOSTICS: self.show_diagnostics}
        )
        if self.crashes.unseen():
            desk.window.show_complaint(
                self.tr(
                    "Something went wrong in the desk earlier. A report without customers' data is "
                    "kept on this computer: see Help, Diagnostics."
                )
            )
            self.crashes.look_at()

    def release(self) -> None:
        """End: hooks, log and lock are given back."""
        self._beat.stop()
        self.crashes.release()
        log_file.release()
        self._instance.release()

    @Slot()
    def show_health(self) -> None:
        """Open the network test over the window."""
        desk, test = self._desk, self._network_test
        assert desk is not None
        assert test is not None
        url, platform = desk.preferences.gateway_url, desk.connection.platform

        def job(told: Callable[[Part], None]) -> Verdict:
            return test.run(url, platform, told)

        sheet = HealthSheet(desk.window, desk.runner, job)
        sheet.tested.connect(self._on_tested)
        sheet.diagnostics_asked.connect(self.show_diagnostics)
        sheet.open()

    @Slot()
    def show_diagnostics(self) -> None:
        """Open what the desk knows of itself over the window."""
        desk = self._desk
        assert desk is not None
        material = bundle.Material(
            log=self._log,
            crashes=self.crashes,
            heartbeat=self.heartbeat,
            preferences=lambda: desk.preferences,
            figures=self._figures,
            selftest=lambda: self._tested,
        )

        def gather() -> Parts:
            return [(part.name, part.text) for part in bundle.gathered(material)]

        def save(parts: Parts, path: Path) -> None:
            bundle.save([bundle.Part(name, text) for name, text in parts], path)

        DiagnosticsSheet(desk.window, desk.runner, gather, save).open()

    def _figures(self) -> Mapping[str, float | str]:
        """Return the store's sizes and how much waits; runs on a worker thread."""
        told: dict[str, float | str] = {"running_s": round(time.monotonic() - self._begun)}
        sizes = [path.stat().st_size for path in self._stores.rglob("*") if path.is_file()]
        told |= {"files": len(sizes), "kB": round(sum(sizes) / 1024)}
        store = self._desk.connection.store if self._desk is not None else None
        if store is None:
            return told | {"open": "no"}
        try:
            clicks = store.pending()
            return told | {
                "open": "yes",
                "clicks_waiting": len(clicks),
                "drafts": len(store.drafts()),
            }
        except LocalStoreFailed as error:
            return told | {"open": type(error).__name__}

    @Slot(object)
    def _on_tested(self, verdict: Verdict) -> None:
        self._tested = health.report(verdict)

    @Slot(str)
    def _on_raise_asked(self, link: str) -> None:
        if self._desk is None:
            return
        window = self._desk.window
        window.showNormal() if window.isMinimized() else window.show()
        window.raise_()
        window.activateWindow()
        if link:
            self._desk.follow(link)
