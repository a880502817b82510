"""HTTP as the connectors use it: bounded in time and size, failures as the port's errors.

The one module of the engines that imports httpx (libraries.md 5). Only connectors use it.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import httpx
import msgspec
import truststore

from agent_app import typed_json
from agent_app.engines.bound import Bound
from agent_app.engines.port import (
    Conflict,
    EngineError,
    Forbidden,
    NotVisible,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unreachable,
)

# It prints whole URLs at INFO, references included.
logging.getLogger("httpx").setLevel(logging.WARNING)

T = TypeVar("T")
Params = list[tuple[str, str | int | float | bool | None]] | Mapping[str, str]
"""Query parameters; a list where one name occurs more than once."""
_CONNECTIONS = 40
"""Four times the workers: at the limit, requests that time out jam httpx's pool for good."""
_DEFAULT_RETRY_S = 1.0
_LONGEST_RETRY_S = 3600.0
_DETAIL_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much we wait for. Seconds and bytes."""

    connect_s: float = 3.0
    read_s: float = 10.0
    """Longest silence within an answer."""
    whole_s: float = 20.0
    """Longest answer, however steadily it drips."""
    max_bytes: int = 8 * 1024 * 1024

    @property
    def longest_s(self) -> float:
        """Return the longest that a request takes: its last byte may be a whole silence late."""
        return self.connect_s + self.whole_s + self.read_s


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A decoded answer with the SHA-256 of its bytes, for the audit, and its headers."""

    value: T
    payload_hash: str
    headers: Mapping[str, str] = field(default_factory=dict)


class _Said(msgspec.Struct, frozen=True):
    """What went wrong, by any of the names that shops and providers give it."""

    code: str | None = None
    type: str | None = None
    detail: str | None = None
    message: str | None = None

    @property
    def words(self) -> str:
        return ": ".join(
            part for part in (self.code or self.type, self.detail or self.message) if part
        )


class _Problem(_Said, frozen=True):
    error: _Said | str | None = None
    """Stripe says it one level down."""


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: httpx.Headers
    body: bytes


