"""The worker: a thread per shop that carries recorded actions out. `carrier` has the rule of it.

The workers of all gateway processes share one ledger; an action is carried by whoever holds it.
"""

from __future__ import annotations

import threading
import time

import structlog

from agent_app.domain.ids import ShopId
from agent_app.engines.port import Reading
from agent_app.gateway import casework
from agent_app.gateway.carrier import Carrier, straight_through
from agent_app.gateway.clock import Clock
from agent_app.gateway.sql_ledger import ShopLine, SqlLedger
from agent_app.gateway.sql_ledger import case_state_after as case_state_after
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()

_IDLE_S = 1.0
_STOP_WITHIN_S = 5.0
"""How long a stop waits for calls that are on their way; what they answer is found out later."""


class Worker:
    """Carries out the ledger's actions. `run_once` does all that is due now.

    `start` gives each shop a thread of its own: one that hangs holds up nobody else's actions.
    """

    def __init__(self, database: Database, desk: casework.Desk, clock: Clock) -> None:
        self._desk = desk
        self._carrier: Carrier[Reading] = Carrier(
            SqlLedger(database, desk, clock),
            {name: ShopLine(shop) for name, shop in desk.shops.items()},
            clock,
        )
        self._wake = {shop: threading.Event() for shop in desk.shops}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for shop in self._desk.shops:
            thread = threading.Thread(
                target=self._run, args=(shop,), name=f"worker-{shop}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self, within_s: float = _STOP_WITHIN_S) -> None:
        """Stop after the moves that are running; what is not finished is parked in the ledger.

        A shop that hangs is not waited for any longer than `within_s`: its action is in `unknown`,
        and is found out like one whose worker was killed.
        """
        self._stopping.set()
        self.wake()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                _log.warning("worker_left_behind", thread=thread.name)

    def wake(self) -> None:
        """Look at once: an action was recorded."""
        for event in self._wake.values():
            event.set()

    def run_once(self, shop: ShopId | None = None) -> int:
        """Take every due action, of one shop or of all, further; return how many moves that was.

        Actions of a shop that is no longer configured stay where they are.
        """
        shops = [shop] if shop is not None else list(self._desk.shops)
        moves = 0
        while not self._stopping.is_set() and straight_through(self._carrier.carry_one(shops)):
            moves += 1
        return moves

    def _run(self, shop: ShopId) -> None:
        while not self._stopping.is_set():
            try:
                self.run_once(shop)
            except Exception:  # noqa: BLE001 - the loop must outlive any one action
                # Our fault, not the shop's: the action keeps its state and is taken again later.
                _log.exception("worker_round_failed", shop=shop)
            self._wake[shop].wait(_IDLE_S)
            self._wake[shop].clear()
