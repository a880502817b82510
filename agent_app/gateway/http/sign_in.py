"""Who is calling: the one place where a request becomes an actor."""

from __future__ import annotations

from starlette.requests import Request

from agent_app.domain.roles import Actor
from agent_app.gateway.service import Gateway
from agent_app.gateway.signin.entry import BEARER, Credentials
from agent_app.gateway.signin.metadata import PATH
from agent_app.gateway.signin.refusals import Code, NotSignedIn, bad_token
from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.signin.signatures import KEY_TYPES


def signed_in(gateway: Gateway, request: Request) -> Actor:
    """Return the account that the request's token belongs to. Once per request: a proof is spent.

    Raises:
        NotSignedIn: the token, its proof or its account is not in force; the answer says how to.
        Refused: the provider must be asked, and does not answer.
    """
    try:
        actor = gateway.sign_in.actor(_credentials(request))
    except NotSignedIn as error:
        error.headers = _challenge(gateway.sign_in.settings, error)
        raise
    # For the request's line in the log.
    request.state.user = actor.user
    return actor


def still_signed_in(gateway: Gateway, request: Request) -> Actor | None:
    """Return the account again while a long answer goes on; None: it must end now.

    Spends no proof. It may ask the database and the provider: call it in a thread.
    """
    try:
        return gateway.sign_in.still(_credentials(request))
    except NotSignedIn:
        return None


def _credentials(request: Request) -> Credentials:
    sent = request.headers.getlist("authorization")
    if len(sent) > 1:
        raise bad_token("The request has two Authorization headers.")
    scheme, _, token = (sent[0] if sent else "").partition(" ")
    proofs = tuple(request.headers.getlist("dpop"))
    path = request.scope["path"]
    return Credentials(scheme.lower(), token.strip(), proofs, request.method, path)


def _challenge(settings: OidcConfig | None, error: NotSignedIn) -> dict[str, str]:
    """Return the headers that say how to sign in (RFC 6750 section 3, RFC 9449 section 7.1)."""
    said = f', error="{error.code}"' if error.code is not Code.NONE else ""
    if settings is None:
        return {"WWW-Authenticate": f'{BEARER.title()} realm="agent-app"{said}'}
    said = f'realm="agent-app", resource_metadata="{settings.public_url}{PATH}"{said}'
    challenges = [f'DPoP {said}, algs="{" ".join(KEY_TYPES)}"']
    if error.code in (Code.NONE, Code.INVALID_TOKEN):
        challenges.append(f"{BEARER.title()} {said}")
    headers = {"WWW-Authenticate": ", ".join(challenges)}
    if error.nonce is not None:
        headers["DPoP-Nonce"] = error.nonce
    return headers
