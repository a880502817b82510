"""Promise: the API answers typed messages or one clear problem, and repeats are harmless."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import msgspec
import pytest

from agent_app.contract.messages import ActionStatus, CaseDetail, CasePage, Contact, Session
from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import UserId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway.store import accounts, schema
from tests.gateway.served import served
from tests.gateway.world import World


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.gateway) as at:
        yield at


def client(world: World, address: str, actor: Actor, token: str | None = None) -> httpx.Client:
    if token is None:
        with world.database.write() as connection:
            token = accounts.issue_token(connection, actor.user, world.clock.now())
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def agent(world: World, address: str) -> Iterator[httpx.Client]:
    with client(world, address, world.agent) as made:
        yield made


def told(response: httpx.Response) -> Problem:
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = msgspec.json.decode(response.content, type=Problem)
    assert problem.status == response.status_code
    return problem


def test_a_case_is_worked_over_http(world: World, agent: httpx.Client) -> None:
    ref = world.shop.stuck("PG-1")
    world.watch()
    page = msgspec.json.decode(agent.get("/v1/cases?queue=orphans").content, type=CasePage)
    case = page.rows[0].id
    for number, step in enumerate(("claim", "recheck")):
        answer = agent.post(f"/v1/cases/{case}/{step}", headers={"Idempotency-Key": f"{number}"})
        assert answer.status_code == 200
    detail = msgspec.json.decode(answer.content, type=CaseDetail)
    assert detail.decisions[ActionKind.RESUBMIT].allowed
    assert "Xiaoming" not in answer.text
    assert "wang@" not in answer.text

    body = b'{"kind": "resubmit"}'
    url = f"/v1/cases/{case}/actions"
    first = agent.post(url, content=body, headers={"Idempotency-Key": "a"})
    world.work()
    again = agent.post(url, content=body, headers={"Idempotency-Key": "a"})
    assert first.status_code == again.status_code == 202
    assert again.content == first.content
    status = msgspec.json.decode(first.content, type=ActionStatus)
    assert world.shop.books.count(ActionKind.RESUBMIT, ref) == 1
    now = msgspec.json.decode(agent.get(f"/v1/actions/{status.id}").content, type=ActionStatus)
    assert now.action.record.state == "confirmed"


def test_a_key_is_required_and_belongs_to_one_request(world: World, agent: httpx.Client) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    url = f"/v1/cases/{case}/notes"
    assert told(agent.post(url, json={"text": "a"})).kind is ProblemType.KEY_MISSING
    key = {"Idempotency-Key": "n1"}
    assert agent.post(url, json={"text": "a"}, headers=key).status_code == 200
    other = agent.post(url, json={"text": "b"}, headers=key)
    assert told(other).kind is ProblemType.KEY_REUSED
    again = msgspec.json.decode(
        agent.post(url, json={"text": "a"}, headers=key).content, type=CaseDetail
    )
    assert [note.text for note in again.notes] == ["a"]


def test_a_refused_request_stays_refused_under_its_key(world: World, agent: httpx.Client) -> None:
    world.shop.stuck("PG-1")
    world.watch()
    case = world.case_of(next(iter(world.shop._orders)))
    key = {"Idempotency-Key": "k"}
    url = f"/v1/cases/{case}/actions"
    locked = told(agent.post(url, json={"kind": "resubmit"}, headers=key))
    assert locked.kind is ProblemType.LOCKED
    assert "not_claimed" in locked.why
    agent.post(f"/v1/cases/{case}/claim", headers={"Idempotency-Key": "c"})
    # A copy that the network held back until the reason was gone.
    again = told(agent.post(url, json={"kind": "resubmit"}, headers=key))
    assert (again.kind, again.why) == (locked.kind, locked.why)
    new = {"Idempotency-Key": "k2"}
    assert agent.post(url, json={"kind": "resubmit"}, headers=new).status_code == 202


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{nonsense", None),
        (b'{"kind": "abolish"}', "kind"),
        (b'{"kind": "refund", "amount": {"amount_minor": 1.5, "currency": "CNY"}}', "amount"),
        (b'{"kind": "refund", "reason": "x", "amuont": 3}', None),
    ],
)
def test_bad_input_gets_one_problem_that_names_the_place(
    world: World, agent: httpx.Client, body: bytes, field: str | None
) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    answer = agent.post(f"/v1/cases/{case}/actions", content=body, headers={"Idempotency-Key": "x"})
    problem = told(answer)
    assert problem.kind is ProblemType.INVALID_REQUEST
    assert problem.detail
    if field:
        assert field in (problem.field or "")


@pytest.mark.parametrize(
    "path",
    ["/v1/cases?queue=all", "/v1/cases?limit=0", "/v1/cases?limit=many", "/v1/changes?cursor=-1"],
)
def test_bad_questions_are_refused(agent: httpx.Client, path: str) -> None:
    assert told(agent.get(path)).kind is ProblemType.INVALID_REQUEST


def test_what_is_not_there_is_not_visible(agent: httpx.Client) -> None:
    assert told(agent.get("/v1/cases/C999999")).kind is ProblemType.NOT_VISIBLE
    assert told(agent.get("/v1/nowhere")).kind is ProblemType.NOT_VISIBLE


def test_unknown_expired_revoked_and_disabled_are_shut_out(world: World, address: str) -> None:
    for token in ("none", "aat_guessed"):
        with client(world, address, world.agent, token) as stranger:
            assert told(stranger.get("/v1/session")).kind is ProblemType.UNAUTHENTICATED
    with client(world, address, world.agent) as known:
        assert known.get("/v1/session").status_code == 200
        world.clock.at += timedelta(days=91)
        assert known.get("/v1/session").status_code == 401
    with client(world, address, world.other) as revoked:
        with world.database.write() as connection:
            assert accounts.revoke_tokens(connection, world.other.user) == 1
        assert revoked.get("/v1/session").status_code == 401
    with client(world, address, world.lead) as disabled:
        with world.database.write() as connection:
            user = accounts.User(world.lead.user, "Marta", Role.LEAD, disabled=True)
            accounts.save_user(connection, user)
        assert disabled.get("/v1/session").status_code == 401


def test_tokens_are_not_in_the_database(world: World) -> None:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, UserId("chen"), world.clock.now())
    with world.database.read() as connection:
        rows = [
            repr(row)
            for table in schema.metadata.sorted_tables
            for row in connection.execute(table.select())
        ]
    if not world.database.shared:
        world.database.close()
        rows += [repr(f.read_bytes()) for f in world.database.path.parent.iterdir()]
    stored = "".join(rows)
    assert token not in stored
    assert "chen" in stored


def test_a_role_that_may_not_is_told_who_may(world: World, address: str) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    auditor = world.person("grace", Role.AUDITOR)
    with client(world, address, auditor) as reader:
        assert reader.get(f"/v1/cases/{case}").status_code == 200
        refused = told(reader.post(f"/v1/cases/{case}/reveal", headers={"Idempotency-Key": "r"}))
    assert refused.kind is ProblemType.FORBIDDEN
    assert refused.why == ("pii.reveal",)
    assert "agent" in refused.roles


def test_contact_data_is_revealed_after_it_is_audited(world: World, agent: httpx.Client) -> None:
    case = world.claimed(world.shop.stuck("PG-1"))
    answer = agent.post(f"/v1/cases/{case}/reveal", headers={"Idempotency-Key": "r"})
    contact = msgspec.json.decode(answer.content, type=Contact)
    assert contact.email == "wang@example.test"
    with world.database.read() as connection:
        logged = connection.exec_driver_sql(
            "SELECT who, what, detail FROM audit WHERE what = 'pii_revealed'"
        ).one()
    assert logged.who == "chen"
    assert "wang" not in logged.detail


def test_the_session_names_role_scopes_and_shops(world: World, agent: httpx.Client) -> None:
    world.watch()
    session = msgspec.json.decode(agent.get("/v1/session").content, type=Session)
    assert session.role is Role.AGENT
    assert session.shops[0].capabilities.label == "Fake shop"
