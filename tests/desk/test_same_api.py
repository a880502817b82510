"""What the desk's client sends is what the gateway's table declares: address, body, answer."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import msgspec
import pytest

from agent_app.contract.messages import (
    ActionRequest,
    ApprovalRequest,
    AssignRequest,
    FindingRequest,
    NoteRequest,
    Queue,
    SettleRequest,
)
from agent_app.desk.platform import client
from agent_app.desk.platform.client import HttpPlatform
from agent_app.domain.actions import ActionKind
from agent_app.domain.guide import StepState
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.gateway.http.endpoint import Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS

CASE, ACTION, KEY = CaseId("c1"), ActionId("a1"), "key"
CALLS: dict[str, Callable[[HttpPlatform], object]] = {
    "session": lambda p: p.session(),
    "list_cases": lambda p: p.cases(Queue.TEAM, "words", "cursor"),
    "list_changes": lambda p: p.changes("cursor"),
    "read_case": lambda p: p.case(CASE),
    "claim_case": lambda p: p.claim(CASE, KEY),
    "release_case": lambda p: p.release(CASE, KEY),
    "assign_case": lambda p: p.assign(CASE, AssignRequest(UserId("u")), KEY),
    "look_at_case": lambda p: p.look(CASE, KEY),
    "leave_case": lambda p: p.leave(CASE, KEY),
    "recheck_case": lambda p: p.recheck(CASE, KEY),
    "reopen_case": lambda p: p.reopen(CASE, KEY),
    "reveal_contact": lambda p: p.reveal(CASE, KEY),
    "request_action": lambda p: p.act(CASE, ActionRequest(kind=ActionKind.RESUBMIT), KEY),
    "read_action": lambda p: p.action(ACTION),
    "answer_approval": lambda p: p.approve(ACTION, ApprovalRequest(approve=True), KEY),
    "withdraw_request": lambda p: p.withdraw(ACTION, KEY),
    "settle_action": lambda p: p.settle(ACTION, SettleRequest(done=False, reason="asked"), KEY),
    "add_note": lambda p: p.add_note(CASE, NoteRequest("text"), KEY),
    "add_finding": lambda p: p.add_finding(
        CASE, FindingRequest(step="input", state=StepState.DONE, outcome="ok"), KEY
    ),
    "preview_message": lambda p: p.preview(CASE, "checking", "en"),
    "read_request": lambda p: p.request(KEY),
    "guide": lambda p: p.guide(),
}
"""Every call of the client, by the name of the operation that it is meant for."""


def _declared(method: str, path: str) -> Endpoint | None:
    for endpoint in ENDPOINTS:
        template = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(endpoint.path))
        if endpoint.method == method and re.fullmatch(template, path):
            return endpoint
    return None


@pytest.mark.parametrize("name", CALLS)
def test_every_call_of_the_desk_is_one_that_the_gateway_declares(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[httpx.Request] = []
    awaited: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=b"{}")

    monkeypatch.setattr(client, "decoded", lambda _body, shape, _nonsense: awaited.append(shape))
    platform = HttpPlatform(
        "http://127.0.0.1:9",
        "token",
        new_client=lambda: httpx.Client(transport=httpx.MockTransport(answer)),
    )
    CALLS[name](platform)
    platform.close()
    (request,), (shape,) = asked, awaited
    endpoint = _declared(request.method, request.url.path)
    assert endpoint is not None
    assert endpoint.name == name
    assert endpoint.answer is shape
    known = {parameter.name for parameter in endpoint.query}
    assert set(request.url.params) <= known, "an unknown parameter is refused"
    if endpoint.body is not None:
        msgspec.json.decode(request.content, type=endpoint.body)
    else:
        assert request.content == b""


def test_the_calls_are_all_there_are() -> None:
    methods = {name for name in vars(HttpPlatform) if not name.startswith("_")} - {"close"}
    # Read as they come: tests/desk/sync has them, against a gateway.
    methods -= {"first_load", "stream"}
    assert len(methods) == len(CALLS)
    assert _declared("POST", "/v1/cases/c1/watching") is None, "the control: an unknown address"
