"""Acts at Medusa's side alone, as the joined shop would let them go, and what came of them."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import OrderRef, PaymentId, ShopId
from agent_app.domain.money import Money
from agent_app.engines.joined.store import StoreLook, StorePayment
from agent_app.engines.medusa.store import MedusaStore
from agent_app.engines.port import Command, EngineError, Receipt
from tests.engines.medusa.kit import MedusaTrade

_COUNT = itertools.count(1)


def store_at(trade: MedusaTrade, url: str = "", **keys: str) -> MedusaStore:
    given = {name: trade.state[name] for name in ("secret_key", "publishable_key")} | keys
    return MedusaStore(
        url or trade.base_url, ShopId("medusa"), captures="at_once", use_proxies=False, **given
    )


def command(kind: ActionKind, ref: OrderRef, minor: int | None = None, note: str = "") -> Command:
    key = "aa-" + hashlib.sha256(f"{ref} {next(_COUNT)}".encode()).hexdigest()[:40]
    amount = Money(minor, "EUR") if minor is not None else None
    return Command(kind, ref, key, None, amount, note)


def act(store: MedusaStore, what: Command, look: StoreLook | None = None) -> Receipt:
    """Look, and carry out on the order's payment that has a row, as the joined shop does."""
    look = look or store.look(what.order)
    payment = look.payments[0] if look.payments else None
    named = PaymentId(payment.payment_id) if payment else None
    whole = Command(what.kind, what.order, what.key, named, what.amount, what.note)
    return store.perform(whole, look, payment)


def only(look: StoreLook) -> StorePayment:
    (payment,) = look.payments
    return payment


def minor_paid_back(trade: MedusaTrade, ref: OrderRef) -> list[int]:
    return sorted(payout.amount_minor for payout in trade.payouts(ref))


def together(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at the same time; return what each gave or raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        gate.wait()
        try:
            return call()
        except EngineError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def look_until(store: MedusaStore, ref: OrderRef, wanted: Callable[[StoreLook], bool]) -> StoreLook:
    for _ in range(50):
        look = store.look(ref)
        if wanted(look):
            return look
    raise AssertionError("it never came")
