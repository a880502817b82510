"""Every operation of the API in one table. A new one is a row here, and nowhere else."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import Response

from agent_app.gateway.http import (
    action_endpoints,
    audit_endpoints,
    case_endpoints,
    openapi,
    service_endpoints,
)
from agent_app.gateway.http.endpoint import JSON, OPEN, Endpoint
from agent_app.gateway.store.codec import encode


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API, ready for JSON; not to be changed."""
    return openapi.document(ENDPOINTS)


@cache
def _encoded() -> bytes:
    return encode(document())


ENDPOINTS: tuple[Endpoint, ...] = (
    *service_endpoints.ENDPOINTS,
    Endpoint(
        name="openapi",
        method="GET",
        path="/v1/openapi.json",
        summary="The OpenAPI 3.1 document of this API",
        needs=OPEN,
        use=lambda _: Response(_encoded(), media_type=JSON),
        answer=dict[str, Any],
    ),
    *case_endpoints.ENDPOINTS,
    *action_endpoints.ENDPOINTS,
    *audit_endpoints.ENDPOINTS,
)
