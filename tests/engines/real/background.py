"""Programs that go on after the command that started them: found again, told from strangers, ended.

A process id alone may by now be somebody else's, so its start time is kept with it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Background:
    """One program that was started: its process id and when it began, in the kernel's ticks."""

    pid: int
    began: str

    @property
    def alive(self) -> bool:
        return _began(self.pid) == self.began

    def stop(self, how: signal.Signals = signal.SIGTERM, patience_s: float = 20.0) -> None:
        """Ask it to end, kill it after `patience_s`. One that is gone is left alone."""
        if not self.alive:
            return
        os.kill(self.pid, how)
        if not _until(lambda: not self.alive, patience_s):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            _until(lambda: not self.alive, 5.0)


def start(words: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]) -> Background:
    """Start a program that outlives us; what it says goes to `log`."""
    with log.open("wb") as said:
        child = subprocess.Popen(
            list(words),
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    # It is not ours to wait for: without this, Popen warns of a child that still runs.
    child.returncode = 0
    return Background(child.pid, _began(child.pid))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _began(pid: int) -> str:
    """Return when the process began, nothing when there is none or only what is left of one."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The name in parentheses may hold spaces; the state follows it (proc_pid_stat(5)).
    fields = text.rpartition(")")[2].split()
    if fields[0] == "Z":
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        return ""
    return fields[19]


def _until(done: object, patience_s: float) -> bool:
    assert callable(done)
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.05)
    return bool(done())
