"""dev.py sets up once and completely, tells mistakes in one line, and needs only Python."""

import ast
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools import commands, qt_system, translations, virtual_environment
from devtools.place import VENV, SetupError, bin_dir, tool
from tests.engines.real.__main__ import NAMES
from tests.engines.real.running import DEMANDED

ROOT = Path(__file__).resolve().parent.parent
# What every Linux with a C and C++ program on it has.
C_LIBRARIES = re.compile(r"(libc|libm|libdl|libpthread|librt|libresolv|libgcc_s|ld-linux.*)\.so")


def _dev(*words: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, str(ROOT / "dev.py"), *words],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the inputs of the stamp and nothing else."""
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "requirements" / "dev.txt", tmp_path / "requirements")
    return tmp_path


def test_an_unknown_command_shows_the_usage_and_ends_2() -> None:
    outcome = _dev("tset")
    assert outcome.returncode == 2
    assert outcome.stderr.startswith("dev.py: no such command: tset\n\nusage: ")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["tour"],
        ["lint", "x"],
        ["lock", "--downgrade"],
        ["shop"],
        ["shop", "medusa"],
        ["shop", "medusa", "restart"],
        ["shop", "shopify", "up"],
        ["test", "--shop"],
        ["test", "--shop", "shopify"],
    ],
)
def test_a_wrong_command_line_ends_2_without_a_traceback(words: list[str]) -> None:
    outcome = _dev(*words)
    assert outcome.returncode == 2
    assert "usage: " in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_the_usage_names_every_command() -> None:
    assert _dev("--help").stdout == commands.USAGE
    for command in commands.COMMANDS:
        assert f"\n  {command} " in commands.USAGE


def test_what_dev_py_knows_of_real_shops_is_there() -> None:
    for name in commands.SHOPS:
        assert (ROOT / "tests" / "engines" / name / "bringup.py").is_file()
    for place in commands.SHOP_TESTS:
        assert (ROOT / place).exists()
    assert commands.SHOPS == NAMES
    assert f'"{DEMANDED}"' in (ROOT / "devtools" / "commands.py").read_text("utf-8")


def test_dev_py_and_its_tools_use_the_standard_library_only() -> None:
    # Both of these are run by the environment's Python, after set-up.
    inside = {"wheel_resources.py", "lint_imports.py"}
    for path in [ROOT / "dev.py", *(ROOT / "devtools").glob("*.py")]:
        if path.name in inside:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in {*sys.stdlib_module_names, "devtools"}, path


def test_an_old_python_is_told_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "dev.py"), run_name="__main__")
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("dev.py: needs Python 3.11 or newer, this is ")


def test_dev_py_can_be_read_by_pythons_that_it_turns_away() -> None:
    # Annotations and f-strings would end it in a SyntaxError before it says what is wrong.
    source = (ROOT / "dev.py").read_text("utf-8")
    assert source.isascii()
    assert not re.search(r"""\bf["']|->|__future__|: str\b""", source)


