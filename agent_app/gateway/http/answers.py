"""Answers and refusals as HTTP: typed JSON in, typed JSON or a problem out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_app import typed_json
from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType, problem
from agent_app.gateway.errors import Refused, invalid
from agent_app.gateway.http.endpoint import JSON
from agent_app.gateway.store.codec import encode

T = TypeVar("T")
MAX_BODY = 256 * 1024
# An escaped zero character, and not the two characters of an escaped backslash before "u0000".
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_PLACE = re.compile(r"`\$\.([^`]+)`$")


def answer(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, media_type=JSON)


def refusal(told: Problem, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    """Return the problem as an answer, with the headers that belong to its status."""
    every = {**_HEADERS.get(told.status, {}), **headers}
    return Response(encode(told), told.status, every, media_type=MEDIA_TYPE)


_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "5"},
    503: {"Retry-After": "5"},
}


async def body_of(request: Request) -> bytes:
    """Return the request's body.

    Raises:
        Refused: it is larger than any request of this API can be.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            detail = f"The body is larger than {MAX_BODY} bytes. Nothing was done."
            raise Refused(problem(ProblemType.TOO_LARGE, detail))
    return body


def must_be_json(request: Request) -> None:
    """Let only JSON pass; a body whose type is not named counts as JSON.

    Raises:
        Refused: the request names another media type.
    """
    named = request.headers.get("content-type", JSON)
    if named.partition(";")[0].strip().lower() != JSON:
        detail = f"Send the body as {JSON}, not as {named[:100]}. Nothing was done."
        raise Refused(problem(ProblemType.WRONG_MEDIA_TYPE, detail))


def parse(body: bytes, of: type[T]) -> T:
    """Return the body as a typed message.

    Raises:
        Refused: it is not JSON or not that message; the answer says where.
    """
    if _ZERO.search(body):
        # SQLite would keep it and PostgreSQL would not; no text of a person has one.
        raise invalid("a text holds the character U+0000; leave it out")
    try:
        return typed_json.decode(body or b"{}", of)
    except UnicodeDecodeError as error:
        raise invalid(f"the body is not UTF-8 (byte {error.start})") from error
    except msgspec.ValidationError as error:
        text = str(error)
        place = _PLACE.search(text)
        field = place[1] if place else None
        raise Refused(problem(ProblemType.INVALID_REQUEST, text, field=field)) from error
    except msgspec.DecodeError as error:
        raise invalid(f"the body is not JSON: {error}") from error
