"""`/metrics` for Prometheus: no part of the API, and by default for this machine alone."""

from __future__ import annotations

import ipaddress
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.sign_in import signed_in
from agent_app.gateway.metrics import MEDIA_TYPE
from agent_app.gateway.service import Gateway

Readers = Literal["loopback", "token", "open", "off"]
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def metrics_route(gateway: Gateway, readers: Readers) -> Route:
    """Return the page as a route, for those readers."""

    def work(request: Request) -> Response:
        if readers == "off":
            detail = "The figures are turned off by the gateway's configuration."
            raise Refused(problem(ProblemType.NOT_VISIBLE, detail))
        if readers == "token" or (readers == "loopback" and not _is_here(request)):
            signed_in(gateway, request)
        return Response(gateway.metrics.text(), media_type=MEDIA_TYPE)

    async def page(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return Route("/metrics", page, methods=["GET"], name="metrics")


def _is_here(request: Request) -> bool:
    """Return whether a program of this machine asks for itself, and no proxy for another."""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
