"""Promise: what became of a request is told by its key, to its sender, and nothing is done."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec
import pytest
import sqlalchemy as sa

from agent_app.contract.messages import (
    ActionRequest,
    CaseDetail,
    NoteRequest,
    RequestFate,
    RequestState,
)
from agent_app.contract.problems import Problem, ProblemType
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway import acting, fates, handling
from agent_app.gateway.errors import Refused, conflict
from agent_app.gateway.http.answers import answer
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.idempotency import Requests
from agent_app.gateway.store import schema
from tests.gateway.api.asking import Question, ask_all
from tests.gateway.listening import flagged, token_of
from tests.gateway.world import World

Sending = Callable[[str], object]


@pytest.fixture
def case(world: World) -> CaseId:
    return world.claimed(world.shop.stuck("PG-1"))


def ask(world: World, key: str, actor: Actor | None = None) -> RequestFate:
    return fates.fate(world.gateway, actor or world.agent, key)


def never_came(world: World, key: str, actor: Actor | None = None) -> bool:
    with pytest.raises(Refused) as refused:
        ask(world, key, actor)
    return refused.value.problem.kind is ProblemType.NOT_VISIBLE


def send(world: World, key: str, use: Sending, *, keep_answer: bool = True) -> None:
    """Carry a request out under the key as the API does, by its sender chen."""
    Requests(world.gateway).once(
        world.agent.user,
        key,
        "POST /somewhere",
        b"",
        lambda unique: answer(use(unique)),
        keep_answer=keep_answer,
    )


def noting(world: World, case: CaseId, text: str = "hello") -> Sending:
    return lambda unique: handling.add_note(
        world.gateway, world.agent, case, NoteRequest(text), unique
    )


class Lost(Exception):
    """The process fails between the effect and the answer."""


def test_a_request_that_was_answered_is_told_with_its_answer(world: World, case: CaseId) -> None:
    app, token = make_app(world.gateway), token_of(world, world.agent)
    headers = {"Authorization": f"Bearer {token}"}
    keyed = {**headers, "Idempotency-Key": "k"}
    wish = msgspec.json.encode({"kind": "escalate", "reason": "the provider is silent"})
    acted, told, unknown = ask_all(
        app,
        [
            Question("POST", f"/v1/cases/{case}/actions", keyed, wish),
            Question("GET", "/v1/requests/k", headers),
            Question("GET", "/v1/requests/other", headers),
        ],
    )
    fate = msgspec.json.decode(told.content, type=RequestFate)
    assert (fate.state, fate.status) == (RequestState.ANSWERED, acted.status_code)
    assert bytes(fate.answer) == acted.content
    assert unknown.status_code == 404
    assert msgspec.json.decode(unknown.content, type=Problem).kind is ProblemType.NOT_VISIBLE


def test_asking_carries_nothing_out(world: World, case: CaseId) -> None:
    world.request(case, ActionKind.RESUBMIT)
    before = rows(world)
    for key in ("test:1", "1", "never", "", "a b", "\x00", "ä"):
        assert never_came(world, key)
    world.work(5)
    send(world, "note", noting(world, case))
    after = rows(world)
    assert after != before, "the control: sending does"
    for _ in range(3):
        ask(world, "note")
    assert rows(world) == after


def rows(world: World) -> dict[str, int]:
    with world.database.read() as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in schema.metadata.sorted_tables
        }


def test_of_a_request_that_was_refused_nothing_was_done(world: World) -> None:
    def refuse(_: str) -> object:
        raise conflict("somebody was first")

    with pytest.raises(Refused):
        send(world, "k", refuse)
    assert never_came(world, "k")


def test_an_effect_is_told_though_its_repeat_was_refused(world: World, case: CaseId) -> None:
    def lost(unique: str) -> object:
        noting(world, case)(unique)
        raise Lost

    def refuse(_: str) -> object:
        raise conflict("it ended meanwhile")

    with pytest.raises(Lost):
        send(world, "k", lost)
    with pytest.raises(Refused):
        send(world, "k", refuse)
    assert ask(world, "k").state is RequestState.DONE


def test_nobody_asks_after_anothers_request(world: World, case: CaseId) -> None:
    send(world, "k", noting(world, case))
    assert ask(world, "k").state is RequestState.ANSWERED
    assert never_came(world, "k", world.other)


def test_a_kept_answer_is_given_only_while_its_case_is_visible(world: World, case: CaseId) -> None:
    send(world, "k", noting(world, case))
    assert msgspec.json.decode(ask(world, "k").answer, type=CaseDetail).row.id == case
    moved = world.person("chen", Role.AGENT, "another")
    fate = ask(world, "k", moved)
    assert (fate.state, fate.status, bytes(fate.answer)) == (RequestState.ANSWERED, 200, b"null")


def test_that_no_answer_is_kept_is_told_of_the_kind(world: World) -> None:
    case = flagged(world, "PG-1")

    def claim(_: str) -> object:
        return handling.claim(world.gateway, world.agent, case)

    send(world, "k", claim, keep_answer=False)
    assert ask(world, "k").state is RequestState.NOT_KEPT


def test_a_request_that_runs_is_told_as_running(world: World, case: CaseId) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(unique: str) -> object:
        begun.set()
        assert go_on.wait(30)
        return noting(world, case)(unique)

    thread = threading.Thread(target=send, args=(world, "k", slow))
    thread.start()
    assert begun.wait(30)
    assert ask(world, "k").state is RequestState.RUNNING
    go_on.set()
    thread.join()
    assert ask(world, "k").state is RequestState.ANSWERED


def test_a_process_that_died_at_work_runs_for_as_long_as_its_lease(world: World) -> None:
    class Died(BaseException):
        pass

    def die(_: str) -> object:
        raise Died

    with pytest.raises(Died):
        send(world, "k", die)
    assert ask(world, "k").state is RequestState.RUNNING
    world.clock.turn(31)
    assert ask(world, "k").state is RequestState.UNFINISHED


@pytest.mark.parametrize("kind", ["note", "action"])
def test_an_effect_whose_answer_was_lost_is_seen(world: World, case: CaseId, kind: str) -> None:
    def lost(unique: str) -> object:
        if kind == "note":
            noting(world, case)(unique)
        else:
            asked = ActionRequest(kind=ActionKind.RESUBMIT)
            acting.request_action(world.gateway, world.agent, case, asked, unique)
        raise Lost

    with pytest.raises(Lost):
        send(world, "k", lost)
    assert ask(world, "k").state is RequestState.DONE
    world.clock.turn(2 * 86_400)
    send(world, "another", noting(world, case, "the day after"))
    assert ask(world, "k").state is RequestState.DONE, "also when its key has passed"


def test_where_nothing_came_of_it_a_repeat_does_it_once(world: World, case: CaseId) -> None:
    def fail(_: str) -> object:
        raise Lost

    with pytest.raises(Lost):
        send(world, "k", fail)
    assert ask(world, "k").state is RequestState.UNFINISHED
    for _ in range(2):
        send(world, "k", noting(world, case))
    assert ask(world, "k").state is RequestState.ANSWERED
    detail = msgspec.json.decode(ask(world, "k").answer, type=CaseDetail)
    assert [note.text for note in detail.notes] == ["hello"]
