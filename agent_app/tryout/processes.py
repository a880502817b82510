"""Child processes that cannot outlive us: each ends when the pipe to its standard input closes."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

READY_WITHIN_S = 60.0
_ENDS_WITHIN_S = 15.0


class NotStarted(Exception):
    """A part did not come up; the message holds what it said last."""


@contextlib.contextmanager
def running(
    module: str,
    arguments: Sequence[str],
    ready_word: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run `python -m module` for the block; give the address that it prints when it is ready.

    The module prints `<ready_word> <address>` and ends at the end of its standard input, so that
    it is gone even when this process is killed.

    Raises:
        NotStarted: it ended or said nothing in time.
    """
    command = [sys.executable, "-m", module, *arguments]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            env=dict(environment) if environment is not None else None,
        )
    try:
        yield _address(process, ready_word, module, log)
    finally:
        _end(process)


def _address(process: subprocess.Popen[str], ready_word: str, module: str, log: Path) -> str:
    lines: queue.Queue[str | None] = queue.Queue()
    reading = threading.Thread(target=_read_lines, args=(process, lines), daemon=True)
    reading.start()
    try:
        while (line := lines.get(timeout=READY_WITHIN_S)) is not None:
            word, _, address = line.strip().partition(" ")
            if word == ready_word and address:
                return address
    except queue.Empty:
        pass
    said = log.read_text("utf-8", "replace").strip().splitlines()[-5:]
    raise NotStarted(f"{module} did not start. It said last:\n" + "\n".join(said))


def _read_lines(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    """Pass the child's lines on for as long as it lives, so that its pipe never fills up."""
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()
