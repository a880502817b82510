"""Promise: docs/api.md lists every operation with its rule, and none that is not there."""

from __future__ import annotations

from pathlib import Path

from agent_app.contract.problems import STATUS, ProblemType
from agent_app.gateway.http.endpoint import OPEN, Access, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS

PAGE = Path(__file__).parents[3] / "docs" / "api.md"


def line(endpoint: Endpoint) -> str:
    """Return the operation's line of the page."""
    if isinstance(endpoint.needs, Access):
        needs = "–" if endpoint.needs is OPEN else "a token"
    elif len(endpoint.needs) > 1:
        needs = "any `case.read.*`"
    else:
        needs = f"`{endpoint.needs[0]}`"
    if endpoint.scope_by_kind is not None:
        needs += ", and the kind's own"
    return f"| `{endpoint.method} {endpoint.path}` | {needs} | {endpoint.summary} |"


def test_the_page_lists_every_operation_and_no_other() -> None:
    said = PAGE.read_text("utf-8").splitlines()
    listed = [text for text in said if text.startswith(("| `GET ", "| `POST ", "| `PUT "))]
    assert sorted(listed) == sorted(map(line, ENDPOINTS))


def test_the_page_lists_every_problem_with_its_status() -> None:
    text = PAGE.read_text("utf-8")
    for kind in ProblemType:
        assert f"| {STATUS[kind]} | `{kind.value}` |" in text
