"""The history shop: past orders in the present, whole or left out with the reason, read only."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import Source
from agent_app.domain.flags import FlagRule, Level, Watched, is_unreturned, raise_flags
from agent_app.domain.ids import OrderRef, ShopId
from agent_app.domain.learn_promise import with_seller_pace
from agent_app.domain.money import Money
from agent_app.domain.order import PaymentMethod
from agent_app.domain.promise import DEFAULT_POLICY, PromiseFacts
from agent_app.domain.stage import Stage, fold_stage
from agent_app.domain.truth import Verdict, fold_truth
from agent_app.engines.history import HistoryShop, HistoryUnreadable, open_history
from agent_app.engines.history.orders import PastOrder, Status, read_folder
from agent_app.engines.history.sample import SAMPLE_ORDERS, write_sample
from agent_app.engines.port import Command, Message, Outcome, Reading, Rejected
from tests.bench.flag_judge import FOLDER

ANCHOR = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
ORDERS = """\
order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,\
order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date
sent,c1,delivered,2018-01-01 10:00:00,2018-01-01 10:05:00,2018-01-03 09:00:00,\
2018-01-09 09:00:00,2018-01-20 00:00:00
stuck,c2,invoiced,2018-01-02 10:00:00,2018-01-04 10:00:00,,,2018-01-22 00:00:00
cancelled,c3,canceled,2018-01-03 10:00:00,2018-01-03 10:10:00,,,2018-01-23 00:00:00
newest,c1,created,2018-02-01 10:00:00,,,,2018-02-20 00:00:00
"""
PAYMENTS = """\
order_id,payment_sequential,payment_type,payment_installments,payment_value
sent,1,credit_card,1,100.00
stuck,1,voucher,1,20.5
stuck,2,boleto,1,79.50
cancelled,1,credit_card,3,30.00
newest,1,debit_card,1,5.00
"""
CUSTOMERS = """\
customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state
c1,person1,01000,sao paulo,SP
c2,person2,20000,rio de janeiro,RJ
c3,person3,30000,belo horizonte,MG
"""
ITEMS = """\
order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value
sent,1,p1,s1,2018-01-07 10:05:00,90.00,10.00
stuck,1,p1,s1,2018-01-08 10:00:00,50.00,5.00
stuck,2,p2,s1,2018-01-10 10:00:00,40.00,5.00
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (
        ("orders", ORDERS),
        ("order_payments", PAYMENTS),
        ("customers", CUSTOMERS),
        ("order_items", ITEMS),
    ):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


def _open(folder: Path, *, anchor: datetime = ANCHOR, now: datetime | None = None) -> HistoryShop:
    return open_history(folder, ShopId("h"), anchor, clock=lambda: now or anchor)


def _change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / f"{file}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _read(shop: HistoryShop, ref: str) -> Reading:
    reading = shop.read(OrderRef(ref))
    assert reading.order is not None
    return reading


def _refs(shop: HistoryShop, cursor: str | None = None) -> tuple[set[str], str]:
    seen: set[str] = set()
    while True:
        page = shop.changes(cursor, 2)
        assert len(page.readings) <= 2
        seen |= {r.order.ref for r in page.readings if r.order}
        cursor = page.cursor
        if not page.more:
            return seen, cursor


def test_the_newest_order_was_placed_at_the_anchor_and_the_others_as_long_before(
    folder: Path,
) -> None:
    shop = _open(folder)
    newest, sent = _read(shop, "newest").order, _read(shop, "sent").order
    assert newest is not None
    assert sent is not None
    assert newest.placed_at == ANCHOR
    assert newest.placed_at - sent.placed_at == timedelta(days=31)


def test_a_restart_with_the_same_anchor_shifts_nothing(folder: Path) -> None:
    first = _read(_open(folder), "stuck")
    later = ANCHOR + timedelta(days=3)
    again = _read(_open(folder, now=later), "stuck")
    assert first.events == again.events
    assert first.order == again.order


def test_stages_money_and_customer_are_what_the_files_say(folder: Path) -> None:
    shop = _open(folder)
    stages = {
        ref: fold_stage(_read(shop, ref).events).stage
        for ref in ("sent", "stuck", "cancelled", "newest")
    }
    assert stages == {
        "sent": Stage.CONFIRMED,
        "stuck": Stage.PAID,
        "cancelled": Stage.CANCELLED,
        "newest": Stage.SUBMITTED,
    }
    stuck = _read(shop, "stuck")
    assert stuck.order is not None
    assert stuck.order.total == Money(10000, "BRL")
    assert stuck.order.method is PaymentMethod.CASH_VOUCHER
    assert stuck.order.customer.id == "person2"
    truth = fold_truth(stuck.order, stuck.events, stuck.evidence)
    assert truth.verdict is Verdict.CAPTURED
    assert [p.captured.amount_minor for p in truth.payments] == [2050, 7950]
    assert {e.source for e in stuck.events} == {Source.PLATFORM}


