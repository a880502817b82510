"""A site under the kill loop: one database, one shop, gateways that come and go, and people."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent_app.domain.actions import CLOSED, ActionState
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.kills.ledger import Ledger, Row
from tests.kills.nest import Nest
from tests.kills.people import Person, Told
from tests.kills.trade import Trade
from tests.kills.zygote import Event, Order
from tests.processes import SandboxProcess

CALL_S = 0.5
"""How long the gateways wait for the shop: short, so that a dead worker is replaced soon."""
_SHORT_S, _LONG_S = (0.0, 0.8), (0.8, 2.5)
"""A life's length from when the gateway is ready: from before the first thing is sent until orders
were taken in. On a busy machine, where starts take longer than `_START_S`, so do lives."""
_START_S = 0.2
_SLOWEST = 6.0
_LONG = 0.3
_STARTS_S = (0.0, 0.12)
"""The same from its birth, for one that is killed while it starts."""
_KILLED_STARTING = 0.15
_ENDED = CLOSED | {ActionState.NEEDS_PERSON}
_PEOPLE = (("marta", Role.LEAD, False), ("luis", Role.LEAD, False), ("amina", Role.FINANCE, True))


@dataclass
class Deaths:
    """What the kills fell on. Safe to use from several threads."""

    total: int = 0
    starting: int = 0
    """Before the gateway was ready."""
    unknown: int = 0
    """While an action was in state unknown."""
    calling: int = 0
    """While a worker was in the middle of a step with such an action."""
    unrecorded: int = 0
    """After the provider had paid back, and before the gateway had written anything of it."""
    starts_s: list[float] = field(default_factory=list)
    """From birth to ready, of those that lived so long."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, start_s: float | None, left: Sequence[Row], paid: set[str]) -> None:
        with self._lock:
            self.total += 1
            if start_s is None:
                self.starting += 1
            else:
                self.starts_s.append(start_s)
            self.unknown += bool(left)
            self.calling += any(row.held for row in left)
            self.unrecorded += any(row.held and row.key in paid for row in left)


class Killed(threading.Thread):
    """One gateway that is started and killed again and again, `kills` times, and then lives on."""

    def __init__(self, site: Site, nest: Nest, kills: int, seed: int) -> None:
        super().__init__(name="killer", daemon=True)
        self.failure: BaseException | None = None
        self._site, self._nest, self._kills = site, nest, kills
        self._chance = random.Random(seed)
        self._slowness = 1.0

    def run(self) -> None:
        try:
            for _ in range(self._kills):
                self._live_and_die()
            self._site.start(self._nest)
        except BaseException as error:  # noqa: BLE001 - told by the thread that joins
            self.failure = error

    def _live_and_die(self) -> None:
        if self._chance.random() < _KILLED_STARTING:
            order = Order("live", self._site.arguments, after_birth_s=self._some(_STARTS_S))
        else:
            span = _LONG_S if self._chance.random() < _LONG else _SHORT_S
            life_s = self._some(span) * self._slowness
            order = Order("live", self._site.arguments, after_ready_s=life_s)
        born = self._nest.live(order)
        start_s = None
        while (event := self._nest.next_event()).what != "dead":
            self._site.living[self._nest] = event.address
            start_s = event.at - born.at
            self._slowness = min(max(start_s / _START_S, 1.0), _SLOWEST)
        self._site.living.pop(self._nest, None)
        self._site.check_end(self._nest, event, ready=start_s is not None)
        left = self._site.ledger.left_unknown()
        refs = {row.ref for row in left if row.held}
        paid = {e.key for ref in refs for e in self._site.shop.ledger(ref, "refund_accepted")}
        self._site.deaths.count(start_s, left, {key for key in paid if key})

    def _some(self, span: tuple[float, float]) -> float:
        return self._chance.uniform(*span)


class GatewayEndedError(Exception):
    """A gateway ended although nobody killed it."""


