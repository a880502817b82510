"""Promise: an open stream tells all that changes, once it is committed, and ends when it must."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from agent_app.contract.messages import Lookers
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import casefile, feed, handling, looking
from agent_app.gateway.http import streaming
from agent_app.gateway.service import Gateway
from agent_app.gateway.serving import listen
from agent_app.gateway.store import accounts, case_lists, case_rows
from agent_app.gateway.store.database import Database
from tests.gateway.listening import (
    Event,
    Stream,
    ended,
    flagged,
    streaming_from,
    token_of,
    wait_until,
)
from tests.gateway.world import World


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with streaming_from(world.gateway) as at:
        yield at


@pytest.fixture
def open_stream(world: World, address: str) -> Iterator[Callable[..., Stream]]:
    opened: list[Stream] = []

    def make(actor: Actor | None = None, **where: str) -> Stream:
        opened.append(Stream(address, token_of(world, actor or world.agent), **where))
        return opened[-1]

    yield make
    for stream in opened:
        stream.close()


def test_a_change_is_told_as_it_happens(world: World, open_stream: Callable[..., Stream]) -> None:
    stream = open_stream()
    first = stream.next()
    assert first.changes.rows == ()
    assert first.id == first.changes.cursor
    case = flagged(world, "PG-1")
    event = stream.next()
    assert [row.id for row in event.changes.rows] == [case]
    assert event.changes.counts.team == 1
    assert event.id == event.changes.cursor
    handling.claim(world.gateway, world.agent, case)
    claimed = stream.next().changes
    assert claimed.rows[0].claim is not None
    assert claimed.counts.mine == 1
    asked = casefile.list_changes(world.gateway, world.agent, event.id or "")
    assert claimed.rows == asked.rows
    assert claimed.counts == asked.counts
    assert claimed.cursor == asked.cursor


@pytest.mark.parametrize("by_header", [True, False], ids=["last-event-id", "cursor"])
def test_a_stream_goes_on_where_the_last_one_ended(
    world: World, open_stream: Callable[..., Stream], by_header: bool
) -> None:
    first = open_stream()
    cursor = first.next().id or ""
    first.close()
    missed = [flagged(world, f"PG-{n}") for n in range(5)]
    again = open_stream(last=cursor) if by_header else open_stream(cursor=cursor)
    assert [row.id for row in again.next().changes.rows] == missed
    new = flagged(world, "PG-9")
    assert [row.id for row in again.next().changes.rows] == [new]


def test_who_is_further_behind_than_memory_reads_the_database(
    world: World, open_stream: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_app.gateway.feed.KEPT", 3)
    monkeypatch.setattr(casefile, "MAX_PAGE", 4)
    open_stream().next()
    cases = [flagged(world, f"PG-{n}") for n in range(20)]
    behind = open_stream(cursor="0")
    told: list[CaseId] = []
    while len(told) < len(cases):
        told += [row.id for row in behind.next().changes.rows]
    assert told == cases
    new = flagged(world, "PG-99")
    assert [row.id for row in behind.next().changes.rows] == [new]


def test_nobody_hears_of_another_teams_cases(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    stranger = world.person("zoe", Role.AGENT, "other")
    everybody = world.person("aud", Role.AUDITOR, "other")
    theirs, auditors = open_stream(stranger), open_stream(everybody)
    theirs.next()
    auditors.next()
    case = flagged(world, "PG-1")
    handling.claim(world.gateway, world.agent, case)
    assert auditors.rows(1.0)
    assert theirs.rows(1.0) == []


def test_who_looks_at_a_case_hears_who_else_does(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    case = flagged(world, "PG-1")
    mine, others = open_stream(world.agent), open_stream(world.lead)
    mine.next()
    others.next()
    looking.look(world.gateway, world.agent, case)
    assert names(mine.next()) == ["Chen"]
    looking.look(world.gateway, world.other, case)
    assert names(mine.next()) == ["Amina", "Chen"]
    looking.leave(world.gateway, world.other, case)
    assert names(mine.next()) == ["Chen"]
    with pytest.raises(queue.Empty):
        others.events.get(timeout=0.5)


def names(event: Event) -> list[str]:
    assert event.name == "looking"
    return [looker.name for looker in msgspec.json.decode(event.data, type=Lookers).lookers]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SIGNED_IN_AGAIN_S", 0.3)
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.2)


@pytest.mark.usefixtures("quick")
def test_a_disabled_user_hears_no_more(world: World, open_stream: Callable[..., Stream]) -> None:
    stream, other = open_stream(), open_stream(world.lead)
    stream.next()
    other.next()
    with world.database.write() as connection:
        user = accounts.User(world.agent.user, "Chen", Role.AGENT, disabled=True)
        accounts.save_user(connection, user)
    assert ended(stream, 5) == "signed_out"
    flagged(world, "PG-1")
    assert other.next().changes.rows


@pytest.mark.usefixtures("quick")
def test_an_expired_token_hears_no_more(world: World, open_stream: Callable[..., Stream]) -> None:
    stream = open_stream()
    stream.next()
    world.clock.turn(91 * 86400)
    assert ended(stream, 5) == "signed_out"


@pytest.mark.usefixtures("quick")
def test_who_changes_teams_begins_anew(world: World, open_stream: Callable[..., Stream]) -> None:
    case = flagged(world, "PG-1")
    stream = open_stream(cursor="0")
    first = stream.next()
    assert [row.id for row in first.changes.rows] == [case]
    world.person("chen", Role.AGENT, "other")
    assert ended(stream, 5) == "moved"
    again = open_stream(last=first.id or "").next().changes
    assert again.reload
    assert again.rows == ()


def test_a_case_that_goes_to_another_team_makes_its_readers_begin_anew(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    flagged(world, "PG-1")
    stream = open_stream()
    stream.next()
    with world.database.write() as connection:
        assert case_rows.move_shop(connection, world.shop.id, "other") == 1
    assert ended(stream, 5) == "moved"


@pytest.mark.usefixtures("quick")
def test_a_quiet_line_is_kept_alive(world: World, open_stream: Callable[..., Stream]) -> None:
    stream = open_stream()
    stream.next()
    deadline = time.monotonic() + 5
    while stream.comments < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stream.comments >= 3


def test_stopping_ends_every_stream_and_takes_no_new_one(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    streams = [open_stream() for _ in range(3)]
    for stream in streams:
        stream.next()
    world.gateway.feed.close()
    assert [ended(stream, 5) for stream in streams] == ["stopping"] * 3
    late = open_stream().response
    late.read()
    assert late.status_code == 503
    assert "retry-after" in late.headers


def test_more_streams_than_allowed_are_refused(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    world.gateway.feed.most = 2
    kept = [open_stream(), open_stream()]
    for stream in kept:
        stream.next()
    refused = open_stream().response
    refused.read()
    problem = msgspec.json.decode(refused.content, type=Problem)
    assert problem.kind is ProblemType.THROTTLED
    kept[0].close()
    deadline = time.monotonic() + 5
    while len(world.gateway.feed) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    open_stream().next()


def test_who_reads_nothing_is_cut_off_and_the_others_hear_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listen_narrowly(host: str, port: int) -> socket.socket:
        # Or the system itself would keep megabytes for a desk that does not read.
        listener = listen(host, port)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return listener

    monkeypatch.setattr("tests.gateway.served.listen", listen_narrowly)
    monkeypatch.setattr(streaming, "SLOWEST_S", 0.5)
    cases = [flagged(world, f"PG-{n}") for n in range(60)]
    with streaming_from(world.gateway) as address, socket.socket() as deaf:
        parts = urlsplit(address)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((parts.hostname, parts.port))
        token = token_of(world, world.agent)
        head = f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        deaf.sendall(head.encode())
        good = Stream(address, token_of(world, world.lead))
        good.next()
        wait_until(lambda: len(world.gateway.feed) == 2)
        deadline = time.monotonic() + 30
        while len(world.gateway.feed) == 2 and time.monotonic() < deadline:
            for case in cases:
                handling.claim(world.gateway, world.agent, case)
            world.clock.turn(1)
        assert len(world.gateway.feed) == 1, "the deaf one is still served"
        last = flagged(world, "PG-99")
        assert {*cases, last} <= set(good.rows(2.0))
        good.close()
        deaf.close()


def test_reading_ends_with_the_last_stream(
    world: World, open_stream: Callable[..., Stream]
) -> None:
    def readers() -> int:
        return sum(thread.name == "feed" for thread in threading.enumerate())

    one, two = open_stream(), open_stream()
    one.next()
    two.next()
    assert readers() == 1
    one.close()
    wait_until(lambda: len(world.gateway.feed) == 1)
    assert readers() == 1
    two.close()
    wait_until(lambda: readers() == 0)
    case = flagged(world, "PG-1")
    assert [row.id for row in open_stream(cursor="0").next().changes.rows] == [case]


@pytest.mark.parametrize("cursor", ["-1", "x", "9" * 30])
def test_a_cursor_that_is_none_is_refused(open_stream: Callable[..., Stream], cursor: str) -> None:
    assert open_stream(cursor=cursor).response.status_code == 400
    assert open_stream(last=cursor).response.status_code == 400


@pytest.mark.parametrize("error", [OperationalError("x", None, Exception()), ValueError("ours")])
def test_a_fault_while_reading_delays_the_news_and_loses_none(
    world: World,
    open_stream: Callable[..., Stream],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    monkeypatch.setattr(feed, "_LOOK_ANYWAY_S", 0.1)
    stream = open_stream()
    stream.next()
    read, fails = case_lists.feed, [error] * 3

    def failing(connection: Connection, seq: int, limit: int) -> list[case_lists.Change]:
        if fails:
            raise fails.pop()
        return read(connection, seq, limit)

    monkeypatch.setattr(case_lists, "feed", failing)
    case = flagged(world, "PG-1")
    assert [row.id for row in stream.next().changes.rows] == [case]
    assert not fails


def test_a_stream_without_a_token_is_refused(address: str) -> None:
    assert httpx.get(f"{address}/v1/stream", trust_env=False).status_code == 401


@pytest.mark.parametrize("listens", [True, False], ids=["listening", "control"])
def test_what_another_process_writes_is_told_at_once(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    """The control: a process that does not listen hears of it only when it looks by itself."""
    monkeypatch.setattr(feed, "_LOOK_ANYWAY_S", 60.0)
    world = World(tmp_path, database=Database(postgres_url))
    second = Gateway(Database(postgres_url), [world.shop], clock=world.clock)
    heard = threading.Event()
    second.database.bell.subscribe(lambda _topic: heard.set())
    if listens:
        second.database.listen()
        # The first ring says that it listens now.
        assert heard.wait(10)
    with streaming_from(second) as address:
        stream = Stream(address, token_of(world, world.agent))
        stream.next()
        case = flagged(world, "PG-1")
        looking.look(world.gateway, world.agent, case)
        if listens:
            names: set[str] = set()
            while names != {"changes", "looking"}:
                names.add(stream.next().name)
        else:
            assert stream.rows(3.0) == []
        stream.close()
    second.stop()
    world.close()
