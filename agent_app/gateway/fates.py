"""What became of a changing request, told to who sent it. Nothing is carried out.

A desk that lost an answer asks here before it sends an old click again: an answer that is kept
says what was done, and where none is kept the request's effect does, as far as it has one of its
own (actions, notes and findings are unique per request).
"""

from __future__ import annotations

import contextlib

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agent_app.contract.messages import RequestFate, RequestState
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import casefile
from agent_app.gateway.errors import Refused, not_visible
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import decode, time_text

_requests = schema.requests.c
_EFFECTS = (schema.actions.c.request, schema.notes.c.request, schema.findings.c.request)
_NOTHING = msgspec.Raw(b"null")


class _Row(msgspec.Struct, frozen=True):
    id: CaseId


class _About(msgspec.Struct, frozen=True):
    """The case of an answer, by where each message that is kept has it."""

    row: _Row | None = None
    case: CaseId | None = None


def fate(gateway: Gateway, actor: Actor, key: str) -> RequestFate:
    """Return what became of the actor's request under this key.

    Raises:
        Refused: he sent none, or it was refused: nothing was done.
    """
    if not (key.isascii() and key.isprintable()):
        # Not even asked for: it is none that was ever taken.
        raise not_visible("request")
    with gateway.database.read() as connection:
        row = connection.execute(
            sa.select(schema.requests).where(_requests.user == actor.user, _requests.key == key)
        ).one_or_none()
        is_refused = row is not None and (row.status or 0) >= 400
        if row is not None and row.answer is not None and not is_refused:
            kept = _if_visible(gateway, connection, actor, row.answer)
            return RequestFate(state=RequestState.ANSWERED, status=row.status, answer=kept)
        if row is not None and (row.running_until or "") > time_text(gateway.clock.now()):
            return RequestFate(state=RequestState.RUNNING)
        if _took_effect(connection, f"{actor.user}:{key}"):
            return RequestFate(state=RequestState.DONE)
        if row is None or is_refused:
            # Not told as answered: desks would take that for done.
            raise not_visible("request")
        kept_kind = row.running_until is not None
        return RequestFate(state=RequestState.UNFINISHED if kept_kind else RequestState.NOT_KEPT)


def _took_effect(connection: Connection, unique: str) -> bool:
    return any(
        connection.execute(sa.select(column).where(column == unique)).first() is not None
        for column in _EFFECTS
    )


def _if_visible(
    gateway: Gateway, connection: Connection, actor: Actor, answer: bytes
) -> msgspec.Raw:
    about = decode(answer, _About)
    case = about.row.id if about.row is not None else about.case
    with contextlib.suppress(Refused):
        if case is not None:
            casefile.visible_case(gateway, connection, actor, case)
            return msgspec.Raw(answer)
    return _NOTHING
