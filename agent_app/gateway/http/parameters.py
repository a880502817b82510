"""The query parameters of the API: how each is read and what the document says of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from starlette.requests import Request

from agent_app.contract.limits import NO_ZERO
from agent_app.contract.messages import Queue
from agent_app.domain.flags import Level
from agent_app.gateway.errors import invalid
from agent_app.gateway.http.endpoint import Endpoint, Parameter

E = TypeVar("E", bound=StrEnum)


def text(name: str, doc: str, *, default: str = "", longest: int = 200) -> Parameter[str]:
    """Declare free text of at most so many characters."""

    def read(said: str) -> str:
        if len(said) > longest:
            raise invalid(f"{name} has at most {longest} characters", name)
        if "\0" in said:
            raise invalid(f"{name} holds a zero character", name)
        return said

    schema = {"type": "string", "maxLength": longest, "pattern": NO_ZERO, "default": default}
    return Parameter(name, default, read, schema, doc)


def cursor(name: str, doc: str, *, default: str | None = None) -> Parameter[str | None]:
    """Declare a cursor: opaque text that an earlier answer gave."""
    limited = text(name, doc)
    schema = {"type": "string", "maxLength": 200, "pattern": NO_ZERO}
    return Parameter(name, default, limited.read, schema, doc)


def number(name: str, doc: str, *, default: int, least: int, most: int) -> Parameter[int]:
    """Declare a whole number from `least` to `most`."""

    def read(said: str) -> int:
        if not (said.isascii() and said.isdecimal() and len(said) <= len(str(most))):
            raise invalid(f"{name} must be a whole number from {least} to {most}", name)
        if not least <= int(said) <= most:
            raise invalid(f"{name} must be from {least} to {most}, not {int(said)}", name)
        return int(said)

    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return Parameter(name, default, read, schema, doc)


def choice(name: str, doc: str, of: type[E], *, default: E) -> Parameter[E]:
    """Declare one of the members of an enumeration."""
    return Parameter(name, default, _member(name, of), _choices(of, default.value), doc)


def _member(name: str, of: type[E]) -> Callable[[str], E]:
    def read(said: str) -> E:
        try:
            return of(said)
        except ValueError as error:
            raise invalid(f"{name} is one of {', '.join(of)}", name) from error

    return read


def _choices(of: type[StrEnum], default: str) -> dict[str, object]:
    return {"type": "string", "enum": [member.value for member in of], "default": default}


def values(endpoint: Endpoint, request: Request) -> dict[str, object]:
    """Return what the query says; parameters that it does not name are left out.

    A name that the operation does not know is refused, and so is one said twice: a mistyped
    filter must not show everything.

    Raises:
        Refused: naming the first parameter that is wrong.
    """
    known: dict[str, Parameter[Any]] = {parameter.name: parameter for parameter in endpoint.query}
    said: dict[str, object] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            have = ", ".join(known) or "none"
            detail = f"there is no query parameter {name[:50]!r} here; there are: {have}"
            raise invalid(detail, "query")
        if name in said:
            raise invalid(f"{name} is given twice", name)
        said[name] = known[name].read(value)
    return said


QUEUE = choice("queue", "Which list of cases.", Queue, default=Queue.TEAM)
SEARCH = text("q", "Words that all must match: order, shop number, name, e-mail or phone.")
SHOP = cursor("shop", "Only cases of this shop.")
LEVEL = number(
    "level",
    f"Only cases as loud as this or louder: {Level.FLAG} flagged, {Level.CRITICAL} critical.",
    default=Level.WATCH,
    least=Level.WATCH,
    most=Level.CRITICAL,
)
AFTER = cursor("cursor", "Continue behind a page: its `next`.")
LIMIT = number("limit", "Rows of a page at most.", default=50, least=1, most=200)
RESOLVED_DAYS = number(
    "resolved_days",
    "Ended cases are among them that changed within so many days.",
    default=2,
    least=0,
    most=90,
)
FROM: Parameter[str | None] = Parameter(
    "cursor",
    None,
    text("cursor", "").read,
    {"type": "string", "pattern": r"^[0-9]{1,18}(\.[0-9a-f]{12})?$"},
    "Changes since then; `Last-Event-ID` goes before it. Without either: from now on.",
)
SINCE = Parameter(
    "cursor",
    "0",
    text("cursor", "").read,
    {"type": "string", "pattern": r"^[0-9]{1,18}(\.[0-9a-f]{12})?$", "default": "0"},
    "Changes since then: the `changes` of a page, or the `cursor` of earlier changes.",
)
LANGUAGE = text("language", "The message's language, as a tag.", default="en", longest=35)
