"""Promise: a token opens the gateway for its user alone, while it and he are in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Role
from agent_app.gateway.store import accounts
from tests.gateway.world import NOON, World

CHEN = UserId("chen")


def works(connection: Connection, token: str, after: timedelta = timedelta(0)) -> bool:
    return accounts.authenticate(connection, token, NOON + after) is not None


def test_each_token_is_listed_and_revoked_by_itself(world: World) -> None:
    with world.database.write() as connection:
        desk = accounts.issue_token(connection, CHEN, NOON, label="desk")
        script = accounts.issue_token(
            connection, CHEN, NOON + timedelta(1), label="script", life=timedelta(days=7)
        )
        known = accounts.known_token(connection, script, NOON + timedelta(days=2))
        assert known is not None
        accounts.note_use(connection, known, NOON + timedelta(days=2))
        listed = accounts.list_tokens(connection, CHEN)
        assert [(t.label, t.last_used_on) for t in listed] == [
            ("script", "2026-03-16"),
            ("desk", None),
        ]
        assert listed[0].expires_at - listed[0].created_at == timedelta(days=7)
        assert all(t.id not in desk + script for t in listed)

        assert accounts.revoke_tokens(connection, CHEN, listed[0].id) == 1
        assert not works(connection, script)
        assert works(connection, desk)
        assert accounts.revoke_tokens(connection, CHEN, "desk") == 1
        assert not works(connection, desk)
        assert accounts.revoke_tokens(connection, CHEN, "desk") == 0
        assert [t.revoked for t in accounts.list_tokens(connection, CHEN)] == [True, True]


def test_a_token_ends_with_its_life(world: World) -> None:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, CHEN, NOON, life=timedelta(days=1))
        assert works(connection, token, timedelta(days=1) - timedelta(seconds=1))
        assert not works(connection, token, timedelta(days=1))


@pytest.mark.parametrize("life", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_a_token_cannot_live_for_ever(world: World, life: timedelta) -> None:
    with world.database.write() as connection, pytest.raises(ValueError, match="366 days"):
        accounts.issue_token(connection, CHEN, NOON, life=life)


def test_nobody_revokes_the_tokens_of_another(world: World) -> None:
    with world.database.write() as connection:
        token = accounts.issue_token(connection, CHEN, NOON, label="desk")
        assert accounts.revoke_tokens(connection, UserId("amina"), "desk") == 0
        assert works(connection, token)


def test_a_disabled_user_keeps_nothing_but_his_row(world: World) -> None:
    with world.database.write() as connection:
        stored = accounts.User(CHEN, "Chen Li", Role.SENIOR, False, ("europe",), "https://i.test 7")
        accounts.save_user(connection, stored)
        token = accounts.issue_token(connection, CHEN, NOON)
        disabled = accounts.set_disabled(connection, CHEN, disabled=True)
        assert disabled == accounts.User(
            CHEN, "Chen Li", Role.SENIOR, True, ("europe",), "https://i.test 7"
        )
        assert not works(connection, token)
        assert accounts.actor(connection, CHEN) is None
        with pytest.raises(LookupError, match="active user 'chen'"):
            accounts.issue_token(connection, CHEN, NOON)
        accounts.set_disabled(connection, CHEN, disabled=False)
        assert accounts.actor(connection, CHEN) is not None
        assert not works(connection, token)
        with pytest.raises(LookupError, match="nobody"):
            accounts.set_disabled(connection, UserId("nobody"), disabled=True)


def test_a_subject_is_one_persons(world: World) -> None:
    with world.database.write() as connection:
        accounts.save_user(
            connection, accounts.User(CHEN, "Chen", Role.AGENT, False, subject="https://i.test 7")
        )
        twin = accounts.User(UserId("twin"), "T", Role.ADMIN, False, subject="https://i.test 7")
        with pytest.raises(ValueError, match="'chen' has that subject"):
            accounts.save_user(connection, twin)
        found = accounts.user_of_subject(connection, "https://i.test 7")
        assert found is not None
        assert found.id == CHEN


def test_a_user_acts_for_his_teams(world: World) -> None:
    with world.database.write() as connection:
        accounts.save_user(
            connection, accounts.User(CHEN, "Chen", Role.AGENT, False, ("asia", "europe"))
        )
        actor = accounts.actor(connection, CHEN)
    assert actor is not None
    assert set(actor.teams) == {"asia", "europe"}
