"""Promise: the provider says who somebody is, never that he is somebody else here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from tests.gateway.oidc.site import Site, allowed, refused, site
from tests.gateway.world import World
from tests.oidc_provider import DeskClient, OidcProvider

ROLES = {"leads": Role.LEAD, "people": Role.AGENT}
TEAMS = {"eu": "europe", "asia": "asia", "emea": "europe"}


@pytest.fixture
def mapped(world: World, oidc: OidcProvider) -> Iterator[Site]:
    """Give a gateway at which the provider's groups decide role and teams."""
    with site(world, oidc.issuer, roles=ROLES, teams=TEAMS) as made:
        yield made


def stored(made: Site, user: str) -> accounts.User | None:
    with made.world.database.read() as connection:
        return accounts.find_user(connection, UserId(user))


def test_a_stranger_is_not_let_in_where_people_are_kept_by_hand(
    real: Site, oidc: OidcProvider
) -> None:
    oidc.people(stranger={"preferred_username": "chen", "name": "Chen", "roles": ["leads"]})
    detail = refused(real.proving(real.desk.sign_in("stranger")), "invalid_token")
    assert "--subject" in detail
    allowed(real.proving(real.desk.sign_in("u-1")))


def test_whoever_has_a_mapped_role_is_added_at_first_sight(
    mapped: Site, oidc: OidcProvider
) -> None:
    oidc.people(
        **{
            "u-7": {
                "preferred_username": "Ana.Silva",
                "name": "Ana Silva",
                "roles": ["people", "tennis"],
                "groups": ["eu", "emea", "else"],
            }
        }
    )
    session = mapped.proving(mapped.desk.sign_in("u-7")).json()
    assert (session["user"], session["name"], session["role"]) == (
        "ana.silva",
        "Ana Silva",
        "agent",
    )
    assert stored(mapped, "ana.silva") == accounts.User(
        UserId("ana.silva"),
        "Ana Silva",
        Role.AGENT,
        disabled=False,
        teams=("europe",),
        subject=f"{oidc.issuer} u-7",
    )
    with mapped.world.database.read() as connection:
        told = connection.exec_driver_sql(
            "SELECT who, detail FROM audit WHERE what = 'user_saved_by_provider'"
        ).all()
    assert [(row.who, "ana.silva" in row.detail) for row in told] == [("system", True)]


def test_a_changed_role_or_team_counts_from_the_next_token(
    mapped: Site, oidc: OidcProvider
) -> None:
    person = {"preferred_username": "ana", "roles": ["people", "leads"], "groups": ["eu"]}
    oidc.people(**{"u-8": person})
    first = mapped.desk.sign_in("u-8")
    assert mapped.proving(first).json()["role"] == "lead", "the first line that fits counts"
    oidc.people(**{"u-8": person | {"roles": ["people"], "groups": ["asia", "eu"]}})
    assert mapped.proving(mapped.desk.refresh(first)).json()["role"] == "agent"
    now = stored(mapped, "ana")
    assert now is not None
    assert now.teams == ("asia", "europe")
    oidc.people(**{"u-8": person | {"roles": []}})
    assert "no role" in refused(mapped.proving(mapped.desk.refresh(first)), "invalid_token")


def test_a_name_at_the_provider_takes_over_nobodys_account(
    mapped: Site, oidc: OidcProvider
) -> None:
    wished = {"marta": "u-10", "system": "u-11", "../x": "u-12", "": "u-13"}
    for name, sub in wished.items():
        oidc.people(**{sub: {"preferred_username": name, "roles": ["people"]}})
        session = mapped.proving(mapped.desk.sign_in(sub)).json()
        assert session["role"] == "agent"
        assert session["user"] not in wished
        again = mapped.proving(mapped.desk.sign_in(sub)).json()
        assert again["user"] == session["user"]
    marta = stored(mapped, "marta")
    assert marta is not None
    assert (marta.role, marta.subject) == (Role.LEAD, None)


def test_disabled_here_stays_disabled_whatever_the_provider_says(
    mapped: Site, oidc: OidcProvider
) -> None:
    oidc.people(**{"u-9": {"preferred_username": "ben", "roles": ["people"]}})
    tokens = mapped.desk.sign_in("u-9")
    allowed(mapped.proving(tokens))
    with mapped.world.database.write() as connection:
        accounts.set_disabled(connection, UserId("ben"), disabled=True)
    assert "shut out" in refused(mapped.proving(tokens), "invalid_token")
    oidc.people(**{"u-9": {"preferred_username": "ben", "roles": ["leads"]}})
    refused(mapped.proving(mapped.desk.sign_in("u-9")), "invalid_token")
    now = stored(mapped, "ben")
    assert now is not None
    assert (now.disabled, now.role) == (True, Role.AGENT)


def test_two_first_requests_at_once_add_one_user(mapped: Site, oidc: OidcProvider) -> None:
    from concurrent.futures import ThreadPoolExecutor

    oidc.people(**{"u-14": {"preferred_username": "zoe", "roles": ["people"]}})
    desks = [DeskClient(oidc.issuer) for _ in range(4)]
    tokens = [desk.sign_in("u-14") for desk in desks]
    asked = [
        desk.headers(one, "GET", "https://gateway.example.test/v1/session")
        for desk, one in zip(desks, tokens, strict=True)
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(mapped.ask, asked))
    assert [answer.json()["user"] for answer in answers] == ["zoe"] * 4


def test_roles_may_stand_inside_an_object(world: World, oidc: OidcProvider) -> None:
    oidc.people(**{"u-15": {"preferred_username": "kim", "realm": {"roles": ["leads"]}}})
    with site(world, oidc.issuer, roles=ROLES, role_claim="realm.roles") as made:
        session = made.proving(made.desk.sign_in("u-15")).json()
    assert (session["user"], session["name"], session["role"]) == ("kim", "kim", "lead")


def test_a_subject_of_another_issuer_is_somebody_else(real: Site) -> None:
    with real.world.database.write() as connection:
        accounts.save_user(
            connection,
            accounts.User(
                UserId("chen"), "Chen", Role.AGENT, False, subject="https://old.example.test u-1"
            ),
        )
    refused(real.proving(real.desk.sign_in("u-1")), "invalid_token")
