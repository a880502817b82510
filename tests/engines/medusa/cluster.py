"""The shop's PostgreSQL server: Debian's programs, a folder and port of its own, left running.

Databases are copied from a seeded one, so that a new shop takes seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.engines.real import NoShopError
from tests.engines.real.background import Background, start
from tests.postgres import NoPostgresError, programs

_PATIENCE_S = 60.0
_USER = "medusa"


class Cluster:
    """One server's folder. It trusts whoever is on this machine: what it holds is test material."""

    def __init__(self, cache: Path) -> None:
        """Find the programs.

        Raises:
            NoShopError: PostgreSQL cannot be had here; says why.
        """
        try:
            self._programs = programs()
        except NoPostgresError as problem:
            raise NoShopError(str(problem)) from problem
        self._owner = _unprivileged()
        # A user that is not root cannot enter root's home, where the cache folder is.
        # One per cache folder, or two shops' servers would write into the same files.
        mark = hashlib.sha256(str(cache).encode()).hexdigest()[:8]
        beside = Path(tempfile.gettempdir()) / f"agent-app-shop-medusa-{mark}"
        self.folder = beside if self._owner else cache
        self._data = self.folder / "pgdata"

    def run(self, port: int, log: Path) -> Background:
        """Start the server, made first if need be; return when it answers.

        Raises:
            NoShopError: it did not; with what it wrote.
        """
        self._make()
        # What a server that was killed left behind; its process is gone, or we would not be here.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        words = [
            *self._as_owner(), str(self._programs / "postgres"), "-D", str(self._data),
            "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=150",
            "-c", "fsync=off", "-c", "shared_buffers=128MB",
        ]  # fmt: skip
        running = start(words, self.folder, log, _environment())
        end = time.monotonic() + _PATIENCE_S
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(address(port), connect_timeout=2).close()
                return running
            if not running.alive or time.monotonic() > end:
                raise NoShopError(f"PostgreSQL did not start: {log.read_text('utf-8')[-800:]}")
            time.sleep(0.1)

    def _make(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._owner:
            owner = pwd.getpwnam(self._owner)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        done = subprocess.run(
            [
                *self._as_owner(), str(self._programs / "initdb"), "-D", str(self._data),
                f"--username={_USER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
                "--no-sync",
            ],
            capture_output=True, text=True, cwd=self.folder, env=_environment(), check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise NoShopError(f"initdb failed: {done.stderr[-800:]}")

    def _as_owner(self) -> list[str]:
        if not self._owner:
            return []
        group = pwd.getpwnam(self._owner).pw_gid
        return ["setpriv", f"--reuid={self._owner}", f"--regid={group}", "--clear-groups"]


def address(port: int, database: str = "postgres", scheme: str = "postgresql") -> str:
    return f"{scheme}://{_USER}@127.0.0.1:{port}/{database}"


def has(port: int, database: str) -> bool:
    with psycopg.connect(address(port)) as connection:
        asked = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        return asked.fetchone() is not None


def create(port: int, database: str, template: str = "template0") -> None:
    """Make a database anew, as the template is; one of that name goes away."""
    drop(port, database)
    with psycopg.connect(address(port), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')  # type: ignore[call-overload, unused-ignore]


def rename(port: int, database: str, to: str) -> None:
    with psycopg.connect(address(port), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{database}" RENAME TO "{to}"')  # type: ignore[call-overload, unused-ignore]


def drop(port: int, database: str) -> None:
    with psycopg.connect(address(port), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')  # type: ignore[call-overload, unused-ignore]


def stop(running: Background) -> None:
    """End the server: sessions are cut, all is written."""
    running.stop(signal.SIGINT)


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")}


def _unprivileged() -> str:
    """Return the user that the server runs as, nothing when it may run as we do."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoShopError("PostgreSQL does not run as root, and there is no other user here")
