"""How requests to the gateway are authorised, and what a sign-in in the browser is made of.

`Authorizer` is what the HTTP client asks for every request. Two kinds: a token of the gateway's own
(`OwnToken`), and a session at an OpenID provider (`work.provider_session`). The rest is the sign-in
itself as pure functions: authorization code with PKCE (RFC 7636), a redirect to this machine (RFC
8252), the provider named in his answer (RFC 9207).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from agent_app import typed_json
from agent_app.desk.work.errors import PlatformError


class Authorizer(Protocol):
    """Gives each request to the gateway its credentials. Safe for several threads.

    How a client uses it: send with `headers(...)`; hand every answer to `heard`; where that returns
    True, send the same request again with new headers, `TRIES` times at most. What was answered
    401 was not carried out, so a change is sent again under its key.
    """

    def headers(self, method: str, url: str) -> dict[str, str]:
        """Return the headers for this one request; `url` as it is sent. Never from the Qt thread.

        Raises:
            Unauthenticated: the person has to sign in again; nothing else is lost.
            Unreachable: the token is over and the provider does not answer.
        """
        ...

    def heard(self, status: int, answer: Mapping[str, str], sent: Mapping[str, str]) -> bool:
        """Take an answer's status and headers; return whether to send again with new headers.

        `sent` is what `headers` gave. May ask the provider (a new token): never from the Qt thread.

        Raises:
            Unauthenticated, Unreachable: as `headers`.
        """
        ...


TRIES = 3
"""A number for the proof, then a new token, then the request as it is meant."""


class OwnToken:
    """A token that the gateway itself gave out: sent as it is, refused for good."""

    def __init__(self, token: str) -> None:
        self.token = token

    def headers(self, method: str, url: str) -> dict[str, str]:
        """Return the token as a header."""
        return {"Authorization": f"Bearer {self.token}"}

    def heard(self, status: int, answer: Mapping[str, str], sent: Mapping[str, str]) -> bool:
        """Return False: there is nothing that would make a refused token good."""
        return False


class SignInFailed(PlatformError):
    """The sign-in in the browser came to no end; nothing has changed here."""


class SignInCancelled(SignInFailed):
    """The person gave up, or the desk is closing."""


class SignInTimedOut(SignInFailed):
    """Nobody came back from the browser."""


class SignInRefused(SignInFailed):
    """The provider said no; `code` is his word of RFC 6749, `said` his sentence if he had one."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(f"{code}: {said}" if said else code)
        self.code = code
        self.said = said


