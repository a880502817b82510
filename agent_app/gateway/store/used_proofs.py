"""Proofs of possession that were used: none counts twice, whichever process it comes to."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.dialects import insert_ignoring


def use(connection: Connection, name: str, until: datetime) -> bool:
    """Return whether the proof is used for the first time; it is kept until `until`."""
    row = {"id": hashlib.sha256(name.encode()).hexdigest(), "until": time_text(until)}
    return insert_ignoring(connection, schema.proofs, row)


def forget(connection: Connection, now: datetime) -> int:
    """Drop those that could not count again anyway; return how many."""
    gone = sa.delete(schema.proofs).where(schema.proofs.c.until < time_text(now))
    return connection.execute(gone).rowcount
