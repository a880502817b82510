"""The queues out of the store are the queues that the pure rules make of the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_app.contract.marks import marks, new_key, terms_to_mark
from agent_app.contract.messages import CaseRow, OpenAction
from agent_app.contract.search_words import folded
from agent_app.desk.store import queue_sql
from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.queue_rows import Column, Order, QueueLine, QueueName, line_of
from agent_app.domain.actions import ActionKind, ActionState
from agent_app.domain.case import CaseState, Claim
from agent_app.domain.flags import Level
from agent_app.domain.ids import OrderRef, UserId
from agent_app.domain.money import Money
from agent_app.domain.order import Deadline, DeadlineKind
from agent_app.domain.stage import Stage
from agent_app.domain.truth import Verdict
from tests.desk.store import queue_rules
from tests.desk.store.rows import COUNTS, ME, NAME, NOW, position, row
from tests.fakes.platform import FakePlatform

_MOMENTS = st.integers(-3, 3).map(lambda minutes: NOW + timedelta(minutes=minutes))
_WORDS = st.text("ab12Ä王明-é", min_size=1, max_size=4)
_CLAIMS = st.builds(Claim, st.sampled_from([ME, UserId("you")]), _WORDS, _MOMENTS)
_CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "version": st.integers(1, 3),
    "ref": _WORDS.map(OrderRef),
    "shop_number": st.none() | _WORDS,
    "shop_label": _WORDS,
    "customer_masked": _WORDS,
    "stage": st.sampled_from(Stage),
    "verdict": st.sampled_from(Verdict),
    "at_risk": st.builds(Money, st.integers(-1, 2), st.sampled_from(["CNY", "EUR"])),
    "placed_at": _MOMENTS,
    "flagged_at": _MOMENTS,
    "level": st.sampled_from(Level),
    "deadline": st.none() | st.builds(Deadline, st.sampled_from(DeadlineKind), _MOMENTS),
    "state": st.sampled_from(CaseState),
    "claim": st.none() | _CLAIMS,
    "remedy": st.sampled_from(ActionKind),
    "open_action": st.none()
    | st.builds(OpenAction, st.sampled_from(ActionKind), st.sampled_from(ActionState)),
}
_ROWS = st.builds(row, st.integers(0, 30), **_CHANGES)
_ORDERS = st.builds(Order, st.none() | st.sampled_from(Column), st.booleans())


def _by_the_rules(
    lines: Iterable[QueueLine], queue: QueueName, now: datetime, order: Order, search: str
) -> list[QueueLine]:
    """Answer from memory; found by the case's number as well, and without accents."""
    belongs = queue_rules.BELONGS[queue]
    sort = queue_rules.urgency if order.column is None else queue_rules.SORT[order.column]
    found = [each for each in lines if belongs(each, ME, now) and _is_found(each, search)]
    found.sort(key=lambda line: (line.ref, line.id))
    found.sort(key=sort, reverse=order.descending)
    return found


def _is_found(line: QueueLine, search: str) -> bool:
    claimed = line.claim.name if line.claim else ""
    text = " ".join((line.id, line.ref, line.shop_number or "", line.customer, line.shop, claimed))
    return all(word in folded(text) for word in folded(search).split())


def _newest(rows: Iterable[CaseRow]) -> list[QueueLine]:
    newest: dict[str, CaseRow] = {}
    for each in rows:
        if each.id not in newest or newest[each.id].version <= each.version:
            newest[each.id] = each
    return [line_of(each) for each in newest.values()]


def _differences(
    store: Store, told: Sequence[CaseRow], now: datetime, order: Order, search: str
) -> list[str]:
    """Return the queues that are not what the rules make of what was told."""
    lines, wrong = _newest(told), []
    for queue in QueueName:
        wanted = _by_the_rules(lines, queue, now, order, search)
        if list(store.lines(store.numbers(queue, ME, now, order, search))) != wanted:
            wrong.append(f"{queue}")
        wanted = _by_the_rules(lines, queue, now, order, "")
        top, many = store.first(queue, ME, now, order, 3)
        if list(store.lines(top)) != wanted[:3] or many != len(wanted):
            wrong.append(f"the top of {queue}")
    return wrong


