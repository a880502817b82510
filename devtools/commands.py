"""The commands of dev.py: each sets up what it needs, then runs one tool; called by dev.py only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from devtools import locks, qt_system, translations, virtual_environment
from devtools.place import SetupError, environment, run, say, tool

USAGE = """\
usage: python3 dev.py COMMAND [ARGUMENTS]

  setup                 make or renew .venv and install what Qt needs (all others imply it)
  test [PYTEST ARGS]    run the test suite
  test --shop medusa|vendure [PYTEST ARGS]
                        run what is tested at that shop, bringing it up first if it is not
  shop medusa|vendure up [--fresh]|down|status
                        run a real shop with its payment provider on this machine, for tests
  lint                  ruff, mypy --strict, import-linter; all run, all reported
  demo [--as agent|lead] [--orders DIR] [--offscreen] [--lang en|zh_CN] [--screenshot FILE]
                        work a queue of unreturned orders against a gateway on this machine
  bench [NAME ...] [--json FILE]
                        measure; ends non-zero when a target is missed
  tour DIR              save a picture of every screen and state of the desk in DIR
  build                 freeze the desk into dist/agent-app
  i18n                  bring the translations up to date with the sources and compile them
  lock [--upgrade]      compile requirements/*.txt from pyproject.toml
"""
SHOPS = ("medusa", "vendure")
SHOP_TESTS = ("tests/engines", "tests/promises/test_real_shops.py")
LINTERS = (
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy", "agent_app", "tests", "devtools", "dev.py"]),
    ("import-linter", ["-m", "devtools.lint_imports"]),
)


def usage_error(problem: str) -> int:
    """Show what is wrong with the command line and how it goes; return the exit code."""
    print(f"dev.py: {problem}\n\n{USAGE}", end="", file=sys.stderr)
    return 2


def prepare() -> None:
    """Make the system libraries, the environment and the compiled translations ready."""
    qt_system.ensure_libraries()
    if virtual_environment.ensure_environment():
        qt_system.ensure_cjk_font()
    translations.compile_stale()


def python(*words: str, **env: str) -> int:
    """Run the environment's Python in the checkout and return its exit code."""
    return run([tool("python"), *words], environment(**env))


def program(module: str, arguments: list[str]) -> int:
    """Run a module that takes paths, which a person means from where he stands."""
    # -P: a folder named tests where he stands must not be taken for ours.
    return run([tool("python"), "-P", "-m", module, *arguments], cwd=Path.cwd())


def setup(arguments: list[str]) -> int:
    """Set up and nothing else."""
    if arguments:
        return usage_error(f"setup takes no arguments: {' '.join(arguments)}")
    say("ready")
    return 0


def test(arguments: list[str]) -> int:
    """Run the test suite, without a screen unless the caller chose one.

    The whole of it runs on all processors; what the caller names runs as he says.
    """
    platform = os.environ.get("QT_QPA_PLATFORM") or "offscreen"
    if arguments[:1] == ["--shop"]:
        return _test_shop(arguments[1:], platform)
    words = arguments or ["-n", "auto", "--dist", "worksteal"]
    return python("-m", "pytest", *words, QT_QPA_PLATFORM=platform)


def _test_shop(arguments: list[str], platform: str) -> int:
    """Run what is tested at one real shop: its connector, and an agent's session at the desk."""
    if not arguments or arguments[0] not in SHOPS:
        return usage_error(f"test --shop takes one of: {', '.join(SHOPS)}")
    name, *more = arguments
    code = shop([name, "up"])
    words = [*SHOP_TESTS, "-k", name, *more]
    # The suite fails, instead of skipping, when the shop goes away in the middle.
    told = {"AGENT_APP_SHOP_UNDER_TEST": name, "QT_QPA_PLATFORM": platform}
    return code or python("-m", "pytest", *words, **told)


def shop(arguments: list[str]) -> int:
    """Bring a real shop up or down."""
    if not arguments or arguments[0] not in SHOPS:
        return usage_error(f"shop takes one of: {', '.join(SHOPS)}")
    if arguments[1:] not in (["up"], ["up", "--fresh"], ["down"], ["status"]):
        return usage_error(f"shop {arguments[0]} takes up [--fresh], down or status")
    return python("-m", "tests.engines.real", *arguments)


def lint(arguments: list[str]) -> int:
    """Run every linter, even after one has failed, and tell the verdict of each."""
    if arguments:
        return usage_error(f"lint takes no arguments: {' '.join(arguments)}")
    verdicts = {name: python(*words) for name, words in LINTERS}
    for name, code in verdicts.items():
        say(f"{name}: {'clean' if code == 0 else f'failed ({code})'}")
    return 1 if any(verdicts.values()) else 0


def demo(arguments: list[str]) -> int:
    """Run sandbox shop, gateway and desk on this machine."""
    return program("agent_app.tryout", arguments)


def bench(arguments: list[str]) -> int:
    """Measure and compare with the targets."""
    return program("tests.bench", arguments)


def tour(arguments: list[str]) -> int:
    """Save a picture of every screen and state."""
    if len(arguments) != 1:
        return usage_error("tour takes one folder")
    return program("tests.tour", arguments)


def build(arguments: list[str]) -> int:
    """Freeze the desk into a folder and check that nothing GPL-only got in."""
    if arguments:
        return usage_error(f"build takes no arguments: {' '.join(arguments)}")
    code = python("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec")
    return code or python("-m", "devtools.licence_guard", "dist/agent-app")


def i18n(arguments: list[str]) -> int:
    """Collect the strings of the sources and compile the translations."""
    if arguments:
        return usage_error(f"i18n takes no arguments: {' '.join(arguments)}")
    translations.collect()
    translations.compile_stale()
    return 0


def lock(arguments: list[str]) -> int:
    """Compile the lock files."""
    if arguments not in ([], ["--upgrade"]):
        return usage_error(f"lock takes --upgrade or nothing, not {' '.join(arguments)}")
    locks.lock(upgrade=bool(arguments))
    return 0


COMMANDS = {
    command.__name__: command
    for command in (setup, test, shop, lint, demo, bench, tour, build, i18n, lock)
}


def main(words: list[str]) -> int:
    """Carry out one command line and return the exit code."""
    if words and words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if not words:
        return usage_error("which command?")
    command = COMMANDS.get(words[0])
    if command is None:
        return usage_error(f"no such command: {words[0]}")

    try:
        prepare()
        return command(words[1:])
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
