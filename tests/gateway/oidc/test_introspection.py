"""Promise: whom the provider shuts out is out within 60 s, where the gateway may ask him.

Answers count for 20 s, streams are looked at every 30 s at most.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.gateway.signin import entry
from agent_app.gateway.signin.introspection import COUNTS_S
from tests.gateway.oidc.fake_issuer import FakeIssuer
from tests.gateway.oidc.site import INTROSPECTION, Site, allowed, refused, site
from tests.gateway.oidc.test_keys import cannot_be_told
from tests.gateway.world import World
from tests.oidc_provider import OPAQUE, OidcProvider


@pytest.fixture
def asking(world: World, oidc: OidcProvider) -> Iterator[Site]:
    """Give a gateway that asks the real provider about tokens; chen is u-1."""
    settings = {"introspection": INTROSPECTION, "token_type": "opaque"}
    with site(world, oidc.issuer, **settings) as made:
        made.person("chen", "u-1")
        yield made


@pytest.fixture
def asking_fake(tmp_path: Path, issuer: FakeIssuer) -> Iterator[Site]:
    with contextlib.closing(World(tmp_path)) as world:
        settings = {"introspection": INTROSPECTION, "require_dpop": False}
        with site(world, issuer.issuer, **settings) as made:
            made.person("chen", "u-1")
            yield made


def test_a_token_that_only_the_provider_can_read_is_accepted_by_his_word(asking: Site) -> None:
    tokens = asking.desk.sign_in("u-1", OPAQUE)
    assert "." not in tokens.access
    allowed(asking.proving(tokens))
    # It is bound as a signed one is.
    refused(asking.bearing(tokens.access), "invalid_token")
    headers = asking.desk.headers(tokens, "GET", "https://gateway.example.test/v1/session")
    allowed(asking.ask(headers))
    refused(asking.ask(headers), "invalid_dpop_proof")


def test_whom_the_provider_shuts_out_is_out_when_the_answer_has_aged(
    asking: Site, oidc: OidcProvider
) -> None:
    tokens = asking.desk.sign_in("u-1", OPAQUE)
    allowed(asking.proving(tokens))
    oidc.end_sessions("u-1")
    allowed(asking.proving(tokens))
    asking.seconds.at += COUNTS_S
    assert "ended" in refused(asking.proving(tokens), "invalid_token")


def test_without_asking_the_shut_out_person_stays_in(
    asking: Site, oidc: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = asking.desk.sign_in("u-1", OPAQUE)
    allowed(asking.proving(tokens))
    introspection = asking.world.gateway.sign_in._introspection
    assert introspection is not None
    remembered = introspection.of(tokens.access)
    monkeypatch.setattr(entry, "check_in_force", lambda *_: remembered)
    oidc.end_sessions("u-1")
    asking.seconds.at += COUNTS_S
    allowed(asking.proving(tokens))


def test_a_signed_token_is_asked_about_too(asking_fake: Site, issuer: FakeIssuer) -> None:
    token = issuer.token()
    for _ in range(5):
        allowed(asking_fake.bearing(token))
    assert issuer.asked["/introspect"] == 1
    issuer.ended.add(token)
    asking_fake.seconds.at += COUNTS_S
    refused(asking_fake.bearing(token), "invalid_token")
    allowed(asking_fake.bearing(issuer.token()))


def test_without_an_answer_nobody_is_let_in_when_the_last_has_aged(
    asking_fake: Site, issuer: FakeIssuer
) -> None:
    token = issuer.token()
    allowed(asking_fake.bearing(token))
    issuer.down = True
    asking_fake.seconds.at += COUNTS_S - 1
    allowed(asking_fake.bearing(token))
    asking_fake.seconds.at += 1
    cannot_be_told(asking_fake.bearing(token))
    issuer.down = False
    allowed(asking_fake.bearing(token))


def test_a_token_that_is_refused_anyway_is_not_sent_to_the_provider(
    asking_fake: Site, issuer: FakeIssuer
) -> None:
    refused(asking_fake.bearing(issuer.token(aud="https://other.example.test")), "invalid_token")
    assert issuer.asked["/introspect"] == 0
