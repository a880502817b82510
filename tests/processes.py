"""Start the product's programs as real processes for tests, and stop them whatever happens.

Used by the tests of engines, gateway and desk. A process that does not get ready fails with what
it wrote to its error output.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from agent_app.engines.sandbox.documents import LedgerEntry, Sale
from agent_app.engines.sandbox.world import Truth

ROOT = Path(__file__).resolve().parent.parent
READY_S = 30.0
STOP_S = 10.0
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ProcessFailedError(Exception):
    """A program did not become ready; the message holds its error output."""


class Program:
    """A running program of the product. `ready` is the line by which it said that it is ready.

    Its standard input stays open as long as we live, so that `--with-parent` programs end with us
    even if the tests are killed.
    """

    def __init__(self, module: str, *arguments: str, ready: str) -> None:
        # A file, because nobody reads a pipe while the program runs, and a full pipe blocks it.
        self._folder = tempfile.TemporaryDirectory()
        self._errors = Path(self._folder.name) / "stderr"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**os.environ, "PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        try:
            self.ready = self._wait_for(ready)
        except BaseException:
            self.stop()
            raise

    def errors(self) -> str:
        """Return what the program wrote to its error output so far."""
        return self._errors.read_text("utf-8", "replace") if self._errors.exists() else ""

    def stop(self) -> int:
        """End the program and return its exit code.

        Raises:
            ProcessFailedError: it had to be killed.
        """
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise ProcessFailedError(f"did not end within {STOP_S:g} s") from None
        finally:
            self._close()

    def kill(self) -> None:
        """End the program as a crash does."""
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._folder.cleanup()

    def _wait_for(self, ready: str) -> str:
        """Return the rest of the line that begins with `ready`, within READY_S."""
        assert self.process.stdout is not None
        slow = threading.Timer(READY_S, self.process.kill)
        slow.start()
        try:
            for raw in self.process.stdout:
                line = raw.decode("utf-8", "replace").strip()
                if line.startswith(ready):
                    return line.removeprefix(ready).strip()
        finally:
            slow.cancel()
            slow.join()
        code = self.process.wait()
        raise ProcessFailedError(f"not ready, exit code {code}\n{self.errors()}")


class SandboxProcess(Program):
    """The sandbox shop in a process of its own, with a test's hand in it."""

    def __init__(self, seed: int, state: Path | None = None) -> None:
        kept = ["--state", str(state)] if state else []
        super().__init__(
            "agent_app.engines.sandbox",
            "--port", "0", "--seed", str(seed), "--with-parent", *kept,
            ready="sandbox ",
        )  # fmt: skip
        self.base_url = self.ready
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the time by the sandbox's clock, for connectors that are to share it."""
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Push the sandbox's clock forward; what falls due happens."""
        self.post("/clock", {"advance_s": seconds})
        self._ahead += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Begin a new world of the same seed, without faults; the time goes on."""
        self.post("/reset", {})

    def seed(
        self, *causes: str, count: int = 1, variant: str = "", healthy: int = 0
    ) -> list[Truth]:
        """Make `count` orders per cause and `healthy` others; return what is true of them."""
        orders = [{"cause": cause, "count": count, "variant": variant} for cause in causes]
        answer = self.post("/seed", {"orders": orders, "healthy": healthy})
        return msgspec.convert([*answer["orders"], *answer["healthy"]], list[Truth])

    def faults(
        self,
        *transport: Mapping[str, object],
        settings: Mapping[str, object] | None = None,
        clear: bool = False,
    ) -> None:
        """Set how it behaves; see `world.Settings` and `transport.TransportFault`."""
        self.post(
            "/faults",
            {"transport": list(transport), "settings": dict(settings or {}), "clear": clear},
        )

    def truth(self, reference: str) -> Truth:
        return msgspec.convert(self.get(f"/truth/{reference}"), Truth)

    def books(self, reference: str) -> Sale:
        """Return the sale as the shop really has it, hidden ones too."""
        return msgspec.convert(self.get(f"/truth/{reference}/books"), Sale)

    def ledger(self, reference: str, *what: str) -> Sequence[LedgerEntry]:
        """Return what really happened to the reference's money, of the kinds named (or all)."""
        entries = msgspec.convert(
            self.get(f"/provider/ledger?reference={reference}")["entries"], list[LedgerEntry]
        )
        return [e for e in entries if not what or e.what in what]

    def wait_until(self, holds: Callable[[], bool], within_s: float = 10.0) -> None:
        """Ask again and again until it holds.

        Raises:
            AssertionError: it did not, within `within_s`.
        """
        end = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < end, f"not within {within_s:g} s"
            time.sleep(0.05)

    def get(self, path: str) -> Any:
        with _NO_PROXY.open(f"{self.base_url}{path}", timeout=10) as answer:
            return msgspec.json.decode(answer.read())

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self.base_url}{path}", msgspec.json.encode(body), method="POST"
        )
        with _NO_PROXY.open(request, timeout=10) as answer:
            return msgspec.json.decode(answer.read())


def start_sandbox(seed: int = 7, state: Path | None = None) -> SandboxProcess:
    """Start a sandbox on a free port; the caller stops it.

    Raises:
        ProcessFailedError: it did not get ready.
    """
    return SandboxProcess(seed, state)


@contextlib.contextmanager
def sandbox(seed: int = 7, state: Path | None = None) -> Iterator[SandboxProcess]:
    """Run a sandbox for the length of a `with` block."""
    running = start_sandbox(seed, state)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
