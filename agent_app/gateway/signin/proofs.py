"""Proofs of possession (DPoP, RFC 9449): the sender holds the key that the token is bound to.

Each check is a function of its own, so that tests can take one away and see its attack succeed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from agent_app.gateway.signin import claims, signatures
from agent_app.gateway.signin.nonces import COUNTS, Nonces
from agent_app.gateway.signin.refusals import Code, NotSignedIn, bad_proof
from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.signin.used import UsedProofs
from agent_app.gateway.store.database import Database

TYPE = "dpop+jwt"
LIFE = timedelta(seconds=60)
_LONGEST_ID = 200
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that a proof is for. `path` is decoded, as the application routes by it."""

    method: str
    path: str
    token: str


@dataclass(frozen=True, slots=True)
class Proof:
    thumbprint: str
    said: Mapping[str, Any]


class Proofs:
    """Safe to use from several threads; all processes on one database know the used ones."""

    def __init__(self, database: Database, settings: OidcConfig) -> None:
        self._settings = settings
        self._nonces = Nonces(database)
        self._used = UsedProofs(database)

    def check(self, sent: tuple[str, ...], asked: Asked, thumbprint: str, now: datetime) -> None:
        """Accept the one proof that was sent for this request, and never again.

        Raises:
            NotSignedIn: saying what is wrong with it.
        """
        if len(sent) != 1:
            raise bad_proof("is missing" if not sent else "was sent more than once")
        proof = read(sent[0])
        check_key(proof, thumbprint)
        check_method(proof, asked)
        check_address(proof, asked, self._settings)
        check_token(proof, asked)
        until = self.check_age(proof, now)
        self.check_unused(proof, until, now)

    def check_age(self, proof: Proof, now: datetime) -> datetime:
        """Return until when the proof could count again if it were not kept.

        Raises:
            NotSignedIn: it is not fresh; with the nonce that would show that the next one is.
        """
        made_at = claims.read_time(proof.said, "iat")
        if made_at is None:
            raise bad_proof("does not say when it was made (`iat`)")
        leeway = timedelta(seconds=self._settings.leeway_s)
        nonce = proof.said.get("nonce")
        if isinstance(nonce, str):
            given_at = self._nonces.given_at(nonce)
            if given_at is not None and -leeway <= now - given_at <= COUNTS:
                return given_at + COUNTS + leeway
            raise self._use_nonce("names a number that is not this gateway's, or too old", now)
        if self._settings.require_nonce:
            raise self._use_nonce("needs the number from DPoP-Nonce", now)
        if not -leeway <= now - made_at <= LIFE:
            raise self._use_nonce("is too old or from a wrong clock; use DPoP-Nonce", now)
        return made_at + LIFE + leeway

    def check_unused(self, proof: Proof, until: datetime, now: datetime) -> None:
        name = proof.said.get("jti")
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
            raise bad_proof("does not name itself (`jti`)")
        if not self._used.use(f"{proof.thumbprint} {name}", until, now):
            raise bad_proof("was used before; each request needs its own")

    def _use_nonce(self, detail: str, now: datetime) -> NotSignedIn:
        refused = bad_proof(detail)
        return NotSignedIn(Code.USE_NONCE, refused.problem.detail, nonce=self._nonces.give(now))


def read(sent: str) -> Proof:
    """Return what the proof says, once its own key is found to have signed it.

    Raises:
        NotSignedIn: it did not, or this is no proof.
    """
    try:
        header = signatures.header_of(sent)
        if (header.typ or "").lower() != TYPE:
            raise bad_proof(f"is none (its `typ` is not {TYPE})")
        if header.jwk is None:
            raise bad_proof("does not carry its key (`jwk`)")
        key = signatures.read_key(signatures.bare(header.jwk))
        return Proof(key.thumbprint(), signatures.verified(sent, header, [key]))
    except signatures.Unsigned as error:
        raise bad_proof(str(error)) from error


def check_key(proof: Proof, thumbprint: str) -> None:
    if proof.thumbprint != thumbprint:
        raise bad_proof("is by another key than the token is bound to")


def check_method(proof: Proof, asked: Asked) -> None:
    if proof.said.get("htm") != asked.method:
        raise bad_proof("is for another method (`htm`)")


def check_address(proof: Proof, asked: Asked, settings: OidcConfig) -> None:
    said = proof.said.get("htu")
    own = _place(settings.public_url)
    assert own is not None
    if not isinstance(said, str) or _place(said) != (*own[:3], own[3] + asked.path):
        raise bad_proof("is for another address (`htu`)")


def check_token(proof: Proof, asked: Asked) -> None:
    digest = hashlib.sha256(asked.token.encode()).digest()
    if proof.said.get("ath") != base64.urlsafe_b64encode(digest).decode().rstrip("="):
        raise bad_proof("is for another token (`ath`)")


def _place(text: str) -> tuple[str, str | None, int | None, str] | None:
    """Return an address as it is compared: without query and fragment, its port filled in."""
    try:
        url = urlsplit(text)
        scheme, port = url.scheme.lower(), url.port
    except ValueError:
        return None
    return scheme, url.hostname, port or _PORTS.get(scheme), unquote(url.path)
