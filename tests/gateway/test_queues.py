"""Promise: lists, counts, search and changes are exact for every reader, at the cost of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow, Queue
from agent_app.domain.case import CaseState
from agent_app.domain.flags import Level
from agent_app.domain.ids import CaseId, ShopId, UserId
from agent_app.gateway.store import (
    case_lists,
    case_rows,
    case_search,
    queue_counts,
    schema,
    search_terms,
)
from agent_app.gateway.store.case_lists import Wanted
from agent_app.gateway.store.case_rows import StoredCase
from agent_app.gateway.store.codec import encode, time_text
from agent_app.gateway.store.database import Database, alembic_config
from agent_app.gateway.visibility import EVERYTHING, NOTHING, Sees, may_see
from tests.gateway.some_cases import Some
from tests.gateway.world import NOON

CHEN = UserId("chen")
TEAMS = ("main", "north", "south")
SEES = (
    EVERYTHING,
    NOTHING,
    Sees(frozenset({"main"})),
    Sees(frozenset({"north", "south"})),
    Sees(frozenset({"main", "north"}), CHEN),
)
cases = st.builds(
    Some,
    number=st.integers(1, 12),
    team=st.sampled_from(TEAMS),
    shop=st.sampled_from(("sandbox", "other")),
    state=st.sampled_from(CaseState),
    is_orphan=st.booleans(),
    needs_approval=st.booleans(),
    level=st.sampled_from(Level),
    deadline_min=st.none() | st.integers(0, 3),
    claim_user=st.sampled_from((None, "chen", "amina")),
    claim_until=st.sampled_from((NOON, NOON + timedelta(seconds=1))),
    name=st.sampled_from(("Maria Silva", "王小明", "Mario Rossi")),
)
moves = st.tuples(st.sampled_from(("sandbox", "other")), st.sampled_from(TEAMS))
anything = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def database(where: Path | str) -> Iterator[Database]:
    made = Database(where)
    yield made
    made.close()


def emptied(connection: Connection) -> None:
    for table in (schema.cases, schema.case_terms, schema.queue_counts):
        connection.execute(sa.delete(table))


def play(connection: Connection, steps: list[Some | tuple[str, str]]) -> dict[int, Some]:
    """Carry the steps out; return what a person would say that there is now."""
    there: dict[int, Some] = {}
    for step in steps:
        if isinstance(step, Some):
            # An order stays with its shop.
            shop = there[step.number].shop if step.number in there else step.shop
            there[step.number] = replace(step, shop=shop)
            there[step.number].save(connection)
        else:
            shop, team = step
            while case_rows.move_shop(connection, ShopId(shop), team, most=2):
                pass
            for number, case in there.items():
                if case.shop == shop:
                    there[number] = replace(case, team=team)
    return there


def all_pages(connection: Connection, wanted: Wanted, words: str = "", limit: int = 3) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        if words:
            page = case_search.search(connection, wanted, words, after=after, limit=limit)
        else:
            page = case_lists.page(connection, wanted, after=after, limit=limit)
        found += [row.id for row in page.rows]
        if page.after is None:
            return found
        assert case_lists.is_place(page.after)
        after = page.after


def expected(there: dict[int, Some], wanted: Wanted, sees: Sees) -> list[CaseRow]:
    """Return the rows of the list in working order, found the slow way."""
    rows = [
        case.row()
        for case in there.values()
        if case.is_in(wanted.queue)
        and may_see(sees, case.team, UserId(case.claim_user) if case.claim_user else None)
        and wanted.shop in (None, case.shop)
        and case.level >= wanted.least_level
    ]
    far = NOON + timedelta(days=9)
    return sorted(rows, key=lambda r: (-r.level, r.deadline.at if r.deadline else far, r.id))


@anything
@given(steps=st.lists(cases | moves, max_size=25))
def test_counts_and_lists_are_exact_after_any_sequence(
    database: Database, steps: list[Some | tuple[str, str]]
) -> None:
    with database.write() as connection:
        emptied(connection)
        there = play(connection, steps)
        assert queue_counts.differences(connection) == {}
        for sees in SEES:
            counts = queue_counts.of_reader(connection, sees, CHEN, NOON)
            for queue in Queue:
                wanted = Wanted(queue, sees, CHEN, NOON)
                rows = [row.id for row in expected(there, wanted, sees)]
                assert all_pages(connection, wanted) == rows
                assert case_lists.page(connection, wanted, after=None, limit=1).total == len(rows)
                assert getattr(counts, queue.value) == len(rows)


@anything
@given(
    steps=st.lists(cases, max_size=20), queue=st.sampled_from(Queue), level=st.sampled_from(Level)
)
def test_lists_of_a_shop_from_a_level_on_are_exact(
    database: Database, steps: list[Some | tuple[str, str]], queue: Queue, level: Level
) -> None:
    with database.write() as connection:
        emptied(connection)
        there = play(connection, steps)
        for sees in SEES:
            wanted = Wanted(queue, sees, CHEN, NOON, ShopId("other"), level)
            rows = [row.id for row in expected(there, wanted, sees)]
            assert all_pages(connection, wanted) == rows
            assert case_lists.page(connection, wanted, after=None, limit=1).total == len(rows)


def test_counts_that_forget_where_a_case_was_are_found_wrong(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a count that only ever adds is seen by the comparison, and by doctor."""
    right = queue_counts.shift
    monkeypatch.setattr(queue_counts, "shift", lambda c, _old, new: right(c, None, new))
    with database.write() as connection:
        play(connection, [Some(1), Some(1, level=Level.CRITICAL)])
        wrong = queue_counts.differences(connection)
        assert wrong == {("main", "team", "sandbox", Level.FLAG): (1, 0)}
        queue_counts.recount(connection)
        assert queue_counts.differences(connection) == {}


