"""Promise: a case is its team's; for everybody else it does not exist. A lead gives cases out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent_app.contract.messages import AssignRequest, Queue
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.domain.roles import ALL_TEAMS, Actor, Role
from agent_app.gateway import casefile, handling
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.endpoint import About, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from agent_app.gateway.store import accounts, schema
from tests.gateway.served import served
from tests.gateway.world import World

ABOUT_SOMETHING = [e for e in ENDPOINTS if e.about is not About.NOTHING]


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.gateway) as at:
        yield at


@pytest.fixture
def held(world: World) -> tuple[CaseId, ActionId]:
    """A case of the main team with a refund that waits for a second person."""
    case = world.claimed(world.shop.stuck("PG-1", 60_000))
    asked = world.request(case, ActionKind.REFUND, reason="wants it back")
    return case, asked.id


def client(world: World, address: str, actor: Actor) -> httpx.Client:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, actor.user, world.clock.now())
    return httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False
    )


def ask(client: httpx.Client, endpoint: Endpoint, case: str, action: str) -> httpx.Response:
    path = endpoint.path.format(case=case, action=action, template="checking")
    key = {"Idempotency-Key": f"{endpoint.name}-{case}-{action}"}
    body = b"{}" if endpoint.body is not None else None
    return client.request(endpoint.method, path, headers=key, content=body)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.AUDITOR])
def test_another_teams_case_is_to_the_byte_one_that_does_not_exist(
    world: World, address: str, held: tuple[CaseId, ActionId], role: Role
) -> None:
    case, action = held
    stranger = world.person("zoe", role, "other")
    nothing = ("C999999", "A" + "0" * (len(action) - 1))
    with client(world, address, stranger) as theirs:
        for endpoint in ABOUT_SOMETHING:
            foreign = ask(theirs, endpoint, case, action)
            missing = ask(theirs, endpoint, *nothing)
            assert foreign.status_code == missing.status_code == 404, endpoint.name
            told = foreign.content.replace(case.encode(), nothing[0].encode())
            assert told.replace(action.encode(), nothing[1].encode()) == missing.content
            assert set(foreign.headers) == set(missing.headers)
    assert casefile.detail(world.gateway, world.lead, case).notes[-1].by == world.agent.user


def test_the_same_questions_of_ones_own_team_are_answered(
    world: World, address: str, held: tuple[CaseId, ActionId]
) -> None:
    """The control: what the test above asks for is there."""
    with client(world, address, world.lead) as ours:
        for endpoint in ABOUT_SOMETHING:
            assert ask(ours, endpoint, *held).status_code != 404, endpoint.name


def test_lists_counts_search_and_changes_hold_ones_own_teams_alone(
    world: World, held: tuple[CaseId, ActionId]
) -> None:
    stranger = world.person("zoe", Role.LEAD, "other")
    both = world.person("bo", Role.LEAD, "main", "other")
    every = world.person("max", Role.LEAD, ALL_TEAMS)
    auditor = world.person("aud", Role.AUDITOR, "other")
    for queue in (Queue.TEAM, Queue.APPROVALS):
        for words in ("", "PG-1", "Wang"):
            nothing = casefile.list_cases(world.gateway, stranger, queue, words=words)
            assert (nothing.rows, nothing.total) == ((), 0)
            assert set(vars_of(nothing.counts)) == {0}
            for reader in (world.agent, both, every, auditor):
                page = casefile.list_cases(world.gateway, reader, queue, words=words)
                assert [row.id for row in page.rows] == [held[0]]
                assert page.counts.team == 1
    assert casefile.list_changes(world.gateway, stranger, "0").rows == ()
    assert casefile.list_changes(world.gateway, both, "0").rows


def vars_of(counts: object) -> list[int]:
    return [getattr(counts, name) for name in ("mine", "team", "orphans", "approvals", "resolved")]


def assign(world: World, case: CaseId, user: str, lead: Actor | None = None) -> str:
    request = AssignRequest(UserId(user))
    row = handling.assign(world.gateway, lead or world.lead, case, request).row
    assert row.claim is not None
    return row.claim.name


def refusal(world: World, case: CaseId, user: str, lead: Actor | None = None) -> Problem:
    with pytest.raises(Refused) as refused:
        assign(world, case, user, lead)
    return refused.value.problem


def test_a_lead_gives_a_case_to_another_whoever_has_it(
    world: World, held: tuple[CaseId, ActionId]
) -> None:
    case, _ = held
    assert assign(world, case, "amina") == "Amina"
    with pytest.raises(Refused) as refused:
        handling.claim(world.gateway, world.agent, case)
    assert refused.value.problem.holder == "Amina"
    mine = casefile.list_cases(world.gateway, world.other, Queue.MINE)
    assert [row.id for row in mine.rows] == [case]
    with world.database.read() as connection:
        log = list(connection.execute(schema.audit.select()))
    entry = next(row for row in log if row.what == "case_assigned")
    assert entry.who == "marta"
    assert '"before":"chen"' in entry.detail
    assert '"user":"amina"' in entry.detail


def test_a_case_given_to_somebody_waits_for_him_and_then_needs_his_desk(
    world: World, held: tuple[CaseId, ActionId]
) -> None:
    case, _ = held
    assign(world, case, "amina")
    world.clock.turn(20 * 60)
    handling.claim(world.gateway, world.other, case)
    world.clock.turn(91)
    taken = handling.claim(world.gateway, world.agent, case).row.claim
    assert taken is not None
    assert taken.user == world.agent.user


def test_who_cannot_work_on_it_is_not_given_it_and_all_are_told_alike(
    world: World, held: tuple[CaseId, ActionId]
) -> None:
    case, _ = held
    world.person("tech", Role.TECHNICIAN)
    world.person("zoe", Role.AGENT, "other")
    with world.database.write() as connection:
        gone = accounts.User(UserId("gone"), "Gone", Role.AGENT, disabled=True)
        accounts.save_user(connection, gone)
    for user in ("tech", "zoe", "gone", "nobody"):
        told = refusal(world, case, user)
        assert (told.kind, told.field) == (ProblemType.INVALID_REQUEST, "user")
        assert told.detail.replace(user, "X") == refusal(world, case, "X").detail
    claim = casefile.detail(world.gateway, world.lead, case).row.claim
    assert claim is not None
    assert claim.user == world.agent.user


def test_only_a_lead_of_the_team_gives_its_cases_out(
    world: World, held: tuple[CaseId, ActionId]
) -> None:
    case, _ = held
    assert refusal(world, case, "amina", world.agent).kind is ProblemType.FORBIDDEN
    foreign = world.person("zoe", Role.LEAD, "other")
    assert refusal(world, case, "amina", foreign).kind is ProblemType.NOT_VISIBLE


def test_a_team_is_its_shops(world: World, held: tuple[CaseId, ActionId], tmp_path: Path) -> None:
    """The control of all above: when the shop goes to the other team, so do its cases."""
    case, _ = held
    stranger = world.person("zoe", Role.LEAD, "other")
    teams = {world.shop.id: "other"}
    moved = World(tmp_path, database=world.database, teams=teams)
    moved.gateway._give_cases_to_teams()
    assert casefile.detail(moved.gateway, stranger, case).row.id == case
    with pytest.raises(Refused):
        casefile.detail(moved.gateway, world.lead, case)
    assert casefile.list_cases(moved.gateway, stranger, Queue.TEAM).total == 1
    assert casefile.list_cases(moved.gateway, world.lead, Queue.TEAM).total == 0
