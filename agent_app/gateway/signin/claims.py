"""What an access token says (RFC 9068), and every reason not to accept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agent_app.gateway.signin.refusals import bad_token
from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.signin.signatures import Header

_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Claims:
    """An accepted token. `thumbprint`: of the key that it is bound to, None for a bearer's."""

    sub: str
    expires_at: datetime
    thumbprint: str | None
    all: Mapping[str, Any]

    def words(self, path: str) -> tuple[str, ...]:
        """Return the texts of a claim, which is a text or a list; dots lead into objects."""
        found = self.all.get(path)
        if found is None:
            found = self.all
            for part in path.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        if isinstance(found, str):
            return (found,)
        return tuple(w for w in found if isinstance(w, str)) if isinstance(found, list) else ()

    def word(self, path: str) -> str | None:
        return next(iter(self.words(path)), None)


def accepted(said: Mapping[str, Any], settings: OidcConfig, now: datetime) -> Claims:
    """Return the claims of a token whose signature holds.

    Raises:
        NotSignedIn: saying which of them is not right.
    """
    check_issuer(said, settings)
    check_audience(said, settings)
    check_client(said, settings)
    expires_at = check_times(said, settings, now)
    sub = said.get("sub")
    if not isinstance(sub, str) or not sub.isprintable() or not 0 < len(sub) <= _LONGEST_SUBJECT:
        raise bad_token("The token does not say whose it is (`sub`).")
    return Claims(sub, expires_at, bound_to(said), said)


def check_type(header: Header, settings: OidcConfig) -> None:
    """Refuse ID tokens and whatever else the provider signs with the same keys."""
    typ = (header.typ or "").lower().removeprefix("application/")
    if typ != settings.token_type.lower():
        raise bad_token(f"The token is not an access token (`typ` is not {settings.token_type}).")


def check_issuer(said: Mapping[str, Any], settings: OidcConfig) -> None:
    if said.get("iss") != settings.issuer:
        raise bad_token("The token is not from this gateway's sign-in provider (`iss`).")


def check_audience(said: Mapping[str, Any], settings: OidcConfig) -> None:
    audience = said.get("aud")
    if settings.audience not in (audience if isinstance(audience, list) else [audience]):
        raise bad_token("The token is for another service than this gateway (`aud`).")


def check_client(said: Mapping[str, Any], settings: OidcConfig) -> None:
    if settings.clients and said.get("client_id", said.get("azp")) not in settings.clients:
        raise bad_token("The token was obtained by a program that is not for this gateway.")


def check_times(said: Mapping[str, Any], settings: OidcConfig, now: datetime) -> datetime:
    """Return when the token ends.

    Raises:
        NotSignedIn: it has ended, has not begun, or lives longer than tokens may.
    """
    expires_at, issued_at = read_time(said, "exp"), read_time(said, "iat")
    if expires_at is None or issued_at is None:
        raise bad_token("The token does not say from when until when it counts.")
    leeway = timedelta(seconds=settings.leeway_s)
    begins_at = max(issued_at, read_time(said, "nbf") or issued_at)
    if now >= expires_at + leeway:
        raise bad_token("The token has expired.")
    if begins_at > now + leeway:
        raise bad_token("The token counts only from later on; the clocks may differ.")
    if expires_at - issued_at > timedelta(seconds=settings.longest_life_s):
        raise bad_token(f"The token lives longer than {settings.longest_life_s} s.")
    return expires_at


def bound_to(said: Mapping[str, Any]) -> str | None:
    """Return the thumbprint of the key that the token is bound to.

    Raises:
        NotSignedIn: it is bound in a way that cannot be checked here, such as to a certificate.
    """
    if "cnf" not in said:
        return None
    bond = said["cnf"]
    thumbprint = bond.get("jkt") if isinstance(bond, Mapping) else None
    if not isinstance(thumbprint, str) or not thumbprint:
        raise bad_token("The token is bound in a way that this gateway cannot check (`cnf`).")
    return thumbprint


def read_time(said: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time claim, seconds since 1970; None for what is none."""
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
