"""Promise: a token is accepted for what it says only if everything in it is in order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from joserfc import jws

from agent_app.gateway.signin import claims
from tests.gateway.oidc.fake_issuer import FakeIssuer
from tests.gateway.oidc.site import Site, allowed, refused
from tests.oidc_provider import AUDIENCE, DeskClient


@dataclass(frozen=True)
class In:
    """A time claim so many seconds from when the test runs."""

    seconds: float

    def __str__(self) -> str:
        return f"in {self.seconds:g} s"


def timed(said: dict[str, Any]) -> dict[str, Any]:
    now = time.time()
    return {n: now + v.seconds if isinstance(v, In) else v for n, v in said.items()}


def told(said: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in said.items()) or "as it is"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"aud": ["https://other.example.test", AUDIENCE]},
        {"client_id": None, "azp": "desk"},
        {"nbf": In(-5)},
        {"iat": In(4), "exp": In(300.5)},
    ],
    ids=told,
)
def test_a_token_in_order_is_accepted(
    forged: Site, issuer: FakeIssuer, said: dict[str, Any]
) -> None:
    allowed(forged.bearing(issuer.token(**timed(said))))


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"iss": "https://tenant-2.example.test"}, "provider"),
        ({"iss": None}, "provider"),
        ({"aud": "https://other.example.test"}, "another service"),
        ({"aud": AUDIENCE + ".evil.test"}, "another service"),
        ({"aud": {AUDIENCE: 1}}, "another service"),
        ({"aud": None}, "another service"),
        ({"client_id": "robot"}, "program"),
        ({"client_id": None}, "program"),
        ({"exp": In(-60)}, "expired"),
        ({"exp": None}, "from when"),
        ({"exp": "1795389094"}, "from when"),
        ({"exp": True}, "from when"),
        ({"exp": 1e300}, "from when"),
        ({"iat": None}, "from when"),
        ({"iat": In(120), "exp": In(300)}, "later"),
        ({"nbf": In(120)}, "later"),
        ({"exp": In(3 * 3600)}, "longer"),
        ({"sub": None}, "whose"),
        ({"sub": ""}, "whose"),
        ({"sub": "u-1\n"}, "whose"),
        ({"sub": "x" * 256}, "whose"),
        ({"sub": 1}, "whose"),
        ({"cnf": {"x5t#S256": "A" * 43}}, "cannot check"),
        ({"cnf": {}}, "cannot check"),
        ({"cnf": "jkt"}, "cannot check"),
        ({"sub": "u-2"}, "administrator"),
    ],
    ids=lambda value: told(value) if isinstance(value, dict) else None,
)
def test_a_token_that_is_not_in_order_is_refused(
    forged: Site, issuer: FakeIssuer, said: dict[str, Any], named: str
) -> None:
    assert named in refused(forged.bearing(issuer.token(**timed(said))), "invalid_token")


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("check_issuer", {"iss": "https://tenant-2.example.test"}),
        ("check_client", {"client_id": "robot"}),
        ("check_audience", {"aud": "https://other.example.test"}),
        ("bound_to", {"cnf": {"x5t#S256": "A" * 43}}),
    ],
)
def test_without_its_check_such_a_token_gets_in(
    forged: Site,
    issuer: FakeIssuer,
    monkeypatch: pytest.MonkeyPatch,
    taken: str,
    said: dict[str, Any],
) -> None:
    monkeypatch.setattr(claims, taken, lambda *_: None)
    allowed(forged.bearing(issuer.token(**timed(said))))


@pytest.mark.parametrize("typ", [None, "JWT", "dpop+jwt", "logout+jwt"])
def test_another_kind_of_token_is_refused(
    forged: Site, issuer: FakeIssuer, typ: str | None
) -> None:
    token = issuer.token(header={"typ": typ or "JWT"})
    if typ is None:
        token = jws.serialize_compact(
            {"alg": "ES256", "kid": issuer.keys[0].kid}, "{}", issuer.keys[0]
        )
    assert "typ" in refused(forged.bearing(token), "invalid_token")
    allowed(forged.bearing(issuer.token(header={"typ": "application/AT+JWT"})))


def test_an_extension_that_must_be_understood_is_refused(forged: Site, issuer: FakeIssuer) -> None:
    head = {"typ": "at+jwt", "alg": "ES256", "crit": ["b64"], "b64": False}
    signed = jws.serialize_compact(head, "e30", issuer.keys[0])
    assert "crit" in refused(forged.bearing(signed), "invalid_token")


def test_how_to_sign_in_is_told_with_every_refusal(forged: Site) -> None:
    bare = forged.ask({})
    assert bare.status_code == 401
    told = bare.headers["WWW-Authenticate"]
    assert told.startswith('DPoP realm="agent-app"')
    assert 'algs="RS256 PS256 ES256' in told
    assert "none" not in told
    assert 'Bearer realm="agent-app"' in told
    described = f'resource_metadata="{AUDIENCE}/.well-known/oauth-protected-resource"'
    assert told.count(described) == 2
    assert "error" not in told, "nothing was sent that could be wrong (RFC 6750 section 3.1)"
    assert "Sign in" in refused(forged.bearing("aat_guessed"), "invalid_token")


def test_own_tokens_count_beside_the_providers(forged: Site, issuer: FakeIssuer) -> None:
    from agent_app.gateway.store import accounts

    with forged.world.database.write() as connection:
        own = accounts.issue_token(
            connection, forged.world.agent.user, forged.clock.now(), label="script"
        )
    allowed(forged.bearing(own))
    refused(forged.ask({"Authorization": f"DPoP {own}"}), "invalid_token")
    with forged.world.database.read() as connection:
        listed = accounts.list_tokens(connection, forged.world.agent.user)
    assert listed[0].last_used_on == accounts.day(forged.clock.now())


def test_an_unbound_token_sent_with_a_proof_is_refused(forged: Site, issuer: FakeIssuer) -> None:
    desk = DeskClient(issuer.issuer)
    token = issuer.token()
    proof = desk.proof("GET", f"{AUDIENCE}/v1/session", token)
    refused(forged.ask({"Authorization": f"DPoP {token}", "DPoP": proof}), "invalid_dpop_proof")
