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
from agent_app.domain.roles import Actor, Role
from agent_app.gateway.errors import forbidden
from agent_app.gateway.http import guard
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.endpoint import SIGNED_IN, About, Access, Call, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from agent_app.gateway.service import Gateway
from tests.gateway.api.cast import AWAY, Cast
from tests.gateway.api.matrix import faults, squares

REVEAL = next(e for e in ENDPOINTS if e.name == "reveal_contact")


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    made = Cast(tmp_path)
    yield made
    made.close()


def test_every_role_gets_what_is_declared_of_every_object(cast: Cast) -> None:
    matrix = list(squares(cast, ENDPOINTS))
    assert faults(make_app(cast.world.gateway), matrix) == []
    # It holds something of everything, or it would say nothing.
    assert {square.endpoint.name for square in matrix} == {e.name for e in ENDPOINTS}
    statuses = {square.expected()[0] for square in matrix}
    assert statuses == {None, 401, 403, 404}
    foreign = [s for s in matrix if s.account and s.account.team == AWAY and s.exists]
    assert any(s.endpoint.about is not About.NOTHING and not s.sees() for s in foreign)
    assert any(s.sees() for s in foreign if s.account and s.account.actor.role is Role.AUDITOR)


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