@pytest.mark.parametrize("way", ["looked up", "walked", "walked in pieces"])
@anything
@given(steps=st.lists(cases, max_size=20))
def test_every_way_of_searching_finds_the_same(
    database: Database, way: str, steps: list[Some | tuple[str, str]]
) -> None:
    few, hits, walk = {
        "looked up": (5_000, 20_000, 20_000),
        "walked": (0, 20_000, 20_000),
        "walked in pieces": (5_000, 0, 3),
    }[way]
    with database.write() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_search, "FEW", few)
        patch.setattr(case_search, "MOST_HITS", hits)
        patch.setattr(case_search, "WALK", walk)
        emptied(connection)
        there = play(connection, steps)
        for sees in SEES:
            for words, names in (
                ("mari", {"Maria Silva", "Mario Rossi"}),
                ("silva pg", {"Maria Silva"}),
                ("小明", {"王小明"}),
                ("nobody", set()),
            ):
                wanted = Wanted(Queue.TEAM, sees, CHEN, NOON)
                rows = [r.id for r in expected(there, wanted, sees)]
                right = [r for r in rows if there[int(r[1:])].name in names]
                assert all_pages(connection, wanted, words, limit=2) == right


def test_a_search_for_common_words_says_that_there_is_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_search, "MOST_HITS", 5)
    monkeypatch.setattr(case_search, "WALK", 4)
    with database.write() as connection:
        for number in range(1, 11):
            Some(number, name="Maria" if number in (6, 10) else "Ann").save(connection)
        wanted = Wanted(Queue.TEAM, EVERYTHING, CHEN, NOON)
        page = case_search.search(connection, wanted, "a", after=None, limit=2)
        assert (len(page.rows), page.total_is_least) == (2, True)
        monkeypatch.setattr(case_search, "MOST_HITS", 1)
        short = case_search.search(connection, wanted, "maria", after=None, limit=2)
        assert (len(short.rows), short.total_is_least) == (0, True)
        assert all_pages(connection, wanted, "maria") == ["C000006", "C000010"]


@anything
@given(steps=st.lists(cases | moves, max_size=25), pages=st.integers(1, 4))
def test_changes_bring_every_reader_to_what_he_sees_now(
    database: Database, steps: list[Some | tuple[str, str]], pages: int
) -> None:
    """Whoever follows the feed has the newest version of all that he sees, and nothing else."""
    with database.write() as connection:
        emptied(connection)
        start = case_rows.latest_change(connection)
        there = play(connection, steps)
        latest = case_rows.latest_change(connection)
        for sees in SEES:
            seq, more, had = start, True, {}
            while more:
                rows, seq, more = case_lists.changed_since(connection, sees, seq, pages)
                had.update({row.id: row for row in rows})
            assert seq == latest
            right = [
                case
                for case in there.values()
                if may_see(sees, case.team, UserId(case.claim_user) if case.claim_user else None)
            ]
            assert {row_id: row.state for row_id, row in had.items()} == {
                case.id: case.state for case in right
            }
        told = case_lists.feed(connection, start, 1_000)
        assert [(change.row.id, change.team) for change in told] == [
            (change.row.id, there[int(change.row.id[1:])].team) for change in told
        ]
        assert len(told) == len(there)


def test_foreign_changes_do_not_hold_a_reader_up(database: Database) -> None:
    with database.write() as connection:
        for number in range(1, 30):
            Some(number, team="north").save(connection)
        Some(30).save(connection)
        rows, seq, more = case_lists.changed_since(connection, Sees(frozenset({"main"})), 0, 1)
        assert ([row.id for row in rows], more) == (["C000030"], False)
        assert seq == case_rows.latest_change(connection)


