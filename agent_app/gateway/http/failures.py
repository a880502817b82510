"""What became of a request that was not answered: each failure as one problem."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.answers import refusal
from agent_app.gateway.store.moved import Moved

_log = structlog.get_logger()
_SQLITE_DAMAGED = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""A statement that is wrong, as when a table is gone, or a file that is: waiting does not help."""


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error.problem, error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code != 405:
        return refusal(problem(ProblemType.NOT_VISIBLE, "There is no such address in this API."))
    allowed: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            allowed |= route.methods
    allow = ", ".join(sorted(allowed))
    detail = f"This address is asked with {allow}."
    return refusal(problem(ProblemType.WRONG_METHOD, detail), {"Allow": allow})


async def _gone(_: Request, error: Exception) -> Response:
    return Response(status_code=400)


async def _no_connection(request: Request, error: Exception) -> Response:
    _log.error("database_busy", path=_template(request))
    return refusal(problem(ProblemType.UNAVAILABLE, _LATER))


async def _database_failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    _log.error("database_failed", path=_template(request), exc_info=error)
    if _is_damaged(error):
        # PostgreSQL's further lines quote rows; its first one names the table.
        said = str(error.orig).partition("\n")[0]
        detail = f"The gateway's database is damaged ({said}). Nothing was done by halves. "
        return refusal(problem(ProblemType.INTERNAL, detail + "Tell a technician."))
    away = isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return refusal(problem(ProblemType.UNAVAILABLE, _LATER) if away else _INTERNAL)


def _is_damaged(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _SQLITE_DAMAGED or isinstance(error, ProgrammingError)


async def _moved(request: Request, error: Exception) -> Response:
    detail = "This gateway's database was moved. Nothing was done: ask the gateway that serves it."
    return refusal(problem(ProblemType.UNAVAILABLE, detail))


_LATER = (
    "The gateway's database cannot be used now. Nothing was done by halves: send the same request "
    "under the same key again in some seconds; if it stays so, tell a technician."
)


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("request_failed", path=_template(request), exc_info=error)
    return refusal(_INTERNAL)


_INTERNAL = problem(
    ProblemType.INTERNAL,
    "Nothing was changed that is not shown. Try again; if it stays, tell a technician.",
)


def _template(request: Request) -> str:
    """Return the route's path as declared: a real path holds ids, which a log does not need."""
    route = request.scope.get("route")
    return str(route.path) if route is not None else "unknown"


HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: _refused,
    HTTPException: _http_error,
    ClientDisconnect: _gone,
    DBAPIError: _database_failed,
    ProgrammingError: _database_failed,
    NoConnectionFree: _no_connection,
    Moved: _moved,
    Exception: _failed,
}
