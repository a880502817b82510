"""A real desk in a process of its own that works by itself and tells how its Qt thread fared.

`python -m tests.desk.faults.desk_process URL TOKEN_FILE FOLDER CASE…`: it opens cases, writes notes
and goes about until `FOLDER/stop` is there, then prints its heartbeat as JSON. `--block`: it asks
the gateway on the Qt thread, which is the control. `--bare`: only Qt and 60 ms of computing at each
step, about what a step costs a desk: how late that program's beats come is the machine's doing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
import uuid
from dataclasses import asdict
from itertools import cycle
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from agent_app.desk.adapters import adapters_in
from agent_app.desk.care.heartbeat import Heartbeat
from agent_app.desk.main import Desk
from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.ui.heartbeat import QtBeat
from agent_app.desk.ui.rail import Place
from agent_app.desk.work.errors import PlatformError
from agent_app.desk.work.preferences import Language, Theme
from agent_app.domain.ids import CaseId

BEAT_MS = 10
_STEP_MS = 150
_STEP_COSTS_S = 0.06
_SETTLE_MS = 1_500
_PLACES = (Place.MINE, Place.TEAM, Place.GUIDE, Place.TEAM, Place.SETTINGS, Place.TEAM)


class Stopper(QObject):
    """Ends the program when the file is there."""

    def __init__(self, file: Path, beat: CountedBeat) -> None:
        super().__init__()
        self._file, self._beat = file, beat
        self._timer = QTimer(self, interval=100)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    @Slot()
    def _on_tick(self) -> None:
        if self._file.exists():
            # To close is another matter: what is under way is waited for.
            self._beat.stop()
            QApplication.quit()


class CountedBeat(QObject):
    """The beat, with the time that the Qt thread itself computed between two of them."""

    def __init__(self) -> None:
        super().__init__()
        self.heart = Heartbeat(BEAT_MS / 1000)
        self.longest_busy_s = 0.0
        self._busy_s = time.thread_time()
        self._beat = QtBeat(self._hear, self, BEAT_MS)

    def stop(self) -> None:
        self._beat.stop()

    def start_anew(self) -> None:
        self.heart.start_anew()
        self.longest_busy_s = 0.0

    def _hear(self, at_s: float) -> None:
        self.heart.beat(at_s)
        busy_s = time.thread_time()
        self.longest_busy_s = max(self.longest_busy_s, busy_s - self._busy_s)
        self._busy_s = busy_s


class Computing(QObject):
    """Computes on the Qt thread as much as a desk does at a step, and never waits."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_step)
        self._timer.start()

    @Slot()
    def _on_step(self) -> None:
        end_s = time.thread_time() + _STEP_COSTS_S
        while time.thread_time() < end_s:
            pass


class Worker(QObject):
    """Sits at the desk: a step every `_STEP_MS`."""

    def __init__(self, desk: Desk, cases: list[str], blocking: HttpPlatform | None):
        super().__init__()
        self._desk, self._blocking = desk, blocking
        self._cases, self._places = cycle(cases), cycle(_PLACES)
        self._steps = 0
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_step)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def _on_step(self) -> None:
        self._steps += 1
        window = self._desk.window
        kind = self._steps % 8
        if kind in (1, 4):
            window.go(Place.TEAM)
            window.open_case(CaseId(next(self._cases)))
        elif kind in (2, 5) and window.case.case is not None:
            window.case.add_note(f"note {uuid.uuid4().hex}")
        elif kind == 6:
            window.close_case()
        elif kind == 7:
            window.go(next(self._places))
        if self._blocking is not None and kind == 3:
            with contextlib.suppress(PlatformError):
                self._blocking.session()


def main() -> int:
    """Run until told to stop."""
    options = _options()
    application = QApplication(sys.argv[:1])
    beat = CountedBeat()
    stopper = Stopper(options.folder / "stop", beat)
    computing = Computing() if options.bare else None
    desk: Desk | None = None
    worker: Worker | None = None
    blocking: HttpPlatform | None = None
    if not options.bare:
        token = options.token_file.read_text("utf-8").strip()
        adapters = adapters_in(options.folder)
        desk = Desk(application, adapters, language=Language.ENGLISH, theme=Theme.LIGHT)
        blocking = HttpPlatform(options.url, token) if options.block else None
        desk.start(options.url, token)
        worker = Worker(desk, options.cases, blocking)
    # What a start costs is another measure's matter.
    QTimer.singleShot(_SETTLE_MS, beat.start_anew)
    begun = time.monotonic()
    application.exec()
    del stopper, computing
    told = asdict(beat.heart.seen()) | {
        "busy_ms": round(beat.longest_busy_s * 1000, 1),
        "seconds": round(time.monotonic() - begun - _SETTLE_MS / 1000, 1),
    }
    if worker is not None and desk is not None:
        worker.stop()
        desk.window.close()
    if blocking is not None:
        blocking.close()
    print(json.dumps(told), flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token_file", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--block", action="store_true")
    parser.add_argument("--bare", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
