"""What an agent sees and does at the desk, on the fake gateway."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.message_sheet import MessageSheet
from agent_app.desk.ui.money_sheet import MoneySheet
from agent_app.desk.work.action_progress import Phase
from agent_app.desk.work.errors import NotVisible, Unauthenticated, Unreachable
from agent_app.desk.work.preferences import Language
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId
from tests.fakes.platform import FakePlatform

FIRST = CaseId("case-1")


def _open(desk: Desk, qtbot: QtBot, case: CaseId = FIRST) -> None:
    desk.window.open_case(case)
    page = desk.window.work.case
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.id == case)


def _claim_and_recheck(desk: Desk, qtbot: QtBot) -> None:
    page = desk.window.work.case
    desk.window.commands[Command.CLAIM].trigger()
    qtbot.waitUntil(lambda: page.file is not None and page.file.line.claim is not None)
    desk.window.commands[Command.RECHECK].trigger()
    qtbot.waitUntil(
        lambda: page.decisions is not None and page.decisions[ActionKind.RESUBMIT].allowed
    )


def _sheet(desk: Desk) -> MoneySheet:
    return next(s for s in desk.window.findChildren(MoneySheet) if s.isVisible())


def _confirm_resubmit(desk: Desk, qtbot: QtBot) -> None:
    desk.window.commands[Command.COMPLETE].trigger()
    sheet = _sheet(desk)
    qtbot.waitUntil(sheet.isActiveWindow)
    QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not sheet.isVisible()


def test_every_locked_button_says_why_to_eye_and_screen_reader(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    bar = desk.window.work.case.bar
    button = bar.button(ActionKind.REFUND)
    assert button is not None
    assert not button.item.allowed
    button.setFocus()
    qtbot.waitUntil(lambda: "claimed" in bar.reason.text())
    interface = QAccessible.queryAccessibleInterface(button)
    assert interface.text(QAccessible.Text.Description) == bar.reason.text()
    assert "locked" in interface.text(QAccessible.Text.Name)
    assert bar.bar is not None
    for item in bar.bar.shown:
        shown = bar.button(item.kind)
        assert shown is not None
        assert item.allowed or shown.reason, item.kind


def test_success_is_said_only_after_the_gateway_confirmed(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    _claim_and_recheck(desk, qtbot)
    platform.settles = False
    _confirm_resubmit(desk, qtbot)
    case, strip = desk.window.case, desk.window.work.case.progress
    qtbot.waitUntil(lambda: case.progress is not None and case.progress.phase is Phase.UNKNOWN)
    assert "unknown" in strip.text
    assert "Confirmed" not in strip.text
    said = [strip.text]
    case.progress_changed.connect(lambda _progress: said.append(strip.text))
    platform.settles = True
    qtbot.waitUntil(lambda: case.progress is not None and case.progress.succeeded, timeout=8000)
    assert [("Confirmed" in text) for text in said].index(True) == len(said) - 1
    assert any("Checking" in text for text in said)


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    _claim_and_recheck(desk, qtbot)
    platform.lose_answers = 1
    _confirm_resubmit(desk, qtbot)
    case = desk.window.case
    qtbot.waitUntil(lambda: case.progress is not None and case.progress.succeeded, timeout=9000)
    keys = [key for what, key in platform.sent if what == "act resubmit"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_the_money_sheet_repeats_order_amount_and_ledger(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    _claim_and_recheck(desk, qtbot)
    desk.window.commands[Command.REFUND].trigger()
    sheet = _sheet(desk)
    assert sheet.confirm_button.text() == "Request refund of ¥128.46"
    sheet.amount.setText("128.47")
    assert not sheet.confirm_button.isEnabled()
    assert "128.46" in sheet.complaint.text()
    sheet.amount.setText("20")
    assert sheet.confirm_button.text().endswith("¥20.00")
    sheet.confirm_button.click()
    assert sheet.isVisible(), "a refund without a reason must not leave the sheet"
    sheet.reject()


def test_single_letters_do_nothing_while_someone_types(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    desk.window.activateWindow()
    search = desk.window.work.queue.search
    search.setFocus()
    qtbot.waitUntil(search.hasFocus)
    QTest.keyClicks(search, "cr")
    assert search.text() == "cr"
    assert platform.sent == []
    search.clear()
    desk.window.work.case.setFocus()
    QTest.keyClick(desk.window.work.case, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: [what for what, _key in platform.sent] == ["claim"])


def test_a_late_answer_about_another_case_is_dropped(desk: Desk, qtbot: QtBot) -> None:
    shown: list[CaseId] = []
    desk.window.case.file_changed.connect(lambda file: shown.append(file.line.id))
    for number in (1, 2, 3):
        desk.window.open_case(CaseId(f"case-{number}"))
    qtbot.waitUntil(lambda: bool(shown))
    qtbot.waitUntil(lambda: not desk.runner._waiting or len(shown) > 0)
    assert set(shown) == {CaseId("case-3")}


def test_a_gateway_that_goes_away_shows_a_banner_and_locks_until_it_is_back(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    _claim_and_recheck(desk, qtbot)
    window = desk.window
    platform.away = Unreachable("gone")
    qtbot.waitUntil(window.away_bar.isVisible, timeout=8000)
    assert "cannot be reached" in window.away_bar.text
    assert window.work.queue.model.rowCount() == 3, "what is on screen stays"
    decisions = window.work.case.decisions
    assert decisions is not None
    assert not any(decisions[kind].allowed for kind in ActionKind)
    platform.away = None
    window.away_bar.acted.emit()
    qtbot.waitUntil(window.away_bar.isHidden, timeout=8000)
    qtbot.waitUntil(
        lambda: (
            window.work.case.decisions is not None
            and window.work.case.decisions[ActionKind.RESUBMIT].allowed
        )
    )


def test_a_refused_token_leads_to_the_connect_page(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.away = Unauthenticated("expired")
    window = desk.window
    qtbot.waitUntil(lambda: window.screens.currentWidget() is window.connect_page, timeout=8000)
    assert "token was refused" in window.connect_page.complaint.text()


def test_a_refusal_is_said_in_words_and_the_case_is_read_again(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    platform.refuse = NotVisible("hidden")
    desk.window.commands[Command.CLAIM].trigger()
    qtbot.waitUntil(desk.window.notice.isVisible)
    assert "not shown to your account" in desk.window.notice.text


def test_the_language_switches_without_a_restart(desk: Desk, qtbot: QtBot) -> None:
    _open(desk, qtbot)
    desk.languages.use(Language.CHINESE)
    QApplication.processEvents()
    page, window = desk.window.work.case, desk.window
    assert page.known.heading.text() == "已知情况"
    assert window.windowTitle().startswith("未返回订单")
    assert "已锁定" in page.bar.reason.text()
    button = page.bar.button(ActionKind.RESUBMIT)
    assert button is not None
    assert button.text() == "补单"
    desk.languages.use(Language.ENGLISH)
    QApplication.processEvents()
    assert page.known.heading.text() == "What we know"


def test_the_message_that_is_sent_is_the_one_that_was_shown(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    _open(desk, qtbot)
    _claim_and_recheck(desk, qtbot)
    desk.window.commands[Command.HOLD].trigger()
    sheet = desk.window.findChildren(MessageSheet)[-1]
    assert not sheet.confirm_button.isEnabled()
    qtbot.waitUntil(sheet.confirm_button.isEnabled)
    assert sheet.template.currentData() == "checking"
    assert sheet.language.currentData() == "zh_CN"
    sheet.confirm_button.click()
    qtbot.waitUntil(lambda: "act notify" in [what for what, _ in platform.sent])


def test_a_case_that_someone_else_ends_leaves_the_queue(
    desk: Desk, platform: FakePlatform, qtbot: QtBot
) -> None:
    platform.end(FIRST)
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 2, timeout=8000)


def test_every_command_is_in_a_menu(desk: Desk) -> None:
    menus = [entry.menu() for entry in desk.window.menuBar().actions()]
    in_menus = {action for menu in menus if isinstance(menu, QMenu) for action in menu.actions()}
    assert all(desk.window.commands[command] in in_menus for command in Command)


def test_closing_stops_everything_while_an_answer_is_awaited(
    open_desk: Callable[[FakePlatform], Desk], platform: FakePlatform, qtbot: QtBot
) -> None:
    desk = open_desk(platform)
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3)
    desk.window.open_case(FIRST)
    desk.window.close()
    assert platform.closed
