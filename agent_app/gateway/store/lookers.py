"""Who has a case open in front of him: short leases, renewed by the desk; no change of the case."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import Looker
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Actor
from agent_app.gateway.store import bell, schema
from agent_app.gateway.store.codec import read_time, time_text
from agent_app.gateway.store.dialects import upsert

_table = schema.lookers.c


def of_case(connection: Connection, case: CaseId, now: datetime) -> tuple[Looker, ...]:
    """Return who looks now, by name."""
    rows = connection.execute(
        sa.select(schema.lookers)
        .where(_table.case_id == case, _table.until > time_text(now))
        .order_by(_table.name, _table.user)
    )
    return tuple(Looker(user=UserId(r.user), name=r.name, until=read_time(r.until)) for r in rows)


def keep(
    connection: Connection, case: CaseId, actor: Actor, until: datetime, now: datetime
) -> None:
    """Let the actor count as looking until then."""
    # The table is as small as the number of people, so all that ran out is swept at once.
    connection.execute(sa.delete(schema.lookers).where(_table.until <= time_text(now)))
    values = {"case_id": case, "user": actor.user, "name": actor.name, "until": time_text(until)}
    upsert(connection, schema.lookers, values, ("case_id", "user"))
    bell.mark(connection, f"{bell.LOOKING}{case}")


def remove(connection: Connection, case: CaseId, user: UserId) -> None:
    result = connection.execute(
        sa.delete(schema.lookers).where(_table.case_id == case, _table.user == user)
    )
    if result.rowcount:
        bell.mark(connection, f"{bell.LOOKING}{case}")
