"""Promise: there is no operation without a declared rule, and nothing is served but the table."""

from __future__ import annotations

import dataclasses
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from agent_app.domain.actions import ActionKind
from agent_app.domain.roles import Scope
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.endpoint import OPEN, SIGNED_IN, About, Access, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from tests.gateway.api.asking import ask
from tests.gateway.world import World

OPEN_TO_ALL = {"health", "openapi", "ready", "sign_in"}
"""Whoever adds a name here opens an operation to the world: that is decided, not slipped in."""


def undeclared(app: Starlette) -> list[str]:
    """Return what the application serves that the table does not have."""
    declared = {(e.path, e.method) for e in ENDPOINTS}
    found = []
    for route in app.routes:
        if not isinstance(route, Route):
            found.append(repr(route))
            continue
        methods = (route.methods or set()) - {"HEAD"}
        found += [f"{m} {route.path}" for m in methods if (route.path, m) not in declared]
    return found


def test_every_route_stems_from_the_table(world: World) -> None:
    app = make_app(world.gateway)
    assert undeclared(app) == []
    assert len(app.routes) == len(ENDPOINTS)


def test_a_bare_route_is_found(world: World) -> None:
    """The negative control of the promise above."""
    app = make_app(world.gateway)
    app.router.routes.append(Route("/v1/backdoor", lambda _: PlainTextResponse("hello")))
    assert undeclared(app) == ["GET /v1/backdoor"]
    app.router.routes.append(Mount("/files", app=PlainTextResponse("hello")))
    assert len(undeclared(app)) == 2


def test_an_operation_without_a_rule_cannot_be_made() -> None:
    rest = {
        "name": "backdoor",
        "method": "GET",
        "path": "/v1/x",
        "summary": "",
        "answer": str,
        "use": lambda _: "",
    }
    with pytest.raises(TypeError, match="needs"):
        Endpoint(**rest)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="name a scope"):
        Endpoint(**rest, needs=())  # type: ignore[arg-type]
    assert Endpoint(**rest, needs=SIGNED_IN).needs is SIGNED_IN  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": "/v1/cases/{case}"}, "say what it is about"),
        (
            {"about": About.ACTION, "path": "/v1/cases/{case}", "needs": SIGNED_IN},
            "names no action",
        ),
        ({"about": About.CASE, "path": "/v1/cases/{case}", "needs": OPEN}, "one signs in"),
        ({"method": "POST", "needs": OPEN}, "who changes something is signed in"),
        ({"body": Endpoint}, "has no body"),
        ({"use": None}, "either use or stream"),
    ],
)
def test_a_declaration_that_contradicts_itself_cannot_be_made(
    change: dict[str, object], words: str
) -> None:
    health = next(e for e in ENDPOINTS if e.name == "health")
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(health, **change)  # type: ignore[arg-type]


def test_names_and_addresses_are_unique_and_only_few_are_open() -> None:
    assert len({e.name for e in ENDPOINTS}) == len(ENDPOINTS)
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", e.name) for e in ENDPOINTS)
    assert len({(e.method, e.path) for e in ENDPOINTS}) == len(ENDPOINTS)
    assert {e.name for e in ENDPOINTS if e.needs is OPEN} == OPEN_TO_ALL


def test_what_changes_something_for_others_needs_a_scope() -> None:
    for endpoint in ENDPOINTS:
        if endpoint.changes:
            assert not isinstance(endpoint.needs, Access), endpoint.name
        if endpoint.scope_by_kind is not None:
            assert set(endpoint.scope_by_kind) == set(ActionKind), endpoint.name
            assert all(isinstance(s, Scope) for s in endpoint.scope_by_kind.values())


def test_the_table_is_what_answers(world: World) -> None:
    """A row that is left out of the table is not there, whatever else knows of it."""
    less = [e for e in ENDPOINTS if e.name != "health"]
    for endpoints, status in ((ENDPOINTS, 200), (less, 404)):
        app = make_app(world.gateway, endpoints)
        assert ask(app, "GET", "/v1/health").status_code == status
