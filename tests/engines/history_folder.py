"""A small folder of histories for the tests of the history shop, and how they look at it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.ids import OrderRef, ShopId
from agent_app.engines.history import HistoryShop, open_history
from agent_app.engines.port import Reading

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


def write_folder(folder: Path) -> Path:
    """Write four good files."""
    for name, text in (
        ("orders", ORDERS),
        ("order_payments", PAYMENTS),
        ("customers", CUSTOMERS),
        ("order_items", ITEMS),
    ):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def opened(folder: Path, *, anchor: datetime = ANCHOR, now: datetime | None = None) -> HistoryShop:
    return open_history(folder, ShopId("h"), anchor, clock=lambda: now or anchor)


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / f"{file}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def read(shop: HistoryShop, ref: str) -> Reading:
    reading = shop.read(OrderRef(ref))
    assert reading.order is not None
    return reading


def changed(shop: HistoryShop, cursor: str | None = None) -> tuple[set[str], str]:
    seen: set[str] = set()
    while True:
        page = shop.changes(cursor, 2)
        assert len(page.readings) <= 2
        seen |= {r.order.ref for r in page.readings if r.order}
        cursor = page.cursor
        if not page.more:
            return seen, cursor
