"""Promise: a stolen, foreign, old or made-up token or proof opens nothing (promises.md 13).

Every attack runs over HTTP at a gateway behind a real provider. Its control takes the check away
that should stop it: the attack then gets in, so that the test would be red.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from agent_app.domain.ids import UserId
from agent_app.gateway.signin import claims, entry, people, proofs, signatures
from agent_app.gateway.signin.signatures import Header
from agent_app.gateway.store import accounts, used_proofs
from tests.gateway.oidc.fake_issuer import FakeIssuer
from tests.gateway.oidc.site import SESSION, Site, allowed, another_process, refused, site, url
from tests.gateway.world import World
from tests.oidc_provider import AUDIENCE, LONG, SHORT, DeskClient, OidcProvider, Tokens

Taken = tuple[object, str, Any]
TOKEN, PROOF, NONCE = "invalid_token", "invalid_dpop_proof", "use_dpop_nonce"


def nothing(*_: object, **__: object) -> None:
    """Check nothing."""


def stolen_as_bearer(site: Site) -> httpx.Response:
    return site.bearing(site.desk.sign_in("u-1").access)


def stolen_with_another_key(site: Site) -> httpx.Response:
    thief = DeskClient(site.issuer)
    return site.ask(thief.headers(site.desk.sign_in("u-1"), "GET", url()))


def replayed_proof(site: Site) -> httpx.Response:
    headers = site.desk.headers(site.desk.sign_in("u-1"), "GET", url())
    allowed(site.ask(headers))
    return site.ask(headers)


def replayed_at_another_process(site: Site) -> httpx.Response:
    headers = site.desk.headers(site.desk.sign_in("u-1"), "GET", url())
    allowed(site.ask(headers))
    with another_process(site) as at:
        return site.ask(headers, at=at)


def foreign_audience(site: Site) -> httpx.Response:
    return site.proving(site.desk.sign_in("u-1", "https://other.example.test"))


def expired(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1", SHORT)
    site.clock.turn(1 + 10)
    return site.proving(tokens, site.desk.proof("GET", url(), tokens.access, iat=now(site)))


def too_long_lived(site: Site) -> httpx.Response:
    return site.proving(site.desk.sign_in("u-1", LONG))


def disabled_user(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    allowed(site.proving(tokens))
    with site.world.database.write() as connection:
        accounts.set_disabled(connection, UserId("chen"), disabled=True)
    return site.proving(tokens)


def unbound_token(site: Site) -> httpx.Response:
    return site.bearing(DeskClient(site.issuer, "bearer-desk").sign_in("u-1").access)


def id_token_for_access_token(site: Site) -> httpx.Response:
    return site.bearing(site.desk.sign_in("u-1").id_token)


def proof_for_another_method(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    return site.proving(tokens, site.desk.proof("POST", url(), tokens.access))


def proof_for_another_address(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    return site.proving(tokens, site.desk.proof("GET", url("/v1/cases"), tokens.access))


def proof_for_another_gateway(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    elsewhere = f"https://evil.example.test{SESSION}"
    headers = site.desk.headers(tokens, "GET", elsewhere)
    return site.ask(headers | {"Host": "evil.example.test"})


def proof_for_another_token(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    other = site.desk.sign_in("u-1")
    return site.proving(tokens, site.desk.proof("GET", url(), other.access))


def old_proof(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    return site.proving(tokens, site.desk.proof("GET", url(), tokens.access, iat=now(site) - 61))


def proof_made_ahead(site: Site) -> httpx.Response:
    tokens = site.desk.sign_in("u-1")
    return site.proving(tokens, site.desk.proof("GET", url(), tokens.access, iat=now(site) + 3600))


def unsigned_token(site: Site) -> httpx.Response:
    return site.proving(remade(site, {"alg": "none"}, lambda _: b""))


def shared_secret_from_the_public_key(site: Site) -> httpx.Response:
    """Sign as a shared secret would, with what everybody can read: the provider's public key."""
    secret = public_key(site.world.gateway.sign_in.provider.keys())  # type: ignore[union-attr]
    return site.proving(
        remade(site, {"alg": "HS256"}, lambda text: hmac.digest(secret, text, hashlib.sha256))
    )


def signed_by_a_key_in_the_header(site: Site) -> httpx.Response:
    key = ECKey.generate_key("P-256")
    head = {"alg": "ES256", "typ": "at+jwt", "jwk": key.as_dict(private=False)}
    tokens = site.desk.sign_in("u-1")
    forged = jwt.encode(head, said(tokens.access), key)
    return site.proving(Tokens(forged, "DPoP", "", None))


