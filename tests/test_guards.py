"""Every guard of tests/guards fails a test that breaks its rule and passes one that keeps it."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each breaks one rule; the words are what the guard must say about it.
BREAKERS = {
    "thread": (
        "import threading\n"
        "def test_it():\n"
        "    threading.Thread(target=threading.Event().wait, name='stray', daemon=True).start()\n",
        "left behind: thread 'stray'",
    ),
    "window": (
        "from PySide6.QtWidgets import QWidget\n"
        "kept = []\n"
        "def test_it(qapp):\n"
        "    kept.append(QWidget())\n",
        "left behind: top-level",
    ),
    "timer": (
        "from PySide6.QtCore import QTimer\n"
        "kept = []\n"
        "def test_it(qapp):\n"
        "    kept.append(QTimer())\n"
        "    kept[0].start(1000)\n",
        "left behind: running <PySide6.QtCore.QTimer",
    ),
    "network": (
        "import socket, pytest\n"
        "def test_it():\n"
        "    with pytest.raises(Exception):\n"
        "        socket.create_connection(('192.0.2.1', 80), timeout=0.1)\n",
        "reached for another machine: socket.getaddrinfo '192.0.2.1'",
    ),
    "qt warning": (
        "from PySide6.QtCore import qWarning\ndef test_it(qapp):\n    qWarning('broken binding')\n",
        "Failure: Qt messages with level WARNING or above emitted",
    ),
    "python warning": (
        "import warnings\ndef test_it():\n    warnings.warn('old')\n",
        "UserWarning: old",
    ),
}
KEEPERS = {
    "thread": (
        "import threading\n"
        "def test_it():\n"
        "    stop = threading.Event()\n"
        "    threading.Thread(target=stop.wait).start()\n"
        "    stop.set()\n"
    ),
    "window": (
        "from PySide6.QtWidgets import QWidget\n"
        "def test_it(qtbot):\n"
        "    widget = QWidget()\n"
        "    qtbot.addWidget(widget)\n"
        "    with qtbot.waitExposed(widget):\n"
        "        widget.show()\n"
    ),
    "timer": (
        "from PySide6.QtCore import QTimer\n"
        "def test_it(qtbot):\n"
        "    timer = QTimer(interval=1, singleShot=True)\n"
        "    with qtbot.waitSignal(timer.timeout):\n"
        "        timer.start()\n"
    ),
    "network": (
        "import socket\n"
        "def test_it():\n"
        "    with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "        socket.create_connection(server.getsockname()).close()\n"
    ),
    "home": (
        "import os, pathlib\n"
        "from PySide6.QtCore import QSettings\n"
        "def test_it(qapp, tmp_path):\n"
        "    assert pathlib.Path.home().parent == tmp_path.parent\n"
        "    settings = QSettings('somebody', 'some program')\n"
        "    settings.setValue('key', 1)\n"
        "    settings.sync()\n"
        "    if os.name == 'posix' and os.uname().sysname == 'Linux':\n"
        "        assert settings.fileName().startswith(str(pathlib.Path.home()))\n"
    ),
}


def _outcomes(folder: Path, samples: dict[str, str]) -> dict[str, str]:
    """Run each sample as a test file of its own; return what failed it, empty when it passed."""
    (folder / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text("utf-8"), "utf-8")
    for rule, source in samples.items():
        (folder / f"test_{rule.replace(' ', '_')}.py").write_text(source, "utf-8")
    report = folder / "report.xml"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")),
            *(f"--rootdir={folder}", f"--junitxml={report}", "-p", "no:cacheprovider"),
            str(folder),
        ],
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), run.stdout + run.stderr
    said: dict[str, str] = dict.fromkeys(samples, "no such test was run")
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        rule = case.attrib["classname"].removeprefix("test_").replace("_", " ")
        problems = [part for part in case if part.tag in ("failure", "error", "skipped")]
        said[rule] = "\n".join(f"{part.get('message')} {part.text}" for part in problems)
    return said


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    samples = {rule: source for rule, (source, _) in BREAKERS.items()}
    return _outcomes(tmp_path_factory.mktemp("breakers"), samples)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _outcomes(tmp_path_factory.mktemp("keepers"), KEEPERS)


@pytest.mark.parametrize("rule", BREAKERS)
def test_a_test_that_breaks_a_rule_fails_and_says_which(rule: str, broken: dict[str, str]) -> None:
    assert BREAKERS[rule][1] in broken[rule]


@pytest.mark.parametrize("rule", KEEPERS)
def test_a_test_that_keeps_the_rules_passes(rule: str, kept: dict[str, str]) -> None:
    assert kept[rule] == ""
