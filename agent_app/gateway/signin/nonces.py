"""Numbers that prove when a proof was made, for desks whose clock is wrong (RFC 9449 section 9).

A nonce is the time, sealed with a key that all gateway processes find in the database; nothing is
kept of those that were given.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from agent_app.gateway.store import schema
from agent_app.gateway.store.database import Database
from agent_app.gateway.store.dialects import insert_ignoring

COUNTS = timedelta(seconds=120)
_KEY = "sign_in_nonce_key"
_SEAL_BYTES = 16


class Nonces:
    """Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    def give(self, now: datetime) -> str:
        at = int(now.timestamp()).to_bytes(8)
        return base64.urlsafe_b64encode(at + self._seal(at)).decode().rstrip("=")

    def given_at(self, nonce: str) -> datetime | None:
        """Return when this gateway gave the nonce; None: it never did."""
        try:
            raw = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
        except (binascii.Error, ValueError):
            return None
        at, seal = raw[:8], raw[8:]
        if not hmac.compare_digest(seal, self._seal(at)):
            return None
        return datetime.fromtimestamp(int.from_bytes(at), UTC)

    def _seal(self, at: bytes) -> bytes:
        if self._key is None:
            self._key = self._shared_key()
        return hmac.digest(self._key, at, hashlib.sha256)[:_SEAL_BYTES]

    def _shared_key(self) -> bytes:
        settings = schema.settings.c
        wanted = sa.select(settings.value).where(settings.name == _KEY)
        with self._database.read() as connection:
            kept = connection.execute(wanted).scalar_one_or_none()
        if kept is None:
            with self._database.write() as connection:
                row = {"name": _KEY, "value": secrets.token_hex(32)}
                insert_ignoring(connection, schema.settings, row)
                kept = connection.execute(wanted).scalar_one()
        return bytes.fromhex(kept)
