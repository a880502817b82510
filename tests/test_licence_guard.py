"""No GPL-only part of Qt gets into the product: not by import, by lock file or by bundle."""

from pathlib import Path

import pytest

from devtools.licence_guard import forbidden_files, forbidden_imports, forbidden_pins, main

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_no_source_imports_a_gpl_only_qt_module() -> None:
    sources = [*ROOT.glob("agent_app/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "dev.py"]
    assert len(sources) > 10
    found = {path.name: forbidden_imports(path.read_text("utf-8")) for path in sources}
    assert {name: modules for name, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import PySide6.QtCharts",
        "import PySide6.QtCharts as charts",
        "from PySide6 import QtCore, QtCharts",
        "def later():\n    from PySide6.QtCharts import QChart",
    ],
)
def test_every_spelling_of_an_import_is_seen(source: str) -> None:
    assert forbidden_imports(source) == ["QtCharts"]


def test_no_lock_file_brings_the_addons() -> None:
    assert [path.stem for path in LOCKS] == ["desk", "dev", "gateway"]
    for path in LOCKS:
        assert forbidden_pins(path.read_text("utf-8")) == []


@pytest.mark.parametrize("name", ["pyside6", "pyside6-addons", "PySide6_Addons"])
def test_a_lock_file_that_brings_the_addons_is_seen(name: str) -> None:
    lock = f"pyside6-essentials==6.11.3 \\\n    --hash=sha256:00\n{name}==6.11.3 \\\n"
    assert forbidden_pins(lock) == [name.lower()]


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/QtCharts.abi3.so",
        "PySide6/Qt/lib/libQt6VirtualKeyboard.so.6",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt6NetworkAuth.dll",
        "PySide6/Qt/lib/QtGraphs.framework/QtGraphs",
    ],
)
def test_a_gpl_only_file_in_a_bundle_is_seen_and_ends_the_build(name: str, tmp_path: Path) -> None:
    allowed = tmp_path / "PySide6" / "Qt" / "lib" / "libQt6Network.so.6"
    allowed.parent.mkdir(parents=True)
    allowed.touch()
    assert main([str(tmp_path)]) == 0
    bad = tmp_path / name
    bad.parent.mkdir(parents=True, exist_ok=True)
    bad.touch()
    assert name in forbidden_files(tmp_path)
    assert main([str(tmp_path)]) == 1
