"""Promise: a link opens its case and does nothing else, and never past a lock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk, main
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.rail import Place
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.links import case_of, link_to
from agent_app.domain.ids import CaseId
from tests.fakes.platform import FakePlatform

CASE = CaseId("case-2")
LINK = "agent-app://case/case-2"


def shows(desk: Desk) -> bool:
    page = desk.window.work.case
    return page.file is not None and page.file.line.id == CASE and page.isVisible()


def test_a_link_opens_its_case_from_any_screen(desk: Desk, qtbot: QtBot) -> None:
    desk.window.go(Place.SETTINGS)
    desk.follow(LINK)
    qtbot.waitUntil(lambda: shows(desk))


def test_a_link_waits_until_somebody_has_signed_in(
    open_desk: Callable[..., Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    desk = open_desk(platform, None)
    desk.follow(LINK)
    assert not shows(desk)
    desk.connection.sign_in("http://127.0.0.1:1", "token")
    qtbot.waitUntil(lambda: shows(desk))


def test_a_locked_desk_opens_it_when_it_is_unlocked(desk: Desk, qtbot: QtBot) -> None:
    desk.entrance.lock.lock()
    desk.follow(LINK)
    qtbot.wait(100)
    assert not shows(desk)
    desk.entrance.lock.page.unlock.click()
    qtbot.waitUntil(lambda: shows(desk))


def test_what_is_no_link_is_said_and_nothing_is_opened(desk: Desk) -> None:
    desk.follow("agent-app://refund/case-2")
    assert "no link to a case" in desk.window.notice.text
    assert not shows(desk)


def test_the_link_to_the_open_case_is_copied(desk: Desk, qtbot: QtBot) -> None:
    desk.window.open_case(CASE)
    qtbot.waitUntil(lambda: shows(desk))
    desk.window.commands[Command.COPY_LINK].trigger()
    assert QGuiApplication.clipboard().text() == LINK
    assert case_of(LINK) == CASE


@pytest.mark.parametrize(
    "link",
    [
        "", "case-2", "http://case/case-2", "agent-app://case/", "agent-app://case/../x",
        "agent-app://case/a b", "agent-app://case/x?act=refund", "agent-app://case/" + "x" * 65,
        "agent-app://case/" + "x" * 10_000,
    ],
)  # fmt: skip
def test_other_texts_are_refused(link: str) -> None:
    with pytest.raises(Rejected, match="looks like"):
        case_of(link)


def test_a_link_comes_back(desk: Desk) -> None:
    del desk
    assert case_of(link_to(CASE)) == CASE
    assert case_of("AGENT-APP://CASE/case-2/") == CASE


def test_a_start_with_a_wrong_link_says_so_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agent-app://nonsense"]) == 2
    assert "agent-app://case/" in capsys.readouterr().err
