"""The import contracts of pyproject.toml hold, and each of them goes red when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# contract → (module to spoil, the line that spoils it)
BREACHES = {
    "Imports run downward": ("domain", "import agent_app.contract"),
    "The desk never meets a shop": ("desk/work", "import agent_app.engines"),
    "Inside the desk: main > ui": ("desk/ui", "import agent_app.desk.store"),
    "Widgets know the domain": ("desk/ui", "import agent_app.contract"),
    "The domain is pure": ("domain", "import time"),
    "the engines and the gateway import httpx": ("desk/ui", "import httpx"),
    "Only desk.vault imports keyring": ("desk/store", "import keyring"),
    "Only desk.ui and desk.main import Qt": ("desk/work", "from PySide6.QtCore import QObject"),
    "Only desk.store and the gateway hold SQL": ("desk/vault", "import sqlite3"),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "devtools.lint_imports", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "agent_app", folder / "agent_app")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept_and_checked_on_the_real_package() -> None:
    outcome = _lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout
    for contract in BREACHES:
        assert contract in outcome.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_of_the_contract_is_seen(contract: str, copy: Path) -> None:
    package, line = BREACHES[contract]
    module = copy / "agent_app" / package / "__init__.py"
    clean = module.read_text("utf-8")
    module.write_text(f"{clean}\n{line}\n", "utf-8")
    try:
        outcome = _lint(copy)
    finally:
        module.write_text(clean, "utf-8")
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    broken = [row for row in outcome.stdout.splitlines() if " BROKEN" in row]
    assert any(contract in row for row in broken), outcome.stdout
