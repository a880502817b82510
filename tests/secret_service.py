"""A real Secret Service of the tests' own: gnome-keyring on a private D-Bus, in a private home.

Debian's packages are installed when they are missing and apt may do that; where it cannot be had,
`SecretService` raises `NoSecretServiceError` and tests skip with its sentence.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import secretstorage

from devtools.place import SetupError
from devtools.qt_system import install_packages

_PROGRAMS = {"gnome-keyring-daemon": "gnome-keyring", "dbus-daemon": "dbus-daemon"}
_READY_S = 20.0


class NoSecretServiceError(Exception):
    """The Secret Service cannot be run here; the message says why."""


class SecretService:
    """One running service. `environment` is what a program needs to find it."""

    def __init__(self) -> None:
        """Start bus and keyring.

        Raises:
            NoSecretServiceError: a program is missing, or does not start.
        """
        _need_programs()
        self._home = Path(tempfile.mkdtemp(prefix="agent-app-keyring-"))
        self.environment = {
            "HOME": str(self._home),
            "XDG_DATA_HOME": str(self._home / "data"),
            "XDG_RUNTIME_DIR": str(self._home),
        }
        self._started: list[subprocess.Popen[bytes]] = []
        try:
            self._start_bus()
            self.start_keyring()
        except BaseException:
            self.close()
            raise

    def _start_bus(self) -> None:
        address = self._home / "bus"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={address}"
        # A configuration of its own: no service files, so nothing is started by the bus itself.
        settings = self._home / "bus.conf"
        settings.write_text(
            "<busconfig><type>session</type>"
            f"<listen>unix:path={address}</listen><auth>EXTERNAL</auth>"
            '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
            '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>',
            "utf-8",
        )
        bus = self._start(["dbus-daemon", f"--config-file={settings}", "--nofork"])
        _wait(address.exists, bus, "dbus-daemon")

    def start_keyring(self) -> None:
        """Start the keyring, open, as after the person's login."""
        words = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        self._keyring = self._start(words, b"of the tests alone")
        _wait(self._answers, self._keyring, "gnome-keyring-daemon")

    def stop_keyring(self) -> None:
        """End the keyring, as when it crashes; the bus goes on."""
        self._keyring.kill()
        self._keyring.wait()

    def lock(self) -> None:
        """Lock the keyring; nobody is there to answer its question for the password."""
        with contextlib.closing(self._connection()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def texts(self) -> list[bytes]:
        """Return every secret that the keyring holds."""
        with contextlib.closing(self._connection()) as connection:
            items = secretstorage.get_default_collection(connection).get_all_items()
            return [item.get_secret() for item in items]

    def files(self) -> bytes:
        """Return all that the keyring wrote to the disk."""
        return b"".join(path.read_bytes() for path in self._home.rglob("*") if path.is_file())

    def close(self) -> None:
        """End both and remove the home."""
        for process in reversed(self._started):
            process.kill()
            process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _start(self, words: list[str], said: bytes = b"") -> subprocess.Popen[bytes]:
        with tempfile.TemporaryFile() as stdin:
            stdin.write(said)
            stdin.seek(0)
            process = subprocess.Popen(
                words,
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def _connection(self) -> Any:
        with _environment(self.environment):
            return secretstorage.dbus_init()

    def _answers(self) -> bool:
        with (
            contextlib.suppress(secretstorage.SecretStorageException, OSError),
            contextlib.closing(self._connection()) as connection,
        ):
            return bool(secretstorage.check_service_availability(connection)) and (
                not secretstorage.get_default_collection(connection).is_locked()
            )
        return False


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _need_programs() -> None:
    missing = sorted(name for program, name in _PROGRAMS.items() if not shutil.which(program))
    if not missing:
        return
    if not sys.platform.startswith("linux"):
        raise NoSecretServiceError("the Secret Service is of Linux")
    try:
        install_packages(missing, "the tests need a Secret Service")
    except SetupError as problem:
        raise NoSecretServiceError(str(problem)) from problem


def _wait(ready: object, process: subprocess.Popen[bytes], name: str) -> None:
    assert callable(ready)
    end = time.monotonic() + _READY_S
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise NoSecretServiceError(f"{name} did not start here")
        time.sleep(0.02)
