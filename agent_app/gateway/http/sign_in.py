"""Who is calling: the one place where a request becomes an actor."""

from __future__ import annotations

from starlette.requests import Request

from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.roles import Actor
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import accounts


def signed_in(gateway: Gateway, request: Request) -> Actor:
    """Return the account that the request's token belongs to.

    Raises:
        Refused: the token is missing, unknown, expired or revoked, or its account is disabled.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    actor = None
    if scheme.lower() == "bearer" and token:
        with gateway.database.read() as connection:
            actor = accounts.authenticate(connection, token.strip(), gateway.clock.now())
    if actor is None:
        raise Refused(problem(ProblemType.UNAUTHENTICATED, "Sign in again with a valid token."))
    return actor
