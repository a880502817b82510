"""Starting the desk: bad input gets one clear line, the first queue one picture."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import Session
from agent_app.desk.main import Desk, FirstQueue, main
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.preferences import Language
from tests.fakes.platform import FakePlatform


def test_a_missing_token_file_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nowhere.token"
    assert main(["--gateway", "http://127.0.0.1:9", "--token-file", str(missing)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert str(missing) in said[0]


def test_an_unusable_address_is_named_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gateway", "ftp://gateway"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "ftp://gateway" in said[0]


CORE = """
import resource

from agent_app.desk.main import main

_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
main(["--gateway", "ftp://gateway"])
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no core dumps there")
def test_a_crash_of_the_desk_writes_no_memory_to_the_disk() -> None:
    ran = subprocess.run([sys.executable, "-c", CORE], capture_output=True, text=True, check=True)
    before, after = ran.stdout.split()
    if before == "0":
        pytest.skip("this machine allows no core dumps anyway")
    assert after == "0"


def test_the_first_queue_is_pictured_and_the_desk_ends(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot, tmp_path: Path
) -> None:
    picture = tmp_path / "queue.png"
    desk = open_desk(platform)
    first = FirstQueue(desk, picture, "", ends=True)
    qtbot.waitUntil(desk.window.isHidden)
    assert first.failure is None
    image = QImage(str(picture))
    assert image.width() >= 1366
    colours = {image.pixel(x, 200) for x in range(0, image.width(), 3)}
    assert len(colours) > 10, "a picture with nothing on it"


def test_a_desk_leaves_its_language_with_it(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    first = open_desk(platform)
    first.languages.use(Language.CHINESE)
    first.window.close()
    second = open_desk(FakePlatform())
    assert second.window.windowTitle() == "Unreturned orders"


def test_an_empty_queue_is_no_success(
    open_desk: Callable[[FakePlatform], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = open_desk(FakePlatform())
    first = FirstQueue(desk, tmp_path / "queue.png", "", ends=True)
    qtbot.waitUntil(desk.window.isHidden)
    assert first.failure == "the queue is empty"


def test_a_gateway_that_is_not_there_ends_with_a_sentence(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.away = Unreachable("nobody there")
    desk = open_desk(platform)
    first = FirstQueue(desk, None, "", ends=True)
    qtbot.waitUntil(desk.window.isHidden)
    assert first.failure is not None
    assert "cannot be reached" in first.failure


def test_closing_the_window_lets_go_of_the_gateway(desk: Desk, platform: FakePlatform) -> None:
    assert not platform.closed
    desk.window.close()
    assert platform.closed


def test_closing_during_a_sign_in_lets_go_of_the_gateway_too(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    asked, may_answer = threading.Event(), threading.Event()
    answer = platform.session

    def slowly() -> Session:
        asked.set()
        may_answer.wait(10)
        return answer()

    platform.session = slowly  # type: ignore[method-assign]
    desk = open_desk(platform)
    qtbot.waitUntil(asked.is_set)
    threading.Timer(0.2, may_answer.set).start()
    desk.window.close()
    assert platform.closed
