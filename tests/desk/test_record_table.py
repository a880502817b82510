"""A table of records: measured once for each filling, and read where a row is selected."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QHeaderView, QTableWidgetItem
from pytestqt.qtbot import QtBot

from agent_app.desk.ui import design
from agent_app.desk.ui.flat_header import FlatHeader
from agent_app.desk.ui.record_table import Cell, RecordTable

HEADS = ["When", "What", "Words"]
FEW, MANY = 10, 100


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The columns that were measured, in order."""
    columns: list[int] = []
    really = FlatHeader.sectionSizeFromContents

    def count(head: FlatHeader, column: int) -> object:
        columns.append(column)
        return really(head, column)

    monkeypatch.setattr(FlatHeader, "sectionSizeFromContents", count)
    return columns


@pytest.fixture
def table(qtbot: QtBot, measured: list[int]) -> RecordTable:
    del measured  # Counted from the first on: Qt remembers which methods Python has.
    made = RecordTable()
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def _shown(table: RecordTable, number: int, word: str = "word") -> None:
    table.show_rows(HEADS, _rows(number, word))
    # A table that was painted is measured at once, one that was not later.
    QApplication.processEvents()


def _rows(number: int, word: str = "word") -> list[list[Cell]]:
    return [[Cell(f"{word} {row}") for _ in HEADS] for row in range(number)]


def _measurings(table: RecordTable, measured: list[int], number: int) -> int:
    """Return how often columns were measured by a second filling with as many rows."""
    _shown(table, number)
    measured.clear()
    _shown(table, number)
    return len(measured)


def test_filling_again_measures_no_more_for_many_rows(
    table: RecordTable, measured: list[int]
) -> None:
    few = _measurings(table, measured, FEW)
    assert few > 0
    assert _measurings(table, measured, MANY) <= few + 3 * len(HEADS)


def test_control_cells_set_while_columns_follow_them_are_measured_each(
    table: RecordTable, measured: list[int]
) -> None:
    _shown(table, MANY)
    measured.clear()
    for row in range(MANY):
        table.setItem(row, 0, QTableWidgetItem(f"another {row}"))
    assert len(measured) >= MANY


def test_columns_fit_what_they_show_now(table: RecordTable) -> None:
    _shown(table, FEW)
    narrow = table.columnWidth(0)
    _shown(table, FEW, "much longer words than there were")
    assert table.columnWidth(0) > narrow
    _shown(table, FEW)
    assert table.columnWidth(0) == narrow
    modes = [table.horizontalHeader().sectionResizeMode(column) for column in range(2)]
    assert modes == [QHeaderView.ResizeMode.ResizeToContents] * 2


def test_a_selected_row_keeps_the_ground_that_its_signs_are_drawn_for(table: RecordTable) -> None:
    _shown(table, FEW)
    table.selectRow(2)
    at = table.visualRect(table.model().index(2, 2))
    picture = table.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    ground = picture.pixelColor(round((at.right() - 4) * ratio), round(at.center().y() * ratio))
    assert ground == design.tone("selected")
    assert design.tone("selected") != design.tone("accent"), "control: Qt's own is the accent"
