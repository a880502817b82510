"""The desk as it is started: one for each profile, crashes reported and offered, diagnostics."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.diagnostics_sheet import DiagnosticsSheet
from agent_app.desk.ui.health_sheet import HealthSheet
from agent_app.desk.upkeep import Upkeep
from agent_app.desk.work.selftest import Part, Trouble
from tests.processes import ROOT

_STARTS_WITHIN_S = 60.0


def _start(profile: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "agent_app.desk", "--gateway", "http://127.0.0.1:9",
         "--profile", str(profile)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _until_up(desk: subprocess.Popen[str], profile: Path) -> None:
    end = time.monotonic() + _STARTS_WITHIN_S
    # Made by the crash reports, after the profile was claimed.
    while not (profile / "crashes" / "native.txt").exists():
        assert desk.poll() is None, desk.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_second_start_ends_with_a_sentence_and_a_killed_desk_holds_up_none(
    tmp_path: Path,
) -> None:
    first = _start(tmp_path)
    try:
        _until_up(first, tmp_path)
        second = _start(tmp_path)
        _, said = second.communicate(timeout=_STARTS_WITHIN_S)
        assert second.returncode == 0
        assert said.startswith("agent-app: already running with this profile; ")
        assert len(said.splitlines()) == 1
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    (tmp_path / "crashes" / "native.txt").unlink()
    third = _start(tmp_path)
    try:
        _until_up(third, tmp_path)
    finally:
        third.kill()
        third.communicate()


@pytest.fixture
def upkeep(qapp: object, tmp_path: Path) -> Iterator[Upkeep]:
    made = Upkeep(tmp_path / "profile")
    assert made.claim()
    yield made
    made.release()
    made.deleteLater()


def test_the_help_menu_opens_the_network_test(desk: Desk, upkeep: Upkeep, qtbot: QtBot) -> None:
    upkeep.attend(desk)
    desk.window.commands[Command.HEALTH].trigger()
    sheet = desk.window.findChild(HealthSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.verdict is not None)
    worst = sheet.verdict.worst if sheet.verdict is not None else None
    assert worst is not None
    # The fake gateway has an address where nobody listens.
    assert (worst.part, worst.trouble) == (Part.CONNECT, Trouble.REFUSED)
    qtbot.waitUntil(lambda: upkeep.heartbeat.seen().beats >= 1)
    sheet.diagnostics.click()
    shown = desk.window.findChild(DiagnosticsSheet)
    assert shown is not None
    qtbot.waitUntil(shown.save.isEnabled)
    texts = dict(shown.parts)
    assert "takes no connection" in texts["network-test.txt"]
    known = json.loads(texts["desk.json"])
    assert known["store"]["open"] == "yes"
    assert known["qt_thread"]["beats"] >= 1
    for sheet_open in (shown, sheet):
        sheet_open.reject()


def test_a_bug_in_a_slot_is_reported_and_offered_at_the_next_start(
    desk: Desk, upkeep: Upkeep, qtbot: QtBot, tmp_path: Path
) -> None:
    upkeep.attend(desk)
    assert desk.window.notice.isHidden()

    def bug() -> None:
        raise LookupError("no such customer: wang@example.com")

    hook = sys.excepthook
    with capture_exceptions():
        # The test's own hook stands in for the program's while it runs.
        sys.excepthook = upkeep.crashes._failed
        QTimer.singleShot(0, bug)
        qtbot.waitUntil(lambda: len(upkeep.crashes.all()) == 1)
        sys.excepthook = hook
    text = upkeep.crashes.all()[0].read_text("utf-8")
    assert "LookupError" in text
    assert "wang" not in text
    upkeep.attend(desk)
    assert "report" in desk.window.notice.text
    assert upkeep.crashes.unseen() == ()
