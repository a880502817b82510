"""Users and their access tokens: only a token's hash is stored, so a stolen file opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from agent_app.domain.ids import UserId
from agent_app.domain.roles import MAIN_TEAM, Actor, Role
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, encode, read_time, time_text

DEFAULT_LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=366)
PREFIX = "aat_"
"""Lets secret scanners find a token that ended up in a file."""
_SHOWN = 12
"""So much of a token's hash is its id: enough to tell one's tokens apart, of no use to sign in."""


@dataclass(frozen=True, slots=True)
class User:
    """One person. `subject` is "ISSUER SUBJECT" where an OpenID provider signs him in."""

    id: UserId
    name: str
    role: Role
    disabled: bool
    teams: tuple[str, ...] = (MAIN_TEAM,)
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One access token of a user, as it is listed; `last_used_on` is a day, "2026-03-14"."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked: bool
    last_used_on: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """Whose token it is, and what noting its use needs."""

    user: User
    hash: str
    last_used_on: str | None


def save_user(connection: Connection, user: User) -> None:
    """Add the user, or replace what is stored of him.

    Raises:
        ValueError: somebody else has the subject.
    """
    if user.subject is not None:
        holder = user_of_subject(connection, user.subject)
        if holder is not None and holder.id != user.id:
            raise ValueError(f"{holder.id!r} has that subject; a subject is one person's")
    values = {
        "id": user.id,
        "name": user.name,
        "role": user.role,
        "disabled": user.disabled,
        "teams": encode(user.teams).decode(),
        "subject": user.subject,
    }
    # There is one writer at a time, so nobody comes between the two.
    changed = connection.execute(
        sa.update(schema.users).where(schema.users.c.id == user.id).values(values)
    )
    if changed.rowcount == 0:
        connection.execute(sa.insert(schema.users).values(values))


def set_disabled(connection: Connection, user: UserId, *, disabled: bool) -> User:
    """Shut the user out and revoke his tokens, or let him in again (with new tokens).

    Raises:
        LookupError: there is no such user.
    """
    if find_user(connection, user) is None:
        raise LookupError(f"there is no user {user!r}")
    connection.execute(
        sa.update(schema.users).where(schema.users.c.id == user).values(disabled=disabled)
    )
    if disabled:
        revoke_tokens(connection, user)
    changed = find_user(connection, user)
    assert changed is not None
    return changed


def find_user(connection: Connection, user: UserId) -> User | None:
    """Return the user, disabled or not."""
    row = connection.execute(sa.select(schema.users).where(schema.users.c.id == user)).one_or_none()
    return _user(row) if row else None


def user_of_subject(connection: Connection, subject: str) -> User | None:
    """Return the user whom the OpenID provider calls so, disabled or not."""
    row = connection.execute(
        sa.select(schema.users).where(schema.users.c.subject == subject)
    ).one_or_none()
    return _user(row) if row else None


def list_users(connection: Connection) -> list[User]:
    rows = connection.execute(sa.select(schema.users).order_by(schema.users.c.id))
    return [_user(row) for row in rows]


def actor(connection: Connection, user: UserId) -> Actor | None:
    """Return the user as he stands now, None when he is unknown or disabled."""
    found = find_user(connection, user)
    return actor_of(found) if found is not None and not found.disabled else None


def actor_of(user: User) -> Actor:
    return Actor(user.id, user.name, user.role, user.teams)


def issue_token(
    connection: Connection,
    user: UserId,
    now: datetime,
    *,
    label: str = "",
    life: timedelta = DEFAULT_LIFE,
) -> str:
    """Make an access token for the user and return it; it cannot be read again later.

    Raises:
        LookupError: there is no such user, or he is disabled.
        ValueError: the life is not above nothing and at most LONGEST_LIFE.
    """
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise ValueError(f"a token lives at most {LONGEST_LIFE.days} days, and not {life}")
    owner = find_user(connection, user)
    if owner is None or owner.disabled:
        raise LookupError(f"there is no {'active ' if owner else ''}user {user!r}")
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(schema.tokens).values(
            hash=_hash(token),
            user=user,
            label=label,
            created_at=time_text(now),
            expires_at=time_text(now + life),
            revoked=False,
        )
    )
    return token


def list_tokens(connection: Connection, user: UserId) -> list[Token]:
    """Return the user's tokens, the newest first; expired and revoked ones too."""
    tokens = schema.tokens.c
    rows = connection.execute(
        sa.select(schema.tokens)
        .where(tokens.user == user)
        .order_by(tokens.created_at.desc(), tokens.hash)
    )
    return [
        Token(
            row.hash[:_SHOWN],
            row.label,
            read_time(row.created_at),
            read_time(row.expires_at),
            row.revoked,
            row.last_used_on,
        )
        for row in rows
    ]


def revoke_tokens(connection: Connection, user: UserId, which: str | None = None) -> int:
    """Revoke the user's tokens with this id or label, all without one; return how many.

    Only those count that were not revoked before.
    """
    tokens = schema.tokens.c
    meant = [tokens.user == user, tokens.revoked.is_(False)]
    if which is not None:
        meant.append(sa.or_(tokens.label == which, sa.func.substr(tokens.hash, 1, _SHOWN) == which))
    result = connection.execute(sa.update(schema.tokens).where(*meant).values(revoked=True))
    return result.rowcount


def known_token(connection: Connection, token: str, now: datetime) -> Known | None:
    """Return whose token this is; None: unknown, expired, revoked, or its user is disabled."""
    tokens = schema.tokens.c
    row = connection.execute(
        sa.select(schema.users, tokens.hash, tokens.last_used_on)
        .select_from(schema.tokens.join(schema.users, tokens.user == schema.users.c.id))
        .where(
            tokens.hash == _hash(token),
            tokens.revoked.is_(False),
            tokens.expires_at > time_text(now),
            schema.users.c.disabled.is_(False),
        )
    ).one_or_none()
    return Known(_user(row), row.hash, row.last_used_on) if row else None


def authenticate(connection: Connection, token: str, now: datetime) -> Actor | None:
    """Return who the token's user is; None as `known_token`."""
    known = known_token(connection, token, now)
    return actor_of(known.user) if known else None


def note_use(connection: Connection, known: Known, now: datetime) -> None:
    """Remember the day on which the token was used."""
    connection.execute(
        sa.update(schema.tokens)
        .where(schema.tokens.c.hash == known.hash)
        .values(last_used_on=day(now))
    )


def day(now: datetime) -> str:
    """Return the day as tokens keep it."""
    return time_text(now)[:10]


def _user(row: Row[tuple[object, ...]]) -> User:
    teams = decode(row.teams.encode(), tuple[str, ...])
    return User(UserId(row.id), row.name, Role(row.role), row.disabled, teams, row.subject)


def _hash(token: str) -> str:
    # A token is 256 random bits, so a plain hash cannot be guessed back; no slow hash is needed.
    return hashlib.sha256(token.encode()).hexdigest()