class ShopHttp:
    """One shop's HTTP connection; safe to use from several threads at once."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        bounds: Bounds | None = None,
        use_proxies: bool = True,
        ca_file: str | None = None,
    ) -> None:
        """`ca_file`: a PEM file with an authority to trust besides the system's."""
        self._base_url = base_url
        self._headers = dict(headers or {})
        self._bounds = bounds or Bounds()
        self._use_proxies = use_proxies
        self._swap = threading.Lock()
        self._jammed: list[httpx.Client] = []
        secure = base_url.startswith("https:")
        self._verify = tls_context(ca_file) if secure else False
        self._client = self._connect()
        # A command has a connection of its own, which can be hung up on: a shop that drips an
        # answer's headers would otherwise hold it beyond every bound, and beyond its lease.
        self._commands = self._connect(keep_alive=0)

    def get(
        self,
        path: str,
        into: type[T],
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer[T]:
        """Read a resource.

        Raises:
            NotVisible, Forbidden, Conflict, Rejected, Throttled: it was refused.
            EngineError: no answer, or nonsense.
        """
        raw = self._send("GET", path, params=params, headers=headers, unknown=EngineError)
        _check(raw, unknown=EngineError)
        return _decode(raw, into, unknown=EngineError)

    def ask(
        self, path: str, body: object, into: type[T], headers: Mapping[str, str] | None = None
    ) -> Answer[T]:
        """Put a question that travels as a POST and changes nothing: a query, a sign-in.

        Raises:
            As `get` does.
        """
        raw = self._send(
            "POST",
            path,
            content=msgspec.json.encode(body),
            headers={"Content-Type": "application/json", **(headers or {})},
            unknown=EngineError,
        )
        _check(raw, unknown=EngineError)
        return _decode(raw, into, unknown=EngineError)

    def post(
        self,
        path: str,
        body: object,
        into: type[T],
        *,
        key: str,
        headers: Mapping[str, str] | None = None,
    ) -> Answer[T]:
        """Send a command under its key.

        Raises:
            NotVisible, Forbidden, Conflict, Rejected, Throttled: it was refused; most shops did
                nothing then.
            OutcomeUnknown: it may have been done (time-out, 5xx, cut or nonsensical answer).
        """
        raw = self._send(
            "POST",
            path,
            content=msgspec.json.encode(body),
            headers={
                "Idempotency-Key": key,
                "Content-Type": "application/json",
                **(headers or {}),
            },
            unknown=OutcomeUnknown,
        )
        _check(raw, unknown=OutcomeUnknown)
        return _decode(raw, into, unknown=OutcomeUnknown)

    def close(self) -> None:
        """Close every connection."""
        with self._swap:
            for client in (self._client, self._commands, *self._jammed):
                client.close()

    def _connect(self, keep_alive: int | None = None) -> httpx.Client:
        bounds = self._bounds
        return httpx.Client(
            base_url=self._base_url,
            headers=self._headers,
            verify=self._verify,
            timeout=httpx.Timeout(bounds.read_s, connect=bounds.connect_s),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=keep_alive),
            trust_env=self._use_proxies,
            follow_redirects=False,
        )

    def _send(
        self,
        method: str,
        path: str,
        *,
        unknown: type[EngineError],
        params: Params | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> _Raw:
        is_command = unknown is OutcomeUnknown
        client = self._commands if is_command else self._client
        give_up_at = time.monotonic() + self._bounds.whole_s
        try:
            with (
                Bound(self._bounds.connect_s + self._bounds.whole_s) as bound,
                client.stream(
                    method,
                    path,
                    params=params,
                    content=content,
                    headers=headers,
                    extensions={"trace": bound.follow} if is_command else None,
                ) as response,
            ):
                body = self._read(response, give_up_at)
                return _Raw(response.status_code, response.headers, body)
        except httpx.ConnectError as error:
            raise Unreachable(f"{method} {path}: no connection ({error})") from error
        except httpx.PoolTimeout as error:
            self._replace(client)
            raise unknown(f"{method} {path}: all connections are busy") from error
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise unknown(f"{method} {path}: no whole answer ({said})") from error

    def _read(self, response: httpx.Response, give_up_at: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._bounds.max_bytes:
                raise httpx.ReadError(f"more than {self._bounds.max_bytes} bytes")
            if time.monotonic() > give_up_at:
                raise httpx.ReadTimeout(f"not finished within {self._bounds.whole_s:g} s")
        return bytes(body)

    def _replace(self, jammed: httpx.Client) -> None:
        """Take a new client for a jammed one, whose requests in flight may still end."""
        with self._swap:
            if self._client is jammed:
                self._jammed.append(jammed)
                self._client = self._connect()


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Return what trusts the system's authorities and that of the PEM file.

    Raises:
        OSError: the file cannot be read, or holds no certificate.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def _check(raw: _Raw, *, unknown: type[EngineError]) -> None:
    """Turn a refusal into the port's error by what may follow from it."""
    status = raw.status
    if 200 <= status < 300:
        return
    said = f"{status} {_words(raw.body)}".rstrip()
    if status in {401, 403}:
        raise Forbidden(said)
    if status == 404:
        raise NotVisible(said)
    if status == 409:
        raise Conflict(said)
    if status == 429:
        raise Throttled(said, _retry_after_s(raw.headers))
    # 408: the server lost patience in the middle of the request; 3xx: somebody else answered.
    if 400 <= status < 500 and status != 408:
        raise Rejected(said)
    raise unknown(said)


def _decode(raw: _Raw, into: type[T], *, unknown: type[EngineError]) -> Answer[T]:
    try:
        value = typed_json.decode(raw.body, into)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise unknown(f"{raw.status}, but not the expected answer ({error})") from error
    return Answer(value, hashlib.sha256(raw.body).hexdigest(), raw.headers)


def _words(body: bytes) -> str:
    try:
        problem = typed_json.decode(body, _Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    if isinstance(problem.error, _Said):
        return problem.error.words[:_DETAIL_CHARACTERS]
    return (problem.words or problem.error or "")[:_DETAIL_CHARACTERS]


def _retry_after_s(headers: httpx.Headers) -> float:
    """Return the Retry-After header in seconds (RFC 9110 10.2.3); a date counts as one second."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return _DEFAULT_RETRY_S
    # NaN compares as false and must not become a pause without end.
    return min(seconds, _LONGEST_RETRY_S) if seconds > 0 else _DEFAULT_RETRY_S
