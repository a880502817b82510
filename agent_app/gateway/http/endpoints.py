"""Every operation of the API in one table. A new one is a row here, and nowhere else."""

from __future__ import annotations

from agent_app.gateway.http import action_endpoints, case_endpoints, service_endpoints
from agent_app.gateway.http.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *service_endpoints.ENDPOINTS,
    *case_endpoints.ENDPOINTS,
    *action_endpoints.ENDPOINTS,
)
