"""What an agent sees of the network test, the diagnostics and the network settings."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.care import bundle
from agent_app.desk.platform.network import check_choice
from agent_app.desk.ui.diagnostics_sheet import DiagnosticsSheet, Parts
from agent_app.desk.ui.health_sheet import HealthSheet
from agent_app.desk.ui.heartbeat import QtBeat
from agent_app.desk.ui.network_rows import NetworkRows
from agent_app.desk.ui.runner import Runner
from agent_app.desk.work.errors import Rejected
from agent_app.desk.work.network import NetworkChoice, ProxyUse
from agent_app.desk.work.selftest import Measured, Part, Run, Trouble, Verdict, judge
from tests.gateway.oidc.certificates import server_context

GOOD = Run(
    datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    "gw.example",
    "http://proxy.example:3128",
    {Part.CONNECT: Measured((3.0,)), Part.ANSWER: Measured((40.0, 50.0, 45.0))},
    0.4,
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def runner(window: QWidget) -> Iterator[Runner]:
    made = Runner(window)
    yield made
    made.close()


def _health(
    window: QWidget, runner: Runner, qtbot: QtBot, test: Callable[..., Verdict]
) -> HealthSheet:
    sheet = HealthSheet(window, runner, test)
    qtbot.addWidget(sheet)
    sheet.show()
    return sheet


def _cell(sheet: HealthSheet, row: int, column: int) -> str:
    item = sheet.table.item(row, column)
    assert item is not None
    return item.text()


def test_the_result_is_said_and_copied(window: QWidget, runner: Runner, qtbot: QtBot) -> None:
    sheet = _health(window, runner, qtbot, lambda _told: judge(GOOD, {Part.ANSWER: 30.0}))
    qtbot.waitUntil(lambda: sheet.verdict is not None)
    assert sheet._head.text() == "The way to the gateway is fine."
    assert _cell(sheet, 1, 2) == "3 ms"
    assert _cell(sheet, 3, 2) == "45 ms (1.5 × the last good test)"
    assert "http://proxy.example:3128" in sheet._note.text()
    sheet.copy.click()
    copied = QApplication.clipboard().text()
    assert copied.startswith("gw.example  2026-11-23 08:00 UTC\nby the proxy http://proxy.example")
    assert "Answer of the gateway: fine, 45 ms" in copied


def test_the_window_stays_alive_while_it_tests_and_hears_how_far_it_is(
    window: QWidget, runner: Runner, qtbot: QtBot
) -> None:
    may_go_on = threading.Event()

    def test(told: Callable[[Part], None]) -> Verdict:
        told(Part.TLS)
        may_go_on.wait(20)
        return judge(GOOD, {})

    beats: list[float] = []
    sheet = _health(window, runner, qtbot, test)
    beat = QtBeat(beats.append, sheet, 5)
    qtbot.waitUntil(lambda: sheet._head.text() == "Testing: Encrypt (TLS)…")
    assert not sheet.again.isEnabled()
    seen = len(beats)
    qtbot.waitUntil(lambda: len(beats) > seen + 5)
    may_go_on.set()
    qtbot.waitUntil(lambda: sheet.verdict is not None)
    assert sheet.again.isEnabled()
    beat.stop()


def test_what_is_broken_comes_first_and_the_rest_below(
    window: QWidget, runner: Runner, qtbot: QtBot
) -> None:
    parts = {**GOOD.parts, Part.STREAM: Measured((), Trouble.STREAM_HELD, 1)}
    run = replace(GOOD, parts=parts, clock_off_s=-90.0, via="")
    sheet = _health(window, runner, qtbot, lambda _told: judge(run, {}))
    qtbot.waitUntil(lambda: sheet.verdict is not None)
    assert sheet._head.text().startswith("The clock of this computer is 90 s off.")
    assert "text/event-stream" in sheet._note.text()
    assert _cell(sheet, 6, 1) == "broken"


def test_settings_that_cannot_be_used_are_said(
    window: QWidget, runner: Runner, qtbot: QtBot
) -> None:
    def test(_told: object) -> Verdict:
        raise Rejected("the file holds no certificate", field="ca_file")

    sheet = _health(window, runner, qtbot, test)
    qtbot.waitUntil(sheet.again.isEnabled)
    assert sheet._head.text()
    assert sheet.verdict is None


def test_the_diagnostics_are_read_before_they_are_saved(
    window: QWidget, runner: Runner, qtbot: QtBot, tmp_path: Path
) -> None:
    parts = [("versions.json", "{}"), ("desk.log", "one line\n")]

    def save(what: Parts, path: Path) -> None:
        bundle.save([bundle.Part(name, text) for name, text in what], path)

    sheet = DiagnosticsSheet(window, runner, lambda: parts, save)
    qtbot.addWidget(sheet)
    sheet.show()
    assert not sheet.save.isEnabled()
    qtbot.waitUntil(sheet.save.isEnabled)
    sheet.chosen.setCurrentIndex(1)
    assert sheet.text.toPlainText() == "one line\n"
    sheet.save_to(tmp_path / "out.zip")
    qtbot.waitUntil(sheet.said.isVisible)
    assert zipfile.ZipFile(tmp_path / "out.zip").namelist() == ["versions.json", "desk.log"]
    sheet.save_to(tmp_path / "nowhere" / "out.zip")
    qtbot.waitUntil(lambda: "out.zip" not in sheet.said.text())


@pytest.fixture
def rows(qtbot: QtBot) -> NetworkRows:
    made = NetworkRows()
    made.check = check_choice
    qtbot.addWidget(made)
    made.show()
    return made


def _choose(rows: NetworkRows, use: ProxyUse) -> None:
    rows.proxy.setCurrentIndex(list(ProxyUse).index(use))
    rows.proxy.activated.emit(rows.proxy.currentIndex())


def test_a_proxy_is_kept_once_its_address_can_be_used(rows: NetworkRows, qtbot: QtBot) -> None:
    heard: list[NetworkChoice] = []
    rows.chosen.connect(heard.append)
    _choose(rows, ProxyUse.MANUAL)
    assert rows.address.isVisible()
    assert heard == [], "an address is still to be typed"
    for wrong, said in (("socks5://p", "http proxy"), ("http://me:pw@p", "password")):
        rows.address.setText(wrong)
        rows.address.editingFinished.emit()
        assert said in rows.complaint.text()
        assert rows.address.text() == wrong, "to be mended"
    assert heard == []
    rows.address.setText("p.example:3128")
    rows.address.editingFinished.emit()
    assert rows.complaint.isHidden()
    assert heard == [NetworkChoice(ProxyUse.MANUAL, "http://p.example:3128")]
    _choose(rows, ProxyUse.NONE)
    assert rows.address.isHidden()
    assert heard[-1].proxy is ProxyUse.NONE


def test_a_file_without_a_certificate_is_not_taken(rows: NetworkRows, tmp_path: Path) -> None:
    heard: list[NetworkChoice] = []
    rows.chosen.connect(heard.append)
    (tmp_path / "letter.pem").write_text("no certificate", "utf-8")
    rows.choose_file(str(tmp_path / "letter.pem"))
    assert heard == []
    assert "no certificate" in rows.complaint.text()
    server_context(tmp_path)
    rows.choose_file(str(tmp_path / "right.pem"))
    assert heard == [NetworkChoice(ca_file=str(tmp_path / "right.pem"))]
    assert rows.complaint.isHidden()
    rows.no_file.click()
    assert heard[-1] == NetworkChoice()
