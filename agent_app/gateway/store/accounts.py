"""Users and their access tokens: only a token's hash is stored, so a stolen file opens nothing."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.domain.ids import UserId
from agent_app.domain.roles import Actor, Role
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.database import upsert

DEFAULT_LIFE = timedelta(days=90)
_PREFIX = "aat_"
"""Lets secret scanners find a token that ended up in a file."""


@dataclass(frozen=True, slots=True)
class User:
    id: UserId
    name: str
    role: Role
    disabled: bool


def save_user(connection: Connection, user: User) -> None:
    """Add the user, or replace what is stored of him."""
    values = {"id": user.id, "name": user.name, "role": user.role, "disabled": user.disabled}
    connection.execute(upsert(schema.users, values, ("id",)))


def list_users(connection: Connection) -> list[User]:
    rows = connection.execute(sa.select(schema.users).order_by(schema.users.c.id))
    return [User(UserId(r.id), r.name, Role(r.role), r.disabled) for r in rows]


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
        LookupError: there is no such user.
    """
    if (
        connection.execute(sa.select(schema.users.c.id).where(schema.users.c.id == user)).first()
        is None
    ):
        raise LookupError(f"there is no user {user!r}")
    token = _PREFIX + secrets.token_urlsafe(32)
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


def revoke_tokens(connection: Connection, user: UserId) -> int:
    """Revoke every token of the user; return how many were in force."""
    result = connection.execute(
        sa.update(schema.tokens)
        .where(schema.tokens.c.user == user, schema.tokens.c.revoked.is_(False))
        .values(revoked=True)
    )
    return result.rowcount


def authenticate(connection: Connection, token: str, now: datetime) -> Actor | None:
    """Return whose token this is; None: unknown, expired, revoked, or its user is disabled."""
    users, tokens = schema.users.c, schema.tokens.c
    row = connection.execute(
        sa.select(users.id, users.name, users.role)
        .select_from(schema.tokens.join(schema.users, tokens.user == users.id))
        .where(
            tokens.hash == _hash(token),
            tokens.revoked.is_(False),
            tokens.expires_at > time_text(now),
            users.disabled.is_(False),
        )
    ).one_or_none()
    return Actor(UserId(row.id), row.name, Role(row.role)) if row else None


def _hash(token: str) -> str:
    # A token is 256 random bits, so a plain hash cannot be guessed back; no slow hash is needed.
    return hashlib.sha256(token.encode()).hexdigest()


def actor(connection: Connection, user: UserId) -> Actor | None:
    """Return the user as he stands now, None when he is unknown or disabled."""
    row = connection.execute(
        sa.select(schema.users).where(schema.users.c.id == user, schema.users.c.disabled.is_(False))
    ).one_or_none()
    return Actor(UserId(row.id), row.name, Role(row.role)) if row else None
