"""Promise: the simulation's ledger and the database's keep one contract, on SQLite and PostgreSQL.

Named promises first; then random sequences of operations, which both must answer alike.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Protocol

import pytest
from sqlalchemy.engine import Connection

from agent_app.domain.actions import ActionKind, ActionRecord, ActionState
from agent_app.domain.ids import ActionId, CaseId, OrderRef, ShopId, UserId
from agent_app.domain.ledger import Attempt
from agent_app.engines.port import Command
from agent_app.gateway.store import action_rows
from agent_app.gateway.store.action_rows import AlreadyOpen, LostLease, StoredAction
from agent_app.gateway.store.database import Database
from tests import postgres
from tests.simulation.rows import Rows
from tests.simulation.timeline import BEGINNING as NOW
from tests.simulation.world_parts import SHOP

LEASE = timedelta(seconds=30)
LEASES = {SHOP: LEASE}


class LedgerRows(Protocol):
    """What both are held to."""

    def add(self, action: StoredAction, intent: int, request: str | None) -> None: ...
    def intents(self, shop: ShopId, ref: OrderRef, kind: str) -> int: ...
    def save(self, action: StoredAction, *, fenced: bool = True, release: bool = False) -> None: ...
    def is_due(self, now: datetime, shops: list[ShopId]) -> bool: ...
    def take_due(
        self, now: datetime, leases: Mapping[ShopId, timedelta]
    ) -> StoredAction | None: ...
    def end_leases(self, now: datetime) -> None: ...
    def ask_now(self, case: CaseId, now: datetime) -> None: ...
    def get(self, action: ActionId) -> StoredAction | None: ...
    def of_request(self, request: str) -> StoredAction | None: ...


class DatabaseRows:
    """The rows of `action_rows`, in one transaction that is never committed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, action: StoredAction, intent: int, request: str | None) -> None:
        # The gateway gives the whole transaction up; here it goes on.
        with self._connection.begin_nested():
            action_rows.add(self._connection, action, intent, request)

    def intents(self, shop: ShopId, ref: OrderRef, kind: str) -> int:
        return action_rows.intents(self._connection, shop, ref, kind)

    def save(self, action: StoredAction, *, fenced: bool = True, release: bool = False) -> None:
        action_rows.save(self._connection, action, fenced=fenced, release=release)

    def is_due(self, now: datetime, shops: list[ShopId]) -> bool:
        return action_rows.is_due(self._connection, now, shops)

    def take_due(self, now: datetime, leases: Mapping[ShopId, timedelta]) -> StoredAction | None:
        return action_rows.take_due(self._connection, now, leases)

    def end_leases(self, now: datetime) -> None:
        action_rows.end_leases(self._connection, now)

    def ask_now(self, case: CaseId, now: datetime) -> None:
        action_rows.ask_now(self._connection, case, now)

    def get(self, action: ActionId) -> StoredAction | None:
        return action_rows.get(self._connection, action)

    def of_request(self, request: str) -> StoredAction | None:
        return action_rows.of_request(self._connection, request)


Opened = Callable[[], contextlib.AbstractContextManager[LedgerRows]]


class _Undone(Exception):
    pass


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    where: Path | str = tmp_path_factory.mktemp("contract") / "gateway.db"
    if request.param == "postgresql":
        try:
            where = postgres.server().migrated()
        except postgres.NoPostgresError as error:
            pytest.skip(str(error))
    opened = Database(where)
    yield opened
    opened.close()


@contextlib.contextmanager
def in_database(database: Database) -> Iterator[DatabaseRows]:
    with contextlib.suppress(_Undone), database.write() as connection:
        yield DatabaseRows(connection)
        raise _Undone


@pytest.fixture(params=["memory", "database"])
def rows(request: pytest.FixtureRequest, database: Database) -> Iterator[LedgerRows]:
    if request.param == "memory":
        yield Rows()
        return
    with in_database(database) as opened:
        yield opened


