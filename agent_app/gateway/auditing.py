"""Reading the audit log, and its newest seal for everybody, who so bears witness to it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from agent_app.contract.messages import AuditEntry, AuditHead, AuditPage
from agent_app.domain.ids import CaseId, UserId
from agent_app.domain.roles import Actor
from agent_app.gateway import casefile
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import audit, schema
from agent_app.gateway.store.codec import read_time
from agent_app.gateway.visibility import Sees, sees_of

_log = schema.audit.c
_cases = schema.cases.c


def head(gateway: Gateway) -> AuditHead:
    """Return the newest entry's number and hash; number 0 before the first."""
    with gateway.database.read() as connection:
        return audit.told_head(connection)


def entries(
    gateway: Gateway, actor: Actor, *, case: CaseId | None, after: int, limit: int
) -> AuditPage:
    """Return the entries behind the number `after`, oldest first.

    Entries about cases that the reader does not see are left out.

    Raises:
        Refused: he asks for a case that does not exist, or not for him.
    """
    with gateway.database.read() as connection:
        if case is not None:
            casefile.visible_case(gateway, connection, actor, case)
        rows = connection.execute(_page(sees_of(actor), case, after, limit + 1)).all()
        shown = rows[:limit]
        return AuditPage(
            entries=tuple(
                AuditEntry(
                    seq=row.seq,
                    at=read_time(row.at),
                    who=UserId(row.who),
                    what=row.what,
                    case=CaseId(row.case_id) if row.case_id else None,
                    detail=msgspec.json.decode(row.detail),
                    hash=row.hash,
                )
                for row in shown
            ),
            next=shown[-1].seq if len(rows) > limit else None,
            head=audit.told_head(connection),
        )


def _page(sees: Sees, case: CaseId | None, after: int, limit: int) -> sa.Select[tuple[object, ...]]:
    asked = sa.select(schema.audit).where(_log.seq > after).order_by(_log.seq).limit(limit)
    if case is not None:
        return asked.where(_log.case_id == case)
    if sees.teams is None:
        return asked
    theirs = sa.select(_cases.id).where(
        _cases.id == _log.case_id, _cases.team.in_(sorted(sees.teams))
    )
    return asked.where(sa.or_(_log.case_id.is_(None), theirs.exists()))
