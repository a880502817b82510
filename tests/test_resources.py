"""The resources folder is found in a checkout, in an installed wheel and in a frozen bundle."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from agent_app.resources import resource, resources_dir

ROOT = Path(__file__).resolve().parent.parent


def test_a_checkout_reads_its_own_folder() -> None:
    assert resources_dir() == ROOT / "resources"
    assert resource("licences", "LGPL-3.0.txt").read_text("utf-8").strip()


def test_a_missing_resource_is_named_with_its_path() -> None:
    with pytest.raises(FileNotFoundError, match=r"resources.icons.no such icon\.svg"):
        resource("icons", "no such icon.svg")


def test_a_frozen_bundle_reads_the_folder_beside_its_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # PyInstaller's own mark of a frozen program.
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    with pytest.raises(FileNotFoundError, match="installed without its resources"):
        resources_dir()
    (tmp_path / "resources").mkdir()
    assert resources_dir() == tmp_path / "resources"


def test_an_installed_wheel_carries_and_finds_the_folder(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    installed = tmp_path / "installed"
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(installed)
    found = subprocess.run(
        [sys.executable, "-c", "import agent_app.resources as r; print(r.resources_dir())"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert Path(found) == installed / "agent_app" / "_resources"
    tracked = {path.relative_to(ROOT / "resources") for path in ROOT.glob("resources/**/*.txt")}
    assert tracked <= {path.relative_to(found) for path in Path(found).rglob("*")}
    assert not (installed / "tests").exists()
