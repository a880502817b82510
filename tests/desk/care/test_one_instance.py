"""Who starts a second desk of a profile is shown the first; a crash leaves no lock behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent_app.desk.ui.one_instance import OneInstance
from tests.processes import ROOT

_CLAIM_AND_DIE = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from agent_app.desk.ui.one_instance import OneInstance
application = QCoreApplication([])
one = OneInstance(Path(sys.argv[1]))
assert one.claim()
os._exit(9)
"""
_ASK = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from agent_app.desk.ui.one_instance import OneInstance
application = QCoreApplication([])
one = OneInstance(Path(sys.argv[1]))
sys.exit(0 if not one.claim() and one.raise_other(sys.argv[2]) else 1)
"""


def _run(program: str, folder: Path) -> int:
    ended = subprocess.run(
        [sys.executable, "-c", program, str(folder), ""], cwd=ROOT, check=False, timeout=60
    )
    return ended.returncode


@pytest.mark.parametrize("link", ["", "agent-app://case/C000042"])
def test_another_process_finds_it_taken_raises_the_first_and_hands_its_link_over(
    qapp: object, qtbot: QtBot, tmp_path: Path, link: str
) -> None:
    first = OneInstance(tmp_path)
    assert first.claim()
    asking = subprocess.Popen([sys.executable, "-c", _ASK, str(tmp_path), link], cwd=ROOT)
    with qtbot.waitSignal(first.raise_asked, timeout=30_000) as raised:
        pass
    assert raised.args == [link]
    assert asking.wait(30) == 0
    first.release()
    assert _run(_ASK, tmp_path) == 1, "the control: free again, so nobody is asked"


def test_two_profiles_do_not_meet(qapp: object, tmp_path: Path) -> None:
    first, second = OneInstance(tmp_path / "a"), OneInstance(tmp_path / "b")
    assert first.claim()
    assert second.claim()
    for one in (first, second):
        one.release()


def test_a_desk_that_was_killed_leaves_its_profile_free(qapp: object, tmp_path: Path) -> None:
    assert _run(_CLAIM_AND_DIE, tmp_path) == 9
    assert (tmp_path / "running.lock").exists()
    again = OneInstance(tmp_path)
    assert again.claim()
    again.release()
