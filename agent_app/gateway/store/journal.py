"""What people add to a case: findings, notes; and the messages that went to its customer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import Note, NoteKind
from agent_app.domain.case import SentMessage
from agent_app.domain.guide import Finding
from agent_app.domain.ids import ActionId, CaseId, UserId
from agent_app.domain.roles import Actor
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, encode, read_time, time_text
from agent_app.gateway.store.dialects import insert_ignoring


def add_finding(
    connection: Connection, case: CaseId, finding: Finding, request: str | None = None
) -> None:
    """Append a finding; the same request again adds nothing."""
    values = {"case_id": case, "request": request, "body": encode(finding)}
    insert_ignoring(connection, schema.findings, values)


def findings(connection: Connection, case: CaseId) -> tuple[Finding, ...]:
    rows = connection.execute(
        sa.select(schema.findings.c.body)
        .where(schema.findings.c.case_id == case)
        .order_by(schema.findings.c.id)
    )
    return tuple(decode(body, Finding) for body in rows.scalars())


def add_note(
    connection: Connection,
    case: CaseId,
    actor: Actor,
    at: datetime,
    text: str,
    request: str | None = None,
    *,
    kind: NoteKind = NoteKind.NOTE,
) -> None:
    """Append a note; the same request again adds nothing."""
    values = {
        "case_id": case,
        "request": request,
        "at": time_text(at),
        "by": actor.user,
        "by_name": actor.name,
        "text": text,
        "kind": kind.value,
    }
    insert_ignoring(connection, schema.notes, values)


def has_note(connection: Connection, case: CaseId, request: str) -> bool:
    """Return whether this request already added its note."""
    columns = schema.notes.c
    found = sa.select(columns.id).where(columns.case_id == case, columns.request == request)
    return connection.execute(found).first() is not None


def notes(connection: Connection, case: CaseId) -> tuple[Note, ...]:
    rows = connection.execute(
        sa.select(schema.notes).where(schema.notes.c.case_id == case).order_by(schema.notes.c.id)
    )
    return tuple(
        Note(
            at=read_time(r.at),
            by=UserId(r.by),
            by_name=r.by_name,
            text=r.text,
            kind=NoteKind(r.kind),
        )
        for r in rows
    )


def add_message(
    connection: Connection, action: ActionId, case: CaseId, message: SentMessage
) -> None:
    values = {
        "action_id": action,
        "case_id": case,
        "template": message.template,
        "language": message.language,
        "at": time_text(message.at),
    }
    insert_ignoring(connection, schema.messages, values)


def sent_messages(connection: Connection, case: CaseId) -> tuple[SentMessage, ...]:
    rows = connection.execute(
        sa.select(schema.messages)
        .where(schema.messages.c.case_id == case)
        .order_by(schema.messages.c.at)
    )
    return tuple(SentMessage(r.template, r.language, read_time(r.at)) for r in rows)