def action(
    name: str,
    kind: ActionKind = ActionKind.REFUND,
    *,
    order: str = "R0",
    due: datetime | None = NOW,
    state: ActionState = ActionState.PREPARED,
) -> StoredAction:
    record = ActionRecord(ActionId(name), kind, state, f"key-{name}", UserId("chen"), NOW)
    return StoredAction(
        record=record,
        attempt=Attempt(kind, state, NOW),
        command=Command(kind, OrderRef(order), record.key),
        case=CaseId(order),
        shop=SHOP,
        requested_by_name="Chen",
        next_try_at=due,
    )


def moved(stored: StoredAction, state: ActionState, at: datetime = NOW) -> StoredAction:
    attempt = replace(stored.attempt, state=state, tries=stored.attempt.tries + 1, sent_at=at)
    return stored.moved(attempt, at)


def test_who_holds_an_action_keeps_others_out_until_the_lease_ends(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    held = rows.take_due(NOW, LEASES)
    assert held is not None
    assert not held.interrupted
    just_before = NOW + LEASE - timedelta(microseconds=1)
    assert rows.take_due(just_before, LEASES) is None
    assert not rows.is_due(just_before, [SHOP])
    taken_over = rows.take_due(NOW + LEASE, LEASES)
    assert taken_over is not None
    assert taken_over.interrupted
    assert taken_over.fence == held.fence + 1


def test_who_was_overtaken_writes_nothing(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    first = rows.take_due(NOW, LEASES)
    second = rows.take_due(NOW + LEASE, LEASES)
    assert first is not None
    assert second is not None
    with pytest.raises(LostLease):
        rows.save(moved(first, ActionState.UNKNOWN), release=True)
    rows.save(moved(second, ActionState.UNKNOWN), release=True)
    stored = rows.get(ActionId("A"))
    assert stored is not None
    assert (stored.record.state, stored.attempt.tries) == (ActionState.UNKNOWN, 1)


def test_what_is_given_back_was_not_interrupted(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    held = rows.take_due(NOW, LEASES)
    assert held is not None
    rows.save(moved(held, ActionState.UNKNOWN))
    assert rows.take_due(NOW, LEASES) is None, "it was kept"
    rows.save(moved(held, ActionState.UNKNOWN), release=True)
    again = rows.take_due(NOW, LEASES)
    assert again is not None
    assert not again.interrupted


def test_a_persons_word_takes_it_from_the_worker(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    held = rows.take_due(NOW, LEASES)
    assert held is not None
    known = rows.get(ActionId("A"))
    assert known is not None
    rows.save(moved(known, ActionState.UNKNOWN), fenced=False)
    with pytest.raises(LostLease):
        rows.save(moved(held, ActionState.UNKNOWN), release=True)
    assert rows.take_due(NOW, LEASES) is not None


def test_one_money_action_of_an_order_is_open(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    with pytest.raises(AlreadyOpen):
        rows.add(action("B", ActionKind.RESUBMIT), 0, None)
    rows.add(action("C", ActionKind.NOTIFY), 0, None)
    rows.add(action("D", ActionKind.RESUBMIT, order="R1"), 0, None)
    held = rows.take_due(NOW, LEASES)
    assert held is not None
    rows.save(moved(held, ActionState.REJECTED), release=True)
    rows.add(action("B", ActionKind.RESUBMIT), 0, None)


def test_one_intent_and_one_request_make_one_action(rows: LedgerRows) -> None:
    rows.add(action("A", ActionKind.NOTIFY), 0, "chen:1")
    assert rows.intents(SHOP, OrderRef("R0"), ActionKind.NOTIFY) == 1
    with pytest.raises(AlreadyOpen):
        rows.add(action("B", ActionKind.NOTIFY), 0, None)
    with pytest.raises(AlreadyOpen):
        rows.add(action("C", ActionKind.NOTIFY), 1, "chen:1")
    found = rows.of_request("chen:1")
    assert found is not None
    assert found.id == "A"
    assert rows.of_request("chen:2") is None


def test_a_gateway_that_is_gone_holds_nothing(rows: LedgerRows) -> None:
    rows.add(action("A"), 0, None)
    assert rows.take_due(NOW, LEASES) is not None
    rows.end_leases(NOW + timedelta(seconds=1))
    found = rows.take_due(NOW + timedelta(seconds=1), LEASES)
    assert found is not None
    assert found.interrupted


Operation = Callable[[LedgerRows, Random, datetime, dict[str, StoredAction]], object]


def _add(rows: LedgerRows, chance: Random, now: datetime, _: dict[str, StoredAction]) -> object:
    kind = chance.choice((ActionKind.REFUND, ActionKind.RESUBMIT, ActionKind.NOTIFY))
    order = chance.choice(("R0", "R1"))
    due = chance.choice((now, now, now + timedelta(seconds=5), None))
    new = action(f"A{chance.randrange(10**9)}", kind, order=order, due=due)
    intent = chance.choice((rows.intents(SHOP, OrderRef(order), kind), 0))
    request = chance.choice((None, f"chen:{chance.randrange(6)}"))
    try:
        rows.add(new, intent, request)
    except AlreadyOpen:
        return "refused"
    return new.id


def _take(rows: LedgerRows, chance: Random, now: datetime, held: dict[str, StoredAction]) -> object:
    leases = chance.choice((LEASES, {ShopId("other"): LEASE}, {SHOP: timedelta(0)}))
    due, taken = rows.is_due(now, list(leases)), rows.take_due(now, leases)
    assert due == (taken is not None)
    if taken is not None:
        held[taken.id] = taken
    return taken


def _save(rows: LedgerRows, chance: Random, now: datetime, held: dict[str, StoredAction]) -> object:
    if not held:
        return None
    stored = held[chance.choice(sorted(held))]
    after = moved(stored, chance.choice(tuple(ActionState)), now)
    due = chance.choice((now, now + timedelta(seconds=3), None))
    release, fenced = chance.random() < 0.7, chance.random() < 0.8
    try:
        # Two open money actions would be refused by the database alone.
        if after.record.is_open and not stored.record.is_open:
            return None
        rows.save(replace(after, next_try_at=due), fenced=fenced, release=release)
    except LostLease:
        return "lost"
    held[stored.id] = replace(after, next_try_at=due)
    return after.record.state


def _look(rows: LedgerRows, chance: Random, now: datetime, held: dict[str, StoredAction]) -> object:
    rows.ask_now(CaseId(chance.choice(("R0", "R1"))), now)
    if chance.random() < 0.1:
        rows.end_leases(now)
    asked = rows.of_request(f"chen:{chance.randrange(6)}")
    return asked, [rows.get(ActionId(name)) for name in sorted(held)]


def walk(rows: LedgerRows, seed: int, steps: int = 40) -> list[object]:
    """Do random things; return every answer. The same seed does the same to either ledger."""
    chance, now, answers = Random(seed), NOW, []
    held: dict[str, StoredAction] = {}
    for _ in range(steps):
        now += timedelta(seconds=chance.choice((0.0, 0.001, 3.0, 31.0)))
        operation: Operation = chance.choice((_add, _take, _take, _save, _save, _look))
        answers.append(operation(rows, chance, now, held))
    return answers


@pytest.mark.parametrize("first", [0, 100, 200])
def test_both_ledgers_answer_alike(database: Database, first: int) -> None:
    for seed in range(first, first + 60):
        with in_database(database) as real:
            expected = walk(real, seed)
        assert walk(Rows(), seed) == expected, f"seed {seed}"


def test_a_ledger_that_drifts_is_found(database: Database) -> None:
    """The negative control: without its fence the simulated ledger answers otherwise."""
    drifted = 0
    for seed in range(30):
        with in_database(database) as real:
            expected = walk(real, seed)
        unfenced = Rows()
        unfenced.fenced = False
        drifted += walk(unfenced, seed) != expected
    assert drifted >= 5
