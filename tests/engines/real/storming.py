"""A storm of refunds: many people ask for the same money back while everything between breaks.

The gateway is a real process that is killed in the middle of refunds and started again; before the
shop stands a network that loses requests and answers; the shop loses its provider's answers. What
counts is the provider's own books.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from agent_app.domain.ids import OrderRef, UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database
from tests.engines.real.background import free_port
from tests.engines.real.proxy import Fault, FaultProxy, Rule
from tests.engines.real.trade import Made, Trade, Way
from tests.processes import Program
from tests.promises.real_session import configuration, real_shop, trade_of

WAY = {"medusa": Way.PAID_TWICE, "vendure": Way.CANCELLED_PAID}
"""Captured orders whose money has to go back."""
REFUND = {"medusa": ("/refund", ""), "vendure": ("", "refundOrder")}
"""What a refund looks like on the wire: in the path, or in the body."""
MAKERS = {"medusa": 3, "vendure": 1}
"""Orders made at once. Vendure on SQLite forgets a basket's shipping when two are filled."""
_CALL_S, _PATIENCE_S = 10.0, 30.0
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


@dataclass
class Seen:
    """What the storm was like. Safe to use from several threads."""

    kills: int = 0
    in_flight: int = 0
    """Kills while a refund was on its way to the shop or back."""
    answers: Counter[str] = field(default_factory=Counter)
    """What people were told, by the problem's kind or `202`."""
    faults: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    """What the gateways logged as an error, and answers that must not be."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, what: str) -> None:
        with self.lock:
            self.answers[what] += 1


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


class Life:
    """A gateway process that is killed and started again at the same address and database."""

    def __init__(self, folder: Path, config: str, people: Sequence[str], seen: Seen) -> None:
        self.port, self._seen, self._folder = free_port(), seen, folder
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "gateway.toml").write_text(
            config.replace("port = 0", f"port = {self.port}"), "utf-8"
        )
        self.tokens = _people(folder / "gateway.db", people)
        self._program: Program | None = None

    def start(self) -> None:
        self._program = Program(
            "agent_app.gateway",
            "--config", str(self._folder / "gateway.toml"), "serve", "--with-parent",
            ready="gateway ",
        )  # fmt: skip

    def kill(self) -> None:
        assert self._program is not None
        self._note_errors(self._program)
        self._program.kill()

    def stop(self) -> None:
        if self._program is not None and self._program.process.poll() is None:
            self._note_errors(self._program)
            self._program.stop()

    def _note_errors(self, program: Program) -> None:
        told = [line for line in program.errors().splitlines() if '"level":"error"' in line]
        with self._seen.lock:
            self._seen.errors += told


def _people(database: Path, names: Sequence[str]) -> dict[str, str]:
    opened, tokens = Database(database), {}
    with contextlib.closing(opened), opened.write() as connection:
        for name in names:
            user = accounts.User(UserId(name), name.title(), Role.LEAD, disabled=False)
            accounts.save_user(connection, user)
            tokens[name] = accounts.issue_token(connection, user.id, datetime.now(UTC))
    return tokens


class Client:
    """One window of one person's desk; its requests are repeated until they are answered."""

    _numbers = itertools.count(1)

    def __init__(self, url: str, token: str, seen: Seen) -> None:
        self._seen = seen
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_CALL_S * 3,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask until it is answered, under one key.

        Raises:
            TimeoutError: nobody answered for so long.
        """
        key = f"storm-{next(self._numbers)}"
        end = time.monotonic() + _PATIENCE_S * 2
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                answer = self._http.request(
                    method, path, json=body, headers={"Idempotency-Key": key}
                )
                if answer.status_code == 500:
                    with self._seen.lock:
                        self._seen.errors.append(f"{method} {path}: 500 {answer.text[:200]}")
                if answer.status_code < 500 and "in-progress" not in answer.text[:200]:
                    return answer
            time.sleep(0.2)
        raise TimeoutError(f"{method} {path} was not answered for {2 * _PATIENCE_S:g} s")

    def cases(self, shop: str) -> dict[OrderRef, str]:
        """Return the open cases of a shop: order to case."""
        found: dict[OrderRef, str] = {}
        path: str | None = "/v1/cases?queue=team&limit=200"
        while path is not None:
            page = self.ask("GET", path).json()
            found |= {OrderRef(r["ref"]): r["id"] for r in page["rows"] if r["shop"] == shop}
            following = page.get("next")
            path = f"/v1/cases?queue=team&limit=200&cursor={following}" if following else None
        return found

    def refund(self, case: str) -> None:
        """Claim and ask for all the money back, as one who does not believe the first answer."""
        self.ask("POST", f"/v1/cases/{case}/claim")
        body = {"kind": "refund", "reason": "wants it back"}
        for _ in range(2):
            answer = self.ask("POST", f"/v1/cases/{case}/actions", body)
            told = _told(answer)
            self._seen.tell(told)
            if "stale" not in told and "verif" not in told:
                return
            self.ask("POST", f"/v1/cases/{case}/recheck")

    def refunds(self, case: str) -> tuple[str, ...]:
        """Return the states of the refunds that the gateway recorded."""
        said = self.ask("GET", f"/v1/cases/{case}").json()
        records = [action["record"] for action in said.get("actions", ())]
        return tuple(r["state"] for r in records if r["kind"] == "refund")


def _told(answer: httpx.Response) -> str:
    if answer.status_code < 400:
        return str(answer.status_code)
    problem = answer.json()
    return " ".join([str(problem["type"]).rpartition(":")[2], *problem.get("why", ())])


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
