"""The table's part about the gateway itself: health, session, guide."""

from __future__ import annotations

import msgspec

from agent_app.contract.messages import Session
from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.guide import Guide
from agent_app.gateway import casefile
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.endpoint import OPEN, SIGNED_IN, Call, Endpoint
from agent_app.gateway.signin import metadata


class Health(msgspec.Struct, frozen=True):
    """The process answers; whether it can work is another question."""

    status: str = "ok"


class Ready(msgspec.Struct, frozen=True):
    """The gateway can take work: its database is written and its threads run."""

    status: str = "ready"


def _ready(call: Call) -> Ready:
    problems = call.gateway.vitals.problems()
    if problems:
        raise Refused(problem(ProblemType.UNAVAILABLE, "; ".join(problems).capitalize() + "."))
    return Ready()


ENDPOINTS = (
    Endpoint(
        name="health",
        method="GET",
        path="/v1/health",
        summary="Whether the gateway answers",
        needs=OPEN,
        use=lambda _: Health(),
        answer=Health,
    ),
    Endpoint(
        name="ready",
        method="GET",
        path="/v1/ready",
        summary="Whether the gateway can take work",
        needs=OPEN,
        use=_ready,
        answer=Ready,
        refuses=(ProblemType.UNAVAILABLE,),
    ),
    Endpoint(
        name="sign_in",
        method="GET",
        path=metadata.PATH,
        summary="What a client must know to sign in (RFC 9728)",
        needs=OPEN,
        use=lambda call: metadata.told(
            call.gateway.sign_in.settings, str(call.request.base_url).rstrip("/")
        ),
        answer=metadata.ProtectedResource,
    ),
    Endpoint(
        name="session",
        method="GET",
        path="/v1/session",
        summary="Who is signed in, and what he faces",
        needs=SIGNED_IN,
        use=lambda call: casefile.session(call.gateway, call.actor),
        answer=Session,
    ),
    Endpoint(
        name="guide",
        method="GET",
        path="/v1/guide",
        summary="The guide in force",
        needs=SIGNED_IN,
        use=lambda call: call.gateway.desk.guide,
        answer=Guide,
    ),
)
