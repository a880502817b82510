"""Run desks beside what happens to their network, and read how their Qt threads fared."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent_app.domain.ids import CaseId
from tests.processes import ROOT

_ENDS_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Heart:
    """What a desk told of its beats; `late[i]`: over 16, 50, 100, 250, 1,000 ms."""

    beats: int
    longest_ms: float
    late: tuple[int, ...]
    seconds: float
    busy_ms: float
    """The longest that the Qt thread itself computed between two beats."""


class Sitting:
    """A desk at work. Its `heart` is known when the `with` block has ended."""

    def __init__(self) -> None:
        self.heart: Heart | None = None


@contextlib.contextmanager
def sitting(
    url: str,
    token_file: Path,
    folder: Path,
    cases: Sequence[CaseId],
    *words: str,
) -> Iterator[Sitting]:
    """Have a desk work in a process of its own while the block runs.

    Raises:
        AssertionError: it ended by itself, or with an error.
    """
    folder.mkdir()
    made = Sitting()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.desk.faults.desk_process", *words, url, str(token_file),
             str(folder), *cases],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors,
        )  # fmt: skip
        try:
            yield made
            assert process.poll() is None, (folder / "stderr").read_text("utf-8", "replace")
            (folder / "stop").touch()
            said, _ = process.communicate(timeout=_ENDS_WITHIN_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
            elif process.stdout is not None:
                process.stdout.close()
    assert process.returncode == 0, (folder / "stderr").read_text("utf-8", "replace")
    told = json.loads(said)
    made.heart = Heart(
        told["beats"], told["longest_ms"], tuple(told["late"]), told["seconds"], told["busy_ms"]
    )
