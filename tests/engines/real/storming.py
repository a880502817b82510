"""A storm of refunds: many people ask for the same money back while everything between breaks.

The gateway is a real process that is killed in the middle of refunds and started again; before the
shop stands a network that loses requests and answers; the shop loses its provider's answers. What
counts is the provider's own books.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from agent_app.domain.ids import OrderRef
from tests.engines.real.people import Client, Life, Seen
from tests.engines.real.proxy import Fault, FaultProxy, Rule
from tests.engines.real.trade import Made, Trade, Way
from tests.promises.real_session import configuration, real_shop, trade_of

WAY = {"medusa": Way.PAID_TWICE, "vendure": Way.CANCELLED_PAID}
"""Captured orders whose money has to go back."""
REFUND = {"medusa": ("/refund", ""), "vendure": ("", "refundOrder")}
"""What a refund looks like on the wire: in the path, or in the body."""
MAKERS = {"medusa": 3, "vendure": 1}
"""Orders made at once. Vendure on SQLite forgets a basket's shipping when two are filled."""
_STANDSTILL_S = 180.0


def weather(shop: str) -> list[Rule]:
    """Return what happens to refunds, and now and then to anything else, on their way."""
    path, body = REFUND[shop]
    return [
        Rule(Fault.LOSE_ANSWER, "POST", path, body, chance=0.20),
        Rule(Fault.LOSE_REQUEST, "POST", path, body, chance=0.15),
        Rule(Fault.BAD_GATEWAY, "POST", path, body, chance=0.10),
        Rule(Fault.RESET, "POST", path, body, chance=0.10),
        Rule(Fault.LATE, "POST", path, body, chance=0.30, delay_s=1.0),
        Rule(Fault.LOSE_ANSWER, chance=0.01),
    ]


@dataclass(frozen=True, slots=True)
class Ended:
    """One order after the storm, by the provider's books and by what the gateway says."""

    made: Made
    payouts: tuple[int, ...]
    actions: tuple[str, ...] = ()
    """The states of the gateway's refunds of it; none where it was not asked."""

    @property
    def once(self) -> bool:
        return self.payouts == (self.made.total_minor,)

    @property
    def told_once(self) -> bool:
        return self.actions.count("confirmed") == 1


def make(trade: Trade, way: Way, orders: int) -> list[Made]:
    """Make so many captured orders."""
    return make_all(trade, [way] * orders)


def make_all(trade: Trade, ways: Sequence[Way]) -> list[Made]:
    """Make one order in each of these ways."""
    with ThreadPoolExecutor(MAKERS[trade.name]) as pool:
        return list(pool.map(trade.make, ways))


@contextlib.contextmanager
def broken(trade: Trade) -> Iterator[None]:
    """Let the shop be slow before its provider and lose half of its answers for the block."""
    trade.slow_refunds(0.3)
    trade.lose_refund_answers(2)
    try:
        yield
    finally:
        trade.slow_refunds(0.0)
        trade.lose_refund_answers(0)


def through_gateway(
    state: Mapping[str, Any], folder: Path, *, orders: int, at_once: int, kills: int, seed: int
) -> tuple[list[Ended], Seen]:
    """Storm the gateway; return how each order ended.

    Raises:
        TimeoutError: the gateway did not flag the orders, or did not answer.
    """
    name, seen = str(state["name"]), Seen()
    trade = trade_of(name, state)
    people = [f"lead{number}" for number in range(at_once)]
    with contextlib.ExitStack() as stack:
        stack.callback(trade.close)
        proxy = stack.enter_context(FaultProxy(str(state["url"]), seed))
        shop = real_shop(name, {**state, "url": proxy.url})
        shop = replace(shop, table={**shop.table, "timeout_s": 6.0})
        life = Life(folder, configuration(folder, [shop]), people, seen)
        life.start()
        stack.callback(life.stop)
        mine = make(trade, WAY[name], orders)
        windows = _windows(life, people, seen, stack)
        cases = _flagged(windows[0][0], name, mine)
        proxy.set(*weather(name))
        with broken(trade), _killed(life, proxy, REFUND[name], kills, seed, seen) as killed:
            _everybody(windows, [cases[one.ref] for one in mine], rounds=1)
            _until_settled(windows, [cases[one.ref] for one in mine], killed)
        proxy.set()
        seen.faults.update(str(p.fault) for p in proxy.take() if p.fault)
        ended = [
            Ended(
                one,
                tuple(p.amount_minor for p in trade.payouts(one.ref)),
                windows[0][0].refunds(cases[one.ref]),
            )
            for one in mine
        ]
        return ended, seen


