"""Promise: a locked desk shows nothing and does nothing, and opens where it was left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from agent_app.desk.main import Desk
from agent_app.desk.ui.commands import Command
from agent_app.desk.ui.runner import WORKERS
from agent_app.desk.work.local import KeyPlace, LocalStoreFailed
from agent_app.domain.ids import CaseId
from tests.desk.lock.seat import URL, WORDS, Seat, is_locked, is_open, lock

FIRST = CaseId("case-1")


def shown(desk: Desk) -> str:
    """Return every text that can be seen on the desk's windows."""
    texts = [desk.window.windowTitle()]
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            labels = [each for each in window.findChildren(QLabel) if each.isVisible()]
            texts += [label.text() for label in labels]
    return "\n".join(texts)


def seen(desk: Desk) -> list[QWidget]:
    """Return the parts of the window that are on screen."""
    window = desk.window
    parts = (window.centralWidget(), window.menuBar(), window.statusBar(), desk.entrance.lock.page)
    return [part for part in parts if part is not None and part.isVisible()]


@pytest.mark.parametrize("kind", ["with_passphrase", "with_token"])
def test_a_locked_desk_shows_nothing_and_no_command_acts(seat: Seat, kind: str) -> None:
    desk: Desk = getattr(seat, kind)()
    desk.window.open_case(FIRST)
    seat.qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    reference = desk.window.work.case.file
    assert reference is not None
    desk.window.activateWindow()
    lock(desk)
    assert seen(desk) == [desk.entrance.lock.page]
    assert desk.entrance.lock.page.geometry() == desk.window.rect()
    assert reference.line.ref not in shown(desk)
    for command, action in desk.window.commands.by_command.items():
        assert action.isEnabled() is (command is Command.QUIT), command
    desk.window.resize(1100, 700)
    seat.qtbot.waitUntil(lambda: desk.entrance.lock.page.geometry() == desk.window.rect())


def test_sheets_go_when_it_is_locked(seat: Seat) -> None:
    desk = seat.with_token()
    sheet = QDialog(desk.window)
    sheet.open()
    desk.entrance.lock.lock()
    assert not sheet.isVisible()


def test_a_locked_store_is_shut_and_opens_with_the_passphrase_alone(seat: Seat) -> None:
    desk = seat.with_passphrase()
    store = desk.connection.store
    assert store is not None
    desk.window.open_case(FIRST)
    note = desk.window.work.case.tabs.note
    seat.qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    note.setPlainText("half a sentence")
    desk.entrance.lock.lock()
    assert not is_open(desk)
    page = desk.entrance.lock.page
    assert page.passphrase.isVisible()
    page.passphrase.setText("something else")
    page.unlock.click()
    seat.qtbot.waitUntil(page.complaint.isVisible)
    assert not is_open(desk)
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.qtbot.waitUntil(lambda: not is_locked(desk))
    assert page not in seen(desk)
    assert len(seen(desk)) == 3
    opened = desk.connection.store
    assert opened is not None
    assert opened.draft(FIRST, "note") == "half a sentence"
    seat.signed_in(desk)
    assert desk.window.case.case == FIRST, "where it was left"
    seat.qtbot.waitUntil(lambda: note.toPlainText() == "half a sentence")
    assert desk.window.commands[Command.GO_MINE].isEnabled()


def test_the_next_start_asks_for_the_passphrase_and_shows_the_queue(seat: Seat) -> None:
    seat.with_passphrase()
    seat.end()
    desk = seat.start(URL)
    page = desk.entrance.lock.page
    seat.qtbot.waitUntil(page.passphrase.isVisible)
    assert seen(desk) == [page]
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.signed_in(desk)
    assert not is_locked(desk)


def test_a_store_in_memory_stays_open_under_the_cover(seat: Seat) -> None:
    desk = seat.with_token()
    store = desk.connection.store
    assert store is not None
    store.keep_draft(FIRST, "note", "half a sentence")
    lock(desk)
    assert is_locked(desk)
    assert "Nothing is on the disk" in shown(desk)
    desk.entrance.lock.page.unlock.click()
    assert not is_locked(desk)
    assert desk.connection.store is store
    assert store.draft(FIRST, "note") == "half a sentence"


