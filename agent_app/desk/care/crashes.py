"""Crash reports, kept on this machine alone: what nobody expected, told without its words.

main.py installs them once. A report is a small JSON file; at most `MOST` are kept, the oldest go.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import platform
import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from uuid import uuid4

from agent_app.desk.care.telling import described, scrubbed

MOST = 20
_log = logging.getLogger(__name__)
_NATIVE = "native.txt"
_SEEN = "seen"
_ENDING = ".crash.json"
_FOLDERS = re.compile(r'File "(?:[^"]*[/\\])?((?:[^"/\\]+[/\\])?[^"/\\]+)"')
_BIGGEST_NATIVE = 64 * 1024


class CrashReports:
    """The reports in one folder; `version` is the program's."""

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder
        self._version = version
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._native: IO[bytes] | None = None
        self._hooks: tuple[Any, Any, Any] | None = None
        self._on_interrupt: Callable[[], object] = lambda: None

    def install(self, on_interrupt: Callable[[], object]) -> None:
        """Report what ends a thread, a slot or the process from now on.

        `on_interrupt` is called for Ctrl+C, which is no crash. A folder that takes no file costs
        the reports only.
        """
        self._on_interrupt = on_interrupt
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._failed
        threading.excepthook = self._thread_failed
        sys.unraisablehook = self._unraisable
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._take_over_native()
            self._native = (self._folder / _NATIVE).open("wb")
            faulthandler.enable(self._native)

    def release(self) -> None:
        """Give the hooks back; for the end of the program, which was in order."""
        if self._hooks is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
            self._hooks = None
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None

    def report(self, error: BaseException, where: str) -> None:
        """Write a report, once in this run for the same error at the same place."""
        _log.error("a bug was met; its report is kept", exc_info=error)
        errors = described(error)
        self._write(where, errors, json.dumps(errors[0]))

    def all(self) -> tuple[Path, ...]:
        """Return the reports, oldest first."""
        with contextlib.suppress(OSError):
            return tuple(sorted(self._folder.glob(f"*{_ENDING}")))
        return ()

    def unseen(self) -> tuple[Path, ...]:
        """Return the reports that came after the person looked last."""
        try:
            seen = (self._folder / _SEEN).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            seen = ""
        return tuple(path for path in self.all() if path.name > seen)

    def look_at(self) -> None:
        """Remember that the person was shown all reports there are."""
        reports = self.all()
        if reports:
            with contextlib.suppress(OSError):
                (self._folder / _SEEN).write_text(reports[-1].name, "utf-8")

    def _write(self, where: str, told: object, once: str) -> None:
        with self._lock:
            if once in self._told:
                return
            self._told.add(once)
            now = datetime.now(UTC)
            report = {
                "at": now.isoformat(timespec="seconds"),
                "version": self._version,
                "system": f"{platform.system()} {platform.release()} {platform.machine()}",
                "python": platform.python_version(),
                "where": where,
                "errors": told,
            }
            name = f"{now:%Y-%m-%d-%H%M%S}-{now.microsecond:06d}-{uuid4().hex[:4]}{_ENDING}"
            # A disk that is full must not turn one failure into two.
            with contextlib.suppress(OSError):
                text = json.dumps(report, ensure_ascii=False, indent=1)
                (self._folder / name).write_text(text + "\n", "utf-8")
                for old in self.all()[:-MOST]:
                    old.unlink()

    def _take_over_native(self) -> None:
        """Make a report of what the last run's interpreter wrote as it died."""
        path = self._folder / _NATIVE
        with contextlib.suppress(FileNotFoundError):
            with path.open("rb") as file:
                text = file.read(_BIGGEST_NATIVE).decode("utf-8", "replace").strip()
            if text:
                lines = [scrubbed(_FOLDERS.sub(r"\1", line)) for line in text.splitlines()]
                self._write("native", lines, text)

    def _failed(
        self, kind: type[BaseException], error: BaseException, _: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._on_interrupt()
        else:
            self.report(error, "program")

    def _thread_failed(self, hooked: threading.ExceptHookArgs) -> None:
        if hooked.exc_value is not None and hooked.exc_type is not SystemExit:
            self.report(hooked.exc_value, "thread")

    def _unraisable(self, hooked: sys.UnraisableHookArgs) -> None:
        if hooked.exc_value is not None:
            self.report(hooked.exc_value, "unraisable")
