"""Promise: only the answer to this desk's own question signs anybody in."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest

from agent_app.desk.vault.proofs import ProofKey
from agent_app.desk.work.provider_session import Kept, ProviderSession
from agent_app.desk.work.signing_in import (
    Places,
    Question,
    SignInRefused,
    SignInUnsafe,
    TokenAnswer,
    Ways,
)

ISSUER = "https://login.example.test"
PLACES = Places(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/auth",
    token_endpoint=f"{ISSUER}/token",
    authorization_response_iss_parameter_supported=True,
)
WAYS = Ways("https://gateway.example.test", ISSUER, "desk", "https://gateway.example.test")
QUESTION = Question("http://127.0.0.1:4711/callback")


def back(**said: str) -> str:

    return urlencode({"state": QUESTION.state, "iss": ISSUER, "code": "c", **said})


def id_token(**said: object) -> str:
    claims = {"iss": ISSUER, "aud": "desk", "nonce": QUESTION.nonce, **said}
    body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).decode().rstrip("=")
    return f"e30.{body}.c2ln"


def check(kind: str = "Bearer", token: str | None = None, ways: Ways = WAYS) -> None:
    answer = TokenAnswer(access_token="a", token_type=kind, id_token=token)
    QUESTION.check(answer, ways, PLACES, proved=True)


def test_every_question_is_another() -> None:
    one, other = (Question("http://127.0.0.1:1/callback") for _ in range(2))
    for part in ("state", "nonce", "verifier"):
        assert getattr(one, part) != getattr(other, part)
        assert len(getattr(one, part)) >= 43, "256 bits"


def test_the_browser_gets_the_digest_and_the_desk_keeps_the_verifier() -> None:
    address = QUESTION.address(WAYS, PLACES, ProofKey())
    assert QUESTION.verifier not in address
    digest = hashlib.sha256(QUESTION.verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert parse_qs(urlsplit(address).query)["code_challenge"] == [challenge]
    assert QUESTION.form(WAYS, "c")["code_verifier"] == QUESTION.verifier


def test_a_provider_without_pkce_is_not_used() -> None:
    plain = msgspec.structs.replace(PLACES, code_challenge_methods_supported=("plain",))
    with pytest.raises(SignInUnsafe):
        QUESTION.address(WAYS, plain, None)


def test_a_provider_without_offline_access_is_not_asked_for_it() -> None:
    online = msgspec.structs.replace(PLACES, scopes_supported=("openid",))
    query = parse_qs(urlsplit(QUESTION.address(WAYS, online, None)).query)
    assert query["scope"] == ["openid"]
    assert "prompt" not in query
    assert "dpop_jkt" not in query


def test_the_right_answer_gives_the_code() -> None:
    assert QUESTION.code(back(), PLACES) == "c"
    silent = msgspec.structs.replace(PLACES, authorization_response_iss_parameter_supported=False)
    assert QUESTION.code(f"state={QUESTION.state}&code=c", silent) == "c"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=c",
        back(state=""),
        back(state="another"),
        back(state=QUESTION.nonce),
        back(iss="https://evil.example.test"),
        back(iss=f"{ISSUER}/"),
        f"state={QUESTION.state}&code=c",
        back() + "&code=d",
        back() + f"&state={QUESTION.state}",
        back(code=""),
        back(iss="https://evil.example.test", error="access_denied"),
    ],
    # The values are made anew in each process.
    ids=lambda _value: "x",
)
def test_another_answer_gives_none(query: str) -> None:
    with pytest.raises(SignInUnsafe):
        QUESTION.code(query, PLACES)


def test_the_providers_no_is_told_in_his_words() -> None:
    with pytest.raises(SignInRefused) as no:
        QUESTION.code(back(error="access_denied", error_description="not today"), PLACES)
    assert (no.value.code, no.value.said) == ("access_denied", "not today")


def test_an_id_token_of_this_sign_in_is_taken() -> None:
    check(token=id_token())
    check(token=id_token(aud=["desk", "other"], azp="desk"))
    check(token=None)


@pytest.mark.parametrize(
    "token",
    [
        id_token(nonce="another"),
        id_token(nonce=None),
        id_token(iss="https://evil.example.test"),
        id_token(aud="another desk"),
        id_token(aud=["another desk"]),
        id_token(azp="another desk"),
        id_token(aud=7),
        "no token",
        "a.b",
        "e30.====.c2ln",
        "e30.é.c2ln",
    ],
    ids=lambda _value: "x",
)
def test_an_id_token_of_another_sign_in_is_not(token: str) -> None:
    with pytest.raises(SignInUnsafe):
        check(token=token)


def test_a_token_that_is_not_bound_is_refused_where_it_must_be() -> None:
    strict = Ways(WAYS.gateway, ISSUER, "desk", WAYS.audience, needs_proofs=True)
    check("DPoP", ways=strict)
    for kind in ("Bearer", "mac"):
        with pytest.raises(SignInUnsafe):
            check(kind, ways=strict)
    answer = TokenAnswer(access_token="a", token_type="DPoP")
    with pytest.raises(SignInUnsafe):
        QUESTION.check(answer, WAYS, PLACES, proved=False)


def test_a_proof_names_the_address_without_its_query() -> None:
    """So no search word gets into it, and the gateway finds what it compares with."""

    class Keys:
        def new(self) -> ProofKey:
            return ProofKey()

        def known(self, secret: bytes) -> ProofKey:
            return ProofKey(secret)

    kept = Kept(
        issuer=ISSUER, client_id="desk", audience=None, token_endpoint="", access="a", got_at=0,
        ends_at=1e12, refresh=None, revocation_endpoint=None, proof_key=ProofKey().secret(),
    )  # fmt: skip
    session = ProviderSession(kept, None, Keys())  # type: ignore[arg-type]
    sent = session.headers("GET", "https://gateway.example.test/v1/cases?q=zhang#x")
    body = sent["DPoP"].split(".")[1]
    said = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert said["htu"] == "https://gateway.example.test/v1/cases"
    assert said["htm"] == "GET"


def test_a_proof_key_is_the_same_again_from_its_secret() -> None:
    key = ProofKey()
    assert ProofKey(key.secret()).thumbprint() == key.thumbprint()
    assert len(key.secret()) == 32
    for secret in (b"", b"short", bytes(32), b"\xff" * 32, bytes(33)):
        with pytest.raises(ValueError, match=r".+"):
            ProofKey(secret)