def test_the_promise_is_the_latest_limit_and_unknown_before_the_approval(folder: Path) -> None:
    # Two days after its purchase the stuck order is approved; until then no limit is set.
    placed = ANCHOR - timedelta(days=30)
    before = _read(_open(folder, now=placed + timedelta(days=1)), "stuck")
    after = _read(_open(folder, now=placed + timedelta(days=2)), "stuck")
    assert before.order is not None
    assert after.order is not None
    assert before.order.promise.ship_by is None
    assert after.order.promise.ship_by == placed + timedelta(days=8)
    assert [e.kind for e in before.events] != [e.kind for e in after.events]


def test_nothing_is_shown_before_it_happened(folder: Path) -> None:
    placed = ANCHOR - timedelta(days=30)
    for hours in range(0, 24 * 40, 7):
        now = placed + timedelta(hours=hours)
        shop = _open(folder, now=now)
        for reading in shop.changes(None, 100).readings:
            assert reading.events
            assert all(e.at <= now for e in reading.events)


def test_changes_come_when_they_happen_and_each_once(folder: Path) -> None:
    times = [ANCHOR]
    shop = open_history(folder, ShopId("h"), ANCHOR, clock=lambda: times[-1])
    seen, cursor = _refs(shop)
    assert seen == {"sent", "stuck", "cancelled", "newest"}
    assert shop.changes(cursor, 10).readings == ()
    _change(folder, "orders", "2018-02-01 10:00:00,,", "2018-02-01 10:00:00,2018-02-02 10:00:00,")
    moved = open_history(folder, ShopId("h"), ANCHOR, clock=lambda: times[-1])
    assert _refs(moved, cursor)[0] == set()
    times.append(ANCHOR + timedelta(days=2))
    assert _refs(moved, cursor)[0] == {"newest"}


def test_a_stuck_order_is_flagged_with_its_promise_and_a_sent_one_is_not(folder: Path) -> None:
    shop = _open(folder)

    def flags(ref: str) -> dict[FlagRule, Level]:
        reading = _read(shop, ref)
        assert reading.order is not None
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        watched = Watched(reading.order, fold_stage(reading.events), truth)
        found = raise_flags(watched, shop.flag_policy, ANCHOR)
        assert is_unreturned(found) == bool(found)
        return {f.rule: f.level for f in found}

    assert flags("sent") == {}
    assert flags("stuck") == {FlagRule.CAPTURED_UNCONFIRMED: Level.CRITICAL}
    assert flags("cancelled") == {FlagRule.CAPTURED_AND_ENDED: Level.CRITICAL}


def _facts(orders: Sequence[PastOrder]) -> list[PromiseFacts]:
    outcomes = with_seller_pace([o.outcome({}) for o in orders], [o.seller for o in orders])
    return [o.facts for o in outcomes]


def test_what_happens_later_moves_no_flag(tmp_path: Path) -> None:
    """The leak guard: not the final status, not a hand-over, not any order placed afterwards."""
    orders = list(read_folder(write_sample(tmp_path)).orders)
    before = _facts(orders)
    ends = [*Status]
    for i in range(0, len(orders), 7):
        later = [
            replace(o, status=ends[i % len(ends)], carrier_at=None, delivered_at=None)
            for o in orders[i:]
        ]
        assert _facts([*orders[:i], *later])[i] == before[i]
    # The guard can go red: what was known does move it.
    i = next(i for i, o in enumerate(orders) if o.approved_at and before[i].seller_orders > 2)
    approved = orders[i].approved_at
    assert approved is not None
    orders[i] = replace(orders[i], approved_at=approved + timedelta(days=1))
    assert _facts(orders)[i] != before[i]
    earlier = [replace(o, carrier_at=None) for o in orders[:i]]
    assert _facts([*earlier, *orders[i:]])[i].seller_late > before[i].seller_late


@pytest.mark.parametrize("file", ["orders", "order_payments", "customers", "order_items"])
def test_a_missing_file_is_named_with_what_belongs_there(folder: Path, file: str) -> None:
    (folder / f"{file}.csv").unlink()
    with pytest.raises(HistoryUnreadable, match=rf"{file}\.csv is missing.*add the file"):
        _open(folder)


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
    _change(folder, file, column, "something_else")
    with pytest.raises(HistoryUnreadable, match=rf"{file}\.csv, line 1: column {column} is"):
        _open(folder)


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
    _change(folder, file, old, new)
    shop = _open(folder)
    assert _refs(shop)[0] == {"sent", "cancelled", "newest"}
    assert shop.read(OrderRef("stuck")).order is None
    problems = "\n".join(shop.problems())
    assert told in problems
    if "uneven" not in told and "row of 8" not in told:
        assert "1 orders were left out" in problems
        assert "restart the gateway" in problems


