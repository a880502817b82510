"""From a provider's subject to a user of ours: found, brought up to date, or added at first sight.

With `[oidc.roles]` the provider decides who may do what, at every request; without, people are
kept here by hand and the provider only says who they are.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

import structlog
from sqlalchemy.engine import Connection

from agent_app.domain.ids import UserId
from agent_app.domain.roles import MAIN_TEAM, Role
from agent_app.gateway.signin.claims import Claims
from agent_app.gateway.signin.refusals import bad_token
from agent_app.gateway.signin.settings import OidcConfig
from agent_app.gateway.store import accounts, audit
from agent_app.gateway.store.accounts import User
from agent_app.gateway.store.database import Database

_log = structlog.get_logger()
_LONGEST_NAME = 100
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def user_of(database: Database, settings: OidcConfig, said: Claims, now: datetime) -> User:
    """Return the user in force whom the token speaks for.

    Raises:
        NotSignedIn: there is none, he is disabled, or his claims give him no role.
    """
    subject = settings.subject(said.sub)
    with database.read() as connection:
        known = accounts.user_of_subject(connection, subject)
    check_enabled(known)
    if not settings.roles:
        if known is None:
            raise bad_token(
                "The provider knows this person, but this gateway does not; an administrator "
                "adds him with `agent-app-gateway user add ID --subject`."
            )
        return known if not settings.teams else _kept(database, settings, said, known, now)
    return _kept(database, settings, said, known, now)


def check_enabled(user: User | None) -> None:
    if user is not None and user.disabled:
        raise bad_token("This account was shut out of the gateway; an administrator can tell why.")


def _kept(
    database: Database, settings: OidcConfig, said: Claims, known: User | None, now: datetime
) -> User:
    """Return the user as his claims make him, written down where that is news."""
    role = _role(settings, said)
    if known is not None and _as_claimed(settings, said, known, role) == known:
        return known
    with database.write() as connection:
        stored = accounts.user_of_subject(connection, settings.subject(said.sub))
        check_enabled(stored)
        user = _as_claimed(settings, said, stored, role, _free_id(connection, settings, said))
        if user != stored:
            accounts.save_user(connection, user)
            audit.record(
                connection,
                now,
                audit.SYSTEM,
                "user_saved_by_provider",
                user=user.id,
                role=user.role,
                teams=user.teams,
            )
            _log.info("user_saved_by_provider", user=user.id, role=user.role.value)
        return user


def _role(settings: OidcConfig, said: Claims) -> Role | None:
    """Return the role that the claims give; None where roles are kept by hand.

    Raises:
        NotSignedIn: none of the claim's values is listed.
    """
    if not settings.roles:
        return None
    held = said.words(settings.role_claim)
    role = next((role for value, role in settings.roles.items() if value in held), None)
    if role is None:
        raise bad_token(
            "The provider gives this person no role at this gateway; ask who looks after accounts."
        )
    return role


def _as_claimed(
    settings: OidcConfig,
    said: Claims,
    stored: User | None,
    role: Role | None,
    new_id: UserId | None = None,
) -> User:
    if settings.teams:
        held = said.words(settings.team_claim)
        teams = tuple(sorted({team for value, team in settings.teams.items() if value in held}))
    else:
        teams = stored.teams if stored is not None else (MAIN_TEAM,)
    name = _name(said.word(settings.name_claim))
    subject = settings.subject(said.sub)
    if stored is not None:
        return User(
            stored.id, name or stored.name, role or stored.role, stored.disabled, teams, subject
        )
    assert role is not None, "only claims that give a role add a user"
    assert new_id is not None
    return User(new_id, name or new_id, role, False, teams, subject)


def _name(claimed: str | None) -> str | None:
    """Return a name as lists can show it."""
    shown = "".join(c for c in claimed or "" if c.isprintable()).strip()
    return shown[:_LONGEST_NAME] or None


def _free_id(connection: Connection, settings: OidcConfig, said: Claims) -> UserId:
    """Return an id for a new user that nobody has or had.

    The name that he has at the provider, if it is free: to take over the account of whoever has
    that id here would let the provider's people be anybody.
    """
    wished = (said.word(settings.user_claim) or "").lower()
    tail = hashlib.sha256(settings.subject(said.sub).encode()).hexdigest()
    if not _ID.fullmatch(wished):
        return UserId(f"user-{tail[:12]}")
    taken = wished == audit.SYSTEM or accounts.find_user(connection, UserId(wished)) is not None
    return UserId(f"{wished}-{tail[:8]}" if taken else wished)
