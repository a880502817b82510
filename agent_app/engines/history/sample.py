"""Write the sample orders of the plain demo: invented, deterministic, in the history CSV form.

Nothing is taken from real histories: names are made up and every figure is drawn here. Only the
shape is Brazilian: cards that are approved in minutes, slips that are paid in days.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

SAMPLE_ORDERS = 300
_SEED = 2024
_DAYS = 75
_NEWEST = datetime(2024, 11, 20, 18, 0)  # noqa: DTZ001 (local time without zone, as in exports)
_STUCK_SHARE = 0.09
_CITIES = (
    ("sao paulo", "SP", 1),
    ("campinas", "SP", 13),
    ("rio de janeiro", "RJ", 20),
    ("belo horizonte", "MG", 30),
    ("salvador", "BA", 40),
    ("recife", "PE", 50),
    ("fortaleza", "CE", 60),
    ("manaus", "AM", 69),
    ("brasilia", "DF", 70),
    ("curitiba", "PR", 80),
    ("florianopolis", "SC", 88),
    ("porto alegre", "RS", 90),
)
_METHODS = ("credit_card", "boleto", "debit_card", "voucher")
_METHOD_SHARES = (74, 19, 3, 4)
_STUCK_STATUSES = ("created", "processing", "invoiced", "unavailable", "canceled")
_STUCK_SHARES = (10, 30, 20, 20, 20)

ORDERS = (
    "order_id",
    "customer_id",
    "order_status",
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)
PAYMENTS = (
    "order_id",
    "payment_sequential",
    "payment_type",
    "payment_installments",
    "payment_value",
)
CUSTOMERS = (
    "customer_id",
    "customer_unique_id",
    "customer_zip_code_prefix",
    "customer_city",
    "customer_state",
)
ITEMS = (
    "order_id",
    "order_item_id",
    "product_id",
    "seller_id",
    "shipping_limit_date",
    "price",
    "freight_value",
)


def write_sample(folder: Path, *, orders: int = SAMPLE_ORDERS, seed: int = _SEED) -> Path:
    """Write the four files and return the folder; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)  # noqa: S311 (a reproducible sample, no secret)
    sellers = [_Seller(_id(random, "s"), random.uniform(0.5, 1.6)) for _ in range(25)]
    sales = [_sale(random, sellers, _placed(random, i, orders)) for i in range(orders)]
    _write(folder / "orders.csv", ORDERS, [s.order for s in sales])
    _write(folder / "order_payments.csv", PAYMENTS, [p for s in sales for p in s.payments])
    _write(folder / "customers.csv", CUSTOMERS, [s.customer for s in sales])
    _write(folder / "order_items.csv", ITEMS, [i for s in sales for i in s.items])
    return folder


@dataclass(frozen=True, slots=True)
class _Seller:
    id: str
    pace: float
    """1 hands over at the usual speed, 2 takes twice as long."""


@dataclass(frozen=True, slots=True)
class _Sale:
    """One order's rows in the four files."""

    order: Sequence[object]
    payments: Sequence[Sequence[object]]
    customer: Sequence[object]
    items: Sequence[Sequence[object]]


def _id(random: Random, mark: str) -> str:
    return f"{mark}{random.getrandbits(60):015x}"


def _placed(random: Random, index: int, orders: int) -> datetime:
    """Spread purchases over the days, the last one at the very end."""
    if index == orders - 1:
        return _NEWEST
    age = timedelta(days=_DAYS * (1 - index / orders), minutes=random.uniform(-600, 0))
    return (_NEWEST - abs(age)).replace(microsecond=0)


def _sale(random: Random, sellers: Sequence[_Seller], placed: datetime) -> _Sale:
    order_id, customer_id = _id(random, "o"), _id(random, "c")
    seller = random.choice(sellers)
    method = random.choices(_METHODS, _METHOD_SHARES)[0]
    status = "delivered"
    if random.random() < _STUCK_SHARE:
        status = random.choices(_STUCK_STATUSES, _STUCK_SHARES)[0]
    minutes = random.lognormvariate(7.4, 0.5) if method == "boleto" else random.expovariate(1 / 40)
    approved = None if status == "created" else _at(placed, minutes / 1440)
    promise = random.choice((3, 4, 6, 6, 7, 10))
    limit = _at(approved, promise) if approved else None
    handover = random.lognormvariate(0.6, 0.6) * seller.pace
    transit = random.uniform(3, 14)
    carrier = _at(approved, handover) if approved and status == "delivered" else None
    delivered = _at(carrier, transit) if carrier else None
    # What would lie in the future of the newest order has not happened in the export.
    status, carrier, delivered = _until_export(status, approved, carrier, delivered)
    approved = approved if approved and approved <= _NEWEST else None
    estimate = _at(placed, promise + 18).replace(hour=0, minute=0, second=0)
    prices = [random.randint(1990, 39990) for _ in range(random.choice((1, 1, 1, 2)))]
    freight = random.randint(790, 2990)
    total = sum(prices) + freight * len(prices)
    items: list[list[object]] = []
    if limit is not None and approved is not None:
        items = [
            [order_id, n, _id(random, "p"), seller.id, limit, _money(price), _money(freight)]
            for n, price in enumerate(prices, 1)
        ]
    city, state, zone = random.choice(_CITIES)
    return _Sale(
        [order_id, customer_id, status, placed, approved, carrier, delivered, estimate],
        _payments(random, order_id, method, total),
        [customer_id, _id(random, "u"), f"{zone:02d}{random.randint(0, 999):03d}", city, state],
        items,
    )


def _payments(random: Random, order_id: str, method: str, total: int) -> list[list[object]]:
    if method == "credit_card" and random.random() < 0.05:
        part = total // 5
        return [
            [order_id, 1, "credit_card", 1, _money(total - part)],
            [order_id, 2, "voucher", 1, _money(part)],
        ]
    installments = random.choice((1, 1, 2, 3, 6, 10)) if method == "credit_card" else 1
    return [[order_id, 1, method, installments, _money(total)]]


def _until_export(
    status: str, approved: datetime | None, carrier: datetime | None, delivered: datetime | None
) -> tuple[str, datetime | None, datetime | None]:
    if approved is not None and approved > _NEWEST:
        return "created", None, None
    if carrier is not None and carrier > _NEWEST:
        return "processing", None, None
    if delivered is not None and delivered > _NEWEST:
        return "shipped", carrier, None
    return status, carrier, delivered


def _at(start: datetime, days: float) -> datetime:
    return (start + timedelta(days=days)).replace(microsecond=0)


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _write(path: Path, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    # newline="\n" on every system: the same bytes everywhere.
    with path.open("w", encoding="utf-8", newline="\n") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(["" if v is None else v for v in row] for row in rows)
