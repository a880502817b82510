"""Order histories keep the port's contract: what is past is read, and nothing can be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.history import open_history
from agent_app.engines.port import Command, Shop
from tests.engines.contract import MONEY_COMMANDS, Bench, ShopContract, can
from tests.engines.history_folder import ANCHOR

_ORDERS = 12
_BEGIN = datetime(2018, 1, 1, 10, 0)  # noqa: DTZ001 - the files name no zone


def write(folder: Path) -> Path:
    """Write orders that were placed and paid a day after each other, and never sent."""
    orders = [
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
        "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
    ]
    payments = ["order_id,payment_sequential,payment_type,payment_installments,payment_value"]
    for n in range(_ORDERS):
        at, late = _BEGIN + timedelta(days=n), _BEGIN + timedelta(days=n + 20)
        orders.append(f"o{n},c{n},invoiced,{at},{at},,,{late}")
        payments.append(f"o{n},1,credit_card,1,{10 + n}.00")
    customers = [
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        *(f"c{n},p{n},01000,sao paulo,SP" for n in range(_ORDERS)),
    ]
    items = ["order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"]
    for name, lines in (
        ("orders", orders),
        ("order_payments", payments),
        ("customers", customers),
        ("order_items", items),
    ):
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), "utf-8")
    return folder


class HistoryBench:
    """Implements `contract.Bench`; each order that is asked for is the next that happened."""

    can_lose_answers = False

    def __init__(self, folder: Path) -> None:
        self._ticks = 0
        self._shown = 0
        self.shop: Shop = open_history(folder, ShopId("history"), ANCHOR, clock=self._now)

    def _now(self) -> datetime:
        """Return a time at which the orders asked for so far have happened, and no more."""
        self._ticks += 1
        behind = timedelta(days=_ORDERS - self._shown, hours=-1)
        return ANCHOR - behind + timedelta(microseconds=self._ticks)

    def ready(self, kind: ActionKind) -> Command:
        ref = self._next()
        return Command(kind, ref, f"aa-{ref}-{kind}", PaymentId(f"{ref}:1"), Money(100, "BRL"))

    def unpaid(self) -> OrderRef:
        return self._next()

    def effects(self, command: Command) -> int:
        """Count what the files do not say: nothing writes them."""
        return sum(e.refund is not None for e in self.shop.read(command.order).events)

    def messages(self, ref: OrderRef) -> int:
        return sum(e.kind == "message_sent" for e in self.shop.read(ref).events)

    def lose_next_answer(self, *, applied: bool) -> None:
        raise AssertionError("nothing is asked over a wire")

    def _next(self) -> OrderRef:
        self._shown += 1
        return OrderRef(f"o{self._shown - 1}")


class TestHistory(ShopContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        return HistoryBench(write(tmp_path))


def test_it_declares_that_nothing_can_be_done(tmp_path: Path) -> None:
    """Else the contract would skip nothing, and refuse nothing."""
    bench = HistoryBench(write(tmp_path))
    kinds: Sequence[ActionKind] = (*MONEY_COMMANDS, ActionKind.NOTIFY)
    assert not any(can(bench, kind) for kind in kinds)
