"""`python -m tests.frozen_check dist/agent-app`: the frozen desk shows a running gateway's queue.

Starts a sandbox and a gateway with a few unreturned orders, runs the frozen program against them
without a screen, and looks at the picture that it saves. Ends 0 only when all of that held.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from agent_app.domain.roles import Role
from agent_app.tryout.world import World, running_world, wait_until_filled

SEED: dict[str, object] = {"orders": [{"cause": "S1", "count": 3}], "healthy": 3}
_WITHIN_S = 60
_DISTINCT_COLOURS = 24
"""A blank or half-painted window has fewer; text alone has more by its smoothed edges."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the frozen folder; return 0, or 1 with a line on standard error."""
    folder = Path((arguments if arguments is not None else sys.argv[1:])[0])
    program = folder / ("agent-app.exe" if sys.platform == "win32" else "agent-app")
    if not program.is_file():
        print(f"{program}: there is no such program; run `python3 dev.py build`", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name, running_world(Path(name), seed=SEED) as world:
        wait_until_filled(world, Role.AGENT, at_least=3)
        problem = shows_the_queue(program, world) or refuses_a_wrong_token(program, world)
    if problem:
        print(f"frozen desk: {problem}", file=sys.stderr)
        return 1
    print("The frozen desk starts, shows the queue, and says so when it may not.")
    return 0


def shows_the_queue(program: Path, world: World) -> str | None:
    """Run it with a valid token; return what is wrong, None when the queue is in the picture."""
    picture = world.folder / "frozen.png"
    token = world.token_files[Role.AGENT]
    ended = run(program, world, token, picture)
    if ended.returncode != 0:
        return f"ended {ended.returncode}: {ended.stderr.strip()[-500:]}"
    image = QImage(str(picture))
    colours = {image.pixel(x, y) for x in range(0, image.width(), 3)
               for y in range(0, image.height(), 3)}  # fmt: skip
    if image.isNull() or len(colours) < _DISTINCT_COLOURS:
        return f"the picture shows no queue ({len(colours)} colours)"
    return None


def refuses_a_wrong_token(program: Path, world: World) -> str | None:
    """The control: with a token that nobody has, it must not claim to have shown a queue."""
    wrong = world.folder / "wrong.token"
    wrong.write_text("aat_nobody", "utf-8")
    ended = run(program, world, wrong, world.folder / "wrong.png")
    return None if ended.returncode != 0 else "ended 0 with a token that the gateway refuses"


def run(
    program: Path, world: World, token: Path, picture: Path
) -> subprocess.CompletedProcess[str]:
    """Run the frozen desk until its first queue is painted."""
    command = [str(program), "--gateway", world.gateway, "--token-file", str(token)]
    command += ["--profile", str(world.folder / "profile"), "--screenshot", str(picture)]
    command += ["--exit-after-first-queue"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_WITHIN_S, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
