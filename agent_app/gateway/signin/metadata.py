"""What a client must know to sign in here, told to anybody who asks (RFC 9728).

So a desk needs the gateway's address and nothing else.
"""

from __future__ import annotations

import msgspec

from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.signin.signatures import KEY_TYPES

PATH = "/.well-known/oauth-protected-resource"


class ProtectedResource(msgspec.Struct, frozen=True, kw_only=True):
    """Where to get tokens. No servers: the gateway's own tokens only. `agent_app_*`: our own."""

    resource: str
    authorization_servers: tuple[str, ...] = ()
    bearer_methods_supported: tuple[str, ...] = ("header",)
    dpop_signing_alg_values_supported: tuple[str, ...] = ()
    dpop_bound_access_tokens_required: bool = False
    resource_name: str = "agent-app gateway"
    agent_app_audience: str | None = None
    """What to ask the provider for (RFC 8707 `resource`) when it is not `resource` itself."""
    agent_app_client: str | None = None
    """The `client_id` of a desk."""


def told(settings: OidcConfig | None, address: str) -> ProtectedResource:
    """Return what to tell; `address` is how the gateway was asked, for one without a provider."""
    if settings is None:
        return ProtectedResource(resource=address)
    return ProtectedResource(
        resource=settings.public_url,
        authorization_servers=(settings.issuer,),
        dpop_signing_alg_values_supported=tuple(KEY_TYPES),
        dpop_bound_access_tokens_required=settings.require_dpop,
        agent_app_audience=settings.audience,
        agent_app_client=settings.desk_client,
    )
