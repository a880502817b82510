"""Many threads at once: nobody sees half a transaction, and reading goes on while others write."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_app.desk.store.encrypted_file import MOST_READERS
from agent_app.desk.store.folder import Store
from agent_app.desk.work.local import ClickKind
from agent_app.desk.work.queue_rows import Order, QueueName
from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId
from tests.desk.store.conftest import Open
from tests.desk.store.rows import COUNTS, ME, NOW, position, row

CASE = CaseId("C000001")


def _all_or_none(store: Store, rounds: int) -> list[str]:
    """Move ten cases from queue to queue, again and again; return what readers saw in between."""
    seen: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            top, many = store.first(QueueName.TEAM, ME, NOW, Order(), 100)
            if (len(top), many) not in ((0, 0), (10, 10)):
                seen.append(f"{len(top)} of {many}")
            store.pending()

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(6)]
        for version in range(rounds):
            state = CaseState.RESOLVED if version % 2 else CaseState.FLAGGED
            rows = [row(number, version=version, state=state) for number in range(10)]
            store.take_changes(rows, position(), COUNTS)
            store.put(f"{version}", ClickKind.CLAIM, CASE, CASE, b"", NOW, is_money=False)
        done.set()
        for reader in readers:
            reader.result()
    return seen


def test_a_reader_sees_all_of_a_change_or_nothing_of_it(store: Store) -> None:
    assert _all_or_none(store, 25) == []
    assert len(store.pending()) == 25


def test_a_reader_between_two_halves_is_seen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same change in two transactions."""
    whole = store.take_changes

    def halves(rows: list[object], *rest: object) -> None:
        whole(rows[:5], *rest)  # type: ignore[arg-type]
        whole(rows[5:], *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "take_changes", halves)
    assert _all_or_none(store, 25) != []


def test_clicks_of_many_threads_have_numbers_of_their_own(reopen: Open) -> None:
    store = reopen()

    def put(number: int) -> int:
        return store.put(f"{number}", ClickKind.NOTE, CASE, CASE, b"", NOW, is_money=False).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(put, range(60)))
    assert sorted(numbers) == list(range(1, 61))
    again = reopen()
    assert sorted(int(click.key) for click in again.pending()) == list(range(60))
    assert again._copy is not None
    with again._copy.read() as connection:
        assert connection.execute("SELECT count(*) FROM clicks").fetchall() == [(60,)]


@pytest.mark.parametrize(
    "read",
    [
        Store.pending,
        Store.session,
        lambda store: store.first(QueueName.TEAM, ME, NOW, Order(), 9),
        lambda store: store.lines([1]),
        lambda store: store.draft(CASE, "note"),
    ],
)
def test_a_read_does_not_wait_for_a_long_write(
    reopen: Open, read: Callable[[Store], object]
) -> None:
    """The Qt thread reads while a first load is written."""
    store = reopen()
    with store._cases.write() as connection, store._work.write():
        connection.execute("DELETE FROM kept")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(read, store).result(timeout=30)


def test_a_click_does_not_wait_for_a_first_load(reopen: Open) -> None:
    store = reopen()
    with store._cases.write(), ThreadPoolExecutor(1) as pool:
        put = pool.submit(store.put, "k", ClickKind.CLAIM, CASE, CASE, b"", NOW, is_money=False)
        assert put.result(timeout=30).number == 1


def test_few_connections_stay_open(reopen: Open) -> None:
    store, together = reopen(), threading.Barrier(12)

    def read() -> None:
        with store._cases.read() as connection:
            together.wait(timeout=30)
            connection.execute("SELECT count(*) FROM cases").fetchall()

    with ThreadPoolExecutor(12) as pool:
        for each in [pool.submit(read) for _ in range(12)]:
            each.result()
    assert 1 <= len(store._cases._resting) <= MOST_READERS


def test_closing_while_others_read_and_write_ends_in_known_errors(reopen: Open) -> None:
    from agent_app.desk.work.local import LocalStoreFailed

    store = reopen()
    begun = threading.Barrier(5)

    def work(number: int) -> str:
        begun.wait(timeout=30)
        try:
            for turn in range(10_000):
                store.pending()
                store.keep_draft(CASE, f"{number}", f"{turn}")
        except LocalStoreFailed as error:
            return str(error)
        return "never closed"

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, number) for number in range(4)]
        begun.wait(timeout=30)
        store.keep_draft(CASE, "mine", "x")
        store.close()
        assert {each.result() for each in workers} == {"the store is closed"}
    assert reopen().draft(CASE, "mine") == "x"
