"""The history shop: past orders in the present, whole or left out with the reason, read only."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
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
from agent_app.engines.history import open_history
from agent_app.engines.history.orders import PastOrder, Status, read_folder
from agent_app.engines.history.sample import SAMPLE_ORDERS, write_sample
from agent_app.engines.port import Command, Message, Outcome, Rejected
from tests.bench.flag_judge import FOLDER
from tests.engines.history_folder import ANCHOR, change, changed, opened, read, write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path)


def test_the_newest_order_was_placed_at_the_anchor_and_the_others_as_long_before(
    folder: Path,
) -> None:
    shop = opened(folder)
    newest, sent = read(shop, "newest").order, read(shop, "sent").order
    assert newest is not None
    assert sent is not None
    assert newest.placed_at == ANCHOR
    assert newest.placed_at - sent.placed_at == timedelta(days=31)


def test_a_restart_with_the_same_anchor_shifts_nothing(folder: Path) -> None:
    first = read(opened(folder), "stuck")
    later = ANCHOR + timedelta(days=3)
    again = read(opened(folder, now=later), "stuck")
    assert first.events == again.events
    assert first.order == again.order


def test_stages_money_and_customer_are_what_the_files_say(folder: Path) -> None:
    shop = opened(folder)
    stages = {
        ref: fold_stage(read(shop, ref).events).stage
        for ref in ("sent", "stuck", "cancelled", "newest")
    }
    assert stages == {
        "sent": Stage.CONFIRMED,
        "stuck": Stage.PAID,
        "cancelled": Stage.CANCELLED,
        "newest": Stage.SUBMITTED,
    }
    stuck = read(shop, "stuck")
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
    before = read(opened(folder, now=placed + timedelta(days=1)), "stuck")
    after = read(opened(folder, now=placed + timedelta(days=2)), "stuck")
    assert before.order is not None
    assert after.order is not None
    assert before.order.promise.ship_by is None
    assert after.order.promise.ship_by == placed + timedelta(days=8)
    assert [e.kind for e in before.events] != [e.kind for e in after.events]


def test_nothing_is_shown_before_it_happened(folder: Path) -> None:
    placed = ANCHOR - timedelta(days=30)
    for hours in range(0, 24 * 40, 7):
        now = placed + timedelta(hours=hours)
        shop = opened(folder, now=now)
        for reading in shop.changes(None, 100).readings:
            assert reading.events
            assert all(e.at <= now for e in reading.events)


def test_changes_come_when_they_happen_and_each_once(folder: Path) -> None:
    times = [ANCHOR]
    shop = open_history(folder, ShopId("h"), ANCHOR, clock=lambda: times[-1])
    seen, cursor = changed(shop)
    assert seen == {"sent", "stuck", "cancelled", "newest"}
    assert shop.changes(cursor, 10).readings == ()
    change(folder, "orders", "2018-02-01 10:00:00,,", "2018-02-01 10:00:00,2018-02-02 10:00:00,")
    moved = open_history(folder, ShopId("h"), ANCHOR, clock=lambda: times[-1])
    assert changed(moved, cursor)[0] == set()
    times.append(ANCHOR + timedelta(days=2))
    assert changed(moved, cursor)[0] == {"newest"}


def test_a_stuck_order_is_flagged_with_its_promise_and_a_sent_one_is_not(folder: Path) -> None:
    shop = opened(folder)

    def flags(ref: str) -> dict[FlagRule, Level]:
        reading = read(shop, ref)
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


def test_times_with_a_zone_are_read_in_it_and_those_without_as_utc(folder: Path) -> None:
    before = read(opened(folder), "stuck").order
    assert before is not None
    change(folder, "orders", "2018-01-02 10:00:00", "2018-01-02 07:00:00-03:00")
    stuck = read(opened(folder), "stuck").order
    assert stuck is not None
    assert stuck.placed_at == before.placed_at == ANCHOR - timedelta(days=30)


def test_nothing_can_be_done_to_what_is_past(folder: Path) -> None:
    shop = opened(folder)
    able = shop.capabilities
    assert not any((able.can_complete, able.can_refund, able.can_notify, able.reads_provider))
    command = Command(ActionKind.REFUND, OrderRef("stuck"), "key")
    with pytest.raises(Rejected, match="read-only"):
        shop.perform(command)
    with pytest.raises(Rejected, match="read-only"):
        shop.send_message(Message(OrderRef("stuck"), "key", "checking", "en", "s", "b"))
    assert shop.outcome(command) is Outcome.ABSENT


def test_an_unknown_order_is_not_visible_and_not_absent(folder: Path) -> None:
    reading = opened(folder).read(OrderRef("nowhere"))
    assert reading.order is None
    assert [e.verdict for e in reading.evidence] == ["not_visible"]


def test_a_cursor_of_another_kind_is_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        opened(folder).changes("12.7", 10)


def test_an_anchor_needs_a_zone(folder: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        opened(folder, anchor=ANCHOR.replace(tzinfo=None))


def test_few_histories_are_judged_by_the_stated_defaults(folder: Path) -> None:
    assert opened(folder).flag_policy.promise == DEFAULT_POLICY


def test_the_sample_is_the_same_for_the_same_seed_and_has_work_in_it(tmp_path: Path) -> None:
    first, second, other = (
        write_sample(tmp_path / name, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert _digest(first) == _digest(second) != _digest(other)
    shop = opened(first)
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
    shop = opened(FOLDER)
    with (FOLDER / "orders.csv").open(encoding="utf-8", newline="") as file:
        refs = {row["order_id"] for row in csv.DictReader(file)}
    assert {r.order.ref for r in shop.changes(None, 10**6).readings if r.order} == refs
    assert shop.problems() == ()
    promise = shop.flag_policy.promise
    assert promise is not None
    assert promise.learnt_from > 8000
    assert replace(promise, learnt_from=0) != DEFAULT_POLICY
