"""Promise: every row carries the marks of its customer, and only who may reveal gets their key."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import CaseRow, Session
from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId, OrderRef
from agent_app.domain.order import Customer
from agent_app.domain.roles import Actor, Role, Scope
from agent_app.gateway import casefile, casework, marker
from agent_app.gateway.moving import move
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import case_rows, moved, schema, search_marks
from agent_app.gateway.store.codec import decode, encode
from agent_app.gateway.store.database import Database
from tests.gateway.test_marks import is_marked
from tests.gateway.world import World


def session(world: World, actor: Actor) -> Session:
    return casefile.session(world.gateway, actor)


def flagged(world: World, ref: str, phone: str = "+86 138 0000 1111") -> CaseId:
    order = world.shop.stuck(ref)
    give_phone(world, order, phone)
    world.watch()
    case = world.case_of(order)
    assert case is not None
    return case


def give_phone(world: World, order: OrderRef, phone: str) -> None:
    known = world.shop._orders[order]
    customer = Customer(known.customer.id, "王小明", "wang@example.test", phone)
    world.shop._orders[order] = replace(known, customer=customer)
    world.shop._touch(order)


def row_of(connection: Connection, case: str) -> CaseRow:
    cases = schema.cases.c
    return decode(
        connection.execute(sa.select(cases.row).where(cases.id == case)).scalar_one(), CaseRow
    )


def test_a_case_is_found_by_its_row_with_the_key_of_the_session(world: World) -> None:
    case = flagged(world, "PG-1")
    with world.database.read() as connection:
        row = row_of(connection, case)
    key = session(world, world.agent).search_key
    assert key is not None
    for typed in ("138 0000 1111", "1111", "wang@example.test", "小明", "王"):
        assert is_marked(typed, row.marks, key), typed
        assert not is_marked(typed, row.marks, key[::-1]), "the control: another key"
    assert b"1111" not in encode(msgspec.structs.replace(row, marks=""))


def test_only_who_may_reveal_contact_data_gets_the_key(world: World) -> None:
    told = set()
    for role in Role:
        actor = world.person(f"p-{role}", role)
        key = session(world, actor).search_key
        assert (key is not None) is actor.may(Scope.PII_REVEAL)
        told.add(key)
    assert len(told) == 2, "one key for all, or none"


def test_a_new_phone_is_news(world: World) -> None:
    case = flagged(world, "PG-1")
    before = casefile.list_changes(world.gateway, world.agent, "0")
    give_phone(world, OrderRef("PG-1"), "+86 139 2222 3333")
    world.watch()
    (row,) = casefile.list_changes(world.gateway, world.agent, before.cursor).rows
    assert row.id == case
    key = session(world, world.agent).search_key or ""
    assert is_marked("13922223333", row.marks, key)
    assert not is_marked("13800001111", row.marks, key)


def test_the_key_stays_with_the_database(world: World) -> None:
    key = world.gateway.desk.search_key
    again = Gateway(world.database, [], clock=world.clock)
    assert again.desk.search_key == key
    assert key not in repr(again.desk)


def test_a_move_takes_the_key_along(tmp_path: Path, postgres_url: str) -> None:
    world = World(tmp_path)
    with contextlib.closing(Database(postgres_url)) as new:
        world.clock.at = new.clock.now()
        move(world.database, new)
        assert search_marks.key_of(new) == world.gateway.desk.search_key
    world.close()


@pytest.fixture
def older(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world whose seven rows were made before there were marks; one has just ended."""
    monkeypatch.setattr(marker, "AT_ONCE", 3)
    for number in range(1, 8):
        flagged(world, f"PG-{number}")
    with world.database.write() as connection:
        last = case_rows.of_order(connection, world.shop.id, OrderRef("PG-7"))
        assert last is not None
        ended = replace(last, state=CaseState.FALSE_ALARM)
        casework.update(connection, world.gateway.desk, ended, world.clock.now())
        for case in connection.execute(sa.select(schema.cases.c.id)).scalars().all():
            row = msgspec.structs.replace(row_of(connection, case), marks="")
            connection.execute(
                sa.update(schema.cases).where(schema.cases.c.id == case).values(row=encode(row))
            )
        moved.remove(connection, search_marks.FILLED)
    return world


def test_older_rows_get_their_marks_and_desks_hear_of_it(older: World) -> None:
    before = casefile.list_changes(older.gateway, older.agent, "0")
    assert {row.marks for row in before.rows} == {""}
    assert older.gateway.marker.step()
    # Another process goes on where this one was when it died.
    assert Gateway(older.database, [], clock=older.clock).marker.step()
    while older.gateway.marker.step():
        pass
    after = casefile.list_changes(older.gateway, older.agent, before.cursor)
    assert len(after.rows) == 7
    key = older.gateway.desk.search_key
    had = {row.id: row.version for row in before.rows}
    for row in after.rows:
        assert is_marked("13800001111", row.marks, key)
        assert row.version == had[row.id] + 1
    assert not older.gateway.marker.step()
    assert casefile.list_changes(older.gateway, older.agent, after.cursor).rows == ()


def test_rows_that_have_marks_are_left_alone(older: World) -> None:
    while older.gateway.marker.step():
        pass
    with older.database.write() as connection:
        moved.remove(connection, search_marks.FILLED)
    before = casefile.list_changes(older.gateway, older.agent, "0")
    while older.gateway.marker.step():
        pass
    assert casefile.list_changes(older.gateway, older.agent, before.cursor).rows == ()


def test_of_cases_that_ended_long_ago_nobody_is_told(older: World) -> None:
    before = casefile.list_changes(older.gateway, older.agent, "0")
    older.clock.turn(91 * 86_400)
    while older.gateway.marker.step():
        pass
    told = casefile.list_changes(older.gateway, older.agent, before.cursor)
    assert len(told.rows) == 6
    with older.database.read() as connection:
        ids = connection.execute(sa.select(schema.cases.c.id)).scalars().all()
        assert all(row_of(connection, case).marks for case in ids), "and yet it has them"


def test_the_thread_fills_in_all_and_ends(older: World) -> None:
    older.gateway.marker.start()
    thread = older.gateway.marker._thread
    assert thread is not None
    thread.join(30)
    assert not thread.is_alive()
    with older.database.read() as connection:
        assert search_marks.is_filled(connection)
