"""Compile requirements/*.txt from pyproject.toml, with hashes; called by `dev.py lock`."""

from __future__ import annotations

import os
import subprocess
import tomllib

from devtools.place import REQUIREMENTS, ROOT, SetupError, environment, say, tool

_LOWEST_PYTHON = "3.11"


def _compile(name: str, words: list[str], stdin: str | None, upgrade: bool) -> None:
    output = REQUIREMENTS / f"{name}.txt"
    command = [
        *(tool("uv"), "pip", "compile", "--quiet", "--no-config"),
        *("--universal", "--python-version", _LOWEST_PYTHON, "--generate-hashes"),
        # The default header would hold this machine's paths.
        *("--custom-compile-command", "python3 dev.py lock"),
        *("--no-emit-index-url", "--no-emit-find-links"),
        *(["--upgrade"] if upgrade else []),
        *("--output-file", output.relative_to(ROOT).as_posix()),
        *words,
    ]
    # The packages come from wherever this machine is set up to find them, but the tool's own
    # settings (constraints, find-links) must not decide what is locked for everybody.
    steering = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_FIND_LINKS", "UV_EXCLUDE_NEWER")
    env = {key: value for key, value in environment().items() if key not in steering}
    done = subprocess.run(command, cwd=ROOT, env=env, input=stdin or "", text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"could not lock {name}; uv's message is above")
    say(f"locked {os.path.relpath(output, ROOT)}")


def lock(upgrade: bool = False) -> None:
    """Compile the three lock files; pins stay as they are unless they must move.

    The desk and the gateway take their pins from the development lock, so that what is tested is
    what is shipped. The gateway is compiled from its extra alone: a server has no use for Qt.

    Raises:
        SetupError: the requirements contradict each other or the packages were not found.
    """
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    gateway = "\n".join(project["optional-dependencies"]["gateway"])
    same_pins = ["--constraint", "requirements/dev.txt", "--no-annotate"]
    everything = ["pyproject.toml", "--extra", "gateway", "--group", "dev"]
    _compile("dev", everything, None, upgrade)
    _compile("desk", ["pyproject.toml", *same_pins], None, upgrade)
    _compile("gateway", ["-", *same_pins], gateway, upgrade)