def test_an_unknown_status_is_one_message_however_often_it_occurs(folder: Path) -> None:
    _change(folder, "orders", "invoiced", "lost")
    _change(folder, "orders", "canceled", "lost")
    problems = [p for p in _open(folder).problems() if "lost" in p]
    assert len(problems) == 1
    assert "it stands in 2 rows, first in line 3" in problems[0]
    assert "created, approved" in problems[0]


def test_a_repeated_order_is_told_and_the_first_kept(folder: Path) -> None:
    row = next(line for line in ORDERS.splitlines() if line.startswith("stuck"))
    path = folder / "orders.csv"
    path.write_text(ORDERS + row.replace("invoiced", "delivered") + "\n", "utf-8")
    shop = _open(folder)
    assert fold_stage(_read(shop, "stuck").events).stage is Stage.PAID
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
        _open(folder)


def test_a_spreadsheets_byte_mark_hides_no_column(folder: Path) -> None:
    path = folder / "orders.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(_refs(_open(folder))[0]) == 4


def test_times_with_a_zone_are_read_in_it_and_those_without_are_told(folder: Path) -> None:
    assert "UTC" in (_read(_open(folder), "stuck").evidence[0].detail or "")
    _change(folder, "orders", "2018-01-02 10:00:00", "2018-01-02 07:00:00-03:00")
    stuck = _read(_open(folder), "stuck").order
    assert stuck is not None
    assert stuck.placed_at == ANCHOR - timedelta(days=30)


def test_nothing_can_be_done_to_what_is_past(folder: Path) -> None:
    shop = _open(folder)
    able = shop.capabilities
    assert not any((able.can_complete, able.can_refund, able.can_notify, able.reads_provider))
    command = Command(ActionKind.REFUND, OrderRef("stuck"), "key")
    with pytest.raises(Rejected, match="read-only"):
        shop.perform(command)
    with pytest.raises(Rejected, match="read-only"):
        shop.send_message(Message(OrderRef("stuck"), "key", "checking", "en", "s", "b"))
    assert shop.outcome(command) is Outcome.ABSENT


def test_an_unknown_order_is_not_visible_and_not_absent(folder: Path) -> None:
    reading = _open(folder).read(OrderRef("nowhere"))
    assert reading.order is None
    assert [e.verdict for e in reading.evidence] == ["not_visible"]


def test_a_cursor_of_another_kind_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        _open(folder).changes("12.7", 10)


def test_an_anchor_needs_a_zone(folder: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        _open(folder, anchor=ANCHOR.replace(tzinfo=None))


def test_few_histories_are_judged_by_the_stated_defaults(folder: Path) -> None:
    assert _open(folder).flag_policy.promise == DEFAULT_POLICY


def test_the_sample_is_the_same_for_the_same_seed_and_has_work_in_it(tmp_path: Path) -> None:
    first, second, other = (
        write_sample(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert _digest(first) == _digest(second) != _digest(other)
    shop = _open(first)
    assert shop.problems() == ()
    stages = []
    page = shop.changes(None, 1000)
    for reading in page.readings:
        assert reading.order is not None
        truth = fold_truth(reading.order, reading.events, reading.evidence)
        watched = Watched(reading.order, fold_stage(reading.events), truth)
        stages.append(is_unreturned(raise_flags(watched, shop.flag_policy, ANCHOR)))
    assert len(stages) == SAMPLE_ORDERS
    assert 10 <= sum(stages) <= 60


def _digest(folder: Path) -> str:
    files = sorted(folder.glob("*.csv"))
    assert len(files) == 4
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()


@pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no order histories in {FOLDER} (set AGENT_APP_ORDERS)"
)
def test_every_real_history_is_read_and_none_is_complained_of() -> None:
    shop = _open(FOLDER)
    with (FOLDER / "orders.csv").open(encoding="utf-8", newline="") as file:
        refs = {row["order_id"] for row in csv.DictReader(file)}
    assert {r.order.ref for r in shop.changes(None, 10**6).readings if r.order} == refs
    assert shop.problems() == ()
    promise = shop.flag_policy.promise
    assert promise is not None
    assert promise.learnt_from > 8000
    assert replace(promise, learnt_from=0) != DEFAULT_POLICY
