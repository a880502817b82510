"""A shop under test on this machine: its folder, its state, the processes it consists of.

What a shop's `bringup` needs whatever shop it is. The state is a JSON file in the shop's folder.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.engines.real import SHOPS, NoShopError
from tests.engines.real.background import Background


class Site:
    """One shop's place. `parts` are the names of its processes, in the order of stopping."""

    def __init__(self, name: str, parts: Sequence[str]) -> None:
        self.name = name
        self.folder = SHOPS / name
        self._parts = tuple(parts)
        self._state = self.folder / "state.json"

    def say(self, text: str) -> None:
        print(f"{self.name}: {text}", file=sys.stderr, flush=True)

    def read(self) -> dict[str, Any] | None:
        """Return the state as it was written, None where there is none."""
        try:
            state: dict[str, Any] = msgspec.json.decode(self._state.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        return state

    def write(self, state: Mapping[str, Any], path: Path | None = None) -> None:
        """Write the state, or the same kind of file elsewhere."""
        path = path or self._state
        # It holds keys of the shop: for its user alone.
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=1))

    def process(self, state: Mapping[str, Any], part: str) -> Background:
        return Background(**state["processes"][part])

    def running(self) -> dict[str, Any] | None:
        """Return the state while every process of it runs."""
        state = self.read()
        if state is None or not all(self.process(state, part).alive for part in self._parts):
            return None
        return state

    def stop(self, *parts: str) -> None:
        """Stop these parts, all of them where none is named."""
        state = self.read()
        if state is not None:
            for part in parts or self._parts:
                self.process(state, part).stop()

    def down(self) -> None:
        """Stop everything; what is installed stays."""
        if self.read() is None:
            self.say("is not up")
            return
        self.stop()
        self.forget()
        self.say("is down")

    def forget(self) -> None:
        """Forget the state of what was stopped."""
        self._state.unlink(missing_ok=True)


def answers(url: str) -> bool:
    """Return whether something answers there, and well."""
    try:
        return httpx.get(url, timeout=20, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(running: Background, url: str, what: str, log: Path, within_s: float) -> None:
    """Wait until it answers.

    Raises:
        NoShopError: it ended, or did not answer in time; with the end of its log.
    """
    end = time.monotonic() + within_s
    while not answers(url):
        if not running.alive or time.monotonic() > end:
            running.stop()
            said = log.read_text("utf-8", "replace")[-800:]
            raise NoShopError(f"{what} did not start: {said}")
        time.sleep(0.2)


def run(
    words: Sequence[str], folder: Path, patience_s: float, what: str, env: Mapping[str, str]
) -> None:
    """Run a program to its end.

    Raises:
        NoShopError: it failed or did not end in time; with its last words.
    """
    try:
        done = subprocess.run(
            words, cwd=folder, env=env, capture_output=True, text=True, timeout=patience_s,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NoShopError(f"{what} did not end within {patience_s:g} s") from error
    if done.returncode != 0:
        raise NoShopError(f"{what} failed: {(done.stderr or done.stdout).strip()[-800:]}")
