"""Promise: a kept answer is for who may see it now, and a wrong request writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.roles import Role
from agent_app.gateway.http.app import make_app
from agent_app.gateway.store import schema
from tests.gateway.api.asking import Question, ask_all
from tests.gateway.api.cast import AWAY, HOME, Account, Cast


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path)
    yield made
    made.close()


@pytest.fixture
def app(cast: Cast) -> Starlette:
    return make_app(cast.world.gateway)


def send(
    app: Starlette, account: Account, path: str, content: bytes = b"", **headers: str
) -> httpx.Response:
    said = {"Authorization": f"Bearer {account.token}", "Idempotency-Key": "k1"}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ask_all(app, [Question("POST", path, said, content)])[0]


def kind(answer: httpx.Response) -> ProblemType:
    return msgspec.json.decode(answer.content, type=Problem).kind


def test_a_kept_answer_is_not_given_to_who_no_longer_sees_the_case(
    cast: Cast, app: Starlette
) -> None:
    agent, path = cast.account(Role.AGENT), f"/v1/cases/{cast.case()}/notes"
    note = b'{"text": "he called"}'
    first = send(app, agent, path, note)
    assert first.status_code == 200
    cast.world.person(agent.actor.user, Role.AGENT, AWAY)
    assert kind(send(app, agent, path, note)) is ProblemType.NOT_VISIBLE
    cast.world.person(agent.actor.user, Role.AUDITOR, AWAY)
    assert send(app, agent, path, note).status_code in {200, 403}
    cast.world.person(agent.actor.user, Role.AGENT, HOME)
    assert send(app, agent, path, note).content == first.content


def test_one_persons_key_is_nothing_to_another(cast: Cast, app: Starlette) -> None:
    path = f"/v1/cases/{cast.case()}/notes"
    for account in (cast.account(Role.AGENT), cast.account(Role.LEAD)):
        text = f'{{"text": "from {account.actor.user}"}}'.encode()
        answer = send(app, account, path, text)
        assert answer.status_code == 200
        assert account.actor.user in answer.text


@pytest.mark.parametrize("key", ["", "a b", "ä", "a" * 201, "\x7f"])
def test_a_key_of_another_form_is_none(cast: Cast, app: Starlette, key: str) -> None:
    path = f"/v1/cases/{cast.case()}/claim"
    answer = send(app, cast.account(Role.AGENT), path, Idempotency_Key=key)
    assert kind(answer) is ProblemType.KEY_MISSING


def test_two_keys_are_no_key(cast: Cast, app: Starlette) -> None:
    token = cast.account(Role.AGENT).token
    twice = [("Authorization", f"Bearer {token}"), *[("Idempotency-Key", "a")] * 2]
    question = Question("POST", f"/v1/cases/{cast.case()}/claim", twice)
    assert kind(ask_all(app, [question])[0]) is ProblemType.KEY_MISSING


def test_a_request_that_cannot_be_right_writes_nothing(cast: Cast, app: Starlette) -> None:
    """It would cost two writes to take its key and to give it back."""
    agent, auditor = cast.account(Role.AGENT), cast.account(Role.AUDITOR)
    case = cast.case()
    resubmit = b'{"kind": "resubmit"}'
    wrong = [
        send(app, agent, f"/v1/cases/{case}/notes", b"nonsense"),
        send(app, agent, f"/v1/cases/{case}/notes", b'{"text": ""}'),
        send(app, agent, f"/v1/cases/{case}/notes", b'{"text": "a"}', Content_Type="text/plain"),
        send(app, agent, f"/v1/cases/{case}/notes?x=1", b'{"text": "a"}'),
        send(app, agent, "/v1/cases/C999999/notes", b'{"text": "a"}'),
        send(app, auditor, f"/v1/cases/{case}/actions", resubmit),
        send(app, auditor, f"/v1/cases/{case}/claim"),
    ]
    assert [answer.status_code for answer in wrong] == [400, 400, 415, 400, 404, 403, 403]
    assert written(cast) == 0
    # The negative control: a refusal by the state of the case is after the key was taken.
    assert send(app, agent, f"/v1/cases/{case}/claim").status_code == 200
    assert written(cast) == 1


def test_a_refusal_stays_under_its_key_when_its_reason_is_gone(cast: Cast) -> None:
    app, other = make_app(cast.world.gateway), make_app(cast.world.gateway)
    agent, path = cast.account(Role.AGENT), f"/v1/cases/{cast.case()}"
    finding = b'{"step": "visible", "state": "deferred", "note": "later"}'
    first = send(app, agent, f"{path}/findings", finding)
    assert (first.status_code, kind(first)) == (409, ProblemType.CONFLICT)
    assert send(app, agent, f"{path}/claim", Idempotency_Key="c").status_code == 200
    for process in (app, other):
        late = send(process, agent, f"{path}/findings", finding)
        assert (late.status_code, late.content) == (409, first.content)
        assert late.headers["content-type"] == first.headers["content-type"]
        changed = finding.replace(b"later", b"other")
        assert kind(send(process, agent, f"{path}/findings", changed)) is ProblemType.KEY_REUSED
    # The control: a new key is judged as things are now.
    assert send(app, agent, f"{path}/findings", finding, Idempotency_Key="k2").status_code == 200


def test_a_refused_claim_is_not_given_by_its_late_copy(cast: Cast, app: Starlette) -> None:
    lead, agent = cast.account(Role.LEAD), cast.account(Role.AGENT)
    path = f"/v1/cases/{cast.case()}"
    assert send(app, lead, f"{path}/claim").status_code == 200
    first = send(app, agent, f"{path}/claim")
    assert kind(first) is ProblemType.CONFLICT
    assert send(app, lead, f"{path}/release").status_code in {200, 422}
    assert send(app, lead, f"{path}/release", Idempotency_Key="r").status_code == 200
    assert send(app, agent, f"{path}/claim").content == first.content
    assert send(app, agent, f"{path}/claim", Idempotency_Key="c2").status_code == 200


def written(cast: Cast) -> int:
    with cast.world.database.read() as connection:
        count = sa.select(sa.func.count()).select_from(schema.requests)
        return int(connection.execute(count).scalar_one())
