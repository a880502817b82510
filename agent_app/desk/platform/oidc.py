"""What is asked of gateway and provider at sign-in, over HTTP. Implements `signing_in.Provider`.

Only main.py makes one. Addresses come from the gateway and from the provider's own document; no
redirect is followed, and nothing but https is spoken beyond this machine.
"""

from __future__ import annotations

import email.utils
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
import truststore

from agent_app import typed_json
from agent_app.desk.platform.client import gateway_address
from agent_app.desk.work.errors import Rejected, Unreachable
from agent_app.desk.work.signing_in import (
    Places,
    Prover,
    SignInRefused,
    SignInUnsafe,
    TokenAnswer,
    Ways,
)

T = TypeVar("T")

TIMEOUT = httpx.Timeout(connect=4.0, read=10.0, write=8.0, pool=4.0)
WHOLE_S = 15.0
"""Longest answer, however steadily it drips."""
MOST_BYTES = 512 * 1024
_RESOURCE = "/.well-known/oauth-protected-resource"
_DISCOVERY = "/.well-known/openid-configuration"
_OWN_HOSTS = {"127.0.0.1", "::1", "localhost"}
_PROOF_ALGORITHM = "ES256"


class _Resource(msgspec.Struct, frozen=True):
    """What a gateway tells of itself (RFC 9728)."""

    resource: str
    authorization_servers: tuple[str, ...] = ()
    dpop_bound_access_tokens_required: bool = False
    agent_app_audience: str | None = None
    agent_app_client: str | None = None


class _OAuthError(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


class HttpProvider:
    """Asks over HTTP; each question on a connection of its own. Safe for several threads."""

    def __init__(
        self,
        new_client: Callable[[str], httpx.Client] | None = None,
        *,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        """Take what makes a client for an address; without it, the system's trust and proxies."""
        self._clock_s = clock_s
        self._new_client = new_client or _client
        self._lock = threading.Lock()
        self._nonces: dict[str, str] = {}
        self._ahead_s: dict[str, float] = {}

    def ways(self, gateway_url: str) -> Ways:
        """Return how people sign in at a gateway."""
        address = gateway_address(gateway_url)
        status, body, _ = self._exchange("GET", address + _RESOURCE)
        if status in {404, 405}:
            return Ways(address)
        told = _read(status, body, _Resource)
        if not told.authorization_servers:
            return Ways(address)
        # RFC 9728 section 3.3: otherwise a false gateway could have proofs made for the true one.
        if not _same(told.resource, address):
            raise SignInUnsafe(f"{address} says that it is {told.resource[:200]}")
        return Ways(
            address,
            issuer=told.authorization_servers[0],
            client_id=told.agent_app_client,
            audience=told.agent_app_audience or told.resource,
            needs_proofs=told.dpop_bound_access_tokens_required,
        )

    def places(self, issuer: str) -> Places:
        """Return where the provider is asked what."""
        _check_safe(issuer)
        status, body, _ = self._exchange("GET", issuer.rstrip("/") + _DISCOVERY)
        places = _read(status, body, Places)
        if places.issuer != issuer:
            raise SignInUnsafe("the provider's document is of another provider")
        for url in (
            places.authorization_endpoint,
            places.token_endpoint,
            places.revocation_endpoint,
        ):
            if url is not None:
                _check_safe(url)
        return places

    def tokens(self, url: str, form: Mapping[str, str], prover: Prover | None) -> TokenAnswer:
        """Ask for tokens, a second time with the provider's number or by his clock."""
        status, body = self._post(url, form, prover)
        if status == 200:
            return _read(status, body, TokenAnswer)
        raise _refusal(status, body)

    def revoke(self, url: str, form: Mapping[str, str], prover: Prover | None) -> None:
        """Take a token back; one that is unknown there counts as taken back."""
        status, body = self._post(url, form, prover)
        if status != 200:
            raise _refusal(status, body)

    def _post(self, url: str, form: Mapping[str, str], prover: Prover | None) -> tuple[int, bytes]:
        _check_safe(url)
        server = _server(url)
        for last in (False, True):
            headers = {}
            if prover is not None:
                with self._lock:
                    nonce, ahead_s = self._nonces.get(server), self._ahead_s.get(server, 0.0)
                headers["DPoP"] = prover.proof("POST", url, nonce=nonce, ahead_s=ahead_s)
            status, body, told = self._exchange("POST", url, form, headers)
            again = self._learn(server, told, status, body)
            if last or prover is None or not again:
                break
        return status, body

    def _learn(self, server: str, told: httpx.Headers, status: int, body: bytes) -> bool:
        """Take the number for the next proof; return whether a new proof may be taken."""
        nonce = told.get("DPoP-Nonce")
        with self._lock:
            if nonce is not None:
                self._nonces[server] = nonce
            if status not in {400, 401}:
                return False
            code = _refusal(status, body)
            if not isinstance(code, SignInRefused):
                return False
            if code.code == "use_dpop_nonce":
                return nonce is not None
            if code.code != "invalid_dpop_proof":
                return False
            # This machine's clock may be wrong; the provider's answer says what his shows.
            said = email.utils.parsedate_to_datetime(told["Date"]) if "Date" in told else None
            if said is None:
                return False
            self._ahead_s[server] = said.timestamp() - self._clock_s()
            return True

    def _exchange(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes, httpx.Headers]:
        give_up_at = time.monotonic() + WHOLE_S
        sent = {"Accept": "application/json", **(headers or {})}
        try:
            with (
                self._new_client(url) as client,
                client.stream(
                    method, url, data=form, headers=sent, timeout=TIMEOUT, follow_redirects=False
                ) as answer,
            ):
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES or time.monotonic() > give_up_at:
                        raise Unreachable(f"{_server(url)} does not come to an end")
                return answer.status_code, bytes(body), answer.headers
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise Unreachable(f"{_server(url)}: {type(error).__name__}") from error


def _client(url: str) -> httpx.Client:
    return httpx.Client(
        verify=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        # A proxy of the environment must not see what is meant for this machine.
        trust_env=urlsplit(url).scheme == "https",
    )


def _read(status: int, body: bytes, shape: type[T]) -> T:
    if status != 200:
        raise Unreachable(f"answered {status}")
    try:
        return typed_json.decode(body, shape)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Unreachable(f"what came is no {shape.__name__.strip('_')}: {error}") from error


def _refusal(status: int, body: bytes) -> Unreachable | SignInRefused:
    """Return what an answer without success means: a word of RFC 6749, or nobody was there."""
    if 400 <= status < 500 and status != 429:
        try:
            said = typed_json.decode(body, _OAuthError)
            return SignInRefused(said.error[:80], said.error_description[:300])
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass
    return Unreachable(f"the provider answered {status}")


def _check_safe(url: str) -> None:
    """See that what is sent to an address stays between us and it.

    Raises:
        SignInUnsafe: it would travel in the open, or the address hides something.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.username or parts.password or parts.fragment:
        raise SignInUnsafe("the provider has an address that is none")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _OWN_HOSTS):
        raise SignInUnsafe("the provider is not reached by https")


def _same(told: str, asked: str) -> bool:
    try:
        told = gateway_address(told)
    except Rejected:
        return False
    one, other = urlsplit(told), urlsplit(asked)
    ports = {"http": 80, "https": 443}
    return (one.scheme, one.hostname, one.port or ports[one.scheme], one.path) == (
        other.scheme,
        other.hostname,
        other.port or ports[other.scheme],
        other.path,
    )


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
