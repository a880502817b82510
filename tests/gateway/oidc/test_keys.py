"""Promise: the provider's keys are fetched seldom, renewed when he changes them, and outlast him.

"Refused" and "cannot be told now" are different answers: only the first ends a desk's session.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ALL_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from agent_app.contract.problems import Problem, ProblemType
from agent_app.gateway.signin import provider, signatures
from agent_app.gateway.signin.provider import (
    FRESH_S,
    KEPT_S,
    REFETCH_S,
    RETRY_S,
    Provider,
    ProviderUnreachable,
)
from agent_app.gateway.signin.settings import OidcConfig
from tests.gateway.oidc.fake_issuer import FakeIssuer
from tests.gateway.oidc.site import Seconds, Site, allowed, refused, url
from tests.oidc_provider import ALGORITHMS, AUDIENCE


def cannot_be_told(response: httpx.Response) -> None:
    assert response.status_code == 503, response.text
    problem = msgspec.json.decode(response.content, type=Problem)
    assert problem.kind is ProblemType.UNAVAILABLE
    assert "Retry-After" in response.headers


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_of_a_real_provider_is_accepted(real: Site, algorithm: str) -> None:
    tokens = real.desk.sign_in("u-1", f"https://{algorithm}.example.test")
    assert signatures.header_of(tokens.access).alg == algorithm
    allowed(real.proving(tokens))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ECKey.generate_key("P-256"), "ES256"),
        (OKPKey.generate_key("Ed25519"), "Ed25519"),
        (RSAKey.generate_key(2048), "RS256"),
        (RSAKey.generate_key(4096), "PS256"),
    ],
)
def test_a_desk_may_hold_any_kind_of_key(
    forged: Site, issuer: FakeIssuer, key: Key, algorithm: str
) -> None:
    forged.desk.key, forged.desk.algorithm = key, algorithm
    token = issuer.token(cnf={"jkt": key.thumbprint()})
    proof = forged.desk.proof("GET", url(), token)
    allowed(forged.ask({"Authorization": f"DPoP {token}", "DPoP": proof}))


def test_keys_are_fetched_once_for_many_requests(forged: Site, issuer: FakeIssuer) -> None:
    for _ in range(5):
        allowed(forged.bearing(issuer.token()))
    assert issuer.asked["/jwks"] == 1
    forged.seconds.at += FRESH_S
    allowed(forged.bearing(issuer.token()))
    allowed(forged.bearing(issuer.token()))
    assert issuer.asked["/jwks"] == 2


def test_a_new_key_counts_at_once_and_the_old_one_no_more(forged: Site, issuer: FakeIssuer) -> None:
    old = issuer.token()
    allowed(forged.bearing(old))
    forged.seconds.at += REFETCH_S
    issuer.rotate()
    allowed(forged.bearing(issuer.token()))
    refused(forged.bearing(old), "invalid_token")


def test_made_up_key_names_do_not_make_the_gateway_ask_again_and_again(
    forged: Site, issuer: FakeIssuer
) -> None:
    allowed(forged.bearing(issuer.token()))
    for number in range(20):
        refused(forged.bearing(issuer.token(header={"kid": f"k{number}"})), "invalid_token")
    assert issuer.asked["/jwks"] <= 2
    forged.seconds.at += REFETCH_S
    refused(forged.bearing(issuer.token(header={"kid": "again"})), "invalid_token")
    assert issuer.asked["/jwks"] <= 3


def test_sign_in_goes_on_for_a_day_while_the_provider_is_down(
    forged: Site, issuer: FakeIssuer
) -> None:
    allowed(forged.bearing(issuer.token()))
    issuer.down = True
    forged.seconds.at += KEPT_S - 1
    allowed(forged.bearing(issuer.token()))
    forged.seconds.at += 2
    cannot_be_told(forged.bearing(issuer.token()))
    issuer.down = False
    forged.seconds.at += REFETCH_S
    allowed(forged.bearing(issuer.token()))


def test_a_gateway_that_starts_before_the_provider_waits_for_it(
    forged: Site, issuer: FakeIssuer
) -> None:
    issuer.down = True
    for _ in range(5):
        cannot_be_told(forged.bearing(issuer.token()))
    assert issuer.asked["/.well-known/openid-configuration"] == 1
    issuer.down = False
    forged.seconds.at += RETRY_S
    allowed(forged.bearing(issuer.token()))


def test_many_first_requests_at_once_fetch_once(forged: Site, issuer: FakeIssuer) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(forged.bearing(issuer.token()).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert issuer.asked["/jwks"] == 1


def test_a_hanging_provider_holds_up_only_who_asks_him(
    forged: Site, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_WAIT_S", 0.1)
    allowed(forged.bearing(issuer.token()))
    forged.seconds.at += REFETCH_S
    issuer.answers.clear()
    made_up = [issuer.token(header={"kid": f"k{n}"}) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(forged.bearing, token) for token in made_up]
        # Those whose key is known do not wait at all.
        allowed(forged.bearing(issuer.token()))
        done, hanging = wait(asked, timeout=3, return_when=ALL_COMPLETED)
        issuer.answers.set()
    assert len(done) >= 5
    assert len(hanging) <= 1
    for one in asked:
        refused(one.result(), "invalid_token")


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://somebody.example.test"},
        {"jwks_uri": "https://elsewhere.example.test/jwks"},
        {"jwks_uri": 7},
        {"jwks_uri": "/.well-known/openid-configuration"},
    ],
    ids=str,
)
def test_a_document_that_does_not_fit_is_not_believed(
    issuer: FakeIssuer, said: dict[str, object]
) -> None:
    issuer.discovered = said
    config = OidcConfig(issuer=issuer.issuer, audience=AUDIENCE, public_url=AUDIENCE)
    made = Provider(config, clock_s=Seconds())
    try:
        with pytest.raises(ProviderUnreachable, match=r"127\.0\.0\.1|http"):
            made.fetched()
    finally:
        made.close()


def test_a_redirect_is_not_followed(issuer: FakeIssuer) -> None:
    issuer.discovered = {"jwks_uri": f"{issuer.issuer}/moved"}
    config = OidcConfig(issuer=issuer.issuer, audience=AUDIENCE, public_url=AUDIENCE)
    with (
        contextlib.closing(Provider(config, clock_s=Seconds())) as made,
        pytest.raises(ProviderUnreachable, match="answers 302"),
    ):
        made.fetched()


def test_a_certificate_counts_only_by_the_authority_that_is_named(tmp_path: Path) -> None:
    from tests.gateway.oidc.certificates import tls_issuer

    with tls_issuer(tmp_path) as (address, ca_file, other_ca_file):
        for trusted, believed in ((ca_file, True), (other_ca_file, False), (None, False)):
            config = OidcConfig(
                issuer=address,
                audience=AUDIENCE,
                public_url=AUDIENCE,
                ca_file=str(trusted) if trusted else None,
            )
            made = Provider(config, clock_s=Seconds())
            try:
                if believed:
                    assert made.fetched().issuer == address
                else:
                    with pytest.raises(ProviderUnreachable, match=r"(?i)certificate"):
                        made.fetched()
            finally:
                made.close()
