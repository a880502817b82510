"""Promise: a desk whose clock is wrong gets in with the gateway's number, and nobody else by it."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from agent_app.gateway.signin.nonces import COUNTS, Nonces
from agent_app.gateway.store.database import Database
from tests.gateway.oidc.site import Site, allowed, another_process, refused, site, url
from tests.gateway.world import NOON, World
from tests.oidc_provider import OidcProvider, Tokens

A_DAY = 86_400


def ask(made: Site, tokens: Tokens, at: str | None = None, **claims: object) -> httpx.Response:
    proof = made.desk.proof("GET", url(), tokens.access, **claims)
    return made.ask(made.desk.headers(tokens, "GET", url(), proof), at=at)


def given(response: httpx.Response) -> str:
    refused(response, "use_dpop_nonce")
    return response.headers["DPoP-Nonce"]


@pytest.mark.parametrize("ahead", [-A_DAY, A_DAY])
def test_a_desk_that_is_a_day_off_gets_in_at_the_second_try(real: Site, ahead: int) -> None:
    tokens = real.desk.sign_in("u-1")
    wrong = int(real.clock.now().timestamp()) + ahead
    nonce = given(ask(real, tokens, iat=wrong))
    allowed(ask(real, tokens, iat=wrong, nonce=nonce))
    # For a while also for further requests, each with a proof of its own.
    allowed(ask(real, tokens, iat=wrong, nonce=nonce))
    real.clock.turn(COUNTS.total_seconds() + 11)
    given(ask(real, tokens, iat=wrong, nonce=nonce))


def test_a_proof_with_a_number_counts_once(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    nonce = given(ask(real, tokens, iat=0))
    allowed(ask(real, tokens, iat=0, nonce=nonce, jti="the same"))
    real.clock.turn(COUNTS.total_seconds() - 1)
    refused(ask(real, tokens, iat=0, nonce=nonce, jti="the same"), "invalid_dpop_proof")


@pytest.mark.parametrize("nonce", ["", "AAAA", "x" * 32, "A" * 32, "é", 7])
def test_a_made_up_number_is_none(real: Site, nonce: object) -> None:
    given(ask(real, real.desk.sign_in("u-1"), iat=0, nonce=nonce))


def test_a_changed_number_is_none(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    nonce = given(ask(real, tokens, iat=0))
    other = ("B" if nonce[10] == "A" else "A").join((nonce[:10], nonce[11:]))
    given(ask(real, tokens, iat=0, nonce=other))


def test_every_process_knows_the_numbers_of_all(real: Site) -> None:
    tokens = real.desk.sign_in("u-1")
    nonce = given(ask(real, tokens, iat=0))
    with another_process(real) as at:
        allowed(ask(real, tokens, at=at, iat=0, nonce=nonce, jti="here"))
    refused(ask(real, tokens, iat=0, nonce=nonce, jti="here"), "invalid_dpop_proof")


def test_processes_that_start_together_agree_on_one_seal(where: Path | str) -> None:
    with contextlib.closing(Database(where)) as database:
        processes = [Nonces(database) for _ in range(8)]
        start = threading.Barrier(8)

        def give(process: Nonces) -> str:
            start.wait()
            return process.give(NOON)

        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(give, processes))
        fresh = Nonces(database)
        assert [fresh.given_at(number) for number in numbers] == [NOON] * 8


def test_where_numbers_are_required_the_desks_clock_does_not_matter(
    world: World, oidc: OidcProvider
) -> None:
    with site(world, oidc.issuer, require_nonce=True) as made:
        made.person("chen", "u-1")
        tokens = made.desk.sign_in("u-1")
        nonce = given(ask(made, tokens))
        allowed(ask(made, tokens, nonce=nonce))
