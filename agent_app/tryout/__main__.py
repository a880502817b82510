"""`dev.py demo`: a gateway, the sandbox shop and sample orders, and the desk signed in to them."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from agent_app.domain.causes import Cause
from agent_app.domain.roles import Role
from agent_app.engines.history.sample import write_sample
from agent_app.tryout.processes import NotStarted
from agent_app.tryout.world import Orders, World, running_world, wait_until_filled

VARIANTS = {Cause.FALSE_ALARM: "heals"}
"""A false alarm that is healed from the start would not be seen at all."""
DEMO_SEED: dict[str, object] = {
    "orders": [{"cause": cause, "count": 1, "variant": VARIANTS.get(cause, "")} for cause in Cause],
    "healthy": 40,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return the desk's exit code, or 1 or 2 with one line on standard error."""
    options = _parser().parse_args(arguments)
    if not options.offscreen and _has_no_display():
        print(
            "There is no display here, so no window can open. Run:  python3 dev.py demo "
            "--offscreen\nwhich does the same and saves a screenshot.",
            file=sys.stderr,
        )
        return 2
    if options.orders is not None and not options.orders.is_dir():
        print(f"--orders {options.orders}: there is no such folder.", file=sys.stderr)
        return 2
    # Ended from outside, it still ends what it started and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        # The desk may still hold a file for a moment on Windows when the folder goes.
        with tempfile.TemporaryDirectory(prefix="agent-app-", ignore_cleanup_errors=True) as name:
            return _demo(Path(name), options)
    except NotStarted as error:
        print(f"The demo did not start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py demo", description=__doc__)
    parser.add_argument("--as", dest="role", choices=["agent", "lead"], default="agent")
    parser.add_argument("--orders", type=Path, metavar="DIR", help="order histories as CSV")
    parser.add_argument("--offscreen", action="store_true", help="no window; save a screenshot")
    parser.add_argument("--screenshot", type=Path, default=Path("demo.png"))
    parser.add_argument("--lang", choices=["en", "zh_CN"], help="default: the system's")
    return parser


def _has_no_display() -> bool:
    if sys.platform in {"win32", "darwin"} or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _demo(folder: Path, options: argparse.Namespace) -> int:
    if options.orders is not None:
        orders = Orders(options.orders, options.orders.resolve().name)
    else:
        orders = Orders(write_sample(folder / "sample"), "Sample orders")
    print("Starting the sandbox shop and the gateway …", flush=True)
    with running_world(folder, orders=[orders], seed=DEMO_SEED) as world:
        print(f"Gateway: {world.gateway}   sandbox shop: {world.sandbox}", flush=True)
        print("Reading orders …", flush=True)
        flagged = wait_until_filled(world, Role(options.role), at_least=10)
        print(f"{flagged} unreturned orders are waiting. Opening the desk …", flush=True)
        code = _run_desk(world, options, find=orders.label if options.orders else None)
    if options.offscreen and code == 0:
        print(f"The desk showed its queue; the picture is {options.screenshot}.")
    return code


def _run_desk(world: World, options: argparse.Namespace, find: str | None) -> int:
    command = [sys.executable, "-m", "agent_app.desk", "--gateway", world.gateway]
    command += ["--token-file", str(world.token_files[Role(options.role)])]
    # The demo must neither read nor change the settings of a desk that is really used.
    command += ["--profile", str(world.folder / "desk")]
    environment = dict(os.environ)
    if options.lang:
        command += ["--language", options.lang]
    if find:
        command += ["--find", find]
    if options.offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        command += ["--screenshot", str(options.screenshot), "--exit-after-first-queue"]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
