"""The ASGI application: each row of the table as a route, checked by what the row declares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_app.domain.roles import Actor
from agent_app.gateway.http import failures, guard
from agent_app.gateway.http.answers import answer, body_of, must_be_json, parse
from agent_app.gateway.http.endpoint import OPEN, Call, Endpoint
from agent_app.gateway.http.endpoints import ENDPOINTS
from agent_app.gateway.http.idempotency import Requests
from agent_app.gateway.http.keys import key_of
from agent_app.gateway.http.parameters import values
from agent_app.gateway.http.sign_in import signed_in
from agent_app.gateway.http.unstored import Unstored
from agent_app.gateway.service import Gateway

Answering = Callable[[Request], Awaitable[Response]]


def make_app(gateway: Gateway, endpoints: Sequence[Endpoint] = ENDPOINTS) -> Starlette:
    """Return the application that serves this gateway; starting its threads is the caller's."""
    requests = Requests(gateway)
    app = Starlette(
        routes=[
            Route(e.path, _answering(gateway, requests, e), methods=[e.method], name=e.name)
            for e in endpoints
        ],
        middleware=[Middleware(Unstored)],
        exception_handlers=failures.HANDLERS,
    )
    # A redirect is an answer that the document does not have.
    app.router.redirect_slashes = False
    return app


def _answering(gateway: Gateway, requests: Requests, endpoint: Endpoint) -> Answering:
    if endpoint.changes:
        return _changing(gateway, requests, endpoint)
    if endpoint.stream is not None:
        return _streaming(gateway, endpoint, endpoint.stream)

    async def reading(request: Request) -> Response:
        return await run_in_threadpool(lambda: _answer(endpoint, _call(gateway, endpoint, request)))

    return reading


def _streaming(
    gateway: Gateway, endpoint: Endpoint, stream: Callable[[Call], Awaitable[Response]]
) -> Answering:
    async def streaming(request: Request) -> Response:
        return await stream(await run_in_threadpool(_call, gateway, endpoint, request))

    return streaming


def _changing(gateway: Gateway, requests: Requests, endpoint: Endpoint) -> Answering:
    async def changing(request: Request) -> Response:
        body = await body_of(request)

        def work() -> Response:
            # The request's own form comes before its object, and tells nothing of it.
            actor = signed_in(gateway, request)
            key = key_of(request)
            if endpoint.body is not None:
                must_be_json(request)
            checked = _call(gateway, endpoint, request, actor)
            sent = parse(body, endpoint.body) if endpoint.body is not None else None
            guard.check_kind(endpoint, actor, sent)

            def carry_out(unique: str) -> Response:
                call = Call(gateway, request, actor, checked.query, sent, unique)
                return _answer(endpoint, call)

            return requests.once(
                actor.user,
                key,
                f"{request.method} {request.url.path}",
                body,
                carry_out,
                keep_answer=endpoint.keep_answer,
            )

        return await run_in_threadpool(work)

    return changing


def _call(
    gateway: Gateway, endpoint: Endpoint, request: Request, actor: Actor | None = None
) -> Call:
    """Check who calls, what he says and whether he may; a kept answer is given only after that."""
    if endpoint.needs is OPEN:
        return Call(gateway, request, None, values(endpoint, request))
    actor = actor or signed_in(gateway, request)
    query = values(endpoint, request)
    guard.check(gateway, endpoint, actor, request)
    return Call(gateway, request, actor, query)


def _answer(endpoint: Endpoint, call: Call) -> Response:
    assert endpoint.use is not None
    value = endpoint.use(call)
    return value if isinstance(value, Response) else answer(value, endpoint.status)