def changed_after_signing(site: Site) -> httpx.Response:
    head, body, seal = site.desk.sign_in("u-1").access.split(".")
    changed = msgspec.json.decode(decoded(body)) | {"sub": "u-2"}
    return site.proving(
        Tokens(f"{head}.{encoded(msgspec.json.encode(changed))}.{seal}", "DPoP", "", None)
    )


def naively_verified(token: str, header: Header, keys: Any) -> dict[str, Any]:
    """Believe what the token says of itself, as careless programs did."""
    text, _, seal = token.rpartition(".")
    if header.alg == "HS256":
        secret = public_key(tuple(keys))
        assert hmac.compare_digest(
            decoded(seal), hmac.digest(secret, text.encode(), hashlib.sha256)
        )
    return said(token)


def verified_by_its_own_key(token: str, header: Header, keys: Any) -> dict[str, Any]:
    assert header.jwk is not None
    return jwt.decode(token, ECKey.import_key(header.jwk), algorithms=["ES256"]).claims


def ends_some_day(said: dict[str, Any], *_: object) -> Any:
    return claims.read_time(said, "exp")


AWAY: dict[str, Taken] = {
    "binding": (entry, "check_binding", nothing),
    "proof": (proofs.Proofs, "check", nothing),
    "key": (proofs, "check_key", nothing),
    "method": (proofs, "check_method", nothing),
    "address": (proofs, "check_address", nothing),
    "token": (proofs, "check_token", nothing),
    "age": (proofs.Proofs, "check_age", lambda self, proof, now: now + timedelta(hours=1)),
    "used": (used_proofs, "use", lambda *_: True),
    "audience": (claims, "check_audience", nothing),
    "times": (claims, "check_times", ends_some_day),
    "type": (claims, "check_type", nothing),
    "enabled": (people, "check_enabled", nothing),
    "algorithm": (signatures, "check_algorithm", nothing),
    "signature": (signatures, "verified", naively_verified),
    "whose key": (signatures, "verified", verified_by_its_own_key),
}

# Each attack with the code that refuses it, and the checks that stand in its way.
ATTACKS: dict[Callable[[Site], httpx.Response], tuple[str, ...]] = {
    stolen_as_bearer: (TOKEN, "binding", "proof"),
    stolen_with_another_key: (PROOF, "key"),
    replayed_proof: (PROOF, "used"),
    replayed_at_another_process: (PROOF, "used"),
    foreign_audience: (TOKEN, "audience"),
    expired: (TOKEN, "times"),
    too_long_lived: (TOKEN, "times"),
    disabled_user: (TOKEN, "enabled"),
    unbound_token: (TOKEN, "binding"),
    id_token_for_access_token: (TOKEN, "type", "audience", "binding"),
    proof_for_another_method: (PROOF, "method"),
    proof_for_another_address: (PROOF, "address"),
    proof_for_another_gateway: (PROOF, "address"),
    proof_for_another_token: (PROOF, "token"),
    old_proof: (NONCE, "age"),
    proof_made_ahead: (NONCE, "age"),
    unsigned_token: (TOKEN, "algorithm", "signature"),
    shared_secret_from_the_public_key: (TOKEN, "algorithm", "signature"),
    signed_by_a_key_in_the_header: (TOKEN, "whose key"),
    changed_after_signing: (TOKEN, "signature"),
}
attacks = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)


@attacks
def test_an_attack_is_refused(real: Site, attack: Callable[[Site], httpx.Response]) -> None:
    refused(attack(real), ATTACKS[attack][0])


