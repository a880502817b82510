"""The desk keeps the seals of the gateway's audit log, and says when the log went backwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_app.contract.messages import AuditHead
from agent_app.desk.main import Desk
from agent_app.desk.store import seal_file
from agent_app.desk.store.seal_file import SealFile
from agent_app.desk.work.preferences import Language
from agent_app.desk.work.seals import Seal, Setback
from agent_app.gateway import anchors
from tests.fakes.platform import FakePlatform

GATEWAY = "https://127.0.0.1:8443"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _seal(seq: int, minutes: float = 0.0, mark: str = "a") -> Seal:
    return Seal(seq, f"{mark}{seq}".ljust(64, "0"), NOON + timedelta(minutes=minutes))


def _seqs(file: SealFile) -> list[int]:
    return [anchor.seq for anchor in anchors.read(file.path(GATEWAY))]


def test_one_line_an_hour_and_the_newest_are_kept(tmp_path: Path) -> None:
    file = SealFile(tmp_path)
    for number in range(0, 5 * 60, 5):
        assert file.keep(GATEWAY, _seal(1000 + number, minutes=number)) is None
    assert _seqs(file) == [1000, 1060, 1120, 1180, 1240, 1295]


def test_the_audit_command_reads_what_a_desk_keeps(tmp_path: Path) -> None:
    file = SealFile(tmp_path)
    file.keep(GATEWAY, _seal(7))
    (anchor,) = anchors.read(file.path(GATEWAY))
    assert (anchor.seq, anchor.hash, anchor.at) == (7, _seal(7).hash, NOON)


@pytest.mark.parametrize(
    ("now", "rewritten"), [(_seal(40, 5), False), (_seal(50, 5, mark="b"), True)]
)
def test_a_log_that_was_cut_or_rewritten_is_found_and_its_proof_stays(
    now: Seal, rewritten: bool, tmp_path: Path
) -> None:
    SealFile(tmp_path).keep(GATEWAY, _seal(50))
    # Another start of the desk: what counts is what is on disk.
    file = SealFile(tmp_path)
    assert file.keep(GATEWAY, _seal(50)) is None
    fell = file.keep(GATEWAY, now)
    assert fell == Setback(_seal(50), now)
    assert fell.is_rewritten is rewritten
    for number in range(3):
        later = Seal(now.seq, now.hash, now.at + timedelta(minutes=number))
        assert file.keep(GATEWAY, later) is not None, "it stays wrong however often it is asked"
    assert _seqs(SealFile(tmp_path)) == [50, now.seq]
    # Grown again past what it was, it can be followed as before.
    assert file.keep(GATEWAY, _seal(51, 90)) is None


def test_gateways_are_told_apart(tmp_path: Path) -> None:
    file = SealFile(tmp_path)
    file.keep(GATEWAY, _seal(50))
    assert file.keep("https://other.example", _seal(3)) is None
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal_file, "MOST_LINES", 20)
    file = SealFile(tmp_path)
    for hour in range(100):
        file.keep(GATEWAY, _seal(hour, minutes=60 * hour))
    kept = _seqs(file)
    assert len(kept) <= 20
    assert kept[-1] == 99


def test_a_damaged_line_costs_itself_only(tmp_path: Path) -> None:
    SealFile(tmp_path).keep(GATEWAY, _seal(50))
    path = SealFile(tmp_path).path(GATEWAY)
    path.write_bytes(path.read_bytes() + b'{"seq": 9')
    assert SealFile(tmp_path).keep(GATEWAY, _seal(40, 5)) == Setback(_seal(50), _seal(40, 5))


def _head(seq: int) -> AuditHead:
    return AuditHead(seq=seq, hash=_seal(seq).hash)


def test_the_desk_warns_plainly_and_once_when_the_log_went_backwards(
    open_desk: Callable[..., Desk],
    platform: FakePlatform,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    platform.head = _head(50)
    desk = open_desk(platform, GATEWAY, SealFile(tmp_path / "seals"))
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3)
    bar = desk.window.audit_bar
    platform.head = _head(60)
    desk.connection.try_now()
    qtbot.wait(200)
    assert bar.isHidden(), "the control: a log that grows is no news"
    platform.head = _head(40)
    desk.connection.try_now()
    qtbot.waitUntil(bar.isVisible, timeout=8000)
    assert "it ends at entry 40, and held entry 60" in bar.text
    assert "Tell a technician" in bar.text
    desk.languages.use(Language.CHINESE)
    QApplication.processEvents()
    assert "审计日志被截断" in bar.text
    desk.languages.use(Language.ENGLISH)
    QApplication.processEvents()
    bar.hide()
    desk.connection.try_now()
    qtbot.wait(200)
    assert bar.isHidden(), "who closed it has read it"


def test_a_disk_that_takes_no_seal_does_not_stop_the_sync(
    open_desk: Callable[..., Desk],
    platform: FakePlatform,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    (tmp_path / "seals").write_text("a file where the folder should be")
    platform.head = _head(50)
    desk = open_desk(platform, GATEWAY, SealFile(tmp_path / "seals"))
    qtbot.waitUntil(lambda: desk.window.work.queue.model.rowCount() == 3)
    assert not desk.connection.is_away
