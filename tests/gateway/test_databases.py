"""Promise: both databases keep what was written, let one write at a time, and wake who waits."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from agent_app.gateway.store import accounts, bell, counters, schema, shop_rows
from agent_app.gateway.store.database import Database, DatabaseUnusable
from tests import postgres
from tests.gateway.served import served
from tests.gateway.world import World

SHOP = "north"


def test_the_migrations_make_the_schema_on_postgresql_too(postgres_url: str) -> None:
    with contextlib.closing(Database(postgres_url)) as database, database.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    # Whether a language's order is used is not compared by Alembic; the next test does that.
    assert differences == []


def test_databases_may_be_opened_at_the_same_time(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Database, [tmp_path / f"{n}.db" for n in range(8)]))
    for database in opened:
        database.close()


def test_text_is_compared_byte_by_byte(where: Path | str) -> None:
    """Sort keys hold `|` and digits, which a language's own order would ignore."""
    values = ["a|2", "a1", "B", "a|10", "é", "陈", "a"]
    with contextlib.closing(Database(where)) as database:
        with database.write() as connection:
            rows = [{"name": value, "value": ""} for value in values]
            connection.execute(sa.insert(schema.settings), rows)
        with database.read() as connection:
            names = sa.select(schema.settings.c.name).order_by(schema.settings.c.name)
            found = connection.execute(names).scalars().all()
    assert found == sorted(values, key=lambda value: value.encode())


@pytest.mark.parametrize("text", ["陈伟", "اسم", "🧾 naïve", "a\\b'c\"d%_"])
def test_text_in_any_script_comes_back_as_it_went(where: Path | str, text: str) -> None:
    with contextlib.closing(Database(where)) as database:
        with database.write() as connection:
            shop_rows.save_cursor(connection, SHOP, text, datetime.now(UTC))  # type: ignore[arg-type]
        with database.read() as connection:
            assert shop_rows.cursor(connection, SHOP) == text  # type: ignore[arg-type]


def test_a_zero_character_is_refused_before_it_reaches_a_database(world: World) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    with world.database.write() as connection:
        token = accounts.issue_token(connection, world.agent.user, world.clock.now())
    with served(world.gateway) as url, httpx.Client(base_url=url, trust_env=False) as client:
        headers = {"Authorization": f"Bearer {token}"}

        def note(body: str) -> int:
            sent = {**headers, "Idempotency-Key": secrets.token_hex(4)}
            path = f"/v1/cases/{case}/notes"
            return client.post(path, content=body, headers=sent).status_code

        assert note(r'{"text": "a\u0000b"}') == 400
        assert note(r'{"text": "a\\u0000b"}') == 200
        assert client.get("/v1/cases?q=%00", headers=headers).status_code in {200, 400}


def written_at_once(databases: list[Database], times: int, *, locked: bool = True) -> list[int]:
    """Take numbers in many threads of several processes' databases; return them as taken.

    Without `locked` each reads and then writes as if it were alone: the control.
    """
    taken: list[int] = []
    start = threading.Barrier(2 * len(databases))

    def read_and_write(database: Database) -> None:
        start.wait()
        for _ in range(times):
            writing = database.write() if locked else database._kind.writing.begin()
            with writing as connection:
                number = counters.current(connection, "cases") + 1
                time.sleep(0.001)
                connection.execute(
                    sa.update(schema.counters)
                    .where(schema.counters.c.name == "cases")
                    .values(value=number)
                )
                taken.append(number)

    with databases[0].write() as connection:
        counters.take_next(connection, "cases")
    threads = [
        threading.Thread(target=read_and_write, args=(database,))
        for database in databases
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def test_writes_of_several_processes_see_each_other(where: Path | str) -> None:
    databases = [Database(where), Database(where)]
    taken = written_at_once(databases, 20)
    for database in databases:
        database.close()
    assert sorted(taken) == list(range(2, 82))


def test_without_the_writer_lock_they_do_not(postgres_url: str) -> None:
    """The negative control: PostgreSQL alone lets two writes read the same number."""
    databases = [Database(postgres_url), Database(postgres_url)]
    taken = written_at_once(databases, 20, locked=False)
    for database in databases:
        database.close()
    assert len(set(taken)) < len(taken)


def test_a_write_wakes_who_waits_in_every_process(postgres_url: str) -> None:
    one, other = Database(postgres_url), Database(postgres_url)
    heard: list[str] = []
    arrived = threading.Event()
    other.listen()

    def hear(topic: str) -> None:
        heard.append(topic)
        if topic == "looking:C1":
            arrived.set()

    other.bell.subscribe(hear)
    end = time.monotonic() + 10
    # Until its listener is connected, a ring is not heard; that is what looking again is for.
    while not arrived.is_set() and time.monotonic() < end:
        with one.write() as connection:
            bell.mark(connection, bell.LOOKING + "C1")
        arrived.wait(0.2)
    one.close()
    other.close()
    assert "looking:C1" in heard


def test_what_was_rolled_back_wakes_nobody(where: Path | str) -> None:
    heard: list[str] = []
    with contextlib.closing(Database(where)) as database:
        database.bell.subscribe(heard.append)
        with contextlib.suppress(ZeroDivisionError), database.write() as connection:
            bell.mark(connection, bell.CHANGES)
            raise ZeroDivisionError
        with database.write():
            pass
        assert heard == []
        with database.write() as connection:
            bell.mark(connection, bell.CHANGES)
        assert heard == [bell.CHANGES]


def test_leases_go_by_the_time_of_the_database(postgres_url: str) -> None:
    with contextlib.closing(Database(postgres_url)) as database:
        # What this machine's clock says does not matter after the first write.
        database.clock.told(datetime(2001, 1, 1, tzinfo=UTC))  # type: ignore[attr-defined]
        with database.write() as connection:
            there: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
            here = database.clock.now()
        assert abs(here - there) < timedelta(seconds=1)


def test_a_restarted_server_costs_no_answer(postgres_url: str) -> None:
    own = postgres.PostgresServer()
    with contextlib.closing(own), contextlib.closing(Database(own.database())) as database:
        with database.read(), database.write():
            pass
        own.crash()
        with database.read() as reading, database.write() as writing:
            assert counters.current(reading, "cases") == counters.current(writing, "cases") == 0


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1:1/none") as refused:
        Database("postgresql://somebody:geheim@127.0.0.1:1/none")
    assert "geheim" not in str(refused.value)


def test_a_database_that_cannot_hold_every_name_is_refused(postgres_url: str) -> None:
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(DatabaseUnusable, match="ENCODING 'UTF8'"):
        Database(postgres_url.rpartition("/")[0] + "/latin")
