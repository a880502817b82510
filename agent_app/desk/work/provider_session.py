"""A session at an OpenID provider: tokens, the key they are bound to, and their renewal.

Implements `signing_in.Authorizer`. One for each signed-in person in a process. It lives in the
encrypted store; a new refresh token is on the disk before anything is done with its answer.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec

from agent_app import typed_json
from agent_app.desk.work.errors import PlatformError, Unauthenticated, Unreachable
from agent_app.desk.work.local import LocalStoreFailed, Secrets
from agent_app.desk.work.signing_in import (
    Provers,
    Provider,
    SignInRefused,
    TokenAnswer,
)

SECRET = "provider session"  # noqa: S105  (the name under which it is kept)
MARGIN_S = 30.0
"""A token is renewed so long before its end; of short ones, in their last quarter."""
YOUNG_S = 5.0
"""A token that is refused so soon after it was got would be refused again."""
_NOT_FINAL = {"temporarily_unavailable", "server_error", "slow_down"}
_log = logging.getLogger(__name__)


class SessionOver(Unauthenticated):
    """The provider renews the session no more: the person has to sign in again."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The session as the store holds it; times in seconds of 1970 by this machine's clock."""

    issuer: str
    client_id: str
    audience: str | None
    token_endpoint: str
    revocation_endpoint: str | None
    access: str
    got_at: float
    ends_at: float
    refresh: str | None
    proof_key: bytes | None
    """The private key; None where the provider gives tokens that whoever holds them may use."""

    def renewed(self, answer: TokenAnswer, now: float) -> Kept:
        """Return the session with new tokens; without a new refresh token the old one stays."""
        return msgspec.structs.replace(
            self,
            access=answer.access_token,
            got_at=now,
            ends_at=now + answer.expires_in,
            refresh=answer.refresh_token or self.refresh,
        )


class ProviderSession:
    """Authorises requests, and renews the token: one renewal at a time for all threads."""

    def __init__(
        self,
        kept: Kept,
        provider: Provider,
        provers: Provers,
        *,
        secrets: Secrets | None = None,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._kept = kept
        self._provider = provider
        self._prover = provers.known(kept.proof_key) if kept.proof_key else None
        self._secrets = secrets
        self._clock_s = clock_s
        self._renewing = threading.Lock()
        self._nonce: str | None = None
        self._over: str | None = None

    @classmethod
    def found(
        cls,
        secrets: Secrets,
        provider: Provider,
        provers: Provers,
        *,
        clock_s: Callable[[], float] = time.time,
    ) -> ProviderSession | None:
        """Return the session that a store holds; None where it holds none that can be read."""
        content = secrets.secret(SECRET)
        if content is None:
            return None
        try:
            kept = typed_json.decode(content, Kept)
            return cls(kept, provider, provers, secrets=secrets, clock_s=clock_s)
        except (msgspec.DecodeError, ValueError):
            return None

    def keep_in(self, secrets: Secrets) -> None:
        """Keep the session in a store from now on."""
        with self._renewing:
            secrets.keep_secret(SECRET, msgspec.json.encode(self._kept))
            self._secrets = secrets

    def headers(self, method: str, url: str) -> dict[str, str]:
        """Return token and proof for one request."""
        token = self._token()
        if self._prover is None:
            return {"Authorization": f"Bearer {token}"}
        proof = self._prover.proof(method, _place(url), token=token, nonce=self._nonce)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def heard(self, status: int, answer: Mapping[str, str], sent: Mapping[str, str]) -> bool:
        """Take in the gateway's number, and renew a token that it no longer takes."""
        heads = {name.lower(): value for name, value in answer.items()}
        nonce = heads.get("dpop-nonce")
        if nonce is not None:
            self._nonce = nonce
        if status != 401:
            return False
        challenge = heads.get("www-authenticate", "")
        if "use_dpop_nonce" in challenge:
            return nonce is not None
        if "invalid_dpop_proof" in challenge:
            return True
        return self._renew(sent.get("Authorization", "").partition(" ")[2], refused=True)

    def rest(self) -> None:
        """Let a renewal under way end, and begin none any more: the store is about to close."""
        with self._renewing:
            self._secrets = None
            self._over = self._over or "the desk is locked"

    def revoke(self) -> None:
        """Have the provider take the tokens back; not reaching him is no error.

        For a worker thread, after the key and the file are gone.
        """
        kept = self._kept
        self._over = "signed out"
        if kept.revocation_endpoint is None:
            return
        named = {"refresh_token": kept.refresh, "access_token": kept.access}
        for hint, token in named.items():
            if token is None:
                continue
            form = {"token": token, "token_type_hint": hint, "client_id": kept.client_id}
            try:
                self._provider.revoke(kept.revocation_endpoint, form, self._prover)
            except PlatformError as error:
                _log.warning("the tokens could not be revoked: %s", type(error).__name__)
                return

    def _token(self) -> str:
        """Return a token that still counts, renewed if it is about to end."""
        if self._over is not None:
            raise SessionOver(self._over)
        kept, now = self._kept, self._clock_s()
        life = kept.ends_at - kept.got_at
        # Before `got_at`: the clock was set back, and says nothing of the token's age.
        if kept.got_at <= now < kept.ends_at - min(MARGIN_S, life / 4):
            return kept.access
        try:
            self._renew(kept.access)
        except Unreachable:
            if now >= kept.ends_at:
                raise
        return self._kept.access

    def _renew(self, seen: str, *, refused: bool = False) -> bool:
        """Get a new token in place of the one seen; return whether there is another one now.

        Raises:
            SessionOver: the provider gives none any more.
            Unreachable: he does not answer; all stays as it was.
        """
        with self._renewing:
            if self._over is not None:
                raise SessionOver(self._over)
            kept, now = self._kept, self._clock_s()
            if kept.access != seen:
                return True
            if refused and 0 <= now - kept.got_at < YOUNG_S:
                return False
            if kept.refresh is None:
                self._end("the session is over; the provider gave nothing to renew it with")
            try:
                answer = self._provider.tokens(kept.token_endpoint, _form(kept), self._prover)
            except SignInRefused as error:
                if error.code in _NOT_FINAL:
                    raise Unreachable(str(error)) from error
                self._end(f"the provider ended the session ({error.code})")
            renewed = kept.renewed(answer, self._clock_s())
            # Before its first use: a refresh token that is lost here ends the session.
            self._keep(renewed)
            self._kept = renewed
            return True

    def _keep(self, renewed: Kept) -> None:
        if self._secrets is None:
            return
        try:
            self._secrets.keep_secret(SECRET, msgspec.json.encode(renewed))
        except LocalStoreFailed as error:
            # The disk is full: the session goes on in memory, the next renewal tries again.
            _log.warning("the renewed session could not be kept: %s", error)

    def _end(self, why: str) -> NoReturn:
        self._over = why
        if self._secrets is not None:
            with contextlib.suppress(LocalStoreFailed):
                self._secrets.forget_secret(SECRET)
        raise SessionOver(why)


def _form(kept: Kept) -> dict[str, str]:
    asked = {
        "grant_type": "refresh_token",
        "client_id": kept.client_id,
        "refresh_token": kept.refresh,
        "resource": kept.audience,
    }
    return {name: value for name, value in asked.items() if value}


def _place(url: str) -> str:
    """Return the address without query and fragment, as a proof names it (RFC 9449 4.2)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
