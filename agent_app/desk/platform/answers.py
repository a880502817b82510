"""Read the gateway's answers: bodies into messages, problems (RFC 9457) into the error tree.

Used by the client alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, TypeVar

import msgspec

from agent_app import typed_json
from agent_app.contract.problems import Problem, ProblemType
from agent_app.contract.problems import problem as said
from agent_app.desk.work.errors import (
    GatewayFailed,
    OutcomeUnknown,
    PlatformError,
    Throttled,
    Unavailable,
)
from agent_app.desk.work.refusals import error_of

T = TypeVar("T")

DEFAULT_RETRY_AFTER_S = 1.0


class BodyTooLargeError(Exception):
    """The answer was longer than any answer of a gateway is."""


def decoded(body: bytes, shape: type[T], nonsense: type[PlatformError]) -> T:
    """Return the message in `body`; raise `nonsense` for anything else."""
    try:
        return typed_json.decode(body, shape)
    except (msgspec.DecodeError, ValueError) as error:
        raise nonsense(f"not a {shape.__name__}: {error}") from error


def raise_problem(
    status: int, body: bytes, headers: Mapping[str, str], *, changing: bool
) -> NoReturn:
    """Raise what an answer other than success means.

    `changing`: the request was a change; a 5xx then leaves its outcome unknown.

    Raises:
        PlatformError: always, of the kind that says what may be done next.
    """
    try:
        problem = typed_json.decode(body, Problem)
    except (msgspec.DecodeError, ValueError):
        problem = None
    text = (problem.detail or problem.title) if problem else f"answered {status}"
    kind = problem.kind if problem else _BY_STATUS.get(status, ProblemType.INTERNAL)
    if kind in _FAILURES:
        raise OutcomeUnknown(text) if changing else _FAILURES[kind](text)
    if kind is ProblemType.IN_PROGRESS:
        # The first sending is still being carried out: asking again under its key brings the end.
        raise Throttled(text, retry_after_s(headers))
    if kind is ProblemType.THROTTLED:
        raise Throttled(text, retry_after_s(headers))
    raise error_of(problem or said(kind, text))


_FAILURES: dict[ProblemType, type[PlatformError]] = {
    ProblemType.INTERNAL: GatewayFailed,
    ProblemType.UNAVAILABLE: Unavailable,
}

_BY_STATUS: dict[int, ProblemType] = {
    # From a proxy in between, which knows no problem types.
    401: ProblemType.UNAUTHENTICATED,
    403: ProblemType.FORBIDDEN,
    404: ProblemType.NOT_VISIBLE,
    405: ProblemType.WRONG_METHOD,
    413: ProblemType.TOO_LARGE,
    429: ProblemType.THROTTLED,
    503: ProblemType.UNAVAILABLE,
}


def retry_after_s(headers: Mapping[str, str]) -> float:
    """Return the seconds asked for by Retry-After; its date form counts as the default."""
    try:
        return max(float(headers.get("Retry-After", "")), 0.0)
    except ValueError:
        return DEFAULT_RETRY_AFTER_S
