"""The shop's side of the loop: a sandbox that makes unreturned orders, and faults in its way."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from agent_app.engines.sandbox.documents import LedgerEntry, Sale
from agent_app.engines.sandbox.world import Truth
from tests.kills.judge import Books, is_done
from tests.processes import SandboxProcess

SLOW_S = 1.3
"""A slow answer: longer than the gateways of the loop wait for one."""
_CAUSES = {"S5": 8, "S1": 3, "S9": 2, "N5": 3, "U1": 3, "U2": 2, "U4": 4, "U3": 2}
"""Causes whose remedies are every kind of action at the shop, to how many of 27 orders have them:
refund, complete, restore, capture, refund of one of two, resync and void, message, input."""
_POST_FAULTS = {
    "drop_before": 4,
    "drop_after": 6,
    "error_before": 2,
    "error_after": 3,
    "late": 3,
    "apply_late": 2,
    "throttle": 1,
    "garbage": 1,
    "half": 1,
}


@dataclass(frozen=True, slots=True)
class Engine:
    """How the shop behaves. Without keys it does again whatever it is sent again."""

    keys: bool
    query_lag_s: float
    processing_s: float = 0.4

    @property
    def label(self) -> str:
        return "with keys" if self.keys else f"no keys, queries lag {self.query_lag_s:g} s"


@dataclass(frozen=True, slots=True)
class Pace:
    """How much comes at once, and how slowly the shop answers a command that it has done."""

    at_once: int = 8
    """Orders that are made together."""
    outstanding: int = 24
    """Unresolved orders from which on no more are made."""
    faults: int = 5
    """How many commands go wrong meanwhile; eight orders need some 20, messages included."""
    takes_s: float = 0.15
    causes: Mapping[str, int] = field(default_factory=lambda: _CAUSES)
    wrongs: Mapping[str, int] = field(default_factory=lambda: _POST_FAULTS)


USUAL = Pace()
HURRIED = Pace(
    at_once=3,
    outstanding=9,
    faults=3,
    takes_s=0.05,
    causes={"S5": 1},
    wrongs={"drop_after": 1, "error_after": 1},
)
"""Refunds that are done and not answered, few enough to be asked about at once: for the control."""


_LEARNT = [msgspec.json.Decoder(of) for of in (list[Truth], list[LedgerEntry], Sale)]
"""msgspec must not meet a type for the first time in two threads at once (agent_app.typed_json)."""

WITH_KEYS = Engine(keys=True, query_lag_s=0.0)
WITHOUT_KEYS = Engine(keys=False, query_lag_s=0.4)


class Trade(threading.Thread):
    """Seeds orders as people get through with them, and lets requests go wrong, until `close`."""

    def __init__(
        self,
        shop: SandboxProcess,
        engine: Engine,
        pace: Pace,
        seed: int,
        resolved: Callable[[], int],
    ) -> None:
        super().__init__(name="trade", daemon=True)
        self.shop = shop
        self.truths: list[Truth] = []
        self._resolved = resolved
        self._engine, self._pace = engine, pace
        self._chance = random.Random(seed)
        self._closed = threading.Event()

    def open(self) -> None:
        """Set how the shop behaves, and begin."""
        self.shop.faults(
            settings={
                "keys": self._engine.keys,
                "query_lag_s": self._engine.query_lag_s,
                "processing_s": self._engine.processing_s,
                "refund_latency_s": 0.2,
                "requests_per_s": 1000,
            }
        )
        self.start()

    def run(self) -> None:
        while not self._closed.wait(0.1):
            if len(self.truths) - self._resolved() >= self._pace.outstanding:
                continue
            self._let_go_wrong()
            of = self._pace.causes
            causes = self._chance.choices(list(of), list(of.values()), k=self._pace.at_once)
            self.truths += self.shop.seed(*causes)
            # A few at a time: a gateway takes in whole what changed since it last looked.
            self._closed.wait(1.0)

    def close(self) -> None:
        """Make no more orders and let nothing more go wrong."""
        self._closed.set()
        self.join()
        self.shop.faults(clear=True)

    def books(self) -> Books:
        """Return what really happened to all orders so far."""
        return books_of(self.shop, self.truths)

    def unfinished(self) -> list[Truth]:
        """Return the orders for which not everything was done yet."""
        books = self.books()
        return [truth for truth in self.truths if not is_done(truth, books)]

    def _let_go_wrong(self) -> None:
        of = self._pace.wrongs
        kinds = self._chance.choices(list(of), list(of.values()), k=self._pace.faults)
        rules: list[dict[str, object]] = []
        for kind in kinds:
            rule: dict[str, object] = {"what": kind, "method": "POST", "path": self._some_verb()}
            seconds = {"late": SLOW_S, "apply_late": 0.2, "throttle": 0.3}.get(kind)
            rules.append(rule if seconds is None else {**rule, "seconds": seconds})
        if self._chance.random() < 0.3:
            rules.append({"what": "error_before", "method": "GET", "path": "/provider/payments"})
        takes_s = self._pace.takes_s
        usual = {"what": "late", "method": "POST", "path": "/orders/*", "seconds": takes_s}
        self.shop.faults(*rules, {**usual, "times": None}, clear=True)

    def _some_verb(self) -> str:
        return self._chance.choice(["/orders/*", "/orders/*/refund", "/orders/*/refund"])


def books_of(shop: SandboxProcess, truths: list[Truth]) -> Books:
    """Read the provider's ledger and the shop's books of these sales."""
    movements: dict[str, list[LedgerEntry]] = defaultdict(list)
    entries = shop.get("/provider/ledger")["entries"]
    for entry in msgspec.convert(entries, list[LedgerEntry]):
        movements[entry.reference].append(entry)
    return Books(movements, {t.reference: shop.books(t.reference) for t in truths})