@attacks
def test_without_its_check_the_attack_gets_in(
    real: Site, attack: Callable[[Site], httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    if attack is changed_after_signing:
        real.person("amina", "u-2")
    for check in ATTACKS[attack][1:]:
        holder, name, instead = AWAY[check]
        if check in ("signature", "whose key"):
            # The proof's own signature goes on being checked.
            instead = for_tokens_only(signatures.verified, instead)
        monkeypatch.setattr(holder, name, instead)
    answer = attack(real)
    assert answer.status_code == 200, answer.text


def test_the_token_and_its_proof_open_the_gateway(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    for _ in range(3):
        answer = real.proving(tokens)
        assert answer.status_code == 200, answer.text
        assert answer.json()["user"] == "chen"
    headers = real.desk.headers(tokens, "GET", url("/v1/cases"))
    assert real.ask(headers, "/v1/cases?queue=team&limit=5").status_code == 200
    assert real.proving(real.desk.refresh(tokens)).status_code == 200


def test_a_proof_fits_however_its_address_is_written(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    for written in (
        "HTTPS://Gateway.Example.Test:443/v1/session",
        f"{url()}?tab=1#top",
        f"{AUDIENCE}/v1/%73ession",
    ):
        assert real.proving(tokens, real.desk.proof("GET", written, tokens.access)).is_success


def test_a_proof_is_for_the_address_before_the_proxy(world: World, oidc: OidcProvider) -> None:
    with site(world, oidc.issuer, public_url="https://shop.example.test/gateway") as made:
        made.person("chen", "u-1")
        tokens = made.desk.sign_in("u-1")
        written = f"https://shop.example.test/gateway{SESSION}"
        allowed(made.proving(tokens, made.desk.proof("GET", written, tokens.access)))
        for elsewhere in (f"https://shop.example.test{SESSION}", f"{made.address}{SESSION}"):
            refused(made.proving(tokens, made.desk.proof("GET", elsewhere, tokens.access)), PROOF)


def test_a_disabled_user_is_in_again_when_he_is_enabled(real: Site) -> None:
    refused(disabled_user(real), TOKEN)
    with real.world.database.write() as connection:
        accounts.set_disabled(connection, UserId("chen"), disabled=False)
    assert real.proving(real.desk.sign_in("u-1")).status_code == 200


def test_a_proof_that_is_none_is_refused(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    good = real.desk.headers(tokens, "GET", url())
    proof = good["DPoP"]
    missing = {"Authorization": good["Authorization"]}
    refused(real.ask(missing), PROOF)
    refused(real.ask(httpx.Headers([*missing.items(), ("DPoP", proof), ("DPoP", proof)])), PROOF)
    claims_of_it = said(proof)
    public = real.desk.key.as_dict(private=False)
    for head, key in (
        ({"typ": "JWT", "alg": "ES256", "jwk": public}, real.desk.key),
        ({"typ": "dpop+jwt", "alg": "ES256"}, real.desk.key),
        ({"typ": "dpop+jwt", "alg": "ES256", "jwk": real.desk.key.as_dict(private=True)},
         real.desk.key),
    ):  # fmt: skip
        refused(real.ask(missing | {"DPoP": jwt.encode(head, claims_of_it, key)}), PROOF)
    for nameless in (None, "", "x" * 201, 7):
        unnamed = real.desk.proof("GET", url(), tokens.access, jti=nameless)
        refused(real.ask(missing | {"DPoP": unnamed}), PROOF)
    # None of these used the proof up.
    assert real.ask(good).status_code == 200


def test_a_proof_is_remembered_for_as_long_as_it_counts(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    ahead = real.desk.proof("GET", url(), tokens.access, iat=now(real) + 9)
    allowed(real.proving(tokens, ahead))
    real.clock.turn(64)
    # By now used proofs have been looked through.
    allowed(real.proving(tokens, real.desk.proof("GET", url(), tokens.access, iat=now(real))))
    refused(real.proving(tokens, ahead), PROOF)


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_key_that_can_be_computed_binds_nothing(forged: Site, issuer: FakeIssuer) -> None:
    forged.desk.key, forged.desk.algorithm = RSAKey.import_key(weak_rsa()), "RS256"
    token = issuer.token(cnf={"jkt": forged.desk.key.thumbprint()})
    told = refused(forged.proving(Tokens(token, "DPoP", "", None)), PROOF)
    assert "RSA" in told


def for_tokens_only(really: Any, instead: Any) -> Any:
    def verified(token: str, header: Header, keys: Any) -> Any:
        return (really if header.typ == proofs.TYPE else instead)(token, header, keys)

    return verified


def remade(site: Site, head: dict[str, str], seal: Callable[[bytes], bytes]) -> Tokens:
    """Return the person's token under another header and seal."""
    body = site.desk.sign_in("u-1").access.split(".")[1]
    text = f"{encoded(msgspec.json.encode({'typ': 'at+jwt', **head}))}.{body}"
    return Tokens(f"{text}.{encoded(seal(text.encode()))}", "DPoP", "", None)


def public_key(keys: tuple[Any, ...]) -> bytes:
    found: bytes = next(key for key in keys if isinstance(key, RSAKey)).as_pem(private=False)
    return found


def weak_rsa() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = rsa.generate_private_key(65537, 1024)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def now(site: Site) -> int:
    return int(site.clock.now().timestamp())


def said(token: str) -> dict[str, Any]:
    return msgspec.json.decode(decoded(token.split(".")[1]), type=dict[str, Any])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
