"""Every request seen from outside: a line in the log, its time in the figures, an id for both.

Only the address's template is told, never the address: a case's id is ours, but anybody can write
a customer's name into an address.
"""

from __future__ import annotations

import secrets
import time

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from agent_app.gateway.metrics import Metrics

_log = structlog.get_logger()
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_ID = "X-Request-Id"
UNKNOWN = "unknown"
USER = "user"
"""Where in the request's state the signed-in user's id is left."""
_FAILED = 500
_CUT_OFF = 499
"""Nothing was answered: the caller went away."""


class Observed:
    """An ASGI application around the gateway's."""

    def __init__(self, app: Starlette, metrics: Metrics, *, log_requests: bool = True) -> None:
        self._app = app
        self._metrics = metrics
        self._log_requests = log_requests
        self._routes = [route for route in app.routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address, request = self._template(scope), secrets.token_hex(8)
        method = scope["method"] if scope["method"] in METHODS else "other"
        state = scope.setdefault("state", {})
        status = _CUT_OFF

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request
            await send(message)

        begun = time.perf_counter()
        self._metrics.began(address)
        try:
            with structlog.contextvars.bound_contextvars(request=request, address=address):
                await self._app(scope, receive, told)
        except Exception:
            # Answered and logged inside; the server would only log it again.
            if status == _CUT_OFF:
                status = _FAILED
                raise
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.ended(method, address, status, seconds)
            if self._log_requests:
                _log.info(
                    "request",
                    request=request,
                    method=method,
                    address=address,
                    status=status,
                    ms=round(seconds * 1000, 1),
                    user=state.get(USER),
                )

    def _template(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is not Match.NONE:
                return route.path
        return UNKNOWN
