"""Handing over: what one person knows of a case reaches the next one, and nobody after that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import NoteKind, NoteRequest
from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.handover_sheet import HandoverSheet
from agent_app.desk.ui.words.handover import NEXT, TOLD
from agent_app.desk.work.case_file import CaseFile, case_file
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.handover import handover_facts, is_handover_due, unread_handover
from agent_app.desk.work.local import ClickKind
from agent_app.domain.case import CaseState, SentMessage
from agent_app.domain.guide import Finding, StepState
from agent_app.domain.ids import CaseId
from tests.desk.screens import SCREENS, sign_in_as
from tests.fakes.platform import AMINA, ME, FakePlatform

CASE = CaseId("case-1")
WORDS = "Next step: call back at five"


@pytest.fixture
def file() -> CaseFile:
    platform = FakePlatform()
    platform.add_captured_without_order(1)
    platform.claim(CASE, "k1")
    return case_file(platform.recheck(CASE, "k2"))


def handed_over(platform: FakePlatform, kind: NoteKind = NoteKind.HANDOVER) -> CaseFile:
    """Have whoever sits at the gateway write a note."""
    key = f"n{len(platform.held(CASE).notes)}"
    return case_file(platform.add_note(CASE, NoteRequest(WORDS, kind), key))


def answered(file: CaseFile, by: str | None = None) -> CaseFile:
    finding = Finding("s1", StepState.DONE, file.as_of, "yes", by or ME.user)
    return replace(file, guide=replace(file.guide, findings=(finding,)))


def test_only_who_found_something_out_is_asked_for_a_hand_over(file: CaseFile) -> None:
    assert not is_handover_due(file, ME.user)
    assert is_handover_due(answered(file), ME.user)
    assert not is_handover_due(answered(file), AMINA.user)
    ended = replace(file.line, state=CaseState.RESOLVED)
    assert not is_handover_due(replace(answered(file), line=ended), ME.user)


def test_who_has_said_it_is_not_asked_again_until_he_does_more() -> None:
    platform = FakePlatform()
    platform.add_captured_without_order(1)
    file = handed_over(platform)
    earlier = Finding("s1", StepState.DONE, file.as_of - timedelta(minutes=1), "yes", ME.user)
    said = replace(file, guide=replace(file.guide, findings=(earlier,)))
    assert not is_handover_due(said, ME.user)
    later = replace(earlier, at=file.as_of + timedelta(minutes=1))
    assert is_handover_due(replace(said, guide=replace(said.guide, findings=(later,))), ME.user)


def test_a_hand_over_is_shown_to_others_until_one_of_them_has_read_it() -> None:
    platform = FakePlatform()
    platform.add_captured_without_order(1)
    file = handed_over(platform)
    assert unread_handover(file, ME.user) is None, "its writer knows it"
    seen = unread_handover(file, AMINA.user)
    assert seen is not None
    assert seen.text == WORDS
    handed_over(platform, NoteKind.NOTE)
    assert unread_handover(handed_over(platform, NoteKind.NOTE), AMINA.user) == seen
    assert unread_handover(handed_over(platform, NoteKind.HANDOVER_READ), AMINA.user) is None
    assert unread_handover(handed_over(platform), AMINA.user) is not None, "a newer one"


def test_it_begins_with_what_the_case_knows(file: CaseFile) -> None:
    told = SentMessage("checking", "en", file.as_of)
    facts = handover_facts(replace(answered(file), messages=(told,)))
    assert facts.told == (told,)
    assert [one.step for one in facts.answers] == ["s1"]
    assert facts.next_action is file.decisions.remedy.action
    assert facts.next_step is None, "the order can be put right: no question comes before that"


def sheet_of(desk: Desk, qtbot: QtBot) -> HandoverSheet:
    qtbot.waitUntil(lambda: bool(desk.window.findChildren(HandoverSheet)))
    return desk.window.findChildren(HandoverSheet)[-1]


def test_a_case_is_handed_over_and_the_next_agent_reads_it(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    SCREENS["claimed case"](desk, qtbot)
    window, page = desk.window, desk.window.work.case
    window.commands[Command.HAND_OVER].trigger()
    sheet = sheet_of(desk, qtbot)
    assert sheet.focusWidget() is sheet.fields[NEXT]
    assert sheet.fields[NEXT].toPlainText(), "the next step is known to the case"
    sheet.fields[TOLD].setPlainText("He knows that we are checking")
    sheet.confirm_button.click()
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.claim is None)
    (note,) = platform.held(CASE).notes
    assert note.kind is NoteKind.HANDOVER
    assert "What the customer was told: He knows that we are checking" in note.text
    assert not page.handover.isVisible(), "its writer need not read it"

    window.close_case()
    sign_in_as(AMINA, desk, qtbot)
    window.open_case(CASE)
    qtbot.waitUntil(page.handover.isVisible)
    assert page.handover.text == note.text
    page.handover.done.click()
    qtbot.waitUntil(lambda: not page.handover.isVisible())
    qtbot.waitUntil(lambda: len(platform.held(CASE).notes) == 2)
    assert platform.held(CASE).notes[-1].kind is NoteKind.HANDOVER_READ


def test_releasing_a_case_that_was_worked_on_asks_first_and_leaving_it_keeps_the_claim(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    SCREENS["claimed case"](desk, qtbot)
    page = desk.window.work.case
    page.answer_chosen.emit(1)
    if page.file is not None and not page.file.guide.findings:
        desk.window.case.file_changed.emit(answered(page.file))
    desk.window.commands[Command.CLAIM].trigger()
    sheet = sheet_of(desk, qtbot)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert platform.held(CASE).notes == []
    assert page.header.is_mine
    sheet.without.click()
    qtbot.waitUntil(lambda: not page.header.is_mine)
    assert platform.held(CASE).notes == []


def test_what_was_typed_outlasts_leaving_the_sheet(desk: Desk, qtbot: QtBot) -> None:
    SCREENS["claimed case"](desk, qtbot)
    for typed in ("", "half a sent"):
        desk.window.commands[Command.HAND_OVER].trigger()
        sheet = sheet_of(desk, qtbot)
        assert sheet.fields[TOLD].toPlainText() == ""
        sheet.fields[TOLD].setPlainText(typed)
        QTest.keyClick(sheet, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not desk.window.findChildren(HandoverSheet))
    desk.window.commands[Command.HAND_OVER].trigger()
    assert sheet_of(desk, qtbot).fields[TOLD].toPlainText() == "half a sent"


def test_an_empty_or_endless_note_is_not_taken(desk: Desk, qtbot: QtBot) -> None:
    SCREENS["claimed case"](desk, qtbot)
    desk.window.commands[Command.HAND_OVER].trigger()
    sheet = sheet_of(desk, qtbot)
    for text in ("", "x" * 5000):
        for field in sheet.fields.values():
            field.setPlainText(text)
        assert not sheet.confirm()
        assert sheet.complaint.text()


def test_off_line_note_and_release_wait_in_their_order(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    SCREENS["claimed case"](desk, qtbot)
    platform.away = Unreachable("no network")
    desk.connection.try_now()
    qtbot.waitUntil(lambda: desk.connection.is_away, timeout=20_000)
    desk.window.commands[Command.HAND_OVER].trigger()
    assert sheet_of(desk, qtbot).confirm()
    store = desk.connection.store
    assert store is not None

    def clicks() -> list[ClickKind]:
        return [click.kind for click in store.of_case(CASE)]

    qtbot.waitUntil(lambda: clicks() == [ClickKind.NOTE, ClickKind.RELEASE])
    qtbot.waitUntil(lambda: not desk.window.work.case.header.is_mine)
