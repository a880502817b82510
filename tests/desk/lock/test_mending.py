"""A store that is damaged under a running desk: seen, made anew, and no click is lost unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_app.desk.main import Desk
from agent_app.desk.work.errors import Unreachable
from agent_app.desk.work.local import ClickKind, ClickState, Damaged, LocalStoreFailed, Rescued
from agent_app.domain.ids import CaseId
from tests.desk.lock.seat import URL, WORDS, Seat, is_locked, is_open
from tests.fakes.platform import FakePlatform

FIRST = CaseId("case-1")


def flip(folder: Path, name: str) -> None:
    """Change one bit in every page of a file but its first."""
    (file,) = folder.rglob(name)
    held = bytearray(file.read_bytes())
    assert len(held) > 2 * 4096, "there is something to damage"
    for place in range(4096 + 100, len(held), 4096):
        held[place] ^= 1
    file.write_bytes(held)


def claimed_off_line(seat: Seat, desk: Desk, platform: FakePlatform) -> None:
    """Leave one click that waits to be sent."""
    desk.window.open_case(FIRST)
    seat.qtbot.waitUntil(lambda: desk.window.work.case.file is not None)
    platform.away = Unreachable("no network")
    desk.connection.try_now()
    seat.qtbot.waitUntil(lambda: desk.connection.is_away, timeout=10_000)
    desk.window.case.claim()
    seat.qtbot.waitUntil(lambda: len(waiting(desk)) == 1)


def waiting(desk: Desk) -> list[str]:
    """Return what is not done yet: a try that the network ends stands as sent for a moment."""
    store = desk.connection.store
    undone = {ClickState.WAITING, ClickState.SENT}
    return [click.kind for click in store.pending() if click.state in undone] if store else []


@pytest.mark.parametrize("file", ["cases.db", "work.db"])
def test_a_store_that_is_damaged_while_it_is_open_is_made_anew_with_what_was_not_sent(
    seat: Seat, platform: FakePlatform, tmp_path: Path, file: str
) -> None:
    seat.with_passphrase()
    # An orderly end leaves all in the files themselves.
    seat.end()
    desk = seat.start(URL)
    page = desk.entrance.lock.page
    seat.qtbot.waitUntil(page.passphrase.isVisible)
    page.passphrase.setText(WORDS)
    page.unlock.click()
    seat.signed_in(desk)
    claimed_off_line(seat, desk, platform)
    failed: list[LocalStoreFailed] = []
    rescued: list[Rescued] = []
    desk.connection.store_failed.connect(failed.append)
    desk.connection.rescued.connect(rescued.append)
    before = desk.connection.store
    flip(tmp_path, file)
    desk.connection._care._on_check_due()
    seat.qtbot.waitUntil(lambda: bool(rescued), timeout=20_000)
    assert [told.lost for told in rescued] == [0]
    assert any(isinstance(error, Damaged) for error in failed)
    assert is_open(desk)
    assert not is_locked(desk)
    assert desk.connection.store is not before
    assert waiting(desk) == [ClickKind.CLAIM], "the click is in the new store"
    assert "damaged" in desk.window.notice.text or any(
        bar.isVisible() and "damaged" in bar.text for bar in desk.window.news.bars
    )
    platform.away = None
    desk.connection.try_now()
    seat.signed_in(desk)
    seat.qtbot.waitUntil(lambda: not waiting(desk), timeout=20_000)
    assert platform.held(FIRST).claim is not None


def test_control_a_sound_store_is_left_alone(seat: Seat) -> None:
    desk = seat.with_passphrase()
    rescued: list[Rescued] = []
    desk.connection.rescued.connect(rescued.append)
    before = desk.connection.store
    desk.connection._care._on_check_due()
    seat.qtbot.wait(500)
    assert not rescued
    assert desk.connection.store is before


def test_what_is_clicked_while_it_is_mended_is_not_taken_for_kept(seat: Seat) -> None:
    desk = seat.with_passphrase()
    old = desk.connection.store
    assert old is not None
    desk.connection._on_mend_due()
    desk.connection._shutting.wait()
    with pytest.raises(LocalStoreFailed, match="closed"):
        old.keep_draft(FIRST, "note", "half a sentence")
    seat.qtbot.waitUntil(lambda: is_open(desk), timeout=20_000)