def test_a_page_reads_one_index_from_one_place(database: Database) -> None:
    """The plan of every list, on both databases: an index's order, and nothing is sorted."""
    with database.write() as connection:
        for number in range(1, 400):
            Some(
                number,
                team=TEAMS[number % 3],
                state=CaseState.RESOLVED if number % 5 == 0 else CaseState.FLAGGED,
                is_orphan=number % 7 == 0,
                needs_approval=number % 11 == 0,
            ).save(connection)
    if connection.dialect.name == "postgresql":
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
    team = Sees(frozenset({"main"}))
    for queue in set(Queue) - {Queue.MINE, Queue.WAITING}:
        for sees, suffix in ((EVERYTHING, ""), (team, "_team")):
            for shop in (None, ShopId("sandbox")):
                wanted = Wanted(queue, sees, CHEN, NOON, shop)
                name = {Queue.TEAM: "queue", Queue.RESOLVED: "queue"}.get(queue, queue.value)
                index = f"cases_{name}{'_shop' if shop else suffix}"
                for plan in plans(database, wanted):
                    assert f" {index} " in plan, plan
                    assert "SORT" not in plan.upper().replace("SORT_KEY", ""), plan
                    assert "B-TREE" not in plan.upper(), plan


def plans(database: Database, wanted: Wanted) -> list[str]:
    """Return how the database reads the list's pages."""
    found = []
    with database.read() as connection:
        if connection.dialect.name == "postgresql":
            # So few rows fit one page of memory, which is soonest read whole.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        for branch in case_lists.branches(wanted):
            statement = (
                sa.select(schema.cases.c.row)
                .where(branch, schema.cases.c.sort_key > "5")
                .order_by(schema.cases.c.sort_key)
                .limit(51)
            )
            text = str(
                statement.compile(
                    dialect=connection.dialect, compile_kwargs={"literal_binds": True}
                )
            )
            how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            lines = connection.exec_driver_sql(f"{how} {text}".replace("%", "%%")).all()
            found.append(" ".join(str(line) for line in lines).replace("'", " "))
    return found


def test_terms_follow_a_changed_phone_though_the_row_does_not_change(database: Database) -> None:
    with database.write() as connection:
        Some(1).save(connection)
        case = case_rows.get(connection, CaseId("C000001"))
        assert case is not None
        before = case_rows.latest_change(connection)
        order = Some(1, name="Renamed").order()
        case_rows.keep_terms(connection, case, search_terms.terms_of(case.id, order))
        wanted = Wanted(Queue.TEAM, EVERYTHING, CHEN, NOON)
        assert all_pages(connection, wanted, "renamed") == [case.id]
        assert all_pages(connection, wanted, "silva") == []
        assert case_rows.latest_change(connection) == before


def test_terms_made_anew_are_the_same(database: Database) -> None:
    with database.write() as connection:
        for number in range(1, 8):
            some = Some(number)
            some.save(connection)
            connection.execute(
                sa.insert(schema.orders).values(
                    shop=some.shop, ref=some.order().ref, body=encode(some.order())
                )
            )
        had = connection.execute(sa.select(schema.case_terms)).all()
        assert len(had) > 7
        marks = connection.execute(sa.select(schema.cases.c.terms_mark)).all()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search_terms, "_BATCH", 3)
            assert search_terms.rebuild(connection) == 7
        assert sorted(connection.execute(sa.select(schema.case_terms)).all()) == sorted(had)
        assert connection.execute(sa.select(schema.cases.c.terms_mark)).all() == marks


def test_cases_of_an_older_database_are_counted_and_found(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    older = sa.create_engine(f"sqlite:///{path}")
    some = (Some(1), Some(2, state=CaseState.RESOLVED), Some(3, name="王小明", is_orphan=True))
    with older.begin() as connection:
        command.upgrade(alembic_config(connection), "0002")
        tables = sa.MetaData()
        tables.reflect(connection)
        for case in some:
            stored = StoredCase(
                case.id,
                ShopId(case.shop),
                case.order().ref,
                case.state,
                NOON,
                None,
                "g@1",
                False,
                None,
            )
            values = case_rows.columns(stored, case.row(), team="main", seq=case.number)
            del values["team"], values["ended_at"]
            old = {**values, "id": case.id, "search_text": "what it was"}
            connection.execute(sa.insert(tables.tables["cases"]).values(old))
            order = {"shop": case.shop, "ref": case.order().ref, "body": encode(case.order())}
            connection.execute(sa.insert(tables.tables["orders"]).values(order))
    older.dispose()
    database = Database(path)
    with database.write() as connection:
        assert queue_counts.differences(connection) == {}
        counts = queue_counts.of_reader(connection, Sees(frozenset({"main"})), CHEN, NOON)
        assert (counts.team, counts.orphans, counts.resolved) == (2, 1, 1)
        wanted = Wanted(Queue.TEAM, EVERYTHING, CHEN, NOON)
        assert all_pages(connection, wanted, "小明") == ["C000003"]
        assert all_pages(connection, wanted, "silva") == ["C000001"]
        ended = sa.select(schema.cases.c.id, schema.cases.c.ended_at)
        at = dict(tuple(row) for row in connection.execute(ended))
        assert at == {"C000001": None, "C000002": time_text(NOON), "C000003": None}
    database.close()
