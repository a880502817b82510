"""Signing out says first what it would lose, and loses nothing unasked."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.sign_out_sheet import SignOutSheet
from agent_app.domain.ids import CaseId
from tests.desk.screens import SCREENS

CASE = CaseId("case-1")


def test_with_nothing_to_lose_nobody_is_asked(desk: Desk, qtbot: QtBot) -> None:
    desk.window.settings.sign_out_requested.emit()
    assert desk.connection.user is None
    assert not desk.window.findChildren(SignOutSheet)


def test_what_was_not_sent_is_told_and_stays_unless_the_person_says_so(
    desk: Desk, qtbot: QtBot
) -> None:
    sheet = SCREENS["sign-out sheet"](desk, qtbot)
    assert isinstance(sheet, SignOutSheet)
    assert desk.connection.user is not None
    sheet.cancel_button.click()
    assert desk.connection.user is not None
    assert len(desk.window.outbox.pending()) == 1
    desk.window.settings.sign_out_requested.emit()
    (again,) = (s for s in desk.window.findChildren(SignOutSheet) if s.isVisible())
    again.confirm_button.click()
    assert desk.connection.user is None


def test_a_text_that_is_being_written_is_told_too(desk: Desk, qtbot: QtBot) -> None:
    assert desk.connection.store is not None
    desk.connection.store.keep_draft(CASE, "note", "He says")
    desk.window.settings.sign_out_requested.emit()
    assert desk.connection.user is not None
    assert any(s.isVisible() for s in desk.window.findChildren(SignOutSheet))
