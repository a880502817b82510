"""The passphrase is changed at the desk: the new one opens what is kept, the old one no longer."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.passphrase_sheet import PassphraseSheet
from agent_app.desk.ui.rail import Place
from tests.desk.lock.seat import WORDS, Seat, is_locked, is_open

OTHERS = "清晨 by the river"


def _change(desk: Desk, qtbot: QtBot, old: str, new: str, again: str) -> PassphraseSheet:
    """Type into the sheet, and wait for what it says."""
    sheet = desk.window.findChild(PassphraseSheet)
    if sheet is None:
        desk.window.go(Place.SETTINGS)
        assert desk.window.settings.passphrase.isVisible()
        desk.window.settings.passphrase.click()
        sheet = desk.window.findChild(PassphraseSheet)
    assert isinstance(sheet, PassphraseSheet)
    for field, text in ((sheet.old, old), (sheet.new, new), (sheet.again, again)):
        field.setText(text)
    sheet.confirm_button.click()
    qtbot.waitUntil(sheet.confirm_button.isEnabled, timeout=20_000)
    return sheet


def test_a_changed_passphrase_opens_it_and_the_old_one_no_longer(seat: Seat) -> None:
    desk = seat.with_passphrase()
    sheet = _change(desk, seat.qtbot, WORDS, OTHERS, OTHERS)
    assert sheet.told.isVisible()
    assert not sheet.old.text()
    assert not sheet.new.text()
    sheet.confirm_button.click()
    desk.entrance.lock.lock()
    seat.qtbot.waitUntil(lambda: not is_open(desk))
    page = desk.entrance.lock.page
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(page.complaint.isVisible, timeout=20_000)
    assert not is_open(desk), "control: the old one opens nothing"
    page.passphrase.setText(OTHERS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk), timeout=20_000)
    seat.signed_in(desk)


def test_a_passphrase_that_is_not_changed_says_why_and_the_old_one_stays(seat: Seat) -> None:
    desk = seat.with_passphrase()
    for old, new, again, words in (
        ("", OTHERS, OTHERS, "used so far"),
        (WORDS, OTHERS, "清晨 by the sea", "not the same"),
        ("wrong, though long", OTHERS, OTHERS, "not the passphrase"),
        (WORDS, "short", "short", "at least 10 characters"),
    ):
        sheet = _change(desk, seat.qtbot, old, new, again)
        assert sheet.isVisible()
        assert words in sheet.complaint.text(), sheet.complaint.text()
    sheet.reject()
    desk.entrance.lock.lock()
    seat.qtbot.waitUntil(lambda: not is_open(desk))
    page = desk.entrance.lock.page
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk), timeout=20_000)


def test_a_store_that_is_mended_after_a_change_opens_by_the_new_passphrase(seat: Seat) -> None:
    desk = seat.with_passphrase()
    _change(desk, seat.qtbot, WORDS, OTHERS, OTHERS).confirm_button.click()
    before = desk.connection.store
    desk.connection._on_mend_due()
    seat.qtbot.waitUntil(
        lambda: is_open(desk) and desk.connection.store is not before, timeout=20_000
    )
    assert not is_locked(desk)


def test_where_no_passphrase_is_none_is_offered_to_change(seat: Seat) -> None:
    desk = seat.with_token()
    desk.window.go(Place.SETTINGS)
    assert not desk.window.settings.passphrase.isVisible()


def test_a_locked_desk_does_not_hold_the_passphrase(seat: Seat) -> None:
    desk = seat.with_passphrase()
    assert desk.connection._asked.passphrase == WORDS
    desk.entrance.lock.lock()
    seat.qtbot.waitUntil(lambda: not is_open(desk))
    assert not desk.connection._asked.passphrase
    # A change that ends when it is locked.
    desk.connection.opens_by(OTHERS)
    assert not desk.connection._asked.passphrase