def test_the_stamp_stays_while_nothing_that_is_installed_changes(checkout: Path) -> None:
    key = virtual_environment.stamp_key(checkout)
    pyproject = checkout / "pyproject.toml"
    text = pyproject.read_text("utf-8")
    pyproject.write_text(text.replace("line-length = 100", "line-length = 99"), "utf-8")
    assert virtual_environment.stamp_key(checkout) == key


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("pyproject.toml", 'version = "0.1.0"', 'version = "0.1.1"'),
        ("pyproject.toml", "agent_app.desk.main:main", "agent_app.desk.main:start"),
        ("requirements/dev.txt", "httpx==0.28.1", "httpx==0.28.2"),
    ],
)
def test_the_stamp_changes_with_what_is_installed(
    name: str, old: str, new: str, checkout: Path
) -> None:
    key = virtual_environment.stamp_key(checkout)
    text = (checkout / name).read_text("utf-8")
    assert old in text
    (checkout / name).write_text(text.replace(old, new), "utf-8")
    assert virtual_environment.stamp_key(checkout) != key


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment as set-up leaves it, as far as its stamp can tell."""
    if sys.platform == "win32":
        pytest.skip("environments hold a copy of the interpreter there, not a link to it")
    folder = tmp_path / "venv"
    bin_dir(folder).mkdir(parents=True)
    (tmp_path / "interpreter").touch()
    Path(tool("python", folder)).symlink_to(tmp_path / "interpreter")
    assert virtual_environment.read_stamp(folder) is None
    virtual_environment.write_stamp(folder, "a key")
    assert virtual_environment.read_stamp(folder) == "a key"
    return folder


def test_a_torn_stamp_does_not_look_finished(venv: Path) -> None:
    stamp = venv / virtual_environment.STAMP_NAME
    stamp.write_text(stamp.read_text("utf-8")[:-9], "utf-8")
    assert virtual_environment.read_stamp(venv) is None


def test_an_environment_whose_interpreter_is_gone_does_not_look_finished(
    venv: Path, tmp_path: Path
) -> None:
    (tmp_path / "interpreter").unlink()
    assert virtual_environment.read_stamp(venv) is None


def test_names_in_a_lock_are_normalised_and_continuations_are_no_names() -> None:
    lock = "Ruamel_YAML==0.19 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n# via x==1\na.b==2\n"
    assert virtual_environment.names_in_lock(lock) == {"ruamel-yaml", "a-b"}


def test_missing_libraries_are_those_the_linker_cannot_load() -> None:
    there = {"libEGL.so.1", "libGL.so.1"}
    missing = qt_system.missing_libraries([*there, "libdbus-1.so.3"], loads=there.__contains__)
    assert missing == ["libdbus-1.so.3"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves libraries to the system")
def test_the_linker_is_really_asked() -> None:
    assert qt_system.missing_libraries(["libc.so.6", "libnosuch.so.1"]) == ["libnosuch.so.1"]


@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf reads the ELF headers")
def test_every_library_that_qt_loads_is_known_by_its_package() -> None:
    qt = next(VENV.glob("lib/python*/site-packages/PySide6/Qt"))
    modules = ["Core", "Gui", "Widgets", "DBus", "Svg", "PrintSupport", "Network", "XcbQpa"]
    files = [qt / "lib" / f"libQt6{module}.so.6" for module in modules]
    files += [*qt.glob("plugins/platforms/libq*xcb.so"), *qt.glob("plugins/xcbglintegrations/*")]
    headers = subprocess.run(
        ["readelf", "-d", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", headers))
    from_system = {
        name for name in needed if not C_LIBRARIES.match(name) and not (qt / "lib" / name).exists()
    }
    assert len(from_system) > 20
    assert from_system - set(qt_system.LIBRARIES) == set()


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("/usr/share/fonts/NotoSansCJK.ttc: Noto Sans CJK SC:style=Regular\n", True),
        ("\n", False),
        ("", False),
    ],
)
def test_a_font_is_found_in_the_answer_of_fc_list(answer: str, found: bool) -> None:
    assert qt_system.lists_a_font(answer) is found


def test_packages_that_cannot_be_installed_are_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # A machine without apt-get: nothing on the path.
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError) as problem:
        qt_system.install_packages(["libegl1"], "Qt needs libEGL.so.1")
    assert str(problem.value) == (
        "Qt needs libEGL.so.1; install them by hand: apt-get install libegl1"
    )


def test_translations_are_compiled_when_they_changed(tmp_path: Path) -> None:
    source, compiled = tmp_path / "desk_zh_CN.ts", tmp_path / "desk_zh_CN.qm"
    source.touch()
    assert translations.stale(tmp_path) == [source]
    compiled.touch()
    os.utime(source, (1, 1))
    assert translations.stale(tmp_path) == []
    os.utime(compiled, (0, 0))
    assert translations.stale(tmp_path) == [source]


def test_a_second_set_up_has_nothing_to_do() -> None:
    outcome = _dev("setup")
    assert outcome.returncode == 0
    assert outcome.stderr == "dev.py: ready\n"


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_may_tidy_up_before_dev_py_ends(number: signal.Signals, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text(
        "import pathlib, signal, sys, time\n"
        "def stop(number, frame):\n"
        "    time.sleep(0.5)\n"
        "    pathlib.Path('tidied').touch()\n"
        "    sys.exit(0)\n"
        f"signal.signal({number.value}, stop)\n"
        "pathlib.Path('started').touch()\n"
        "time.sleep(30)\n",
        "utf-8",
    )
    script = (
        "import pathlib, sys; from devtools.place import run; "
        "run([sys.executable, 'child.py'], cwd=pathlib.Path.cwd())"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 10
    while not (tmp_path / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    # A terminal sends the interrupt to all; others end the one program that they know.
    (os.killpg if number is signal.SIGINT else os.kill)(parent.pid, number)
    parent.wait(timeout=10)
    assert (tmp_path / "tidied").exists()
