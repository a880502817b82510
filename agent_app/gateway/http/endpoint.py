"""What an operation of the API declares of itself, and what one call of it holds.

The table (`endpoints`) is made of these; the routes, the scope checks, the OpenAPI document and
the tests are all derived from it, so that no operation exists without a declared rule.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from agent_app.contract.problems import ProblemType
from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Actor, Scope
from agent_app.gateway.service import Gateway

T = TypeVar("T")
JSON = "application/json"
LONGEST_ID = 100
"""Characters of an id in a path; no object has a longer one."""


class Access(Enum):
    """Who may call an operation that no scope guards."""

    OPEN = "open"
    """Anybody, without a token."""
    SIGNED_IN = "signed_in"
    """Every account that is in force."""


OPEN, SIGNED_IN = Access.OPEN, Access.SIGNED_IN


class About(StrEnum):
    """Which object an operation concerns; it must be visible before anything else is said."""

    NOTHING = "nothing"
    CASE = "case"
    """The path holds `{case}`."""
    ACTION = "action"
    """The path holds `{action}`."""


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A query parameter: how its text is read, and what the document says of it.

    `read` raises `Refused` for text that it does not take; `schema` is its JSON Schema.
    """

    name: str
    default: T
    read: Callable[[str], T]
    schema: Mapping[str, object]
    doc: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation, after sign-in, visibility and scope were checked."""

    gateway: Gateway
    request: Request
    signed_in: Actor | None
    query: Mapping[str, object]
    body: object = None
    unique: str = ""
    """Of a changing call: an id of the request that is unique over all users."""

    @property
    def actor(self) -> Actor:
        assert self.signed_in is not None, "an open operation has no actor"
        return self.signed_in

    @property
    def case(self) -> CaseId:
        return CaseId(self.request.path_params["case"])

    @property
    def action(self) -> ActionId:
        return ActionId(self.request.path_params["action"])

    def value(self, parameter: Parameter[T]) -> T:
        """Return what the query says, or the parameter's default."""
        return self.query.get(parameter.name, parameter.default)  # type: ignore[return-value]

    def sent(self, of: type[T]) -> T:
        """Return the body, which the operation declared to be one of these."""
        assert isinstance(self.body, of)
        return self.body


Needs = Access | tuple[Scope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of the API. `needs` has no default: without a rule there is no operation.

    Raises:
        ValueError: the declaration contradicts itself.
    """

    name: str
    """Stable: the `operationId`."""
    method: str
    path: str
    summary: str
    needs: Needs
    """Who may call it: OPEN, SIGNED_IN, or any one of these scopes."""
    answer: Any
    """The message type of the answer, or `str` for text in `media_type`."""
    use: Callable[[Call], object] | None = None
    """The use case; runs in a thread. Its value is the answer; a `Response` is sent as it is."""
    stream: Callable[[Call], Awaitable[Response]] | None = None
    """Instead of `use`: runs on the event loop after the checks, and holds no thread."""
    endless: bool = False
    """Of a stream: it goes on for as long as somebody listens."""
    inside: tuple[Any, ...] = ()
    """Of an answer that is text: the messages that travel in it."""
    about: About = About.NOTHING
    query: tuple[Parameter[Any], ...] = ()
    path_doc: Mapping[str, str] = field(default_factory=dict)
    """What path parameters beside `case` and `action` mean."""
    body: type[Any] | None = None
    scope_by_kind: Mapping[ActionKind, Scope] | None = None
    """Further needs by the body's `kind`."""
    keep_answer: bool = True
    """Of a changing call: False where doing it again is as good as once, or where the answer
    holds contact data."""
    refuses: tuple[ProblemType, ...] = ()
    """What it refuses with, beside what follows from the rest of the declaration."""
    status: int = 200
    media_type: str = JSON
    doc: str = ""

    def __post_init__(self) -> None:
        if (self.use is None) is (self.stream is None):
            raise ValueError(f"{self.name}: declare either use or stream")
        if self.needs == ():
            raise ValueError(f"{self.name}: name a scope, SIGNED_IN or OPEN")
        if self.about is not About.NOTHING:
            if self.needs is OPEN:
                raise ValueError(f"{self.name}: to see a case or an action one signs in")
            if f"{{{self.about.value}}}" not in self.path:
                raise ValueError(f"{self.name}: the path names no {self.about}")
        elif "{case}" in self.path or "{action}" in self.path:
            raise ValueError(f"{self.name}: say what it is about")
        if self.body is not None and not self.changes:
            raise ValueError(f"{self.name}: a {self.method} has no body")
        if self.changes and (self.needs is OPEN or self.stream is not None):
            raise ValueError(f"{self.name}: who changes something is signed in and answered once")

    @property
    def changes(self) -> bool:
        return self.method != "GET"
