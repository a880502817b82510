"""Promise: a desk that knows the gateway's address learns from it how to sign in."""

from __future__ import annotations

import httpx

from tests.gateway.oidc.site import allowed, site
from tests.gateway.served import served
from tests.gateway.world import World
from tests.oidc_provider import AUDIENCE, DeskClient, OidcProvider

PATH = "/.well-known/oauth-protected-resource"


def test_a_desk_signs_in_with_nothing_but_the_gateways_address(
    world: World, oidc: OidcProvider
) -> None:
    with site(world, oidc.issuer, clients=("desk",), desk_client="desk") as made:
        made.person("chen", "u-1")
        answer = made.ask({}, PATH)
        allowed(answer)
        told = answer.json()
        assert told["resource"] == AUDIENCE
        assert told["dpop_bound_access_tokens_required"] is True
        desk = DeskClient(told["authorization_servers"][0], told["agent_app_client"])
        assert desk.algorithm in told["dpop_signing_alg_values_supported"]
        tokens = desk.sign_in("u-1", told["agent_app_audience"])
        asked = f"{told['resource']}/v1/session"
        allowed(made.ask(desk.headers(tokens, "GET", asked)))


def test_a_gateway_without_a_provider_names_none(world: World) -> None:
    with served(world.gateway) as address:
        told = httpx.get(address + PATH, trust_env=False, verify=False).json()
    assert told["authorization_servers"] == []
    assert told["resource"] == address
