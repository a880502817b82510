"""Make and renew the checkout's virtual environment; called by dev.py.

The environment holds exactly what requirements/dev.txt names, checked by hash, and the project
itself in editable form. A stamp, written last, tells which inputs it was made from: as long as it
fits, set-up does nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from devtools.place import REQUIREMENTS, ROOT, VENV, SetupError, environment, run, say, tool
from devtools.qt_system import install_packages

STAMP_NAME = "agent-app-setup.json"
PROJECT = "agent-app"
# Only these tables of pyproject.toml change what is installed; the tools read theirs directly.
_INSTALLED_TABLES = ("build-system", "project", "dependency-groups")
# Errors only: a place that pip is set up to look in and that lacks a package is no news.
_QUIET = ("-qq", "--no-color")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)


def stamp_key(root: Path = ROOT) -> str:
    """Return a hash of everything that decides what the environment holds."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    tables = {name: pyproject.get(name) for name in _INSTALLED_TABLES}
    tables["hatch"] = pyproject.get("tool", {}).get("hatch")
    key = hashlib.sha256(json.dumps(tables, sort_keys=True).encode())
    lock = (root / "requirements" / "dev.txt").read_text("utf-8")
    # A virtual environment cannot be moved, so the folder it stands in counts too.
    for part in (lock, str(root)):
        key.update(b"\0" + part.encode())
    return key.hexdigest()


def _interpreter(venv: Path) -> str:
    """Return the interpreter behind an environment; which Python runs dev.py does not matter."""
    return str(Path(tool("python", venv)).resolve())


def read_stamp(venv: Path) -> str | None:
    """Return the key of a finished set-up whose interpreter is still there, else None."""
    try:
        stamp = json.loads((venv / STAMP_NAME).read_text("utf-8"))
        key, interpreter = str(stamp["key"]), str(stamp["interpreter"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return key if interpreter == _interpreter(venv) and Path(interpreter).exists() else None


def write_stamp(venv: Path, key: str) -> None:
    """Record a finished set-up, all at once, so that a torn file cannot look finished."""
    draft = venv / (STAMP_NAME + ".new")
    stamp = {"key": key, "interpreter": _interpreter(venv)}
    draft.write_text(json.dumps(stamp) + "\n", "utf-8")
    draft.replace(venv / STAMP_NAME)


def names_in_lock(lock: str) -> set[str]:
    """Return the normalised names of the packages that a lock file pins (PEP 503)."""
    return {re.sub(r"[-_.]+", "-", name).lower() for name in _PINNED.findall(lock)}


@contextlib.contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let a second dev.py wait until the first has finished its set-up.

    The operating system drops the lock with its process, so a killed set-up blocks nobody.
    """
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _create(venv: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        # Debian and Ubuntu split it off the interpreter.
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        install_packages([package], "this Python cannot make virtual environments")
    shutil.rmtree(venv, ignore_errors=True)
    # dev.py may itself be run by the environment that was just removed.
    base = getattr(sys, "_base_executable", sys.executable)
    if run([base, "-m", "venv", str(venv)]) != 0:
        raise SetupError(f"could not make the virtual environment {venv}")


def _pip(venv: Path, *words: str) -> None:
    env = environment(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    if run([tool("python", venv), "-m", "pip", *words], env) != 0:
        raise SetupError(f"pip {words[0]} failed; its message is above")


def _remove_strangers(venv: Path, lock: Path) -> None:
    """Uninstall what an earlier lock file brought and this one no longer names."""
    listing = subprocess.run(
        [tool("python", venv), "-m", "pip", "list", "--format", "json"],
        capture_output=True,
        text=True,
        env=environment(PIP_DISABLE_PIP_VERSION_CHECK="1"),
        stdin=subprocess.DEVNULL,
        check=True,
    )
    present = {re.sub(r"[-_.]+", "-", row["name"]).lower() for row in json.loads(listing.stdout)}
    strangers = present - names_in_lock(lock.read_text("utf-8")) - {"pip", PROJECT}
    if strangers:
        _pip(venv, "uninstall", "-q", "-y", *sorted(strangers))


def _install(venv: Path) -> None:
    lock = REQUIREMENTS / "dev.txt"
    # A running program cannot replace itself on Windows, so pip stays as venv made it.
    _pip(venv, "install", *_QUIET, "--require-hashes", "--no-deps", "-r", str(lock))
    _remove_strangers(venv, lock)
    _pip(venv, "install", *_QUIET, "--no-deps", "--no-build-isolation", "-e", str(ROOT))


def ensure_environment(venv: Path = VENV) -> bool:
    """Make the environment fit the lock file; return whether anything had to be done.

    A stamp that is missing means an interrupted set-up: start over. A stamp of other inputs means
    a finished one that is out of date: bring it up to date where it stands, so that programs
    running from it keep their files.

    Raises:
        SetupError: it could not be made; the message says why.
    """
    key = stamp_key()
    if read_stamp(venv) == key:
        return False
    with _one_at_a_time(ROOT / ".venv-setup.lock"):
        finished = read_stamp(venv)
        if finished == key:
            return False
        if finished is None:
            say("setting up the virtual environment; this takes a minute or two, once")
            _create(venv)
        else:
            say("bringing the virtual environment up to date")
        (venv / STAMP_NAME).unlink(missing_ok=True)
        _install(venv)
        write_stamp(venv, key)
    return True