def directly(state: Mapping[str, Any], *, orders: int, at_once: int, seed: int) -> list[Ended]:
    """Storm the shop's own API in the same weather: each asks, and asks again if it failed."""
    name = str(state["name"])
    trade = trade_of(name, state)
    with contextlib.ExitStack() as stack:
        stack.callback(trade.close)
        mine = make(trade, Way.HEALTHY, orders)
        proxy = stack.enter_context(FaultProxy(str(state["url"]), seed))
        outside = trade_of(name, {**state, "url": proxy.url})
        stack.callback(outside.close)
        proxy.set(*weather(name)[:-1])

        def click(one: Made) -> None:
            for _ in range(2):
                with contextlib.suppress(httpx.HTTPError, RuntimeError, ValueError):
                    said = outside.refund_directly(one.ref, one.total_minor)
                    if not (said.startswith("5") or "errors" in said):
                        return

        pool = stack.enter_context(ThreadPoolExecutor(at_once))
        with broken(trade):
            for one in mine:
                list(pool.map(click, [one] * at_once))
        return [Ended(one, tuple(p.amount_minor for p in trade.payouts(one.ref))) for one in mine]


Window = tuple[Client, int]


def _windows(
    life: Life, people: Sequence[str], seen: Seen, stack: contextlib.ExitStack
) -> list[Window]:
    """Return one window of each person's desk."""
    opened = []
    for number, name in enumerate(people):
        client = Client(life.url, life.tokens[name], seen)
        stack.callback(client.close)
        opened.append((client, number))
    return opened


def _flagged(client: Client, shop: str, mine: Sequence[Made]) -> dict[OrderRef, str]:
    refs, end = {one.ref for one in mine}, time.monotonic() + 120
    while time.monotonic() < end:
        cases = client.cases(shop)
        if refs <= cases.keys():
            return {ref: cases[ref] for ref in refs}
        time.sleep(1)
    raise TimeoutError(f"{len(refs - cases.keys())} of {len(refs)} orders were not flagged")


def _everybody(windows: Sequence[Window], cases: Sequence[str], rounds: int) -> None:
    """Let all ask for each case at the same moment; half of them are one and the same person."""
    gate = threading.Barrier(len(windows))
    clients = [client for client, _ in windows]

    def run(number: int) -> None:
        for place, case in enumerate(list(cases) * rounds):
            holder = clients[place % len(clients)]
            gate.wait(300)
            (holder if number % 2 == 0 else clients[number]).refund(case)

    with ThreadPoolExecutor(len(windows)) as pool:
        list(pool.map(run, range(len(windows))))


def _until_settled(
    windows: Sequence[Window], cases: Sequence[str], killed: threading.Event
) -> list[str]:
    """Go on asking for what is not paid back yet; return what stays so.

    Given up is when the last kill is over and nothing came further for a while: how long all of
    them take is the shop's affair, and the machine's.
    """
    left, before = list(cases), Counter[str]()
    moved_at = time.monotonic()
    client = windows[0][0]
    while left and time.monotonic() < moved_at + _STANDSTILL_S:
        states = {case: client.refunds(case) for case in left}
        left = [case for case in left if not _settled(states[case])]
        now = Counter(f"{case} {state}" for case in left for state in states[case])
        if now != before or not killed.is_set():
            moved_at, before = time.monotonic(), now
        if left:
            _everybody(windows, left, rounds=1)
            time.sleep(1)
    return left


def _settled(refunds: Sequence[str]) -> bool:
    return bool({"confirmed", "needs_person"} & set(refunds))


@contextlib.contextmanager
def _killed(
    life: Life, proxy: FaultProxy, refund: tuple[str, str], kills: int, seed: int, seen: Seen
) -> Iterator[threading.Event]:
    """Kill the gateway so many times during the block, mostly while a refund is on its way.

    The event is set after the last kill.
    """
    killed = threading.Event()
    over, chance = threading.Event(), random.Random(seed)
    failure: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(kills):
                if over.wait(chance.uniform(1.0, 3.0)):
                    return
                _wait(lambda: over.is_set() or proxy.flies(*refund), 10)
                over.wait(chance.uniform(0.0, 0.4))
                seen.in_flight += proxy.flies(*refund)
                life.kill()
                seen.kills += 1
                life.start()
        except BaseException as error:  # noqa: BLE001 - raised by the thread that waits
            failure.append(error)
        finally:
            killed.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
    if failure:
        raise failure[0]


def _wait(holds: Callable[[], bool], within_s: float) -> None:
    end = time.monotonic() + within_s
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
