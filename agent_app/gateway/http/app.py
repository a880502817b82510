"""The ASGI application: every route of `/v1`, each with its sign-in and its message types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from agent_app.contract.messages import (
    ActionRequest,
    ApprovalRequest,
    FindingRequest,
    NoteRequest,
    Queue,
)
from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import acting, casefile, handling
from agent_app.gateway.errors import Refused, invalid
from agent_app.gateway.http.answers import answer, body_of, only, parse, refusal
from agent_app.gateway.http.idempotency import Requests
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts

_log = structlog.get_logger()
T = TypeVar("T")
Read = Callable[[Gateway, Actor, Request], object]
Change = Callable[[Gateway, Actor, Request, bytes, str], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(gateway: Gateway) -> Starlette:
    """Return the application that serves this gateway; starting its threads is the caller's."""
    requests = Requests(gateway)

    def read(path: str, use: Read, *parameters: str) -> Route:
        return Route(f"/v1{path}", _reading(gateway, use, parameters), methods=["GET"])

    def change(path: str, use: Change, *, keep_answer: bool = True) -> Route:
        endpoint = _changing(gateway, requests, use, keep_answer=keep_answer)
        return Route(f"/v1{path}", endpoint, methods=["POST"])

    return Starlette(
        routes=[
            Route("/v1/health", _health, methods=["GET"]),
            read("/session", lambda g, actor, _: casefile.session(g, actor)),
            read("/guide", lambda g, _actor, _: g.desk.guide),
            read("/cases", _list, "queue", "q", "cursor", "limit"),
            read("/changes", _changes, "cursor"),
            read("/cases/{case}", lambda g, a, r: casefile.detail(g, a, _case(r))),
            read("/cases/{case}/messages/{template}", _preview, "language"),
            read("/actions/{action}", lambda g, a, r: acting.action_status(g, a, _action(r))),
            change("/cases/{case}/claim", _simple(handling.claim), keep_answer=False),
            change("/cases/{case}/release", _simple(handling.release), keep_answer=False),
            change("/cases/{case}/recheck", _simple(handling.recheck), keep_answer=False),
            change("/cases/{case}/reopen", _simple(handling.reopen)),
            change("/cases/{case}/reveal", _simple(handling.reveal), keep_answer=False),
            change("/cases/{case}/notes", _with_body(handling.add_note, NoteRequest)),
            change("/cases/{case}/findings", _with_body(handling.add_finding, FindingRequest)),
            change("/cases/{case}/actions", _act),
            change("/actions/{action}/approval", _approve),
        ],
        exception_handlers={
            Refused: _refused,
            HTTPException: _http_error,
            ClientDisconnect: _gone,
            OperationalError: _database_failed,
            Exception: _failed,
        },
    )


async def _health(_: Request) -> Response:
    return answer({"status": "ok"})


def _reading(gateway: Gateway, use: Read, parameters: Sequence[str]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            actor = _signed_in(gateway, request)
            only(request, *parameters)
            return answer(use(gateway, actor, request))

        return await run_in_threadpool(work)

    return endpoint


def _changing(gateway: Gateway, requests: Requests, use: Change, *, keep_answer: bool) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body = await body_of(request)

        def work() -> Response:
            actor = _signed_in(gateway, request)
            only(request)
            return requests.once(
                actor.user,
                request.headers.get("idempotency-key"),
                f"{request.method} {request.url.path}",
                body,
                lambda unique: use(gateway, actor, request, body, unique),
                keep_answer=keep_answer,
            )

        return await run_in_threadpool(work)

    return endpoint


def _signed_in(gateway: Gateway, request: Request) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    actor = None
    if scheme.lower() == "bearer" and token:
        with gateway.database.read() as connection:
            actor = accounts.authenticate(connection, token.strip(), gateway.clock.now())
    if actor is None:
        raise Refused(problem(ProblemType.UNAUTHENTICATED, "Sign in again with a valid token."))
    return actor


def _case(request: Request) -> CaseId:
    return CaseId(request.path_params["case"])


def _action(request: Request) -> ActionId:
    return ActionId(request.path_params["action"])


def _list(gateway: Gateway, actor: Actor, request: Request) -> object:
    query = request.query_params
    try:
        queue = Queue(query.get("queue", Queue.TEAM.value))
    except ValueError as error:
        raise invalid(f"queue is one of {', '.join(Queue)}", "queue") from error
    limit = query.get("limit", "50")
    if not limit.isdecimal():
        raise invalid("limit must be a whole number", "limit")
    words, after = query.get("q", ""), query.get("cursor")
    return casefile.list_cases(gateway, actor, queue, words=words, after=after, limit=int(limit))


def _changes(gateway: Gateway, actor: Actor, request: Request) -> object:
    return casefile.list_changes(gateway, actor, request.query_params.get("cursor", "0"))


def _preview(gateway: Gateway, actor: Actor, request: Request) -> object:
    template = request.path_params["template"]
    language = request.query_params.get("language", "en")
    return acting.preview(gateway, actor, _case(request), template, language)


def _simple(use: Callable[[Gateway, Actor, CaseId], object]) -> Change:
    def carry_out(
        gateway: Gateway, actor: Actor, request: Request, _body: bytes, _unique: str
    ) -> Response:
        return answer(use(gateway, actor, _case(request)))

    return carry_out


def _with_body(use: Callable[[Gateway, Actor, CaseId, T, str], object], of: type[T]) -> Change:
    def carry_out(
        gateway: Gateway, actor: Actor, request: Request, body: bytes, unique: str
    ) -> Response:
        return answer(use(gateway, actor, _case(request), parse(body, of), unique))

    return carry_out


def _act(gateway: Gateway, actor: Actor, request: Request, body: bytes, unique: str) -> Response:
    asked = parse(body, ActionRequest)
    status = acting.request_action(gateway, actor, _case(request), asked, unique)
    return answer(status, 202)


def _approve(
    gateway: Gateway, actor: Actor, request: Request, body: bytes, _unique: str
) -> Response:
    said = parse(body, ApprovalRequest)
    return answer(acting.answer_approval(gateway, actor, _action(request), said))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error.problem)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = ProblemType.NOT_VISIBLE if error.status_code == 404 else ProblemType.INVALID_REQUEST
    return refusal(problem(kind, "There is no such address or method in this API."))


async def _gone(_: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _database_failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, OperationalError)
    _log.error("database_failed", path=request.url.path, error=str(error.orig))
    detail = f"The gateway's database cannot be used now ({error.orig}). Tell a technician; then "
    return refusal(problem(ProblemType.INTERNAL, detail + "try again: nothing was done by halves."))


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("request_failed", path=request.url.path, exc_info=error)
    detail = "Nothing was changed that is not shown. Try again; if it stays, tell a technician."
    return refusal(problem(ProblemType.INTERNAL, detail))
