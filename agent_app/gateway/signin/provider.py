"""The OpenID provider: its discovery document, and the keys by which it signs, kept for a while.

Keys are fetched when they are first needed, when they are ten minutes old, and when a token names
one that is not among them; never more often than every half minute, whatever tokens come. While
the provider cannot be reached, those that were fetched go on counting for a day.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
import truststore
from joserfc.jwk import Key

from agent_app import typed_json
from agent_app.gateway.signin.settings import OidcConfig, is_loopback
from agent_app.gateway.signin.signatures import Unsigned, read_key

_log = structlog.get_logger()
FRESH_S = 600.0
REFETCH_S = 30.0
RETRY_S = 5.0
"""While there are no keys at all."""
KEPT_S = 86_400.0
_CONNECT_S, _READ_S, _WHOLE_S = 3.0, 4.0, 6.0
_WAIT_S = 1.0
_MAX_BYTES = 512 * 1024


class ProviderUnreachable(Exception):
    """The provider gave no usable answer; the message says what happened."""


class Document(msgspec.Struct, frozen=True):
    """What we use of the discovery document."""

    issuer: str
    jwks_uri: str
    introspection_endpoint: str | None = None


class _KeySet(msgspec.Struct, frozen=True):
    keys: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Held:
    document: Document
    keys: tuple[Key, ...]
    at: float

    def names(self, kid: str | None) -> bool:
        return kid is None or any(key.kid in (None, kid) for key in self.keys)


class Provider:
    """Safe to use from several threads. `clock_s` counts seconds, as time.monotonic does."""

    def __init__(
        self, settings: OidcConfig, *, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.settings = settings
        self._clock_s = clock_s
        self._client = httpx.Client(
            verify=_trust(settings),
            timeout=httpx.Timeout(_READ_S, connect=_CONNECT_S),
            follow_redirects=False,
            trust_env=not is_loopback(urlsplit(settings.issuer)),
        )
        self._fetching = threading.Lock()
        self._held: _Held | None = None
        self._tried_at: float | None = None
        self._said = ""

    def keys(self, kid: str | None = None) -> tuple[Key, ...]:
        """Return the keys that count now; `kid`: the one that is looked for.

        Raises:
            ProviderUnreachable: there are none.
        """
        return self._now_held(kid).keys

    def document(self) -> Document:
        """Return the discovery document.

        Raises:
            ProviderUnreachable: it was never read, or too long ago.
        """
        return self._now_held(None).document

    def fetched(self) -> Document:
        """Ask the provider now, whatever is held: what `doctor` does.

        Raises:
            ProviderUnreachable: it gave no usable answer.
        """
        self._held = self._fetch()
        return self._held.document

    def post(self, url: str, form: Mapping[str, str], auth: tuple[str, str]) -> dict[str, Any]:
        """Send a form and return the JSON object that comes back.

        Raises:
            ProviderUnreachable: none did.
        """
        said: dict[str, Any] = self._asked("POST", url, dict[str, Any], data=dict(form), auth=auth)
        return said

    def close(self) -> None:
        self._client.close()

    def _now_held(self, kid: str | None) -> _Held:
        held = self._held
        if held is None:
            # Nothing can be said without an answer: others wait for the one that asks.
            self._renew(held, wait_s=_WHOLE_S)
        elif not held.names(kid):
            # Anybody can make up a key's name: that must not hold many threads for long.
            self._renew(held, wait_s=_WAIT_S)
        elif self._clock_s() - held.at >= FRESH_S:
            self._renew(held, wait_s=0)
        held = self._held
        if held is None or self._clock_s() - held.at > KEPT_S:
            raise ProviderUnreachable(self._said or "it was asked a moment ago")
        return held

    def _renew(self, seen: _Held | None, *, wait_s: float) -> None:
        if not self._fetching.acquire(timeout=wait_s):
            return
        try:
            self._renew_alone(seen)
        finally:
            self._fetching.release()

    def _renew_alone(self, seen: _Held | None) -> None:
        now = self._clock_s()
        pause = RETRY_S if self._held is None else REFETCH_S
        if self._held is not seen or (self._tried_at is not None and now - self._tried_at < pause):
            return
        self._tried_at = now
        try:
            self._held = self._fetch()
        except ProviderUnreachable as error:
            self._said = str(error)
            _log.warning("sign_in_provider_unreachable", error=self._said)

    def _fetch(self) -> _Held:
        issuer = self.settings.issuer
        url = issuer.rstrip("/") + "/.well-known/openid-configuration"
        document = self._asked("GET", url, Document)
        if document.issuer != issuer:
            raise ProviderUnreachable(f"{url} is of another issuer than `issuer` says")
        for end in (document.jwks_uri, document.introspection_endpoint):
            if end is not None and urlsplit(end).scheme != urlsplit(issuer).scheme:
                raise ProviderUnreachable(f"{url} leads from https to http")
        keys = []
        for jwk in self._asked("GET", document.jwks_uri, _KeySet).keys:
            try:
                keys.append(read_key(jwk))
            except Unsigned:
                # For other purposes, or of a kind that is not used here.
                continue
        if not keys:
            raise ProviderUnreachable(f"{document.jwks_uri} holds no key that can be used")
        return _Held(document, tuple(keys), self._clock_s())

    def _asked(self, method: str, url: str, of: type[Any], **more: Any) -> Any:
        give_up_at = time.monotonic() + _WHOLE_S
        try:
            with self._client.stream(
                method, url, headers={"Accept": "application/json"}, **more
            ) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_BYTES or time.monotonic() > give_up_at:
                        raise ProviderUnreachable(f"{url} does not end")
                if response.status_code != 200:
                    raise ProviderUnreachable(f"{url} answers {response.status_code}")
                return typed_json.decode(body, of)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise ProviderUnreachable(f"{url}: {str(error) or type(error).__name__}") from error
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise ProviderUnreachable(f"{url} does not answer as it should: {error}") from error


def _trust(settings: OidcConfig) -> ssl.SSLContext | bool:
    if urlsplit(settings.issuer).scheme == "http":
        return False
    if settings.ca_file is not None:
        return ssl.create_default_context(cafile=settings.ca_file)
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
