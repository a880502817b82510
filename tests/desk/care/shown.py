"""The sheets of the desk's care over a desk, for tests that look at all that is shown."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent_app.desk.main import Desk
from agent_app.desk.ui.diagnostics_sheet import DiagnosticsSheet
from agent_app.desk.ui.health_sheet import HealthSheet
from agent_app.desk.work.selftest import Measured, Part, Run, Trouble, judge

_RUN = Run(
    datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    "gateway.example.com",
    "http://proxy.example.com:3128",
    {
        Part.NAME: Measured((4.0, 3.0, 900.0)),
        Part.CONNECT: Measured((40.0, 41.0, 39.0)),
        Part.TLS: Measured((410.0, 400.0, 430.0)),
        Part.ANSWER: Measured((1900.0, 1800.0), Trouble.BROKEN_OFF, failed=1),
        Part.STREAM: Measured((), Trouble.STREAM_HELD, failed=1),
    },
    90.0,
)


def network_test(desk: Desk, qtbot: QtBot) -> QWidget:
    """Open the network test with a result that has much to say."""
    last = {Part.TLS: 95.0, Part.ANSWER: 160.0}
    sheet = HealthSheet(desk.window, desk.runner, lambda _told: judge(_RUN, last))
    sheet.open()
    qtbot.waitUntil(lambda: sheet.verdict is not None)
    return sheet


def diagnostics(desk: Desk, qtbot: QtBot) -> QWidget:
    """Open the diagnostics with two files, one of them saved."""
    parts = [("versions.json", "{}"), ("desk.log", "{}\n" * 50)]
    sheet = DiagnosticsSheet(desk.window, desk.runner, lambda: parts, lambda _parts, _path: None)
    sheet.open()
    qtbot.waitUntil(sheet.save.isEnabled)
    return sheet
