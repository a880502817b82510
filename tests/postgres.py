"""A PostgreSQL server of the tests' own: Debian's programs, a private folder, a private port.

The server is installed when it is missing and apt may do that; where it cannot be had, `server`
raises `NoPostgresError` and tests skip with its sentence.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from agent_app.gateway.store.database import Database
from devtools.place import SetupError
from devtools.qt_system import install_packages

_PACKAGE = "postgresql"
_START_S = 30.0
_PASSWORD = secrets.token_urlsafe(12)
# Debian's package would start a server of its own on the usual port.
_NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")


class NoPostgresError(Exception):
    """PostgreSQL cannot be run here; the message says why."""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs, installing them if need be.

    Raises:
        NoPostgresError: they are not there and cannot be installed.
    """
    found = _installed()
    if found is not None:
        return found
    if not sys.platform.startswith("linux"):
        raise NoPostgresError("PostgreSQL is not installed (initdb is not on the PATH)")
    if os.geteuid() == 0 and not _NO_MAIN_CLUSTER.exists():
        _NO_MAIN_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        _NO_MAIN_CLUSTER.write_text("create_main_cluster = false\n", "utf-8")
    try:
        install_packages([_PACKAGE], "the tests need PostgreSQL")
    except SetupError as problem:
        raise NoPostgresError(str(problem)) from problem
    found = _installed()
    if found is None:
        raise NoPostgresError(f"the package {_PACKAGE} brought no initdb")
    return found


def _installed() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


class PostgresServer:
    """One running server. `database()` makes a new, empty database and gives its address."""

    def __init__(self) -> None:
        """Make a cluster in a folder of its own and start it.

        Raises:
            NoPostgresError: its programs are missing or it did not start; says what it wrote.
        """
        self._programs = programs()
        # Not pytest's folder: that is closed to the user the server must run as.
        self.folder = Path(tempfile.mkdtemp(prefix="agent-app-postgres-"))
        self._data = self.folder / "data"
        self._log = self.folder / "log"
        self._as_user = _unprivileged()
        self._made = 0
        self._template: str | None = None
        self.process: subprocess.Popen[bytes] | None = None
        try:
            self._initialise()
            self.port = _free_port()
            self.start()
        except BaseException:
            self.close()
            raise

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://tests:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def database(self, template: str = "template0") -> str:
        """Create a database, empty or as the template is; return its address."""
        self._made += 1
        name = f"gateway{self._made}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def migrated(self) -> str:
        """Create a database that has the gateway's tables already; return its address.

        It is copied from one that was migrated once, which takes a tenth of the time.
        """
        if self._template is None:
            address = self.database()
            Database(address).close()
            self._template = address.rpartition("/")[2]
        return self.database(self._template)

    def start(self) -> None:
        """Start it, the first time or again, on the same port.

        Raises:
            NoPostgresError: it did not get ready.
        """
        words = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_ends_with_us(self._as_user), *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=_environment(),
                # Ctrl+C in the terminal is for the tests; they stop the server themselves.
                start_new_session=True,
            )
        end = time.monotonic() + _START_S
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.address(), connect_timeout=2).close()
                return
            if self.process.poll() is not None or time.monotonic() > end:
                raise NoPostgresError(f"PostgreSQL did not start: {self._log.read_text()[-2000:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends sessions and writes all out, SIGQUIT ends it as a crash does."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def crash(self) -> None:
        """End it as a power cut of the process does, and start it again."""
        self.stop(signal.SIGQUIT)
        self.start()

    def close(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(_PASSWORD, "utf-8")
        if self._as_user:
            owner = pwd.getpwnam(_user_name())
            for path in (self.folder, password):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        done = subprocess.run(
            [
                *self._as_user, str(self._programs / "initdb"), "-D", str(self._data),
                "--username=tests", f"--pwfile={password}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C.UTF-8",
            ],
            capture_output=True, text=True, cwd=self.folder, env=_environment(), check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise NoPostgresError(f"initdb failed: {done.stderr[-2000:]}")
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
            settings.write("max_connections = 200\n")


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def _user_name() -> str:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgresError("PostgreSQL does not run as root, and there is no other user here")


def _unprivileged() -> list[str]:
    """Return the words that make a program run as somebody else; none when we are not root."""
    if os.geteuid() != 0:
        return []
    name = _user_name()
    return ["setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"]


def _ends_with_us(as_user: list[str]) -> list[str]:
    """Return the words that run a server as that user, and end it when the tests are killed."""
    # In one call: a change of user forgets the signal that was set before it.
    return [*(as_user or ["setpriv"]), "--pdeathsig", "INT"] if shutil.which("setpriv") else as_user


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@functools.cache
def server() -> PostgresServer:
    """Return the one server of this test run, started at its first use.

    Raises:
        NoPostgresError: PostgreSQL cannot be run here.
    """
    made = PostgresServer()
    atexit.register(made.close)
    return made