@settings(max_examples=300, deadline=None)
@given(
    loaded=st.lists(_ROWS, max_size=25),
    changed=st.lists(_ROWS, max_size=12),
    now=_MOMENTS,
    order=_ORDERS,
    search=st.just("") | st.lists(st.text("abä12王明-", max_size=2), max_size=2).map(" ".join),
)
def test_every_queue_is_what_the_rules_say(
    loaded: list[CaseRow], changed: list[CaseRow], now: datetime, order: Order, search: str
) -> None:
    store = StoreFolder(Path()).in_memory(NAME)
    try:
        load = store.begin_load()
        store.take_loaded(load, loaded)
        assert _differences(store, loaded, now, order, search) == []
        store.end_load(load, position(), COUNTS)
        store.take_changes(changed, position(), COUNTS)
        assert _differences(store, [*loaded, *changed], now, order, search) == []
    finally:
        store.close()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("BELONGS", {QueueName.MINE: "is_open = 1 AND claim_user = :me AND :now > 0"}),
        ("BELONGS", {QueueName.ORPHANS: "is_open = 1"}),
        ("_SORT", {Column.DEADLINE: ("deadline DESC",)}),
    ],
)
def test_a_wrong_rule_is_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str, wrong: dict[Any, Any]
) -> None:
    """The control of the test above: it compares something."""
    held = Claim(ME, "Me", NOW)
    near = Deadline(DeadlineKind.AUTO_CANCEL, NOW)
    rows = [row(1, claim=held, stage=Stage.CONFIRMED), row(2, deadline=near), row(3)]
    store.take_changes(rows, position(), COUNTS)
    order = Order(Column.DEADLINE)
    assert _differences(store, rows, NOW, order, "") == []
    monkeypatch.setattr(queue_sql, name, getattr(queue_sql, name) | wrong)
    assert _differences(store, rows, NOW, order, "") != []


@pytest.mark.parametrize("queue", QueueName)
def test_the_top_of_a_queue_is_read_without_sorting_it(store: Store, queue: QueueName) -> None:
    load = store.begin_load()
    store.take_loaded(load, [row(1)])
    store.end_load(load, position(), COUNTS)
    statement = queue_sql.select(queue, Order())
    values = queue_sql.parameters(ME, NOW)
    with store._cases.read() as connection:
        plan = [text for *_, text in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    sorts = [text for text in plan if "B-TREE" in text]
    # One's own claims are a few: they are found by an index and then sorted.
    assert (len(sorts) == 1) is (queue is QueueName.MINE)
    assert " INDEX " in plan[0]


def _customers(store: Store, key: str | None) -> None:
    session = FakePlatform().session()
    store.keep_session(msgspec.structs.replace(session, search_key=key))


CUSTOMERS = [
    ("13812345678", "li.na@example.cn", "王小明"),
    ("+4915112345678", "jane.doe@example.com", "Jane Doe"),
]


@pytest.fixture
def found(store: Store) -> Callable[[str], list[str]]:
    """Return what finds cases, by the number of the customer."""
    key = new_key()
    _customers(store, key)
    rows = [
        row(number, customer_masked="王**", marks=marks(key, terms_to_mark(*customer)))
        for number, customer in enumerate(CUSTOMERS)
    ]
    store.take_changes(rows, position(), COUNTS)

    def search(typed: str) -> list[str]:
        numbers = store.numbers(QueueName.TEAM, ME, NOW, Order(), typed)
        return [line.id for line in store.lines(numbers)]

    return search


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("王小明", 0),
        ("小明", 0),
        ("138 1234 5678", 0),
        ("5678", None),
        ("LI.NA@example.cn", 0),
        ("jane.doe", 1),
        ("doe jane", 1),
        ("jan", 1),
        ("C000001", 1),
        ("PG-00000001", 1),
        ("王 00000000", 0),
    ],
)
def test_a_case_is_found_by_its_customer_whom_the_store_does_not_hold(
    found: Callable[[str], list[str]], typed: str, who: int | None
) -> None:
    both = ["C000000", "C000001"]
    assert found(typed) == (both if who is None else [both[who]])


@pytest.mark.parametrize("typed", ["小红", "明小", "john", "13812345679", "2345"])
def test_who_is_not_there_is_not_found(found: Callable[[str], list[str]], typed: str) -> None:
    assert found(typed) == []


def test_without_the_key_nobody_is_found_by_contact_data(
    found: Callable[[str], list[str]], store: Store
) -> None:
    assert found("小明") == ["C000000"]
    _customers(store, None)
    assert found("小明") == []
    assert found("00000001") == ["C000001"]
