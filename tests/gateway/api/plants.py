"""Operations that break what the API promises, planted to see that they are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from agent_app.contract.problems import ProblemType, problem
from agent_app.gateway.errors import Refused
from agent_app.gateway.http.endpoint import SIGNED_IN, Call, Endpoint, Parameter
from agent_app.gateway.http.parameters import LIMIT, SEARCH
from agent_app.gateway.http.service_endpoints import Health


class _More(msgspec.Struct):
    status: str
    secret: str


def _fails(call: Call) -> Health:
    if len(call.value(SEARCH)) > 3:
        raise ZeroDivisionError("planted")
    return Health()


def _refuses(_: Call) -> Health:
    raise Refused(problem(ProblemType.LOCKED, "planted"))


def _tells(call: Call) -> Health:
    raise Refused(problem(ProblemType.INVALID_REQUEST, "Xiaoming said so"))


def _planted(
    name: str, use: Callable[[Call], object], parameter: Parameter[Any] = SEARCH
) -> Endpoint:
    return Endpoint(
        name=name,
        method="GET",
        path=f"/v1/{name}",
        summary="Planted",
        needs=SIGNED_IN,
        query=(parameter,),
        use=use,
        answer=Health,
    )


_CARELESS = replace(LIMIT, read=lambda _: 50)
"""It takes any text for the number that the document asks for."""
PLANTS: dict[str, Endpoint] = {
    "failing": _planted("failing", _fails),
    "unlike": _planted("unlike", lambda _: {"status": 3}),
    "more": _planted("more", lambda _: _More("ok", "x")),
    "undeclared": _planted("undeclared", _refuses),
    "telling": _planted("telling", _tells),
    "careless": _planted("careless", lambda _: Health(), _CARELESS),
}
