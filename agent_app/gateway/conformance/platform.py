"""The platform that is checked: asked as a desk asks it, its answers held against the contract."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import httpx
import msgspec

from agent_app import typed_json
from agent_app.contract.problems import MEDIA_TYPE, STATUS, URN, Problem, ProblemType

T = TypeVar("T")
_LONGEST_S = 40.0
_SHOWN = 160


class Fails(Exception):
    """The platform is not as the contract says: what was expected, and what was seen."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(expected, seen)
        self.expected = expected
        self.seen = seen


class Skips(Exception):
    """The check cannot be made here; the message says what it needs."""


def expect(holds: bool, expected: str, seen: object) -> None:
    """See that something holds.

    Raises:
        Fails: it does not.
    """
    if not holds:
        raise Fails(expected, str(seen)[:_SHOWN])


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform and an account on it. `case` may be written to; `other` is a second account."""

    client: httpx.Client
    token: str
    case: str | None = None
    other: str | None = None
    foreign: str | None = None

    def asked(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        """Send one request; `token` "" sends none.

        Raises:
            Fails: no answer came.
        """
        headers = {}
        used = self.token if token is None else token
        if used:
            headers["Authorization"] = f"Bearer {used}"
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            content = msgspec.json.encode(body)
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            return self.client.request(
                method, path, params=params, content=content, headers=headers, timeout=_LONGEST_S
            )
        except httpx.HTTPError as error:
            raise Fails(f"an answer to {method} {path}", type(error).__name__) from error

    def read(self, path: str, of: type[T], **params: str) -> T:
        """Read a resource as the contract's message.

        Raises:
            Fails: it is not that.
        """
        return message(self.asked("GET", path, params=params or None), of)

    def post(self, path: str, body: object = None, *, token: str | None = None) -> httpx.Response:
        """Change something under a new key."""
        return self.asked("POST", path, body=body, key=new_key(), token=token)

    def writable(self) -> str:
        """Return the path of the case that may be written to.

        Raises:
            Skips: none was named.
        """
        if self.case is None:
            raise Skips("give --writes CASE, a case of yours that may be claimed and noted")
        return f"/v1/cases/{self.case}"

    def second(self) -> Platform:
        """Return the platform as the second account sees it.

        Raises:
            Skips: none was named.
        """
        if self.other is None:
            raise Skips("give --other-token, of a second account that sees the same case")
        return replace(self, token=self.other)


@dataclass(frozen=True, slots=True)
class Check:
    """One named promise of the contract."""

    name: str
    about: str
    writes: bool
    make: Callable[[Platform], None]


def new_key() -> str:
    return f"conformance:{secrets.token_hex(12)}"


def message(answer: httpx.Response, of: type[T], status: int = 200) -> T:
    """Return an answer as the contract's message.

    Raises:
        Fails: its status, type or form is another.
    """
    about = f"{answer.request.method} {answer.request.url.path}"
    expect(answer.status_code == status, f"{about}: {status}", _shown(answer))
    kind = answer.headers.get("content-type", "").partition(";")[0]
    expect(kind == "application/json", f"{about}: application/json", kind)
    try:
        return typed_json.decode(answer.content, of)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Fails(f"{about}: a {getattr(of, '__name__', of)}", str(error)[:_SHOWN]) from error


def refused(answer: httpx.Response, *kinds: ProblemType) -> Problem:
    """Return a refusal as the contract's problem.

    Raises:
        Fails: it is none, or none of these kinds.
    """
    about = f"{answer.request.method} {answer.request.url.path}"
    words = " or ".join(f"{STATUS[kind]} {kind}" for kind in kinds)
    statuses = {STATUS[kind] for kind in kinds}
    expect(answer.status_code in statuses, f"{about}: {words}", _shown(answer))
    kind = answer.headers.get("content-type", "").partition(";")[0]
    expect(kind == MEDIA_TYPE, f"{about}: {MEDIA_TYPE}", kind)
    try:
        told = typed_json.decode(answer.content, Problem)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Fails(f"{about}: an RFC 9457 problem", str(error)[:_SHOWN]) from error
    expected = {f"{URN}{kind}" for kind in kinds}
    expect(told.type in expected, f"{about}: type {' or '.join(sorted(expected))}", told.type)
    same = told.status == answer.status_code
    expect(same, f"{about}: the answer's own status in the problem", told.status)
    return told


def _shown(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text[:_SHOWN]}"
