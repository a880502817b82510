"""Bad history files: each is named with its place and what to do; the good orders still load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent_app.domain.ids import OrderRef
from agent_app.domain.stage import Stage, fold_stage
from agent_app.engines.history import HistoryUnreadable
from tests.engines.history_folder import ORDERS, change, changed, opened, read, write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


@pytest.mark.parametrize("file", ["orders", "order_payments", "customers", "order_items"])
def test_a_missing_file_is_named_with_what_belongs_there(folder: Path, file: str) -> None:
    (folder / f"{file}.csv").unlink()
    with pytest.raises(HistoryUnreadable, match=rf"{file}\.csv is missing.*add the file"):
        opened(folder)


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("orders", "order_approved_at"),
        ("order_payments", "payment_value"),
        ("customers", "customer_unique_id"),
        ("order_items", "shipping_limit_date"),
    ],
)
def test_a_missing_column_is_named(folder: Path, file: str, column: str) -> None:
    change(folder, file, column, "something_else")
    with pytest.raises(HistoryUnreadable, match=rf"{file}\.csv, line 1: column {column} is"):
        opened(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        pytest.param(
            "orders",
            "2018-01-04 10:00:00",
            "yesterday",
            "orders.csv, line 3, column order_approved_at: 'yesterday' is not a time",
            id="time",
        ),
        pytest.param(
            "order_payments",
            "stuck,2,boleto,1,79.50",
            "stuck,2,boleto,1,lots",
            "order_payments.csv, line 4, column payment_value: 'lots' is not an amount",
            id="amount",
        ),
        pytest.param(
            "order_payments",
            "79.50",
            "-79.50",
            "column payment_value: '-79.50' is not an amount like 12.34, not negative",
            id="negative amount",
        ),
        pytest.param(
            "order_payments",
            "79.50",
            "nan",
            "column payment_value: 'nan' is not an amount",
            id="no number",
        ),
        pytest.param(
            "order_payments",
            "stuck,2,",
            "stuck,1,",
            "line 4, column payment_sequential: '1' is not a number of its own",
            id="twice",
        ),
        pytest.param(
            "order_items",
            "2018-01-10 10:00:00",
            "",
            "order_items.csv, line 4, column shipping_limit_date: '' is not a time",
            id="limit",
        ),
        pytest.param(
            "orders",
            "stuck,c2,",
            "stuck,nobody,",
            "column customer_id: 'nobody' is not in a readable row of customers.csv",
            id="customer",
        ),
        pytest.param(
            "orders",
            "stuck,c2,invoiced",
            "stuck,c2,invoiced,extra",
            "orders.csv, line 3, column order_id: 'stuck' is not a row of 8 values",
            id="uneven",
        ),
    ],
)
def test_an_order_with_an_unreadable_row_is_left_out_whole_and_the_place_is_named(
    folder: Path, file: str, old: str, new: str, told: str
) -> None:
    change(folder, file, old, new)
    shop = opened(folder)
    assert changed(shop)[0] == {"sent", "cancelled", "newest"}
    assert shop.read(OrderRef("stuck")).order is None
    problems = "\n".join(shop.problems())
    assert told in problems
    if "uneven" not in told and "row of 8" not in told:
        assert "1 orders were left out" in problems
        assert "restart the gateway" in problems


def test_an_unknown_status_is_one_message_however_often_it_occurs(folder: Path) -> None:
    change(folder, "orders", "invoiced", "lost")
    change(folder, "orders", "canceled", "lost")
    problems = [p for p in opened(folder).problems() if "lost" in p]
    assert len(problems) == 1
    assert "it stands in 2 rows, first in line 3" in problems[0]
    assert "created, approved" in problems[0]


def test_a_repeated_order_is_told_and_the_first_kept(folder: Path) -> None:
    row = next(line for line in ORDERS.splitlines() if line.startswith("stuck"))
    path = folder / "orders.csv"
    path.write_text(ORDERS + row.replace("invoiced", "delivered") + "\n", "utf-8")
    shop = opened(folder)
    assert fold_stage(read(shop, "stuck").events).stage is Stage.PAID
    assert any("it is repeated" in p for p in shop.problems())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda p: p.write_bytes(p.read_bytes() + b"\xff\xfe,,,\n"), id="not UTF-8"),
        pytest.param(lambda p: p.write_text("", "utf-8"), id="empty"),
        pytest.param(lambda p: p.write_text(ORDERS.splitlines()[0] + "\n", "utf-8"), id="no rows"),
    ],
)
def test_a_file_that_is_no_history_is_refused_by_name(
    folder: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(folder / "orders.csv")
    with pytest.raises(HistoryUnreadable, match=r"orders\.csv|no readable order"):
        opened(folder)


def test_a_spreadsheets_byte_mark_hides_no_column(folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(changed(opened(folder))[0]) == 4