@pytest.mark.parametrize("kind", ["with_passphrase", "with_token"])
def test_signing_out_at_the_lock_leaves_nothing(seat: Seat, kind: str, tmp_path: Path) -> None:
    desk: Desk = getattr(seat, kind)()
    desk.entrance.lock.lock()
    page = desk.entrance.lock.page
    page.sign_out.click()
    assert "unsent clicks" in page.complaint.text()
    assert is_locked(desk), "what it costs is said first"
    page.sign_out.click()
    window = desk.window
    seat.qtbot.waitUntil(lambda: window.screens.currentWidget() is window.connect_page)
    assert not is_locked(desk)
    assert not list(tmp_path.rglob("*.wrapped"))
    seat.qtbot.waitUntil(lambda: not list(tmp_path.rglob("*.db")))


def test_without_anybody_signed_in_nothing_is_locked(seat: Seat) -> None:
    desk = seat.start()
    lock(desk)
    assert not is_locked(desk)


def test_nobody_at_the_desk_locks_it(seat: Seat) -> None:
    desk = seat.with_token()
    watch = desk.entrance.lock.watch
    ahead = [0.0]
    watch._ticks = lambda: time.monotonic() + ahead[0]
    watch.begin()
    assert watch._after_s == 600
    for _ in range(310):
        ahead[0] += 2
        watch.look()
    assert is_locked(desk)


def test_what_is_chosen_in_the_settings_counts(seat: Seat) -> None:
    desk = seat.with_token()
    box = desk.window.settings.lock
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert desk.entrance.lock.watch._after_s == 60


def test_a_key_that_is_gone_can_be_given_up(seat: Seat, tmp_path: Path) -> None:
    seat.with_passphrase()
    seat.end()
    [file] = tmp_path.rglob("*.wrapped")
    file.unlink()
    desk = seat.start(URL)
    page = desk.entrance.lock.page
    seat.qtbot.waitUntil(page.anew.isVisible)
    page.anew.click()
    window = desk.window
    seat.qtbot.waitUntil(lambda: window.screens.currentWidget() is window.connect_page)
    seat.qtbot.waitUntil(window.connect_page.complaint.isVisible)
    assert "Sign in to go on" in window.connect_page.complaint.text()
    assert not list(tmp_path.rglob("*.db"))


def test_who_signs_in_where_his_store_is_gives_its_passphrase_and_goes_on(seat: Seat) -> None:
    """His session is not lost meanwhile, and neither is what was kept."""
    first = seat.with_passphrase()
    assert first.connection.store is not None
    first.connection.store.keep_draft(FIRST, "note", "half a sentence")
    seat.end()
    desk = seat.start()
    page = desk.window.connect_page
    page.show_keeping(keeps=False)
    page.gateway.setText(URL)
    page.token.setText("another token")
    page.button.click()
    lock_page = desk.entrance.lock.page
    seat.qtbot.waitUntil(lock_page.passphrase.isVisible)
    lock_page.passphrase.setText(WORDS)
    lock_page.unlock.click()
    seat.signed_in(desk)
    store = desk.connection.store
    assert store is not None
    assert store.draft(FIRST, "note") == "half a sentence"
    assert desk.connection.place is KeyPlace.PASSPHRASE


@pytest.fixture
def hung(seat: Seat) -> Iterator[Callable[[Desk], None]]:
    """Have every worker of a desk wait, as for a gateway that does not answer."""
    over = threading.Event()

    def hang(desk: Desk) -> None:
        waiting = threading.Barrier(WORKERS + 1)

        def job() -> None:
            waiting.wait(10)
            over.wait(60)

        for _ in range(WORKERS):
            desk.runner.run(job, lambda _none: None, lambda _error: None, owner=desk)
        waiting.wait(10)

    yield hang
    over.set()
    seat.end()


def test_the_key_is_destroyed_while_every_worker_hangs(
    seat: Seat, tmp_path: Path, hung: Callable[[Desk], None]
) -> None:
    desk = seat.with_passphrase()
    hung(desk)
    reached: list[None] = []
    desk.runner.run(lambda: None, reached.append, lambda _error: None, owner=desk)
    assert list(tmp_path.rglob("*.wrapped"))
    desk.window.sign_out()
    seat.qtbot.waitUntil(lambda: not list(tmp_path.rglob("*.wrapped")))
    seat.qtbot.waitUntil(lambda: not list(tmp_path.rglob("*.db")))
    assert not reached, "control: no worker takes anything"


def test_a_locked_store_is_shut_while_every_worker_hangs(
    seat: Seat, hung: Callable[[Desk], None]
) -> None:
    desk = seat.with_passphrase()
    store = desk.connection.store
    assert store is not None
    hung(desk)
    desk.entrance.lock.lock()
    desk.connection._shutting.wait()
    with pytest.raises(LocalStoreFailed, match="closed"):
        store.position()
