"""Where things are in the checkout, and how dev.py runs other programs; for devtools and dev.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"

# These redirect an installation away from the virtual environment, or mix another one into it.
_LEAKS = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV")


class SetupError(Exception):
    """Tell the person at the terminal what is wrong and what to do, in one line."""


def bin_dir(venv: Path = VENV) -> Path:
    """Return the folder of a virtual environment that holds its programs."""
    return venv / ("Scripts" if os.name == "nt" else "bin")


def tool(name: str, venv: Path = VENV) -> str:
    """Return the path of a program of the virtual environment."""
    return str(bin_dir(venv) / (name + (".exe" if os.name == "nt" else "")))


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would leak into the virtual environment."""
    kept = {key: value for key, value in os.environ.items() if key not in _LEAKS}
    return {**kept, **more}


def say(text: str) -> None:
    """Print one line of dev.py's own, at once, so that it stands before its tools' output."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> int:
    """Run a program without standard input and return its exit code.

    It is given the time to tidy up: an interrupt reaches it from the terminal, a request to end is
    passed on, and then its end is awaited (`subprocess.run` would kill it after 0.25 s).

    Raises:
        KeyboardInterrupt: there was one while it ran; it has ended.
    """
    child = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(env) if env is not None else environment(),
        stdin=subprocess.DEVNULL,
    )
    previous = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    interrupted = False
    try:
        while child.returncode is None:
            try:
                child.wait()
            except KeyboardInterrupt:
                interrupted = True
    finally:
        signal.signal(signal.SIGTERM, previous)
    if interrupted:
        raise KeyboardInterrupt
    # A negative code names the signal; a shell says 128 + signal for the same.
    return child.returncode if child.returncode >= 0 else 128 - child.returncode
