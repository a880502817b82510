"""Promise: what goes on for long ends when its reader is no longer signed in, without new proofs.

`still_signed_in` is what streams ask; here it is asked as they do.
"""

from __future__ import annotations

from starlette.requests import Request

from agent_app.domain.ids import UserId
from agent_app.gateway.http.sign_in import signed_in, still_signed_in
from agent_app.gateway.store import accounts
from tests.gateway.oidc.site import Site, url
from tests.oidc_provider import Tokens


def request(made: Site, tokens: Tokens) -> Request:
    headers = made.desk.headers(tokens, "GET", url("/v1/stream"))
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/v1/stream",
            "query_string": b"",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        }
    )


def test_it_goes_on_while_the_reader_is_in_force(real: Site) -> None:
    gateway = real.world.gateway
    opened = request(real, real.desk.sign_in("u-1"))
    assert signed_in(gateway, opened).user == "chen"
    for _ in range(3):
        real.clock.turn(80)
        still = still_signed_in(gateway, opened)
        assert still is not None
        assert still.user == "chen"
    real.clock.turn(80)
    assert still_signed_in(gateway, opened) is None, "the token has expired"


def test_it_ends_when_the_reader_is_shut_out(real: Site) -> None:
    gateway = real.world.gateway
    opened = request(real, real.desk.sign_in("u-1"))
    assert signed_in(gateway, opened).user == "chen"
    with real.world.database.write() as connection:
        accounts.set_disabled(connection, UserId("chen"), disabled=True)
    assert still_signed_in(gateway, opened) is None


def test_it_ends_when_his_own_token_is_revoked(real: Site) -> None:
    with real.world.database.write() as connection:
        own = accounts.issue_token(connection, UserId("chen"), real.clock.now(), label="desk")
    gateway = real.world.gateway
    opened = request(real, Tokens(own, "Bearer", "", None))
    assert signed_in(gateway, opened).user == "chen"
    assert still_signed_in(gateway, opened) is not None
    with real.world.database.write() as connection:
        accounts.revoke_tokens(connection, UserId("chen"), "desk")
    assert still_signed_in(gateway, opened) is None
