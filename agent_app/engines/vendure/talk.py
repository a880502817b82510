"""Vendure's Admin API: GraphQL over one address, by an API key or signed in.

It answers HTTP 200 to nearly everything; what went wrong stands in `errors` (with a code, or
without one when a payment module broke off), or in the result's own type. Only `store` uses it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from agent_app import typed_json
from agent_app.engines.http import Answer, ShopHttp
from agent_app.engines.port import (
    EngineError,
    Forbidden,
    NotVisible,
    OutcomeUnknown,
    Rejected,
    Unreadable,
)
from agent_app.engines.vendure import documents
from agent_app.engines.vendure.documents import GraphError, LoggedIn, Reply

T = TypeVar("T")
_PATH = "/admin-api"
_DENIED = frozenset({"FORBIDDEN", "UNAUTHENTICATED"})
# Given before any resolver runs.
_UNDERSTOOD_NOTHING = frozenset(
    {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"}
)
_SESSION_HEADER = "vendure-auth-token"


class Admin:
    """One account at the Admin API; safe to use from several threads at once.

    `api_key`, or `username` and `password`: then it signs in at the first request, and once more
    when the session is not good any more (a refusal comes before anything is done).
    """

    def __init__(
        self,
        http: ShopHttp,
        *,
        api_key: str | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        if api_key is None and (username is None or password is None):
            raise ValueError("Vendure needs an API key, or a user name and a password")
        self._http = http
        self._api_key = api_key
        self._username, self._password = username, password
        self._signing_in = threading.Lock()
        self._session: str | None = None

    def ask(self, query: str, into: type[T], **variables: object) -> Answer[T]:
        """Put a question.

        Raises:
            Forbidden: our account may not ask this.
            NotVisible: there is no such thing.
            Unreadable: this Vendure does not understand the question, or answers otherwise.
            EngineError: no answer.
        """

        def put(headers: Mapping[str, str]) -> Answer[Reply]:
            return self._http.ask(_PATH, _body(query, variables), Reply, headers)

        reply = self._as_somebody(put)
        if reply.value.errors:
            raise _asking(reply.value.errors)
        return _typed(reply, into, Unreadable)

    def tell(self, mutation: str, into: type[T], key: str, **variables: object) -> Answer[T]:
        """Send one changing request, once.

        Raises:
            Forbidden, Rejected: it was refused before anything was done.
            OutcomeUnknown: it broke off, or its answer did not come.
        """

        def put(headers: Mapping[str, str]) -> Answer[Reply]:
            return self._http.post(
                _PATH, _body(mutation, variables), Reply, key=key, headers=headers
            )

        reply = self._as_somebody(put)
        if reply.value.errors:
            raise _telling(reply.value.errors)
        return _typed(reply, into, OutcomeUnknown)

    def _as_somebody(self, put: Callable[[Mapping[str, str]], Answer[Reply]]) -> Answer[Reply]:
        if self._api_key is not None:
            return put({"vendure-api-key": self._api_key})
        session = self._session or self._sign_in(None)
        reply = put({"Authorization": f"Bearer {session}"})
        if not _denied(reply.value.errors):
            return reply
        # An ended session and a missing permission look the same: who may ask nothing is signed
        # out. The door refuses before anything is done, so the request may go again.
        there = self._http.ask(
            _PATH, _body(documents.SIGNED_IN, {}), Reply, {"Authorization": f"Bearer {session}"}
        )
        if not _denied(there.value.errors):
            return reply
        return put({"Authorization": f"Bearer {self._sign_in(session)}"})

    def _sign_in(self, ended: str | None) -> str:
        with self._signing_in:
            if self._session is not None and self._session != ended:
                return self._session
            body = _body(documents.LOGIN, {"username": self._username, "password": self._password})
            reply = self._http.ask(_PATH, body, Reply)
            if reply.value.errors:
                raise _asking(reply.value.errors)
            result = _typed(reply, LoggedIn, Unreadable).value.login
            token = reply.headers.get(_SESSION_HEADER)
            if result.typename != "CurrentUser":
                raise Forbidden(f"Vendure does not let us sign in ({result.words})")
            if not token:
                raise Forbidden(
                    "Vendure names no session: allow 'bearer' among its token methods, or use an "
                    "API key"
                )
            self._session = token
            return token


def _body(query: str, variables: Mapping[str, object]) -> dict[str, object]:
    return {"query": query, "variables": variables}


def _denied(errors: list[GraphError]) -> bool:
    return any(e.extensions.code in _DENIED for e in errors)


def _words(errors: list[GraphError]) -> str:
    return "; ".join(f"{e.extensions.code or 'error'}: {e.message[:200]}" for e in errors[:3])


def _asking(errors: list[GraphError]) -> EngineError:
    said, codes = _words(errors), {e.extensions.code for e in errors}
    if codes & _DENIED:
        return Forbidden(said)
    if "ENTITY_NOT_FOUND" in codes:
        return NotVisible(said)
    if codes & _UNDERSTOOD_NOTHING:
        return Unreadable(f"this Vendure does not understand the question ({said})")
    return EngineError(said)


def _telling(errors: list[GraphError]) -> EngineError:
    said, codes = _words(errors), {e.extensions.code for e in errors}
    if codes & _DENIED:
        return Forbidden(said)
    if codes <= _UNDERSTOOD_NOTHING:
        return Rejected(said)
    # A payment module that lost its provider's answer breaks off like this, after the payout.
    return OutcomeUnknown(said)


def _typed(reply: Answer[Reply], into: type[T], unknown: type[EngineError]) -> Answer[T]:
    try:
        value = typed_json.convert(reply.value.data, into, strict=False)
    except msgspec.ValidationError as error:
        raise unknown(f"not the expected answer ({error})") from error
    return Answer(value, reply.payload_hash, reply.headers)