class SignInUnsafe(SignInFailed):
    """What came back, or what the gateway or the provider tells of itself, must not be believed."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How people sign in at a gateway. Without `issuer`: by the gateway's own tokens alone."""

    gateway: str
    issuer: str | None = None
    client_id: str | None = None
    audience: str | None = None
    needs_proofs: bool = False

    @property
    def by_browser(self) -> bool:
        """Return whether a provider signs people in here."""
        return self.issuer is not None and self.client_id is not None


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where a provider is asked what, as his discovery document tells (OpenID Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str | None = None
    scopes_supported: tuple[str, ...] = ("openid", "offline_access")
    dpop_signing_alg_values_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ("S256",)
    authorization_response_iss_parameter_supported: bool = False


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider gives for a code or for a refresh token (RFC 6749 section 5.1)."""

    access_token: str
    token_type: str
    expires_in: float = 300
    refresh_token: str | None = None
    id_token: str | None = None


class Prover(Protocol):
    """A key of this sign-in alone, with which requests are proved to be the desk's (RFC 9449)."""

    def proof(
        self,
        method: str,
        url: str,
        *,
        token: str | None = None,
        nonce: str | None = None,
        ahead_s: float = 0,
    ) -> str:
        """Return a proof for one request; `ahead_s`: how far the other side's clock is ahead."""
        ...

    def thumbprint(self) -> str:
        """Return the name of the key (RFC 7638)."""
        ...

    def secret(self) -> bytes:
        """Return the private key, for the encrypted store alone."""
        ...


class Provers(Protocol):
    """Makes keys for proofs; `desk.vault` has it."""

    def new(self) -> Prover: ...

    def known(self, secret: bytes) -> Prover: ...


class Provider(Protocol):
    """What is asked of gateway and provider at sign-in; `desk.platform` has it.

    Every method may raise `Unreachable`; none is for the Qt thread.
    """

    def ways(self, gateway_url: str) -> Ways:
        """Return how people sign in (RFC 9728); an old gateway knows its own tokens alone.

        Raises:
            SignInUnsafe: it tells of another gateway than the one that was asked.
        """
        ...

    def places(self, issuer: str) -> Places:
        """Return where the provider is asked what.

        Raises:
            SignInUnsafe: the document is another's, or leads from https to http.
        """
        ...

    def tokens(self, url: str, form: Mapping[str, str], prover: Prover | None) -> TokenAnswer:
        """Ask for tokens.

        Raises:
            SignInRefused: the provider said no, in a word of RFC 6749.
        """
        ...

    def revoke(self, url: str, form: Mapping[str, str], prover: Prover | None) -> None:
        """Take a token back (RFC 7009)."""
        ...


class Redirect(Protocol):
    """The address on this machine where the browser comes back to, once."""

    address: str

    def wait(self, question: Question, stop: Stop) -> str:
        """Return the query that came back with the question's `state`; others are turned away.

        Raises:
            SignInTimedOut, SignInCancelled: none came.
        """
        ...

    def close(self) -> None: ...


class Stop(Protocol):
    """Says that the person gave up; a `threading.Event` is one."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class BackPage:
    """What the browser shows at the end, in the desk's language."""

    language: str = "en"
    title: str = "Signed in"
    text: str = "You can close this window and go back to your desk."


def _chance() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Question:
    """One sign-in: what only this desk knows of it, so that no other answer fits."""

    redirect: str
    state: str = field(default_factory=_chance)
    nonce: str = field(default_factory=_chance)
    verifier: str = field(default_factory=_chance)

    def address(self, ways: Ways, places: Places, prover: Prover | None) -> str:
        """Return what the browser is to open.

        Raises:
            SignInUnsafe: the provider does not take PKCE with S256.
        """
        if "S256" not in places.code_challenge_methods_supported:
            raise SignInUnsafe("the provider does not take PKCE with S256")
        digest = hashlib.sha256(self.verifier.encode()).digest()
        offline = "offline_access" in places.scopes_supported
        asked = {
            "response_type": "code",
            "client_id": ways.client_id,
            "redirect_uri": self.redirect,
            "scope": "openid offline_access" if offline else "openid",
            # OpenID Connect Core 11: without consent a provider takes offline_access away.
            "prompt": "consent" if offline else None,
            "resource": ways.audience,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            # Binds the code itself to the key (RFC 9449 section 10).
            "dpop_jkt": prover.thumbprint() if prover is not None else None,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        joint = "&" if urlsplit(places.authorization_endpoint).query else "?"
        return f"{places.authorization_endpoint}{joint}{query}"

    def is_answered_by(self, query: str) -> bool:
        """Return whether a query that came back belongs to this sign-in."""
        state = dict(parse_qsl(query)).get("state", "")
        return hmac.compare_digest(state.encode(), self.state.encode())

    def code(self, query: str, places: Places) -> str:
        """Return the code that came back.

        Raises:
            SignInRefused: the provider said no, or the person did.
            SignInUnsafe: it is no answer to this question, or of another provider (RFC 9207).
        """
        said = parse_qsl(query)
        answer = dict(said)
        if len(answer) != len(said) or not self.is_answered_by(query):
            raise SignInUnsafe("the answer belongs to another sign-in")
        issuer = answer.get("iss")
        missing = issuer is None and places.authorization_response_iss_parameter_supported
        if missing or issuer not in (None, places.issuer):
            raise SignInUnsafe("the answer is of another provider")
        if "error" in answer:
            raise SignInRefused(answer["error"], answer.get("error_description", ""))
        if not answer.get("code"):
            raise SignInUnsafe("the answer holds no code")
        return answer["code"]

    def form(self, ways: Ways, code: str) -> dict[str, str]:
        """Return what is sent for the tokens."""
        asked = {
            "grant_type": "authorization_code",
            "client_id": ways.client_id,
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
            "resource": ways.audience,
        }
        return {name: value for name, value in asked.items() if value}

    def check(self, answer: TokenAnswer, ways: Ways, places: Places, *, proved: bool) -> None:
        """See that the tokens are an answer to this question.

        The ID token came straight from the provider, so TLS stands for its signature (OpenID
        Connect Core 3.1.3.7, 6).

        Raises:
            SignInUnsafe: they are not, or are not bound to the desk's key though they must be.
        """
        kind = answer.token_type.lower()
        if kind not in {"bearer", "dpop"} or (kind == "dpop" and not proved):
            raise SignInUnsafe("the provider gives tokens of a kind that this desk does not know")
        if ways.needs_proofs and kind != "dpop":
            raise SignInUnsafe("the provider does not bind tokens to this desk")
        if answer.id_token is None:
            return
        said = _said(answer.id_token)
        audience = said.aud if isinstance(said.aud, list) else [said.aud]
        if (
            said.iss != places.issuer
            or ways.client_id not in audience
            or (said.azp is not None and said.azp != ways.client_id)
            or not hmac.compare_digest((said.nonce or "").encode(), self.nonce.encode())
        ):
            raise SignInUnsafe("the ID token belongs to another sign-in")


class _IdToken(msgspec.Struct, frozen=True):
    iss: str
    aud: str | list[str]
    azp: str | None = None
    nonce: str | None = None


def _said(id_token: str) -> _IdToken:
    try:
        _, payload, _ = id_token.split(".")
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return typed_json.decode(raw, _IdToken)
    except (ValueError, msgspec.DecodeError) as error:
        raise SignInUnsafe("the ID token cannot be read") from error
