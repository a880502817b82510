"""Put the four history files together into past orders; an order is read whole or not at all.

Used by the history shop and by `dev.py bench flags`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from agent_app.domain.learn_promise import HistoryOutcome
from agent_app.domain.order import PaymentMethod
from agent_app.domain.promise import PromiseFacts
from agent_app.engines.history.rows import (
    BadRow,
    Complaints,
    HistoryUnreadable,
    Row,
    RowProblem,
    found_in,
    minor_units,
    moment,
    one_of,
    optional_moment,
    rows_of,
    text,
    whole_number,
)

_LISTED = 20
METHODS = {
    "credit_card": PaymentMethod.CARD,
    "boleto": PaymentMethod.CASH_VOUCHER,
    "voucher": PaymentMethod.STORE_CREDIT,
    "debit_card": PaymentMethod.DEBIT_CARD,
    "not_defined": PaymentMethod.UNKNOWN,
    **{m.value: m for m in PaymentMethod},
}


class Status(StrEnum):
    """The shop's last word on an order, as its export has it; the export does not date it."""

    CREATED = "created"
    APPROVED = "approved"
    PROCESSING = "processing"
    INVOICED = "invoiced"
    UNAVAILABLE = "unavailable"
    CANCELED = "canceled"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


NEVER_SENT = frozenset(
    {Status.CREATED, Status.APPROVED, Status.PROCESSING, Status.INVOICED, Status.UNAVAILABLE}
)


