"""What a process that is gone left running in a database that only one process serves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.gateway.store import action_rows, schema


def end_leases(connection: Connection, now: datetime) -> None:
    """End what the process before held; only when no other can hold anything."""
    action_rows.end_leases(connection, now)
    running = schema.requests.c.running_until
    connection.execute(
        sa.update(schema.requests).where(running.is_not(None)).values(running_until=None)
    )
