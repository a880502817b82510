"""Promise: whatever is sent as token or proof gets 401 and one sentence, never a failure."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey
from starlette.requests import Request

from agent_app.gateway.http.sign_in import signed_in
from agent_app.gateway.signin import signatures
from agent_app.gateway.signin.refusals import NotSignedIn
from agent_app.gateway.signin.signatures import KEY_TYPES
from tests.gateway.oidc.fake_issuer import FakeIssuer
from tests.gateway.oidc.site import Site

_KEY = ECKey.generate_key("P-256").as_dict(private=False)

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
jwks = (
    json
    | st.just(_KEY)
    | st.fixed_dictionaries(
        {"kty": st.sampled_from(["EC", "RSA", "OKP", "oct", "AKP"])},
        optional={
            "crv": st.sampled_from(["P-256", "P-521", "Ed25519", "X25519"]) | json,
            **{name: st.text("AQ_-9", max_size=90) | json for name in ("n", "e", "x", "y", "d")},
            "use": json,
            "key_ops": json,
        },
    )
)
headers = st.fixed_dictionaries(
    {"alg": st.sampled_from([*KEY_TYPES, "none", "HS256", "RS1", ""]) | json},
    optional={
        "typ": st.sampled_from(["at+jwt", "dpop+jwt", "JWT"]) | json,
        "kid": st.just("first") | json,
        "jwk": jwks,
        "crit": json,
        "b64": json,
        "jku": st.just("http://127.0.0.1:9/keys") | json,
    },
)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


shaped = st.builds(
    lambda head, body, seal: f"{part(head)}.{part(body)}.{seal}",
    headers,
    json,
    st.text("AQ_-=", max_size=90),
)
tokens = shaped | st.text(max_size=60) | st.text("aAe.=_-", max_size=60) | st.just("." * 3000)
schemes = st.sampled_from(["Bearer ", "DPoP ", "bearer  ", "Basic ", ""])


def nobody(made: Site, scheme: str, token: str, proofs: list[str]) -> None:
    sent = [("authorization", scheme + token), *(("dpop", proof) for proof in proofs)]
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/v1/session",
            "query_string": b"",
            "headers": [(k.encode(), v.encode("latin-1", "replace")) for k, v in sent],
        }
    )
    with pytest.raises(NotSignedIn) as refused:
        signed_in(made.world.gateway, request)
    assert refused.value.problem.detail.endswith(".")


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(scheme=schemes, token=tokens, proofs=st.lists(tokens, max_size=2))
def test_any_token_and_any_proof(forged: Site, scheme: str, token: str, proofs: list[str]) -> None:
    nobody(forged, scheme, token, proofs)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(proofs=st.lists(shaped | tokens, min_size=1, max_size=1))
def test_any_proof_to_a_good_token(forged: Site, issuer: FakeIssuer, proofs: list[str]) -> None:
    nobody(forged, "DPoP ", issuer.token(cnf={"jkt": "A" * 43}), proofs)


@pytest.mark.parametrize("head", [7, "alg", {"alg": 7}])
def test_a_failure_would_be_seen(
    forged: Site, monkeypatch: pytest.MonkeyPatch, head: object
) -> None:
    token = f"{part(head)}.e30.AA"
    nobody(forged, "Bearer ", token, [])
    # What the reading of tokens turns into a refusal, let through.
    caught = signatures._BAD
    monkeypatch.setattr(signatures, "_BAD", (OSError,))
    with pytest.raises(caught):
        nobody(forged, "Bearer ", token, [])
