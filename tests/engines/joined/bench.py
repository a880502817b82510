"""A joined shop over a fake shop's side and a real provider process, and controls of its rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent_app.domain.actions import ActionKind
from agent_app.domain.events import EventKind
from agent_app.domain.ids import OrderRef, PaymentId
from agent_app.domain.money import Money
from agent_app.domain.truth import PaymentTruth, fold_truth
from agent_app.engines.joined.provider import Movement, RefundWord
from agent_app.engines.joined.shop import JoinedShop
from agent_app.engines.joined.store import StoreLook
from agent_app.engines.port import (
    Command,
    Receipt,
)
from tests.fakes.store_side import Sale

NOBODY_ANSWERS = "http://127.0.0.1:1"
EUR = "EUR"


class Unguarded(JoinedShop):
    """The control: sends without having looked at the books."""

    def _before(self, command: Command) -> tuple[StoreLook, Receipt | None, Command]:
        return self._store.look(command.order), None, command


class NoLock:
    """A lock that keeps nobody out."""

    def acquire(self, timeout: float = -1) -> bool:
        return True

    def release(self) -> None:
        pass


def refund(ref: OrderRef, payment: str | None, amount_minor: int = 4_200) -> Command:
    assert payment is not None
    asked_at = datetime.now(UTC)
    key = f"aa-{ref}-{amount_minor}"
    money = Money(amount_minor, EUR)
    return Command(ActionKind.REFUND, ref, key, PaymentId(payment), money, requested_at=asked_at)


def truth(shop: JoinedShop, ref: OrderRef) -> PaymentTruth:
    reading = shop.read(ref)
    assert reading.order is not None
    return fold_truth(reading.order, reading.events, reading.evidence)


def note(sale: Sale, kind: EventKind, word: RefundWord | None = None) -> None:
    """Write into the shop's own row what only the shop says."""
    row = sale.rows[0]
    if word is not None:
        sale.rows[0] = replace(row, refunds=(*row.refunds, word))
    else:
        moved = Movement(kind, datetime.now(UTC) + timedelta(seconds=1), sale.total)
        sale.rows[0] = replace(row, movements=(*row.movements, moved))


def a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def everything(shop: JoinedShop, cursor: str | None) -> tuple[set[OrderRef], str]:
    seen: set[OrderRef] = set()
    while True:
        page = shop.changes(cursor, 50)
        seen |= {r.order.ref for r in page.readings if r.order is not None}
        cursor = page.cursor
        if not page.more:
            return seen, cursor
