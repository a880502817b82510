"""The HTTP client turns whatever a network can do into the error tree, and sends no key twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from agent_app.contract.messages import ActionRequest, Session
from agent_app.contract.problems import MEDIA_TYPE, ProblemType, problem
from agent_app.desk.adapters import adapters_in
from agent_app.desk.platform import wire
from agent_app.desk.platform.client import HttpPlatform, gateway_address
from agent_app.desk.work import errors
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.reasons import Why
from agent_app.domain.roles import Role

Answer = Callable[[httpx.Request], httpx.Response]
CASE = CaseId("case/1 ä")
REQUEST = ActionRequest(kind=ActionKind.RESUBMIT)

EXPECTED: dict[ProblemType, type[errors.PlatformError]] = {
    ProblemType.INVALID_REQUEST: errors.Rejected,
    ProblemType.UNAUTHENTICATED: errors.Unauthenticated,
    ProblemType.FORBIDDEN: errors.Forbidden,
    ProblemType.NOT_VISIBLE: errors.NotVisible,
    ProblemType.CONFLICT: errors.Conflict,
    ProblemType.LOCKED: errors.Locked,
    ProblemType.KEY_MISSING: errors.Rejected,
    ProblemType.KEY_REUSED: errors.Rejected,
    ProblemType.IN_PROGRESS: errors.Throttled,
    ProblemType.THROTTLED: errors.Throttled,
    ProblemType.WRONG_METHOD: errors.Unsupported,
    ProblemType.TOO_LARGE: errors.TooLarge,
    ProblemType.WRONG_MEDIA_TYPE: errors.Rejected,
    ProblemType.UNAVAILABLE: errors.OutcomeUnknown,
    ProblemType.SHOP_UNREACHABLE: errors.ShopUnreachable,
    ProblemType.INTERNAL: errors.OutcomeUnknown,
}


def _platform(answer: Answer) -> HttpPlatform:
    return HttpPlatform(
        "http://127.0.0.1:9",
        "secret-token",
        new_client=lambda: httpx.Client(transport=httpx.MockTransport(answer)),
    )


def _problem(kind: ProblemType) -> httpx.Response:
    body = problem(
        kind, "said", why=("stale_read", "from_the_future"), roles=("lead",), holder="Bo"
    )
    return httpx.Response(
        body.status,
        content=msgspec.json.encode(body),
        headers={"Content-Type": MEDIA_TYPE, "Retry-After": "7"},
    )


@pytest.mark.parametrize("kind", list(ProblemType))
def test_each_problem_becomes_what_may_be_done_next(kind: ProblemType) -> None:
    platform = _platform(lambda _request: _problem(kind))
    with pytest.raises(EXPECTED[kind]) as caught:
        platform.act(CASE, REQUEST, "key-1")
    assert type(caught.value) is EXPECTED[kind]
    if isinstance(caught.value, errors.Locked):
        assert caught.value.why == (Why.STALE_READ,), "codes of a newer gateway are passed over"
    if isinstance(caught.value, errors.Throttled):
        assert caught.value.retry_after_s == 7.0
    if isinstance(caught.value, errors.Conflict):
        assert caught.value.holder == "Bo"
    if isinstance(caught.value, errors.Forbidden):
        assert caught.value.roles == (Role.LEAD,)
    platform.close()


def test_a_gateway_that_cannot_work_says_so_and_a_read_changed_nothing() -> None:
    platform = _platform(lambda _request: _problem(ProblemType.UNAVAILABLE))
    with pytest.raises(errors.Unavailable):
        platform.session()
    platform.close()


def test_what_is_sent_after_sign_out_ends_as_unreachable() -> None:
    platform = _platform(lambda _request: _problem(ProblemType.CONFLICT))
    platform.close()
    with pytest.raises(errors.Unreachable):
        platform.leave(CASE, "key-1")
    with pytest.raises(errors.Unreachable):
        platform.session()


def test_a_failed_read_is_never_an_unknown_outcome() -> None:
    platform = _platform(lambda _request: _problem(ProblemType.INTERNAL))
    with pytest.raises(errors.GatewayFailed):
        platform.case(CASE)
    platform.close()


def _raises(error: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("lost", request=request)

    return answer


@pytest.mark.parametrize(
    ("fault", "read", "change"),
    [
        (httpx.ConnectError, errors.Unreachable, errors.Unreachable),
        (httpx.ConnectTimeout, errors.Unreachable, errors.Unreachable),
        (httpx.PoolTimeout, errors.Unreachable, errors.Unreachable),
        (httpx.ReadTimeout, errors.Unreachable, errors.OutcomeUnknown),
        (httpx.RemoteProtocolError, errors.Unreachable, errors.OutcomeUnknown),
        (httpx.WriteError, errors.Unreachable, errors.OutcomeUnknown),
    ],
)
def test_only_what_was_surely_not_sent_counts_as_not_done(
    fault: type[httpx.TransportError],
    read: type[Exception],
    change: type[Exception],
) -> None:
    platform = _platform(_raises(fault))
    with pytest.raises(read):
        platform.session()
    with pytest.raises(change):
        platform.claim(CASE, "key-1")
    platform.close()


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"id": 1}', b"\xff\xfe"])
def test_nonsense_is_no_answer(body: bytes) -> None:
    platform = _platform(lambda _request: httpx.Response(200, content=body))
    with pytest.raises(errors.GatewayFailed):
        platform.session()
    with pytest.raises(errors.OutcomeUnknown):
        platform.act(CASE, REQUEST, "key-1")
    platform.close()


def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BIGGEST_BODY", 1000)
    platform = _platform(lambda _request: httpx.Response(200, content=b"x" * 2000))
    with pytest.raises(errors.GatewayFailed):
        platform.session()
    platform.close()


def test_a_change_carries_token_key_and_an_escaped_path() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _problem(ProblemType.CONFLICT)

    platform = _platform(answer)
    with pytest.raises(errors.Conflict):
        platform.act(CASE, REQUEST, "key-1")
    (request,) = seen
    assert request.headers["Authorization"] == "Bearer secret-token"
    assert request.headers["Idempotency-Key"] == "key-1"
    assert request.url.raw_path == b"/v1/cases/case%2F1%20%C3%A4/actions"
    platform.close()


@pytest.mark.parametrize(
    "address",
    ["", "gateway", "ftp://x", "http://gateway.example.com", "https://u:p@x.example", "https://"],
)
def test_an_unusable_or_unsafe_address_is_refused(address: str) -> None:
    with pytest.raises(errors.Rejected):
        gateway_address(address)


@pytest.mark.parametrize("address", ["https://x.example/", " http://127.0.0.1:8000 "])
def test_a_good_address_has_one_spelling(address: str) -> None:
    assert not gateway_address(address).endswith(("/", " "))


@pytest.mark.parametrize(("version", "fits"), [("1.0", True), ("1.7", True), ("2.0", False)])
def test_another_major_version_is_refused_in_words(
    tmp_path: Path, version: str, *, fits: bool
) -> None:
    session = Session(
        user=UserId("a"),
        name="A",
        role=Role.AGENT,
        scopes=frozenset(),
        server_time=datetime.now(UTC),
        gateway_version="9",
        api_version=version,
        shops=(),
    )
    platform = _platform(lambda _request: httpx.Response(200, content=msgspec.json.encode(session)))
    entry = adapters_in(tmp_path, lambda _url, _authorised: platform).entry
    if fits:
        signed = entry.by_token("http://127.0.0.1:9", "t")
        assert signed.session.name == "A"
        platform.close()
    else:
        with pytest.raises(errors.Incompatible, match=r"2\.0"):
            entry.by_token("http://127.0.0.1:9", "t")
