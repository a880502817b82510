"""The declared rules of an operation, enforced: first what can be seen, then what may be done."""

from __future__ import annotations

from starlette.requests import Request

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import acting, casefile
from agent_app.gateway.errors import forbidden, not_visible
from agent_app.gateway.http.endpoint import LONGEST_ID, About, Access, Endpoint
from agent_app.gateway.service import Gateway


def check(gateway: Gateway, endpoint: Endpoint, actor: Actor, request: Request) -> None:
    """Let the actor call the operation, or refuse.

    The object comes first: a refusal for lack of a scope would tell that a foreign case exists.

    Raises:
        Refused: the object is not visible to him, or he has none of the scopes.
    """
    if endpoint.about is not About.NOTHING:
        _see(gateway, endpoint.about, actor, request.path_params[endpoint.about.value])
    needs = endpoint.needs
    if not isinstance(needs, Access) and not any(actor.may(scope) for scope in needs):
        raise forbidden(*needs)


def _see(gateway: Gateway, about: About, actor: Actor, of: str) -> None:
    if len(of) > LONGEST_ID or not of.isprintable():
        # Not even asked for: PostgreSQL cannot be asked for text with a zero character.
        raise not_visible(about.value)
    with gateway.database.read() as connection:
        if about is About.CASE:
            casefile.visible_case(gateway, connection, actor, CaseId(of))
        else:
            acting.visible_action(gateway, connection, actor, ActionId(of))


def check_kind(endpoint: Endpoint, actor: Actor, body: object) -> None:
    """Check what the body's `kind` needs beside.

    Raises:
        Refused: he does not have that scope.
    """
    if endpoint.scope_by_kind is None:
        return
    kind = getattr(body, "kind", None)
    assert isinstance(kind, ActionKind), f"{endpoint.name} declares scopes for a body without kind"
    if not actor.may(endpoint.scope_by_kind[kind]):
        raise forbidden(endpoint.scope_by_kind[kind])
