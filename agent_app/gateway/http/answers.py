"""Answers and refusals as HTTP: typed JSON in, typed JSON or a problem out."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_app.contract.problems import MEDIA_TYPE, Problem, ProblemType, problem
from agent_app.gateway.errors import Refused, invalid
from agent_app.gateway.store.codec import encode

T = TypeVar("T")
JSON = "application/json"
MAX_BODY = 256 * 1024


def answer(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, media_type=JSON)


def refusal(told: Problem) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if told.status == 401 else None
    return Response(encode(told), told.status, headers, media_type=MEDIA_TYPE)


async def body_of(request: Request) -> bytes:
    """Return the request's body.

    Raises:
        Refused: it is larger than any request of this API can be.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise invalid(f"the body is larger than {MAX_BODY} bytes")
    return body


def parse(body: bytes, of: type[T]) -> T:
    """Return the body as a typed message.

    Raises:
        Refused: it is not JSON or not that message; the answer says where.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=of)
    except UnicodeDecodeError as error:
        raise invalid(f"the body is not UTF-8 (byte {error.start})") from error
    except msgspec.ValidationError as error:
        text = str(error)
        field = text.rpartition("at `$.")[2].rstrip("`") if "at `$." in text else None
        raise Refused(problem(ProblemType.INVALID_REQUEST, text, field=field)) from error
    except msgspec.DecodeError as error:
        raise invalid(f"the body is not JSON: {error}") from error
