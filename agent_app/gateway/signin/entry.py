"""The way in: a request's credentials become an actor, or the one reason why not."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.roles import Actor
from agent_app.gateway.clock import Clock
from agent_app.gateway.errors import Refused
from agent_app.gateway.signin import claims, people, signatures
from agent_app.gateway.signin.claims import Claims
from agent_app.gateway.signin.introspection import Introspection
from agent_app.gateway.signin.proofs import Asked, Proofs
from agent_app.gateway.signin.provider import Provider, ProviderUnreachable
from agent_app.gateway.signin.refusals import Code, NotSignedIn, bad_proof, bad_token
from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.store import accounts
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()
BEARER, DPOP = "bearer", "dpop"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request sent to say whose it is. `scheme` in lower case; `path` is decoded."""

    scheme: str
    token: str
    proofs: tuple[str, ...]
    method: str
    path: str


class SignIn:
    """Safe to use from several threads. `provider`: None where only own tokens count."""

    def __init__(self, database: Database, clock: Clock, provider: Provider | None = None) -> None:
        self._database = database
        self._clock = clock
        self.provider = provider
        if provider is not None:
            asked = provider.settings.introspection
            self._introspection = Introspection(asked, provider) if asked else None
            self._proofs = Proofs(database, provider.settings)

    @property
    def settings(self) -> OidcConfig | None:
        return self.provider.settings if self.provider is not None else None

    def actor(self, sent: Credentials) -> Actor:
        """Return who sent the request; the proof that came with it counts no second time.

        Raises:
            NotSignedIn: nobody, and why.
            Refused: the provider must be asked, and does not answer.
        """
        return self._actor(sent, prove=True)

    def still(self, sent: Credentials) -> Actor | None:
        """Return who is still meant by what opened a long answer; None: nobody any more.

        The provider's being out of reach ends it too.
        """
        try:
            return self._actor(sent, prove=False)
        except Refused:
            return None

    def close(self) -> None:
        if self.provider is not None:
            self.provider.close()

    def _actor(self, sent: Credentials, *, prove: bool) -> Actor:
        if not sent.token or sent.scheme not in (BEARER, DPOP):
            raise NotSignedIn(Code.NONE, "Sign in with an access token.")
        if sent.token.startswith(accounts.PREFIX):
            return self._by_own_token(sent)
        provider = self.provider
        if provider is None:
            raise bad_token("The access token is unknown, expired or revoked.")
        try:
            said = self._claims(provider, sent.token)
        except ProviderUnreachable as error:
            _log.warning("sign_in_provider_unreachable", error=str(error))
            detail = "The sign-in provider does not answer the gateway. Try again in a moment."
            raise Refused(problem(ProblemType.UNAVAILABLE, detail)) from error
        check_binding(said, sent, provider.settings)
        now = self._clock.now()
        if prove and said.thumbprint is not None:
            asked = Asked(sent.method, sent.path, sent.token)
            self._proofs.check(sent.proofs, asked, said.thumbprint, now)
        return accounts.actor_of(people.user_of(self._database, provider.settings, said, now))

    def _claims(self, provider: Provider, token: str) -> Claims:
        """Return the claims of a token in force: signed ones (JWT), or the provider's answer.

        Raises:
            NotSignedIn: it is not in force, or not for this gateway.
            ProviderUnreachable: that cannot be told now.
        """
        settings = provider.settings
        if settings.token_type == "opaque":  # noqa: S105 - a type
            assert self._introspection is not None, "the configuration was not checked"
            said = check_in_force(self._introspection, token)
            # An answer need not repeat whom it comes from (RFC 7662 section 2.2).
            return claims.accepted({"iss": settings.issuer} | said, settings, self._clock.now())
        try:
            header = signatures.header_of(token)
            claims.check_type(header, settings)
            said = signatures.verified(token, header, provider.keys(header.kid))
        except signatures.Unsigned as error:
            raise bad_token(f"The access token {error}.") from error
        accepted = claims.accepted(said, settings, self._clock.now())
        if self._introspection is not None:
            check_in_force(self._introspection, token)
        return accepted

    def _by_own_token(self, sent: Credentials) -> Actor:
        if sent.scheme != BEARER:
            raise bad_token("The gateway's own tokens are sent as Bearer.")
        now = self._clock.now()
        with self._database.read() as connection:
            known = accounts.known_token(connection, sent.token, now)
        if known is None:
            raise bad_token("The access token is unknown, expired or revoked.")
        if known.last_used_on != accounts.day(now):
            try:
                with self._database.write() as connection:
                    accounts.note_use(connection, known, now)
            except sa.exc.OperationalError:
                # A note for whoever tidies up; reading goes on while nothing can be written.
                _log.warning("token_use_not_noted")
        return accounts.actor_of(known.user)


def check_binding(said: Claims, sent: Credentials, settings: OidcConfig) -> None:
    """Let a bound token in only with its proof, and a bearer's only where that is allowed.

    Raises:
        NotSignedIn: the scheme is not the token's.
    """
    if said.thumbprint is not None and sent.scheme != DPOP:
        raise bad_token("The token is bound to a key: send it as DPoP, with a proof.")
    if said.thumbprint is None and sent.scheme == DPOP:
        raise bad_proof("cannot count: the token is bound to no key")
    if said.thumbprint is None and settings.require_dpop:
        raise bad_token("This gateway takes only tokens that are bound to a key (DPoP).")


def check_in_force(introspection: Introspection, token: str) -> dict[str, object]:
    """Return what the provider says of the token.

    Raises:
        NotSignedIn: that it is not in force (any more).
        ProviderUnreachable: nothing.
    """
    said = introspection.of(token)
    if said is None:
        raise bad_token("The sign-in provider has ended this session.")
    return said