class Site:
    """Everything of one run but its length. `where` is a file, or a PostgreSQL address."""

    def __init__(
        self, folder: Path, shop: SandboxProcess, where: Path | str, call_s: float | None = CALL_S
    ) -> None:
        """Make the database. `call_s` is how long gateways wait for the shop; None: as usual."""
        self.shop, self.folder, self.where = shop, folder, where
        self.ledger = Ledger(where)
        self.deaths = Deaths()
        self.told = Told()
        self.tokens: dict[str, str] = {}
        self.living: dict[Nest, str] = {}
        """The addresses of the gateways that are ready now."""
        self.may_start_in_vain = False
        """Whether a gateway may find no database when it starts, and end."""
        self.arguments = ("--config", str(folder / "gateway.toml"), "serve", "--with-parent")
        (folder / "gateway.toml").write_text(
            f'port = 0\ndatabase = "{where}"\nwatch_every_s = 0.2\n\n[[shops]]\n'
            f'id = "sandbox"\nengine = "sandbox"\nurl = "{shop.base_url}"\n'
            + ("" if call_s is None else f"timeout_s = {call_s}\n"),
            "utf-8",
        )
        database = Database(where)
        with contextlib.closing(database), database.write() as connection:
            for name, role, _ in _PEOPLE:
                accounts.save_user(
                    connection, accounts.User(UserId(name), name.title(), role, disabled=False)
                )
                token = accounts.issue_token(connection, UserId(name), datetime.now(UTC))
                self.tokens[name] = token

    def address(self) -> str | None:
        """Return the address of a gateway that lives, any of them."""
        living = list(self.living.values())
        return random.choice(living) if living else None

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the people work for the block."""
        people = [
            Person(name, self.tokens[name], self.address, self.told, approves=approves)
            for name, _, approves in _PEOPLE
        ]
        for person in people:
            person.start()
        try:
            yield
        finally:
            for person in people:
                person.stop()

    def start(self, nest: Nest) -> Event:
        """Start a gateway that nobody kills by chance; return its being ready.

        Raises:
            GatewayEndedError: it was not ready before it ended.
        """
        nest.live(Order("live", self.arguments))
        while (event := nest.next_event()).what != "ready":
            self.check_end(nest, event, ready=False)
            nest.live(Order("live", self.arguments))
        self.living[nest] = event.address
        return event

    def check_end(self, nest: Nest, event: Event, *, ready: bool) -> None:
        """Let pass that a gateway was killed, or could not begin where that may be.

        Raises:
            GatewayEndedError: it ended although nobody killed it.
        """
        in_vain = self.may_start_in_vain and not ready and event.code > 0
        if event.code != -9 and not in_vain:
            said = nest.errors.read_text("utf-8", "replace")[-4000:]
            raise GatewayEndedError(f"a gateway ended by itself with {event.code}\n{said}")

    def kill(self, nests: Sequence[Nest], kills: int, seed: int) -> None:
        """Kill the gateways so many times altogether; at the end each lives.

        Raises:
            GatewayEndedError, NestFailedError: a gateway or its parent did what nobody asked for.
        """
        each, more = divmod(kills, len(nests))
        slots = [
            Killed(self, nest, each + (place < more), seed + place)
            for place, nest in enumerate(nests)
        ]
        for slot in slots:
            slot.start()
        for slot in slots:
            slot.join()
            if slot.failure is not None:
                raise slot.failure

    def settle(self, trade: Trade, within_s: float) -> None:
        """Wait until all is done and every action has ended, or for so long nothing more was."""
        left: tuple[int, int] | None = None
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            open_ones = sum(row.state not in _ENDED for row in self.ledger.all())
            now_left = (open_ones, len(trade.unfinished()))
            if now_left == (0, 0):
                return
            if now_left != left:
                left, end = now_left, time.monotonic() + within_s
            time.sleep(0.5)
