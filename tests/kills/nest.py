"""One place where a gateway lives, is killed and lives again; the harness's side of `zygote`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from tests.kills.zygote import Event, Order
from tests.processes import ROOT

CAN_FORK = hasattr(os, "fork")
_EVENT = msgspec.json.Decoder(Event)


class NestFailedError(Exception):
    """The process that forks the gateways is gone; the message holds its error output."""


class Nest:
    """Has at most one gateway at a time. To be used by one thread at a time."""

    def __init__(self, folder: Path, patches: Sequence[str] = ()) -> None:
        self.errors = folder / "errors.jsonl"
        self._own_errors = folder / "zygote.txt"
        folder.mkdir(parents=True, exist_ok=True)
        with self._own_errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kills.zygote", str(self.errors), *patches],
                cwd=ROOT,
                env={**os.environ, "PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def live(self, order: Order) -> Event:
        """Start a gateway; return its birth."""
        self._send(order)
        return self.next_event()

    def next_event(self) -> Event:
        """Wait for what happens next to the gateway.

        Raises:
            NestFailedError: the process that forks is gone.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise NestFailedError(self._own_errors.read_text("utf-8", "replace")[-2000:])
        return _EVENT.decode(line)

    def kill(self) -> Event:
        """Kill the gateway; return its death."""
        return self._end("kill")

    def stop(self) -> Event:
        """Ask the gateway to end; return its death."""
        return self._end("stop")

    def close(self) -> None:
        """End the process that forks, and with it a gateway that still lives."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _end(self, how: Literal["kill", "stop"]) -> Event:
        self._send(Order(how))
        while (event := self.next_event()).what != "dead":
            pass
        return event

    def _send(self, order: Order) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        self._process.stdin.flush()
