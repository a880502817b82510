"""A gateway and a shop with planted customers, and desks that work with them in other processes."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from agent_app.contract.messages import NoteRequest
from agent_app.desk.platform.client import HttpPlatform
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Role
from agent_app.tryout.processes import running
from agent_app.tryout.world import World, post, serving, wait_until_filled
from tests.desk.canaries.desk_process import Order, Seen, Stage
from tests.desk.canaries.people import typed
from tests.processes import ROOT

PASSPHRASE = "correct horse of the Weng family 7741"
NOTED_FROM = 200
"""The texts from here on are typed by somebody at another desk."""
_WITHIN_S = 240.0


@contextlib.contextmanager
def planted_world(folder: Path, orders: int) -> Iterator[World]:
    """Run shop and gateway with so many planted orders."""
    folder.mkdir()
    arguments = ["--port", "0", "--seed", "7", "--with-parent"]
    with running("tests.desk.canaries.shop", arguments, "sandbox", folder / "sandbox.log") as shop:
        post(f"{shop}/seed", {"orders": [{"cause": "N1", "count": orders}]})
        config = "\n".join(
            ["port = 0", 'database = "gateway.db"', "[[shops]]", 'id = "sandbox"',
             'engine = "sandbox"', f"url = {json.dumps(shop)}", ""]
        )  # fmt: skip
        with serving(folder, config) as world:
            wait_until_filled(world, Role.LEAD, orders)
            yield world


def note_of_others(world: World, cases: list[CaseId], notes: int) -> None:
    """Have somebody else type texts into the cases."""
    platform = HttpPlatform(world.gateway, world.token(Role.AGENT))
    with contextlib.closing(platform):
        for number in range(notes):
            request = NoteRequest(text=typed(NOTED_FROM + number))
            platform.add_note(cases[number % len(cases)], request, f"planted-{number}")


class Sitting:
    """A desk in a process of its own, whose home, temp and profile are all in one folder."""

    def __init__(self, folder: Path, order: Order) -> None:
        self.folder = folder
        for name in ("home", "tmp", "run", "told", "profile"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        for told in (folder / "told").iterdir():
            told.unlink()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        environment = kept | {
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), str(folder / "tmp")),
            "HOME": str(folder / "home"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with (folder / "console").open("ab") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.desk.canaries.desk_process", str(folder)],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=console, stderr=console,
            )  # fmt: skip
        assert self.process.stdin is not None
        with self.process.stdin as order_goes_in:
            order_goes_in.write(json.dumps(asdict(order)).encode() + b"\n")

    def wait_for(self, stage: Stage) -> Seen:
        """Wait until it has come so far; return what it saw on screen.

        Raises:
            AssertionError: it ended before, or something of its work failed.
        """
        told = self.folder / "told" / stage
        end = self.folder / "told" / Stage.DONE
        deadline = time.monotonic() + _WITHIN_S
        while not told.exists() and not end.exists():
            assert self.process.poll() is None, self._console()
            assert time.monotonic() < deadline, f"no {stage}: {self._console()}"
            time.sleep(0.05)
        seen = Seen(**json.loads((told if told.exists() else end).read_text("utf-8")))
        assert not seen.failed, seen.failed
        return seen

    def go(self, stage: Stage) -> None:
        (self.folder / "told" / stage).touch()

    def ended(self) -> int:
        """Wait for its end and return its exit code."""
        return self.process.wait(60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _console(self) -> str:
        return (self.folder / "console").read_text("utf-8", "replace")[-3000:]
