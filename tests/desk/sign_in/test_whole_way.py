"""Promise: a person signs in at his provider once, and goes on until somebody ends it.

Against the real `oidc-provider` and the gateway over HTTP.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest

from agent_app.desk.platform.client import HttpPlatform
from agent_app.desk.platform.oidc_redirect import LoopbackRedirect
from agent_app.desk.vault.proofs import ProofKey, ProofKeys
from agent_app.desk.work.errors import Unauthenticated, Unreachable
from agent_app.desk.work.keys import KeyringFailed, NoKey
from agent_app.desk.work.local import ClickKind, KeyPlace, StoreName
from agent_app.desk.work.provider_session import ProviderSession
from agent_app.desk.work.signing_in import SignInRefused, SignInUnsafe
from agent_app.domain.ids import CaseId, UserId
from tests.desk.sign_in.place import Browser, Place, place, session_of
from tests.gateway.served import served
from tests.gateway.world import NOON, World
from tests.oidc_provider import OidcProvider, provider

CASE = CaseId("case-1")


def test_a_person_signs_in_once_and_is_there_again_at_the_next_start(desk: Place) -> None:
    opened = desk.opened()
    assert opened.platform is not None
    assert opened.session is not None
    assert opened.session.user == UserId("chen")
    assert opened.place is KeyPlace.KEYRING
    desk.entry.close(opened)
    desk.start()
    again = desk.reopened()
    assert again.platform is not None
    assert again.platform.session().user == UserId("chen")
    assert desk.provider.asked == 0, "the kept token still counts"
    desk.entry.close(again)


def test_the_browser_ends_with_a_page_and_is_asked_with_everything_that_protects(
    desk: Place,
) -> None:
    browser = Browser()
    redirect = LoopbackRedirect(within_s=20)
    with contextlib.closing(redirect):
        ways = desk.entry.ways(desk.address)
        signed = desk.entry.by_browser(ways, redirect, browser.show, threading.Event())
    browser.close()
    signed.platform.close()
    assert "go back to your desk" in browser.page
    [asked] = browser.opened
    query = dict(httpx.URL(asked).params)
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"].startswith("http://127.0.0.1:")
    assert {"state", "nonce", "code_challenge", "dpop_jkt"} <= set(query)


def test_tokens_are_nowhere_but_in_the_encrypted_store(desk: Place) -> None:
    opened = desk.opened()
    kept = session_of(opened)._kept
    desk.entry.close(opened)
    assert kept.refresh is not None
    assert kept.proof_key is not None
    secrets = [kept.access.encode(), kept.refresh.encode(), kept.proof_key]
    assert not [secret for secret in secrets if secret in desk.written()]
    [entry] = desk.keyring.kept.values()
    assert len(entry) == 44, "the keyring holds one key and no token"
    (desk.folder / "plain").write_bytes(secrets[1])
    assert secrets[1] in desk.written(), "the search itself finds a token that is there"


@pytest.mark.parametrize("kind", ["desk", "bearing"])
def test_many_threads_renew_a_token_once(kind: str, request: pytest.FixtureRequest) -> None:
    made: Place = request.getfixturevalue(kind)
    opened = made.opened()
    before = made.provider.asked
    made.clock.ahead = 290

    def headers(_: int) -> dict[str, str]:
        assert opened.authorizer is not None
        return opened.authorizer.headers("GET", f"{made.address}/v1/session")

    with ThreadPoolExecutor(8) as pool:
        found = {each["Authorization"] for each in pool.map(headers, range(8))}
    assert made.provider.asked == before + 1
    assert len(found) == 1
    assert opened.platform is not None
    opened.platform.session()
    made.entry.close(opened)


def test_without_the_lock_threads_do_renew_more_than_once(desk: Place) -> None:
    """The control: what the test above counts is there to be counted."""
    opened = desk.opened()
    session = session_of(opened)

    class Open:
        """A lock that keeps nobody out, and lets all come before one goes on."""

        barrier = threading.Barrier(4)

        def __enter__(self) -> None:
            self.barrier.wait(10)

        def __exit__(self, *_: object) -> None:
            return None

    session._renewing = Open()  # type: ignore[assignment]
    before = desk.provider.asked
    desk.clock.ahead = 290
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: session.headers("GET", desk.address), range(4)))
    assert desk.provider.asked > before + 1
    session._renewing = threading.Lock()
    desk.entry.close(opened)


def test_a_token_that_the_gateway_refuses_is_renewed_and_the_request_sent_again(
    desk: Place,
) -> None:
    opened = desk.opened()
    session = session_of(opened)
    bad = msgspec.structs.replace(session._kept, access="not-a-token", got_at=0.0)
    session._kept = bad
    assert opened.platform is not None
    assert opened.platform.session().user == UserId("chen")
    assert session._kept.access != "not-a-token"
    desk.entry.close(opened)


def test_a_bound_refresh_token_stays_as_it_is(desk: Place) -> None:
    opened = desk.opened()
    session = session_of(opened)
    before = session._kept
    desk.clock.ahead = 290
    session.headers("GET", desk.address)
    assert session._kept.access != before.access
    assert session._kept.refresh == before.refresh
    desk.entry.close(opened)


def test_a_new_refresh_token_is_on_the_disk_before_its_answer_is_used(bearing: Place) -> None:
    opened = bearing.opened()
    session = session_of(opened)
    first = session._kept
    bearing.clock.ahead = 290
    used = session.headers("GET", bearing.address)["Authorization"]
    # As a crash right now would leave it: the store is opened anew, nothing was closed.
    other = bearing.reopened()
    found = session_of(other)._kept
    assert found.refresh not in (None, first.refresh)
    assert f"Bearer {found.access}" == used
    bearing.entry.close(other)
    bearing.entry.close(opened)


def test_an_old_refresh_token_ends_the_session_and_nothing_else(bearing: Place) -> None:
    opened = bearing.opened()
    session = session_of(opened)
    old = session._kept
    opened.store.keep_draft(CASE, "note", "half a sentence")
    opened.store.put(
        "key-1", ClickKind.NOTE, CASE, CASE, b"{}", NOON, is_money=False
    )  # fmt: skip
    bearing.clock.ahead = 290
    session.headers("GET", bearing.address)
    stolen = ProviderSession(old, bearing.provider, ProofKeys(), clock_s=bearing.clock)
    with pytest.raises(Unauthenticated):
        stolen.headers("GET", bearing.address)
    # The provider shuts out both, as it cannot tell who of them stole it.
    bearing.clock.ahead = 600
    with pytest.raises(Unauthenticated):
        session.headers("GET", bearing.address)
    asked = bearing.provider.asked
    with pytest.raises(Unauthenticated):
        session.headers("GET", bearing.address)
    assert bearing.provider.asked == asked, "it is not asked again"
    bearing.entry.close(opened)
    bearing.start()
    again = bearing.reopened()
    assert again.platform is None, "he has to sign in again"
    assert again.store.draft(CASE, "note") == "half a sentence"
    bearing.entry.close(again)
    after = bearing.opened()
    assert [click.key for click in after.store.pending()] == ["key-1"]
    assert after.store.draft(CASE, "note") == "half a sentence"
    bearing.entry.close(after)


def test_a_stolen_token_is_of_no_use_without_the_key(desk: Place) -> None:
    opened = desk.opened()
    session = session_of(opened)
    kept = session._kept
    url = f"{desk.address}/v1/session"
    thief = ProofKey()

    def status(headers: dict[str, str]) -> int:
        return httpx.get(url, headers=headers, trust_env=False).status_code

    bound = f"DPoP {kept.access}"
    assert status({"Authorization": f"Bearer {kept.access}"}) == 401
    forged = thief.proof("GET", url, token=kept.access)
    assert status({"Authorization": bound, "DPoP": forged}) == 401
    good = session.headers("GET", url)
    assert status(good) == 200
    assert status(good) == 401, "a proof counts once"
    refresh = {
        "grant_type": "refresh_token",
        "client_id": "desk",
        "refresh_token": kept.refresh or "",
        "resource": kept.audience or "",
    }
    for prover in (thief, None):
        with pytest.raises(SignInRefused):
            desk.provider.tokens(kept.token_endpoint, refresh, prover)
    assert kept.proof_key is not None
    own = ProofKey(kept.proof_key)
    assert desk.provider.tokens(kept.token_endpoint, refresh, own).access_token
    desk.entry.close(opened)


def test_signing_out_works_off_line_and_leaves_noise(desk: Place) -> None:
    opened = desk.opened()
    opened.store.keep_draft(CASE, "note", "half a sentence")
    name = opened.name
    copies = {path: path.read_bytes() for path in desk.folder.rglob("*.db")}
    assert copies
    desk.entry.sign_out(opened)
    assert not desk.keyring.kept
    assert desk.keys.place(name) is None
    assert not desk.stores.exists(name)
    assert desk.entry.reopen(desk.address) is None
    # Whoever copied the files before has nothing to open them with.
    for path, content in copies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with pytest.raises(NoKey):
        desk.keys.open(name)
    assert b"half a sentence" not in desk.written()


def test_after_signing_out_the_provider_takes_the_tokens_back(desk: Place) -> None:
    opened = desk.opened()
    kept = session_of(opened)._kept
    other = ProviderSession(kept, desk.provider, ProofKeys(), clock_s=desk.clock)
    desk.clock.ahead = 290
    other.headers("GET", desk.address)
    desk.entry.sign_out(opened)
    desk.clock.ahead = 600
    with pytest.raises(Unauthenticated):
        other.headers("GET", desk.address)


def test_signing_out_goes_on_without_the_provider(desk: Place) -> None:
    opened = desk.opened()
    session = session_of(opened)
    gone = "http://127.0.0.1:9/revoke"
    session._kept = msgspec.structs.replace(session._kept, revocation_endpoint=gone)
    desk.entry.sign_out(opened)
    assert not desk.keyring.kept
    assert not desk.stores.exists(opened.name)


def test_a_keyring_that_keeps_the_key_is_said_so_and_the_files_go_all_the_same(
    desk: Place,
) -> None:
    opened = desk.opened()
    desk.keyring.broken = True
    with pytest.raises(KeyringFailed):
        desk.entry.sign_out(opened)
    assert not desk.stores.exists(opened.name)


def test_whoever_is_shut_out_at_the_gateway_is_told_so_and_loses_nothing(desk: Place) -> None:
    opened = desk.opened()
    opened.store.keep_draft(CASE, "note", "half a sentence")
    desk.save_person(disabled=True)
    assert opened.platform is not None
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            opened.platform.session()
    assert opened.store.draft(CASE, "note") == "half a sentence"
    desk.save_person()
    assert opened.platform.session().user == UserId("chen"), "let in again, he goes on"
    desk.entry.close(opened)


def test_whoever_is_shut_out_at_the_provider_has_to_sign_in_again(desk: Place) -> None:
    opened = desk.opened()
    desk.oidc.end_sessions("u-1")
    desk.clock.ahead = 290
    assert opened.platform is not None
    with pytest.raises(Unauthenticated):
        opened.platform.session()
    desk.entry.close(opened)


def test_a_person_whom_the_provider_does_not_know_is_refused(desk: Place) -> None:
    with pytest.raises(SignInRefused, match="access_denied"):
        desk.sign_in("nobody")
    assert not list(desk.folder.rglob("*.db"))


def test_a_person_whom_the_gateway_does_not_know_is_refused(desk: Place) -> None:
    desk.oidc.people(**{"u-2": {"name": "Somebody"}})
    with pytest.raises(Unauthenticated):
        desk.sign_in("u-2")


@pytest.fixture
def strict(world: World, tmp_path: Path) -> Iterator[Place]:
    """Give a machine whose provider and gateway both ask every proof for their number."""
    with provider(require_nonce=True) as oidc:
        oidc.people(**{"u-1": {"name": "Chen Li"}})
        with place(world, oidc, tmp_path / "machine", require_nonce=True) as made:
            yield made


@pytest.mark.parametrize("ahead", [0, -86_400, 86_400])
def test_numbers_of_provider_and_gateway_are_taken(strict: Place, ahead: int) -> None:
    """A clock that is a day off does not matter there."""
    strict.clock.ahead = ahead
    opened = strict.opened()
    strict.clock.ahead = ahead + 290
    assert opened.platform is not None
    assert opened.platform.session().user == UserId("chen")
    strict.entry.close(opened)


@pytest.mark.parametrize("ahead", [-86_400, 86_400])
def test_a_desk_whose_clock_is_a_day_off_signs_in_at_a_provider_without_numbers(
    desk: Place, ahead: int
) -> None:
    desk.clock.ahead = ahead
    opened = desk.opened()
    assert opened.platform is not None
    assert opened.platform.session().user == UserId("chen")
    desk.entry.close(opened)


def test_while_the_provider_is_away_a_token_counts_to_its_end_and_nothing_is_lost(
    desk: Place,
) -> None:
    opened = desk.opened()
    session = session_of(opened)
    real = session._kept.token_endpoint
    session._kept = msgspec.structs.replace(session._kept, token_endpoint="http://127.0.0.1:9/t")
    desk.clock.ahead = 290
    assert opened.platform is not None
    assert opened.platform.session().user == UserId("chen"), "renewal failed, the token counts"
    desk.clock.ahead = 301
    with pytest.raises(Unreachable):
        opened.platform.session()
    session._kept = msgspec.structs.replace(session._kept, token_endpoint=real)
    assert opened.platform.session().user == UserId("chen")
    desk.entry.close(opened)


def test_a_gateway_that_says_it_is_another_is_not_believed(
    world: World, oidc: OidcProvider, tmp_path: Path
) -> None:
    """Else a false gateway had proofs made that the true one takes (RFC 9728, 3.3)."""
    with (
        place(world, oidc, tmp_path, public_url="https://gateway.example.test") as made,
        pytest.raises(SignInUnsafe),
    ):
        made.entry.ways(made.address)


def test_a_gateway_without_a_provider_knows_its_own_tokens_alone(
    world: World, oidc: OidcProvider, tmp_path: Path
) -> None:
    with served(world.gateway) as address:
        made = Place(world, oidc, address, tmp_path)
        assert not made.entry.ways(address).by_browser


def test_one_person_has_one_store_however_he_signs_in(desk: Place) -> None:
    opened = desk.opened()
    assert opened.name == StoreName.of(desk.address, UserId("chen"))
    desk.entry.close(opened)
    again = desk.opened()
    assert again.name == opened.name
    assert isinstance(again.platform, HttpPlatform)
    desk.entry.close(again)