@dataclass(frozen=True, slots=True)
class PastPayment:
    """One payment of an order, in hundredths of the folder's currency."""

    number: int
    method: PaymentMethod
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PastOrder:
    """One order of the export, with its own times (not shifted)."""

    id: str
    customer: str
    status: Status
    purchased_at: datetime
    approved_at: datetime | None
    carrier_at: datetime | None
    delivered_at: datetime | None
    estimated_at: datetime | None
    payments: tuple[PastPayment, ...]
    ship_by: datetime | None
    """The latest of its items' limits, which the shop sets at approval; None: no item rows."""
    seller: str | None

    @property
    def total_minor(self) -> int:
        """Return the sum of its payments."""
        return sum(p.amount_minor for p in self.payments)

    @property
    def method(self) -> PaymentMethod:
        """Return the method of the largest payment."""
        largest = max(self.payments, key=lambda p: (p.amount_minor, -p.number), default=None)
        return largest.method if largest else PaymentMethod.UNKNOWN

    @property
    def unreturned(self) -> bool:
        """Return whether it ended, as far as the export goes, before the carrier had it."""
        before_carrier = self.carrier_at is None and self.delivered_at is None
        return self.status in NEVER_SENT or (self.status is Status.CANCELED and before_carrier)

    def outcome(self, weights: Mapping[Status, float]) -> HistoryOutcome:
        """Return the order as material for learning, without its seller's pace."""
        facts = PromiseFacts(
            method=self.method,
            purchased_at=self.purchased_at,
            approved_at=self.approved_at,
            promised_ship_by=self.ship_by if self.approved_at else None,
            estimated_delivery_at=self.estimated_at,
            amount_minor=self.total_minor,
        )
        return HistoryOutcome(
            facts, self.carrier_at, self.unreturned, weights.get(self.status, 1.0)
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """What one folder held: the good orders by purchase, and sentences about the rest."""

    orders: tuple[PastOrder, ...]
    left_out: int
    problems: tuple[str, ...]
    row_problems: tuple[RowProblem, ...]


def read_folder(folder: Path) -> Folder:
    """Read a folder of histories.

    Raises:
        HistoryUnreadable: a file or column is missing, or no order at all can be read.
    """
    complaints = Complaints()
    heads = _Heads(folder, complaints)
    payments = _payments(folder, complaints)
    customers = _customers(folder, complaints)
    items = _items(folder, complaints)
    spoilt = {p.order for p in complaints.problems if p.order}
    orders = []
    for row in heads.rows:
        id_ = row.values["order_id"]
        if id_ in spoilt:
            continue
        try:
            orders.append(_order(row, payments, customers, items.get(id_, [])))
        except BadRow as bad:
            complaints.add(bad.problem)
            spoilt.add(id_)
    if not orders:
        first = f" First of all: {complaints.problems[0]}" if complaints.problems else ""
        raise HistoryUnreadable(f"{folder} holds no readable order.{first}")
    orders.sort(key=lambda o: (o.purchased_at, o.id))
    left_out = len(heads.rows) - len(orders)
    known = {row.values["order_id"] for row in heads.rows}
    strangers = (set(payments) | set(items)) - known
    return Folder(
        tuple(orders),
        left_out,
        tuple(_sentences(complaints.problems, left_out, len(strangers))),
        tuple(complaints.problems),
    )


class _Heads:
    """The rows of orders.csv, each order once."""

    def __init__(self, folder: Path, complaints: Complaints) -> None:
        columns = (
            "order_id",
            "customer_id",
            "order_status",
            "order_purchase_timestamp",
            "order_approved_at",
            "order_delivered_carrier_date",
            "order_delivered_customer_date",
            "order_estimated_delivery_date",
        )
        self.rows: list[Row] = []
        seen: set[str] = set()
        for row in rows_of(folder, "orders.csv", columns, complaints):
            id_ = row.values["order_id"]
            if not id_ or id_ in seen:
                expected = "an order's own id (it is repeated)" if id_ else "an id (it is empty)"
                complaints.add(RowProblem(row.file, row.line, "order_id", id_, expected))
                continue
            seen.add(id_)
            self.rows.append(row)


def _payments(folder: Path, complaints: Complaints) -> dict[str, list[PastPayment]]:
    columns = ("order_id", "payment_sequential", "payment_type", "payment_value")
    result: dict[str, list[PastPayment]] = {}
    read_method = one_of(METHODS, "payment type")
    for row in rows_of(folder, "order_payments.csv", columns, complaints):
        try:
            order = row.get("order_id", text)
            payment = PastPayment(
                row.get("payment_sequential", whole_number),
                row.get("payment_type", read_method),
                row.get("payment_value", minor_units),
            )
        except BadRow as bad:
            complaints.add(bad.problem)
            continue
        known = result.setdefault(order, [])
        if any(p.number == payment.number for p in known):
            expected = "a number of its own among the order's payments (it is repeated)"
            value = row.values["payment_sequential"]
            problem = RowProblem(row.file, row.line, "payment_sequential", value, expected, order)
            complaints.add(problem)
        known.append(payment)
    return result


def _customers(folder: Path, complaints: Complaints) -> dict[str, str]:
    result = {}
    for row in rows_of(folder, "customers.csv", ("customer_id", "customer_unique_id"), complaints):
        try:
            result[row.get("customer_id", text)] = row.get("customer_unique_id", text)
        except BadRow as bad:
            complaints.add(bad.problem)
    return result


def _items(folder: Path, complaints: Complaints) -> dict[str, list[tuple[int, str, datetime]]]:
    columns = ("order_id", "order_item_id", "seller_id", "shipping_limit_date")
    result: dict[str, list[tuple[int, str, datetime]]] = {}
    for row in rows_of(folder, "order_items.csv", columns, complaints):
        try:
            item = (
                row.get("order_item_id", whole_number),
                row.get("seller_id", text),
                row.get("shipping_limit_date", moment),
            )
            result.setdefault(row.get("order_id", text), []).append(item)
        except BadRow as bad:
            complaints.add(bad.problem)
    return result


_read_status = one_of({s.value: s for s in Status}, "order status")


def _order(
    row: Row,
    payments: Mapping[str, list[PastPayment]],
    customers: Mapping[str, str],
    items: list[tuple[int, str, datetime]],
) -> PastOrder:
    id_ = row.values["order_id"]
    return PastOrder(
        id=id_,
        customer=row.get("customer_id", found_in(customers, "customers.csv")),
        status=row.get("order_status", _read_status),
        purchased_at=row.get("order_purchase_timestamp", moment),
        approved_at=row.get("order_approved_at", optional_moment),
        carrier_at=row.get("order_delivered_carrier_date", optional_moment),
        delivered_at=row.get("order_delivered_customer_date", optional_moment),
        estimated_at=row.get("order_estimated_delivery_date", optional_moment),
        payments=tuple(sorted(payments.get(id_, []), key=lambda p: p.number)),
        ship_by=max((limit for _, _, limit in items), default=None),
        seller=min(items)[1] if items else None,
    )


def _sentences(problems: Iterable[RowProblem], left_out: int, strangers: int) -> Iterable[str]:
    """Say what is wrong, one sentence per unknown word however often it occurs."""
    words: dict[tuple[str, str, str], list[RowProblem]] = {}
    rows = []
    for problem in problems:
        if problem.expected.startswith("a known "):
            words.setdefault((problem.file, problem.column, problem.value), []).append(problem)
        else:
            rows.append(problem)
    if left_out:
        yield f"{left_out} orders were left out because a row of theirs cannot be read."
    for (file, column, value), same in words.items():
        yield (
            f"{file}, column {column}: {value!r} is not {same[0].expected}; it stands in "
            f"{len(same)} rows, first in line {same[0].line}. Those orders are left out: replace "
            "the word and restart the gateway."
        )
    yield from (str(p) for p in rows[:_LISTED])
    if len(rows) > _LISTED:
        yield f"{len(rows) - _LISTED} more rows cannot be read."
    if strangers:
        yield f"Rows of {strangers} orders that orders.csv does not have were passed over."
