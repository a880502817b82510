"""Promise: the first load holds every case that its reader sees, or says that it does not."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from agent_app.contract.messages import CaseRow, Queue, SyncEnd, SyncHead
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.case import CaseState
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import casefile
from agent_app.gateway.http import first_load as answering
from agent_app.gateway.store import accounts, case_rows, first_load, schema
from agent_app.gateway.store.first_load import Place
from agent_app.gateway.visibility import EVERYTHING, Sees, sees_of
from tests.gateway.listening import streaming_from, token_of, wait_until
from tests.gateway.some_cases import Some
from tests.gateway.world import NOON, World

ENDED = CaseState.RESOLVED


class Loaded(msgspec.Struct):
    """What a desk made of an answer; `end` None: it was cut off."""

    head: SyncHead
    parts: list[list[CaseRow]]
    end: SyncEnd | None

    @property
    def rows(self) -> list[CaseRow]:
        return [row for part in self.parts for row in part]

    @property
    def ids(self) -> list[str]:
        return sorted(row.id for row in self.rows)


def loaded(body: bytes) -> Loaded:
    head, *parts = body.splitlines()
    end = None
    if parts and not parts[-1].startswith(b"["):
        end = msgspec.json.decode(parts.pop(), type=SyncEnd)
    rows = [msgspec.json.decode(part, type=list[CaseRow]) for part in parts]
    return Loaded(msgspec.json.decode(head, type=SyncHead), rows, end)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with streaming_from(world.gateway) as at:
        yield at


@pytest.fixture
def load(world: World, address: str) -> Callable[..., httpx.Response]:
    def ask(actor: Actor | None = None, days: int | None = None, **headers: str) -> httpx.Response:
        token = token_of(world, actor or world.agent)
        return httpx.get(
            f"{address}/v1/sync",
            params={} if days is None else {"resolved_days": days},
            headers={"Authorization": f"Bearer {token}", **headers},
            timeout=30,
            trust_env=False,
        )

    return ask


@pytest.fixture(autouse=True)
def _small_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ROWS", 3)


def fill(world: World, *some: Some) -> None:
    with world.database.write() as connection:
        for each in some:
            each.save(connection)


def test_it_holds_the_open_cases_and_those_that_ended_of_late(
    world: World, load: Callable[..., httpx.Response]
) -> None:
    fill(world, *(Some(n) for n in range(1, 8)), *(Some(n, state=ENDED) for n in range(8, 12)))
    answer = load()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == answering.MEDIA_TYPE
    told = loaded(answer.content)
    assert told.ids == [Some(n).id for n in range(1, 12)]
    assert told.end == SyncEnd(rows=11)
    assert told.head.total == 11
    assert (told.head.counts.team, told.head.counts.resolved) == (7, 4)
    assert max(map(len, told.parts)) == 3
    page = casefile.list_cases(world.gateway, world.agent, Queue.TEAM, limit=200)
    assert {row.id: row for row in told.rows}.items() >= {row.id: row for row in page.rows}.items()
    after = casefile.list_changes(world.gateway, world.agent, told.head.cursor)
    assert (after.rows, after.reload) == ((), False)


@pytest.mark.parametrize(
    ("days", "age_h", "there"), [(2, 47, 4), (2, 49, 0), (3, 49, 4), (0, 1, 0)]
)
def test_how_far_back_ended_cases_go_is_the_desks_choice(
    world: World, load: Callable[..., httpx.Response], days: int, age_h: int, there: int
) -> None:
    fill(world, *(Some(n, state=ENDED) for n in range(4)))
    world.clock.turn(age_h * 3600)
    told = loaded(load(days=days).content)
    assert (len(told.rows), told.head.total) == (there, there)
    assert told.end == SyncEnd(rows=there)


@pytest.mark.parametrize("days", ["-1", "91", "x"])
def test_another_number_of_days_is_refused(
    world: World, load: Callable[..., httpx.Response], days: str
) -> None:
    answer = load(days=days)
    assert answer.status_code == 400
    assert msgspec.json.decode(answer.content, type=Problem).field == "resolved_days"


def test_it_is_packed_for_who_takes_it(world: World, address: str) -> None:
    fill(world, *(Some(n) for n in range(1, 60)))
    bodies = {}
    headers = {"Authorization": f"Bearer {token_of(world, world.agent)}"}
    with httpx.Client(timeout=30, trust_env=False, headers=headers) as client:
        for accepted in ("gzip", "identity", "gzip;q=0", "br, GZIP;q=0.5"):
            asked = client.stream(
                "GET", f"{address}/v1/sync", headers={"Accept-Encoding": accepted}
            )
            with asked as answer:
                raw = b"".join(answer.iter_raw())
                packed = answer.headers.get("content-encoding") == "gzip"
                assert answer.headers["vary"] == "Accept-Encoding"
            assert packed is (accepted in {"gzip", "br, GZIP;q=0.5"})
            bodies[accepted] = gzip.decompress(raw) if packed else raw
            assert loaded(bodies[accepted]).end == SyncEnd(rows=59)
            assert (len(raw) < len(bodies[accepted]) / 3) is packed
    assert len({len(body) for body in bodies.values()}) == 1


@pytest.mark.parametrize("seed", range(6))
def test_everybody_gets_what_he_sees_and_no_case_twice(
    world: World, load: Callable[..., httpx.Response], seed: int
) -> None:
    chance = random.Random(seed)
    cases = [
        Some(
            number,
            team=chance.choice(("main", "north", "south")),
            state=chance.choice((CaseState.FLAGGED, ENDED, CaseState.WAITING_CUSTOMER)),
            deadline_min=chance.choice((None, 10)),
            claim_user=chance.choice((None, "chen")),
        )
        for number in range(1, 40)
    ]
    fill(world, *cases)
    readers = {
        world.person("one", Role.AGENT, "north"): {"north"},
        world.person("two", Role.AGENT, "main", "south"): {"main", "south"},
        world.person("all", Role.AGENT, "*"): {"main", "north", "south"},
        world.person("auditor", Role.AUDITOR, "none"): {"main", "north", "south"},
        world.person("stranger", Role.LEAD, "none"): set(),
    }
    for reader, teams in readers.items():
        told = loaded(load(reader).content)
        assert told.ids == sorted(some.id for some in cases if some.team in teams)
        assert told.head.total == len(told.rows)
        assert told.end is not None


@pytest.mark.parametrize("own", [EVERYTHING, Sees(frozenset({"main"}))])
def test_who_sees_his_own_cases_alone_gets_those(world: World, own: Sees) -> None:
    """No role is so; the store is held to it as the lists are."""
    fill(world, Some(1, claim_user="chen"), Some(2, claim_user="amina"), Some(3, state=ENDED))
    fill(world, Some(4, state=ENDED, claim_user="chen"))
    sees = replace(own, claimed_by=UserId("chen"))
    with world.database.read() as connection:
        begun = first_load.begin(connection, sees, UserId("chen"), NOON, NOON - timedelta(days=1))
        rows = [
            msgspec.json.decode(row, type=CaseRow).id
            for part in begun.parts
            for row in first_load.page(connection, part, part.start, 100)[0]
        ]
    assert (sorted(rows), begun.total) == (["C000001", "C000004"], 2)


def as_a_desk(world: World, told: Loaded, cursor: str) -> dict[str, CaseRow]:
    """Return what a desk holds after the load and the changes since the cursor."""
    held: dict[str, CaseRow] = {row.id: row for row in told.rows}
    changes = casefile.list_changes(world.gateway, world.agent, cursor)
    for row in changes.rows:
        if row.id not in held or held[row.id].version < row.version:
            held[row.id] = row
    return held


@pytest.mark.parametrize("seed", range(5))
def test_what_changes_meanwhile_is_neither_lost_nor_old(
    world: World, load: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The control: with a cursor of after the last row, changes are missed."""
    chance = random.Random(seed)
    fill(world, *(Some(n, deadline_min=n) for n in range(1, 21)))
    truly = first_load.page

    def busy(*asked: object) -> tuple[list[bytes], Place | None]:
        for _ in range(4):
            number = chance.randrange(1, 30)
            state = chance.choice((CaseState.FLAGGED, ENDED))
            fill(world, Some(number, state=state, deadline_min=chance.randrange(1, 100)))
        return truly(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(first_load, "page", busy)
    told = loaded(load().content)
    monkeypatch.undo()
    assert told.end is not None
    with world.database.read() as connection:
        latest = case_rows.latest_change(connection)
        rows = connection.execute(sa.select(schema.cases.c.row)).scalars().all()
        now = {row.id: row for row in (msgspec.json.decode(r, type=CaseRow) for r in rows)}
    assert as_a_desk(world, told, told.head.cursor) == now
    assert as_a_desk(world, told, str(latest)) != now


@pytest.mark.parametrize("packed", ["gzip", "identity"])
def test_a_load_that_the_database_breaks_off_does_not_look_whole(
    world: World,
    load: Callable[..., httpx.Response],
    monkeypatch: pytest.MonkeyPatch,
    packed: str,
) -> None:
    fill(world, *(Some(n) for n in range(1, 10)))
    monkeypatch.setattr(first_load, "page", _broken_after(1))
    told = loaded(load(**{"Accept-Encoding": packed}).content)
    assert (len(told.rows), told.end) == (3, None)
    wait_until(lambda: world.gateway.loads.running == 0)


def _broken_after(pages: int) -> Callable[..., object]:
    truly, seen = first_load.page, iter(range(100))

    def page(*asked: object) -> object:
        if next(seen) >= pages:
            raise OperationalError("SELECT", {}, Exception("disk I/O error"))
        return truly(*asked)  # type: ignore[arg-type]

    return page


def test_who_is_shut_out_gets_no_more(
    world: World, load: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, *(Some(n) for n in range(1, 10)))
    monkeypatch.setattr(answering, "SIGNED_IN_AGAIN_S", 0.0)
    assert loaded(load().content).end is not None
    truly = first_load.page

    def shut_out(*asked: object) -> object:
        with world.database.write() as connection:
            user = accounts.User(world.agent.user, "Chen", Role.AGENT, disabled=True)
            accounts.save_user(connection, user)
        return truly(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(first_load, "page", shut_out)
    told = loaded(load().content)
    assert (len(told.rows), told.end) == (3, None)


def test_more_at_once_than_are_taken_are_asked_to_come_again(
    world: World, load: Callable[..., httpx.Response]
) -> None:
    world.gateway.loads.most = 0
    answer = load()
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert msgspec.json.decode(answer.content, type=Problem).kind is ProblemType.THROTTLED
    world.gateway.loads.most = 1
    for _ in range(3):
        assert loaded(load().content).end is not None
        wait_until(lambda: world.gateway.loads.running == 0)


def test_nothing_is_read_for_who_has_gone(
    world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, *(Some(n) for n in range(1, 6)))
    truly, pages = first_load.page, iter(range(10_000))
    last = 0

    def endless(connection: Connection, part: first_load.Part, _: object, limit: int) -> object:
        nonlocal last
        last = next(pages)
        rows, _place = truly(connection, part, part.start, limit)
        return rows * 200, ("", "")

    monkeypatch.setattr(first_load, "page", endless)
    headers = {"Authorization": f"Bearer {token_of(world, world.agent)}"}
    with (
        httpx.Client(timeout=30, trust_env=False, headers=headers) as client,
        client.stream("GET", f"{address}/v1/sync") as answer,
    ):
        next(answer.iter_bytes())
        assert world.gateway.loads.running == 1
    wait_until(lambda: world.gateway.loads.running == 0)
    assert last < 9_000, "it would have gone on for ever"


def test_a_gateway_that_stops_cuts_it_off(
    world: World, load: Callable[..., httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, *(Some(n) for n in range(1, 10)))
    truly = first_load.page

    def stops(*asked: object) -> object:
        world.gateway.feed.close()
        return truly(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(first_load, "page", stops)
    assert loaded(load().content).end is None
    answer = load()
    assert answer.status_code == 503


def test_each_page_is_read_from_an_index(world: World) -> None:
    """The control: by a column without an index they are sorted."""
    fill(world, *(Some(n) for n in range(1, 30)), *(Some(n, state=ENDED) for n in range(30, 60)))
    with world.database.read() as connection:
        sees = sees_of(world.agent)
        parts = first_load.begin(connection, sees, world.agent.user, NOON, NOON).parts
        assert all(_is_by_index(connection, part) for part in parts)
        assert not _is_by_index(connection, replace(parts[0], by="terms_mark"))


def _is_by_index(connection: Connection, part: first_load.Part) -> bool:
    told: list[str] = []

    class Explained:
        """A connection that tells how a statement is carried out, beside doing so."""

        def execute(self, statement: sa.Select[tuple[object, ...]]) -> object:
            text = str(
                statement.compile(
                    dialect=connection.dialect, compile_kwargs={"literal_binds": True}
                )
            ).replace("%", "%%")
            how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
            told.extend(str(line) for line in connection.exec_driver_sql(f"{how} {text}").all())
            return connection.execute(statement)

    if connection.dialect.name == "postgresql":
        for way in ("seqscan", "bitmapscan", "incremental_sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    first_load.page(Explained(), part, ("2026-01-01T00:00:00.000000Z", CaseId("C000001")), 3)  # type: ignore[arg-type]
    plan = " ".join(told).lower()
    from_its_place = ("(sort_key,id)>(" in plan) or ("(ended_at,id)>(" in plan) or "row(" in plan
    sorted_after = "sort" in plan.replace("sort_key", "") or "b-tree" in plan
    return "index" in plan and from_its_place and not sorted_after
