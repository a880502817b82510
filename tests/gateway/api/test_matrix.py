"""Promise: nobody acts outside his scope, and what he may not see is as if it were not there.

Every role × operation × own, foreign and missing object, as the table declares it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from agent_app.contract.messages import Contact
from agent_app.domain.roles import Actor, Role, Scope, who_has
from agent_app.gateway import casefile
from agent_app.gateway.errors import forbidden
from agent_app.gateway.http import guard
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.endpoint import SIGNED_IN, About, Access, Call, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from agent_app.gateway.service import Gateway
from agent_app.gateway.store.database import Database
from agent_app.gateway.visibility import EVERYTHING
from tests.gateway.api.asking import Question, ask_all
from tests.gateway.api.cast import AWAY, HOME, Cast
from tests.gateway.api.matrix import faults, squares

REVEAL = next(e for e in ENDPOINTS if e.name == "reveal_contact")


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path)
    yield made
    made.close()


def test_every_role_gets_what_is_declared_of_every_object(
    tmp_path: Path, where: Path | str
) -> None:
    cast = Cast(tmp_path, Database(where))
    try:
        hold_to_the_matrix(cast)
    finally:
        cast.close()


def hold_to_the_matrix(cast: Cast) -> None:
    matrix = list(squares(cast, ENDPOINTS))
    assert faults(make_app(cast.world.gateway), matrix) == []
    # It holds something of everything, or it would say nothing.
    assert {square.endpoint.name for square in matrix} == {e.name for e in ENDPOINTS}
    statuses = {square.expected()[0] for square in matrix}
    assert statuses == {None, 401, 403, 404}
    foreign = [s for s in matrix if s.account and s.account.team == AWAY and s.exists]
    assert any(s.endpoint.about is not About.NOTHING and not s.sees() for s in foreign)
    assert any(s.sees() for s in foreign if s.account and s.account.actor.role is Role.AUDITOR)


LISTS = ["/v1/cases", "/v1/cases?q=wang", "/v1/cases?queue=approvals", "/v1/changes?cursor=0"]


def strangers_who_see(cast: Cast, path: str) -> set[str]:
    """Return the people of the other team to whom a list or its counts show something."""
    app = make_app(cast.world.gateway)
    found: set[str] = set()
    for account in cast.accounts:
        headers = {"Authorization": f"Bearer {account.token}"}
        answer = ask_all(app, [Question("GET", path, headers)])[0].json()
        shown = len(answer["rows"]), answer["counts"]["team"]
        if account.team == HOME:
            assert shown == (1, 1), f"{account.actor.user} does not see his own team's case"
        elif shown != (0, 0):
            found.add(account.actor.user)
    return found


@pytest.mark.parametrize("path", LISTS)
def test_lists_and_counts_hold_what_the_account_sees(cast: Cast, path: str) -> None:
    cast.waiting()
    readers_of_all = {f"{role}-{AWAY}" for role in who_has(Scope.CASE_READ_ALL)}
    assert strangers_who_see(cast, path) == readers_of_all


@pytest.mark.parametrize("path", LISTS)
def test_a_list_that_shows_foreign_cases_is_found(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: every reader's view is everything."""
    cast.waiting()
    monkeypatch.setattr(casefile, "sees_of", lambda _: EVERYTHING)
    assert len(strangers_who_see(cast, path)) == len(Role)


def careless(_: Call) -> Contact:
    return Contact(name="planted", email="", phone="")


def test_an_operation_whose_rule_is_dropped_is_found(cast: Cast) -> None:
    """The negative control: an operation that forgot its scope, beside the same that did not."""
    matrix = list(squares(cast, [REVEAL]))
    forgotten = dataclasses.replace(REVEAL, needs=SIGNED_IN, use=careless)
    found = faults(make_app(cast.world.gateway, [forgotten]), matrix)
    assert found
    assert all("expected 403" in fault for fault in found)
    kept = dataclasses.replace(REVEAL, use=careless)
    assert faults(make_app(cast.world.gateway, [kept]), matrix) == []


def test_an_operation_that_shows_foreign_objects_is_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: visibility is not asked."""
    matrix = list(squares(cast, [REVEAL]))
    monkeypatch.setattr(guard, "_see", lambda *_: None)
    shown = dataclasses.replace(REVEAL, use=careless)
    found = faults(make_app(cast.world.gateway, [shown]), matrix)
    assert any("agent-north" in fault and "answered 200, expected 404" in fault for fault in found)


def test_a_scope_that_is_asked_before_visibility_is_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the refusal for lack of a scope tells that a foreign case is there."""
    rightly = guard.check

    def hastily(gateway: Gateway, endpoint: Endpoint, actor: Actor, request: Request) -> None:
        needs = endpoint.needs
        if not isinstance(needs, Access) and not any(map(actor.may, needs)):
            raise forbidden(*needs)
        rightly(gateway, endpoint, actor, request)

    matrix = list(squares(cast, [REVEAL]))
    app = make_app(cast.world.gateway, [REVEAL])
    assert faults(app, matrix) == []
    monkeypatch.setattr(guard, "check", hastily)
    found = faults(app, matrix)
    assert found
    assert all("answered 403, expected 404" in fault for fault in found)
