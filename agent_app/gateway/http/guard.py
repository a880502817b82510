"""The declared rules of an operation, enforced: first what can be seen, then what may be done."""

from __future__ import annotations

from starlette.requests import Request

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import ActionId, CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import acting, casefile
from agent_app.gateway.errors import forbidden
from agent_app.gateway.http.endpoint import About, Access, Endpoint
from agent_app.gateway.service import Gateway


def check(gateway: Gateway, endpoint: Endpoint, actor: Actor, request: Request) -> None:
    """Let the actor call the operation, or refuse.

    The object comes first: a refusal for lack of a scope would tell that a foreign case exists.

    Raises:
        Refused: the object is not visible to him, or he has none of the scopes.
    """
    if endpoint.about is not About.NOTHING:
        with gateway.database.read() as connection:
            if endpoint.about is About.CASE:
                case = CaseId(request.path_params["case"])
                casefile.visible_case(gateway, connection, actor, case)
            else:
                action = ActionId(request.path_params["action"])
                acting.visible_action(gateway, connection, actor, action)
    needs = endpoint.needs
    if not isinstance(needs, Access) and not any(actor.may(scope) for scope in needs):
        raise forbidden(*needs)


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
